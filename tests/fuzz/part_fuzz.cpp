// A part with right checksums and any bytes changed is read within its bounds or is corrupt. The first byte of the
// input chooses a sound part, the rest changes it: u16 place, byte, again and again; an odd byte at the end shortens
// it.

#include "adjacency.hpp"
#include "column.hpp"
#include "elements.hpp"
#include "fuzz.hpp"

#include "mainstay/core/error.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

using namespace mainstay;

namespace {

constexpr std::uint32_t slots = 200;
constexpr PartKey column_key_of{ElementKind::node, column_part(KeyId{3}), 5};
constexpr PartKey edges_key{ElementKind::node, Part::out, 5};
constexpr PartKey nodes_key{ElementKind::node, Part::elements, 5};
constexpr PartKey rels_key{ElementKind::relationship, Part::elements, 5};
volatile std::uint64_t sink;  // keeps the reads

struct Sample {
    PartKey key;
    std::string blob;
};

template <typename F>
std::string column(F&& value_of) {
    ColumnBuilder builder;
    for (std::uint32_t slot = 0; slot < slots; ++slot) builder.set(slot, value_of(slot));
    return builder.finish(column_key_of, mark_of(TxNumber{7}));
}

std::string edges(std::uint32_t every) {
    AdjacencyBuilder builder;
    for (std::uint32_t slot = 0; slot < slots; slot += every)
        for (std::uint32_t type = 1; type <= 3; ++type)
            builder.add(slot, TypeId{type}, NodeId{slot * 7 % 1'000}, RelId{slot * 3 + type});
    builder.set_validity(TypeId{2}, {1, 2});
    return builder.finish(edges_key, slots, mark_of(TxNumber{7}));
}

std::vector<Sample> make_samples() {
    std::vector<Sample> samples;
    const auto add = [&](const PartKey& key, std::string blob) { samples.push_back({key, std::move(blob)}); };
    const auto add_column = [&](auto&& f) { add(column_key_of, column(f)); };
    add_column([](std::uint32_t i) { return Value{i % 2 == 0}; });
    add_column([](std::uint32_t i) { return i % 9 == 0 ? Value{} : Value{std::int64_t{i} * 1'000 - 5}; });
    add_column([](std::uint32_t i) { return Value{i / 3.0}; });
    add_column([](std::uint32_t i) { return Value{"state-" + std::to_string(i % 5)}; });
    add_column([](std::uint32_t i) { return Value{std::string(i % 13, 'x') + std::to_string(i)}; });
    add_column([](std::uint32_t i) { return Value{Date{std::int32_t(i)}}; });
    add_column([](std::uint32_t i) { return Value{LocalTime{i * 1'000}}; });
    add_column([](std::uint32_t i) {
        return Value{*parse_datetime(i % 2 ? "2026-01-01T00:00Z" : "2026-01-01T00:00[Europe/Berlin]")};
    });
    add_column([](std::uint32_t i) { return Value{Duration{i, 2, 3, 4}}; });
    add_column([](std::uint32_t i) { return i % 2 ? Value{std::int64_t{i}} : Value::list({Value{"a"}, Value{1.5}}); });
    add(edges_key, edges(1));
    add(edges_key, edges(5));
    NodeElementsBuilder nodes;
    RelElementsBuilder rels;
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
        nodes.create(slot, mark_of(TxNumber{slot / 50 + 1}), ShapeId{slot % 4});
        rels.create(slot, mark_of(TxNumber{2}), TypeId{slot % 3}, NodeId{slot}, NodeId{slot * 300});
        if (slot % 11 == 0) nodes.end(slot, mark_of(TxNumber{9})), rels.end(slot, mark_of(TxNumber{9}));
    }
    add(nodes_key, nodes.finish(nodes_key, mark_of(TxNumber{9})));
    add(rels_key, rels.finish(rels_key, mark_of(TxNumber{9})));
    return samples;
}

std::uint64_t walk_marks(const ElementsPart& part) {
    std::uint64_t sum = part.live_count();
    for (std::uint32_t slot = 0; slot < segment_slots; ++slot)
        sum += part.is_live(slot) + static_cast<std::uint64_t>(part.created(slot)) +
               static_cast<std::uint64_t>(part.ended(slot));
    return sum;
}

void walk(const PartKey& key, std::string_view blob) {
    std::uint64_t sum = 0;
    if (key == column_key_of) {
        const ColumnView view = ColumnReader::read(blob, key, Check::full);
        for (std::uint32_t slot = 0; slot < segment_slots; ++slot) sum += hash_value(view.get(slot));
        for (std::uint32_t code = 0; code < view.dictionary_size(); ++code) sum += view.entry(code).size();
        sum += view.find_code("state-3").value_or(0) + hash_value(view.min()) + hash_value(view.max());
    } else if (key == edges_key) {
        for (const TypeBlock& block : read_adjacency(blob, key, Check::full).blocks)
            for (std::uint32_t slot = 0; slot < segment_slots; ++slot) {
                const auto range = block.range(slot);
                for (auto i = range.begin; i < range.end; ++i) sum += raw(block.other[i]) + raw(block.rel[i]);
            }
    } else if (key == nodes_key) {
        const NodeElements part = read_node_elements(blob, key, Check::full);
        sum = walk_marks(part);
        for (std::uint32_t slot = 0; slot < part.slots(); ++slot) sum += raw(part.shape(slot));
        for (const ShapeId shape : part.shapes()) sum += raw(shape);
    } else {
        const RelElements part = read_rel_elements(blob, key, Check::full);
        sum = walk_marks(part);
        for (std::uint32_t slot = 0; slot < part.slots(); ++slot) {
            const Ends ends = part.ends(slot);
            sum += raw(ends.type) + raw(ends.source) + raw(ends.target);
        }
    }
    sink = sum;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::vector<Sample> samples = make_samples();
    if (size == 0) return 0;
    const Sample& sample = samples[data[0] % samples.size()];
    // The heap's end stands where the part ends, so that reading past it is noticed.
    const std::size_t cut = size % 3 == 2 ? data[size - 1] * std::size_t{8} : 0;
    const std::size_t bytes = sample.blob.size() - std::min(cut, sample.blob.size() - sizeof(PartHeader));
    const std::unique_ptr<std::byte[]> copy{new std::byte[bytes]};
    std::memcpy(copy.get(), sample.blob.data(), bytes);
    for (std::size_t at = 1; at + 2 < size; at += 3) {
        const std::size_t place = (data[at] | std::size_t{data[at + 1]} << 8) % bytes;
        copy[place] = std::byte{data[at + 2]};
    }
    const std::string_view blob{reinterpret_cast<const char*>(copy.get()), bytes};
    if (sample.key == edges_key) sum_arrays({reinterpret_cast<char*>(copy.get()), bytes});
    const std::uint64_t sum = part_checksum(blob, sample.key);
    std::memcpy(copy.get() + offsetof(PartHeader, checksum), &sum, sizeof sum);
    try {
        walk(sample.key, blob);
    } catch (const Error& error) {
        fuzz::require(error.code() == Code::corrupt, "a part that cannot be read is corrupt: " + error.message());
    }
    return 0;
}
