#pragma once

#include "output/cell.hpp"
#include "text/colour.hpp"

#include "mainstay/core/analysis.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mainstay::shell {

// Chains of causes laid together: what failed at the root, below each element what it takes down. Chains that begin
// alike share their beginning.
class CauseTree {
public:
    // `properties` is borrowed.
    explicit CauseTree(const Properties& properties) : properties_(properties) {}
    void add(const CausePath& path);
    std::size_t size() const noexcept { return items_.size(); }  // elements drawn, a line each

    // A line an element: "├─ link-ic-1 · NetworkLink · down  by RUNS_THROUGH". `state_of` gives the word after the
    // class.
    std::vector<std::string> lines(const std::function<std::string(NodeId)>& state_of, Captions& captions,
                                   const Palette& palette) const;

private:
    struct Item {
        NodeId node;
        RelId rel;  // by which the parent takes it down; no_rel for a root
        std::vector<std::size_t> children;
    };
    void draw(std::size_t item, const std::string& lead, const std::string& below,
              const std::function<std::string(NodeId)>& state_of, Captions& captions, const Palette& palette,
              std::vector<std::string>& lines) const;

    const Properties& properties_;
    std::vector<Item> items_;
    std::vector<std::size_t> roots_;
    std::map<std::pair<std::size_t, RelId>, std::map<NodeId, std::size_t>> by_parent_;
};

}  // namespace mainstay::shell
