#include "exec/batch.hpp"

#include "mainstay/core/assert.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace mainstay::exec {

template <typename Self, typename F>
decltype(auto) Column::on_rows(Self& self, F&& f) {
    switch (self.kind_) {
        case Kind::value: return f(self.values_);
        case Kind::integer: return f(self.integers_);
        default: return f(self.ids_);
    }
}

std::size_t Column::size() const noexcept {
    return on_rows(*this, [](const auto& rows) { return rows.size(); });
}

Value Column::get(std::uint32_t row) const {
    switch (kind_) {
        case Kind::absent: return {};
        case Kind::node: return ids_[row] == no_id ? Value{} : Value{Node{source_, NodeId{ids_[row]}}};
        case Kind::rel: return ids_[row] == no_id ? Value{} : Value{Relationship{source_, RelId{ids_[row]}}};
        case Kind::word: return ids_[row] == no_id ? Value{} : (*words_)[ids_[row]];
        case Kind::integer: return Value{integers_[row]};
        case Kind::value: return values_[row];
    }
    return {};
}

bool Column::is_null(std::uint32_t row) const noexcept {
    switch (kind_) {
        case Kind::absent: return true;
        case Kind::integer: return false;
        case Kind::value: return values_[row].is_null();
        case Kind::word: return ids_[row] == no_id || (*words_)[ids_[row]].is_null();
        case Kind::node:
        case Kind::rel: break;
    }
    return ids_[row] == no_id;
}

void Column::forget() noexcept {
    kind_ = Kind::absent;
    source_ = nullptr;
    words_.reset();
    ids_.clear();
    integers_.clear();
    values_.clear();
}

void Column::start(Kind kind, const Properties* source) {
    clear();
    kind_ = kind;
    source_ = source;
}

void Column::start_words(Words words) {
    clear();
    kind_ = Kind::word;
    words_ = std::move(words);
}

void Column::become_values() {
    if (kind_ == Kind::value) return;
    const std::size_t rows = size();
    values_.reserve(rows + 1);
    for (std::uint32_t row = 0; row < rows; ++row) values_.push_back(get(row));
    ids_.clear();
    integers_.clear();
    words_.reset();
    kind_ = Kind::value;
    source_ = nullptr;
}

void Column::push(Value value) {
    if (kind_ == Kind::absent) {
        switch (value.type()) {
            case ValueType::node: start(Kind::node, value.as_node().source); break;
            case ValueType::relationship: start(Kind::rel, value.as_relationship().source); break;
            case ValueType::integer: kind_ = Kind::integer; break;
            default: kind_ = Kind::value;
        }
    }
    if (kind_ == Kind::value) {
        values_.push_back(std::move(value));
    } else if (kind_ == Kind::integer && value.is(ValueType::integer)) {
        integers_.push_back(value.as_int());
    } else if (kind_ == Kind::node && value.is(ValueType::node) && value.as_node().source == source_) {
        ids_.push_back(raw(value.as_node().id));
    } else if (kind_ == Kind::rel && value.is(ValueType::relationship) && value.as_relationship().source == source_) {
        ids_.push_back(raw(value.as_relationship().id));
    } else if (kind_ != Kind::integer && value.is_null()) {
        ids_.push_back(no_id);
    } else {
        become_values();
        values_.push_back(std::move(value));
    }
}

void Column::push_node(const Properties* source, NodeId id) {
    if (kind_ == Kind::absent) start(Kind::node, source);
    if (kind_ == Kind::node && source_ == source) {
        ids_.push_back(raw(id));
    } else {
        push(id == no_node ? Value{} : Value{Node{source, id}});
    }
}

void Column::push_rel(const Properties* source, RelId id) {
    if (kind_ == Kind::absent) start(Kind::rel, source);
    if (kind_ == Kind::rel && source_ == source) {
        ids_.push_back(raw(id));
    } else {
        push(id == no_rel ? Value{} : Value{Relationship{source, id}});
    }
}

void Column::push_integer(std::int64_t number) {
    if (kind_ == Kind::absent) kind_ = Kind::integer;
    if (kind_ == Kind::integer) {
        integers_.push_back(number);
    } else {
        push(Value{number});
    }
}

void Column::push_word(const Words& words, std::uint32_t index) {
    if (kind_ == Kind::absent) start_words(words);
    if (kind_ == Kind::word && words_ == words) {
        ids_.push_back(index);
    } else {
        push((*words)[index]);
    }
}

void Column::push_null(std::size_t count) {
    if (kind_ == Kind::absent) kind_ = Kind::value;
    if (kind_ == Kind::integer) become_values();
    if (kind_ == Kind::value) {
        values_.resize(values_.size() + count);
    } else {
        ids_.resize(ids_.size() + count, no_id);
    }
}

