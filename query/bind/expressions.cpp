// Expressions: names, static types as far as the text tells, the rules about where patterns and aggregates may stand.

#include "bind/binder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mainstay::bound {
namespace {

using function::Types;

constexpr Types numeric = function::number;
constexpr Types addable = numeric | ValueType::string | ValueType::list | function::instant | ValueType::duration;
constexpr Types subtractable = numeric | function::instant | ValueType::duration;
constexpr Types scalable = numeric | ValueType::duration;

Types types_of_value(const Value& v) { return v.is_null() ? Types{} : Types{v.type()}; }
bool is_null_only(Types t) { return t == Types{}; }
bool only(Types t, Types allowed) { return !is_null_only(t) && (t | allowed) == allowed; }

}  // namespace

// --- slots and names

Slot Binder::new_slot(std::string name, SlotKind kind, Types types) {
    const Slot slot{static_cast<std::uint32_t>(result_.slots.size())};
    result_.slots.push_back({std::move(name), kind});
    slot_types_.push_back(types);
    return slot;
}

Slot Binder::declare(const std::string& name, SlotKind kind, Types types) {
    const auto slot = new_slot(name, kind, types);
    scope_.add(name, slot);
    return slot;
}

KeyRef Binder::key(const std::string& name) {
    const auto [at, is_new] = keys_.try_emplace(name, KeyRef{static_cast<std::uint32_t>(result_.keys.size())});
    if (is_new) result_.keys.push_back(name);
    return at->second;
}

ParameterRef Binder::parameter(const std::string& name, Span span) {
    const auto [at, is_new] =
        parameters_.try_emplace(name, ParameterRef{static_cast<std::uint32_t>(result_.parameters.size())});
    if (is_new) result_.parameters.push_back({name, span});
    return at->second;
}

void Binder::undefined(const std::string& name, Span span) const {
    if (hidden_ && hidden_->find(name))
        throw Error{Code::undefined_variable, span, quoted(name) + " is not known inside a quantified path"}.with_hint(
            "there only its own variables and those of earlier clauses are: MATCH it before, or compare in WHERE");
    std::vector<std::string> known;
    for (const auto& [n, slot] : scope_.visible()) known.push_back(n);
    throw Error{Code::undefined_variable, span, quoted(name) + " is not defined here"}.with_hint(nearest(name, known));
}

void Binder::note_use(Slot slot) {
    // A slot older than a subquery comes from the row around it.
    for (auto& frame : frames_)
        if (static_cast<std::uint32_t>(slot) < frame.first_slot &&
            std::find(frame.outer.begin(), frame.outer.end(), slot) == frame.outer.end())
            frame.outer.push_back(slot);
}

Slot Binder::resolve(const std::string& name, Span span) {
    const auto slot = scope_.find(name);
    if (!slot) undefined(name, span);
    note_use(*slot);
    return *slot;
}

// --- checks

void Binder::require(const Typed& operand, Types allowed, Span span, std::string_view what) const {
    if (is_null_only(operand.types) || operand.types.overlaps(allowed)) return;
    throw Error{Code::invalid_argument_type, span,
                fmt::format("{} takes {}, not {}", what, allowed.names(), operand.types.names())};
}

void Binder::require_boolean(const Typed& operand, Span span, std::string_view what) const {
    require(operand, ValueType::boolean, span, what);
}

ExprPtr Binder::condition(const syntax::Expression& e, const char* clause) {
    const auto typed = expression(e, {.predicate = true, .aggregates = false, .clause = clause});
    require_boolean(typed, e.span, clause);
    return typed.expr;
}

ExprPtr Binder::constant(const syntax::Expression& e, const char* clause) {
    Scope nothing;
    std::swap(scope_, nothing);
    struct Restore {
        Scope& a;
        Scope& b;
        ~Restore() { std::swap(a, b); }
    } restore{scope_, nothing};
    try {
        return expression(e, {.clause = clause}).expr;
    } catch (const Error& error) {
        if (error.code() != Code::undefined_variable) throw;
        throw Error{Code::non_constant_expression, e.span, fmt::format("{} cannot depend on variables", clause)}
            .with_hint("use a number, a parameter, or an expression of those");
    }
}

