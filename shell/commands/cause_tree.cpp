#include "commands/cause_tree.hpp"

#include <fmt/format.h>

namespace mainstay::shell {
namespace {

// Deeper elements stand below one another with their depth as a number: a line as long as a chain is no line.
constexpr std::size_t indents_max = 24;
constexpr std::size_t no_parent = static_cast<std::size_t>(-1);

}  // namespace

void CauseTree::add(const CausePath& path) {
    std::size_t parent = no_parent;
    for (std::size_t i = 0; i < path.nodes.size(); ++i) {
        const RelId rel = i == 0 ? no_rel : path.rels[i - 1];
        const auto [found, is_new] = by_parent_[{parent, rel}].try_emplace(path.nodes[i], items_.size());
        const std::size_t item = found->second;
        if (is_new) {
            items_.push_back({path.nodes[i], rel, {}});
            (parent == no_parent ? roots_ : items_[parent].children).push_back(item);
        }
        parent = item;
    }
}

std::vector<std::string> CauseTree::lines(const std::function<std::string(NodeId)>& state_of, Captions& captions,
                                          const Palette& palette) const {
    std::vector<std::string> lines;
    for (const std::size_t root : roots_) draw(root, "", "", state_of, captions, palette, lines);
    return lines;
}

// As deep as the longest chain of causes, which an analysis bounds by the number of elements: so not by recursion.
void CauseTree::draw(std::size_t root, const std::string& lead, const std::string& below,
                     const std::function<std::string(NodeId)>& state_of, Captions& captions, const Palette& palette,
                     std::vector<std::string>& lines) const {
    struct Waiting {
        std::size_t item, depth;
        std::string lead, below;
    };
    std::vector<Waiting> waiting = {{root, 0, lead, below}};
    while (!waiting.empty()) {
        const Waiting now = std::move(waiting.back());
        waiting.pop_back();
        const Item& item = items_[now.item];
        const Node node{&properties_, item.node};
        const std::string label = captions.label(node);
        std::string line = palette.paint(Ink::faint, now.lead) + palette.paint(Ink::strong, captions.name(node));
        if (const auto title = captions.title(node)) line += " " + *title;
        if (!label.empty()) line += palette.paint(Ink::faint, " · ") + label;
        const std::string state = state_of(item.node);
        if (!state.empty()) line += palette.paint(Ink::faint, " · ") + state;
        if (item.rel != no_rel)
            line += palette.paint(Ink::faint,
                                  "  by " + std::string{properties_.names().type(properties_.ends(item.rel).type)});
        lines.push_back(std::move(line));
        for (std::size_t i = item.children.size(); i-- > 0;) {
            const bool is_last = i + 1 == item.children.size();
            const std::size_t depth = now.depth + 1;
            if (depth > indents_max)
                waiting.push_back({item.children[i], depth, fmt::format("{}[{}] ", now.below, depth), now.below});
            else
                waiting.push_back({item.children[i], depth, now.below + (is_last ? "└─ " : "├─ "),
                                   now.below + (is_last ? "   " : "│  ")});
        }
    }
}

}  // namespace mainstay::shell
