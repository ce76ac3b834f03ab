#include "exec/eval.hpp"

#include "exec/arithmetic.hpp"
#include "exec/call.hpp"
#include "exec/property_reader.hpp"
#include "exec/regex.hpp"
#include "exec/subquery.hpp"

#include "mainstay/core/assert.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::exec {
namespace {

using namespace bound;

Value to_value(Ternary t) { return t == Ternary::unknown ? Value{} : Value{t == Ternary::yes}; }

// Of a list or a string, without what its items hold.
std::uint64_t own_bytes(const Value& v) {
    if (v.is(ValueType::list)) return v.as_list().size() * sizeof(Value);
    return v.is(ValueType::string) ? v.as_string().size() : 0;
}

// `but_ends`: the last node may be the first.
bool repeats_node(const PathData& path, bool but_ends) {
    std::vector<NodeId> ids;
    for (const mainstay::Node& node : path.nodes) ids.push_back(node.id);
    if (but_ends && ids.size() > 1 && ids.front() == ids.back()) ids.pop_back();
    std::sort(ids.begin(), ids.end());
    return std::adjacent_find(ids.begin(), ids.end()) != ids.end();
}

Value ordering(ComparisonOp op, const Value& a, const Value& b) {
    const auto c = mainstay::compare(a, b);
    if (!c) return {};
    switch (op) {
        case ComparisonOp::less: return *c < 0;
        case ComparisonOp::less_equal: return *c <= 0;
        case ComparisonOp::greater: return *c > 0;
        case ComparisonOp::greater_equal: return *c >= 0;
        default: return {};
    }
}

class Evaluation {
public:
    Evaluation(const Expr& expression, const Row& row, StatementContext& context)
        : span_(expression.span), row_(row), context_(context) {}

    Value operator()(const Literal& e) const { return e.value; }
    Value operator()(const Variable& e) const { return row_.get(e.slot); }
    Value operator()(const Parameter& e) const { return context_.parameter(e.parameter); }

    Value operator()(const ListLiteral& e) const {
        ValueList items;
        items.reserve(e.items.size());
        for (const ExprPtr& item : e.items) items.push_back(of(item));
        return Value::list(std::move(items));
    }

    Value operator()(const MapLiteral& e) const {
        ValueMapEntries entries;
        entries.reserve(e.entries.size());
        for (const auto& [key, value] : e.entries) entries.emplace_back(key, of(value));
        return Value::map(std::move(entries));
    }

    Value operator()(const Property& e) const { return property_of(of(e.object), e.key, span_, context_); }

    Value operator()(const Index& e) const {
        const Value object = of(e.object), index = of(e.index);
        if (object.is(ValueType::node) || object.is(ValueType::relationship)) return element_item(object, index);
        return item_of(object, index, span_);
    }

    Value operator()(const Slice& e) const {
        const Value list = of(e.object);
        const Value from = e.from ? of(e.from) : Value{0};
        const Value to = e.to ? of(e.to) : Value{std::numeric_limits<std::int64_t>::max()};
        return slice_of(list, from, to, span_);
    }

    Value operator()(const LabelTest& e) const {
        const Value object = of(e.object);
        if (object.is_null()) return {};
        if (object.is(ValueType::node)) {
            const auto node = object.as_node();
            if (context_.is_deleted(node.id)) deleted();
            LabelMatcher& matcher = context_.labels(*e.labels);
            const ShapeId shape = node.source->shape(node.id);
            return is_of_no_file(shape) ? matcher.matches_once(node.source->names().labels_of(shape))
                                        : matcher.matches(shape);
        }
        if (object.is(ValueType::relationship)) {
            const auto rel = object.as_relationship();
            return context_.labels(*e.labels).matches_type(rel.source->names().type(rel.source->ends(rel.id).type));
        }
        throw Error{Code::type_error, span_,
                    fmt::format("a label can be tested on a node or relationship, not on {}", name_of(object.type()))};
    }

    Value operator()(const Unary& e) const {
        const Value operand = of(e.operand);
        switch (e.op) {
            case UnaryOp::minus: return negate(operand, span_);
            case UnaryOp::plus:
                if (!operand.is_null() && !operand.is_number() && !operand.is(ValueType::duration))
                    throw Error{Code::type_error, span_,
                                fmt::format("+ of {} has no meaning", name_of(operand.type()))};
                return operand;
            case UnaryOp::logical_not: {
                const Ternary t = to_ternary(operand, e.operand->span);
                return t == Ternary::unknown ? Value{} : Value{t == Ternary::no};
            }
        }
        return {};
    }