ExprPtr Binder::count_of_rows(const syntax::Expression& e, const char* clause) {
    auto expr = constant(e, clause);
    if (const auto* literal = std::get_if<Literal>(&expr->node)) {
        if (!literal->value.is(ValueType::integer))
            throw Error{Code::invalid_argument_type, e.span,
                        fmt::format("{} takes an integer, not {}", clause, print(literal->value))};
        if (literal->value.as_int() < 0)
            throw Error{Code::negative_integer_argument, e.span, fmt::format("{} cannot be negative", clause)};
    }
    return expr;
}

// --- the visitor

struct Binder::ExpressionVisitor {
    Binder& b;
    Span span;
    Place place;

    // The same place, but a pattern would be a value there.
    Place value() const { return {.predicate = false, .aggregates = place.aggregates, .clause = place.clause}; }
    Typed bind(const syntax::Expression& e) const { return b.expression(e, value()); }
    Typed bind(const syntax::ExpressionPtr& e) const { return bind(*e); }
    ExprPtr bind_optional(const syntax::ExpressionPtr& e) const { return e ? bind(*e).expr : nullptr; }
    template <typename Node>
    Typed typed(Node node, Types types, SlotKind kind = SlotKind::value) const {
        return {make(std::move(node), span), types, kind};
    }

    Typed operator()(const syntax::Literal& e) const { return typed(Literal{e.value}, types_of_value(e.value)); }
    Typed operator()(const syntax::Variable& e) const {
        const auto slot = b.resolve(e.name, span);
        return typed(Variable{slot}, b.types_of(slot), b.info(slot).kind);
    }
    Typed operator()(const syntax::Parameter& e) const {
        return typed(Parameter{b.parameter(e.name, span)}, function::any);
    }
    Typed operator()(const syntax::ListLiteral& e) const {
        ListLiteral list;
        for (const auto& item : e.items) list.items.push_back(bind(item).expr);
        return typed(std::move(list), ValueType::list);
    }
    Typed operator()(const syntax::MapLiteral& e) const {
        MapLiteral map;
        for (const auto& entry : e.entries) map.entries.emplace_back(entry.key.text, bind(entry.value).expr);
        return typed(std::move(map), ValueType::map);
    }
    Typed operator()(const syntax::Property& e) const { return b.property(e, span, value()); }
    Typed operator()(const syntax::Index& e) const {
        auto object = bind(e.object);
        auto index = bind(e.index);
        if (!is_null_only(object.types) && !object.types.overlaps(function::element | ValueType::list | ValueType::map))
            throw Error{Code::type_error, e.object->span,
                        fmt::format("{} has no elements to take", object.types.names())}
                .with_detail("InvalidArgumentType")
                .with_phase(Phase::compile_time);
        return typed(Index{object.expr, index.expr}, function::any);
    }
    Typed operator()(const syntax::Slice& e) const {
        auto object = bind(e.object);
        return typed(Slice{object.expr, bind_optional(e.from), bind_optional(e.to)}, ValueType::list);
    }
    Typed operator()(const syntax::LabelPredicate& e) const {
        auto object = bind(e.object);
        return typed(LabelTest{object.expr, b.value_labels(e.labels, object.kind)}, ValueType::boolean);
    }

    Typed operator()(const syntax::Unary& e) const {
        if (e.op == syntax::UnaryOp::logical_not) {
            auto operand = b.expression(*e.operand, place);
            b.require_boolean(operand, e.operand->span, "NOT");
            return typed(Unary{UnaryOp::logical_not, operand.expr}, ValueType::boolean);
        }
        auto operand = bind(e.operand);
        b.require(operand, scalable, e.operand->span, e.op == syntax::UnaryOp::minus ? "-" : "+");
        return typed(Unary{e.op == syntax::UnaryOp::minus ? UnaryOp::minus : UnaryOp::plus, operand.expr},
                     operand.types.overlaps(ValueType::duration) ? scalable : numeric);
    }

