#include "mainstay/connect/captions.hpp"

#include "mainstay/core/model.hpp"
#include "mainstay/storage/view.hpp"

#include <algorithm>
#include <array>

namespace mainstay {
namespace {

// Tried in this order where the class model names no key.
constexpr std::array<std::string_view, 7> usual_names = {"name", "id", "key", "hostname", "title", "label", "number"};

const Model* model_of(const Properties& source) {
    const auto* view = dynamic_cast<const View*>(&source);
    return view ? &view->model() : nullptr;
}

void add_key(const Names& names, std::string_view name, std::vector<KeyId>& keys) {
    const KeyId key = names.find_key(name);
    if (key != no_key && std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
}

}  // namespace

const Captions::ShapeNames& Captions::of(const Properties& source, ShapeId shape) {
    if (names_ != &source.names()) {
        shapes_.clear();
        names_ = &source.names();
    }
    const auto [found, is_new] = shapes_.try_emplace(raw(shape));
    ShapeNames& result = found->second;
    if (!is_new) return result;
    const Model* model = model_of(source);
    const auto labels = names_->labels_of(shape);
    std::vector<std::string> ancestors;  // of any label, itself left out
    for (const LabelId label : labels) {
        const std::string name{names_->label(label)};
        if (!model || !model->find_class(name)) continue;
        for (const auto& keys : model->keys_of(name))
            if (keys.size() == 1) add_key(*names_, keys.front(), result.keys);
        const auto parents = model->ancestors(name);
        ancestors.insert(ancestors.end(), parents.begin() + 1, parents.end());
    }
    for (const std::string_view name : usual_names) add_key(*names_, name, result.keys);
    for (const LabelId label : labels) {
        const std::string_view name = names_->label(label);
        if (!result.label.empty() && std::find(ancestors.begin(), ancestors.end(), name) != ancestors.end()) continue;
        if (result.label.empty() || std::find(ancestors.begin(), ancestors.end(), result.label) != ancestors.end())
            result.label = name;
    }
    return result;
}

const std::vector<KeyId>& Captions::naming_keys(const Properties& source, ShapeId shape) {
    return of(source, shape).keys;
}

std::optional<std::string> Captions::caption(const Node& node) {
    for (const KeyId key : of(*node.source, node.source->shape(node.id)).keys) {
        const Value value = node.source->property(node.id, key);
        if (!value.is_null()) return to_text(value);
    }
    return std::nullopt;
}

std::optional<std::string> Captions::title(const Node& node) {
    const KeyId key = node.source->names().find_key("name");
    if (key == no_key) return std::nullopt;
    const Value value = node.source->property(node.id, key);
    if (!value.is(ValueType::string) || caption(node) == value.as_string()) return std::nullopt;
    return std::string{value.as_string()};
}

std::string Captions::label(const Node& node) { return of(*node.source, node.source->shape(node.id)).label; }

std::string Captions::name(const Node& node) {
    if (std::optional<std::string> found = caption(node)) return *found;
    const std::string id = node.source->element_id(node.id);
    const std::string class_name = label(node);
    return class_name.empty() ? id : class_name + " " + id;
}

}  // namespace mainstay