    Value operator()(const Arithmetic& e) const {
        const Value left = of(e.left), right = of(e.right);
        // What grows by being put together; the result may be gone the next moment.
        if (e.op == ArithmeticOp::add) context_.charge_once(own_bytes(left) + own_bytes(right));
        return calculate(e.op, left, right, span_);
    }

    Value operator()(const Logical& e) const {
        if (e.op == LogicalOp::logical_xor) {
            bool result = false, unknown = false;
            for (const ExprPtr& operand : e.operands) {
                const Ternary t = to_ternary(of(operand), operand->span);
                unknown |= t == Ternary::unknown;
                result ^= t == Ternary::yes;
            }
            return unknown ? Value{} : Value{result};
        }
        // The first operand that decides ends the evaluation: `false AND x` is false whatever x is.
        const Ternary decides = e.op == LogicalOp::logical_and ? Ternary::no : Ternary::yes;
        bool unknown = false;
        for (const ExprPtr& operand : e.operands) {
            const Ternary t = to_ternary(of(operand), operand->span);
            if (t == decides) return decides == Ternary::yes;
            unknown |= t == Ternary::unknown;
        }
        return unknown ? Value{} : Value{decides == Ternary::no};
    }

    Value operator()(const Comparison& e) const {
        const Value left = of(e.left), right = of(e.right);
        if (e.op == ComparisonOp::equal) return to_value(equals(left, right));
        if (e.op == ComparisonOp::not_equal) {
            const Ternary t = equals(left, right);
            return t == Ternary::unknown ? Value{} : Value{t == Ternary::no};
        }
        return ordering(e.op, left, right);
    }

    Value operator()(const StringPredicate& e) const {
        const Value left = of(e.left), right = of(e.right);
        if (!left.is(ValueType::string) || !right.is(ValueType::string)) return {};
        const std::string_view text = left.as_string(), part = right.as_string();
        switch (e.op) {
            case StringOp::starts_with: return text.starts_with(part);
            case StringOp::ends_with: return text.ends_with(part);
            case StringOp::contains: return text.find(part) != std::string_view::npos;
            case StringOp::matches: return matches_regex(text, part, span_);
        }
        return {};
    }

    Value operator()(const Membership& e) const { return to_value(is_in(of(e.item), of(e.list), span_)); }
    Value operator()(const NullTest& e) const { return of(e.operand).is_null() != e.negated; }

    Value operator()(const Case& e) const {
        if (e.subject) {
            const Value subject = of(e.subject);
            for (const CaseBranch& branch : e.branches)
                if (equals(subject, of(branch.when)) == Ternary::yes) return of(branch.then);
        } else {
            for (const CaseBranch& branch : e.branches)
                if (is_true(*branch.when, row_, context_)) return of(branch.then);
        }
        return e.otherwise ? of(e.otherwise) : Value{};
    }

    Value operator()(const MapProjection& e) const {
        const Value object = of(e.object);
        if (object.is_null()) return {};
        ValueMapEntries entries;
        for (const MapProjection::Item& item : e.items) {
            if (!item.all) {
                entries.emplace_back(item.key, of(item.value));
            } else if (object.is(ValueType::map)) {
                entries.insert(entries.end(), object.as_map().begin(), object.as_map().end());
            } else {
                const auto add = [&](const Properties& source, auto id) {
                    source.visit_properties(
                        id, [&](KeyId key, const Value& v) { entries.emplace_back(source.names().key(key), v); });
                };
                if (object.is(ValueType::node)) {
                    add(*object.as_node().source, object.as_node().id);
                } else if (object.is(ValueType::relationship)) {
                    add(*object.as_relationship().source, object.as_relationship().id);
                } else {
                    throw Error{Code::type_error, span_,
                                fmt::format("{} has no properties to project", name_of(object.type()))};
                }
            }
        }
        return Value::map(std::move(entries));
    }

