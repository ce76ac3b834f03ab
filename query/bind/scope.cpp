#include "bind/scope.hpp"

#include <algorithm>

namespace mainstay::bound {

std::optional<Slot> Scope::find(std::string_view name) const {
    for (auto at = entries_.rbegin(); at != entries_.rend(); ++at)
        if (at->first == name) return at->second;
    return std::nullopt;
}

std::vector<std::pair<std::string, Slot>> Scope::visible() const {
    std::vector<std::pair<std::string, Slot>> all;
    for (const auto& [name, slot] : entries_)
        if (find(name) == slot) all.emplace_back(name, slot);
    return all;
}

}  // namespace mainstay::bound
