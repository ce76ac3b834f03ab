#pragma once

#include "bind/bound.hpp"

#include "mainstay/core/graph.hpp"
#include "mainstay/core/value.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace mainstay::exec {

using bound::Slot;

// The distinct values of a column of few; shared by the columns made of each other.
using Words = std::shared_ptr<const std::vector<Value>>;

// One slot's values in a batch of rows: ids of elements of one view, integers, numbers of a few distinct values, or
// values of any type. A plain container that keeps its memory when cleared.
class Column {
public:
    enum class Kind : std::uint8_t {
        absent,  // the slot has no values in this batch; reads as null
        node,
        rel,      // ids; no_id is null
        word,     // ids are indexes into words(); no_id is null
        integer,  // none is null
        value
    };

    Kind kind() const noexcept { return kind_; }
    const Properties* source() const noexcept { return source_; }         // of node and rel
    std::span<const std::uint32_t> ids() const noexcept { return ids_; }  // of node, rel and word
    const Words& words() const noexcept { return words_; }                // of word
    std::span<const std::int64_t> integers() const noexcept { return integers_; }
    std::size_t size() const noexcept;

    // The value of a row. Requires row < size(), unless absent.
    Value get(std::uint32_t row) const;
    bool is_null(std::uint32_t row) const noexcept;

    void clear() noexcept {  // absent, no rows
        if (kind_ != Kind::absent) forget();
    }
    void start(Kind kind, const Properties* source = nullptr);  // clears first; not for word
    void start_words(Words words);                              // clears first
    void push(Value value);                                     // turns a typed column that cannot hold it into values
    void push_node(const Properties* source, NodeId id);
    void push_rel(const Properties* source, RelId id);
    void push_integer(std::int64_t number);
    void push_word(const Words& words, std::uint32_t index);
    void push_null(std::size_t count = 1);
    // `count` at once: of_row(i) is the i-th.
    template <typename F>
    void push_nodes(const Properties* source, std::size_t count, F&& of_row) {
        if (kind_ == Kind::absent) start(Kind::node, source);
        if (kind_ == Kind::node && source_ == source)
            append_ids(count, [&](std::size_t i) { return raw(of_row(i)); });
        else
            for (std::size_t i = 0; i < count; ++i) push_node(source, of_row(i));
    }
    template <typename F>
    void push_words(const Words& words, std::size_t count, F&& of_row) {
        if (kind_ == Kind::absent) start_words(words);
        if (kind_ == Kind::word && words_ == words)
            append_ids(count, of_row);
        else
            for (std::size_t i = 0; i < count; ++i) push_word(words, of_row(i));
    }
    // Appends rows of another column, in the order of `rows`, or one row `count` times.
    void append(const Column& from, std::span<const std::uint32_t> rows);
    void append(const Column& from, std::uint32_t row, std::size_t count);
    void append_all(const Column& from, std::size_t rows);
    // Keeps only `rows` (ascending).
    void keep(std::span<const std::uint32_t> rows);
    void truncate(std::size_t rows);
    // Without the copy for a caller that knows what the column holds.
    std::vector<std::uint32_t>& mutable_ids() noexcept { return ids_; }
    std::size_t bytes() const noexcept;  // approximate, heap of values included

private:
    template <typename Self, typename F>  // F(the vector that holds the rows)
    static decltype(auto) on_rows(Self& self, F&& f);
    template <typename F>
    void append_ids(std::size_t count, F&& of_row) {
        const std::size_t first = ids_.size();
        ids_.resize(first + count);
        for (std::size_t i = 0; i < count; ++i) ids_[first + i] = of_row(i);
    }
    void become_values();
    bool adopt(const Column& from);  // true if its rows can be copied as they are

    void forget() noexcept;

    Kind kind_ = Kind::absent;  // then the rest is empty
    const Properties* source_ = nullptr;
    Words words_;
    std::vector<std::uint32_t> ids_;
    std::vector<std::int64_t> integers_;
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
