#include "bulk_encode.hpp"

#include "bytes.hpp"
#include "elements.hpp"
#include "index_key.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mainstay {

ColumnBuilder& ColumnSet::of(KeyId key, std::size_t guess) {
    // Elements of a kind come with the same keys in the same order, nearly always.
    if (guess < entries_.size() && entries_[guess].key == key) return *entries_[guess].builder;
    for (auto& entry : entries_)
        if (entry.key == key) return *entry.builder;
    return *entries_.emplace_back(Entry{key, std::make_unique<ColumnBuilder>()}).builder;
}

void ColumnSet::set(std::uint32_t slot, const PropertyList& properties) {
    std::size_t i = 0;
    for (const auto& [key, value] : properties) {
        if (!value.is_null()) of(key, i).set(slot, value);
        ++i;
    }
}

void ColumnSet::reset() {
    for (auto& entry : entries_) entry.builder->reset();
}

void IndexEntries::add(std::string_view values_key, std::uint32_t id) {
    char first[8] = {};
    std::memcpy(first, values_key.data() + 4, std::min<std::size_t>(8, values_key.size() - 4));
    entries_.push_back(
        {load_big_endian<std::uint64_t>({first, 8}), bytes_.size(), static_cast<std::uint32_t>(values_key.size()), id});
    bytes_.append(values_key);
}

void IndexEntries::append(const IndexEntries& others) {
    const auto base = bytes_.size();
    bytes_.append(others.bytes_);
    for (auto e : others.entries_) {
        e.place += base;
        entries_.push_back(e);
    }
}

void IndexEntries::sort() {
    const auto before = [this](const Entry& a, const Entry& b) {
        if (a.order != b.order) return a.order < b.order;
        const auto c = key(a).compare(key(b));
        return c != 0 ? c < 0 : a.id < b.id;
    };
    if (!std::is_sorted(entries_.begin(), entries_.end(), before)) std::sort(entries_.begin(), entries_.end(), before);
}

BulkEncoder::BulkEncoder(Tokens& tokens, BulkRules rules, Mark mark, BulkParts& parts)
    : tokens_(tokens),
      given_(std::move(rules)),
      mark_(mark),
      parts_(parts),
      rules_(given_.model, tokens),
      entries_(given_.schema->indexes.size()) {}

void BulkEncoder::note_problem(std::string problem) {
    constexpr std::size_t problems_shown = 20;
    const std::lock_guard lock(mutex_);
    ++problem_count_;
    if (problems_.size() < problems_shown && std::find(problems_.begin(), problems_.end(), problem) == problems_.end())
        problems_.push_back(std::move(problem));
}

void BulkEncoder::throw_problems() const {
    const std::lock_guard lock(mutex_);
    if (problems_.empty()) return;
    throw Error{Code::constraint_violation, problem_count_ == 1
                                                ? problems_.front()
                                                : fmt::format("{}{}", fmt::join(problems_, "\n  "),
                                                              problem_count_ > problems_.size() ? "\n  ..." : "")};
}

const ColumnView* BulkEncoder::find(const Columns& columns, KeyId key) {
    for (const auto& [k, column] : columns)
        if (k == key) return &column;
    return nullptr;
}

bool BulkEncoder::covers(const Index& index, ShapeId shape) {
    return given_.model->resolved(tokens_)->covers(shape, index.label);
}

void BulkEncoder::encode(NodeBuffer& nodes) {
    NodeElementsBuilder elements;
    for (std::uint32_t slot = 0; slot < nodes.slots; ++slot) elements.create(slot, mark_, nodes.shape);
    const PartKey key{ElementKind::node, Part::elements, nodes.segment};
    parts_.add(key, elements.finish(key, mark_));

    std::vector<std::pair<PartKey, std::string>> blobs;
    Columns columns;
    for (auto& entry : nodes.columns.entries()) {
        if (entry.builder->empty()) continue;
        const PartKey part{ElementKind::node, column_part(entry.key), nodes.segment};
        blobs.emplace_back(part, entry.builder->finish(part, mark_));
        columns.emplace_back(entry.key, ColumnReader::read(blobs.back().second, part, Check::bounds));
    }
    check_nodes(nodes.shape, nodes.slots, columns);
    index_nodes(nodes, columns);
    for (auto& [part, blob] : blobs) parts_.add(part, std::move(blob));
}

