#pragma once

// A named graph with a model, for tests that state one rule of failure analysis each.

#include "mainstay/core/analysis.hpp"
#include "support/memory_graph.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mainstay::test {

class FailureCase {
public:
    // `model`: JSON. The one given by default has HARD and SOFT (source depends), HELD_BY (target depends), WITH
    // (both).
    explicit FailureCase(const std::string& model = default_model)
        : model_(Model::empty().merged_with(Model::from_json(model))) {}

    static constexpr const char* default_model = R"({
      "classes": [{"name": "Thing"}, {"name": "Gate", "gate": true}],
      "relationship_types": [
        {"name": "HARD", "depends": "source", "effect": "hard"},
        {"name": "SOFT", "depends": "source", "effect": "soft"},
        {"name": "HELD_BY", "depends": "target", "effect": "hard"},
        {"name": "WITH", "depends": "both", "effect": "hard"},
        {"name": "BESIDE"}
      ]
    })";

    FailureCase& node(const std::string& name, const std::vector<std::string>& labels = {"Thing"},
                      const MemoryGraph::Entries& properties = {}) {
        names_.emplace(name, graph_.add_node(labels, properties));
        return *this;
    }
    // Makes missing ends of class Thing.
    FailureCase& rel(const std::string& source, const std::string& type, const std::string& target,
                     const MemoryGraph::Entries& properties = {}) {
        for (const std::string& name : {source, target}) {
            if (!names_.count(name)) node(name);
        }
        graph_.add_rel(names_.at(source), type, names_.at(target), properties);
        return *this;
    }

    NodeId id(const std::string& name) const { return names_.at(name); }
    std::string name(NodeId node) const {
        for (const auto& [name, id] : names_) {
            if (id == node) return name;
        }
        return "?";
    }

    const AnalysisGraph& analysis() {
        if (!analysis_) {
            graph_.freeze();
            semantics_ = std::make_unique<Semantics>(model_, graph_.names());
            analysis_ = std::unique_ptr<AnalysisGraph>(new AnalysisGraph{graph_, graph_, *semantics_});
        }
        return *analysis_;
    }
    Impact impact(const std::vector<std::string>& failed, const ImpactOptions& options = {}) {
        const AnalysisGraph& of = analysis();
        return impact_of(of, ids(failed), options, nullptr, {});
    }
    // "b down, c degraded", by name; of elements that are rows.
    std::string states(const std::vector<std::string>& failed, const ImpactOptions& options = {}) {
        return states(impact(failed, options));
    }
    std::string states(const Impact& result) const {
        std::map<std::string, std::string> rows;
        for (const ImpactRow& row : result.rows()) rows[name(row.ci)] = std::string{name_of(row.state)};
        std::string text;
        for (const auto& [each, state] : rows) text += (text.empty() ? "" : ", ") + each + " " + state;
        return text;
    }
    ImpactRow row(const Impact& result, const std::string& name) const {
        for (const ImpactRow& row : result.rows()) {
            if (row.ci == id(name)) return row;
        }
        throw std::runtime_error{name + " has no row"};
    }
    // "a <-[0]- b": elements by name, relationships by number, from the failed to the affected.
    std::string cause(const Impact& result, const std::string& of) const {
        for (std::size_t i = 0; i < result.rows().size(); ++i) {
            if (result.rows()[i].ci != id(of)) continue;
            const CausePath path = result.cause(i);
            std::string text = name(path.nodes.front());
            for (std::size_t k = 0; k < path.rels.size(); ++k) {
                text += " -[" + std::to_string(raw(path.rels[k])) + "]- " + name(path.nodes[k + 1]);
            }
            return text;
        }
        throw std::runtime_error{of + " has no row"};
    }
    std::string single_points(const std::string& of) {
        const AnalysisGraph& graph = analysis();
        return list(single_points_of_failure(graph, id(of), nullptr, {}).cis);
    }
    std::vector<NodeId> ids(const std::vector<std::string>& names) const {
        std::vector<NodeId> result;
        for (const std::string& each : names) result.push_back(id(each));
        return result;
    }
    std::string list(const std::vector<NodeId>& nodes) const {
        std::vector<std::string> each;
        for (const NodeId node : nodes) each.push_back(name(node));
        std::sort(each.begin(), each.end());
        std::string text;
        for (const std::string& one : each) text += (text.empty() ? "" : " ") + one;
        return text;
    }

private:
    Model model_;
    MemoryGraph graph_;
    std::map<std::string, NodeId> names_;
    std::unique_ptr<Semantics> semantics_;
    std::unique_ptr<AnalysisGraph> analysis_;
};

}  // namespace mainstay::test
