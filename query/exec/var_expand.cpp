#include "exec/eval.hpp"
#include "exec/hop.hpp"
#include "exec/operators.hpp"

#include <fmt/format.h>

#include <limits>
#include <unordered_set>

namespace mainstay::exec {
namespace {

std::vector<Slot> own_slots(const plan::Hop& hop) {
    if (hop.into) return {hop.rel};
    return {hop.rel, hop.to};
}

// Depth-first enumeration of trails. The trail of the current row lives across calls, so that a batch may end anywhere.
class VarExpand final : public RowExpander {
public:
    VarExpand(const plan::Node& node, StatementContext& context, OperatorPtr child, const plan::VarExpand& expand)
        : RowExpander(node, context, std::move(child), own_slots(expand.hop)),
          expand_(expand),
          hop_(expand.hop),
          types_(expand.hop, context),
          max_(expand.max.value_or(std::numeric_limits<std::uint64_t>::max())),
          list_wanted_(std::find(node.live.begin(), node.live.end(), expand.hop.rel) != node.live.end()) {}

protected:
    void start_batch(const Batch&) override {
        types_.refresh();
        limit_ = expand_.max ? 0 : context_.limits().path_length;
    }

    void start_row(const Batch& in, std::uint32_t row) override {
        trail_.clear();
        met_.clear();
        depth_ = 0;
        from_ = node_in(in[hop_.from], row, "");
        to_ = hop_.into ? node_in(in[hop_.to], row, "") : no_node;
        is_empty_ = from_ == no_node || (hop_.into && to_ == no_node) || !types_.view().contains_node(from_);
        if (is_empty_) return;
        start_pending_ = expand_.min == 0;
        if (max_ > 0) push(from_);
    }

    std::uint32_t extend(const Batch& in, std::uint32_t row, Batch& out, std::uint32_t room, bool& done) override {
        done = true;
        if (is_empty_) return 0;
        std::uint32_t added = 0;
        if (start_pending_) {
            start_pending_ = false;
            if (!hop_.into || to_ == from_) {
                emit(out, from_);
                ++added;
            }
        }
        std::uint32_t seen = 0;
        while (depth_ > 0) {
            if (added == room) {
                done = false;
                break;
            }
            if ((++seen & 1023) == 0) context_.work(1024);
            Edge edge;
            if (!cursors_[depth_ - 1].next(edge)) {
                --depth_;
                if (!trail_.empty()) pop();
                continue;
            }
            if (is_met(edge.rel) || is_among(edge.rel, hop_.differ, in, row)) continue;
            if (!expand_.conditions.empty() && !holds(edge.rel, in, row)) continue;
            const std::uint64_t length = trail_.size() + 1;
            const bool ends_here = length >= expand_.min && (!hop_.into || edge.other == to_);
            if (length < max_) {
                if (limit_ != 0 && length >= limit_)
                    throw Error{Code::result_limit,
                                fmt::format("a path of this pattern is longer than {} relationships", limit_)}
                        .with_hint("give the pattern an upper bound, e.g. *1..10");
                trail_.push_back(edge.rel);
                if (trail_.size() > linear_max) met_.insert(raw(edge.rel));
                push(edge.other);
                if (ends_here) {
                    emit(out, edge.other);
                    ++added;
                }
            } else if (ends_here) {
                trail_.push_back(edge.rel);
                emit(out, edge.other);
                trail_.pop_back();
                ++added;
            }
        }
        context_.work(seen & 1023);
        return added;
    }

private:
    static constexpr std::size_t linear_max = 24;  // longer trails look their relationships up in a set

    void push(NodeId node) {
        if (cursors_.size() <= depth_) cursors_.emplace_back();
        cursors_[depth_++].start(types_, node);
    }

    void pop() {
        if (trail_.size() > linear_max) met_.erase(raw(trail_.back()));
        trail_.pop_back();
    }

    bool is_met(RelId rel) const {
        const std::size_t linear = std::min(trail_.size(), linear_max);
        if (std::find(trail_.begin(), trail_.begin() + static_cast<std::ptrdiff_t>(linear), rel) !=
            trail_.begin() + static_cast<std::ptrdiff_t>(linear))
            return true;
        return !met_.empty() && met_.contains(raw(rel));
    }

    bool holds(RelId rel, const Batch& in, std::uint32_t row) {
        const Local each{expand_.each, Value{Relationship{&types_.view(), rel}}, nullptr};
        const Row one{in, row, &each};
        for (const bound::ExprPtr& condition : expand_.conditions)
            if (!is_true(*condition, one, context_)) return false;
        return true;
    }

    void emit(Batch& out, NodeId end) {
        if (list_wanted_) {
            ValueList list;
            list.reserve(trail_.size());
            for (RelId rel : trail_) list.push_back(Value{Relationship{&types_.view(), rel}});
            if (expand_.reversed_list) std::reverse(list.begin(), list.end());
            out[hop_.rel].push(Value::list(std::move(list)));
        } else {
            out[hop_.rel].push_null();
        }
        if (!hop_.into) out[hop_.to].push_node(&types_.view(), end);
    }

    const plan::VarExpand& expand_;
    const plan::Hop& hop_;
    HopTypes types_;
    std::uint64_t max_, limit_;
    bool list_wanted_;
    NodeId from_{}, to_{};
    bool is_empty_ = false, start_pending_ = false;
    std::vector<EdgeCursor> cursors_;  // one a depth; kept for reuse
    std::size_t depth_ = 0;
    std::vector<RelId> trail_;
    std::unordered_set<std::uint32_t> met_;
};

}  // namespace

OperatorPtr make_var_expand(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<VarExpand>(n, c, std::move(child), std::get<plan::VarExpand>(n.op));
}

}  // namespace mainstay::exec
