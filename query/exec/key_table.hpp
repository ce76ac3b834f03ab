#pragma once

#include "exec/context.hpp"

#include <span>
#include <vector>

namespace mainstay::exec {

// Distinct rows of values, numbered from 0 in the order of arrival; equal by equivalence (null is null, NaN is NaN,
// 1 is 1.0). For grouping, DISTINCT and joins. Charges the statement's memory.
class KeyTable {
public:
    KeyTable(std::size_t width, StatementContext& context) : width_(width), context_(context) {}
    ~KeyTable() { clear(); }
    KeyTable(const KeyTable&) = delete;

    struct Place {
        std::uint32_t index;
        bool is_new;
    };
    // Requires key.size() == width. The values are moved from if they are new.
    Place find_or_add(std::span<Value> key);
    // The index of a key, or no_id.
    std::uint32_t find(std::span<const Value> key) const;
    std::span<const Value> key(std::uint32_t index) const { return {values_.data() + index * width_, width_}; }
    std::uint32_t size() const noexcept { return size_; }
    std::uint64_t bytes() const noexcept { return charged_; }
    void clear() noexcept;

private:
    std::size_t hash(std::span<const Value> key) const;
    bool same(std::uint32_t index, std::span<const Value> key) const;
    void grow();

    std::size_t width_;
    StatementContext& context_;
    std::vector<Value> values_;
    std::vector<std::size_t> hashes_;
    std::vector<std::uint32_t> slots_;  // index + 1; 0 is free; a power of two
    std::uint32_t size_ = 0;
    std::uint64_t charged_ = 0;
};

}  // namespace mainstay::exec
