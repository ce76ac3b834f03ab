#include "exec/path_ranking.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::exec {
namespace {

constexpr std::uint32_t none = 0xFFFFFFFF;

}  // namespace

PathRanking::PathRanking(const PathPattern& pattern, StatementContext& context)
    : pattern_(pattern), context_(context), path_(pattern) {}

void PathRanking::forget() {
    sets_ = {};
    given_.reset();
    context_.memory().release(charged_);
    charged_ = 0;
}

bool PathRanking::see(NodeId node, PathState state) {
    if (2 * (seen_count_ + 1) > seen_.size()) {
        std::vector<std::uint64_t> old = std::move(seen_);
        seen_.assign(std::max<std::size_t>(64, old.size() * 2), 0);
        for (const std::uint64_t key : old)
            if (key != 0) {
                std::size_t at = key * 0x9E3779B97F4A7C15u >> 20;
                while (seen_[at & (seen_.size() - 1)] != 0) ++at;
                seen_[at & (seen_.size() - 1)] = key;
            }
    }
    const std::uint64_t key = (std::uint64_t{raw(node)} << 32 | state) + 1;
    std::size_t at = key * 0x9E3779B97F4A7C15u >> 20;
    for (;; ++at) {
        std::uint64_t& place = seen_[at & (seen_.size() - 1)];
        if (place == key) return false;
        if (place != 0) continue;
        place = key;
        ++seen_count_;
        return true;
    }
}

// Breadth-first over what may come after `begin`, each node once for each state.
template <typename F>
void PathRanking::spread(const PathPattern::Path& begin, const std::vector<Move>& forbidden, bool may_stop, F&& f) {
    entries_.clear();
    if (seen_.size() > 64 && seen_.size() > 16 * seen_count_) {
        seen_.assign(64, 0);
    } else {
        std::fill(seen_.begin(), seen_.end(), 0);
    }
    seen_count_ = 0;
    // Coming back to where it began is of no use, unless it may not stop or go on there as it likes.
    if (may_stop && forbidden.empty()) see(begin.tip(), begin.state());
    std::uint64_t kept = 0;
    const auto charge = [&] {
        const std::uint64_t now = entries_.capacity() * sizeof(Entry) + seen_.capacity() * sizeof(std::uint64_t);
        if (now > kept + (1 << 16)) {
            context_.memory().charge(now - kept);
            kept = now;
        }
    };
    struct Release {
        StatementContext& context;
        const std::uint64_t& kept;
        ~Release() { context.memory().release(kept); }
    } release{context_, kept};
    const auto from = [&](std::uint32_t parent, NodeId node, PathState state) {
        moves_.start(pattern_, state, node);
        Move move;
        std::uint32_t seen = 0;
        while (moves_.next(move)) {
            if ((++seen & 1023) == 0) context_.work(1024);
            if (parent == none && std::find(forbidden.begin(), forbidden.end(), move) != forbidden.end()) continue;
            bool last;
            if (!begin.may_meet(move.rel, move.node, last)) continue;
            if (last && move.node != to_) continue;
            if (!see(move.node, move.state)) continue;
            entries_.push_back({move, parent});
            if (f(static_cast<std::uint32_t>(entries_.size() - 1))) return true;
        }
        context_.work((seen & 1023) + 1);
        charge();
        return false;
    };
    if (from(none, begin.tip(), begin.state())) return;
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        const Move move = entries_[i].move;
        if (pattern_.search().simple && move.node == begin.from()) continue;  // closed
        if (from(i, move.node, move.state)) return;
    }
}

bool PathRanking::complete(const PathPattern::Path& begin, const std::vector<Move>& forbidden, bool may_stop,
                           std::vector<Move>& walk) {
    walk = begin.moves();
    if (may_stop && begin.tip() == to_ && pattern_.accepts(begin.state(), to_)) return true;
    std::uint32_t found = none;
    spread(begin, forbidden, may_stop, [&](std::uint32_t i) {
        const Move& move = entries_[i].move;
        if (move.node != to_ || !pattern_.accepts(move.state, to_)) return false;
        found = i;
        return true;
    });
    if (found == none) return false;
    const std::size_t fixed = walk.size();
    for (std::uint32_t i = found; i != none; i = entries_[i].parent) walk.push_back(entries_[i].move);
    std::reverse(walk.begin() + static_cast<std::ptrdiff_t>(fixed), walk.end());
    return true;
}

void PathRanking::add(const PathPattern::Path& begin, std::vector<Move> forbidden, bool may_stop) {
    Set set;
    if (!complete(begin, forbidden, may_stop, set.walk)) return;
    set.fixed = static_cast<std::uint32_t>(begin.moves().size());
    set.forbidden = std::move(forbidden);
    set.number = numbers_++;
    context_.memory().charge(bytes(set));
    charged_ += bytes(set);
    sets_.push(std::move(set));
}

void PathRanking::start(NodeId from, NodeId to) {
    forget();
    to_ = to;
    path_.start(from);
    add(path_, {}, true);
}

bool PathRanking::next(std::vector<Move>& path) {
    while (true) {
        if (given_) {
            // Those that leave its walk after `fixed`, after one more, ..., and those that go on where it ends.
            const Set set = std::move(*given_);
            given_.reset();
            const NodeId from = path_.from();
            path_.start(from);
            bool is_path = true;
            for (std::size_t i = 0; i <= set.walk.size() && is_path; ++i) {
                if (i >= set.fixed) {
                    std::vector<Move> forbidden;
                    if (i == set.fixed) forbidden = set.forbidden;
                    const bool ends = i == set.walk.size();
                    if (!ends) forbidden.push_back(set.walk[i]);
                    add(path_, std::move(forbidden), false);
                }
                if (i < set.walk.size()) is_path = path_.push(set.walk[i]);
            }
        }
        if (sets_.empty()) return false;
        given_ = sets_.top();
        sets_.pop();
        context_.memory().release(bytes(*given_));
        charged_ -= bytes(*given_);
        context_.check();
        const NodeId from = path_.from();
        path_.start(from);
        const bool is_path =
            std::all_of(given_->walk.begin(), given_->walk.end(), [&](const Move& move) { return path_.push(move); });
        if (!pattern_.search().distinct_rels && given_->walk.size() > context_.limits().path_length)
            throw Error{Code::result_limit, fmt::format("a walk of this pattern is longer than {} relationships",
                                                        context_.limits().path_length)}
                .with_hint("give the pattern an upper bound, such as {1,10}");
        if (is_path && pattern_.holds(from, given_->walk)) {
            path = given_->walk;
            return true;
        }
    }
}

std::vector<NodeId> PathRanking::possible_ends(NodeId from) {
    std::vector<NodeId> ends;
    std::unordered_set<std::uint32_t> known;
    path_.start(from);
    to_ = from;
    const auto add = [&](NodeId node) {
        if (known.insert(raw(node)).second) ends.push_back(node);
    };
    if (pattern_.accepts(0, from)) add(from);
    spread(path_, {}, true, [&](std::uint32_t i) {
        if (pattern_.accepts(entries_[i].move.state, entries_[i].move.node)) add(entries_[i].move.node);
        return false;
    });
    return ends;
}

}  // namespace mainstay::exec