    Typed operator()(const syntax::Arithmetic& e) const {
        auto left = bind(e.left), right = bind(e.right);
        const auto op = static_cast<ArithmeticOp>(e.op);
        static constexpr const char* names[] = {"+", "-", "*", "/", "%", "^"};
        const auto* name = names[static_cast<std::size_t>(op)];
        Types allowed = addable, result = function::any;
        const bool lists = left.types.overlaps(ValueType::list) || right.types.overlaps(ValueType::list);
        switch (op) {
            case ArithmeticOp::add: allowed = lists ? function::any : addable; break;
            case ArithmeticOp::subtract: allowed = subtractable; break;
            case ArithmeticOp::multiply:
            case ArithmeticOp::divide: allowed = scalable; break;
            case ArithmeticOp::modulo:
            case ArithmeticOp::power: allowed = numeric; break;
        }
        b.require(left, allowed, e.left->span, name);
        b.require(right, allowed, e.right->span, name);
        if (only(left.types, numeric) && only(right.types, numeric)) {
            result = numeric;
            if (op == ArithmeticOp::power)
                result = ValueType::floating;
            else if (left.types == Types{ValueType::integer} && right.types == Types{ValueType::integer})
                result = ValueType::integer;
            else if (left.types == Types{ValueType::floating} || right.types == Types{ValueType::floating})
                result = ValueType::floating;
        } else if (op == ArithmeticOp::add &&
                   (only(left.types, ValueType::list) || only(right.types, ValueType::list))) {
            result = ValueType::list;
        } else if (op == ArithmeticOp::modulo || op == ArithmeticOp::power) {
            result = numeric;
        } else if (op == ArithmeticOp::multiply || op == ArithmeticOp::divide) {
            result = scalable;
        }
        return typed(Arithmetic{op, left.expr, right.expr}, result);
    }

    Typed operator()(const syntax::Logical& e) const {
        static constexpr const char* names[] = {"AND", "OR", "XOR"};
        Logical logical{static_cast<LogicalOp>(e.op), {}};
        for (const auto& operand : e.operands) {
            auto bound = b.expression(operand, place);
            b.require_boolean(bound, operand.span, names[static_cast<std::size_t>(e.op)]);
            const auto* inner = std::get_if<Logical>(&bound.expr->node);
            if (inner && inner->op == logical.op && logical.op == LogicalOp::logical_and)
                logical.operands.insert(logical.operands.end(), inner->operands.begin(), inner->operands.end());
            else
                logical.operands.push_back(bound.expr);
        }
        return typed(std::move(logical), ValueType::boolean);
    }

    Typed operator()(const syntax::Comparison& e) const {
        std::vector<ExprPtr> all;
        auto left = bind(e.first).expr;
        for (const auto& step : e.steps) {
            auto right = bind(step.operand).expr;
            all.push_back(make(Comparison{static_cast<ComparisonOp>(step.op), left, right}, span));
            left = std::move(right);
        }
        if (all.size() == 1) return {all.front(), ValueType::boolean};
        return typed(Logical{LogicalOp::logical_and, std::move(all)}, ValueType::boolean);
    }
    Typed operator()(const syntax::StringPredicate& e) const {
        auto left = bind(e.left).expr, right = bind(e.right).expr;
        return typed(StringPredicate{static_cast<StringOp>(e.op), left, right}, ValueType::boolean);
    }
    Typed operator()(const syntax::Membership& e) const {
        auto item = bind(e.item), list = bind(e.list);
        b.require(list, ValueType::list, e.list->span, "IN");
        return typed(Membership{item.expr, list.expr}, ValueType::boolean);
    }
    Typed operator()(const syntax::NullPredicate& e) const {
        return typed(NullTest{bind(e.operand).expr, e.negated}, ValueType::boolean);
    }

    Typed operator()(const syntax::Case& e) const {
        Case out;
        Types types;
        const bool searched = !e.subject;
        if (e.subject) out.subject = bind(e.subject).expr;
        for (const auto& branch : e.branches) {
            auto when = b.expression(branch.when, {searched, place.aggregates, place.clause});
            if (searched) b.require_boolean(when, branch.when.span, "WHEN");
            auto then = bind(branch.then);
            types = types | then.types;
            out.branches.push_back({when.expr, then.expr});
        }
        if (e.otherwise) {
            auto otherwise = bind(e.otherwise);
            types = types | otherwise.types;
            out.otherwise = otherwise.expr;
        }
        return typed(std::move(out), types);
    }

