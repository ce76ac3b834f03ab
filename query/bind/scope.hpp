#pragma once

#include "bind/bound.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mainstay::bound {

// The variables visible at a point of a statement, in the order they came. A later one hides an earlier one of its
// name.
class Scope {
public:
    std::optional<Slot> find(std::string_view name) const;
    void add(std::string name, Slot slot) { entries_.emplace_back(std::move(name), slot); }
    // Forgets what came after `mark` (a size()): the end of a comprehension.
    void cut(std::size_t mark) { entries_.resize(mark); }
    std::size_t size() const noexcept { return entries_.size(); }
    bool empty() const noexcept { return entries_.empty(); }
    // Visible ones, those hidden left out.
    std::vector<std::pair<std::string, Slot>> visible() const;

private:
    std::vector<std::pair<std::string, Slot>> entries_;
};

}  // namespace mainstay::bound
