#include "exec/arithmetic.hpp"
#include "exec/column_filter.hpp"
#include "exec/few_values.hpp"
#include "exec/operators.hpp"
#include "plan/slots.hpp"

#include <algorithm>
#include <memory>
#include <numeric>

namespace mainstay::exec {
namespace {

// Conditions on properties of a node column are tested on segment columns; what is left, row by row.
class Filter final : public Operator {
public:
    Filter(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context), child_(std::move(child)) {
        for (const bound::ExprPtr& condition : std::get<plan::Filter>(node.op).conditions) add(condition);
    }
    void open(const Batch* argument) override { child_->open(argument); }

protected:
    bool produce(Batch& out) override {
        while (child_->next(out)) {
            context_.check();
            selected_.resize(out.rows);
            std::iota(selected_.begin(), selected_.end(), 0U);
            for (ByColumn& group : by_column_) test(group, out);
            for (Other& other : others_) test(other, out);
            if (selected_.empty()) continue;
            out.keep(selected_);
            return true;
        }
        return false;
    }

private:
    // Conditions that need nothing but a property of the node in `slot`.
    struct ByColumn {
        Slot slot;
        std::vector<bound::ExprPtr> conditions;
        std::unique_ptr<ColumnFilter> filter;  // for the view the last batch's nodes came from
        std::uint64_t run = 0;                 // of the context that the filter has started for
        bool can_pass = true;
    };

    struct Other {
        bound::ExprPtr condition;
        FewValues few;
    };

    void add(const bound::ExprPtr& condition) {
        const std::vector<Slot> reads = plan::slots_read(*condition).list();
        if (reads.size() != 1 || context_.transaction() || !ColumnFilter::can_test(*condition, reads[0])) {
            others_.push_back({condition, FewValues{*condition}});
            return;
        }
        for (ByColumn& group : by_column_)
            if (group.slot == reads[0]) return group.conditions.push_back(condition);
        by_column_.push_back({reads[0], {condition}, nullptr});
    }

    void test(ByColumn& group, const Batch& batch) {
        constexpr std::uint32_t rows_min = 16;
        const Column& nodes = batch[group.slot];
        const auto* view = nodes.kind() == Column::Kind::node ? dynamic_cast<const View*>(nodes.source()) : nullptr;
        if (!view || selected_.size() < rows_min) return keep_true(group.conditions, batch);
        if (!group.filter || &group.filter->view() != view) {
            group.filter = std::make_unique<ColumnFilter>(group.conditions, group.slot, context_, *view);
            group.run = 0;
        }
        if (group.run != context_.run()) {
            group.run = context_.run();
            const Batch nothing{context_.slot_count()};
            group.can_pass = group.filter->start(Row{nothing, 0});
        }
        if (!group.can_pass) return selected_.clear();
        group.filter->select(nodes.ids(), selected_);
    }

    void test(Other& other, const Batch& batch) {
        if (!other.few.start(batch, context_)) return keep_true({other.condition}, batch);
        std::erase_if(selected_, [&](std::uint32_t row) {
            return to_ternary(other.few.value_of(row), other.condition->span) != Ternary::yes;
        });
    }

    void keep_true(const std::vector<bound::ExprPtr>& conditions, const Batch& batch) {
        std::erase_if(selected_, [&](std::uint32_t row) {
            const Row one{batch, row};
            return !std::all_of(conditions.begin(), conditions.end(),
                                [&](const bound::ExprPtr& condition) { return is_true(*condition, one, context_); });
        });
    }

    OperatorPtr child_;
    std::vector<ByColumn> by_column_;
    std::vector<Other> others_;
    std::vector<std::uint32_t> selected_;
};

// Adds slots computed from the row.
class Extend final : public Operator {
public:
    Extend(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context), child_(std::move(child)) {
        for (const plan::Assignment& a : std::get<plan::Extend>(node.op).assignments)
            evaluators_.emplace_back(*a.expression);
    }
    void open(const Batch* argument) override { child_->open(argument); }

protected:
    bool produce(Batch& out) override {
        if (!child_->next(out)) return false;
        const auto& assignments = std::get<plan::Extend>(node_.op).assignments;
        for (std::size_t i = 0; i < assignments.size(); ++i)
            evaluators_[i].evaluate(out, context_, out[assignments[i].slot]);
        return true;
    }

private:
    OperatorPtr child_;
    std::vector<ColumnEvaluator> evaluators_;
};

}  // namespace

OperatorPtr make_filter(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Filter>(n, c, std::move(child));
}
OperatorPtr make_extend(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Extend>(n, c, std::move(child));
}

}  // namespace mainstay::exec
