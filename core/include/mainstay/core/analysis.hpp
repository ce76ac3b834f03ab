#pragma once

// Failure analysis (DESIGN section 6, normative): impact, dependencies and dependents, single points of failure, over an
// abstract graph. No I/O. Everything here is a pure function of what it is given.

#include "mainstay/core/error.hpp"
#include "mainstay/core/graph.hpp"
#include "mainstay/core/model.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mainstay {

// The model's failure semantics with names resolved to ids: made once per view and model, shared by its analyses.
class Semantics {
public:
    // Names that the graph does not know have no edges and are left out.
    Semantics(const Model& model, const Names& names);

    struct DependencyType {
        TypeId type;
        DependsEnd depends;                 // never none
        Effect effect;                      // default of its edges
        std::optional<Need> grouped;
        KeyId need_attribute = no_key;      // if grouped->kind is attribute
        KeyId group_key = no_key, need_key = no_key, effect_key = no_key;  // overrides on edges; no_key: nobody has them
    };
    std::span<const DependencyType> types() const noexcept { return types_; }
    const DependencyType* find(TypeId) const noexcept;
    // (type, direction) pairs to follow from a dependent to its providers, and the reverse.
    std::span<const TypeUse> to_providers() const noexcept { return to_providers_; }
    std::span<const TypeUse> to_dependents() const noexcept { return to_dependents_; }
    bool is_gate(ShapeId) const;            // any label's class is a gate; memoised, thread-safe
    // Grouped types that the shape's classes list under `requires`.
    std::span<const TypeId> requires_of(ShapeId) const;
    // Own state by the class's status map; up where none is declared. For FROM STATUS.
    State status_of(const Properties& properties, NodeId node) const;
    bool has_status_maps() const noexcept;
    std::vector<std::string> path_types() const;   // types of effect `path`: carry no impact yet, analyses say so
    bool is_empty() const noexcept;                // no type carries impact: analyses say so

private:
    std::vector<DependencyType> types_;
    std::vector<TypeUse> to_providers_, to_dependents_;
    struct Memo;
    std::shared_ptr<Memo> memo_;
};

struct AnalysisGraph {
    const Topology& topology;
    const Properties& properties;
    const Semantics& semantics;
};

// Called now and then by long analyses; throws Error (time_out, cancelled, memory_limit) to stop them.
using CheckPoint = std::function<void()>;

struct CausePath {
    std::vector<NodeId> nodes;   // from the failed element to the affected one: hops + 1 nodes
    std::vector<RelId> rels;     // hops relationships
};

struct ImpactRow {
    NodeId ci;
    State state;
    State state_before;
    std::uint32_t hops;
    std::optional<std::int64_t> margin;
    std::optional<std::int64_t> margin_before;
};

enum class InjectedState : std::uint8_t { degraded, down };

struct ImpactOptions {
    InjectedState when = InjectedState::down;
    bool from_status = false;
};

// Which elements are broken before anything is injected. Computed once per view (and from_status) and kept with it.
class Baseline;

class Impact {
public:
    // Ascending by (hops, id).
    std::span<const ImpactRow> rows() const noexcept;
    // The chain of causes of one row (index into rows()), computed on demand.
    CausePath cause(std::size_t row) const;
    std::span<const Notice> notices() const noexcept;

    struct State_;
    explicit Impact(std::shared_ptr<const State_> state);

private:
    std::shared_ptr<const State_> state_;
};

// `failed`: distinct elements of the graph; empty gives no rows. `group_owners`: elements that may have a group without
// enough members or whose status is not up, i.e. where a baseline may differ from up everywhere; nullptr: unknown, so the
// whole graph is searched once. The Impact keeps references to the graph: it must not outlive it.
Impact impact_of(const AnalysisGraph& graph, std::span<const NodeId> failed, const ImpactOptions& options,
                 const std::vector<NodeId>* baseline_seeds, const CheckPoint& check);

struct Reached {
    NodeId ci;
    std::uint32_t hops;
};
// Plain reachability over depends-on edges (effect none left out), groups ignored, the starts left out; ascending by
// (hops, id). `within`: at most so many hops.
std::vector<Reached> dependencies_of(const AnalysisGraph& graph, std::span<const NodeId> starts,
                                     std::optional<std::uint32_t> within, const CheckPoint& check);
std::vector<Reached> dependents_of(const AnalysisGraph& graph, std::span<const NodeId> starts,
                                   std::optional<std::uint32_t> within, const CheckPoint& check);

struct SinglePoints {
    std::vector<NodeId> cis;     // ascending
    std::vector<Notice> notices; // "already down"
};
SinglePoints single_points_of_failure(const AnalysisGraph& graph, NodeId of, const std::vector<NodeId>* baseline_seeds,
                                      const CheckPoint& check);

}  // namespace mainstay
