#pragma once

// Random class models and graphs that mix every feature of the failure semantics, for comparing analyses with the
// oracle.

#include "support/memory_graph.hpp"

#include "mainstay/core/model.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace mainstay::test {

struct RandomFailureGraph {
    Model model;
    MemoryGraph graph;
    std::vector<NodeId> nodes;
};

class RandomFailureGraphs {
public:
    explicit RandomFailureGraphs(std::uint32_t seed) : random_(seed) {}

    // At most `nodes_max` elements, about `degree` relationships each.
    RandomFailureGraph make(std::size_t nodes_max, double degree) {
        RandomFailureGraph result;
        result.model = model();
        calm_ = chance(0.5);
        const std::size_t count = 1 + below(nodes_max);
        const bool spread = chance(0.1);  // over several segments
        for (std::size_t i = 0; i < count; ++i) {
            while (chance(0.05)) result.graph.skip_node_id();
            if (spread && chance(0.2)) {
                for (std::size_t k = below(5000); k > 0; --k) result.graph.skip_node_id();
            }
            result.nodes.push_back(node(result.graph));
        }
        const bool overrides = chance(0.6);
        const auto edges = static_cast<std::size_t>(static_cast<double>(count) * degree * (0.2 + 0.8 * chance_value()));
        for (std::size_t i = 0; i < edges; ++i) {
            const NodeId source = pick(result.nodes), target = chance(0.03) ? source : pick(result.nodes);
            if (spread && chance(0.1)) result.graph.skip_rel_ids(below(5000));
            for (int copies = chance(0.1) ? 2 : 1; copies > 0; --copies) {
                result.graph.add_rel(
                    source, "T" + std::to_string(below(6)), target,
                    overrides && (!spread || chance(0.3)) ? edge_properties() : MemoryGraph::Entries{});
            }
        }
        MemoryGraph::Layout layout;
        layout.seed = static_cast<std::uint32_t>(random_());
        layout.dirty = chance(0.3) ? 0.4 : 0;
        layout.all_dirty = chance(0.1) ? 0.5 : 0;
        layout.wide_offsets = chance(0.3);
        result.graph.freeze(layout);
        return result;
    }

    std::vector<NodeId> pick_some(const std::vector<NodeId>& nodes) {
        std::vector<NodeId> shuffled = nodes;
        std::shuffle(shuffled.begin(), shuffled.end(), random_);
        shuffled.resize(std::min(nodes.size(), 1 + (chance(0.4) ? below(3) : 0)));
        return shuffled;
    }
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
    bool chance(double p) { return chance_value() < p; }

private:
    double chance_value() { return std::uniform_real_distribution<double>{0, 1}(random_); }
    template <typename T>
    const T& pick(const std::vector<T>& all) {
        return all[below(all.size())];
    }

    Model model() {
        Model model;
        std::vector<std::string> grouped;
        for (int i = 0; i < 5; ++i) {  // edges of T5 are of a type the model does not know
            RelationshipDeclaration type;
            type.name = "T" + std::to_string(i);
            type.depends = pick<DependsEnd>({DependsEnd::source, DependsEnd::source, DependsEnd::source,
                                             DependsEnd::target, DependsEnd::both, DependsEnd::none});
            if (type.depends != DependsEnd::none) {
                type.effect = pick<Effect>({Effect::hard, Effect::hard, Effect::hard, Effect::soft, Effect::none});
                if (chance(0.05)) type.effect = Effect::path;
                if (type.effect != Effect::path && chance(0.3)) {
                    type.grouped = need();
                    grouped.push_back(type.name);
                }
            }
            if (chance(0.2)) type.group_property = "zone";
            if (chance(0.2)) type.need_property = "quorum";
            if (chance(0.2)) type.effect_property = "force";
            model.types_.push_back(type);
        }
        RelationshipDeclaration unseen;  // no edges: its name is unknown to the graph
        unseen.name = "UNSEEN";
        unseen.depends = DependsEnd::source;
        unseen.effect = pick<Effect>({Effect::hard, Effect::soft});
        unseen.grouped = need();
        model.types_.push_back(unseen);
        grouped.push_back(unseen.name);

        const auto add_class = [&](const std::string& name, const std::string& parent, bool gate) -> ClassDeclaration& {
            ClassDeclaration declaration;
            declaration.name = name;
            declaration.parent = parent;
            declaration.gate = gate;
            for (const char* attribute : {"k", "status", "health"})
                declaration.attributes.emplace_back().name = attribute;
            model.classes_.push_back(declaration);
            return model.classes_.back();
        };
        add_class("A", "", false).status = StatusMap{"status", {{"dead", State::down}, {"ill", State::degraded}}};
        add_class("B", "A", false);
        add_class("G", "", true);
        add_class("H", "G", false);
        add_class("R", "G", false).requires_types = {pick(grouped)};
        add_class("S", "", false).status =
            StatusMap{"health", {{"3", State::down}, {"2", State::degraded}, {"1", State::at_risk}}};
        if (chance(0.3)) model.classes_[1].requires_types = {pick(grouped)};
        return Model::empty().merged_with(model);
    }

    Need need() {
        switch (below(5)) {
            case 0: return {Need::Kind::count, static_cast<std::int64_t>(1 + below(3)), {}};
            case 1: return {Need::Kind::percent, static_cast<std::int64_t>(1 + below(100)), {}};
            case 2: return {Need::Kind::all, 1, {}};
            case 3: return {Need::Kind::attribute, 1, "k"};
            default: return {};
        }
    }

    NodeId node(MemoryGraph& graph) {
        static const std::vector<std::vector<std::string>> labels{
            {}, {"A"}, {"A"}, {"B"}, {"G"}, {"H"}, {"R"}, {"S"}, {"A", "G"}, {"B", "S"}, {"Unknown"}, {"Unknown", "H"}};
        MemoryGraph::Entries properties;
        static const std::vector<std::vector<std::string>> calm_labels{{}, {"A"}, {"B"}, {"G"}, {"A", "H"}};
        if (chance(0.4)) properties.emplace_back("k", any_need());
        if (chance(0.2)) properties.emplace_back("status", pick<Value>({"dead", "ill", "fine", 1}));
        if (chance(0.2)) properties.emplace_back("health", pick<Value>({1, 2, 3, 4, "3", "x"}));
        return graph.add_node(pick(calm_ ? calm_labels : labels), properties);
    }

    Value any_need() {
        if (calm_) return pick<Value>({1, 1, 1, 2, "50%"});
        return pick<Value>({1, 1, 2, 2, 3, 4, 0, -1, "50%", "51%", "100%", "1%", "0%", "101%", "many", true});
    }

    MemoryGraph::Entries edge_properties() {
        MemoryGraph::Entries properties;
        if (chance(0.5)) {
            properties.emplace_back(chance(0.8) ? "group" : "zone",
                                    pick<Value>({"x", "x", "x", "y", "y", "", 1, 1.0, true, Date{7}}));
        }
        if (chance(0.4)) properties.emplace_back(chance(0.8) ? "need" : "quorum", any_need());
        if (chance(0.25)) {
            properties.emplace_back(chance(0.8) ? "effect" : "force",
                                    pick<Value>({"hard", "soft", "none", "path", "x", 1}));
        }
        return properties;
    }

    std::mt19937 random_;
    bool calm_ = false;  // little is broken before anything fails, so that failures have something to do
};

}  // namespace mainstay::test
