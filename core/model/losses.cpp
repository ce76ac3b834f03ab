// What a redefinition takes away.

#include "mainstay/core/error.hpp"
#include "mainstay/core/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace mainstay {
namespace {

std::vector<std::string> names_of(const std::vector<Attribute>& attributes) {
    std::vector<std::string> names;
    for (const Attribute& each : attributes) names.push_back(each.name);
    return names;
}

std::vector<std::string> texts_of(const std::vector<std::vector<std::string>>& keys) {
    std::vector<std::string> texts;
    for (const auto& key : keys) texts.push_back(fmt::format("{}", fmt::join(key, " + ")));
    return texts;
}

// Adds "its key name" or "its attributes rack, site" to `parts` if something of `before` is not in `after`.
void add_missing(std::vector<std::string>& parts, std::string_view one, const std::vector<std::string>& before,
                 const std::vector<std::string>& after) {
    std::vector<std::string> missing;
    std::copy_if(before.begin(), before.end(), std::back_inserter(missing),
                 [&](const std::string& each) { return std::find(after.begin(), after.end(), each) == after.end(); });
    if (!missing.empty())
        parts.push_back(fmt::format("its {}{} {}", one, missing.size() == 1 ? "" : "s", fmt::join(missing, ", ")));
}

}  // namespace

std::vector<std::string> losses_of(const Model& before, const Model& after) {
    std::vector<std::string> losses;
    const auto add = [&](std::string_view what, const std::string& name, const std::vector<std::string>& parts) {
        if (!parts.empty())
            losses.push_back(fmt::format("{} {} is redefined and loses {}", what, mainstay::quoted(name),
                                         fmt::join(parts, " and ")));
    };
    for (const ClassDeclaration& old : before.classes()) {
        if (!after.find_class(old.name)) continue;
        std::vector<std::string> parts;
        add_missing(parts, "key", texts_of(old.keys), texts_of(after.keys_of(old.name)));
        add_missing(parts, "attribute", names_of(old.attributes), names_of(after.attributes_of(old.name)));
        add("class", old.name, parts);
    }
    for (const RelationshipDeclaration& old : before.types()) {
        const RelationshipDeclaration* now = after.find_type(old.name);
        if (!now) continue;
        std::vector<std::string> parts;
        add_missing(parts, "attribute", names_of(old.attributes), names_of(now->attributes));
        if (old.depends != DependsEnd::none && now->depends == DependsEnd::none)
            parts.emplace_back("its meaning for failure");
        add("relationship type", old.name, parts);
    }
    return losses;
}

}  // namespace mainstay
