#include "adjacency.hpp"

#include "mainstay/core/assert.hpp"

#include <algorithm>

namespace mainstay {

namespace {

constexpr std::uint16_t wide_offsets = 1, sparse = 2;

template <typename T>
void write_offsets(PartWriter& out, AdjacencyType& entry, std::span<const std::uint32_t> offsets) {
    std::vector<T> narrowed(offsets.begin(), offsets.end());
    entry.offsets = out.append(std::span<const T>(narrowed));
}

// Writes offsets of one type; `counts` has the number of edges per slot.
void write_ranges(PartWriter& out, AdjacencyType& entry, std::span<const std::uint32_t> counts) {
    const auto slots = static_cast<std::uint32_t>(counts.size());
    const auto having = static_cast<std::uint32_t>(slots - std::count(counts.begin(), counts.end(), 0U));
    // Below half of the slots, bitmap, ranks and offsets together are smaller than one offset a slot.
    const bool is_sparse = having <= slots / 2;
    std::vector<std::uint32_t> offsets;
    offsets.reserve(slots + 1);
    std::uint32_t next = 0;
    if (is_sparse) {
        std::vector<std::uint64_t> bitmap(bitmap_words(slots));
        std::vector<std::uint16_t> ranks(bitmap.size());
        for (std::uint32_t slot = 0; slot < slots; ++slot) {
            if (slot % 64 == 0) ranks[slot / 64] = static_cast<std::uint16_t>(offsets.size());
            if (counts[slot] == 0) continue;
            bitmap[slot / 64] |= std::uint64_t{1} << (slot % 64);
            offsets.push_back(next);
            next += counts[slot];
        }
        entry.flags |= sparse;
        entry.ranked = static_cast<std::uint16_t>(having);
        entry.bitmap = out.append(std::span<const std::uint64_t>(bitmap));
        entry.ranks = out.append(std::span<const std::uint16_t>(ranks));
    } else {
        for (const std::uint32_t count : counts) {
            offsets.push_back(next);
            next += count;
        }
    }
    offsets.push_back(next);
    if (next <= 0xFFFF) {
        write_offsets<std::uint16_t>(out, entry, offsets);
    } else {
        entry.flags |= wide_offsets;
        entry.offsets = out.append(std::span<const std::uint32_t>(offsets));
    }
}

}  // namespace

void AdjacencyBuilder::set_validity(TypeId type, const ValidityBounds& bounds) {
    auto at = std::find_if(dates_.begin(), dates_.end(), [&](const Dates& d) { return d.type == type; });
    if (at == dates_.end()) at = dates_.insert(at, Dates{type, {}});
    at->bounds.valid_from_max = std::max(at->bounds.valid_from_max, bounds.valid_from_max);
    at->bounds.valid_to_min = std::min(at->bounds.valid_to_min, bounds.valid_to_min);
}

void AdjacencyBuilder::reset() {
    edges_.clear();
    dates_.clear();
    last_ended_ = Mark{0};
}

// Edges are counted into (type, slot) and dropped into place; a node's few edges of a type are then sorted on their
// own, which is several times faster than sorting all of them by four columns.
std::string AdjacencyBuilder::finish(const PartKey& key, std::uint32_t slots, Mark last_change) {
    if (edges_.empty() && last_ended_ == Mark{0}) return {};
    MAINSTAY_ASSERT(slots <= segment_slots);
    types_.clear();
    std::uint32_t last_type = no_id;
    for (const Entry& e : edges_) {
        MAINSTAY_DEBUG_ASSERT(e.slot < slots);
        if (e.type == last_type) continue;
        last_type = e.type;
        const auto at = std::lower_bound(types_.begin(), types_.end(), last_type);
        if (at == types_.end() || *at != last_type) types_.insert(at, last_type);
    }
    // Types of a segment are few: a small table from type to its place, direct if the numbers are small.
    const std::uint32_t type_limit = types_.empty() ? 0 : types_.back() + 1;
    std::vector<std::uint32_t> direct;
    if (type_limit <= 4096) {
        direct.resize(type_limit);
        for (std::uint32_t i = 0; i < types_.size(); ++i) direct[types_[i]] = i;
    }
    const auto place = [&](std::uint32_t type) {
        if (!direct.empty()) return direct[type];
        return static_cast<std::uint32_t>(std::lower_bound(types_.begin(), types_.end(), type) - types_.begin());
    };

    counts_.assign(types_.size() * slots + 1, 0);
    for (const Entry& e : edges_) ++counts_[std::size_t{place(e.type)} * slots + e.slot];
    std::uint32_t next = 0;
    for (std::uint32_t& count : counts_) {
        const std::uint32_t here = count;
        count = next;
        next += here;
    }
    pairs_.resize(edges_.size());
    for (const Entry& e : edges_) pairs_[counts_[std::size_t{place(e.type)} * slots + e.slot]++] = e.pair;
    // counts_[i] is now the end of run i, which is where run i + 1 begins.

    AdjacencyHeader header{};
    header.types = static_cast<std::uint32_t>(types_.size());
    header.edges = static_cast<std::uint32_t>(edges_.size());
    header.newest_rel = no_id;
    header.last_ended = static_cast<std::uint64_t>(last_ended_);
    PartWriter out(sizeof(AdjacencyHeader) + types_.size() * sizeof(AdjacencyType));
    out.reserve(sizeof(PartHeader) + sizeof(AdjacencyHeader) + edges_.size() * 8 +
                types_.size() * (sizeof(AdjacencyType) + std::size_t{slots} * 4 + 1024) + part_bytes_min);
    std::vector<std::uint32_t> run_counts(slots), half;
    std::uint32_t begin = 0, newest = 0;
    for (std::uint32_t t = 0; t < types_.size(); ++t) {
        AdjacencyType entry{};
        entry.type = types_[t];
        const std::uint32_t type_begin = begin;
        for (std::uint32_t slot = 0; slot < slots; ++slot) {
            const std::uint32_t end = counts_[std::size_t{t} * slots + slot];
            run_counts[slot] = end - begin;
            if (end - begin > 1) std::sort(pairs_.begin() + begin, pairs_.begin() + end);
            begin = end;
        }
        entry.edges = begin - type_begin;
        write_ranges(out, entry, run_counts);
        half.resize(entry.edges);
        for (std::uint32_t i = 0; i < entry.edges; ++i) {
            half[i] = static_cast<std::uint32_t>(pairs_[type_begin + i] >> 32);
            header.other_limit = std::max(header.other_limit, half[i] + 1);
        }
        entry.other = out.append(std::span<const std::uint32_t>(half));
        for (std::uint32_t i = 0; i < entry.edges; ++i) {
            half[i] = static_cast<std::uint32_t>(pairs_[type_begin + i]);
            newest = std::max(newest, half[i]);
        }
        entry.rel = out.append(std::span<const std::uint32_t>(half));
        ValidityBounds bounds;
        for (const Dates& d : dates_)
            if (raw(d.type) == entry.type) bounds = d.bounds;
        entry.valid_from_max = bounds.valid_from_max;
        entry.valid_to_min = bounds.valid_to_min;
        out.set_fixed(entry, sizeof(AdjacencyHeader) + t * sizeof(AdjacencyType));
    }
    if (!edges_.empty()) header.newest_rel = newest;
    out.set_fixed(header);
    return out.seal(key, slots, last_change);
}

const TypeBlock* AdjacencyPart::find(TypeId type) const noexcept {
    const auto at =
        std::lower_bound(blocks.begin(), blocks.end(), type, [](const TypeBlock& b, TypeId t) { return b.type < t; });
    return at != blocks.end() && at->type == type ? &*at : nullptr;
}

namespace {

template <typename T>
void check_offsets(const T* offsets, std::uint32_t count, std::uint32_t edges, const PartKey& key) {
    bool rising = offsets[0] == 0;
    for (std::uint32_t i = 0; i < count; ++i) rising &= offsets[i] <= offsets[i + 1];
    if (!rising || offsets[count] != edges) throw_corrupt(key, "offsets do not rise to the number of edges");
}

// What later range() calls rely on.
void check_block(const TypeBlock& block, const AdjacencyType& entry, const AdjacencyHeader& header,
                 const PartKey& key) {
    if (block.bitmap) {
        std::uint32_t rank = 0;
        for (std::uint32_t word = 0; word < bitmap_words(block.slots); ++word) {
            if (block.ranks[word] != rank) throw_corrupt(key, "ranks do not count the bitmap");
            rank += static_cast<std::uint32_t>(std::popcount(block.bitmap[word]));
        }
        if (count_bits(block.bitmap, block.slots, key) != entry.ranked)
            throw_corrupt(key, "a bitmap has too many bits");
    }
    const std::uint32_t count = block.bitmap ? entry.ranked : block.slots;
    if (block.offsets16)
        check_offsets(block.offsets16, count, entry.edges, key);
    else
        check_offsets(block.offsets32, count, entry.edges, key);
    std::uint32_t other_max = 0, rel_max = 0;
    for (std::uint32_t i = 0; i < entry.edges; ++i) {
        other_max = std::max(other_max, raw(block.other[i]));
        rel_max = std::max(rel_max, raw(block.rel[i]));
    }
    if (entry.edges != 0 && (other_max >= header.other_limit || rel_max > header.newest_rel))
        throw_corrupt(key, "an edge is beyond the limits of its header");
}

}  // namespace

AdjacencyPart read_adjacency(std::string_view blob, const PartKey& key, Check check) {
    const PartHeader part_header = check_part(blob, key, check);
    const auto header = *array_at<AdjacencyHeader>(blob, sizeof(PartHeader), 1, key);
    const auto* entries =
        array_at<AdjacencyType>(blob, sizeof(PartHeader) + sizeof(AdjacencyHeader), header.types, key);
    AdjacencyPart part;
    part.slots = part_header.slots;
    part.last_change = Mark{part_header.last_change};
    part.last_ended = Mark{header.last_ended};
    part.edges = header.edges;
    part.newest_rel = header.newest_rel;
    part.other_limit = header.other_limit;
    part.blocks.resize(header.types);
    part.validity.resize(header.types);
    std::uint64_t edges = 0;
    for (std::uint32_t t = 0; t < header.types; ++t) {
        const AdjacencyType& entry = entries[t];
        TypeBlock& block = part.blocks[t];
        if (entry.flags > (wide_offsets | sparse)) throw_corrupt(key, "type flags that this version does not know");
        if (t > 0 && entry.type <= entries[t - 1].type) throw_corrupt(key, "types do not ascend");
        block.type = TypeId{entry.type};
        block.direction = key.part == Part::in ? Direction::in : Direction::out;
        block.slots = part.slots;
        std::uint32_t ranges = part.slots;
        if (entry.flags & sparse) {
            ranges = entry.ranked;
            block.bitmap = array_at<std::uint64_t>(blob, entry.bitmap, bitmap_words(part.slots), key);
            block.ranks = array_at<std::uint16_t>(blob, entry.ranks, bitmap_words(part.slots), key);
        }
        if (entry.flags & wide_offsets)
            block.offsets32 = array_at<std::uint32_t>(blob, entry.offsets, ranges + 1, key);
        else
            block.offsets16 = array_at<std::uint16_t>(blob, entry.offsets, ranges + 1, key);
        block.other = array_at<NodeId>(blob, entry.other, entry.edges, key);
        block.rel = array_at<RelId>(blob, entry.rel, entry.edges, key);
        part.validity[t] = {entry.valid_from_max, entry.valid_to_min};
        edges += entry.edges;
        if (check == Check::full) check_block(block, entry, header, key);
    }
    if (edges != header.edges) throw_corrupt(key, "the edges of all types do not add up");
    return part;
}

}  // namespace mainstay
