#include "temporal/zone.hpp"

#include "mainstay/core/assert.hpp"
#include "mainstay/core/error.hpp"
#include "temporal/calendar.hpp"

#include <algorithm>
#include <deque>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace mainstay {
namespace temporal {
namespace {

constexpr const char* system_directory = "/usr/share/zoneinfo";
constexpr std::size_t zone_name_size_max = 64;
constexpr std::size_t zones_max = (1U << 14) - 1;  // DateTime has 14 bits for it
constexpr std::size_t tzif_size_max = 1U << 20;

// Names and rules of the process. A deque, because names are handed out as views.
class Zones {
public:
    ZoneId intern(std::string_view name) {
        if (const auto id = find(name)) return *id;
        const std::unique_lock lock{mutex_};
        if (const auto found = ids_.find(name); found != ids_.end()) return found->second;
        if (zones_.size() >= zones_max) throw Error{Code::invalid_temporal, "too many different time zone names"};
        zones_.push_back(Zone{std::string{name}, nullptr});
        const auto id = static_cast<ZoneId>(zones_.size());
        ids_.emplace(zones_.back().name, id);
        return id;
    }

    std::string_view name(ZoneId id) const noexcept {
        const std::shared_lock lock{mutex_};
        const auto number = static_cast<std::size_t>(id);
        return number == 0 || number > zones_.size() ? std::string_view{} : zones_[number - 1].name;
    }

    const ZoneRules& rules(ZoneId id) {
        MAINSTAY_ASSERT(id != ZoneId::none);
        const auto index = static_cast<std::size_t>(id) - 1;
        {
            const std::shared_lock lock{mutex_};
            if (zones_[index].rules) return *zones_[index].rules;
        }
        auto loaded = std::make_unique<const ZoneRules>(load_zone(system_directory, merged_zone(name(id))));
        const std::unique_lock lock{mutex_};
        if (!zones_[index].rules) zones_[index].rules = std::move(loaded);
        return *zones_[index].rules;
    }

private:
    struct Zone {
        std::string name;
        std::unique_ptr<const ZoneRules> rules;
    };

    std::optional<ZoneId> find(std::string_view name) const {
        const std::shared_lock lock{mutex_};
        const auto found = ids_.find(name);
        return found == ids_.end() ? std::nullopt : std::optional{found->second};
    }

    mutable std::shared_mutex mutex_;
    std::deque<Zone> zones_;
    std::map<std::string_view, ZoneId> ids_;
};

Zones& zones() {
    static Zones& instance = *new Zones;  // never destroyed: views of names may outlive main()
    return instance;
}

// Bounds-checked big-endian reading of a TZif file.
class Bytes {
public:
    Bytes(std::string_view name, std::string_view data) : name_(name), rest_(data) {}
    std::string_view take(std::size_t size) {
        if (size > rest_.size())
            throw Error{Code::invalid_temporal, "the file of time zone " + quoted(name_) + " is damaged"};
        const std::string_view result = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return result;
    }
    std::int64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (const char c : take(size)) value = value << 8 | static_cast<unsigned char>(c);
        if (size == 4) return static_cast<std::int32_t>(value);
        return static_cast<std::int64_t>(value);
    }
    std::size_t count() {
        const std::int64_t value = number(4);
        if (value < 0 || value > static_cast<std::int64_t>(tzif_size_max)) take(rest_.size() + 1);
        return static_cast<std::size_t>(value);
    }
    std::string_view rest() const noexcept { return rest_; }

private:
    std::string_view name_, rest_;
};

struct Counts {
    std::size_t is_utc, is_standard, leaps, transitions, types, characters;
};

Counts take_header(Bytes& in, char& version) {
    if (in.take(4) != "TZif") in.take(in.rest().size() + 1);
    version = in.take(1)[0];
    in.take(15);
    Counts c{};
    c.is_utc = in.count();
    c.is_standard = in.count();
    c.leaps = in.count();
    c.transitions = in.count();
    c.types = in.count();
    c.characters = in.count();
    return c;
}

}  // namespace

ZoneRules::ZoneRules(std::string_view name, std::string_view tzif) {
    Bytes in{name, tzif};
    char version = 0;
    Counts counts = take_header(in, version);
    std::size_t time_size = 4;
    if (version >= '2') {  // the first block is for readers of 1980; ours follows it
        in.take(counts.transitions * 5 + counts.types * 6 + counts.characters + counts.leaps * 8 + counts.is_standard +
                counts.is_utc);
        counts = take_header(in, version);
        time_size = 8;
    }
    transitions_.reserve(counts.transitions);
    for (std::size_t i = 0; i < counts.transitions; ++i) transitions_.push_back(in.number(time_size));
    const std::string_view type_indexes = in.take(counts.transitions);
    std::vector<std::int32_t> types;
    for (std::size_t i = 0; i < counts.types; ++i) {
        types.push_back(static_cast<std::int32_t>(in.number(4)));
        in.take(2);  // is daylight saving; index of the abbreviation
    }
    for (const char c : type_indexes) {
        const auto index = static_cast<unsigned char>(c);
        if (index >= types.size()) in.take(in.rest().size() + 1);
        offsets_.push_back(types[index]);
    }
    if (types.empty() || !std::is_sorted(transitions_.begin(), transitions_.end())) in.take(in.rest().size() + 1);
    first_offset_ = types[0];  // RFC 8536: type 0 holds before the first transition
    in.take(counts.characters + counts.leaps * (time_size + 4) + counts.is_standard + counts.is_utc);
    if (time_size == 8 && !in.rest().empty() && in.take(1) == "\n")
        rule_ = parse_yearly_rule(in.rest().substr(0, in.rest().find('\n')));

    // Offsets beyond what a DateTime holds (none are known) would be damage.
    const auto within = [](std::int32_t offset) { return offset >= -offset_max && offset <= offset_max; };
    if (!within(first_offset_) || !std::all_of(offsets_.begin(), offsets_.end(), within) ||
        (rule_ && (!within(rule_->standard) || !within(rule_->daylight))))
        in.take(in.rest().size() + 1);
}

