#pragma once

// The numbers by which the graph's elements and names are known. Strong types: a NodeId is never a RelId. All are
// dense, start at 0 and are never reused within a database file.

#include <compare>
#include <cstdint>
#include <functional>

namespace mainstay {

enum class NodeId : std::uint32_t {};
enum class RelId : std::uint32_t {};
enum class LabelId : std::uint32_t {};   // a label or class name
enum class TypeId : std::uint32_t {};    // a relationship type's name
enum class KeyId : std::uint32_t {};     // a property key
enum class ShapeId : std::uint32_t {};   // an interned set of labels; shape 0 is the empty set
enum class TxNumber : std::uint64_t {};  // number of a committed transaction; 0 is "before the first"

inline constexpr std::uint32_t no_id = 0xFFFFFFFF;
inline constexpr NodeId no_node{no_id};
inline constexpr RelId no_rel{no_id};
inline constexpr LabelId no_label{no_id};
inline constexpr TypeId no_type{no_id};
inline constexpr KeyId no_key{no_id};

// The number behind an id, for arithmetic and indexing.
template <typename Id>
constexpr std::underlying_type_t<Id> raw(Id id) noexcept {
    return static_cast<std::underlying_type_t<Id>>(id);
}

// A segment holds 4,096 elements of consecutive ids.
inline constexpr unsigned segment_bits = 12;
inline constexpr std::uint32_t segment_slots = 1U << segment_bits;

template <typename Id>
constexpr std::uint32_t segment_of(Id id) noexcept {
    return raw(id) >> segment_bits;
}
template <typename Id>
constexpr std::uint32_t slot_of(Id id) noexcept {
    return raw(id) & (segment_slots - 1);
}

}  // namespace mainstay
