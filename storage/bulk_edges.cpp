#include "bulk_edges.hpp"

#include "mainstay/core/assert.hpp"
#include "validity.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace mainstay {

void LoadedNodes::open(std::uint32_t segment, ShapeId shape) {
    if (segments_.empty()) first_ = segment;
    MAINSTAY_ASSERT(segment - first_ >= index_.size());
    index_.resize(segment - first_ + 1, not_loaded);
    index_.back() = static_cast<std::uint32_t>(segments_.size());
    segments_.push_back({shape, 0});
    numbers_.push_back(segment);
}

RelBlock& BulkEdges::add_block(std::uint32_t segment) {
    auto& block = *blocks_.emplace_back(std::make_unique<RelBlock>());
    block.segment = segment;
    return block;
}

std::uint64_t BulkEdges::count() const noexcept {
    std::uint64_t n = 0;
    for (const auto& block : blocks_) n += block->slots;
    return n;
}

void BulkEdges::note_dates(TypeId type, NodeId source, NodeId target, const Value& from, const Value& to) {
    ValidityBounds bounds;
    if (const auto begin = instant_us(from)) bounds.valid_from_max = *begin;
    if (const auto end = instant_us(to)) bounds.valid_to_min = *end;
    const auto widen = [&](NodeId node, Direction d) {
        const auto index = nodes_.index_of(segment_of(node));
        if (index == LoadedNodes::not_loaded) return;
        auto& of = dates_[dates_key(index, d)];
        auto at = std::find_if(of.begin(), of.end(), [&](const auto& e) { return e.first == type; });
        if (at == of.end()) at = of.insert(at, {type, ValidityBounds{}});
        at->second.valid_from_max = std::max(at->second.valid_from_max, bounds.valid_from_max);
        at->second.valid_to_min = std::min(at->second.valid_to_min, bounds.valid_to_min);
    };
    widen(source, Direction::out);
    widen(target, Direction::in);
}

bool BulkEdges::limits_dated(TypeId type) {
    const std::lock_guard lock(encoder_.rules_mutex());
    const auto* declaration = encoder_.rules().of_type(type).declaration;
    return declaration && declaration->dated && (declaration->max_out || declaration->max_in);
}

void BulkEdges::note_limited(TypeId type, NodeId source, NodeId target, const Value& from, const Value& to) {
    const auto begin = instant_us(from), end = instant_us(to);
    const std::lock_guard lock(encoder_.rules_mutex());
    for (const auto d : {Direction::out, Direction::in})
        if (encoder_.rules().limits(type, d))
            dated_.push_back({type, d == Direction::out ? source : target, d, begin, end});
}

std::uint32_t BulkEdges::local_type(TypeId type) {
    const auto [at, is_new] = local_types_.try_emplace(raw(type), static_cast<std::uint32_t>(types_.size()));
    if (is_new) {
        constexpr std::size_t types_max = std::size_t{1} << (32 - segment_bits);
        if (types_.size() >= types_max)
            throw Error{Code::input_invalid, "a bulk load cannot have more than 1,048,576 relationship types"};
        types_.push_back(type);
        const std::lock_guard lock(encoder_.rules_mutex());
        const auto* declaration = encoder_.rules().of_type(type).declaration;
        limited_.push_back(declaration && !declaration->dated && (declaration->max_out || declaration->max_in));
    }
    return at->second;
}

void BulkEdges::build(unsigned threads, const ProgressSink& progress) {
    built_ = 0;
    for (const auto d : {Direction::out, Direction::in}) build(d, threads, progress);
    std::sort(dated_.begin(), dated_.end(), [](const auto& a, const auto& b) { return a.place() < b.place(); });
}

