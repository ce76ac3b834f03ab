#include "bolt_client.hpp"

#include "mainstay/core/temporal_functions.hpp"
#include "mainstay/core/value.hpp"

#include <stdexcept>

namespace mainstay::tck {
namespace {

using Kind = TextValue::Kind;
using server::PackKind;
using server::PackReader;
using server::PackWriter;

constexpr std::uint8_t node_tag = 'N', rel_tag = 'R', unbound_rel_tag = 'r', path_tag = 'P';

[[noreturn]] void refuse(const std::string& why) { throw std::runtime_error("the server sent " + why); }

TextValue text(std::string_view of) {
    TextValue value;
    value.kind = Kind::string;
    value.text = of;
    return value;
}

void read_entries(PackReader& in, std::vector<TextEntry>& entries) {
    for (std::uint32_t left = in.map(); left > 0; --left) {
        std::string key(in.string());
        entries.push_back({std::move(key), read_bolt_value(in)});
    }
}

void require_element_id(PackReader& in) {
    if (in.string().empty()) refuse("an element without an element id");
}

TextValue read_node(PackReader& in) {
    TextValue node;
    node.kind = Kind::node;
    (void)in.integer();
    for (std::uint32_t left = in.list(); left > 0; --left) node.labels.emplace_back(in.string());
    read_entries(in, node.entries);
    require_element_id(in);
    return node;
}

TextValue read_relationship(PackReader& in, bool has_ends) {
    TextValue rel;
    rel.kind = Kind::rel;
    (void)in.integer();
    if (has_ends) (void)in.integer(), (void)in.integer();
    rel.text = in.string();
    read_entries(in, rel.entries);
    for (int ids = has_ends ? 3 : 1; ids > 0; --ids) require_element_id(in);
    return rel;
}

TextValue read_element(PackReader& in, std::uint8_t tag) {
    const auto [found, fields] = in.structure();
    if (found != tag || fields != 4) refuse("a path whose parts are something else");
    return tag == node_tag ? read_node(in) : read_relationship(in, false);
}

// Its distinct nodes, its distinct relationships, and the way: in turn the number of a relationship, from 1, negative
// if it is travelled backwards, and that of a node, from 0. The first node is where the way begins.
TextValue read_path(PackReader& in) {
    std::vector<TextValue> nodes, rels;
    for (std::uint32_t left = in.list(); left > 0; --left) nodes.push_back(read_element(in, node_tag));
    for (std::uint32_t left = in.list(); left > 0; --left) rels.push_back(read_element(in, unbound_rel_tag));
    TextValue path;
    path.kind = Kind::path;
    path.items.push_back(nodes.at(0));
    const std::uint32_t numbers = in.list();
    if (numbers % 2 != 0) refuse("a path that ends in a relationship");
    for (std::uint32_t i = 0; i < numbers; i += 2) {
        const std::int64_t rel = in.integer(), node = in.integer();
        path.items.push_back(rels.at(static_cast<std::size_t>(rel > 0 ? rel : -rel) - 1));
        path.items.back().boolean = rel > 0;
        path.items.push_back(nodes.at(static_cast<std::size_t>(node)));
    }
    return path;
}

std::int32_t small(std::int64_t number) { return static_cast<std::int32_t>(number); }

TextValue read_structure(PackReader& in) {
    const auto [tag, fields] = in.structure();
    const auto require = [fields = fields](std::uint32_t wanted) {
        if (fields != wanted) refuse("a structure of the wrong size");
    };
    std::vector<std::int64_t> n;
    const auto integers = [&](std::uint32_t count) {
        while (count-- > 0) n.push_back(in.integer());
    };
    switch (tag) {
        case node_tag: require(4); return read_node(in);
        case rel_tag: require(8); return read_relationship(in, true);
        case path_tag: require(3); return read_path(in);
        case 'D': require(1), integers(1); return text(to_text(Date{n[0]}));
        case 't': require(1), integers(1); return text(to_text(LocalTime{n[0]}));
        case 'T': require(2), integers(2); return text(to_text(Time{n[0], small(n[1])}));
        case 'd': require(2), integers(2); return text(to_text(LocalDateTime{n[0], small(n[1])}));
        case 'E': require(4), integers(4); return text(to_text(Duration{n[0], n[1], n[2], small(n[3])}));
        case 'I':
            require(3), integers(3);
            {
                DateTime time = datetime_from_epoch(n[0], n[1]);
                time.offset = small(n[2]);
                return text(to_text(time));
            }
        case 'i':
            require(3), integers(2);
            return text(to_text(current_temporal(ValueType::datetime, datetime_from_epoch(n[0], n[1]), in.string())));
        default: refuse("a structure of the unknown kind " + std::to_string(tag));
    }
}

}  // namespace

TextValue read_bolt_value(PackReader& in) {
    TextValue value;
    switch (in.peek()) {
        case PackKind::null: in.null(); return value;
        case PackKind::boolean:
            value.kind = Kind::boolean;
            value.boolean = in.boolean();
            return value;
        case PackKind::integer:
            value.kind = Kind::integer;
            value.integer = in.integer();
            return value;
        case PackKind::floating:
            value.kind = Kind::floating;
            value.floating = in.floating();
            return value;
        case PackKind::string: return text(in.string());
        case PackKind::bytes: refuse("bytes");
        case PackKind::list:
            value.kind = Kind::list;
            for (std::uint32_t left = in.list(); left > 0; --left) value.items.push_back(read_bolt_value(in));
            return value;
        case PackKind::map:
            value.kind = Kind::map;
            read_entries(in, value.entries);
            return value;
        case PackKind::structure: return read_structure(in);
    }
    return value;
}

void write_bolt_value(const TextValue& value, PackWriter& out) {
    switch (value.kind) {
        case Kind::null: return out.null();
        case Kind::boolean: return out.boolean(value.boolean);
        case Kind::integer: return out.integer(value.integer);
        case Kind::floating: return out.floating(value.floating);
        case Kind::string: return out.string(value.text);
        case Kind::list:
            out.list(value.items.size());
            for (const TextValue& item : value.items) write_bolt_value(item, out);
            return;
        case Kind::map:
            out.map(value.entries.size());
            for (const auto& [key, entry] : value.entries) {
                out.string(key);
                write_bolt_value(entry, out);
            }
            return;
        case Kind::node:
        case Kind::rel:
        case Kind::path: throw std::runtime_error("an element is no parameter");
    }
}

}  // namespace mainstay::tck
