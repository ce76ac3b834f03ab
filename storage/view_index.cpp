// Index look-ups of a view. The file's entries are candidates: what the view's layers say decides.

#include "bytes.hpp"
#include "index_key.hpp"
#include "store_impl.hpp"
#include "view_impl.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay {
namespace {

// Whether the key stands for these values alone: it is whole, and of types whose equality is that of their bytes.
bool is_exact(std::string_view values_key, std::span<const Value> values) {
    return values_key.size() < index_values_max && std::all_of(values.begin(), values.end(), [](const Value& v) {
               return v.is(ValueType::string) || v.is(ValueType::integer) || v.is(ValueType::boolean);
           });
}

}  // namespace

// Plans are made with today's indexes: as of a time before one was made, its elements are searched without it.
const Index& StoreView::index_for(IndexId id) const {
    const auto* index = schema_->find(id);
    if (!index && as_of_) index = head_->schema->find(id);
    if (!index || !index->has_entries())
        throw Error{Code::index_missing, fmt::format("index {} does not exist", static_cast<std::uint32_t>(id))};
    return *index;
}

std::vector<SchemaEntry> StoreView::schema() const {
    std::vector<SchemaEntry> entries;
    for (const auto& index : schema_->indexes) entries.push_back(index.entry);
    return entries;
}

bool StoreView::matches(const Index& index, std::uint32_t id) const {
    if (index.entry.element == ElementKind::relationship) {
        const RelId rel{id};
        return contains(rel) && ends(rel).type == index.type;
    }
    const NodeId node{id};
    if (!contains(node)) return false;
    return resolved().covers(shape(node), index.label);
}

Value StoreView::key_value(const Index& index, std::uint32_t id, std::size_t key) const {
    return index.entry.element == ElementKind::node ? property(NodeId{id}, index.keys[key])
                                                    : property(RelId{id}, index.keys[key]);
}

bool StoreView::is_unindexed(const Index& index) const noexcept {
    return std::find(unindexed_.begin(), unindexed_.end(), index.entry.id) != unindexed_.end();
}

void StoreView::for_each_indexed(const Index& index, const std::function<void(std::uint32_t)>& f) const {
    if (index.entry.element == ElementKind::node) {
        for_each_node(no_label, [&](NodeId node) {
            if (resolved().covers(shape(node), index.label)) f(raw(node));
        });
        return;
    }
    std::vector<RelId> rels;
    for (std::uint32_t segment = 0, end = rel_segments(); segment < end; ++segment)
        scan_rels(segment, index.type, rels);
    for (const auto rel : rels) f(raw(rel));
}

std::vector<std::uint32_t> StoreView::index_candidates(const Index& index, std::string_view values_key) const {
    std::vector<std::uint32_t> ids;
    if (is_unindexed(index)) {
        for_each_indexed(index, [&](std::uint32_t id) { ids.push_back(id); });
        return ids;
    }
    if (index.is_unique()) {
        if (const auto value = snapshot_->get(lmdb::Table::unique, values_key); value && value->size() == 4)
            ids.push_back(load_big_endian<std::uint32_t>(*value));
    } else {
        auto cursor = snapshot_->cursor(lmdb::Table::index);
        for (bool more = cursor.seek(values_key); more && cursor.key().starts_with(values_key); more = cursor.next())
            ids.push_back(element_of(cursor.key()));
    }
    if (as_of_) {
        auto cursor = snapshot_->cursor(lmdb::Table::index_past);
        for (bool more = cursor.seek(values_key); more && cursor.key().starts_with(values_key); more = cursor.next())
            ids.push_back(element_of(cursor.key()));
    }
    return ids;
}