void BulkEncoder::encode(RelBuffer& rels, const ShapeOf& shape_of) {
    const auto& block = *rels.block;
    RelElementsBuilder elements;
    for (std::uint32_t slot = 0; slot < block.slots; ++slot)
        elements.create(slot, mark_, block.type[slot], block.source[slot], block.target[slot]);
    const PartKey key{ElementKind::relationship, Part::elements, block.segment};
    parts_.add(key, elements.finish(key, mark_));

    std::vector<std::pair<PartKey, std::string>> blobs;
    Columns columns;
    for (auto& entry : rels.columns.entries()) {
        if (entry.builder->empty()) continue;
        const PartKey part{ElementKind::relationship, column_part(entry.key), block.segment};
        blobs.emplace_back(part, entry.builder->finish(part, mark_));
        columns.emplace_back(entry.key, ColumnReader::read(blobs.back().second, part, Check::bounds));
    }
    check_rels(block, columns, shape_of);
    index_rels(block, columns);
    for (auto& [part, blob] : blobs) parts_.add(part, std::move(blob));
}

// --- checks

std::optional<std::string> BulkEncoder::column_problem(const AttributeRule& rule, const ColumnView* column,
                                                       std::uint32_t slots) {
    if (!column) return rules_.problem_of(rule, Value{});
    if (rule.attribute.required)
        for (std::uint32_t slot = 0; slot < slots; ++slot)
            if (!column->has(slot)) return rules_.problem_of(rule, Value{});
    if (rule.attribute.type == AttributeType::any && rule.attribute.allowed.empty() && !rule.is_need)
        return std::nullopt;
    // One type throughout: its entries or one value stand for all, where nothing but the type is asked.
    if (column->kind() == ColumnKind::dictionary) {
        for (std::uint32_t code = 0; code < column->dictionary_size(); ++code)
            if (auto problem = rules_.problem_of(rule, Value{column->entry(code)})) return problem;
        return std::nullopt;
    }
    const bool one_is_enough = rule.attribute.allowed.empty() && !rule.is_need && column->kind() != ColumnKind::mixed;
    for (std::uint32_t slot = 0; slot < column->slots(); ++slot) {
        if (!column->has(slot)) continue;
        if (auto problem = rules_.problem_of(rule, column->get(slot))) return problem;
        if (one_is_enough) break;
    }
    return std::nullopt;
}

void BulkEncoder::check_validity(ShapeId shape, std::uint32_t slots, const Columns& columns) {
    const auto* from = find(columns, given_.valid_from);
    const auto* to = find(columns, given_.valid_to);
    const auto value_of = [](const auto* column, std::uint32_t slot) {
        return column && slot < column->slots() ? column->get(slot) : Value{};
    };
    for (std::uint32_t slot = 0; (from || to) && slot < slots; ++slot)
        if (auto problem = problem_of_validity(value_of(from, slot), value_of(to, slot))) {
            note_problem(fmt::format("({}): {}", rules_.describe(shape), *problem));
            return;
        }
}

void BulkEncoder::check_nodes(ShapeId shape, std::uint32_t slots, const Columns& columns) {
    if (!given_.model->model().is_empty()) {
        const std::lock_guard lock(rules_mutex_);
        if (const auto [at, is_new] = shape_problems_.try_emplace(raw(shape)); is_new)
            if ((at->second = rules_.problem_of(shape))) note_problem(*at->second);
        for (const auto& rule : rules_.of_shape(shape))
            if (auto problem = column_problem(rule, find(columns, rule.key), slots))
                note_problem(fmt::format("({}): {}", rules_.describe(shape), *problem));
        if (rules_.is_dated(shape)) check_validity(shape, slots, columns);
    }
    for (const auto& index : given_.schema->indexes) {
        if (index.entry.kind != SchemaKind::exists && index.entry.kind != SchemaKind::node_key) continue;
        if (index.entry.element != ElementKind::node || !covers(index, shape)) continue;
        for (std::size_t k = 0; k < index.keys.size(); ++k) {
            const auto* column = find(columns, index.keys[k]);
            if (!column || column->slots() < slots || column->nulls() > 0)
                note_problem(fmt::format(":{} needs the property {} ({})", index.entry.label,
                                         quoted(index.entry.keys[k]), index.entry.name));
        }
    }
}