bool Column::adopt(const Column& from) {
    if (kind_ == Kind::absent && size() == 0) {
        kind_ = from.kind_ == Kind::absent ? Kind::value : from.kind_;
        source_ = from.source_;
        words_ = from.words_;
    }
    if (kind_ == from.kind_ && source_ == from.source_ && words_ == from.words_) return true;
    become_values();
    return from.kind_ == Kind::value;
}

void Column::append(const Column& from, std::span<const std::uint32_t> rows) {
    if (from.kind_ == Kind::absent) return push_null(rows.size());
    if (!adopt(from)) {
        for (std::uint32_t row : rows) values_.push_back(from.get(row));
        return;
    }
    on_rows(*this, [&](auto& own) {
        on_rows(from, [&](const auto& other) {
            if constexpr (std::is_same_v<std::decay_t<decltype(own)>, std::decay_t<decltype(other)>>) {
                const std::size_t old = own.size();
                own.resize(old + rows.size());
                auto* out = own.data() + old;
                for (std::uint32_t row : rows) *out++ = other[row];
            }
        });
    });
}

void Column::append(const Column& from, std::uint32_t row, std::size_t count) {
    if (from.kind_ == Kind::absent) return push_null(count);
    if (!adopt(from)) {
        values_.insert(values_.end(), count, from.get(row));
        return;
    }
    on_rows(*this, [&](auto& own) {
        on_rows(from, [&](const auto& other) {
            if constexpr (std::is_same_v<std::decay_t<decltype(own)>, std::decay_t<decltype(other)>>)
                own.insert(own.end(), count, other[row]);
        });
    });
}

void Column::append_all(const Column& from, std::size_t rows) {
    if (from.kind_ == Kind::absent) return push_null(rows);
    if (!adopt(from)) {
        for (std::uint32_t row = 0; row < rows; ++row) values_.push_back(from.get(row));
        return;
    }
    on_rows(*this, [&](auto& own) {
        on_rows(from, [&](const auto& other) {
            if constexpr (std::is_same_v<std::decay_t<decltype(own)>, std::decay_t<decltype(other)>>)
                own.insert(own.end(), other.begin(), other.end());
        });
    });
}

void Column::keep(std::span<const std::uint32_t> rows) {
    if (kind_ == Kind::absent) return;
    on_rows(*this, [&](auto& own) {
        std::size_t out = 0;
        for (std::uint32_t row : rows) {
            if (out != row) own[out] = std::move(own[row]);
            ++out;
        }
        own.resize(out);
    });
}

void Column::truncate(std::size_t rows) {
    if (kind_ == Kind::absent) return;
    on_rows(*this, [&](auto& own) { own.resize(rows); });
}

std::size_t Column::bytes() const noexcept {
    std::size_t sum =
        ids_.size() * sizeof(std::uint32_t) + integers_.size() * sizeof(std::int64_t) + values_.size() * sizeof(Value);
    // Rows that one row became share its lists.
    const auto list_of = [](const Value& v) { return v.is(ValueType::list) ? &v.as_list() : nullptr; };
    const ValueList* last = nullptr;
    for (const Value& v : values_) {
        if (const ValueList* list = list_of(v); !list || std::exchange(last, list) != list) sum += heap_bytes(v);
    }
    return sum;
}

void Batch::clear() noexcept {
    rows = 0;
    for (Column& column : columns) column.clear();
}

void Batch::append(const Batch& from, std::span<const Slot> live, std::span<const std::uint32_t> which) {
    for (Slot slot : live) (*this)[slot].append(from[slot], which);
    rows += static_cast<std::uint32_t>(which.size());
}

void Batch::keep(std::span<const std::uint32_t> which) {
    if (which.size() == rows) return;
    for (Column& column : columns) column.keep(which);
    rows = static_cast<std::uint32_t>(which.size());
}

void Batch::keep_columns(std::span<const Slot> live) {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (!std::binary_search(live.begin(), live.end(), Slot{static_cast<std::uint32_t>(i)})) columns[i].clear();
}

std::size_t Batch::bytes() const noexcept {
    std::size_t sum = 0;
    for (const Column& column : columns) sum += column.bytes();
    return sum;
}

std::size_t heap_bytes(const Value& value) noexcept {
    switch (value.type()) {
        case ValueType::string: {
            const std::size_t size = value.as_string().size();
            return size > 15 ? size + 24 : 0;
        }
        case ValueType::list: {
            std::size_t sum = 48;
            for (const Value& item : value.as_list()) sum += sizeof(Value) + heap_bytes(item);
            return sum;
        }
        case ValueType::map: {
            std::size_t sum = 48;
            for (const auto& [key, item] : value.as_map()) sum += sizeof(item) + 32 + key.size() + heap_bytes(item);
            return sum;
        }
        case ValueType::path: {
            const PathData& path = value.as_path();
            return 96 + path.nodes.size() * sizeof(Node) + path.rels.size() * sizeof(Relationship);
        }
        default: return 0;
    }
}

}  // namespace mainstay::exec
