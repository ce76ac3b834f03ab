#include "exec/operators.hpp"
#include "exec/path_pattern.hpp"
#include "exec/path_ranking.hpp"
#include "exec/shortest_walks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace mainstay::exec {
namespace {

using bound::PathSelector;

std::vector<Slot> own_slots(const plan::PathSearch& search) {
    std::vector<Slot> own;
    for (const plan::PathSearch::Step& step : search.steps) {
        if (step.repeats) {
            own.push_back(step.trail);
            for (const plan::PathSearch::List& list : step.lists) own.push_back(list.list);
        } else {
            own.push_back(step.hops[0].rel);
        }
        if (&step != &search.steps.back() || !search.into) own.push_back(step.end);
    }
    std::erase(own, bound::no_slot);
    return own;
}

// Where paths come from, one after another, for one row.
class Source {
public:
    virtual ~Source() = default;
    // `to`: no_node if any end will do.
    virtual void start(NodeId from, NodeId to) = 0;
    // False: there are no more.
    virtual bool next(std::vector<Move>& path) = 0;
};

// All paths, depth first.
class Enumeration final : public Source {
public:
    Enumeration(const PathPattern& pattern, StatementContext& context)
        : pattern_(pattern), context_(context), path_(pattern) {
        for (const plan::PathSearch::Step& step : pattern.search().steps) is_bounded_ &= step.max.has_value();
    }

    void start(NodeId from, NodeId to) override {
        to_ = to;
        path_.start(from);
        depth_ = 0;
        push();
        at_start_ = true;
    }

    bool next(std::vector<Move>& path) override {
        if (std::exchange(at_start_, false) && gives(path)) return true;
        while (depth_ > 0) {
            if ((++work_ & 1023) == 0) context_.work(1024);
            Move move;
            if (!moves_[depth_ - 1].next(move)) {
                if (--depth_ > 0) path_.pop();
                continue;
            }
            if (!path_.push(move)) continue;
            if (!is_bounded_ && path_.moves().size() > context_.limits().path_length)
                throw Error{Code::result_limit, fmt::format("a path of this pattern is longer than {} relationships",
                                                            context_.limits().path_length)}
                    .with_hint("give the pattern an upper bound, such as {1,10}");
            push();
            if (gives(path)) return true;
        }
        return false;
    }

private:
    void push() {
        if (moves_.size() <= depth_) moves_.emplace_back();
        moves_[depth_++].start(pattern_, path_.state(), path_.tip());
    }
    bool gives(std::vector<Move>& path) const {
        if (to_ != no_node && path_.tip() != to_) return false;
        if (!pattern_.accepts(path_.state(), path_.tip()) || !pattern_.holds(path_.from(), path_.moves())) return false;
        path = path_.moves();
        return true;
    }

    const PathPattern& pattern_;
    StatementContext& context_;
    PathPattern::Path path_;
    std::vector<PathPattern::Moves> moves_;  // one a depth; kept for reuse
    std::size_t depth_ = 0;
    NodeId to_{};
    bool is_bounded_ = true, at_start_ = false;
    std::uint32_t work_ = 0;
};

// The first paths to each end, by length.
class Ranked final : public Source {
public:
    Ranked(const PathPattern& pattern, StatementContext& context) : ranking_(pattern, context) {}

    // Of each end, paths of so many lengths, or so many paths.
    void choose(bool groups, std::uint64_t count) {
        groups_ = groups;
        count_ = count;
    }

    void start(NodeId from, NodeId to) override {
        from_ = from;
        ends_ = to == no_node ? ranking_.possible_ends(from) : std::vector<NodeId>{to};
        end_ = 0;
        open_ = false;
    }

    bool next(std::vector<Move>& path) override {
        for (; end_ < ends_.size(); ++end_) {
            if (!open_) {
                ranking_.start(from_, ends_[end_]);
                open_ = true;
                given_ = 0;
            }
            while (groups_ || given_ < count_) {
                if (!ranking_.next(path)) break;
                const bool is_longer = given_ > 0 && path.size() > length_;
                if (!groups_ || given_ == 0 || is_longer) ++given_;
                length_ = path.size();
                if (given_ > count_) break;
                return true;
            }
            open_ = false;
        }
        return false;
    }

private:
    PathRanking ranking_;
    bool groups_ = false, open_ = false;
    std::uint64_t count_ = 1, given_ = 0;
    std::size_t length_ = 0, end_ = 0;
    NodeId from_{};
    std::vector<NodeId> ends_;
};

// The same for plain patterns, one path or all of the least length.
class Plain final : public Source {
public:
    Plain(const PathPattern& pattern, StatementContext& context)
        : pattern_(pattern),
          walks_(pattern, pattern.search().steps[0].hops[0], context),
          back_(pattern, context),
          all_(pattern.search().selector == PathSelector::all_shortest),
          min_(pattern.search().steps[0].min),
          max_(pattern.search().steps[0].max.value_or(std::numeric_limits<std::uint64_t>::max())) {
        back_.choose(all_, 1);
    }

