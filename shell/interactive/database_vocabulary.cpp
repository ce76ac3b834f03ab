#include "interactive/database_vocabulary.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace mainstay::shell {
namespace {

// Nodes looked at for values without an index: some tens of milliseconds.
constexpr std::size_t nodes_walked_max = 50'000;

bool is_shown(std::string_view name) { return !name.empty() && !name.starts_with('~'); }

std::optional<IndexId> index_of(const View& view, std::string_view class_name, std::string_view attribute) {
    const std::vector<SchemaEntry> schema = view.schema();
    for (const SchemaEntry& entry : schema) {
        if (entry.element != ElementKind::node || entry.kind == SchemaKind::exists) continue;
        if (entry.keys.size() != 1 || entry.keys.front() != attribute) continue;
        if (entry.label == class_name || view.model().is_a(class_name, entry.label)) return entry.id;
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::string> DatabaseVocabulary::classes() const {
    const ViewPtr view = database_.store().view();
    std::set<std::string> names;
    for (const ClassDeclaration& c : view->model().classes()) names.insert(c.name);
    for (std::uint32_t i = 0; !view->names().label(LabelId{i}).empty(); ++i)
        names.emplace(view->names().label(LabelId{i}));
    return {names.begin(), names.end()};
}

std::vector<std::string> DatabaseVocabulary::types() const {
    const ViewPtr view = database_.store().view();
    std::set<std::string> names;
    for (const RelationshipDeclaration& type : view->model().types()) {
        names.insert(type.name);
        if (!type.inverse.empty()) names.insert(type.inverse);
    }
    for (std::uint32_t i = 0; !view->names().type(TypeId{i}).empty(); ++i) names.emplace(view->names().type(TypeId{i}));
    return {names.begin(), names.end()};
}

std::vector<std::string> DatabaseVocabulary::attributes() const {
    const ViewPtr view = database_.store().view();
    std::set<std::string> names;
    for (std::uint32_t i = 0; !view->names().key(KeyId{i}).empty(); ++i)
        if (is_shown(view->names().key(KeyId{i}))) names.emplace(view->names().key(KeyId{i}));
    for (const ClassDeclaration& c : view->model().classes())
        for (const Attribute& attribute : c.attributes) names.insert(attribute.name);
    return {names.begin(), names.end()};
}

std::vector<std::string> DatabaseVocabulary::attributes_of(std::string_view class_name) const {
    const ViewPtr view = database_.store().view();
    std::vector<std::string> names;
    if (!view->model().find_class(class_name)) return names;
    for (const Attribute& attribute : view->model().attributes_of(class_name)) names.push_back(attribute.name);
    return names;
}

std::vector<std::string> DatabaseVocabulary::procedures() const {
    std::vector<std::string> names;
    for (const Procedure& procedure : database_.procedures()) names.push_back(procedure.name);
    return names;
}

std::vector<std::string> DatabaseVocabulary::parameters() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : parameters_) names.push_back(name);
    return names;
}

std::vector<std::string> DatabaseVocabulary::values(std::string_view class_name, std::string_view attribute,
                                                    std::string_view prefix, std::size_t limit) const {
    const ViewPtr view = database_.store().view();
    const KeyId key = view->names().find_key(attribute);
    if (key == no_key) return {};
    std::set<std::string> found;
    const auto take = [&](NodeId node) {
        const Value value = view->property(node, key);
        if (value.is(ValueType::string) && value.as_string().starts_with(prefix)) found.emplace(value.as_string());
        return found.size() < limit;
    };
    if (const auto index = index_of(*view, class_name, attribute)) {
        view->seek_prefix(*index, prefix, [&](std::uint32_t id) { return take(NodeId{id}); });
        return {found.begin(), found.end()};
    }
    const LabelId label = view->names().find_label(class_name);
    std::size_t walked = 0;
    std::vector<NodeId> nodes;
    for (std::uint32_t segment = 0; segment < view->node_segments() && walked < nodes_walked_max; ++segment) {
        nodes.clear();
        view->scan_nodes(segment, {}, nodes);
        for (const NodeId node : nodes) {
            ++walked;
            if (label != no_label) {
                const auto labels = view->names().labels_of(view->shape(node));
                const bool is_of_class = std::any_of(labels.begin(), labels.end(), [&](LabelId l) {
                    return l == label || view->model().is_a(view->names().label(l), class_name);
                });
                if (!is_of_class) continue;
            }
            if (!take(node)) return {found.begin(), found.end()};
        }
    }
    return {found.begin(), found.end()};
}

}  // namespace mainstay::shell
