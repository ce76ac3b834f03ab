#include "exec/operators.hpp"
#include "plan/lower.hpp"

namespace mainstay::exec {
namespace {

// The rows of one part after the other, their columns brought to common slots.
class Union final : public Operator {
public:
    Union(const plan::Node& node, StatementContext& context)
        : Operator(node, context), union_(std::get<plan::Union>(node.op)), rows_(context.slot_count()) {
        for (const plan::NodePtr& part : union_.parts) parts_.push_back(plan::lower(*part, context));
    }

    void open(const Batch* argument) override {
        argument_ = argument;
        part_ = 0;
        is_open_ = false;
    }

protected:
    bool produce(Batch& out) override {
        while (part_ < parts_.size()) {
            if (!is_open_) {
                parts_[part_]->open(argument_);
                is_open_ = true;
            }
            if (parts_[part_]->next(rows_)) {
                for (std::size_t i = 0; i < union_.outputs.size(); ++i)
                    out[union_.outputs[i]].append_all(rows_[union_.inputs[part_][i]], rows_.rows);
                out.rows = rows_.rows;
                return true;
            }
            ++part_;
            is_open_ = false;
        }
        return false;
    }

private:
    const plan::Union& union_;
    std::vector<OperatorPtr> parts_;
    Batch rows_;
    const Batch* argument_ = nullptr;
    std::size_t part_ = 0;
    bool is_open_ = false;
};

}  // namespace

OperatorPtr make_union(const plan::Node& n, StatementContext& c) { return std::make_unique<Union>(n, c); }

}  // namespace mainstay::exec
