#pragma once

// What the writing operators share.

#include "exec/eval.hpp"
#include "exec/operator.hpp"

namespace mainstay::exec {

// Base of the writing operators: reads its child to the end, then writes for all rows, then yields them. So a clause
// sees the graph as the clauses before it left it, and never its own writes (except MERGE, which must).
class Writer : public Operator {
public:
    Writer(const plan::Node& node, StatementContext& context, OperatorPtr child);
    void open(const Batch* argument) override;

protected:
    bool produce(Batch& out) final;
    virtual void write(std::vector<Batch>& batches) = 0;  // may replace the batches

private:
    OperatorPtr child_;
    RowStore rows_;
    bool done_ = false;
    std::size_t next_ = 0;
};

// Creates what a pattern says for one row of `batch`: its new nodes and relationships are appended to their columns.
// For MERGE a property that is null is an error, and the pattern is claimed: another transaction that found nothing for
// the same one loses.
enum class Creating : std::uint8_t { create, merge };
void create_pattern(const bound::Pattern& pattern, Batch& batch, std::uint32_t row, StatementContext& context,
                    Creating creating);

// Applies SET and REMOVE items to one row.
void apply_items(std::span<const bound::SetItem> items, const Batch& batch, std::uint32_t row,
                 StatementContext& context);

// Removes a node's relationships, then the node. Nothing if it is deleted already.
void detach_delete(NodeId node, StatementContext& context);

// The store's errors do not know the statement: adds where in its text the writing expression stands.
template <typename F>
void at(Span span, F&& write) {
    try {
        write();
    } catch (Error& e) {
        throw std::move(e).with_span(span);
    }
}

}  // namespace mainstay::exec
