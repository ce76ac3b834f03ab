#pragma once

// A slow matcher of path patterns, straight from what the language says: every assignment is tried, one after another.
// It knows nothing of the planner, the operators or the store; patterns are made at random and written as text for
// those.

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace mainstay::test {

using Random = std::mt19937_64;
inline int below(Random& random, int limit) { return static_cast<int>(random() % static_cast<std::uint64_t>(limit)); }
inline bool chance(Random& random, int percent) { return below(random, 100) < percent; }

struct PathGraph {
    struct Node {
        bool labelled = false;  // :A
        int x = 0;
    };
    struct Rel {
        int from = 0, to = 0;
        char type = 'T';
        int w = 0;
    };
    std::vector<Node> nodes;
    std::vector<Rel> rels;

    std::string create() const {
        std::string text = "CREATE ";
        for (std::size_t i = 0; i < nodes.size(); ++i)
            text += (i ? ", " : "") + ("(n" + std::to_string(i)) + (nodes[i].labelled ? ":A" : "") +
                    " {id: " + std::to_string(i) + ", x: " + std::to_string(nodes[i].x) + "})";
        for (std::size_t i = 0; i < rels.size(); ++i)
            text += ", (n" + std::to_string(rels[i].from) + ")-[:" + rels[i].type + " {id: " + std::to_string(i) +
                    ", w: " + std::to_string(rels[i].w) + "}]->(n" + std::to_string(rels[i].to) + ")";
        return text;
    }
};

inline PathGraph random_graph(Random& random) {
    PathGraph graph;
    const int nodes = 2 + below(random, 4), rels = 1 + below(random, 7);
    for (int i = 0; i < nodes; ++i) graph.nodes.push_back({chance(random, 50), below(random, 3)});
    for (int i = 0; i < rels; ++i)
        graph.rels.push_back(
            {below(random, nodes), below(random, nodes), chance(random, 65) ? 'T' : 'U', below(random, 3)});
    return graph;
}

struct NodePatternText {
    std::string name;
    bool labelled = false;
    int x_min = 0;

    bool fits(const PathGraph::Node& node) const { return (!labelled || node.labelled) && node.x >= x_min; }
    std::string text() const {
        std::string out = "(" + name + (labelled ? ":A" : "");
        if (x_min > 0) out += " WHERE " + name + ".x >= " + std::to_string(x_min);
        return out + ")";
    }
};

struct HopText {
    std::string name;
    int direction = 0;  // 0 right, 1 left, 2 both
    std::string types;  // "", "T", "U", "T|U"
    int w_min = 0;

    bool fits(const PathGraph::Rel& rel) const {
        return (types.empty() || types.find(rel.type) != std::string::npos) && rel.w >= w_min;
    }
    std::string text(const std::string& length, const std::string& quantifier) const {
        std::string out = direction == 1 ? "<-[" : "-[";
        out += name + (types.empty() ? "" : ":" + types) + length;
        if (w_min > 0) out += " WHERE " + name + ".w >= " + std::to_string(w_min);
        return out + (direction == 0 ? "]->" : "]-") + quantifier;
    }
};

struct LinkText {
    enum class Kind { single, star, quantified, group };
    Kind kind = Kind::single;
    std::vector<HopText> hops;           // one, but for a group
    std::vector<NodePatternText> nodes;  // of a group: hops + 1
    bool ascends = false;                // of a group: WHERE first.x <= last.x
    int min = 1, max = 1;                // max -1: none

    std::string quantifier() const {
        if (max < 0) return min == 0 ? "*" : min == 1 ? "+" : "{" + std::to_string(min) + ",}";
        return "{" + std::to_string(min) + "," + std::to_string(max) + "}";
    }
    std::string text() const {
        switch (kind) {
            case Kind::single: return hops[0].text("", "");
            case Kind::star:
                return hops[0].text("*" + std::to_string(min) + ".." + (max < 0 ? "" : std::to_string(max)), "");
            case Kind::quantified: return hops[0].text("", quantifier());
            case Kind::group: break;
        }
        std::string out = "(" + nodes[0].text();
        for (std::size_t i = 0; i < hops.size(); ++i) out += hops[i].text("", "") + nodes[i + 1].text();
        if (ascends) out += " WHERE " + nodes.front().name + ".x <= " + nodes.back().name + ".x";
        return out + ")" + quantifier();
    }
};

struct PartText {
    std::vector<NodePatternText> nodes;
    std::vector<LinkText> links;
    std::string text() const {
        std::string out = nodes[0].text();
        for (std::size_t i = 0; i < links.size(); ++i) out += links[i].text() + nodes[i + 1].text();
        return out;
    }
};

enum class Mode { walk, trail, acyclic, simple };

// What one row binds: nodes and relationships by number; lists for what repeats.
struct Bound {
    bool list = false;
    std::vector<int> ids;
    friend bool operator==(const Bound&, const Bound&) = default;
};
using Bindings = std::map<std::string, Bound>;

struct Found {
    Bindings bindings;
    std::vector<int> nodes, rels;  // of the last part's path
};

class PathOracle {
public:
    PathOracle(const PathGraph& graph, Mode mode) : graph_(graph), mode_(mode) {}

    // Every match of all parts.
    std::vector<Found> match(const std::vector<PartText>& parts, const Bindings& given) {
        bindings_ = given;
        found_.clear();
        all_rels_.clear();
        parts_ = &parts;
        part(0);
        return std::move(found_);
    }

private:
    using Next = std::function<void()>;

    void part(std::size_t i) {
        if (i == parts_->size()) {
            found_.push_back({bindings_, nodes_, rels_});
            return;
        }
        const std::vector<int> nodes = nodes_, rels = rels_;
        for (int node = 0; node < static_cast<int>(graph_.nodes.size()); ++node) {
            nodes_ = {node};
            rels_.clear();
            at_node((*parts_)[i], 0, [&] {
                if (path_is_allowed()) part(i + 1);
            });
        }
        nodes_ = nodes;
        rels_ = rels;
    }

    bool path_is_allowed() const {
        std::vector<int> nodes = nodes_;
        if (mode_ == Mode::simple && nodes.size() > 1 && nodes.front() == nodes.back()) nodes.pop_back();
        if (mode_ != Mode::acyclic && mode_ != Mode::simple) return true;
        std::sort(nodes.begin(), nodes.end());
        return std::adjacent_find(nodes.begin(), nodes.end()) == nodes.end();
    }

    // Binds a name while `next` runs, if it may have that value.
    void with(Bindings& bindings, const std::string& name, Bound value, const Next& next) {
        if (name.empty()) return next();
        if (const auto known = bindings.find(name); known != bindings.end()) {
            if (known->second == value) next();
            return;
        }
        bindings[name] = std::move(value);
        next();
        bindings.erase(name);
    }

    void at_node(const PartText& part, std::size_t i, const Next& done) {
        const int node = nodes_.back();
        if (!part.nodes[i].fits(graph_.nodes[static_cast<std::size_t>(node)])) return;
        with(bindings_, part.nodes[i].name, {false, {node}}, [&] {
            if (i == part.links.size()) return done();
            link(part.links[i], [&] { at_node(part, i + 1, done); });
        });
    }

    void link(const LinkText& link, const Next& next) {
        if (link.kind == LinkText::Kind::single)
            return hop(link.hops[0], [&](int rel) { with(bindings_, link.hops[0].name, {false, {rel}}, next); });
        std::map<std::string, std::vector<int>> lists;
        for (const HopText& h : link.hops) lists[h.name];
        for (const NodePatternText& n : link.nodes) lists[n.name];
        rounds(link, 0, lists, next);
    }

    void rounds(const LinkText& link, int count, std::map<std::string, std::vector<int>>& lists, const Next& next) {
        if (count >= link.min) bind_lists(lists, lists.begin(), next);
        if (link.max >= 0 && count >= link.max) return;
        Bindings round;
        const auto complete = [&] {
            if (link.ascends && x(round, link.nodes.front().name) > x(round, link.nodes.back().name)) return;
            for (auto& [name, ids] : lists)
                if (!name.empty()) ids.push_back(round.at(name).ids[0]);
            rounds(link, count + 1, lists, next);
            for (auto& [name, ids] : lists)
                if (!name.empty()) ids.pop_back();
        };
        round_node(link, 0, round, complete);
    }

    int x(const Bindings& round, const std::string& name) const {
        return graph_.nodes[static_cast<std::size_t>(round.at(name).ids[0])].x;
    }

    void round_node(const LinkText& link, std::size_t i, Bindings& round, const Next& complete) {
        const auto go_on = [&] {
            if (i == link.hops.size()) return complete();
            hop(link.hops[i], [&](int rel) {
                with(round, link.hops[i].name, {false, {rel}}, [&] { round_node(link, i + 1, round, complete); });
            });
        };
        if (link.nodes.empty()) return go_on();
        const int node = nodes_.back();
        if (!link.nodes[i].fits(graph_.nodes[static_cast<std::size_t>(node)])) return;
        with(round, link.nodes[i].name, {false, {node}}, go_on);
    }

    using ListPlace = std::map<std::string, std::vector<int>>::const_iterator;
    void bind_lists(const std::map<std::string, std::vector<int>>& lists, ListPlace at, const Next& next) {
        if (at == lists.end()) return next();
        const std::vector<int> ids = at->second;
        with(bindings_, at->first, {true, ids}, [&] { bind_lists(lists, std::next(at), next); });
    }

    // Every relationship that may be travelled from the last node.
    void hop(const HopText& hop, const std::function<void(int)>& next) {
        const int here = nodes_.back();
        for (int r = 0; r < static_cast<int>(graph_.rels.size()); ++r) {
            const PathGraph::Rel& rel = graph_.rels[static_cast<std::size_t>(r)];
            if (!hop.fits(rel)) continue;
            if (mode_ != Mode::walk && std::count(all_rels_.begin(), all_rels_.end(), r) > 0) continue;
            const auto travel = [&](int to) {
                nodes_.push_back(to);
                rels_.push_back(r);
                all_rels_.push_back(r);
                next(r);
                nodes_.pop_back();
                rels_.pop_back();
                all_rels_.pop_back();
            };
            if (hop.direction != 1 && rel.from == here) travel(rel.to);
            if (hop.direction != 0 && rel.to == here && !(hop.direction == 2 && rel.from == rel.to)) travel(rel.from);
        }
    }

    const PathGraph& graph_;
    Mode mode_;
    const std::vector<PartText>* parts_ = nullptr;
    Bindings bindings_;
    std::vector<int> nodes_, rels_, all_rels_;
    std::vector<Found> found_;
};

}  // namespace mainstay::test
