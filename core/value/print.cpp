#include "mainstay/core/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace mainstay {
namespace {

bool is_identifier(std::string_view name) noexcept {
    const auto letter = [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    };
    if (name.empty() || !letter(static_cast<unsigned char>(name[0]))) return false;
    return std::all_of(name.begin(), name.end(),
                       [&](char c) { return letter(static_cast<unsigned char>(c)) || (c >= '0' && c <= '9'); });
}

void print_name(std::string_view name, std::string& out) {
    if (is_identifier(name)) {
        out += name;
        return;
    }
    out += '`';
    for (const char c : name) {
        if (c == '`') out += '`';
        out += c;
    }
    out += '`';
}

void print_string(std::string_view text, std::string& out) {
    out += '\'';
    for (const char c : text) {
        switch (c) {
            case '\'': out += "\\'"; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
                    out += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
                else
                    out += c;
        }
    }
    out += '\'';
}

void print_to(const Value& v, std::string& out);

template <typename Id>
void print_properties(const Properties& source, Id id, bool space_before, std::string& out) {
    bool any = false;
    source.visit_properties(id, [&](KeyId key, const Value& value) {
        out += any ? ", " : space_before ? " {" : "{";
        any = true;
        print_name(source.names().key(key), out);
        out += ": ";
        print_to(value, out);
    });
    if (any) out += '}';
}

void print_node(const Node& node, std::string& out) {
    out += '(';
    if (node.source && node.source->contains(node.id)) {
        const Names& names = node.source->names();
        const auto labels = names.labels_of(node.source->shape(node.id));
        for (const LabelId label : labels) {
            out += ':';
            print_name(names.label(label), out);
        }
        print_properties(*node.source, node.id, !labels.empty(), out);
    }
    out += ')';
}

void print_relationship(const Relationship& rel, std::string& out) {
    out += '[';
    if (rel.source && rel.source->contains(rel.id)) {
        out += ':';
        print_name(rel.source->names().type(rel.source->ends(rel.id).type), out);
        print_properties(*rel.source, rel.id, true, out);
    }
    out += ']';
}

void print_path(const PathData& path, std::string& out) {
    out += '<';
    print_node(path.nodes.front(), out);
    for (std::size_t i = 0; i < path.rels.size(); ++i) {
        out += path.forward[i] ? "-" : "<-";
        print_relationship(path.rels[i], out);
        out += path.forward[i] ? "->" : "-";
        print_node(path.nodes[i + 1], out);
    }
    out += '>';
}

void print_temporal(std::string_view function, const std::string& text, std::string& out) {
    out += function;
    out += "('";
    out += text;
    out += "')";
}

void print_to(const Value& v, std::string& out) {
    switch (v.type()) {
        case ValueType::null: out += "null"; break;
        case ValueType::boolean: out += v.as_bool() ? "true" : "false"; break;
        case ValueType::integer: out += fmt::format_int(v.as_int()).c_str(); break;
        case ValueType::floating: out += print_float(v.as_double()); break;
        case ValueType::string: print_string(v.as_string(), out); break;
        case ValueType::list: {
            out += '[';
            bool first = true;
            for (const Value& item : v.as_list()) {
                if (!first) out += ", ";
                first = false;
                print_to(item, out);
            }
            out += ']';
            break;
        }
        case ValueType::map: {
            out += '{';
            bool first = true;
            for (const auto& [key, item] : v.as_map()) {
                if (!first) out += ", ";
                first = false;
                print_name(key, out);
                out += ": ";
                print_to(item, out);
            }
            out += '}';
            break;
        }
        case ValueType::date: print_temporal("date", to_string(v.get<Date>()), out); break;
        case ValueType::local_time: print_temporal("localtime", to_string(v.get<LocalTime>()), out); break;
        case ValueType::time: print_temporal("time", to_string(v.get<Time>()), out); break;
        case ValueType::local_datetime: print_temporal("localdatetime", to_string(v.get<LocalDateTime>()), out); break;
        case ValueType::datetime: print_temporal("datetime", to_string(v.get<DateTime>()), out); break;
        case ValueType::duration: print_temporal("duration", to_string(v.as_duration()), out); break;
        case ValueType::node: print_node(v.as_node(), out); break;
        case ValueType::relationship: print_relationship(v.as_relationship(), out); break;
        case ValueType::path: print_path(v.as_path(), out); break;
    }
}

}  // namespace

std::string print_float(double d) {
    if (std::isnan(d)) return "NaN";
    if (std::isinf(d)) return d > 0 ? "Infinity" : "-Infinity";
    if (d == 0) return std::signbit(d) ? "-0.0" : "0.0";

    char buffer[32];  // "-d.ddddddddddddddddde-ddd"
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, d, std::chars_format::scientific).ptr;
    const std::string_view scientific{buffer, static_cast<std::size_t>(end - buffer)};
    const std::size_t e = scientific.find('e');
    int exponent = 0;
    const std::size_t digits_of_exponent = scientific[e + 1] == '+' ? e + 2 : e + 1;
    std::from_chars(scientific.data() + digits_of_exponent, end, exponent);

    std::string result, digits;
    for (const char c : scientific.substr(0, e)) {
        if (c == '-') result += '-';
        if (c >= '0' && c <= '9') digits += c;
    }
    // As Double.toString of Java: plain from 10^-3 up to 10^7, otherwise one digit, the fraction, E and the exponent.
    if (exponent < -3 || exponent >= 7) {
        result += digits[0];
        result += '.';
        result += digits.size() > 1 ? digits.substr(1) : "0";
        return result + 'E' + std::to_string(exponent);
    }
    if (exponent < 0) {
        result += "0.";
        result.append(static_cast<std::size_t>(-exponent - 1), '0');
        return result + digits;
    }
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() < whole) digits.append(whole - digits.size(), '0');
    result += digits.substr(0, whole);
    result += '.';
    return result + (digits.size() > whole ? digits.substr(whole) : "0");
}

std::string print(const Value& v) {
    std::string out;
    print_to(v, out);
    return out;
}

std::string to_text(const Value& v) {
    switch (v.type()) {
        case ValueType::string: return std::string{v.as_string()};
        case ValueType::date: return to_string(v.get<Date>());
        case ValueType::local_time: return to_string(v.get<LocalTime>());
        case ValueType::time: return to_string(v.get<Time>());
        case ValueType::local_datetime: return to_string(v.get<LocalDateTime>());
        case ValueType::datetime: return to_string(v.get<DateTime>());
        case ValueType::duration: return to_string(v.as_duration());
        default: return print(v);
    }
}

}  // namespace mainstay
