#include "exec/hop.hpp"
#include "exec/operators.hpp"

#include <algorithm>

namespace mainstay::exec {
namespace {

std::vector<Slot> own_slots(const plan::Hop& hop) {
    if (hop.into) return {hop.rel};
    return {hop.rel, hop.to};
}

class Expand final : public RowExpander {
public:
    Expand(const plan::Node& node, StatementContext& context, OperatorPtr child, const plan::Hop& hop)
        : RowExpander(node, context, std::move(child), own_slots(hop)),
          hop_(hop),
          types_(hop, context),
          rel_wanted_(std::binary_search(node.live.begin(), node.live.end(), hop.rel)) {}

protected:
    void start_batch(const Batch&) override { types_.refresh(); }

    void start_row(const Batch& in, std::uint32_t row) override {
        const NodeId from = node_in(in[hop_.from], row, name(hop_.from));
        const NodeId to = hop_.into ? node_in(in[hop_.to], row, name(hop_.to)) : no_node;
        is_empty_ = from == no_node || (hop_.into && to == no_node);
        if (!is_empty_) cursor_.start(types_, from, to);
    }

    std::uint32_t extend(const Batch& in, std::uint32_t row, Batch& out, std::uint32_t room, bool& done) override {
        done = true;
        if (is_empty_) return 0;
        Column& rels = out[hop_.rel];
        Column& nodes = out[hop_.to];
        if (rel_wanted_ && rels.kind() == Column::Kind::absent) rels.start(Column::Kind::rel, &types_.view());
        if (!hop_.into && nodes.kind() == Column::Kind::absent) nodes.start(Column::Kind::node, &types_.view());
        std::uint32_t added = 0, seen = 0;
        Edge edge;
        while (added < room) {
            if (!cursor_.next(edge)) {
                context_.work(seen);
                return added;
            }
            ++seen;
            if (!hop_.differ.empty() && is_among(edge.rel, hop_.differ, in, row)) continue;
            if (rel_wanted_) rels.push_rel(&types_.view(), edge.rel);
            if (!hop_.into) nodes.push_node(&types_.view(), edge.other);
            ++added;
        }
        context_.work(seen);
        done = false;
        return added;
    }

private:
    std::string_view name(Slot slot) const {
        const auto i = static_cast<std::uint32_t>(slot);
        return i < context_.statement().slots.size() ? std::string_view{context_.statement().slots[i].name} : "";
    }

    const plan::Hop& hop_;
    HopTypes types_;
    EdgeCursor cursor_;
    const bool rel_wanted_;
    bool is_empty_ = false;
};

}  // namespace

OperatorPtr make_expand(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Expand>(n, c, std::move(child), std::get<plan::Expand>(n.op).hop);
}

}  // namespace mainstay::exec
