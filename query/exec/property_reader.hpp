#pragma once

#include "exec/context.hpp"

namespace mainstay::exec {

// One property of many nodes of a view, read from segment columns in place where the node is clean: a cache miss
// instead of a look-up. Quick when neighbouring nodes follow each other.
class PropertyReader {
public:
    PropertyReader(const View& view, KeyId key) : view_(view), key_(key) {}

    // Appends the property to a column, null if the node has it not. Requires that the view contains the node.
    void read_into(NodeId node, Column& out) {
        const std::uint32_t segment = segment_of(node), slot = slot_of(node);
        if (segment != segment_) enter(segment);
        if (dirty_.contains(slot))
            out.push(view_.property(node, key_));
        else if (!column_ || !column_->has(slot))
            out.push_null();
        else if (column_->kind() == ColumnKind::integer)
            out.push_integer(column_->integer(slot));
        else
            out.push(column_->get(slot));
    }

private:
    void enter(std::uint32_t segment) {
        segment_ = segment;
        column_ = view_.node_column(segment, key_);
        dirty_ = view_.dirty_nodes(segment);
    }

    const View& view_;
    KeyId key_;
    std::uint32_t segment_ = no_id;
    const ColumnView* column_ = nullptr;
    DirtyNodes dirty_;
};

}  // namespace mainstay::exec
