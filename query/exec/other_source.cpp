#include "exec/other_source.hpp"

#include <algorithm>

namespace mainstay::exec {
namespace {

bool holds_elements(const Value& value) {
    switch (value.type()) {
        case ValueType::node:
        case ValueType::relationship:
        case ValueType::path: return true;
        case ValueType::list: return std::any_of(value.as_list().begin(), value.as_list().end(), holds_elements);
        case ValueType::map:
            return std::any_of(value.as_map().begin(), value.as_map().end(),
                               [](const auto& entry) { return holds_elements(entry.second); });
        default: return false;
    }
}

}  // namespace

Value with_source(const Value& value, const SourceOf& of) {
    if (!holds_elements(value)) return value;
    const auto node = [&](Node n) { return Node{of.node(n.source, n.id), n.id}; };
    const auto rel = [&](Relationship r) { return Relationship{of.rel(r.source, r.id), r.id}; };
    switch (value.type()) {
        case ValueType::node: return node(value.as_node());
        case ValueType::relationship: return rel(value.as_relationship());
        case ValueType::path: {
            PathData path = value.as_path();
            for (Node& each : path.nodes) each = node(each);
            for (Relationship& each : path.rels) each = rel(each);
            return Value::path(std::move(path));
        }
        case ValueType::list: {
            ValueList items;
            for (const Value& item : value.as_list()) items.push_back(with_source(item, of));
            return Value::list(std::move(items));
        }
        case ValueType::map: {
            ValueMapEntries entries;
            for (const auto& [key, item] : value.as_map()) entries.emplace_back(key, with_source(item, of));
            return Value::map(std::move(entries));
        }
        default: return value;
    }
}

void push_with_source(Column& out, const Column& from, std::uint32_t row, const SourceOf& of) {
    const bool is_null = from.is_null(row);
    if (from.kind() == Column::Kind::node && !is_null) {
        const NodeId id{from.ids()[row]};
        out.push_node(of.node(from.source(), id), id);
    } else if (from.kind() == Column::Kind::rel && !is_null) {
        const RelId id{from.ids()[row]};
        out.push_rel(of.rel(from.source(), id), id);
    } else if (from.kind() == Column::Kind::value) {
        out.push(with_source(from.get(row), of));
    } else {
        out.append(from, row, 1);
    }
}

}  // namespace mainstay::exec
