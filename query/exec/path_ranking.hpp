#pragma once

#include "exec/path_pattern.hpp"

#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

namespace mainstay::exec {

// All paths of a pattern from one node to another, the shortest first, found as they are asked for.
// After Lawler (Management Science 18, 1972), a form of Yen's algorithm: the paths that begin in one way, and do not go
// on in some, are a set; a breadth-first search finds the shortest walk of a set, and splits the rest of the set by
// where a path leaves that walk. A walk that is no path of the pattern (it meets a relationship twice, say) is not
// given, but splits its set all the same. Each path costs one search for each of its relationships.
// What is kept is charged. Borrows the pattern.
class PathRanking {
public:
    PathRanking(const PathPattern& pattern, StatementContext& context);
    ~PathRanking() { forget(); }
    PathRanking(const PathRanking&) = delete;

    void start(NodeId from, NodeId to);
    // The next path, or false.
    bool next(std::vector<Move>& path);

    // All nodes at which a walk of the pattern from `from` may end, nearest first. Not all need be ends of paths.
    std::vector<NodeId> possible_ends(NodeId from);

private:
    struct Set {                 // of paths that begin like `walk`, its first `fixed` relationships
        std::vector<Move> walk;  // the shortest of it
        std::uint32_t fixed;
        std::vector<Move> forbidden;  // next after those
        std::uint64_t number;         // the older first
    };
    struct Later {
        bool operator()(const Set& a, const Set& b) const {
            return a.walk.size() != b.walk.size() ? a.walk.size() > b.walk.size() : a.number > b.number;
        }
    };
    struct Entry {
        Move move;
        std::uint32_t parent;
    };
    void add(const PathPattern::Path& begin, std::vector<Move> forbidden, bool may_stop);
    bool complete(const PathPattern::Path& begin, const std::vector<Move>& forbidden, bool may_stop,
                  std::vector<Move>& walk);
    template <typename F>  // bool(entry): whether to stop
    void spread(const PathPattern::Path& begin, const std::vector<Move>& forbidden, bool may_stop, F&& f);
    bool see(NodeId node, PathState state);
    static std::uint64_t bytes(const Set& set) {
        return sizeof(Set) + (set.walk.size() + set.forbidden.size()) * sizeof(Move);
    }
    void forget();

    const PathPattern& pattern_;
    StatementContext& context_;
    NodeId to_{};
    PathPattern::Path path_;
    std::priority_queue<Set, std::vector<Set>, Later> sets_;
    std::optional<Set> given_;  // to be split when the next path is asked for
    std::uint64_t numbers_ = 0, charged_ = 0;
    PathPattern::Moves moves_;
    std::vector<Entry> entries_;
    std::vector<std::uint64_t> seen_;  // (node, state) + 1, hashed
    std::size_t seen_count_ = 0;
};

}  // namespace mainstay::exec
