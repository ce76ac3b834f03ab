#pragma once

// Ids for new elements of the writing process: reserved when an element is created, so that they are final at once; those of a
// transaction that is given up stay unused. Thread-safe.

#include "head.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <unordered_map>

namespace mainstay {

class IdSource {
public:
    // Ids below those of `head` are taken. `used`: how many slots of a segment are taken in the file.
    void start(const Head& head, std::function<std::uint32_t(std::uint32_t segment)> used);
    bool is_started() const noexcept { return started_; }

    // Throws Error(Code::ids_exhausted).
    NodeId node(ShapeId shape);
    RelId rel();
    // A whole range for a bulk load: the first of `count` segments or relationship ids; relationship ranges start at a
    // segment's first slot.
    std::uint32_t node_segments(std::uint32_t count);
    std::uint32_t rels(std::uint32_t count);

    // Relationship ids from `first` on that a transaction has reserved and not yet committed or given up.
    void open_rels(std::uint32_t first);
    void close_rels(std::uint32_t first);
    std::uint32_t rel_settled() const;
    std::uint32_t rel_next() const;
    std::uint32_t node_segments_used() const;

private:
    struct Open {
        std::uint32_t segment = 0, next_slot = segment_slots;
    };
    mutable std::mutex mutex_;
    bool started_ = false;
    std::uint32_t next_segment_ = 0, next_rel_ = 0;
    std::unordered_map<std::uint32_t, Open> open_;  // by shape
    std::shared_ptr<const std::vector<std::vector<ShapeId>>> shapes_;
    std::function<std::uint32_t(std::uint32_t)> used_;
    std::multiset<std::uint32_t> unsettled_;
};

}  // namespace mainstay
