#include "exec/eval.hpp"
#include "exec/operators.hpp"

namespace mainstay::exec {
namespace {

class Filter final : public Operator {
public:
    Filter(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context), child_(std::move(child)) {}
    void open(const Batch* argument) override { child_->open(argument); }

protected:
    bool produce(Batch& out) override {
        const auto& conditions = std::get<plan::Filter>(node_.op).conditions;
        while (child_->next(out)) {
            context_.check();
            select_rows(conditions, out, context_, selected_);
            if (selected_.empty()) continue;
            out.keep(selected_);
            return true;
        }
        return false;
    }

private:
    OperatorPtr child_;
    std::vector<std::uint32_t> selected_;
};

// Adds slots computed from the row.
class Extend final : public Operator {
public:
    Extend(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context), child_(std::move(child)) {}
    void open(const Batch* argument) override { child_->open(argument); }

protected:
    bool produce(Batch& out) override {
        if (!child_->next(out)) return false;
        for (const plan::Assignment& a : std::get<plan::Extend>(node_.op).assignments)
            evaluate_column(*a.expression, out, context_, out[a.slot]);
        return true;
    }

private:
    OperatorPtr child_;
};

}  // namespace

OperatorPtr make_filter(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Filter>(n, c, std::move(child));
}
OperatorPtr make_extend(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Extend>(n, c, std::move(child));
}

}  // namespace mainstay::exec