    void start(NodeId from, NodeId to) override {
        state_ = State::none;
        if (to != no_node && from != to) {
            if (pattern_.accepts_end(to) && walks_.search_pair(from, to, max_, all_)) {
                walks_.start_walks(0);
                state_ = State::pair;
            }
            return;
        }
        to_ = to;
        zero_ = min_ == 0 && pattern_.accepts_end(from);
        // Back to its start.
        const bool returns = min_ > 0 && max_ > 0 && !pattern_.search().acyclic;
        skip_ = returns && !pattern_.types().self_loop_twice() ? no_node : from;
        turns_ = returns && skip_ != no_node && pattern_.accepts_end(from);
        if (turns_) back_.start(from, from);
        if (to == no_node || skip_ == no_node) walks_.search(from, max_, all_);
        end_ = 0;
        open_ = false;
        state_ = State::ends;
    }

    bool next(std::vector<Move>& path) override {
        if (state_ == State::none) return false;
        if (state_ == State::pair) return walks_.next_walk(path);
        if (std::exchange(zero_, false)) {
            path.clear();
            return true;
        }
        if (turns_) {
            if (back_.next(path)) return true;
            turns_ = false;
        }
        if (to_ != no_node && skip_ != no_node) return false;  // only back to the start, which has been answered
        for (; end_ < walks_.end_count(); ++end_, open_ = false) {
            if (!open_) {
                const NodeId end = walks_.end(end_);
                if (end == skip_ || (to_ != no_node && end != to_) || !pattern_.accepts_end(end)) continue;
                walks_.start_walks(end_);
                open_ = true;
            }
            if (walks_.next_walk(path)) return true;
        }
        return false;
    }

    // Ends instead of paths, each once; started with no_node.
    bool next_end(NodeId from, std::vector<Move>& path, NodeId& end) {
        if (std::exchange(zero_, false)) {
            end = from;
            return true;
        }
        if (turns_) {
            turns_ = false;
            if (back_.next(path)) {
                end = from;
                return true;
            }
        }
        while (end_ < walks_.end_count()) {
            end = walks_.end(end_++);
            if (end != skip_ && pattern_.accepts_end(end)) return true;
        }
        return false;
    }

private:
    enum class State : std::uint8_t { none, pair, ends };
    const PathPattern& pattern_;
    ShortestWalks walks_;
    Ranked back_;
    const bool all_;
    const std::uint64_t min_, max_;
    State state_ = State::none;
    NodeId to_{}, skip_{};
    bool zero_ = false, turns_ = false, open_ = false;
    std::size_t end_ = 0;
};

class PathSearch final : public RowExpander {
public:
    PathSearch(const plan::Node& node, StatementContext& context, OperatorPtr child, const plan::PathSearch& search)
        : RowExpander(node, context, std::move(child), own_slots(search)), search_(search), pattern_(search, context) {
        for (Slot slot : own_slots(search))
            if (std::binary_search(node.live.begin(), node.live.end(), slot)) wanted_.push_back(slot);
        if (search.is_plain()) {
            auto plain = std::make_unique<Plain>(pattern_, context);
            plain_ = plain.get();
            source_ = std::move(plain);
        } else if (search.selector == PathSelector::all) {
            source_ = std::make_unique<Enumeration>(pattern_, context);
        } else {
            auto ranked = std::make_unique<Ranked>(pattern_, context);
            ranked_ = ranked.get();
            source_ = std::move(ranked);
        }
    }

protected:
    void start_batch(const Batch&) override {
        pattern_.refresh();
        if (!ranked_) return;
        std::uint64_t count = 1;
        if (search_.count) {
            count = evaluate_count(*search_.count, context_, "the number of paths");
            if (count == 0)
                throw Error{Code::negative_integer_argument, search_.count->span, "the number of paths begins at 1"};
        }
        ranked_->choose(
            search_.selector == PathSelector::shortest_groups || search_.selector == PathSelector::all_shortest, count);
    }

    void start_row(const Batch& in, std::uint32_t row) override {
        from_ = node_in(in[search_.from], row, "");
        to_ = search_.into ? node_in(in[search_.to], row, "") : no_node;
        is_empty_ = from_ == no_node || (search_.into && to_ == no_node) || !pattern_.view().contains_node(from_) ||
                    (search_.into && !pattern_.view().contains_node(to_));
        if (is_empty_) return;
        pattern_.start_row(in, row);
        source_->start(from_, to_);
    }

    std::uint32_t extend(const Batch&, std::uint32_t, Batch& out, std::uint32_t room, bool& done) override {
        done = true;
        if (is_empty_) return 0;
        std::uint32_t added = 0;
        while (added < room) {
            if (search_.ends_only) {
                if (!next_end(out)) return added;
            } else {
                if (!source_->next(path_)) return added;
                pattern_.emit(from_, path_, wanted_, out);
            }
            ++added;
        }
        done = false;
        return added;
    }

private:
    bool next_end(Batch& out) {
        if (search_.into) {
            if (!source_->next(path_)) return false;
            is_empty_ = true;  // one is enough
            return true;
        }
        NodeId end;
        if (!plain_->next_end(from_, path_, end)) return false;
        out[search_.to].push_node(&pattern_.view(), end);
        return true;
    }

    const plan::PathSearch& search_;
    PathPattern pattern_;
    std::unique_ptr<Source> source_;
    Plain* plain_ = nullptr;
    Ranked* ranked_ = nullptr;
    std::vector<Slot> wanted_;
    NodeId from_{}, to_{};
    bool is_empty_ = false;
    std::vector<Move> path_;
};

}  // namespace

OperatorPtr make_path_search(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<PathSearch>(n, c, std::move(child), std::get<plan::PathSearch>(n.op));
}

}  // namespace mainstay::exec
