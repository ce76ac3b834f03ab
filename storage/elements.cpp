#include "elements.hpp"

#include "mainstay/core/assert.hpp"

#include <algorithm>

namespace mainstay {

Mark ElementsPart::created(std::uint32_t slot) const noexcept {
    if (slot >= slots_) return Mark::never;
    const auto after = std::upper_bound(created_.begin(), created_.end(), slot,
                                        [](std::uint32_t s, const CreatedRun& run) { return s < run.first_slot; });
    return after == created_.begin() ? Mark::never : Mark{std::prev(after)->mark};
}

Mark ElementsPart::ended(std::uint32_t slot) const noexcept {
    const auto at = std::lower_bound(ended_.begin(), ended_.end(), slot,
                                     [](const EndedSlot& e, std::uint32_t s) { return e.slot < s; });
    return at != ended_.end() && at->slot == slot ? Mark{at->mark} : Mark::never;
}

// ---- reading

struct ElementsReader {
    std::string_view blob;
    const PartKey& key;
    Check check;
    ElementsHeader header{};

    void read(ElementsPart& part) {
        const PartHeader part_header = check_part(blob, key, check);
        header = *array_at<ElementsHeader>(blob, sizeof(PartHeader), 1, key);
        part.slots_ = part_header.slots;
        part.last_change_ = Mark{part_header.last_change};
        part.live_count_ = header.live_count;
        part.uniform_ = header.uniform;
        part.code_width_ = header.code_width;
        if (header.live != 0) part.live_ = array_at<std::uint64_t>(blob, header.live, bitmap_words(part.slots_), key);
        switch (header.code_width) {
            case 0: break;
            case 1: part.codes8_ = array_at<std::uint8_t>(blob, header.codes, part.slots_, key); break;
            case 4: part.codes32_ = array_at<std::uint32_t>(blob, header.codes, part.slots_, key); break;
            default: throw_corrupt(key, "codes of a width that this version does not know");
        }
        part.names_ = {array_at<std::uint32_t>(blob, header.names, header.names_count, key), header.names_count};
        part.created_ = {array_at<CreatedRun>(blob, header.created, header.created_count, key), header.created_count};
        part.ended_ = {array_at<EndedSlot>(blob, header.ended, header.ended_count, key), header.ended_count};
        if (check == Check::full) check_all(part);
    }

    void check_all(const ElementsPart& part) const {
        const std::uint32_t live = part.live_ ? count_bits(part.live_, part.slots_, key) : part.slots_;
        if (live != header.live_count) throw_corrupt(key, "the live slots do not add up");
        if (part.codes8_)
            for (std::uint32_t slot = 0; slot < part.slots_; ++slot)
                if (part.codes8_[slot] >= part.names_.size()) throw_corrupt(key, "a code without a name");
        if (!rises(part.names_, [](std::uint32_t name) { return name; })) throw_corrupt(key, "names do not ascend");
        if (!rises(part.created_, [](const CreatedRun& run) { return run.first_slot; }) ||
            !rises(part.ended_, [](const EndedSlot& e) { return e.slot; }))
            throw_corrupt(key, "marks do not ascend");
        if (!part.ended_.empty() && part.ended_.back().slot >= part.slots_) throw_corrupt(key, "a mark past the slots");
        if (part.slots_ != 0 && (part.created_.empty() || part.created_.front().first_slot != 0))
            throw_corrupt(key, "slots without a creation mark");
    }

    template <typename T, typename F>
    static bool rises(std::span<const T> items, F number) {
        for (std::size_t i = 1; i < items.size(); ++i)
            if (number(items[i - 1]) >= number(items[i])) return false;
        return true;
    }