std::int32_t ZoneRules::offset_at(std::int64_t utc_seconds) const noexcept {
    if (transitions_.empty()) return rule_ ? rule_->offset_at(utc_seconds) : first_offset_;
    if (utc_seconds < transitions_.front()) return first_offset_;
    if (utc_seconds >= transitions_.back() && rule_) return rule_->offset_at(utc_seconds);
    const auto next = std::upper_bound(transitions_.begin(), transitions_.end(), utc_seconds);
    return offsets_[static_cast<std::size_t>(next - transitions_.begin()) - 1];
}

ZoneRules::Local ZoneRules::resolve(std::int64_t local_seconds, std::optional<std::int32_t> preferred) const noexcept {
    // The instant lies within offset_max of the local time read as UTC, and no zone changes twice in so short a
    // stretch: the offsets at both its ends are the only candidates.
    const std::int32_t before = offset_at(local_seconds - offset_max);
    const std::int32_t after = offset_at(local_seconds + offset_max);
    const auto holds = [&](std::int32_t offset) { return offset_at(local_seconds - offset) == offset; };
    const bool before_holds = holds(before), after_holds = holds(after);
    if (preferred && ((before_holds && *preferred == before) || (after_holds && *preferred == after)))
        return {local_seconds - *preferred, *preferred};
    if (before_holds) return {local_seconds - before, before};
    if (after_holds) return {local_seconds - after, after};
    const std::int64_t utc = local_seconds - before;  // in a gap: forward by its length
    return {utc, offset_at(utc)};
}

bool is_zone_name(std::string_view name) noexcept {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
               c == '-' || c == '/';
    };
    return !name.empty() && name.size() <= zone_name_size_max && name.front() != '/' && name.back() != '/' &&
           std::all_of(name.begin(), name.end(), allowed);
}

ZoneRules load_zone(const std::filesystem::path& directory, std::string_view name) {
    const auto unknown = [&] {
        Error error{Code::invalid_temporal, "there is no time zone " + quoted(name)};
        if (std::error_code ignored; !std::filesystem::is_directory(directory, ignored))
            return std::move(error).with_hint("no time zone data in " + directory.string() +
                                              ": install the package tzdata");
        return std::move(error).with_hint("use an IANA name such as Europe/Stockholm, or an offset such as +01:00");
    };
    // The characters allowed leave no way out of the directory. posix/ and right/ are other views of the same data.
    if (!is_zone_name(name) || name.starts_with("right/") || name.starts_with("posix/")) throw unknown();
    const std::filesystem::path path = directory / name;
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed)) throw unknown();
    if (std::filesystem::file_size(path, failed) > tzif_size_max || failed) throw unknown();
    std::ifstream file{path, std::ios::binary};
    const std::string data{std::istreambuf_iterator<char>{file}, {}};
    if (!file || !data.starts_with("TZif")) throw unknown();
    return ZoneRules{name, data};
}

const ZoneRules& rules_of(ZoneId zone) { return zones().rules(zone); }

DateTime at_zone(LocalDateTime local, const ZoneSpec& zone, std::optional<std::int32_t> preferred) {
    DateTime result;
    result.nanos = static_cast<std::uint32_t>(local.nanos) & 0x3FFFFFFF;
    result.zone = static_cast<std::uint16_t>(zone.zone) & 0x3FFF;
    if (zone.zone == ZoneId::none) {
        result.offset = zone.offset;
        result.seconds = local.seconds - zone.offset;
    } else {
        const ZoneRules::Local resolved = rules_of(zone.zone).resolve(local.seconds, preferred);
        result.offset = resolved.offset;
        result.seconds = resolved.utc_seconds;
    }
    return result;
}

DateTime in_zone(const DateTime& value, const ZoneSpec& zone) {
    DateTime result = value;
    result.zone = static_cast<std::uint16_t>(zone.zone) & 0x3FFF;
    result.offset = zone.zone == ZoneId::none ? zone.offset : rules_of(zone.zone).offset_at(value.seconds);
    return result;
}

ZoneSpec zone_of(const DateTime& value) noexcept { return {value.zone_id(), value.offset}; }

}  // namespace temporal

ZoneId intern_zone(std::string_view name) {
    if (!temporal::is_zone_name(name))
        throw Error{Code::invalid_temporal, quoted(name) + " is not the name of a time zone"};
    return temporal::zones().intern(name);
}

std::string_view zone_name(ZoneId id) noexcept { return temporal::zones().name(id); }

}  // namespace mainstay
