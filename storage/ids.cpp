#include "ids.hpp"

#include <algorithm>

namespace mainstay {
namespace {

[[noreturn]] void exhausted(const char* what) {
    throw Error{Code::ids_exhausted, std::string("all 2^32 ids of ") + what + " are used up"}.with_hint(
        "`mainstay compact --renumber` gives back the ids of deleted elements");
}

}  // namespace

void IdSource::start(const Head& head, std::function<std::uint32_t(std::uint32_t)> used) {
    const std::lock_guard lock(mutex_);
    open_.clear();
    next_segment_ = head.figures.node_segments;
    next_rel_ = head.figures.rel_next;
    shapes_ = head.figures.segment_shapes;
    used_ = std::move(used);
}

NodeId IdSource::node(ShapeId shape) {
    const std::lock_guard lock(mutex_);
    auto [at, is_new] = open_.try_emplace(raw(shape));
    auto& open = at->second;
    if (is_new) {
        // Go on in the last segment that never held another shape: a segment with two would be taken for open by both,
        // and both would hand out the same slots.
        for (auto segment = static_cast<std::uint32_t>(shapes_->size()); segment-- > 0;) {
            const auto& shapes = (*shapes_)[segment];
            if (shapes.size() != 1 || shapes.front() != shape) continue;
            open = {segment, used_(segment)};
            break;
        }
    }
    if (open.next_slot >= segment_slots) {
        if (next_segment_ >= (no_id >> segment_bits)) exhausted("nodes");
        open = {next_segment_++, 0};
    }
    return NodeId{open.segment << segment_bits | open.next_slot++};
}

RelId IdSource::rel(Hold hold) {
    const std::lock_guard lock(mutex_);
    if (next_rel_ >= no_id - segment_slots) exhausted("relationships");
    if (hold == Hold::first) unsettled_.insert(next_rel_);
    return RelId{next_rel_++};
}

std::uint32_t IdSource::node_segment() {
    const std::lock_guard lock(mutex_);
    if (next_segment_ >= (no_id >> segment_bits)) exhausted("nodes");
    return next_segment_++;
}

std::uint32_t IdSource::rel_segment(Hold hold) {
    const std::lock_guard lock(mutex_);
    const auto first = (std::uint64_t{next_rel_} + segment_slots - 1) & ~std::uint64_t{segment_slots - 1};
    if (first >= no_id - 2 * segment_slots) exhausted("relationships");
    if (hold == Hold::first) unsettled_.insert(static_cast<std::uint32_t>(first));
    next_rel_ = static_cast<std::uint32_t>(first + segment_slots);
    return static_cast<std::uint32_t>(first >> segment_bits);
}

void IdSource::adopt(ShapeId shape, std::uint32_t segment, std::uint32_t used) {
    const std::lock_guard lock(mutex_);
    if (used >= segment_slots) return;
    const auto [at, is_new] = open_.try_emplace(raw(shape));
    if (is_new || at->second.next_slot >= segment_slots) at->second = {segment, used};
}

IdSource::Closed IdSource::close_rels(std::uint32_t first) noexcept {
    const std::lock_guard lock(mutex_);
    return unsettled_.extract(first);
}

void IdSource::give_back(Closed closed) noexcept {
    const std::lock_guard lock(mutex_);
    unsettled_.insert(std::move(closed));
}

std::uint32_t IdSource::rel_settled() const {
    const std::lock_guard lock(mutex_);
    return unsettled_.empty() ? next_rel_ : std::min(*unsettled_.begin(), next_rel_);
}

std::uint32_t IdSource::rel_next() const {
    const std::lock_guard lock(mutex_);
    return next_rel_;
}

std::uint32_t IdSource::node_segments_used() const {
    const std::lock_guard lock(mutex_);
    return next_segment_;
}

}  // namespace mainstay
