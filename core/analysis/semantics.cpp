#include "mainstay/core/analysis.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <unordered_map>

namespace mainstay {

// What the labels of a shape mean together. Filled as shapes are asked for: shapes and labels may come after the
// Semantics.
struct Semantics::Memo {
    struct Shape {
        bool gate = false;
        std::vector<const DependencyType*> required;
        std::vector<TypeId> required_known;
        std::vector<std::pair<KeyId, StatusMap>> status;
    };

    Memo(const Model& the_model, const Names& the_names) : model(the_model), names(the_names) {}

    const Model& model;
    const Names& names;
    std::deque<DependencyType> required_types;  // by name, for `requires`; addresses stay
    std::unordered_map<std::string, const DependencyType*> required_by_name;
    std::vector<std::uint32_t> type_position;  // by TypeId, into types_; no_id: not a dependency

    std::mutex mutex;
    std::unordered_map<std::uint32_t, Shape> shapes;

    const Shape& shape(ShapeId id) {
        const std::lock_guard lock{mutex};
        const auto [found, is_new] = shapes.try_emplace(raw(id));
        if (is_new) fill(found->second, id);
        return found->second;  // nodes of the map stay where they are
    }

    void fill(Shape& shape, ShapeId id) const {
        for (const LabelId label : names.labels_of(id)) {
            const std::string_view name = names.label(label);
            if (!model.find_class(name)) continue;
            shape.gate = shape.gate || model.is_gate(name);
            for (const std::string& type : model.requires_of(name)) {
                const auto found = required_by_name.find(type);
                if (found == required_by_name.end()) continue;
                if (std::find(shape.required.begin(), shape.required.end(), found->second) != shape.required.end())
                    continue;
                shape.required.push_back(found->second);
                if (found->second->type != no_type) shape.required_known.push_back(found->second->type);
            }
            if (auto status = model.status_of(name)) {
                // The key may be unknown to the graph still: then nobody has the attribute, and everybody is up.
                const KeyId key = names.find_key(status->attribute);
                if (key != no_key) shape.status.emplace_back(key, std::move(*status));
            }
        }
    }
};

namespace {

bool carries_impact(const RelationshipDeclaration& declaration) {
    return declaration.depends != DependsEnd::none &&
           (declaration.effect == Effect::hard || declaration.effect == Effect::soft);
}

Semantics::DependencyType resolve(const RelationshipDeclaration& declaration, const Names& names) {
    Semantics::DependencyType result{names.find_type(declaration.name), declaration.depends, declaration.effect,
                                     declaration.grouped};
    result.effect_key = names.find_key(declaration.effect_property);
    if (!declaration.grouped) {
        result.group_key = names.find_key(declaration.group_property);
        result.need_key = names.find_key(declaration.need_property);
    } else if (declaration.grouped->kind == Need::Kind::attribute) {
        result.need_attribute = names.find_key(declaration.grouped->attribute);
    }
    return result;
}

}  // namespace

Semantics::Semantics(const Model& model, const Names& names) : memo_(std::make_shared<Memo>(model, names)) {
    for (const RelationshipDeclaration& declaration : model.types()) {
        if (declaration.depends == DependsEnd::none) continue;
        const TypeId id = names.find_type(declaration.name);
        if (declaration.effect == Effect::path) {
            if (id != no_type) {
                path_uses_.push_back({id, Direction::out});
                path_uses_.push_back({id, Direction::in});
            }
            continue;
        }
        carries_impact_ = carries_impact_ || carries_impact(declaration);
        const DependencyType type = resolve(declaration, names);
        if (declaration.grouped) {
            memo_->required_types.push_back(type);
            memo_->required_by_name.emplace(declaration.name, &memo_->required_types.back());
        }
        if (id == no_type) continue;
        types_.push_back(type);
        if (type.depends != DependsEnd::target) {
            to_providers_.push_back({id, Direction::out});
            to_dependents_.push_back({id, Direction::in});
        }
        if (type.depends != DependsEnd::source) {
            to_providers_.push_back({id, Direction::in});
            to_dependents_.push_back({id, Direction::out});
        }
    }
    for (std::uint32_t i = 0; i < types_.size(); ++i) {
        const std::uint32_t id = raw(types_[i].type);
        if (id >= memo_->type_position.size()) memo_->type_position.resize(id + 1, no_id);
        memo_->type_position[id] = i;
    }
    for (const ClassDeclaration& declaration : model.classes()) {
        const LabelId label = names.find_label(declaration.name);
        if (label == no_label) continue;
        if (model.is_gate(declaration.name) || !model.requires_of(declaration.name).empty()) {
            special_labels_.push_back(label);
        }
        if (const auto status = model.status_of(declaration.name);
            status && names.find_key(status->attribute) != no_key) {
            status_labels_.push_back(label);
        }
    }
}

const Semantics::DependencyType* Semantics::find(TypeId type) const noexcept {
    const auto& position = memo_->type_position;
    if (raw(type) >= position.size() || position[raw(type)] == no_id) return nullptr;
    return &types_[position[raw(type)]];
}

bool Semantics::is_gate(ShapeId shape) const { return memo_->shape(shape).gate; }

std::span<const Semantics::DependencyType* const> Semantics::required_groups(ShapeId shape) const {
    return memo_->shape(shape).required;
}

std::span<const TypeId> Semantics::requires_of(ShapeId shape) const { return memo_->shape(shape).required_known; }

State Semantics::status_of(const Properties& properties, NodeId node) const {
    State worst = State::up;
    for (const auto& [key, map] : memo_->shape(properties.shape(node)).status) {
        worst = std::max(worst, map.of(properties.property(node, key)));
    }
    return worst;
}

std::vector<std::string> Semantics::path_types() const {
    std::vector<std::string> result;
    for (const RelationshipDeclaration& declaration : memo_->model.types()) {
        if (declaration.depends != DependsEnd::none && declaration.effect == Effect::path) {
            result.push_back(declaration.name);
        }
    }
    return result;
}

}  // namespace mainstay
