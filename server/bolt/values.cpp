#include "bolt/values.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/core/temporal_functions.hpp"
#include "mainstay/core/utf8.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

namespace mainstay::server {
namespace {

namespace tag {
constexpr std::uint8_t node = 0x4E, relationship = 0x52, unbound_relationship = 0x72, path = 0x50;
constexpr std::uint8_t date = 0x44, time = 0x54, local_time = 0x74, local_datetime = 0x64, duration = 0x45;
constexpr std::uint8_t datetime_utc = 0x49, datetime_utc_zone = 0x69;      // seconds of UTC
constexpr std::uint8_t datetime_local = 0x46, datetime_local_zone = 0x66;  // seconds of the local time
constexpr std::uint8_t point_2d = 0x58, point_3d = 0x59, vector = 0x56;
}  // namespace tag

constexpr std::int64_t nanos_per_day = 86'400'000'000'000;
constexpr std::int64_t nanos_per_second = 1'000'000'000;
constexpr int offset_max = 64'800;

class Writer {
public:
    Writer(ValueForm form, PackWriter& out) : form_(form), out_(out) {}

    void operator()(std::monostate) { out_.null(); }
    void operator()(bool value) { out_.boolean(value); }
    void operator()(std::int64_t value) { out_.integer(value); }
    void operator()(double value) { out_.floating(value); }
    void operator()(const String& value) { out_.string(value.view()); }
    void operator()(const List& value) {
        out_.list(value.items->size());
        for (const Value& each : *value.items) write(each);
    }
    void operator()(const Map& value) {
        out_.map(value.entries->size());
        for (const auto& [key, each] : *value.entries) {
            out_.string(key);
            write(each);
        }
    }
    void operator()(Date value) { fields(tag::date, value.days); }
    void operator()(LocalTime value) { fields(tag::local_time, value.nanos); }
    void operator()(Time value) { fields(tag::time, value.nanos, value.offset); }
    void operator()(LocalDateTime value) { fields(tag::local_datetime, value.seconds, value.nanos); }
    void operator()(DateTime value) {
        const std::int64_t seconds = form_.utc_times ? value.seconds : value.seconds + value.offset;
        if (const auto zone = zone_name(value.zone_id()); !zone.empty()) {
            out_.structure(form_.utc_times ? tag::datetime_utc_zone : tag::datetime_local_zone, 3);
            out_.integer(seconds);
            out_.integer(value.nanos);
            out_.string(zone);
        } else {
            fields(form_.utc_times ? tag::datetime_utc : tag::datetime_local, seconds, value.nanos, value.offset);
        }
    }
    void operator()(const Shared<Duration>& value) {
        fields(tag::duration, value->months, value->days, value->seconds, value->nanos);
    }
    void operator()(Node value) {
        const Properties& of = *value.source;
        out_.structure(tag::node, form_.has_element_ids ? 4 : 3);
        out_.integer(raw(value.id));
        const auto labels = of.names().labels_of(of.shape(value.id));
        out_.list(labels.size());
        for (const LabelId label : labels) out_.string(of.names().label(label));
        properties(of, value.id);
        if (form_.has_element_ids) out_.string(of.element_id(value.id));
    }
    void operator()(Relationship value) {
        const Properties& of = *value.source;
        const Ends ends = of.ends(value.id);
        out_.structure(tag::relationship, form_.has_element_ids ? 8 : 5);
        out_.integer(raw(value.id));
        out_.integer(raw(ends.source));
        out_.integer(raw(ends.target));
        out_.string(of.names().type(ends.type));
        properties(of, value.id);
        if (!form_.has_element_ids) return;
        out_.string(of.element_id(value.id));
        out_.string(of.element_id(ends.source));
        out_.string(of.element_id(ends.target));
    }
    // Distinct nodes and relationships, and how the path goes through them: the relationship's number from 1, negative
    // if it is travelled against its direction, then the node's from 0; the first node is left out.
    void operator()(const Path& value) {
        const PathData& path = *value.data;
        std::vector<Node> nodes;
        std::vector<Relationship> rels;
        const auto number_in = [](auto& all, auto each) {
            const auto found =
                std::find_if(all.begin(), all.end(), [&](const auto& other) { return other.id == each.id; });
            const auto number = found - all.begin();
            if (found == all.end()) all.push_back(each);
            return static_cast<std::int64_t>(number);
        };
        std::vector<std::int64_t> way;
        number_in(nodes, path.nodes.front());
        for (std::size_t i = 0; i < path.rels.size(); ++i) {
            const std::int64_t rel = number_in(rels, path.rels[i]) + 1;
            way.push_back(path.forward[i] ? rel : -rel);
            way.push_back(number_in(nodes, path.nodes[i + 1]));
        }
        out_.structure(tag::path, 3);
        out_.list(nodes.size());
        for (const Node& node : nodes) (*this)(node);
        out_.list(rels.size());
        for (const Relationship& rel : rels) {
            const Properties& of = *rel.source;
            out_.structure(tag::unbound_relationship, form_.has_element_ids ? 4 : 3);
            out_.integer(raw(rel.id));
            out_.string(of.names().type(of.ends(rel.id).type));
            properties(of, rel.id);
            if (form_.has_element_ids) out_.string(of.element_id(rel.id));
        }
        out_.list(way.size());
        for (const std::int64_t step : way) out_.integer(step);
    }

    void write(const Value& value) { std::visit(*this, value.data()); }

private:
    template <typename... Fields>
    void fields(std::uint8_t tag, Fields... values) {
        out_.structure(tag, sizeof...(values));
        (out_.integer(values), ...);
    }
    template <typename Id>
    void properties(const Properties& of, Id id) {
        std::vector<std::pair<KeyId, Value>> all;
        of.visit_properties(id, [&](KeyId key, const Value& value) {
            if (!value.is_null()) all.emplace_back(key, value);
        });
        out_.map(all.size());
        for (const auto& [key, value] : all) {
            out_.string(of.names().key(key));
            write(value);
        }
    }

