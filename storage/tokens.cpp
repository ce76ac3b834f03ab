#include "tokens.hpp"

#include "bytes.hpp"

#include <algorithm>
#include <mutex>

namespace mainstay {
namespace {

// Keys in the token table: a kind and the id. Do not change the letters.
constexpr char label_kind = 'L', type_kind = 'T', key_kind = 'K', shape_kind = 'S';

std::string token_key(char kind, std::uint32_t id) {
    std::string key(1, kind);
    append_big_endian(key, id);
    return key;
}

}  // namespace

Tokens::Tokens() { add_shape_locked({}); }

std::span<const LabelId> Tokens::labels_of(ShapeId id) const {
    const std::shared_lock lock(mutex_);
    if (raw(id) >= shapes_.size()) return {};
    return shapes_[raw(id)];
}

std::string_view Tokens::name(const NameTable& table, std::uint32_t id) const {
    const std::shared_lock lock(mutex_);
    return id < table.names.size() ? std::string_view{table.names[id]} : std::string_view{};
}

std::uint32_t Tokens::find(const NameTable& table, std::string_view n) const {
    const std::shared_lock lock(mutex_);
    const auto found = table.ids.find(n);
    return found == table.ids.end() ? no_id : found->second;
}

std::uint32_t Tokens::add(NameTable& table, std::string_view n) {
    const std::unique_lock lock(mutex_);
    if (const auto found = table.ids.find(n); found != table.ids.end()) return found->second;
    const auto id = static_cast<std::uint32_t>(table.names.size());
    table.names.emplace_back(n);
    try {
        table.ids.emplace(table.names.back(), id);
    } catch (...) {
        table.names.pop_back();  // a name without its number would get another one, and both would be stored
        throw;
    }
    return id;
}

ShapeId Tokens::add_shape(std::vector<LabelId> labels) {
    const std::unique_lock lock(mutex_);
    return add_shape_locked(std::move(labels));
}

ShapeId Tokens::add_shape_locked(std::vector<LabelId> labels) {
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    if (const auto found = shape_ids_.find(labels); found != shape_ids_.end()) return ShapeId{found->second};
    const auto id = static_cast<std::uint32_t>(shapes_.size());
    shapes_.push_back(labels);
    try {
        shape_ids_.emplace(std::move(labels), id);
    } catch (...) {
        shapes_.pop_back();
        throw;
    }
    return ShapeId{id};
}

Tokens::Counts Tokens::counts() const {
    const std::shared_lock lock(mutex_);
    return {static_cast<std::uint32_t>(labels_.names.size()), static_cast<std::uint32_t>(types_.names.size()),
            static_cast<std::uint32_t>(keys_.names.size()), static_cast<std::uint32_t>(shapes_.size())};
}

void Tokens::load(const lmdb::Transaction& txn) {
    const auto known = counts();
    auto cursor = txn.cursor(lmdb::Table::token);
    const auto each = [&](char kind, std::uint32_t from, auto&& add_one) {
        for (bool more = cursor.seek(token_key(kind, from)); more; more = cursor.next()) {
            if (cursor.key().size() != 5 || cursor.key()[0] != kind) break;
            add_one(cursor.value());
        }
    };
    each(label_kind, known.labels, [&](std::string_view v) { add(labels_, v); });
    each(type_kind, known.types, [&](std::string_view v) { add(types_, v); });
    each(key_kind, known.keys, [&](std::string_view v) { add(keys_, v); });
    each(shape_kind, known.shapes, [&](std::string_view v) {
        ByteReader reader(v, "a shape");
        std::vector<LabelId> labels;
        while (!reader.at_end()) labels.push_back(LabelId{reader.fixed<std::uint32_t>()});
        add_shape(std::move(labels));
    });
}

Tokens::Counts Tokens::store_since(Counts from, lmdb::Transaction& txn) const {
    const std::shared_lock lock(mutex_);
    const auto names = [&](char kind, const NameTable& table, std::uint32_t first) {
        for (auto id = first; id < table.names.size(); ++id)
            txn.put(lmdb::Table::token, token_key(kind, id), table.names[id]);
    };
    names(label_kind, labels_, from.labels);
    names(type_kind, types_, from.types);
    names(key_kind, keys_, from.keys);
    for (auto id = from.shapes; id < shapes_.size(); ++id) {
        std::string bytes;
        for (const auto label_id : shapes_[id]) append_raw(bytes, raw(label_id));
        txn.put(lmdb::Table::token, token_key(shape_kind, id), bytes);
    }
    return {static_cast<std::uint32_t>(labels_.names.size()), static_cast<std::uint32_t>(types_.names.size()),
            static_cast<std::uint32_t>(keys_.names.size()), static_cast<std::uint32_t>(shapes_.size())};
}

}  // namespace mainstay
