#include "exec/column_filter.hpp"

#include "exec/arithmetic.hpp"
#include "plan/slots.hpp"

#include <algorithm>

namespace mainstay::exec {

using namespace bound;

namespace {

ComparisonOp mirrored(ComparisonOp op) {
    switch (op) {
        case ComparisonOp::less: return ComparisonOp::greater;
        case ComparisonOp::less_equal: return ComparisonOp::greater_equal;
        case ComparisonOp::greater: return ComparisonOp::less;
        case ComparisonOp::greater_equal: return ComparisonOp::less_equal;
        default: return op;
    }
}

std::optional<KeyRef> key_of(const ExprPtr& e, Slot slot) {
    const auto* property = std::get_if<Property>(&e->node);
    if (!property) return std::nullopt;
    const auto* variable = std::get_if<Variable>(&property->object->node);
    if (!variable || variable->slot != slot) return std::nullopt;
    return property->key;
}

bool independent(const ExprPtr& e, Slot slot) { return !plan::slots_read(*e).has(slot) && !plan::is_volatile(*e); }

template <typename T>
bool compare_plain(ComparisonOp op, const T& a, const T& b) {
    switch (op) {
        case ComparisonOp::equal: return a == b;
        case ComparisonOp::not_equal: return a != b;
        case ComparisonOp::less: return a < b;
        case ComparisonOp::less_equal: return a <= b;
        case ComparisonOp::greater: return a > b;
        case ComparisonOp::greater_equal: return a >= b;
    }
    return false;
}

}  // namespace

std::optional<ColumnFilter::Test> ColumnFilter::make_test(const Expr& condition, Slot slot) {
    Test test{};
    if (const auto* c = std::get_if<Comparison>(&condition.node)) {
        test.kind = Test::Kind::compare;
        const auto left = key_of(c->left, slot), right = key_of(c->right, slot);
        if (left && independent(c->right, slot)) {
            test.op = c->op;
            test.key = *left;
            test.value = c->right.get();
            return test;
        }
        if (right && independent(c->left, slot)) {
            test.op = mirrored(c->op);
            test.key = *right;
            test.value = c->left.get();
            return test;
        }
        return std::nullopt;
    }
    if (const auto* m = std::get_if<Membership>(&condition.node)) {
        const auto key = key_of(m->item, slot);
        if (!key || !independent(m->list, slot)) return std::nullopt;
        test.kind = Test::Kind::in;
        test.key = *key;
        test.value = m->list.get();
        return test;
    }
    if (const auto* n = std::get_if<NullTest>(&condition.node)) {
        const auto key = key_of(n->operand, slot);
        if (!key) return std::nullopt;
        test.kind = n->negated ? Test::Kind::is_not_null : Test::Kind::is_null;
        test.key = *key;
        return test;
    }
    if (const auto* s = std::get_if<StringPredicate>(&condition.node)) {
        const auto key = key_of(s->left, slot);
        if (!key || s->op == StringOp::matches || !independent(s->right, slot)) return std::nullopt;
        test.kind = Test::Kind::text;
        test.text_op = s->op;
        test.key = *key;
        test.value = s->right.get();
        return test;
    }
    return std::nullopt;
}

bool ColumnFilter::can_test(const Expr& condition, Slot slot) { return make_test(condition, slot).has_value(); }

ColumnFilter::ColumnFilter(std::span<const ExprPtr> conditions, Slot slot, StatementContext& context, const View& view)
    : context_(context), view_(view) {
    for (const ExprPtr& condition : conditions) tests_.push_back(*make_test(*condition, slot));
}

bool ColumnFilter::start(const Row& row) {
    for (Test& test : tests_) {
        test.key_id = context_.key(test.key);
        if (!test.value) continue;
        test.constant = evaluate(*test.value, row, context_);
        if (test.constant.is_null()) return false;
        if (test.kind == Test::Kind::in) is_in(Value{}, test.constant, test.value->span);  // throws if it is no list
    }
    return true;
}

bool ColumnFilter::passes(const Test& test, const Value& value) {
    switch (test.kind) {
        case Test::Kind::is_null: return value.is_null();
        case Test::Kind::is_not_null: return !value.is_null();
        case Test::Kind::in: return !value.is_null() && is_in(value, test.constant, {}) == Ternary::yes;
        case Test::Kind::text:
            return value.is(ValueType::string) && test.constant.is(ValueType::string) &&
                   passes_text(test, value.as_string());
        case Test::Kind::compare: break;
    }
    if (test.op == ComparisonOp::equal) return equals(value, test.constant) == Ternary::yes;
    if (test.op == ComparisonOp::not_equal) return equals(value, test.constant) == Ternary::no;
    const auto c = mainstay::compare(value, test.constant);
    if (!c) return false;
    switch (test.op) {
        case ComparisonOp::less: return *c < 0;
        case ComparisonOp::less_equal: return *c <= 0;
        case ComparisonOp::greater: return *c > 0;
        case ComparisonOp::greater_equal: return *c >= 0;
        default: return false;
    }
}

// Whether a test of a string needs nothing but its bytes.
bool ColumnFilter::is_of_text(const Test& test) {
    return (test.kind == Test::Kind::text || test.kind == Test::Kind::compare) && test.constant.is(ValueType::string);
}

bool ColumnFilter::passes_text(const Test& test, std::string_view text) {
    const std::string_view part = test.constant.as_string();
    if (test.kind == Test::Kind::compare) return compare_plain(test.op, text, part);
    switch (test.text_op) {
        case StringOp::starts_with: return text.starts_with(part);
        case StringOp::ends_with: return text.ends_with(part);
        case StringOp::contains: return text.find(part) != std::string_view::npos;
        case StringOp::matches: break;
    }
    return false;
}

void ColumnFilter::filter(const Test& test, std::uint32_t segment, std::vector<NodeId>& nodes) {
    const ColumnView* column = test.key_id == no_key ? nullptr : view_.node_column(segment, test.key_id);
    const DirtyNodes dirty = view_.dirty_nodes(segment);
    std::size_t kept = 0;
    // Appends without a branch on the outcome; `clean` says whether a clean slot passes.
    const auto each = [&](auto&& clean) {
        for (const NodeId node : nodes) {
            const std::uint32_t slot = slot_of(node);
            bool pass = false;
            if (dirty.contains(slot)) {
                pass = passes(test, test.key_id == no_key ? Value{} : view_.property(node, test.key_id));
            } else {
                pass = clean(slot);
            }
            nodes[kept] = node;
            kept += pass;
        }
        nodes.resize(kept);
    };
    const bool wants_null = test.kind == Test::Kind::is_null;
    if (!column) return each([&](std::uint32_t) { return wants_null; });
    if (test.kind == Test::Kind::is_null || test.kind == Test::Kind::is_not_null)
        return each([&](std::uint32_t slot) { return column->has(slot) != wants_null; });
    if (column->kind() == ColumnKind::dictionary) {
        entry_passes_.resize(column->dictionary_size());
        bool any = false;
        for (std::uint32_t code = 0; code < column->dictionary_size(); ++code) {
            entry_passes_[code] = passes(test, Value{column->entry(code)});
            any = any || entry_passes_[code];
        }
        if (!any) return each([](std::uint32_t) { return false; });
        return each([&](std::uint32_t slot) { return column->has(slot) && entry_passes_[column->code(slot)]; });
    }
    if (test.kind == Test::Kind::compare && column->kind() == ColumnKind::integer &&
        test.constant.is(ValueType::integer)) {
        const std::int64_t constant = test.constant.as_int();
        return each([&](std::uint32_t slot) {
            return column->has(slot) && compare_plain(test.op, column->integer(slot), constant);
        });
    }
    if (test.kind == Test::Kind::compare && column->kind() == ColumnKind::floating && test.constant.is_number()) {
        if (test.constant.is(ValueType::floating)) {
            const double constant = test.constant.as_double();
            return each([&](std::uint32_t slot) {
                return column->has(slot) && compare_plain(test.op, column->floating(slot), constant);
            });
        }
    }
    if (column->kind() == ColumnKind::text && is_of_text(test))
        return each([&](std::uint32_t slot) { return column->has(slot) && passes_text(test, column->text(slot)); });
    each([&](std::uint32_t slot) { return column->has(slot) && passes(test, column->get(slot)); });
}

void ColumnFilter::select(const Test& test, std::span<const std::uint32_t> ids, std::vector<std::uint32_t>& rows) {
    enum : std::uint8_t { unknown, no, yes };
    std::uint32_t segment = no_id;
    const ColumnView* column = nullptr;
    std::size_t kept = 0;
    DirtyNodes dirty;
    const bool is_text = is_of_text(test);
    for (const std::uint32_t row : rows) {
        const NodeId node{ids[row]};
        bool pass = false;
        if (node == no_node || test.key_id == no_key) {
            pass = passes(test, Value{});
        } else {
            if (segment_of(node) != segment) {
                segment = segment_of(node);
                column = view_.node_column(segment, test.key_id);
                dirty = view_.dirty_nodes(segment);
                entry_passes_.assign(column && column->kind() == ColumnKind::dictionary ? column->dictionary_size() : 0,
                                     unknown);
            }
            const std::uint32_t slot = slot_of(node);
            if (dirty.contains(slot)) {
                pass = passes(test, view_.property(node, test.key_id));
            } else if (!column || !column->has(slot)) {
                pass = passes(test, Value{});
            } else if (column->kind() == ColumnKind::dictionary) {
                std::uint8_t& entry = entry_passes_[column->code(slot)];
                if (entry == unknown) entry = passes(test, Value{column->text(slot)}) ? yes : no;
                pass = entry == yes;
            } else if (column->kind() == ColumnKind::text && is_text) {
                pass = passes_text(test, column->text(slot));
            } else {
                pass = passes(test, column->get(slot));
            }
        }
        rows[kept] = row;
        kept += pass;
    }
    rows.resize(kept);
}

void ColumnFilter::select(std::span<const std::uint32_t> ids, std::vector<std::uint32_t>& rows) {
    for (const Test& test : tests_) {
        if (rows.empty()) return;
        select(test, ids, rows);
    }
}

void ColumnFilter::filter(std::uint32_t segment, std::vector<NodeId>& nodes) {
    for (const Test& test : tests_) {
        if (nodes.empty()) return;
        filter(test, segment, nodes);
    }
}

}  // namespace mainstay::exec
