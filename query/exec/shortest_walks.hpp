#pragma once

#include "exec/adjacency.hpp"
#include "exec/path_pattern.hpp"

#include <vector>

namespace mainstay::exec {

// Shortest paths of a plain pattern (plan::PathSearch::is_plain) by breadth-first search: from one node to all others
// that it reaches, or from both ends of a pair. A shortest walk between two nodes meets no node twice, so whatever the
// pattern's mode it is a path of it. Where both directions are followed, a walk back to its start may go over one
// relationship twice: the start is never among the ends then, and a PathRanking must tell.
//
// One search at a time; memory is kept for the next one, and what is kept is charged. Borrows the pattern.
class ShortestWalks {
public:
    ShortestWalks(const PathPattern& pattern, const plan::Hop& hop, StatementContext& context);
    ~ShortestWalks() { forget(); }
    ShortestWalks(const ShortestWalks&) = delete;

    // Finds the ends, each once, in order of length. `all`: with every shortest walk to them. `max`: of its length.
    void search(NodeId from, std::uint64_t max, bool all);
    std::size_t end_count() const noexcept { return one_.entries.size() - 1; }
    NodeId end(std::size_t i) const noexcept { return one_.entries[i + 1].node; }

    // Whether `to`, another node, is reached, from both sides at once.
    bool search_pair(NodeId from, NodeId to, std::uint64_t max, bool all);

    // Walks to the i-th end, or of the pair (i is 0), one after another; at least one.
    void start_walks(std::size_t i);
    bool next_walk(std::vector<Move>& walk);

private:
    static constexpr std::uint32_t none = 0xFFFFFFFF;
    struct Entry {  // a node reached, by which relationship from which entry
        NodeId node;
        RelId rel;
        std::uint32_t parent;
        std::uint32_t more;  // further ways: index into Side::more
    };
    struct Way {
        RelId rel;
        std::uint32_t parent;
        std::uint32_t next;
    };
    struct Side {
        Side(const plan::Hop& hop, StatementContext& context) : types(hop, context), edges(types, context) {}
        HopTypes types;
        Adjacency edges;
        std::vector<Entry> entries;
        std::vector<Way> more;
        std::size_t level = 0;  // where the last level begins
        std::uint64_t depth = 0;
        bool closed = false;  // an edge led back to the start, which has an entry then
        std::vector<std::uint64_t> seen;
        std::vector<std::uint32_t> entry_of;  // by node, where all walks are asked for
        std::vector<std::uint32_t> chosen;    // while walks are listed: entries from an end to the start ...
        std::vector<std::uint32_t> way;       // ... and by which way on
    };
    void begin(Side& side, NodeId start);
    template <typename F>
    bool expand(Side& side, bool backwards, F&& is_goal);
    void sort_level(const Side& side);
    void charge();
    void forget();
    bool is_seen(const Side& side, NodeId node) const {
        return (side.seen[raw(node) / 64] >> (raw(node) % 64) & 1) != 0;
    }
    void find_meetings();
    static void start_list(Side& side, std::uint32_t entry);
    static bool next_list(Side& side);
    void write(const Side& side, bool backwards, std::vector<Move>& walk) const;

    const PathPattern& pattern_;
    StatementContext& context_;
    plan::Hop back_hop_;
    Side one_, other_;
    bool all_ = false, pair_ = false, first_ = false;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> meetings_;  // entries of both sides
    std::size_t meeting_ = 0;
    std::vector<std::uint64_t> order_, scratch_;  // a level: nodes, and their entries in the lower half
    std::uint64_t charged_ = 0;
};

}  // namespace mainstay::exec
