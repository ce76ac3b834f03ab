#pragma once

// Part `elements` of a segment: which slots hold something, since when, and what: the shape of a node, the type and
// ends of a relationship. An ended element keeps its last shape, type and ends; only its live bit is gone.
//
//     PartHeader                 32 bytes
//     ElementsHeader             64
//     live      u64 [words]      bitmap; absent if all slots are live
//     codes     u8 or u32 [slots]  absent if uniform
//     names     u32 [names]      nodes: ascending ShapeIds the segment holds or ever held; relationships: ascending
//     TypeIds source, target             relationships: base plus offsets of 0, 1, 2 or 4 bytes created   CreatedRun
//     [runs]   ascending by first slot, the first is 0; each reaches to the next ended     EndedSlot [ended] ascending
//     by slot
//
// Slots whose id was reserved and given up were created `never`. Do not renumber.

#include "mainstay/core/graph.hpp"
#include "packed.hpp"
#include "part.hpp"

#include <vector>

namespace mainstay {

struct ElementsHeader {
    std::uint32_t live_count;     // 32
    std::uint32_t live;           // 36  places in the blob; 0: absent
    std::uint32_t uniform;        // 40  the shape or type of all slots if code_width is 0
    std::uint32_t codes;          // 44
    std::uint8_t code_width;      // 48  0: uniform; 1: index into names; 4: the ShapeId or TypeId itself
    std::uint8_t source_width;    // 49  0, 1, 2, 4; nodes: 0
    std::uint8_t target_width;    // 50
    std::uint8_t reserved;        // 51
    std::uint32_t names;          // 52  place
    std::uint32_t names_count;    // 56
    std::uint32_t source_base;    // 60
    std::uint32_t source;         // 64  place
    std::uint32_t target_base;    // 68
    std::uint32_t target;         // 72  place
    std::uint32_t created;        // 76  place
    std::uint32_t created_count;  // 80
    std::uint32_t ended;          // 84  place
    std::uint32_t ended_count;    // 88
    std::uint32_t reserved2;      // 92
};
static_assert(sizeof(ElementsHeader) == 64);

struct CreatedRun {
    std::uint64_t mark;
    std::uint32_t first_slot;
    std::uint32_t reserved;
};
struct EndedSlot {
    std::uint64_t mark;
    std::uint32_t slot;
    std::uint32_t reserved;
};
static_assert(sizeof(CreatedRun) == 16 && sizeof(EndedSlot) == 16);

// A checked elements part, read in place. Slots at or beyond slots() hold nothing.
class ElementsPart {
public:
    std::uint32_t slots() const noexcept { return slots_; }
    std::uint32_t live_count() const noexcept { return live_count_; }
    Mark last_change() const noexcept { return last_change_; }
    bool is_live(std::uint32_t slot) const noexcept { return slot < slots_ && (!live_ || bit_at(live_, slot)); }
    const std::uint64_t* live_bitmap() const noexcept { return live_; }  // bitmap_words(slots()); nullptr: all are live
    // When the slot was created; Mark::never if it never was. O(log runs).
    Mark created(std::uint32_t slot) const noexcept;
    // When it ended; Mark::never if it has not. O(log ended).
    Mark ended(std::uint32_t slot) const noexcept;
    std::span<const CreatedRun> created_runs() const noexcept { return created_; }
    std::span<const EndedSlot> ended_slots() const noexcept { return ended_; }

protected:
    friend struct ElementsReader;
    std::uint32_t code(std::uint32_t slot) const noexcept {
        if (code_width_ == 0) return uniform_;
        return code_width_ == 1 ? names_[codes8_[slot]] : codes32_[slot];
    }
    std::uint32_t slots_ = 0, live_count_ = 0, uniform_ = 0;
    std::uint8_t code_width_ = 0;
    Mark last_change_{};
    const std::uint64_t* live_ = nullptr;
    const std::uint8_t* codes8_ = nullptr;
    const std::uint32_t* codes32_ = nullptr;
    std::span<const std::uint32_t> names_;
    std::span<const CreatedRun> created_;
    std::span<const EndedSlot> ended_;
};

class NodeElements : public ElementsPart {
public:
    // Requires slot < slots().
    ShapeId shape(std::uint32_t slot) const noexcept { return ShapeId{code(slot)}; }
    // nullopt-like: true if all slots, live or not, have shape(0).
    bool uniform() const noexcept { return code_width_ == 0; }
    // Ascending; every shape a slot has or ever had.
    std::span<const ShapeId> shapes() const noexcept {
        return {reinterpret_cast<const ShapeId*>(names_.data()), names_.size()};
    }
};

class RelElements : public ElementsPart {
public:
    // Require slot < slots().
    TypeId type(std::uint32_t slot) const noexcept { return TypeId{code(slot)}; }
    NodeId source(std::uint32_t slot) const noexcept {
        return NodeId{source_base_ + static_cast<std::uint32_t>(unpack_offset(source_, source_width_, slot))};
    }
    NodeId target(std::uint32_t slot) const noexcept {
        return NodeId{target_base_ + static_cast<std::uint32_t>(unpack_offset(target_, target_width_, slot))};
    }
    Ends ends(std::uint32_t slot) const noexcept { return {type(slot), source(slot), target(slot)}; }
    bool uniform() const noexcept { return code_width_ == 0; }
    // Ascending; every type that occurs.
    std::span<const TypeId> types() const noexcept {
        return {reinterpret_cast<const TypeId*>(names_.data()), names_.size()};
    }

private:
    friend struct ElementsReader;
    std::uint32_t source_base_ = 0, target_base_ = 0;
    std::uint8_t source_width_ = 0, target_width_ = 0;
    const std::byte* source_ = nullptr;
    const std::byte* target_ = nullptr;
};

// Throw Error(Code::corrupt). See Check for what `bounds` relies on.
NodeElements read_node_elements(std::string_view blob, const PartKey& key, Check check);
RelElements read_rel_elements(std::string_view blob, const PartKey& key, Check check);

// What both builders share. Slots may be set in any order; those never created are gaps (not live, created never).
class ElementsBuilder {
public:
    std::uint32_t slots() const noexcept { return static_cast<std::uint32_t>(created_.size()); }
    // From now on the slot is not live and ended at `mark`. Requires that it was created.
    void end(std::uint32_t slot, Mark mark);
    // Slots up to here are used even if nothing was created there.
    void extend(std::uint32_t slots);

protected:
    void create_slot(std::uint32_t slot, Mark mark, std::uint32_t name);
    void write_common(PartWriter& out, ElementsHeader& header, std::vector<std::uint32_t> names);
    std::vector<std::uint32_t> name_;  // shape or type per slot
    std::vector<std::uint64_t> created_;
    std::vector<std::uint64_t> ended_;  // per slot, Mark::never: live
};

class NodeElementsBuilder : public ElementsBuilder {
public:
    // A builder that starts as the part is.
    static NodeElementsBuilder from(const NodeElements& part);
    void create(std::uint32_t slot, Mark mark, ShapeId shape) { create_slot(slot, mark, raw(shape)); }
    // The old shape stays in the list of those ever held.
    void relabel(std::uint32_t slot, ShapeId shape);
    std::string finish(const PartKey& key, Mark last_change);

private:
    std::vector<std::uint32_t> ever_held_;
};

class RelElementsBuilder : public ElementsBuilder {
public:
    static RelElementsBuilder from(const RelElements& part);
    void create(std::uint32_t slot, Mark mark, TypeId type, NodeId source, NodeId target);
    std::string finish(const PartKey& key, Mark last_change);

private:
    std::vector<std::uint32_t> source_, target_;
};

}  // namespace mainstay
