#include "user_node.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/core/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mainstay {
namespace {

constexpr std::array<std::string_view, 2> class_names = {"User", "Person"};
constexpr std::string_view name_attribute = "name", id_attribute = "id";

bool has(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Label ids of the class and those below it.
std::vector<LabelId> labels_below(const View& view, std::string_view class_name) {
    std::vector<LabelId> labels;
    const auto add = [&](std::string_view name) {
        if (const auto id = view.names().find_label(name); id != no_label) labels.push_back(id);
    };
    if (view.model().find_class(class_name))
        for (const auto& name : view.model().descendants(class_name)) add(name);
    else
        add(class_name);
    return labels;
}

bool is_any_of(const View& view, NodeId node, const std::vector<LabelId>& labels) {
    const auto own = view.names().labels_of(view.shape(node));
    return std::any_of(own.begin(), own.end(),
                       [&](LabelId label) { return std::find(labels.begin(), labels.end(), label) != labels.end(); });
}

// An index that finds nodes of the class by the attribute.
std::optional<IndexId> index_of(const View& view, std::string_view class_name, const std::string& attribute) {
    const auto above = view.model().ancestors(class_name);
    for (const auto& entry : view.schema())
        if (entry.element == ElementKind::node && entry.kind != SchemaKind::exists && entry.keys.size() == 1 &&
            entry.keys.front() == attribute && (entry.label == class_name || has(above, entry.label)))
            return entry.id;
    return std::nullopt;
}

}  // namespace

UserClass user_class_of(const Model& model) {
    if (model.is_empty())
        return {std::string(class_names.front()), {std::string(name_attribute)}, {std::string(name_attribute)}};
    for (const auto name : class_names) {
        const auto* declaration = model.find_class(name);
        if (!declaration || declaration->is_abstract) continue;
        UserClass users{std::string(name), {}, {}};
        const auto attributes = model.attributes_of(name);
        const auto is_text = [&](std::string_view attribute) {
            return std::any_of(attributes.begin(), attributes.end(), [&](const Attribute& a) {
                return a.name == attribute && a.type == AttributeType::string;
            });
        };
        for (const auto& key : model.keys_of(name))
            if (key.size() == 1 && is_text(key.front())) users.attributes.push_back(key.front());
        if (has(users.attributes, id_attribute))
            users.given.emplace_back(id_attribute);
        else if (!users.attributes.empty())
            users.given.push_back(users.attributes.front());
        if (is_text(name_attribute)) {
            if (!has(users.attributes, name_attribute)) users.attributes.emplace_back(name_attribute);
            if (!has(users.given, name_attribute)) users.given.emplace_back(name_attribute);
        }
        if (!users.attributes.empty()) return users;
    }
    throw Error{
        Code::unknown_label,
        "the class model has no class User or Person with a name or a key of one text, so that there is nothing "
        "for accounts to be of"}
        .with_hint("add such a class with `mainstay model load`, or say which node the account is of");
}

std::optional<NodeId> find_user(const View& view, const UserClass& users, std::string_view account_name) {
    const auto labels = labels_below(view, users.name);
    if (labels.empty()) return std::nullopt;
    const Value wanted{account_name};
    for (const auto& attribute : users.attributes) {
        const auto key = view.names().find_key(attribute);
        if (key == no_key) continue;
        std::vector<NodeId> found;
        if (const auto index = index_of(view, users.name, attribute)) {
            for (const auto id : view.seek(*index, {&wanted, 1}))
                if (is_any_of(view, NodeId{id}, labels)) found.push_back(NodeId{id});
        } else {
            view.for_each_node(no_label, [&](NodeId node) {
                if (is_any_of(view, node, labels) && equals(view.property(node, key), wanted) == Ternary::yes)
                    found.push_back(node);
            });
        }
        if (found.size() > 1)
            throw Error{Code::invalid_argument_value, fmt::format("{} nodes of class {} have {} = {}", found.size(),
                                                                  users.name, attribute, print(wanted))}
                .with_hint("say which one the account is of");
        if (found.size() == 1) return found.front();
    }
    return std::nullopt;
}

NodeId make_user(Transaction& transaction, const UserClass& users, std::string_view account_name) {
    const auto label = transaction.label(users.name);
    PropertyList properties;
    for (const auto& attribute : users.given) properties.emplace_back(transaction.key(attribute), Value{account_name});
    return transaction.create_node({&label, 1}, properties);
}

}  // namespace mainstay
