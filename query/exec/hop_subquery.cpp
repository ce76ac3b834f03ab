#include "exec/hop_subquery.hpp"

#include <algorithm>

namespace mainstay::exec {
namespace {

const bound::LabelTest* label_test_of(const bound::Expr& condition, Slot slot) {
    const auto* test = std::get_if<bound::LabelTest>(&condition.node);
    if (!test) return nullptr;
    const auto* variable = std::get_if<bound::Variable>(&test->object->node);
    return variable && variable->slot == slot ? test : nullptr;
}

// False: neither a node nor null.
bool node_of(const Value& value, NodeId& node) {
    node = value.is(ValueType::node) ? value.as_node().id : no_node;
    return value.is_null() || node != no_node;
}

}  // namespace

HopSubquery::HopSubquery(const plan::HopQuery& query, StatementContext& context)
    : hop_(query.expand->hop),
      context_(context),
      types_(hop_, context),
      edges_(types_, context),
      row_(context.slot_count()) {
    if (!query.filter) return;
    for (const bound::ExprPtr& condition : query.filter->conditions) {
        // What the transaction has written has labels of its own.
        const auto* test = context.transaction() || hop_.into ? nullptr : label_test_of(*condition, hop_.to);
        if (test) {
            labels_.push_back(&context.labels(*test->labels));
        } else {
            conditions_.push_back(condition);
        }
    }
}

bool HopSubquery::passes(NodeId other, RelId rel) {
    const View& view = types_.view();
    if (!std::all_of(labels_.begin(), labels_.end(),
                     [&](LabelMatcher* matcher) { return matcher->matches(view.shape(other)); }))
        return false;
    if (conditions_.empty()) return true;
    row_[hop_.rel].start(Column::Kind::rel, &view);
    row_[hop_.rel].push_rel(&view, rel);
    if (!hop_.into) {
        row_[hop_.to].start(Column::Kind::node, &view);
        row_[hop_.to].push_node(&view, other);
    }
    return std::all_of(conditions_.begin(), conditions_.end(), [&](const bound::ExprPtr& condition) {
        return is_true(*condition, Row{row_, 0}, context_);
    });
}

std::optional<Value> HopSubquery::run(const bound::Subquery& subquery, const Row& row) {
    NodeId from = no_node, to = no_node;
    if (!node_of(row.get(hop_.from), from) || (hop_.into && !node_of(row.get(hop_.to), to))) return std::nullopt;
    const bool counts = subquery.kind == bound::SubqueryKind::count;
    if (from == no_node || (hop_.into && to == no_node)) return counts ? Value{0} : Value{false};
    if (run_ != context_.run() || context_.transaction()) {
        run_ = context_.run();
        types_.refresh();
        edges_.start();
    }
    // A self loop comes twice then.
    if (counts && types_.self_loop_twice()) return std::nullopt;
    if (!conditions_.empty()) {
        row_.clear();
        row_.rows = 1;
        for (Slot slot : subquery.outer) row_[slot].push(row.get(slot));
    }
    std::int64_t found = 0;
    std::uint32_t seen = 0;
    edges_.for_each_until(from, [&](NodeId other, RelId rel) {
        ++seen;
        if ((hop_.into && other != to) || !passes(other, rel)) return true;
        ++found;
        return counts;
    });
    context_.work(seen);
    return counts ? Value{found} : Value{found > 0};
}

}  // namespace mainstay::exec