    void read_ends(RelElements& part) const {
        const auto ends = [&](std::uint8_t width, std::uint32_t place) -> const std::byte* {
            switch (width) {
                case 0: return nullptr;
                case 1:
                    return reinterpret_cast<const std::byte*>(array_at<std::uint8_t>(blob, place, part.slots_, key));
                case 2:
                    return reinterpret_cast<const std::byte*>(array_at<std::uint16_t>(blob, place, part.slots_, key));
                case 4:
                    return reinterpret_cast<const std::byte*>(array_at<std::uint32_t>(blob, place, part.slots_, key));
                default: throw_corrupt(key, "ends of a width that this version does not know");
            }
        };
        part.source_base_ = header.source_base;
        part.source_width_ = header.source_width;
        part.source_ = ends(header.source_width, header.source);
        part.target_base_ = header.target_base;
        part.target_width_ = header.target_width;
        part.target_ = ends(header.target_width, header.target);
    }
};

NodeElements read_node_elements(std::string_view blob, const PartKey& key, Check check) {
    NodeElements part;
    ElementsReader{blob, key, check}.read(part);
    return part;
}

RelElements read_rel_elements(std::string_view blob, const PartKey& key, Check check) {
    RelElements part;
    ElementsReader reader{blob, key, check};
    reader.read(part);
    reader.read_ends(part);
    return part;
}

// ---- building

void ElementsBuilder::extend(std::uint32_t slots) {
    MAINSTAY_ASSERT(slots <= segment_slots);
    if (slots <= created_.size()) return;
    name_.resize(slots, no_id);
    created_.resize(slots, static_cast<std::uint64_t>(Mark::never));
    ended_.resize(slots, static_cast<std::uint64_t>(Mark::never));
}

void ElementsBuilder::create_slot(std::uint32_t slot, Mark mark, std::uint32_t name) {
    extend(slot + 1);
    name_[slot] = name;
    created_[slot] = static_cast<std::uint64_t>(mark);
}

void ElementsBuilder::end(std::uint32_t slot, Mark mark) {
    MAINSTAY_ASSERT(slot < slots() && created_[slot] != static_cast<std::uint64_t>(Mark::never));
    ended_[slot] = static_cast<std::uint64_t>(mark);
}

void ElementsBuilder::write_common(PartWriter& out, ElementsHeader& header, std::vector<std::uint32_t> names) {
    constexpr auto never = static_cast<std::uint64_t>(Mark::never);
    std::vector<std::uint64_t> live(bitmap_words(slots()));
    std::vector<CreatedRun> created;
    std::vector<EndedSlot> ended;
    for (std::uint32_t slot = 0; slot < slots(); ++slot) {
        if (created.empty() || created.back().mark != created_[slot]) created.push_back({created_[slot], slot, 0});
        if (ended_[slot] != never) ended.push_back({ended_[slot], slot, 0});
        if (created_[slot] == never || ended_[slot] != never) continue;
        live[slot / 64] |= std::uint64_t{1} << (slot % 64);
        ++header.live_count;
    }
    if (header.live_count != slots()) header.live = out.append(std::span<const std::uint64_t>(live));

    // Gaps take the name of some other slot, so that they do not spoil uniformity.
    const auto named = std::find_if(name_.begin(), name_.end(), [](std::uint32_t name) { return name != no_id; });
    const std::uint32_t filler = named == name_.end() ? 0 : *named;
    for (std::uint32_t& name : name_) {
        if (name == no_id)
            name = filler;
        else if (names.empty() || names.back() != name)
            names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    header.names = out.append(std::span<const std::uint32_t>(names));
    header.names_count = static_cast<std::uint32_t>(names.size());
    header.uniform = name_.empty() ? 0 : name_.front();
    if (std::any_of(name_.begin(), name_.end(), [&](std::uint32_t name) { return name != name_.front(); })) {
        header.code_width = names.size() <= 256 ? 1 : 4;
        if (header.code_width == 1) {
            std::vector<std::uint8_t> codes(name_.size());
            for (std::size_t i = 0; i < codes.size(); ++i)
                codes[i] =
                    static_cast<std::uint8_t>(std::lower_bound(names.begin(), names.end(), name_[i]) - names.begin());
            header.codes = out.append(std::span<const std::uint8_t>(codes));
        } else {
            header.codes = out.append(std::span<const std::uint32_t>(name_));
        }
    }
    header.created = out.append(std::span<const CreatedRun>(created));
    header.created_count = static_cast<std::uint32_t>(created.size());
    header.ended = out.append(std::span<const EndedSlot>(ended));
    header.ended_count = static_cast<std::uint32_t>(ended.size());
}

NodeElementsBuilder NodeElementsBuilder::from(const NodeElements& part) {
    NodeElementsBuilder builder;
    for (std::uint32_t slot = 0; slot < part.slots(); ++slot) {
        if (const Mark mark = part.created(slot); mark != Mark::never) builder.create(slot, mark, part.shape(slot));
    }
    builder.extend(part.slots());
    for (const EndedSlot& e : part.ended_slots()) builder.end(e.slot, Mark{e.mark});
    for (const ShapeId shape : part.shapes()) builder.ever_held_.push_back(raw(shape));
    return builder;
}

void NodeElementsBuilder::relabel(std::uint32_t slot, ShapeId shape) {
    MAINSTAY_ASSERT(slot < slots());
    if (name_[slot] != no_id) ever_held_.push_back(name_[slot]);
    name_[slot] = raw(shape);
}

std::string NodeElementsBuilder::finish(const PartKey& key, Mark last_change) {
    ElementsHeader header{};
    PartWriter out(sizeof header);
    out.reserve(part_bytes_min);
    write_common(out, header, ever_held_);
    out.set_fixed(header);
    return out.seal(key, slots(), last_change);
}

RelElementsBuilder RelElementsBuilder::from(const RelElements& part) {
    RelElementsBuilder builder;
    for (std::uint32_t slot = 0; slot < part.slots(); ++slot)
        if (const Mark mark = part.created(slot); mark != Mark::never)
            builder.create(slot, mark, part.type(slot), part.source(slot), part.target(slot));
    builder.extend(part.slots());
    for (const EndedSlot& e : part.ended_slots()) builder.end(e.slot, Mark{e.mark});
    return builder;
}

void RelElementsBuilder::create(std::uint32_t slot, Mark mark, TypeId type, NodeId source, NodeId target) {
    create_slot(slot, mark, raw(type));
    if (source_.size() <= slot) {
        source_.resize(slot + 1, no_id);
        target_.resize(slot + 1, no_id);
    }
    source_[slot] = raw(source);
    target_[slot] = raw(target);
}

namespace {

struct PackedEnds {
    std::uint32_t base = 0, place = 0;
    std::uint8_t width = 0;
};

template <typename T>
std::uint32_t append_offsets(PartWriter& out, std::span<const std::uint32_t> ends, std::uint32_t base) {
    std::vector<T> offsets(ends.size());
    for (std::size_t i = 0; i < ends.size(); ++i) offsets[i] = static_cast<T>(ends[i] - base);
    return out.append(std::span<const T>(offsets));
}

PackedEnds pack_ends(PartWriter& out, std::vector<std::uint32_t>& ends, std::uint32_t slots) {
    ends.resize(slots, no_id);
    std::uint32_t low = no_id, high = 0;
    for (const std::uint32_t end : ends) {
        if (end == no_id) continue;  // a gap
        low = std::min(low, end);
        high = std::max(high, end);
    }
    if (low == no_id) return {};
    for (std::uint32_t& end : ends)
        if (end == no_id) end = low;
    PackedEnds packed;
    packed.base = low;
    packed.width = packing_for(low, high).width;
    switch (packed.width) {
        case 0: break;
        case 1: packed.place = append_offsets<std::uint8_t>(out, ends, low); break;
        case 2: packed.place = append_offsets<std::uint16_t>(out, ends, low); break;
        default: packed.place = append_offsets<std::uint32_t>(out, ends, low); break;
    }
    return packed;
}

}  // namespace

std::string RelElementsBuilder::finish(const PartKey& key, Mark last_change) {
    ElementsHeader header{};
    PartWriter out(sizeof header);
    out.reserve(part_bytes_min + std::size_t{slots()} * 10);
    write_common(out, header, {});
    const PackedEnds source = pack_ends(out, source_, slots());
    const PackedEnds target = pack_ends(out, target_, slots());
    header.source_base = source.base;
    header.source_width = source.width;
    header.source = source.place;
    header.target_base = target.base;
    header.target_width = target.width;
    header.target = target.place;
    out.set_fixed(header);
    return out.seal(key, slots(), last_change);
}

}  // namespace mainstay