void BulkEncoder::check_rels(const RelBlock& block, const Columns& columns, const ShapeOf& shape_of) {
    const auto value_of = [&](KeyId key, std::uint32_t slot) {
        const auto* column = key == no_key ? nullptr : find(columns, key);
        return column ? column->get(slot) : Value{};
    };
    if (!given_.model->model().is_empty()) {
        const std::lock_guard lock(rules_mutex_);
        for (std::uint32_t slot = 0; slot < block.slots; ++slot) {
            const auto type = block.type[slot];
            const auto source = shape_of(block.source[slot]), target = shape_of(block.target[slot]);
            if (source && target) {
                constexpr std::uint32_t packable = 1U << 21;
                const bool packs = raw(type) < packable && raw(*source) < packable && raw(*target) < packable;
                const auto ends = std::uint64_t{raw(type)} << 42 | std::uint64_t{raw(*source)} << 21 | raw(*target);
                if (!packs || !good_ends_.contains(ends)) {
                    if (auto problem = rules_.problem_of(type, *source, *target))
                        note_problem(*std::move(problem));
                    else if (packs)
                        good_ends_.insert(ends);
                }
            }
            const auto& rules = rules_.of_type(type);
            if (!rules.declaration) continue;
            const auto& d = *rules.declaration;
            const auto name = [&] { return quoted(tokens_.type(type)); };
            for (const auto& rule : rules.attributes)
                if (auto problem = rules_.problem_of(rule, value_of(rule.key, slot)))
                    note_problem(fmt::format("{}: {}", name(), *problem));
            if (columns.empty()) continue;
            if (const auto need = value_of(rules.need, slot); !need.is_null() && !parse_need(need))
                note_problem(fmt::format("{}: {} is an integer of at least 1 or a percentage such as '50%', not {}",
                                         name(), quoted(d.need_property), print(need)));
            if (const auto effect = value_of(rules.effect, slot); !is_effect(effect))
                note_problem(fmt::format("{}: {} is 'hard', 'soft' or 'none', not {}", name(),
                                         quoted(d.effect_property), print(effect)));
            if (d.dated)
                if (auto problem =
                        problem_of_validity(value_of(given_.valid_from, slot), value_of(given_.valid_to, slot)))
                    note_problem(fmt::format("{}: {}", name(), *problem));
        }
    }
    for (const auto& index : given_.schema->indexes) {
        if (index.entry.kind != SchemaKind::exists || index.entry.element != ElementKind::relationship) continue;
        for (std::uint32_t slot = 0; slot < block.slots; ++slot)
            for (std::size_t k = 0; block.type[slot] == index.type && k < index.keys.size(); ++k)
                if (value_of(index.keys[k], slot).is_null())
                    note_problem(fmt::format(":{} needs the property {} ({})", index.entry.label,
                                             quoted(index.entry.keys[k]), index.entry.name));
    }
}

// --- index entries

namespace {

// Appends the entries of the slots for which `wanted` holds and that have all keys.
template <typename Find, typename Wanted>
void collect_entries(const Index& index, std::uint32_t first_id, std::uint32_t slots, Find&& find, Wanted&& wanted,
                     IndexEntries& out) {
    std::vector<const ColumnView*> columns;
    for (const auto key : index.keys) {
        columns.push_back(find(key));
        if (!columns.back()) return;
    }
    std::vector<Value> values(columns.size());
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
        if (!wanted(slot) || !std::all_of(columns.begin(), columns.end(), [&](const auto* c) { return c->has(slot); }))
            continue;
        for (std::size_t k = 0; k < columns.size(); ++k) values[k] = columns[k]->get(slot);
        out.add(index_values_key(index.entry.id, values), first_id + slot);
    }
}

}  // namespace

void BulkEncoder::index_nodes(const NodeBuffer& nodes, const Columns& columns) {
    for (std::size_t i = 0; i < given_.schema->indexes.size(); ++i) {
        const auto& index = given_.schema->indexes[i];
        if (!index.has_entries() || index.entry.element != ElementKind::node || !covers(index, nodes.shape)) continue;
        IndexEntries entries;
        collect_entries(
            index, nodes.segment << segment_bits, nodes.slots, [&](KeyId key) { return find(columns, key); },
            [](std::uint32_t) { return true; }, entries);
        const std::lock_guard lock(mutex_);
        entries_[i].append(entries);
    }
}

void BulkEncoder::index_rels(const RelBlock& block, const Columns& columns) {
    for (std::size_t i = 0; i < given_.schema->indexes.size(); ++i) {
        const auto& index = given_.schema->indexes[i];
        if (!index.has_entries() || index.entry.element != ElementKind::relationship) continue;
        IndexEntries entries;
        collect_entries(
            index, block.segment << segment_bits, block.slots, [&](KeyId key) { return find(columns, key); },
            [&](std::uint32_t slot) { return block.type[slot] == index.type; }, entries);
        const std::lock_guard lock(mutex_);
        entries_[i].append(entries);
    }
}

}  // namespace mainstay
