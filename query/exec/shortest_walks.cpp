#include "exec/shortest_walks.hpp"

#include <algorithm>
#include <array>

namespace mainstay::exec {
namespace {

plan::Hop turned(plan::Hop hop) {
    using bound::PatternDirection;
    if (hop.direction != PatternDirection::both)
        hop.direction = hop.direction == PatternDirection::right ? PatternDirection::left : PatternDirection::right;
    std::swap(hop.from, hop.to);
    return hop;
}

}  // namespace

ShortestWalks::ShortestWalks(const PathPattern& pattern, const plan::Hop& hop, StatementContext& context)
    : pattern_(pattern), context_(context), back_hop_(turned(hop)), one_(hop, context), other_(back_hop_, context) {}

void ShortestWalks::begin(Side& side, NodeId start) {
    side.types.refresh();
    side.edges.start();
    // What the last search has left is taken back one by one: a small search is not paid for by the size of the graph.
    const std::size_t words = (pattern_.view().node_limit() + 63) / 64 + 1;
    for (const Entry& entry : side.entries) {
        side.seen[raw(entry.node) / 64] = 0;
        if (raw(entry.node) < side.entry_of.size()) side.entry_of[raw(entry.node)] = none;
    }
    side.entries.clear();
    side.more.clear();
    if (side.seen.size() < words) side.seen.resize(words);
    if (all_ && side.entry_of.size() < words * 64) side.entry_of.resize(words * 64, none);
    side.seen[raw(start) / 64] |= std::uint64_t{1} << (raw(start) % 64);
    side.entries.push_back({start, RelId{}, none, none});
    side.level = 0;
    side.depth = 0;
    side.closed = false;
    if (all_) side.entry_of[raw(start)] = 0;
}

void ShortestWalks::charge() {
    const auto bytes = [](const Side& side) {
        return side.entries.capacity() * sizeof(Entry) + side.more.capacity() * sizeof(Way) + side.seen.capacity() * 8 +
               side.entry_of.capacity() * 4;
    };
    const std::uint64_t now = bytes(one_) + bytes(other_);
    if (now <= charged_) return;
    context_.memory().charge(now - charged_);
    charged_ = now;
}

void ShortestWalks::forget() {
    context_.memory().release(charged_);
    charged_ = 0;
}

// Neighbouring nodes lie in neighbouring memory: a level is walked in order of ids. Small ones by std::sort, large ones
// by their ids' digits.
void ShortestWalks::sort_level(const Side& side) {
    constexpr std::size_t large = 1024;
    constexpr unsigned digit = 11;
    order_.clear();
    for (std::size_t i = side.level; i < side.entries.size(); ++i)
        order_.push_back(std::uint64_t{raw(side.entries[i].node)} << 32 | i);
    if (order_.size() < large) return std::sort(order_.begin(), order_.end());
    scratch_.resize(order_.size());
    for (unsigned shift = 32; shift < 64 && pattern_.view().node_limit() >> (shift - 32) != 0; shift += digit) {
        std::array<std::uint32_t, (1U << digit) + 1> first{};
        const auto digit_of = [&](std::uint64_t key) { return key >> shift & ((1U << digit) - 1); };
        for (const std::uint64_t key : order_) ++first[digit_of(key) + 1];
        for (std::size_t i = 1; i < first.size(); ++i) first[i] += first[i - 1];
        for (const std::uint64_t key : order_) scratch_[first[digit_of(key)]++] = key;
        std::swap(order_, scratch_);
    }
}

// One level further. `is_goal` is asked of every new node; true ends the search after the level, or at once if one walk
// is enough.
template <typename F>
bool ShortestWalks::expand(Side& side, bool backwards, F&& is_goal) {
    const bool tests = pattern_.has_hop_conditions();
    const NodeId start = side.entries[0].node;
    const std::size_t end = side.entries.size();
    bool found = false;
    std::uint32_t work = 0;
    sort_level(side);
    for (const std::uint64_t place : order_) {
        if (found && !all_) break;
        const auto parent = static_cast<std::uint32_t>(place);
        const NodeId node = side.entries[parent].node;
        if (parent > 0 && node == start) continue;  // walked from already
        side.edges.for_each(node, [&](NodeId other, RelId rel) {
            ++work;
            if (pattern_.is_left_out(rel)) return;
            const bool is_start = other == start;
            if (is_start && (pair_ || side.types.self_loop_twice() || (side.closed && !all_))) return;
            std::uint64_t& word = side.seen[raw(other) / 64];
            const std::uint64_t bit = std::uint64_t{1} << (raw(other) % 64);
            const bool is_new = is_start ? !side.closed : (word & bit) == 0;
            if (!is_new && (!all_ || side.entry_of[raw(other)] < end)) return;
            if (tests && !(backwards ? pattern_.passes(other, rel, node) : pattern_.passes(node, rel, other))) return;
            if (is_new) {
                word |= bit;
                if (is_start) side.closed = true;
                if (all_) side.entry_of[raw(other)] = static_cast<std::uint32_t>(side.entries.size());
                side.entries.push_back({other, rel, parent, none});
                found |= is_goal(other);
            } else {
                Entry& entry = side.entries[side.entry_of[raw(other)]];
                side.more.push_back({rel, parent, entry.more});
                entry.more = static_cast<std::uint32_t>(side.more.size() - 1);
            }
        });
        if (work > (1 << 12)) {
            context_.work(work);
            work = 0;
            charge();
        }
    }
    context_.work(work);
    charge();
    side.level = end;
    ++side.depth;
    return found;
}

void ShortestWalks::search(NodeId from, std::uint64_t max, bool all) {
    all_ = all;
    pair_ = false;
    begin(one_, from);
    while (one_.depth < max && one_.level < one_.entries.size()) expand(one_, false, [](NodeId) { return false; });
}

bool ShortestWalks::search_pair(NodeId from, NodeId to, std::uint64_t max, bool all) {
    all_ = all;
    pair_ = true;
    meetings_.clear();
    begin(one_, from);
    begin(other_, to);
    while (one_.depth + other_.depth < max) {
        const std::size_t one = one_.entries.size() - one_.level, other = other_.entries.size() - other_.level;
        if (one == 0 || other == 0) return false;
        const bool met = one <= other ? expand(one_, false, [&](NodeId node) { return is_seen(other_, node); })
                                      : expand(other_, true, [&](NodeId node) { return is_seen(one_, node); });
        if (!met) continue;
        find_meetings();
        return true;
    }
    return false;
}

// Nothing was met before, so the two last levels meet and no others.
void ShortestWalks::find_meetings() {
    Side& small = one_.entries.size() - one_.level <= other_.entries.size() - other_.level ? one_ : other_;
    Side& large = &small == &one_ ? other_ : one_;
    for (std::size_t i = small.level; i < small.entries.size(); ++i) {
        if (!is_seen(large, small.entries[i].node)) continue;
        const auto here = static_cast<std::uint32_t>(i);
        std::uint32_t at = 0;
        if (all_) {
            at = large.entry_of[raw(small.entries[i].node)];
        } else {
            const auto found =
                std::find_if(large.entries.begin() + static_cast<std::ptrdiff_t>(large.level), large.entries.end(),
                             [&](const Entry& e) { return e.node == small.entries[i].node; });
            at = static_cast<std::uint32_t>(found - large.entries.begin());
        }
        meetings_.emplace_back(&small == &one_ ? here : at, &small == &one_ ? at : here);
        if (!all_) return;
    }
}

// The walks that lead to an entry, as choices of ways: an odometer whose last wheel is the relationship at the start.
void ShortestWalks::start_list(Side& side, std::uint32_t entry) {
    side.chosen.assign(1, entry);
    side.way.assign(1, none);
    while (side.entries[side.chosen.back()].parent != none) {
        side.chosen.push_back(side.entries[side.chosen.back()].parent);
        side.way.push_back(none);
    }
}

bool ShortestWalks::next_list(Side& side) {
    for (std::size_t i = side.chosen.size(); i-- > 0;) {
        const std::uint32_t way = side.way[i] == none ? side.entries[side.chosen[i]].more : side.more[side.way[i]].next;
        if (way == none) continue;
        side.chosen.resize(i + 1);
        side.way.resize(i + 1);
        side.way[i] = way;
        side.chosen.push_back(side.more[way].parent);
        side.way.push_back(none);
        while (side.entries[side.chosen.back()].parent != none) {
            side.chosen.push_back(side.entries[side.chosen.back()].parent);
            side.way.push_back(none);
        }
        return true;
    }
    return false;
}

void ShortestWalks::start_walks(std::size_t i) {
    first_ = true;
    if (pair_) {
        meeting_ = 0;
        start_list(one_, meetings_[0].first);
        start_list(other_, meetings_[0].second);
    } else {
        start_list(one_, static_cast<std::uint32_t>(i + 1));
    }
}

void ShortestWalks::write(const Side& side, bool backwards, std::vector<Move>& walk) const {
    const std::size_t begin = walk.size();
    for (std::size_t i = 0; i + 1 < side.chosen.size(); ++i) {
        const Entry& entry = side.entries[side.chosen[i]];
        const RelId rel = side.way[i] == none ? entry.rel : side.more[side.way[i]].rel;
        walk.push_back({backwards ? side.entries[side.chosen[i + 1]].node : entry.node, rel, 0});
    }
    if (!backwards) std::reverse(walk.begin() + static_cast<std::ptrdiff_t>(begin), walk.end());
}

bool ShortestWalks::next_walk(std::vector<Move>& walk) {
    if (!first_) {
        if (!all_) return false;
        if (!pair_) {
            if (!next_list(one_)) return false;
        } else if (!next_list(other_)) {
            if (next_list(one_)) {
                start_list(other_, meetings_[meeting_].second);
            } else if (++meeting_ < meetings_.size()) {
                start_list(one_, meetings_[meeting_].first);
                start_list(other_, meetings_[meeting_].second);
            } else {
                return false;
            }
        }
    }
    first_ = false;
    walk.clear();
    write(one_, false, walk);
    if (pair_) write(other_, true, walk);
    for (std::size_t i = 0; i < walk.size(); ++i) walk[i].state = 1;  // a plain pattern has one step
    return true;
}

}  // namespace mainstay::exec
