#include "exec/operators.hpp"
#include "exec/write.hpp"

#include <fmt/format.h>

namespace mainstay::exec {
namespace {

// All targets of all rows are evaluated before anything goes. Whether a deleted node still has relationships is asked
// at the end of the statement.
class Delete final : public Writer {
public:
    using Writer::Writer;

protected:
    void write(std::vector<Batch>& batches) override {
        const auto& op = std::get<plan::Delete>(node_.op);
        std::vector<NodeId> nodes;
        std::vector<RelId> rels;
        for (const Batch& batch : batches)
            for (std::uint32_t row = 0; row < batch.rows; ++row)
                for (const bound::ExprPtr& target : op.targets)
                    collect(evaluate(*target, Row{batch, row}, context_), target->span, nodes, rels);
        Transaction& tx = context_.writer();
        for (RelId rel : rels) {
            context_.work(64);
            tx.delete_relationship(rel);
        }
        for (NodeId node : nodes) {
            context_.work(64);
            if (op.detach) {
                detach_delete(node, context_);
            } else {
                tx.delete_node(node);
            }
        }
    }

private:
    // Those of the schema as a graph are in no view.
    static void require_stored(const Properties* source, Span span) {
        if (!dynamic_cast<const View*>(source))
            throw Error{Code::entity_not_found, span, "an element that is not in the file cannot be deleted"};
    }

    static void collect(const Value& v, Span span, std::vector<NodeId>& nodes, std::vector<RelId>& rels) {
        switch (v.type()) {
            case ValueType::null: return;
            case ValueType::node:
                require_stored(v.as_node().source, span);
                nodes.push_back(v.as_node().id);
                return;
            case ValueType::relationship:
                require_stored(v.as_relationship().source, span);
                rels.push_back(v.as_relationship().id);
                return;
            case ValueType::path:
                for (const auto& node : v.as_path().nodes) nodes.push_back(node.id);
                for (const auto& rel : v.as_path().rels) rels.push_back(rel.id);
                return;
            default:
                throw Error{
                    Code::type_error, span,
                    fmt::format("only nodes, relationships and paths can be deleted, not {}", name_of(v.type()))};
        }
    }
};

}  // namespace

OperatorPtr make_delete(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Delete>(n, c, std::move(child));
}

}  // namespace mainstay::exec