    Typed operator()(const syntax::MapProjection& e) const {
        const auto slot = b.resolve(e.variable.text, e.variable.span);
        MapProjection out;
        out.object = make(Variable{slot}, e.variable.span);
        for (const auto& item : e.items) {
            using Kind = syntax::MapProjectionItem::Kind;
            switch (item.kind) {
                case Kind::all_properties: out.items.push_back({true, "", nullptr}); break;
                case Kind::property:
                    out.items.push_back(
                        {false, item.name.text, make(Property{out.object, b.key(item.name.text)}, item.span)});
                    break;
                case Kind::entry: out.items.push_back({false, item.name.text, bind(*item.value).expr}); break;
                case Kind::variable:
                    out.items.push_back(
                        {false, item.name.text, make(Variable{b.resolve(item.name.text, item.span)}, item.span)});
                    break;
            }
        }
        return typed(std::move(out), ValueType::map);
    }

    // Variables of comprehensions live to the end of the expression that makes them.
    struct Local {
        Scope& scope;
        std::size_t mark;
        explicit Local(Scope& s) : scope(s), mark(s.size()) {}
        ~Local() { scope.cut(mark); }
    };

    // The types of the items of a list, if its text tells.
    Types item_types(const ExprPtr& list) const {
        const auto* literal = std::get_if<ListLiteral>(&list->node);
        if (!literal || literal->items.empty()) return function::any;
        Types types;
        for (const auto& item : literal->items) {
            if (const auto* l = std::get_if<Literal>(&item->node))
                types = types | types_of_value(l->value);
            else if (std::holds_alternative<ListLiteral>(item->node))
                types = types | Types{ValueType::list};
            else if (std::holds_alternative<MapLiteral>(item->node))
                types = types | Types{ValueType::map};
            else if (const auto* v = std::get_if<Variable>(&item->node))
                types = types | b.types_of(v->slot);
            else
                return function::any;
        }
        return is_null_only(types) ? function::any : types;
    }

    Typed operator()(const syntax::ListComprehension& e) const {
        auto list = bind(e.list);
        b.require(list, ValueType::list, e.list->span, "IN");
        const Local local(b.scope_);
        ListComprehension out;
        out.list = list.expr;
        out.variable = b.declare(e.variable.text, SlotKind::value, item_types(list.expr));
        if (e.where) out.where = inner_condition(*e.where, "WHERE");
        if (e.projection) out.projection = inner(*e.projection, false).expr;
        return typed(std::move(out), ValueType::list);
    }
    // What stands inside a comprehension runs per item: an aggregate there would have no rows of its own.
    Typed inner(const syntax::Expression& e, bool predicate) const {
        return b.expression(e, {.predicate = predicate, .aggregates = false, .clause = "a list comprehension"});
    }
    ExprPtr inner_condition(const syntax::Expression& e, const char* what) const {
        auto typed_condition = inner(e, true);
        b.require_boolean(typed_condition, e.span, what);
        return typed_condition.expr;
    }

    Typed operator()(const syntax::Quantifier& e) const {
        auto list = bind(e.list);
        b.require(list, ValueType::list, e.list->span, "IN");
        const Local local(b.scope_);
        Quantifier out;
        out.kind = static_cast<QuantifierKind>(e.kind);
        out.list = list.expr;
        out.variable = b.declare(e.variable.text, SlotKind::value, item_types(list.expr));
        if (e.where) out.where = inner_condition(*e.where, "WHERE");
        return typed(std::move(out), ValueType::boolean);
    }

    Typed operator()(const syntax::Reduce& e) const {
        auto initial = bind(e.initial), list = bind(e.list);
        b.require(list, ValueType::list, e.list->span, "IN");
        const Local local(b.scope_);
        Reduce out;
        out.initial = initial.expr;
        out.list = list.expr;
        out.accumulator = b.declare(e.accumulator.text, SlotKind::value, function::any);
        out.variable = b.declare(e.variable.text, SlotKind::value, item_types(list.expr));
        out.step = inner(*e.step, false).expr;
        return typed(std::move(out), function::any);
    }

