#pragma once

// Ids for new elements of the writing process: reserved when an element is created, so that they are final at once;
// those of a transaction that is given up stay unused. Thread-safe.

#include "head.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <unordered_map>

namespace mainstay {

class IdSource {
public:
    // Ids below those of `head` are taken, as far as anybody knows: what was known before is forgotten. `used`: how
    // many slots of a segment are taken in the file.
    void start(const Head& head, std::function<std::uint32_t(std::uint32_t segment)> used);

    // Throws Error(Code::ids_exhausted).
    NodeId node(ShapeId shape);
    // The first id of a transaction (or load) holds rel_settled() back, in the same step, until close_rels(that id).
    enum class Hold : std::uint8_t { no, first };
    RelId rel(Hold hold);
    // A whole segment for a bulk load: its number.
    std::uint32_t node_segment();
    std::uint32_t rel_segment(Hold hold);
    // The rest of a bulk load's segment, from slot `used` on, if the shape has no open segment.
    void adopt(ShapeId shape, std::uint32_t segment, std::uint32_t used);

    // What is closed is not held back any more; given back, it is again: the commit that closed it has failed and will
    // be tried anew.
    using Closed = std::multiset<std::uint32_t>::node_type;
    Closed close_rels(std::uint32_t first) noexcept;
    void give_back(Closed closed) noexcept;
    std::uint32_t rel_settled() const;
    std::uint32_t rel_next() const;
    std::uint32_t node_segments_used() const;

private:
    struct Open {
        std::uint32_t segment = 0, next_slot = segment_slots;
    };
    mutable std::mutex mutex_;
    std::uint32_t next_segment_ = 0, next_rel_ = 0;
    std::unordered_map<std::uint32_t, Open> open_;  // by shape
    std::shared_ptr<const std::vector<std::vector<ShapeId>>> shapes_;
    std::function<std::uint32_t(std::uint32_t)> used_;
    std::multiset<std::uint32_t> unsettled_;
};

}  // namespace mainstay
