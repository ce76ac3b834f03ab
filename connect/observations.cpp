#include "observations.hpp"

#include "mainstay/core/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace mainstay::connect {

bool Observations::Identity::operator==(const Identity& other) const {
    return rule == other.rule && std::equal(key.begin(), key.end(), other.key.begin(), other.key.end(), equivalent);
}

std::size_t Observations::IdentityHash::operator()(const Identity& identity) const {
    std::size_t hash = identity.rule;
    for (const Value& value : identity.key) hash = hash * 0x9E3779B97F4A7C15U + hash_value(value);
    return hash;
}

Name Observations::intern(std::string_view name) {
    const auto [at, is_new] = name_index_.try_emplace(std::string{name}, static_cast<Name>(names_.size()));
    if (is_new) names_.emplace_back(name);
    return at->second;
}

std::uint32_t Observations::add_file(std::string file) {
    files_.push_back(std::move(file));
    return static_cast<std::uint32_t>(files_.size() - 1);
}

void Observations::add_problem(const Origin& origin, std::string message, NotTaken not_taken) {
    problems_.push_back({files_[origin.file], origin.line, std::move(message), not_taken, origin.object});
}

std::string Observations::place_of(const Origin& origin, const Origin& seen_from) const {
    std::string text = fmt::format("line {}", origin.line);
    if (origin.object != 0) text += fmt::format(" (object {})", origin.object);
    if (origin.file != seen_from.file) text += " of " + files_[origin.file];
    return text;
}

void Observations::sort_problems() {
    std::map<std::string_view, std::size_t> places;
    for (const std::string& file : files_) places.emplace(file, places.size());
    std::stable_sort(problems_.begin(), problems_.end(), [&](const ImportProblem& a, const ImportProblem& b) {
        return std::tuple(places[a.file], a.line, a.object) < std::tuple(places[b.file], b.line, b.object);
    });
}

std::uint32_t Observations::add_lookup(Lookup lookup) {
    for (std::size_t i = 0; i < lookups_.size(); ++i)
        if (lookups_[i].class_name == lookup.class_name && lookups_[i].key == lookup.key &&
            lookups_[i].normalise == lookup.normalise)
            return static_cast<std::uint32_t>(i);
    lookups_.push_back(std::move(lookup));
    return static_cast<std::uint32_t>(lookups_.size() - 1);
}

std::uint32_t Observations::find_or_add_rule(const std::string& class_name, const std::vector<std::string>& key) {
    const std::string& scope = rules_.identity_scope(class_name, key);
    for (std::size_t i = 0; i < identity_rules_.size(); ++i)
        if (identity_rules_[i].scope == scope && identity_rules_[i].key == key) return static_cast<std::uint32_t>(i);
    identity_rules_.push_back({scope, key});
    return static_cast<std::uint32_t>(identity_rules_.size() - 1);
}

void Observations::join(Attributes& known, const Origin& known_origin, const Attributes& more, const Origin& origin) {
    for (const auto& [name, value] : more) {
        const auto at = std::find_if(known.begin(), known.end(), [&](const auto& each) { return each.first == name; });
        if (at == known.end()) {
            known.emplace_back(name, value);
        } else if (at->second.is_null()) {
            at->second = value;
        } else if (!value.is_null() && !equivalent(at->second, value)) {
            const std::string where = place_of(known_origin, origin);
            add_problem(origin,
                        fmt::format("{} is {} here, but {} for the same element first named on {}; the first is kept",
                                    mainstay::quoted(text(name)), print(value), print(at->second), where),
                        NotTaken::value);
        }
    }
}

std::uint32_t Observations::add_node(NodeObservation node) {
    const auto [at, is_new] =
        node_index_.try_emplace(Identity{node.rule, node.key}, static_cast<std::uint32_t>(nodes_.size()));
    if (is_new) {
        nodes_.push_back(std::move(node));
        return at->second;
    }
    NodeObservation& known = nodes_[at->second];
    if (known.class_name != node.class_name) {
        if (rules_.is_a(text(node.class_name), text(known.class_name))) {
            known.class_name = node.class_name;
        } else if (!rules_.is_a(text(known.class_name), text(node.class_name))) {
            add_problem(node.origin,
                        fmt::format("the class is {} here, but {} on {}; the first is kept",
                                    mainstay::quoted(text(node.class_name)), mainstay::quoted(text(known.class_name)),
                                    place_of(known.origin, node.origin)),
                        NotTaken::value);
        }
    }
    join(known.attributes, known.origin, node.attributes, node.origin);
    return at->second;
}

}  // namespace mainstay::connect
