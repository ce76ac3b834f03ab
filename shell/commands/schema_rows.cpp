#include "commands/schema_rows.hpp"

#include "commands/report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::shell {
namespace {

std::string_view name_of(SchemaKind kind) {
    switch (kind) {
        case SchemaKind::range_index: return "index";
        case SchemaKind::unique: return "unique";
        case SchemaKind::exists: return "required";
        case SchemaKind::node_key: return "key";
    }
    return "";
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

Value count_of_class(const View& view, const std::string& name) {
    const LabelId label = view.names().find_label(name);
    return label == no_label ? Value{0} : count_value(view.count_nodes(label));
}

void add_class(const View& view, const ClassDeclaration& c, std::size_t depth, std::vector<std::vector<Value>>& rows) {
    const Model& model = view.model();
    std::vector<std::string> keys, own;
    for (const auto& key : model.keys_of(c.name))
        keys.push_back(key.size() == 1 ? key.front() : "(" + joined(key) + ")");
    for (const Attribute& attribute : c.attributes) own.push_back(attribute.name);
    rows.push_back({Value{std::string(2 * depth, ' ') + c.name + (c.is_abstract ? " (abstract)" : "")},
                    count_of_class(view, c.name), Value{joined(keys)}, Value{joined(own)}});
    for (const ClassDeclaration& child : model.classes())
        if (child.parent == c.name) add_class(view, child, depth + 1, rows);
}

std::string failure_of(const RelationshipDeclaration& type) {
    if (type.depends == DependsEnd::none) return "";
    static constexpr std::string_view effects[] = {"no effect", "soft", "hard", "by path"};
    const std::string_view who = type.depends == DependsEnd::source   ? "source depends on target"
                                 : type.depends == DependsEnd::target ? "target depends on source"
                                                                      : "each depends on the other";
    return fmt::format("{}, {}{}", who, effects[static_cast<std::size_t>(type.effect)],
                       type.grouped ? ", grouped" : "");
}

}  // namespace

std::vector<std::string> schema_columns() { return {"name", "kind", "on", "class or type", "keys", "from"}; }

std::vector<std::vector<Value>> schema_rows(const View& view) {
    std::vector<std::vector<Value>> rows;
    for (const SchemaEntry& entry : view.schema())
        rows.push_back({Value{entry.name}, Value{name_of(entry.kind)},
                        Value{entry.element == ElementKind::node ? "node" : "relationship"}, Value{entry.label},
                        Value{joined(entry.keys)}, Value{entry.from_model ? "class model" : "statement"}});
    return rows;
}

std::vector<std::string> class_columns() { return {"class", "nodes", "identified by", "own attributes"}; }

std::vector<std::vector<Value>> class_rows(const View& view) {
    std::vector<std::vector<Value>> rows;
    const Model& model = view.model();
    for (const ClassDeclaration& c : model.classes())
        if (c.parent.empty()) add_class(view, c, 0, rows);
    const Names& names = view.names();
    for (std::uint32_t i = 0; !names.label(LabelId{i}).empty(); ++i) {
        const std::string_view name = names.label(LabelId{i});
        if (!model.find_class(name))
            rows.push_back({Value{name}, count_value(view.count_nodes(LabelId{i})), Value{""}, Value{""}});
    }
    return rows;
}

std::vector<std::string> type_columns() { return {"type", "relationships", "inverse", "from", "to", "failure"}; }

std::vector<std::vector<Value>> type_rows(const View& view) {
    std::vector<std::vector<Value>> rows;
    const Names& names = view.names();
    const auto count = [&](std::string_view name) {
        const TypeId type = names.find_type(name);
        return type == no_type ? Value{0} : count_value(view.count_rels(type));
    };
    const Model& model = view.model();
    for (const RelationshipDeclaration& type : model.types())
        rows.push_back({Value{type.name}, count(type.name), Value{type.inverse}, Value{joined(type.sources)},
                        Value{joined(type.targets)}, Value{failure_of(type)}});
    for (std::uint32_t i = 0; !names.type(TypeId{i}).empty(); ++i) {
        const std::string_view name = names.type(TypeId{i});
        if (!model.find_type(name))
            rows.push_back({Value{name}, count(name), Value{""}, Value{""}, Value{""}, Value{""}});
    }
    return rows;
}

}  // namespace mainstay::shell