    Value operator()(const ListComprehension& e) const {
        const Value list = list_of(e.list);
        if (list.is_null()) return {};
        ValueList items;
        std::uint64_t bytes = 0;
        for (const Value& item : list.as_list()) {
            context_.work(1);
            const Local local{e.variable, item, row_.locals};
            const Row inner{row_.batch, row_.index, &local};
            if (e.where && !is_true(*e.where, inner, context_)) continue;
            items.push_back(e.projection ? evaluate(*e.projection, inner, context_) : item);
            bytes += sizeof(Value) + own_bytes(items.back());
            if (items.size() % 4'096 == 0) context_.charge_once(bytes);
        }
        return Value::list(std::move(items));
    }

    Value operator()(const Quantifier& e) const {
        const Value list = list_of(e.list);
        if (list.is_null()) return {};
        std::size_t yes = 0, no = 0, unknown = 0;
        for (const Value& item : list.as_list()) {
            const Local local{e.variable, item, row_.locals};
            const Row inner{row_.batch, row_.index, &local};
            const Ternary t = e.where ? to_ternary(evaluate(*e.where, inner, context_), e.where->span)
                                      : to_ternary(item, e.list->span);
            ++(t == Ternary::yes ? yes : t == Ternary::no ? no : unknown);
        }
        switch (e.kind) {
            case QuantifierKind::all: return no > 0 ? Value{false} : unknown > 0 ? Value{} : Value{true};
            case QuantifierKind::any: return yes > 0 ? Value{true} : unknown > 0 ? Value{} : Value{false};
            case QuantifierKind::none: return yes > 0 ? Value{false} : unknown > 0 ? Value{} : Value{true};
            case QuantifierKind::single: return yes > 1 ? Value{false} : unknown > 0 ? Value{} : Value{yes == 1};
        }
        return {};
    }

    Value operator()(const Reduce& e) const {
        const Value list = list_of(e.list);
        if (list.is_null()) return {};
        Value sum = of(e.initial);
        for (const Value& item : list.as_list()) {
            const Local accumulator{e.accumulator, sum, row_.locals};
            const Local local{e.variable, item, &accumulator};
            sum = evaluate(*e.step, Row{row_.batch, row_.index, &local}, context_);
        }
        return sum;
    }

    Value operator()(const Call& e) const {
        // Most calls have few arguments; those stand on the stack.
        if (e.arguments.size() <= 4) {
            Value arguments[4];
            for (std::size_t i = 0; i < e.arguments.size(); ++i) arguments[i] = of(e.arguments[i]);
            return call_function(*e.function, {arguments, e.arguments.size()}, span_, context_);
        }
        ValueList arguments;
        arguments.reserve(e.arguments.size());
        for (const ExprPtr& argument : e.arguments) arguments.push_back(of(argument));
        return call_function(*e.function, arguments, span_, context_);
    }

    Value operator()(const Subquery& e) const { return run_subquery(e, row_, context_); }

    Value operator()(const BuildPath& e) const {
        const Value start = row_.get(e.start);
        if (!start.is(ValueType::node)) return {};
        PathData path;
        path.nodes.push_back(start.as_node());
        const auto add = [&](mainstay::Relationship rel) {
            const Ends ends = rel.source->ends(rel.id);
            const NodeId here = path.nodes.back().id;
            const bool forward = ends.source == here;
            path.rels.push_back(rel);
            path.forward.push_back(forward);
            path.nodes.push_back(mainstay::Node{rel.source, forward ? ends.target : ends.source});
        };
        for (const BuildPath::Step& step : e.steps) {
            const Value rel = row_.get(step.rel);
            if (rel.is_null()) return {};
            if (!step.list) {
                add(rel.as_relationship());
            } else {
                for (const Value& one : rel.as_list()) add(one.as_relationship());
            }
        }
        if ((e.acyclic || e.simple) && repeats_node(path, e.simple)) return {};
        return Value::path(std::move(path));
    }

private:
    Value of(const ExprPtr& e) const { return evaluate(*e, row_, context_); }

    Value list_of(const ExprPtr& e) const {
        Value v = of(e);
        if (!v.is_null() && !v.is(ValueType::list))
            throw Error{Code::type_error, e->span, fmt::format("a List is needed here, not {}", name_of(v.type()))};
        return v;
    }

    [[noreturn]] void deleted() const {
        throw Error{Code::deleted_entity_access, span_, "this element was deleted earlier in the transaction"};
    }

    Value element_item(const Value& object, const Value& index) const {
        if (index.is_null()) return {};
        if (!index.is(ValueType::string))
            throw Error{Code::property_access_by_non_string, span_,
                        fmt::format("a property is named by String, not by {}", name_of(index.type()))};
        const auto read = [&](const Properties& source, auto id) {
            if (context_.is_deleted(id)) deleted();
            const KeyId key = source.names().find_key(index.as_string());
            return key == no_key ? Value{} : source.property(id, key);
        };
        return object.is(ValueType::node) ? read(*object.as_node().source, object.as_node().id)
                                          : read(*object.as_relationship().source, object.as_relationship().id);
    }

    Span span_;
    const Row& row_;
    StatementContext& context_;
};

}  // namespace

Value evaluate(const Expr& expression, const Row& row, StatementContext& context) {
    return std::visit(Evaluation{expression, row, context}, expression.node);
}

bool is_true(const Expr& condition, const Row& row, StatementContext& context) {
    return to_ternary(evaluate(condition, row, context), condition.span) == Ternary::yes;
}

Ternary to_ternary(const Value& v, Span span) {
    if (v.is(ValueType::boolean)) return v.as_bool() ? Ternary::yes : Ternary::no;
    if (v.is_null()) return Ternary::unknown;
    throw Error{Code::type_error, span, fmt::format("a Boolean is needed here, not {}", name_of(v.type()))};
}

Value property_of(const Value& object, KeyRef key, Span span, StatementContext& context) {
    const auto read = [&](const Properties& source, auto id) {
        if (context.is_deleted(id))
            throw Error{Code::deleted_entity_access, span, "this element was deleted earlier in the transaction"};
        KeyId k = context.key(key);
        // An element that is not in the file may have keys that the file has not.
        if (k == no_key) k = source.names().find_key(context.key_name(key));
        return k == no_key ? Value{} : source.property(id, k);
    };
    switch (object.type()) {
        case ValueType::null: return {};
        case ValueType::node: return read(*object.as_node().source, object.as_node().id);
        case ValueType::relationship: return read(*object.as_relationship().source, object.as_relationship().id);
        case ValueType::map: return object.at(context.key_name(key));
        default:
            if (object.is_temporal()) return temporal_component(object, context.key_name(key), span);
            throw Error{Code::type_error, span,
                        fmt::format("{} has no property {}", name_of(object.type()), quoted(context.key_name(key)))};
    }
}

namespace {

// `n.key` of a column of nodes of one view. False: not that simple.
bool read_properties(const Property& property, const Batch& batch, StatementContext& context, Column& out) {
    constexpr std::uint32_t rows_min = 16;  // below, asking for the column costs more than it saves
    const auto* variable = std::get_if<Variable>(&property.object->node);
    if (!variable || batch.rows < rows_min || context.transaction()) return false;
    const Column& nodes = batch[variable->slot];
    const auto* view = nodes.kind() == Column::Kind::node ? dynamic_cast<const View*>(nodes.source()) : nullptr;
    if (!view) return false;
    const KeyId key = context.key(property.key);
    if (key == no_key) {
        out.push_null(batch.rows);
        return true;
    }
    PropertyReader reader{*view, key};
    for (const std::uint32_t id : nodes.ids()) {
        if (id == no_id)
            out.push_null();
        else
            reader.read_into(NodeId{id}, out);
    }
    return true;
}

}  // namespace

void evaluate_column(const Expr& expression, const Batch& batch, StatementContext& context, Column& out) {
    if (const auto* variable = std::get_if<Variable>(&expression.node)) {
        out.append_all(batch[variable->slot], batch.rows);
        return;
    }
    if (const auto* property = std::get_if<Property>(&expression.node))
        if (read_properties(*property, batch, context, out)) return;
    for (std::uint32_t row = 0; row < batch.rows; ++row) out.push(evaluate(expression, Row{batch, row}, context));
}

Value evaluate_constant(const Expr& expression, StatementContext& context) {
    const Batch empty{context.slot_count()};
    return evaluate(expression, Row{empty, 0}, context);
}

std::uint64_t evaluate_count(const Expr& expression, StatementContext& context, std::string_view what) {
    const Value v = evaluate_constant(expression, context);
    if (!v.is(ValueType::integer))
        throw Error{Code::invalid_argument_type, expression.span,
                    fmt::format("{} needs an Integer, not {}", what, name_of(v.type()))}
            .with_phase(Phase::runtime);
    if (v.as_int() < 0)
        throw Error{Code::negative_integer_argument, expression.span, fmt::format("{} must not be negative", what)}
            .with_phase(Phase::runtime);
    return static_cast<std::uint64_t>(v.as_int());
}

}  // namespace mainstay::exec