void BulkEdges::build(Direction d, unsigned threads, const ProgressSink& progress) {
    std::vector<std::uint64_t> counts(nodes_.all().size());
    for (const auto& block : blocks_) {
        const auto& own = d == Direction::out ? block->source : block->target;
        const auto& other = d == Direction::out ? block->target : block->source;
        for (std::uint32_t slot = 0; slot < block->slots; ++slot) {
            if (const auto index = nodes_.index_of(segment_of(own[slot])); index != LoadedNodes::not_loaded)
                ++counts[index];
            else
                outer_.push_back(
                    {own[slot], d, block->type[slot], other[slot], RelId{block->segment << segment_bits | slot}});
        }
    }
    // As many segments at a time as fit the scratch memory.
    constexpr std::uint64_t records_max = std::uint64_t{20} << 20;
    for (std::size_t first = 0; first < counts.size();) {
        std::uint64_t records = counts[first];
        auto last = first + 1;
        while (last < counts.size() && records + counts[last] <= records_max) records += counts[last++];
        build_range(d, first, last, counts, threads);
        built_ += records;
        if (progress) progress({"sorting relationships", built_, 2 * count()});
        first = last;
    }
}

void BulkEdges::build_range(Direction d, std::size_t first, std::size_t last, std::span<const std::uint64_t> counts,
                            unsigned threads) {
    std::vector<std::uint64_t> ends(last - first + 1);
    for (auto i = first; i < last; ++i) ends[i - first + 1] = ends[i - first] + counts[i];
    std::vector<Record> records(ends.back());
    std::vector<std::uint64_t> next(ends.begin(), ends.end() - 1);
    TypeId last_type = no_type;
    std::uint32_t type = 0;
    for (const auto& block : blocks_) {
        const auto& own = d == Direction::out ? block->source : block->target;
        const auto& other = d == Direction::out ? block->target : block->source;
        for (std::uint32_t slot = 0; slot < block->slots; ++slot) {
            const auto index = nodes_.index_of(segment_of(own[slot]));
            if (index < first || index >= last) continue;  // not_loaded is beyond all
            if (block->type[slot] != last_type) type = local_type(last_type = block->type[slot]);
            records[next[index - first]++] = {type << segment_bits | slot_of(own[slot]), other[slot],
                                              RelId{block->segment << segment_bits | slot}};
        }
    }
    std::atomic<std::size_t> turn{first};
    std::exception_ptr error;
    std::mutex error_mutex;
    const auto work = [&] {
        try {
            AdjacencyBuilder builder;
            for (auto i = turn++; i < last; i = turn++)
                build_segment(d, i, std::span(records).subspan(ends[i - first], counts[i]), builder);
        } catch (...) {
            const std::lock_guard lock(error_mutex);
            error = std::current_exception();
            turn = last;
        }
    };
    std::vector<std::jthread> helpers;
    constexpr std::size_t records_worth_a_thread = 100'000;
    for (unsigned i = 1; i < threads && records.size() >= records_worth_a_thread; ++i) helpers.emplace_back(work);
    work();
    helpers.clear();
    if (error) std::rethrow_exception(error);
}

void BulkEdges::build_segment(Direction d, std::size_t index, std::span<const Record> records,
                              AdjacencyBuilder& builder) {
    if (records.empty()) return;
    builder.reset();
    builder.reserve(records.size());
    constexpr std::uint32_t slot_mask = segment_slots - 1;
    bool limited = false;
    for (const auto& r : records) {
        const auto type = r.type_slot >> segment_bits;
        limited |= limited_[type];
        builder.add(r.type_slot & slot_mask, types_[type], r.other, r.rel);
    }
    if (limited) {
        std::unordered_map<std::uint32_t, std::uint64_t> degrees;
        for (const auto& r : records)
            if (limited_[r.type_slot >> segment_bits]) ++degrees[r.type_slot];
        const std::lock_guard lock(encoder_.rules_mutex());
        for (const auto& [type_slot, degree] : degrees)
            if (auto problem = encoder_.rules().problem_of(types_[type_slot >> segment_bits], d, degree))
                encoder_.note_problem(*std::move(problem));
    }
    if (const auto at = dates_.find(dates_key(static_cast<std::uint32_t>(index), d)); at != dates_.end())
        for (const auto& [type, bounds] : at->second) builder.set_validity(type, bounds);
    const PartKey key{ElementKind::node, d == Direction::out ? Part::out : Part::in, nodes_.number(index)};
    parts_.add(key, builder.finish(key, nodes_.all()[index].slots, mark_));
}

}  // namespace mainstay