    Typed operator()(const syntax::PatternComprehension& e) const {
        // A subquery of one MATCH that collects one item.
        b.frames_.push_back({static_cast<std::uint32_t>(b.result_.slots.size()), {}});
        const Local local(b.scope_);
        Query query;
        SingleQuery single;
        const syntax::PathPattern* part = &e.pattern;
        Match match;
        const auto mode = std::exchange(b.match_mode_, syntax::MatchMode::unstated);
        match.pattern = b.pattern(std::span(&part, 1), PatternUse::match);
        b.match_mode_ = mode;
        if (e.where) match.where = inner_condition(*e.where, "WHERE");
        single.clauses.push_back({span, std::move(match)});
        auto item = inner(*e.projection, false);
        Project project;
        const auto slot = b.new_slot("", item.kind, item.types);
        project.items.push_back({slot, item.expr, "item"});
        project.is_return = true;
        single.clauses.push_back({span, std::move(project)});
        single.columns.push_back({slot, "item"});
        query.columns = single.columns;
        query.parts.push_back(std::move(single));
        auto outer = std::move(b.frames_.back().outer);
        b.frames_.pop_back();
        return typed(Subquery{SubqueryKind::collect, std::make_shared<const Query>(std::move(query)), std::move(outer)},
                     ValueType::list);
    }

    Typed operator()(const syntax::FunctionCall& e) const { return b.function_call(e, span, place); }
    Typed operator()(const syntax::CountStar&) const {
        static const std::vector<syntax::Expression> nothing;
        return b.aggregate_call(nullptr, false, nothing, span, place);
    }
    Typed operator()(const syntax::PatternExpression& e) const {
        if (e.pattern.selector != syntax::PathSelector::all) return shortest_path(e.pattern);
        if (!place.predicate)
            throw Error{Code::unexpected_syntax_in_pattern, span, "a pattern cannot stand here as a value"}.with_hint(
                "in WHERE it is a condition; use a pattern comprehension `[(a)-->(b) | b]` or COUNT { (a)-->(b) } for "
                "values");
        return {b.pattern_predicate(e.pattern, span), ValueType::boolean};
    }
    // The first or all of the paths that a MATCH of it would find.
    Typed shortest_path(const syntax::PathPattern& pattern) const {
        const bool one = pattern.selector == syntax::PathSelector::shortest_path;
        for (const auto& element : pattern.elements)
            if (const auto* n = std::get_if<syntax::NodePattern>(&element);
                n && !(n->variable && b.scope_.find(n->variable->text)))
                throw Error{Code::invalid_relationship_pattern, n->span,
                            "as a value, shortestPath needs two nodes that are bound already"}
                    .with_hint("MATCH them before, or write MATCH p = shortestPath(...)");
        b.frames_.push_back({static_cast<std::uint32_t>(b.result_.slots.size()), {}});
        const auto mark = b.scope_.size();
        const auto mode = std::exchange(b.match_mode_, syntax::MatchMode::unstated);
        const auto* part = &pattern;
        Match match;
        match.pattern = b.pattern(std::span(&part, 1), PatternUse::predicate);
        const Slot path = b.new_slot("", SlotKind::path, ValueType::path);
        match.pattern.parts.front().path = path;
        b.match_mode_ = mode;
        b.scope_.cut(mark);
        SingleQuery single;
        single.clauses.push_back({span, std::move(match)});
        Project project;
        project.items.push_back({path, make(Variable{path}, span), "path"});
        project.is_return = true;
        single.clauses.push_back({span, std::move(project)});
        single.columns.push_back({path, "path"});
        Query query;
        query.columns = single.columns;
        query.parts.push_back(std::move(single));
        auto outer = std::move(b.frames_.back().outer);
        b.frames_.pop_back();
        auto all = make(
            Subquery{SubqueryKind::collect, std::make_shared<const Query>(std::move(query)), std::move(outer)}, span);
        if (!one) return {all, ValueType::list};
        return {make(Index{all, make(Literal{Value{0}}, span)}, span), ValueType::path, SlotKind::path};
    }

    Typed operator()(const syntax::Subquery& e) const {
        std::vector<Slot> outer;
        const auto kind = static_cast<SubqueryKind>(e.kind);
        auto query = b.subquery(*e.query, outer, false, kind);
        const Types types = kind == SubqueryKind::exists  ? Types{ValueType::boolean}
                            : kind == SubqueryKind::count ? Types{ValueType::integer}
                                                          : Types{ValueType::list};
        return typed(Subquery{kind, std::move(query), std::move(outer)}, types);
    }
};

Binder::Typed Binder::expression(const syntax::Expression& e, Place place) {
    return std::visit(ExpressionVisitor{*this, e.span, place}, e.node);
}

