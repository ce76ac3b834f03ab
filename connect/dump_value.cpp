#include "dump_value.hpp"

#include <fmt/core.h>

#include <cmath>
#include <limits>

namespace mainstay::connect {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void write_tagged(std::string_view tag, std::string_view text, std::string& out) {
    out += "{\"$";
    out += tag;
    out += "\":";
    write_text(text, out);
    out += '}';
}

void write_float(double number, std::string& out) {
    if (std::isnan(number)) return write_tagged("float", "NaN", out);
    if (std::isinf(number)) return write_tagged("float", number > 0 ? "Infinity" : "-Infinity", out);
    const std::string text = fmt::format("{}", number);  // the shortest that reads back equal
    out += text;
    if (text.find_first_of(".e") == std::string::npos) out += ".0";
}

template <typename T>
std::optional<Value> wrapped(const std::optional<T>& parsed) {
    return parsed ? std::optional{Value{*parsed}} : std::nullopt;
}

std::optional<Value> read_tagged(std::string_view tag, const std::string& text) {
    if (tag == "$date") return wrapped(parse_date(text));
    if (tag == "$local_time") return wrapped(parse_local_time(text));
    if (tag == "$time") return wrapped(parse_time(text));
    if (tag == "$local_datetime") return wrapped(parse_local_datetime(text));
    if (tag == "$datetime") return wrapped(parse_datetime(text));
    if (tag == "$duration") return wrapped(parse_duration(text));
    if (tag != "$float") return std::nullopt;
    if (text == "NaN") return Value{std::numeric_limits<double>::quiet_NaN()};
    if (text == "Infinity") return Value{infinity};
    if (text == "-Infinity") return Value{-infinity};
    return std::nullopt;
}

}  // namespace

void write_text(std::string_view text, std::string& out) {
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20)
                    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
                else
                    out += c;
        }
    }
    out += '"';
}

void write_value(const Value& value, std::string& out) {
    switch (value.type()) {
        case ValueType::boolean: out += value.as_bool() ? "true" : "false"; return;
        case ValueType::integer: out += std::to_string(value.as_int()); return;
        case ValueType::floating: write_float(value.as_double(), out); return;
        case ValueType::string: write_text(value.as_string(), out); return;
        case ValueType::date: write_tagged("date", to_string(value.get<Date>()), out); return;
        case ValueType::local_time: write_tagged("local_time", to_string(value.get<LocalTime>()), out); return;
        case ValueType::time: write_tagged("time", to_string(value.get<Time>()), out); return;
        case ValueType::local_datetime:
            write_tagged("local_datetime", to_string(value.get<LocalDateTime>()), out);
            return;
        case ValueType::datetime: write_tagged("datetime", to_string(value.get<DateTime>()), out); return;
        case ValueType::duration: write_tagged("duration", to_string(value.as_duration()), out); return;
        case ValueType::list: {
            out += '[';
            bool is_first = true;
            for (const Value& item : value.as_list()) {
                if (!is_first) out += ',';
                is_first = false;
                write_value(item, out);
            }
            out += ']';
            return;
        }
        default: out += "null"; return;  // nothing else is stored
    }
}

std::optional<Value> read_value(const Json& json) {
    switch (json.type()) {
        case Json::value_t::boolean: return Value{json.get<bool>()};
        case Json::value_t::number_integer: return Value{json.get<std::int64_t>()};
        case Json::value_t::number_unsigned:
            if (json.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                return std::nullopt;
            return Value{json.get<std::int64_t>()};
        case Json::value_t::number_float: return Value{json.get<double>()};
        case Json::value_t::string: return Value{json.get_ref<const std::string&>()};
        case Json::value_t::array: {
            ValueList items;
            for (const Json& item : json) {
                std::optional<Value> value = item.is_array() ? std::nullopt : read_value(item);
                if (!value) return std::nullopt;
                items.push_back(std::move(*value));
            }
            return Value::list(std::move(items));
        }
        case Json::value_t::object:
            if (json.size() != 1 || !json.begin().value().is_string()) return std::nullopt;
            return read_tagged(json.begin().key(), json.begin().value().get_ref<const std::string&>());
        default: return std::nullopt;
    }
}

}  // namespace mainstay::connect