    ValueForm form_;
    PackWriter& out_;
};

class Reader {
public:
    Reader(PackReader& in, ValueForm form) : in_(in), form_(form) {}

    Value read(std::uint32_t depth = 0) {
        if (depth > value_depth_max) throw Error{Code::nesting_too_deep, "a parameter is nested too deep"};
        switch (in_.peek()) {
            case PackKind::null: in_.null(); return {};
            case PackKind::boolean: return in_.boolean();
            case PackKind::integer: return in_.integer();
            case PackKind::floating: return in_.floating();
            case PackKind::string: return text();
            case PackKind::bytes: refuse("bytes; encode them as text");
            case PackKind::list: {
                ValueList items(in_.list());
                for (Value& item : items) item = read(depth + 1);
                return Value::list(std::move(items));
            }
            case PackKind::map: {
                ValueMapEntries entries(in_.map());
                for (auto& [key, value] : entries) {
                    key = text();
                    value = read(depth + 1);
                }
                return Value::map(std::move(entries));
            }
            case PackKind::structure: {
                Value value = read_structure();
                if (!is_storable(value)) refuse("a time out of range: years are -999,999,999 to 999,999,999");
                return value;
            }
        }
        return {};
    }

private:
    [[noreturn]] static void refuse(const std::string& what) {
        throw Error{Code::invalid_argument_value, "a parameter holds " + what};
    }
    std::string_view text() {
        const std::string_view read = in_.string();
        if (first_invalid_utf8(read)) refuse("text that is not UTF-8");
        return read;
    }
    std::int64_t number(std::int64_t least, std::int64_t most) {
        const std::int64_t value = in_.integer();
        if (value < least || value > most) refuse(fmt::format("a time whose part {} is out of range", value));
        return value;
    }
    std::int64_t any() { return in_.integer(); }
    std::int32_t nanos() { return static_cast<std::int32_t>(number(0, nanos_per_second - 1)); }
    std::int32_t offset() { return static_cast<std::int32_t>(number(-offset_max, offset_max)); }

    Value read_structure() {
        const auto [tag, fields] = in_.structure();
        const auto require = [&](std::uint32_t wanted) {
            if (fields != wanted)
                throw ProtocolError{fmt::format("structure {:02X} has {} fields, not {}", tag, wanted, fields)};
        };
        switch (tag) {
            case tag::date: require(1); return Date{any()};
            case tag::local_time: require(1); return LocalTime{number(0, nanos_per_day - 1)};
            case tag::time: {
                require(2);
                const std::int64_t of_day = number(0, nanos_per_day - 1);
                return Time{of_day, offset()};
            }
            case tag::local_datetime: {
                require(2);
                const std::int64_t seconds = any();
                return LocalDateTime{seconds, nanos()};
            }
            case tag::datetime_utc:
            case tag::datetime_local: {
                require(3);
                const std::int64_t seconds = any();
                const std::int32_t part = nanos();
                return datetime(tag == tag::datetime_utc, seconds, part, offset());
            }
            case tag::datetime_utc_zone:
            case tag::datetime_local_zone: {
                require(3);
                const std::int64_t seconds = any();
                const std::int32_t part = nanos();
                return datetime_in_zone(tag == tag::datetime_utc_zone, seconds, part, in_.string());
            }
            case tag::duration: {
                require(4);
                const std::int64_t months = any(), days = any(), seconds = any();
                return Duration{months, days, seconds, nanos()};
            }
            case tag::point_2d:
            case tag::point_3d: refuse("a point, which this language has not");
            case tag::vector: refuse("a vector, which this language has not");
            case tag::node:
            case tag::relationship:
            case tag::unbound_relationship:
            case tag::path: refuse("a node, relationship or path; pass its element id instead");
            default: throw ProtocolError{fmt::format("structure {:02X} is not known", tag)};
        }
    }

    // Without `is_utc` the seconds are of the local time.
    static std::int64_t seconds_of_utc(bool is_utc, std::int64_t seconds, std::int32_t offset) {
        constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() - offset_max;
        if (seconds > most || seconds < -most) refuse("a time out of range");
        return is_utc ? seconds : seconds - offset;
    }
    static Value datetime(bool is_utc, std::int64_t seconds, std::int32_t nanos, std::int32_t offset) {
        DateTime value;
        value.seconds = seconds_of_utc(is_utc, seconds, offset);
        value.nanos = static_cast<std::uint32_t>(nanos) & 0x3FFFFFFF;
        value.offset = offset;
        return value;
    }
    static Value datetime_in_zone(bool is_utc, std::int64_t seconds, std::int32_t nanos, std::string_view zone) {
        const std::int64_t plain = seconds_of_utc(true, seconds, 0);
        try {
            if (is_utc)
                return current_temporal(ValueType::datetime, datetime(true, plain, nanos, 0).get<DateTime>(), zone);
            // By the way of text, which knows the zones' rules.
            if (const auto value = parse_datetime(fmt::format("{}[{}]", to_string(LocalDateTime{plain, nanos}), zone)))
                return *value;
        } catch (const Error&) {
            // Said below.
        }
        refuse(fmt::format("a time in the zone {}, which is not known", quoted(zone)));
    }

    PackReader& in_;
    ValueForm form_;
};

}  // namespace

void write_value(const Value& value, ValueForm form, PackWriter& out) { Writer{form, out}.write(value); }
Value read_value(PackReader& in, ValueForm form) { return Reader{in, form}.read(); }

}  // namespace mainstay::server