Binder::Typed Binder::property(const syntax::Property& p, Span span, Place place) {
    auto object = expression(*p.object, place);
    if (object.kind == SlotKind::path)
        throw Error{Code::invalid_argument_type, span, "a path has no properties"}.with_hint(
            "use nodes(p) or relationships(p)");
    constexpr Types owners = function::element | ValueType::map | function::instant | ValueType::duration;
    if (!is_null_only(object.types) && !object.types.overlaps(owners)) {
        // openCypher tells a list of relationships in a pattern (SyntaxError) from a plain value (TypeError).
        if (object.kind != SlotKind::value)
            throw Error{Code::invalid_argument_type, span, fmt::format("{} has no properties", object.types.names())};
        throw Error{Code::type_error, span, fmt::format("{} has no properties", object.types.names())}
            .with_detail("InvalidArgumentType")
            .with_phase(Phase::compile_time);
    }
    const bool is_element =
        object.types.overlaps(function::element) && (object.types | function::element) == function::element;
    return {make(Property{object.expr, is_element ? element_key(p.key) : key(p.key.text)}, span), function::any};
}

KeyRef Binder::element_key(const syntax::Name& name) {
    const KeyRef result = key(name.text);
    const Model& model = context_.model;
    constexpr std::string_view of_every_element[] = {"valid_from", "valid_to"};
    const auto is_known = [&](std::string_view wanted) {
        const auto has = [&](const std::vector<Attribute>& attributes) {
            return std::any_of(attributes.begin(), attributes.end(),
                               [&](const Attribute& each) { return each.name == wanted; });
        };
        return std::any_of(model.classes().begin(), model.classes().end(),
                           [&](const ClassDeclaration& each) { return has(each.attributes); }) ||
               std::any_of(model.types().begin(), model.types().end(), [&](const RelationshipDeclaration& each) {
                   return has(each.attributes) || each.group_property == wanted || each.need_property == wanted ||
                          each.effect_property == wanted;
               });
    };
    if (model.is_empty() || is_known(name.text) ||
        std::find(std::begin(of_every_element), std::end(of_every_element), name.text) != std::end(of_every_element))
        return result;
    std::vector<std::string> known;
    for (const auto& each : model.classes())
        for (const Attribute& attribute : each.attributes) known.push_back(attribute.name);
    const auto at = place_of(text_, name.span.begin);
    const std::string hint = nearest(name.text, known);
    result_.undeclared.push_back(
        {result, fmt::format("{}:{} no class has the attribute {} and nothing stored has it: it is null everywhere{}",
                             at.line, at.column, quoted(name.text), hint.empty() ? "" : "; " + hint)});
    return result;
}

ExprPtr Binder::pattern_predicate(const syntax::PathPattern& part, Span span) {
    frames_.push_back({static_cast<std::uint32_t>(result_.slots.size()), {}});
    const auto mark = scope_.size();
    const auto* p = &part;
    Match match;
    const auto mode = std::exchange(match_mode_, syntax::MatchMode::unstated);
    match.pattern = pattern(std::span(&p, 1), PatternUse::predicate);
    match_mode_ = mode;
    scope_.cut(mark);
    SingleQuery single;
    single.clauses.push_back({span, std::move(match)});
    Query query;
    query.parts.push_back(std::move(single));
    auto outer = std::move(frames_.back().outer);
    frames_.pop_back();
    return make(Subquery{SubqueryKind::exists, std::make_shared<const Query>(std::move(query)), std::move(outer)},
                span);
}

// --- calls

