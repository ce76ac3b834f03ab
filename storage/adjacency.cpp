#include "adjacency.hpp"

#include "mainstay/core/assert.hpp"

#include <xxhash.h>
#include <algorithm>

namespace mainstay {

namespace {

constexpr std::uint16_t wide_offsets = 1, sparse = 2;

// Where the arrays of a type begin.
std::uint32_t first_array(const AdjacencyType& type) noexcept {
    return type.flags & sparse ? type.bitmap : type.offsets;
}

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
    std::vector<AdjacencyType> entries(types_.size());
    std::uint32_t begin = 0, newest = 0;
    for (std::uint32_t t = 0; t < types_.size(); ++t) {
        AdjacencyType& entry = entries[t];
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
        ValidityBounds bounds;
        for (const Dates& d : dates_)
            if (raw(d.type) == entry.type) bounds = d.bounds;
        entry.valid_from_max = bounds.valid_from_max;
        entry.valid_to_min = bounds.valid_to_min;
    }
    begin = 0;
    for (AdjacencyType& entry : entries) {
        half.resize(entry.edges);
        for (std::uint32_t i = 0; i < entry.edges; ++i) {
            half[i] = static_cast<std::uint32_t>(pairs_[begin + i]);
            newest = std::max(newest, half[i]);
        }
        begin += entry.edges;
        entry.rel = out.append(std::span<const std::uint32_t>(half));
    }
    out.pad();
    if (!edges_.empty()) header.newest_rel = newest;
    header.arrays = entries.empty() ? static_cast<std::uint32_t>(out.bytes().size()) : first_array(entries.front());
    out.set_fixed(header);
    for (std::size_t t = 0; t < entries.size(); ++t)
        out.set_fixed(entries[t], sizeof(AdjacencyHeader) + t * sizeof(AdjacencyType));
    sum_arrays(out.bytes());
    return out.seal(key, slots, last_change, arrays_have_sums);
}

void sum_arrays(std::span<char> blob) noexcept {
    const std::string_view bytes(blob.data(), blob.size());
    constexpr std::size_t types_at = sizeof(PartHeader) + sizeof(AdjacencyHeader);
    if (bytes.size() < types_at) return;
    const auto count = load<AdjacencyHeader>(bytes, sizeof(PartHeader)).types;
    if (count == 0 || count > (bytes.size() - types_at) / sizeof(AdjacencyType)) return;
    const auto entry = [&](std::size_t t) { return load<AdjacencyType>(bytes, types_at + t * sizeof(AdjacencyType)); };
    const auto sum = [&](std::uint32_t begin, std::size_t end) {
        return begin <= end && end <= bytes.size() ? XXH3_64bits(bytes.data() + begin, end - begin) : 0;
    };
    const std::uint32_t first_rels = entry(0).rel;
    for (std::size_t t = 0; t < count; ++t) {
        AdjacencyType of = entry(t);
        const bool last = t + 1 == count;
        of.ends_sum = sum(first_array(of), last ? first_rels : first_array(entry(t + 1)));
        of.rels_sum = sum(of.rel, last ? bytes.size() : entry(t + 1).rel);
        std::memcpy(blob.data() + types_at + t * sizeof of, &of, sizeof of);
    }
}

std::size_t AdjacencyPart::find(TypeId type) const noexcept {
    const auto at =
        std::lower_bound(blocks.begin(), blocks.end(), type, [](const TypeBlock& b, TypeId t) { return b.type < t; });
    return at != blocks.end() && at->type == type ? static_cast<std::size_t>(at - blocks.begin()) : blocks.size();
}

void AdjacencyPart::note_checked(std::size_t block, EdgeArrays which) noexcept {
    if (is_checked(block, which)) return;
    checked[block] |= static_cast<std::uint8_t>(1U << bit(which));
    --unchecked;
}

std::string_view AdjacencyPart::bytes(std::size_t block, EdgeArrays which) const noexcept {
    const bool last = block + 1 == blocks.size();
    const AdjacencyType& of = types[block];
    const std::size_t begin = which == EdgeArrays::ends ? first_array(of) : of.rel;
    const std::size_t end = which == EdgeArrays::ends ? (last ? types[0].rel : first_array(types[block + 1]))
                            : last                    ? blob.size()
                                                      : types[block + 1].rel;
    return blob.substr(begin, end - begin);
}

namespace {

template <typename T>
void check_offsets(const T* offsets, std::uint32_t count, std::uint32_t edges, const PartKey& key) {
    bool rising = offsets[0] == 0;
    for (std::uint32_t i = 0; i < count; ++i) rising &= offsets[i] <= offsets[i + 1];
    if (!rising || offsets[count] != edges) throw_corrupt(key, "offsets do not rise to the number of edges");
}

// What later range() calls rely on.
void check_ranges(const TypeBlock& block, const AdjacencyType& entry, const PartKey& key) {
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
}

template <typename Id>
std::uint32_t largest(const Id* ids, std::uint32_t count) {
    std::uint32_t max = 0;
    for (std::uint32_t i = 0; i < count; ++i) max = std::max(max, raw(ids[i]));
    return max;
}

}  // namespace

void AdjacencyPart::check(std::size_t block, EdgeArrays which) const {
    const auto covered = bytes(block, which);
    if (XXH3_64bits(covered.data(), covered.size()) != sum(block, which))
        throw_corrupt(key, "the checksum of its arrays does not match");
    const AdjacencyType& entry = types[block];
    if (which == EdgeArrays::rels) {
        if (entry.edges != 0 && largest(blocks[block].rel, entry.edges) > newest_rel)
            throw_corrupt(key, "a relationship is beyond the limit of its header");
        return;
    }
    check_ranges(blocks[block], entry, key);
    if (entry.edges != 0 && largest(blocks[block].other, entry.edges) >= other_limit)
        throw_corrupt(key, "an edge is beyond the limit of its header");
}

AdjacencyPart read_adjacency(std::string_view blob, const PartKey& key, Check check) {
    const PartHeader part_header = check_part(blob, key, check);
    const auto header = *array_at<AdjacencyHeader>(blob, sizeof(PartHeader), 1, key);
    const auto* entries =
        array_at<AdjacencyType>(blob, sizeof(PartHeader) + sizeof(AdjacencyHeader), header.types, key);
    AdjacencyPart part;
    part.blob = blob;
    part.key = key;
    part.types = entries;
    part.slots = part_header.slots;
    part.last_change = Mark{part_header.last_change};
    part.last_ended = Mark{header.last_ended};
    part.edges = header.edges;
    part.newest_rel = header.newest_rel;
    part.other_limit = header.other_limit;
    part.blocks.resize(header.types);
    part.checked.resize(header.types);
    part.unchecked = std::size_t{2} * header.types;
    if (header.arrays != (header.types == 0 ? blob.size() : first_array(entries[0])))
        throw_corrupt(key, "its arrays do not begin where its head ends");
    std::uint64_t edges = 0;
    for (std::uint32_t t = 0; t < header.types; ++t) {
        const AdjacencyType& entry = entries[t];
        TypeBlock& block = part.blocks[t];
        if (entry.flags > (wide_offsets | sparse)) throw_corrupt(key, "type flags that this version does not know");
        if (t > 0 && entry.type <= entries[t - 1].type) throw_corrupt(key, "types do not ascend");
        const bool last = t + 1 == header.types;
        const std::uint64_t ends_end = last ? entries[0].rel : first_array(entries[t + 1]);
        const std::uint64_t rels_end = last ? blob.size() : entries[t + 1].rel;
        block.type = TypeId{entry.type};
        block.direction = key.part == Part::in ? Direction::in : Direction::out;
        block.slots = part.slots;
        // What a sum covers, and no more, is read of a type.
        const auto ends_array = [&]<typename T>(std::type_identity<T>, std::uint32_t at, std::uint64_t count) {
            if (at < first_array(entry) || at > ends_end || count > (ends_end - at) / sizeof(T))
                throw_corrupt(key, "an array lies outside of its type");
            return array_at<T>(blob, at, count, key);
        };
        std::uint32_t ranges = part.slots;
        if (entry.flags & sparse) {
            ranges = entry.ranked;
            block.bitmap = ends_array(std::type_identity<std::uint64_t>{}, entry.bitmap, bitmap_words(part.slots));
            block.ranks = ends_array(std::type_identity<std::uint16_t>{}, entry.ranks, bitmap_words(part.slots));
        }
        if (entry.flags & wide_offsets)
            block.offsets32 = ends_array(std::type_identity<std::uint32_t>{}, entry.offsets, ranges + 1ULL);
        else
            block.offsets16 = ends_array(std::type_identity<std::uint16_t>{}, entry.offsets, ranges + 1ULL);
        block.other = ends_array(std::type_identity<NodeId>{}, entry.other, entry.edges);
        if (entry.rel > rels_end || entry.edges > (rels_end - entry.rel) / sizeof(RelId))
            throw_corrupt(key, "an array lies outside of its type");
        block.rel = array_at<RelId>(blob, entry.rel, entry.edges, key);
        edges += entry.edges;
    }
    if (edges != header.edges) throw_corrupt(key, "the edges of all types do not add up");
    if (check != Check::full) return part;
    for (std::size_t block = 0; block < part.blocks.size(); ++block)
        for (const auto which : {EdgeArrays::ends, EdgeArrays::rels}) {
            part.check(block, which);
            part.note_checked(block, which);
        }
    return part;
}

}  // namespace mainstay
