#include "exec/hop.hpp"
#include "exec/operators.hpp"

namespace mainstay::exec {
namespace {

std::vector<Slot> own_slots(const plan::RelEnds& ends) {
    std::vector<Slot> own;
    if (!ends.from_bound) own.push_back(ends.hop.from);
    if (!ends.hop.into && ends.hop.to != ends.hop.from) own.push_back(ends.hop.to);
    return own;
}

class RelEnds final : public RowExpander {
public:
    RelEnds(const plan::Node& node, StatementContext& context, OperatorPtr child, const plan::RelEnds& ends)
        : RowExpander(node, context, std::move(child), own_slots(ends)), ends_(ends), types_(ends.hop, context) {}

protected:
    void start_batch(const Batch&) override { types_.refresh(); }

    void start_row(const Batch& in, std::uint32_t row) override {
        found_.clear();
        position_ = 0;
        trail_.clear();
        const Value given = in.get(ends_.hop.rel, row);
        if (given.is_null()) return;
        if (!ends_.list) {
            if (!given.is(ValueType::relationship)) throw Error{Code::type_error, "a relationship is needed here"};
            trail_.push_back(given.as_relationship().id);
        } else {
            if (!given.is(ValueType::list)) throw Error{Code::type_error, "a list of relationships is needed here"};
            for (const Value& one : given.as_list()) {
                if (!one.is(ValueType::relationship)) return;
                trail_.push_back(one.as_relationship().id);
            }
            if (trail_.size() < ends_.min || (ends_.max && trail_.size() > *ends_.max)) return;
        }
        for (std::size_t i = 0; i < trail_.size(); ++i) {
            if (!types_.view().contains(trail_[i])) return;
            if (is_among(trail_[i], ends_.hop.differ, in, row)) return;
            for (std::size_t j = 0; j < i; ++j)
                if (trail_[j] == trail_[i]) return;
        }
        const NodeId from = ends_.from_bound ? node_in(in[ends_.hop.from], row, "") : no_node;
        const NodeId to = ends_.hop.into ? node_in(in[ends_.hop.to], row, "") : no_node;
        if ((ends_.from_bound && from == no_node) || (ends_.hop.into && to == no_node)) return;
        if (trail_.empty()) {
            if (ends_.from_bound && (!ends_.hop.into || from == to)) found_.push_back({from, from});
            return;
        }
        const Ends first = types_.view().ends(trail_.front());
        walk(first.source, from, to);
        if (first.target != first.source) walk(first.target, from, to);
    }

    std::uint32_t extend(const Batch&, std::uint32_t, Batch& out, std::uint32_t room, bool& done) override {
        std::uint32_t added = 0;
        for (; added < room && position_ < found_.size(); ++added, ++position_) {
            if (!ends_.from_bound) out[ends_.hop.from].push_node(&types_.view(), found_[position_].from);
            if (!ends_.hop.into && ends_.hop.to != ends_.hop.from)
                out[ends_.hop.to].push_node(&types_.view(), found_[position_].to);
        }
        done = position_ >= found_.size();
        return added;
    }

private:
    struct Pair {
        NodeId from, to;
    };

    void walk(NodeId start, NodeId from, NodeId to) {
        if (ends_.from_bound && start != from) return;
        NodeId here = start;
        for (RelId rel : trail_) {
            const Ends ends = types_.view().ends(rel);
            if ((ends.source != here && ends.target != here) || !types_.fits(rel, ends, here)) return;
            here = ends.source == here ? ends.target : ends.source;
        }
        if (ends_.hop.into && here != to) return;
        if (ends_.hop.to == ends_.hop.from && here != start) return;
        found_.push_back({start, here});
    }

    const plan::RelEnds& ends_;
    HopTypes types_;
    std::vector<RelId> trail_;
    std::vector<Pair> found_;
    std::size_t position_ = 0;
};

}  // namespace

OperatorPtr make_rel_ends(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<RelEnds>(n, c, std::move(child), std::get<plan::RelEnds>(n.op));
}

}  // namespace mainstay::exec
