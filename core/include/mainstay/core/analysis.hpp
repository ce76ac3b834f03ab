#pragma once

// Failure analysis (DESIGN section 6, normative): impact, dependencies and dependents, single points of failure, over
// an abstract graph. No I/O. Everything here is a pure function of what it is given.

#include "mainstay/core/error.hpp"
#include "mainstay/core/graph.hpp"
#include "mainstay/core/model.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mainstay {

// The model's failure semantics with names resolved to ids: made once per view and model, shared by its analyses. Keeps
// references to `model` and `names`, which must outlive it. Safe for use by many threads.
class Semantics {
public:
    // Names that the graph does not know have no edges and are left out.
    Semantics(const Model& model, const Names& names);

    struct DependencyType {
        TypeId type;
        DependsEnd depends;  // never none
        Effect effect;       // default of its edges; never path
        std::optional<Need> grouped;
        KeyId need_attribute = no_key;  // if grouped->kind is attribute
        KeyId group_key = no_key, need_key = no_key,
              effect_key = no_key;  // overrides on edges; no_key: nobody has them
    };
    std::span<const DependencyType> types() const noexcept { return types_; }
    const DependencyType* find(TypeId) const noexcept;
    // (type, direction) pairs to follow from a dependent to its providers, and the reverse.
    std::span<const TypeUse> to_providers() const noexcept { return to_providers_; }
    std::span<const TypeUse> to_dependents() const noexcept { return to_dependents_; }
    bool is_gate(ShapeId) const;  // any label's class is a gate; memoised, thread-safe
    // Grouped types that the shape's classes list under `requires`, with edges or not: a type the graph has never seen
    // is there with TypeId no_type. Lives as long as this.
    std::span<const DependencyType* const> required_groups(ShapeId) const;
    // The same, only those the graph knows.
    std::span<const TypeId> requires_of(ShapeId) const;
    // Own state by the class's status map, the worst if several labels have one; up where none is declared. For FROM
    // STATUS.
    State status_of(const Properties& properties, NodeId node) const;
    bool has_status_maps() const noexcept { return !status_labels_.empty(); }
    // Labels of gates and of classes with `requires`; labels of classes with a status map. Subclasses are listed
    // themselves.
    std::span<const LabelId> special_labels() const noexcept { return special_labels_; }
    std::span<const LabelId> status_labels() const noexcept { return status_labels_; }
    std::vector<std::string> path_types() const;  // types of effect `path`: carry no impact yet, analyses say so
    // Those of path_types() that the graph knows, in both directions.
    std::span<const TypeUse> path_uses() const noexcept { return path_uses_; }
    bool is_empty() const noexcept { return !carries_impact_; }  // no type carries impact: analyses say so

private:
    std::vector<DependencyType> types_;
    std::vector<TypeUse> to_providers_, to_dependents_, path_uses_;
    std::vector<LabelId> special_labels_, status_labels_;
    bool carries_impact_ = false;
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
    std::vector<NodeId> nodes;  // from the failed element to the affected one: hops + 1 nodes
    std::vector<RelId> rels;    // hops relationships
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
    bool margins = true;  // false: nobody asks for them, those of the rows are nullopt
};

// The elements that are not up with nothing injected. The same for every analysis of a view (and from_status), so
// compute it once and keep it with the view.
class Baseline {
public:
    struct Entry {
        NodeId node;
        State state;  // at_risk, degraded or down
    };
    explicit Baseline(std::vector<Entry> entries);
    std::span<const Entry> entries() const& noexcept { return entries_; }  // ascending by node
    void entries() const&& = delete;                                       // would not outlive the walk over it
    std::size_t down_count() const noexcept { return down_count_; }
    State state_of(NodeId node) const noexcept;  // binary search; up if not listed

private:
    std::vector<Entry> entries_;
    std::size_t down_count_ = 0;
};
// `seeds`: elements that may have a group without enough members or whose status is not up, i.e. where a baseline may
// start to differ from up everywhere (more do no harm); nullptr: unknown, so the whole graph is searched once.
Baseline baseline_of(const AnalysisGraph& graph, bool from_status, const std::vector<NodeId>* seeds,
                     const CheckPoint& check);