Binder::Typed Binder::aggregate_call(const function::Aggregate* aggregate, bool distinct,
                                     const std::vector<syntax::Expression>& arguments, Span span, Place place) {
    const auto name = aggregate ? std::string(aggregate->name) : std::string("count");
    if (inside_aggregate_)
        throw Error{Code::nested_aggregation, span, fmt::format("{} cannot stand inside another aggregate", name)}
            .with_hint("compute the inner one in a WITH before");
    if (!place.aggregates || !aggregations_)
        throw Error{
            Code::invalid_aggregation, span,
            fmt::format("{} gathers rows and cannot stand in {}", name, *place.clause ? place.clause : "this place")}
            .with_hint("compute it in a WITH before, then use its name");
    if (aggregate && arguments.size() != aggregate->arguments)
        throw Error{
            Code::invalid_number_of_arguments, span,
            fmt::format("{} takes {} argument{}", name, aggregate->arguments, aggregate->arguments == 1 ? "" : "s")};
    Aggregation out;
    out.span = span;
    out.function = aggregate;
    out.distinct = distinct;
    inside_aggregate_ = true;
    struct Restore {
        bool& flag;
        ~Restore() { flag = false; }
    } restore{inside_aggregate_};
    for (const auto& argument : arguments) {
        auto bound = expression(argument, {.predicate = false, .aggregates = true, .clause = "an aggregate"});
        const bool random = any_of(*bound.expr, [](const Expr& e) {
            const auto* call = std::get_if<Call>(&e.node);
            return call && call->function->purity == function::Purity::random;
        });
        if (random)
            throw Error{Code::non_constant_expression, argument.span,
                        fmt::format("{} cannot aggregate a random value", name)};
        out.arguments.push_back(std::move(bound.expr));
    }
    // Equal aggregates are computed once.
    for (const auto& other : *aggregations_) {
        const bool equal =
            other.function == out.function && other.distinct == out.distinct &&
            std::equal(other.arguments.begin(), other.arguments.end(), out.arguments.begin(), out.arguments.end(),
                       [](const ExprPtr& x, const ExprPtr& y) { return same(*x, *y); });
        if (equal) return {make(Variable{other.slot}, span), types_of(other.slot), info(other.slot).kind};
    }
    Types types = aggregate ? aggregate->result : Types{ValueType::integer};
    out.slot = new_slot("", SlotKind::value, types);
    const auto slot = out.slot;
    aggregations_->push_back(std::move(out));
    return {make(Variable{slot}, span), types};
}

Binder::Typed Binder::function_call(const syntax::FunctionCall& call, Span span, Place place) {
    const auto& name = call.name.text;
    if (const auto* aggregate = function::find_aggregate(name))
        return aggregate_call(aggregate, call.distinct, call.arguments, span, place);
    // exists((a)-->(b)) is the older form of EXISTS { }, exists(n.x) of n.x IS NOT NULL.
    const bool is_exists = name.size() == 6 &&
                           std::equal(name.begin(), name.end(), "exists", [](char a, char b) { return (a | 32) == b; });
    if (is_exists && call.arguments.size() == 1) {
        if (const auto* pattern = std::get_if<syntax::PatternExpression>(&call.arguments.front().node))
            return {pattern_predicate(pattern->pattern, span), ValueType::boolean};
        if (std::holds_alternative<syntax::Property>(call.arguments.front().node))
            return {make(NullTest{expression(call.arguments.front(),
                                             {.aggregates = place.aggregates, .clause = place.clause})
                                      .expr,
                                  true},
                         span),
                    ValueType::boolean};
    }
    const auto* found = function::find_function(name);
    if (!found) {
        std::vector<std::string> known;
        for (const auto* f : function::all_functions()) known.emplace_back(f->name);
        for (const auto& a : function::all_aggregates()) known.emplace_back(a.name);
        throw Error{Code::unknown_function, call.name.span, fmt::format("there is no function {}", quoted(name))}
            .with_hint(nearest(name, known));
    }
    if (call.distinct)
        throw Error{Code::syntax, span,
                    fmt::format("{} is not an aggregate; DISTINCT has no meaning in it", found->name)};
    if (!found->takes(call.arguments.size()))
        throw Error{Code::invalid_number_of_arguments, span,
                    fmt::format("{} does not take {} arguments", found->name, call.arguments.size())}
            .with_hint("it is " + found->signature());
    const Slot of_csv = found->name == "linenumber" ? csv_.line : found->name == "file" ? csv_.file : no_slot;
    if (of_csv != no_slot) {
        note_use(of_csv);
        return {make(Variable{of_csv}, span), found->result};
    }
    Call out{found, {}};
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
        const auto& argument = call.arguments[i];
        auto bound = expression(argument, {.aggregates = place.aggregates, .clause = place.clause});
        if (found->mismatch == function::Mismatch::type_error)
            require(bound, found->parameter(i).types, argument.span, found->name);
        out.arguments.push_back(std::move(bound.expr));
    }
    return {make(std::move(out), span), found->result};
}

}  // namespace mainstay::bound
