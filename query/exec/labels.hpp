#pragma once

#include "bind/bound.hpp"

#include "mainstay/core/graph.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace mainstay::exec {

// Shapes from here on are those of elements that stand in no file (the schema as a graph).
inline constexpr std::uint32_t first_made_up = 1U << 31;
constexpr bool is_of_no_file(ShapeId shape) noexcept { return raw(shape) >= first_made_up; }

// Whether the shape of a node satisfies a label expression; remembered per shape. Names that the file does not know yet
// match nothing; they are looked up again with every new shape, since the statement may create them. `names` is
// borrowed.
class LabelMatcher {
public:
    LabelMatcher(const bound::LabelExpr& expression, const Names& names) : expression_(expression), names_(names) {}

    bool matches(ShapeId shape) {
        const auto s = raw(shape);
        if (s < known_.size() && known_[s] != unknown) return known_[s] == yes;
        return find_out(shape);
    }
    // Of labels that are no shape of the file.
    bool matches_once(std::span<const LabelId> labels) { return evaluate(expression_, labels); }
    // The same test on a relationship's type, by name.
    bool matches_type(std::string_view type) const;

private:
    enum : std::uint8_t { unknown, no, yes };
    bool find_out(ShapeId shape);
    bool evaluate(const bound::LabelExpr& e, std::span<const LabelId> labels);

    const bound::LabelExpr& expression_;
    const Names& names_;
    std::vector<std::uint8_t> known_;
    std::unordered_map<std::string, LabelId> ids_;
};

}  // namespace mainstay::exec
