#include "mainstay/connect/find_element.hpp"

#include "mainstay/connect/captions.hpp"

#include "mainstay/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace mainstay {
namespace {

constexpr std::size_t candidates_max = 200'000;  // of names looked at for a hint
constexpr std::size_t listed_max = 10;
constexpr std::array<std::string_view, 2> walked_keys = {"name", "id"};

bool is_of_class(const View& view, NodeId node, std::string_view class_name) {
    if (class_name.empty()) return true;
    for (const LabelId label : view.names().labels_of(view.shape(node))) {
        const std::string_view name = view.names().label(label);
        if (name == class_name || view.model().is_a(name, class_name)) return true;
    }
    return false;
}

// Keys are compared as text, and as an integer if that is what they look like.
std::vector<Value> readings_of(std::string_view key) {
    std::vector<Value> readings = {Value{key}};
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
    if (error == std::errc{} && end == key.data() + key.size()) readings.emplace_back(number);
    return readings;
}

std::optional<NodeId> by_element_id(const View& view, std::string_view key) {
    const std::size_t colon = key.rfind(':');
    if (colon == std::string_view::npos || key.find(":n:") == std::string_view::npos) return std::nullopt;
    std::uint32_t number = 0;
    const std::string_view digits = key.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    const NodeId node{number};
    if (number >= view.node_limit() || !view.contains(node) || view.element_id(node) != key) return std::nullopt;
    return node;
}

void add_distinct(std::vector<NodeId>& nodes, NodeId node) {
    if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
}

std::vector<NodeId> by_unique_key(const View& view, const std::vector<Value>& readings, std::string_view class_name) {
    std::vector<NodeId> found;
    for (const SchemaEntry& entry : view.schema()) {
        const bool is_unique = entry.kind == SchemaKind::unique || entry.kind == SchemaKind::node_key;
        if (!is_unique || entry.element != ElementKind::node || entry.keys.size() != 1) continue;
        for (const Value& reading : readings)
            for (const std::uint32_t id : view.seek(entry.id, std::span{&reading, 1}))
                if (is_of_class(view, NodeId{id}, class_name)) add_distinct(found, NodeId{id});
    }
    return found;
}

std::vector<NodeId> by_walk(const View& view, const std::vector<Value>& readings, std::string_view class_name) {
    std::vector<NodeId> found;
    for (const std::string_view name : walked_keys) {
        const KeyId key = view.names().find_key(name);
        if (key == no_key) continue;
        view.for_each_node(no_label, [&](NodeId node) {
            const Value value = view.property(node, key);
            const bool is_it = std::any_of(readings.begin(), readings.end(), [&](const Value& reading) {
                return equals(value, reading) == Ternary::yes;
            });
            if (is_it && is_of_class(view, node, class_name)) add_distinct(found, node);
        });
        if (!found.empty()) break;
    }
    return found;
}

Error not_found(const View& view, std::string_view key, std::string_view class_name) {
    Captions captions;
    std::vector<std::string> names;
    view.for_each_node(no_label, [&](NodeId node) {
        if (names.size() >= candidates_max || !is_of_class(view, node, class_name)) return;
        if (auto caption = captions.caption(Node{&view, node})) names.push_back(std::move(*caption));
    });
    std::string hint = nearest(key, names);
    if (hint.empty()) hint = "give an identification key, a unique attribute, a name or an element id";
    return Error{Code::entity_not_found,
                 fmt::format("nothing{} is called {}", class_name.empty() ? "" : " of class " + std::string{class_name},
                             quoted(key))}
        .with_hint(std::move(hint));
}

// Of a class that neither the model nor a node has, nothing is found; that is another mistake.
void require_class(const View& view, const std::string& class_name) {
    if (class_name.empty() || view.model().find_class(class_name) || view.names().find_label(class_name) != no_label)
        return;
    std::vector<std::string> known;
    for (const ClassDeclaration& each : view.model().classes()) known.push_back(each.name);
    throw Error{Code::unknown_label, "there is no class " + quoted(class_name)}.with_hint(nearest(class_name, known));
}

}  // namespace

NodeId find_element(const View& view, std::string_view key, std::string_view class_name) {
    require_class(view, std::string{class_name});
    if (const auto node = by_element_id(view, key)) return *node;
    const std::vector<Value> readings = readings_of(key);
    std::vector<NodeId> found = by_unique_key(view, readings, class_name);
    if (found.empty()) found = by_walk(view, readings, class_name);
    if (found.size() == 1) return found.front();
    if (found.empty()) throw not_found(view, key, class_name);
    Captions captions;
    std::string list;
    for (std::size_t i = 0; i < std::min(found.size(), listed_max); ++i)
        list += fmt::format("{}{} {}", i ? ", " : "", captions.label(Node{&view, found[i]}), view.element_id(found[i]));
    if (found.size() > listed_max) list += ", …";
    throw Error{Code::invalid_argument_value,
                fmt::format("{} elements are called {}: {}", found.size(), quoted(key), list)}
        .with_hint("say which by its class, or give the element id");
}

}  // namespace mainstay
