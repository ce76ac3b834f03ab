#pragma once

#include "bind/bound.hpp"

#include "mainstay/core/graph.hpp"
#include "mainstay/core/value.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace mainstay::exec {

using bound::Slot;

// One slot's values in a batch of rows: ids of elements of one view, or values of any type. A plain container that
// keeps its memory when cleared.
class Column {
public:
    enum class Kind : std::uint8_t {
        absent,  // the slot has no values in this batch; reads as null
        node,
        rel,  // ids; no_id is null
        value
    };

    Kind kind() const noexcept { return kind_; }
    const Properties* source() const noexcept { return source_; }  // of node and rel
    std::span<const std::uint32_t> ids() const noexcept { return ids_; }
    std::span<const Value> values() const noexcept { return values_; }
    std::size_t size() const noexcept { return kind_ == Kind::value ? values_.size() : ids_.size(); }

    // The value of a row. Requires row < size(), unless absent.
    Value get(std::uint32_t row) const;
    bool is_null(std::uint32_t row) const noexcept;

    void clear() noexcept;                                      // absent, no rows
    void start(Kind kind, const Properties* source = nullptr);  // clears first
    void push(Value value);                                     // turns an id column that cannot hold it into values
    void push_node(const Properties* source, NodeId id);
    void push_rel(const Properties* source, RelId id);
    void push_null(std::size_t count = 1);
    // Appends rows of another column, in the order of `rows`, or one row `count` times.
    void append(const Column& from, std::span<const std::uint32_t> rows);
    void append(const Column& from, std::uint32_t row, std::size_t count);
    void append_all(const Column& from, std::size_t rows);
    // Keeps only `rows` (ascending).
    void keep(std::span<const std::uint32_t> rows);
    void truncate(std::size_t rows);
    // Without the copy for a caller that knows it is a value column.
    std::vector<Value>& mutable_values() noexcept { return values_; }
    std::vector<std::uint32_t>& mutable_ids() noexcept { return ids_; }
    std::size_t bytes() const noexcept;  // approximate, heap of values included

private:
    void become_values();
    bool adopt(const Column& from, std::size_t size);  // true if ids can be copied as they are

    Kind kind_ = Kind::absent;
    const Properties* source_ = nullptr;
    std::vector<std::uint32_t> ids_;
    std::vector<Value> values_;
};

// Rows of slots, column by column. Every column is absent or has `rows` values.
struct Batch {
    explicit Batch(std::size_t slots = 0) : columns(slots) {}

    std::uint32_t rows = 0;
    std::vector<Column> columns;  // by slot

    Column& operator[](Slot s) { return columns[static_cast<std::uint32_t>(s)]; }
    const Column& operator[](Slot s) const { return columns[static_cast<std::uint32_t>(s)]; }
    Value get(Slot s, std::uint32_t row) const { return (*this)[s].get(row); }
    void clear() noexcept;
    // Appends `rows` of `from` in the slots `live`; other columns of this batch must be filled by the caller.
    void append(const Batch& from, std::span<const Slot> live, std::span<const std::uint32_t> which);
    void keep(std::span<const std::uint32_t> which);
    void keep_columns(std::span<const Slot> live);  // the others become absent; `live` is ascending
    std::size_t bytes() const noexcept;
};

// Heap bytes of a value, approximately.
std::size_t heap_bytes(const Value& value) noexcept;

}  // namespace mainstay::exec
