#include "mainstay/core/model.hpp"

#include "model/index.hpp"

#include <algorithm>

namespace mainstay {
namespace {

template <typename Names>
std::uint32_t find_in(const Names& names, std::string_view name) noexcept {
    const auto found = names.find(name);
    return found == names.end() ? no_id : found->second;
}

}  // namespace

const Model::Index* Model::index() const noexcept {
    // Declarations added after indexing make the index void; those changed in place keep their name (see the header).
    if (!index_ || index_->parent.size() != classes_.size() || index_->types.size() != types_.size()) return nullptr;
    return index_.get();
}

void Model::make_index() {
    auto made = std::make_shared<Index>();
    for (std::uint32_t i = 0; i < classes_.size(); ++i) made->classes.emplace(classes_[i].name, i);
    for (std::uint32_t i = 0; i < types_.size(); ++i) {
        made->types.emplace(types_[i].name, i);
        if (!types_[i].inverse.empty()) made->inverses.emplace(types_[i].inverse, i);
    }
    const std::size_t count = classes_.size();
    std::vector<std::vector<std::uint32_t>> children(count);
    std::vector<std::uint32_t> open;
    made->parent.assign(count, no_id);
    for (std::uint32_t i = static_cast<std::uint32_t>(count); i-- > 0;) {
        made->parent[i] = classes_[i].parent.empty() ? no_id : find_in(made->classes, classes_[i].parent);
        if (made->parent[i] == no_id) {
            open.push_back(i);
        } else {
            children[made->parent[i]].push_back(i);  // descending, as `open` wants them
        }
    }
    made->enter.assign(count, no_id);
    made->leave.assign(count, 0);
    // A class is met twice: its subclasses are all numbered between the two. Classes on a cycle are never met and keep
    // an empty interval.
    while (!open.empty()) {
        const std::uint32_t at = open.back();
        if (made->enter[at] == no_id) {
            made->enter[at] = static_cast<std::uint32_t>(made->preorder.size());
            made->preorder.push_back(at);
            for (const std::uint32_t child : children[at]) open.push_back(child);
        } else {
            made->leave[at] = static_cast<std::uint32_t>(made->preorder.size());
            open.pop_back();
        }
    }
    index_ = std::move(made);
}

std::uint32_t Model::class_number(std::string_view name) const noexcept {
    if (const Index* known = index()) return find_in(known->classes, name);
    for (std::uint32_t i = 0; i < classes_.size(); ++i) {
        if (classes_[i].name == name) return i;
    }
    return no_id;
}

std::uint32_t Model::parent_number(std::uint32_t number) const noexcept {
    if (const Index* known = index()) return known->parent[number];
    return classes_[number].parent.empty() ? no_id : class_number(classes_[number].parent);
}

const ClassDeclaration* Model::find_class(std::string_view name) const noexcept {
    const std::uint32_t number = class_number(name);
    return number == no_id ? nullptr : &classes_[number];
}

const RelationshipDeclaration* Model::find_type(std::string_view name) const noexcept {
    if (const Index* known = index()) {
        const std::uint32_t number = find_in(known->types, name);
        return number == no_id ? nullptr : &types_[number];
    }
    const auto found = std::find_if(types_.begin(), types_.end(), [&](const auto& type) { return type.name == name; });
    return found == types_.end() ? nullptr : &*found;
}

const RelationshipDeclaration* Model::find_inverse(std::string_view inverse) const noexcept {
    if (inverse.empty()) return nullptr;
    if (const Index* known = index()) {
        const std::uint32_t number = find_in(known->inverses, inverse);
        return number == no_id ? nullptr : &types_[number];
    }
    const auto found =
        std::find_if(types_.begin(), types_.end(), [&](const auto& type) { return type.inverse == inverse; });
    return found == types_.end() ? nullptr : &*found;
}

bool Model::is_a(std::string_view name, std::string_view ancestor) const noexcept {
    std::uint32_t lower = class_number(name);
    const std::uint32_t upper = class_number(ancestor);
    if (lower == no_id || upper == no_id) return false;
    if (const Index* known = index()) {
        return lower == upper || (known->enter[lower] != no_id && known->enter[upper] <= known->enter[lower] &&
                                  known->enter[lower] < known->leave[upper]);
    }
    for (std::size_t steps = 0; lower != no_id && steps <= classes_.size(); ++steps, lower = parent_number(lower)) {
        if (lower == upper) return true;
    }
    return false;
}

std::vector<std::string> Model::ancestors(std::string_view name) const {
    std::vector<std::string> result;
    // The bound only matters for a model that was never checked and has a cycle.
    for (std::uint32_t at = class_number(name); at != no_id && result.size() < classes_.size();
         at = parent_number(at)) {
        result.push_back(classes_[at].name);
    }
    return result;
}

std::vector<std::string> Model::descendants(std::string_view name) const {
    std::vector<std::string> result;
    const std::uint32_t top = class_number(name);
    if (top == no_id) return result;
    if (const Index* known = index(); known && known->enter[top] != no_id) {
        for (std::uint32_t i = known->enter[top]; i < known->leave[top]; ++i) {
            result.push_back(classes_[known->preorder[i]].name);
        }
        return result;
    }
    result.push_back(classes_[top].name);
    for (const ClassDeclaration& declaration : classes_) {
        if (declaration.name != name && is_a(declaration.name, name)) result.push_back(declaration.name);
    }
    return result;
}

bool Model::is_gate(std::string_view name) const {
    const auto line = ancestors(name);
    return std::any_of(line.begin(), line.end(), [&](const auto& each) { return find_class(each)->gate; });
}

bool Model::is_dated(std::string_view name) const {
    const auto line = ancestors(name);
    return std::any_of(line.begin(), line.end(), [&](const auto& each) { return find_class(each)->dated; });
}

std::vector<Attribute> Model::attributes_of(std::string_view name) const {
    std::vector<Attribute> result;
    for (const std::string& each : ancestors(name)) {
        for (const Attribute& attribute : find_class(each)->attributes) {
            const bool known = std::any_of(result.begin(), result.end(),
                                           [&](const Attribute& nearer) { return nearer.name == attribute.name; });
            if (!known) result.push_back(attribute);
        }
    }
    return result;
}

std::vector<std::vector<std::string>> Model::keys_of(std::string_view name) const {
    for (const std::string& each : ancestors(name)) {
        if (const auto& keys = find_class(each)->keys; !keys.empty()) return keys;
    }
    return {};
}

std::vector<std::string> Model::requires_of(std::string_view name) const {
    std::vector<std::string> result;
    for (const std::string& each : ancestors(name)) {
        for (const std::string& type : find_class(each)->requires_types) {
            if (std::find(result.begin(), result.end(), type) == result.end()) result.push_back(type);
        }
    }
    return result;
}

std::optional<StatusMap> Model::status_of(std::string_view name) const {
    for (const std::string& each : ancestors(name)) {
        if (const auto& status = find_class(each)->status) return status;
    }
    return std::nullopt;
}

std::optional<Lifecycle> Model::lifecycle_of(std::string_view name) const {
    for (const std::string& each : ancestors(name)) {
        if (const auto& lifecycle = find_class(each)->lifecycle) return lifecycle;
    }
    return std::nullopt;
}

}  // namespace mainstay
