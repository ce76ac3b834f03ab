// Counts that the store keeps.

#include "exec/operators.hpp"

namespace mainstay::exec {
namespace {

class Count final : public Operator {
public:
    using Operator::Operator;
    void open(const Batch*) override { done_ = false; }

protected:
    bool produce(Batch& out) override {
        if (done_) return false;
        done_ = true;
        if (const auto* nodes = std::get_if<plan::CountNodes>(&node_.op)) {
            out[nodes->slot].push(Value{static_cast<std::int64_t>(count(*nodes))});
        } else {
            const auto& rels = std::get<plan::CountRels>(node_.op);
            out[rels.slot].push(Value{static_cast<std::int64_t>(count(rels))});
        }
        out.rows = 1;
        return true;
    }

private:
    std::uint64_t count(const plan::CountNodes& op) {
        const View& view = context_.view(op.time);
        if (op.labels.empty()) return view.count_nodes(no_label);
        const LabelId label = view.names().find_label(op.labels.front());
        return label == no_label ? 0 : view.count_nodes(label);
    }
    std::uint64_t count(const plan::CountRels& op) {
        const View& view = context_.view(op.time);
        if (op.types.empty()) return view.count_rels(no_type);
        std::uint64_t sum = 0;
        for (const std::string& name : op.types)
            if (const TypeId type = view.names().find_type(name); type != no_type) sum += view.count_rels(type);
        return sum;
    }

    bool done_ = false;
};

}  // namespace

OperatorPtr make_count_nodes(const plan::Node& n, StatementContext& c) { return std::make_unique<Count>(n, c); }
OperatorPtr make_count_rels(const plan::Node& n, StatementContext& c) { return std::make_unique<Count>(n, c); }

}  // namespace mainstay::exec