std::vector<std::uint32_t> StoreView::seek(IndexId id, std::span<const Value> values) const {
    const auto& index = index_for(id);
    std::vector<std::uint32_t> ids;
    if (std::any_of(values.begin(), values.end(), [](const Value& v) { return v.is_null(); })) return ids;
    if (values.size() != index.keys.size())
        throw Error{Code::internal, fmt::format("index {} has {} keys", index.entry.name, index.keys.size())};
    const auto values_key = index_values_key(id, values);
    ids = index_candidates(index, values_key);
    if (overlay_)
        if (const auto at = overlay_->keyed.find(values_key); at != overlay_->keyed.end())
            ids.insert(ids.end(), at->second.begin(), at->second.end());
    // Entries of the newest state say what its elements hold, unless they stand for more than one value.
    const bool is_sure = is_current() && !is_unindexed(index) && is_exact(values_key, values);
    std::erase_if(ids, [&](std::uint32_t element) {
        for (std::size_t k = 0; k < values.size() && !is_sure; ++k)
            if (equals(key_value(index, element, k), values[k]) != Ternary::yes) return true;
        return !matches(index, element);
    });
    if (ids.size() < 2) return ids;
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

void StoreView::overlay_candidates(const Index& index, const std::function<bool(const Value&)>& wanted,
                                   std::vector<std::pair<Value, std::uint32_t>>& out) const {
    if (!overlay_) return;
    const auto take = [&](std::uint32_t id) {
        auto value = key_value(index, id, 0);
        if (!value.is_null() && wanted(value) && matches(index, id)) out.emplace_back(std::move(value), id);
    };
    if (index.entry.element == ElementKind::node)
        for (const auto& [id, change] : overlay_->nodes) take(id);
    else
        for (const auto& [id, change] : overlay_->rels) take(id);
}

void StoreView::scan_index(const Index& index, std::string_view from,
                           const std::function<bool(std::string_view key)>& go_on,
                           const std::function<bool(const Value&)>& wanted,
                           const std::function<bool(std::uint32_t)>& f) const {
    std::vector<std::pair<Value, std::uint32_t>> all;
    const bool unindexed = is_unindexed(index);
    if (unindexed)
        for_each_indexed(index, [&](std::uint32_t id) {
            if (auto value = key_value(index, id, 0); !value.is_null() && wanted(value))
                all.emplace_back(std::move(value), id);
        });
    else
        overlay_candidates(index, wanted, all);
    const bool merge = as_of_ || unindexed || !all.empty();
    const auto walk = [&](lmdb::Table table) {
        auto cursor = snapshot_->cursor(table);
        const bool is_unique = table == lmdb::Table::unique;
        for (bool more = cursor.seek(from); more && go_on(cursor.key()); more = cursor.next()) {
            const auto id = is_unique ? load_big_endian<std::uint32_t>(cursor.value()) : element_of(cursor.key());
            if (overlay_) {
                // An element that the overlay changed has been judged by its new value.
                if (index.entry.element == ElementKind::node ? overlay_->find(NodeId{id}) != nullptr
                                                             : overlay_->find(RelId{id}) != nullptr)
                    continue;
            }
            auto value = key_value(index, id, 0);
            if (value.is_null() || !wanted(value) || !matches(index, id)) continue;
            if (merge)
                all.emplace_back(std::move(value), id);
            else if (!f(id))
                return false;
        }
        return true;
    };
    if (!unindexed && !walk(index.is_unique() ? lmdb::Table::unique : lmdb::Table::index)) return;
    if (!merge) return;
    if (as_of_) walk(lmdb::Table::index_past);
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        const auto o = order(a.first, b.first);
        return o != 0 ? o < 0 : a.second < b.second;
    });
    all.erase(std::unique(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.second == b.second; }),
              all.end());
    for (const auto& [value, id] : all)
        if (!f(id)) return;
}

void StoreView::seek_range(IndexId id, const std::optional<Bound>& low, const std::optional<Bound>& high,
                           const std::function<bool(std::uint32_t)>& f) const {
    const auto& index = index_for(id);
    const auto prefix = index_prefix(id);
    const auto from = low ? index_bound_key(id, low->value) : prefix;
    const auto last = high ? index_bound_key(id, high->value) : std::string{};
    const auto wanted = [&](const Value& value) {
        const auto within = [&](const Bound& bound, bool is_low) {
            const auto c = compare(value, bound.value);
            if (!c) return false;
            if (*c == std::partial_ordering::equivalent) return bound.inclusive;
            return *c == (is_low ? std::partial_ordering::greater : std::partial_ordering::less);
        };
        return (!low || within(*low, true)) && (!high || within(*high, false));
    };
    scan_index(
        index, from,
        [&](std::string_view key) {
            return key.starts_with(prefix) && (last.empty() || key.substr(0, last.size()) <= last);
        },
        wanted, f);
}

void StoreView::seek_prefix(IndexId id, std::string_view text, const std::function<bool(std::uint32_t)>& f) const {
    const auto& index = index_for(id);
    const auto from = index_text_prefix(id, text);
    scan_index(
        index, from, [&](std::string_view key) { return key.starts_with(from); },
        [&](const Value& v) { return v.is(ValueType::string) && v.as_string().starts_with(text); }, f);
}

}  // namespace mainstay