class Impact {
public:
    // Ascending by (hops, id).
    std::span<const ImpactRow> rows() const noexcept;
    // The chain of causes of one row (index into rows()), computed on demand; steps that chains share are computed
    // once.
    CausePath cause(std::size_t row) const;
    // already_down (how many elements were down before), no_impact_types, path_effect (see semantic_notices).
    std::span<const Notice> notices() const noexcept;

    struct State_;
    explicit Impact(std::shared_ptr<const State_> state);

private:
    std::shared_ptr<const State_> state_;
};

// `failed`: elements of the graph, which fail together; empty gives no rows. `baseline_seeds` as for baseline_of().
// Working memory: at most 16 bytes a node, less while little is touched, plus the groups touched and the rows. The
// Impact keeps references to the graph: it must not outlive it. An analysis and its result belong to one thread at a
// time, as the Topology does.
Impact impact_of(const AnalysisGraph& graph, std::span<const NodeId> failed, const ImpactOptions& options,
                 const std::vector<NodeId>* baseline_seeds, const CheckPoint& check);
// The same with a baseline computed before, for the same graph and from_status.
Impact impact_of(const AnalysisGraph& graph, std::span<const NodeId> failed, const ImpactOptions& options,
                 const Baseline& baseline, const CheckPoint& check);

// Room for ids of nodes, from where such room is kept.
struct IdBufferDeleter {
    std::size_t bytes = 0;  // 0: not kept
    void operator()(std::uint32_t* data) const noexcept;
};
using IdBuffer = std::unique_ptr<std::uint32_t[], IdBufferDeleter>;

// Elements that were reached, ascending by (hops, id). Four bytes each, since they may be most of a graph.
class Reached {
public:
    Reached() = default;
    // `ids`: level after level; `level_ends`: where each ends, the first being that of the starts, which do not count.
    Reached(IdBuffer ids, std::vector<std::size_t> level_ends)
        : ids_(std::move(ids)), level_ends_(std::move(level_ends)) {}
    std::size_t size() const noexcept { return level_ends_.empty() ? 0 : level_ends_.back() - level_ends_.front(); }
    bool empty() const noexcept { return size() == 0; }
    NodeId ci(std::size_t i) const noexcept { return NodeId{ids_[level_ends_.front() + i]}; }
    std::uint32_t hops(std::size_t i) const noexcept {  // O(log levels)
        const auto level = std::upper_bound(level_ends_.begin(), level_ends_.end(), level_ends_.front() + i);
        return static_cast<std::uint32_t>(level - level_ends_.begin());
    }

private:
    IdBuffer ids_;
    std::vector<std::size_t> level_ends_;
};
// Plain reachability over depends-on edges (effect none left out), groups ignored, the starts left out. `within`: at
// most so many hops.
Reached dependencies_of(const AnalysisGraph& graph, std::span<const NodeId> starts, std::optional<std::uint32_t> within,
                        const CheckPoint& check);
Reached dependents_of(const AnalysisGraph& graph, std::span<const NodeId> starts, std::optional<std::uint32_t> within,
                      const CheckPoint& check);

struct SinglePoints {
    std::vector<NodeId> cis;      // ascending
    std::vector<Notice> notices;  // "already down"
};
// Exact. Elements that are down already are no points of failure; if `of` is down already there is none.
SinglePoints single_points_of_failure(const AnalysisGraph& graph, NodeId of, const std::vector<NodeId>* baseline_seeds,
                                      const CheckPoint& check);
SinglePoints single_points_of_failure(const AnalysisGraph& graph, NodeId of, const Baseline& baseline,
                                      const CheckPoint& check);

// What an analysis that touched these elements (ascending) must say about the model: no_impact_types if no type carries
// impact, path_effect for each type of effect `path` that one of them has. Impact and SinglePoints carry them already.
std::vector<Notice> semantic_notices(const AnalysisGraph& graph, std::span<const NodeId> touched);

}  // namespace mainstay
