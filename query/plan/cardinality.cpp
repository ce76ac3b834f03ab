#include "plan/cardinality.hpp"

#include <algorithm>
#include <numeric>

namespace mainstay::plan {
namespace {

using namespace bound;

constexpr double sampled_equality_share = 0.1, condition_share = 0.3;
constexpr double unmodelled_share_min = 0.1;   // of ends that labels let pass, where no model says what they may be
constexpr double rare = 0.01;                  // what a sample cannot tell from nothing
constexpr std::uint64_t hops_counted_max = 4;  // of a variable length
constexpr std::size_t few_segments = 3, few_slots = 8;
constexpr std::uint32_t segments_tried_max = 256;
constexpr std::uint32_t ends_looked_at_max = 4;  // of each node

bool passes(const LabelExpr& e, std::string_view name) {
    const auto inside = [&](const LabelExprPtr& operand) { return passes(*operand, name); };
    switch (e.kind) {
        case LabelExpr::Kind::name: return std::find(e.names.begin(), e.names.end(), name) != e.names.end();
        case LabelExpr::Kind::any: return true;
        case LabelExpr::Kind::negation: return !inside(e.operands.front());
        case LabelExpr::Kind::conjunction: return std::all_of(e.operands.begin(), e.operands.end(), inside);
        case LabelExpr::Kind::disjunction: return std::any_of(e.operands.begin(), e.operands.end(), inside);
    }
    return true;
}

}  // namespace

double share_of(const Expr& condition) {
    const auto* comparison = std::get_if<Comparison>(&condition.node);
    return comparison && comparison->op == ComparisonOp::equal ? sampled_equality_share : condition_share;
}

double Cardinality::nodes() const { return std::max<double>(1, static_cast<double>(view_.estimate_nodes(no_label))); }

double Cardinality::labelled(std::uint32_t node) const {
    auto& known = labelled_[node];
    if (!known) known = std::max(1.0, estimate_labelled(slot(node), conditions_, view_));
    return *known;
}

bool Cardinality::is_own(const Condition& condition, std::uint32_t node) const {
    if (!condition.reads.has(slot(node))) return false;
    const auto reads = [&](const auto& other) { return other.slot != slot(node) && condition.reads.has(other.slot); };
    return std::none_of(pattern_.nodes.begin(), pattern_.nodes.end(), reads) &&
           std::none_of(pattern_.rels.begin(), pattern_.rels.end(), reads);
}

double Cardinality::own_share(std::uint32_t node) const {
    auto& known = own_shares_[node];
    if (known) return *known;
    double share = 1;
    for (const Condition& condition : conditions_)
        if (is_own(condition, node) && !label_test_of(condition, slot(node))) share *= share_of(*condition.expression);
    known = share;
    return share;
}

bool Cardinality::passes_labels(std::uint32_t node, const std::string& class_name) const {
    return std::all_of(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
        const LabelTest* test = label_test_of(condition, slot(node));
        return !test || passes(*test->labels, class_name);
    });
}

bool Cardinality::passes_labels(std::uint32_t node, NodeId id) const {
    const Names& names = view_.names();
    const auto labels = names.labels_of(view_.shape(id));
    return std::all_of(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
        const LabelTest* test = label_test_of(condition, slot(node));
        if (!test) return true;
        return std::any_of(labels.begin(), labels.end(),
                           [&](LabelId label) { return passes(*test->labels, names.label(label)); });
    });
}

// Evenly spread over a few segments that hold such nodes.
const std::vector<NodeId>& Cardinality::few_nodes(std::uint32_t node) const {
    auto& known = few_nodes_[node];
    if (known) return *known;
    known.emplace();
    const std::uint32_t segments = view_.node_segments();
    std::size_t found_in = 0;
    std::uint32_t stride = segments * 5 / 8 + 1;  // meets each once, far ones first
    while (std::gcd(stride, segments) > 1) ++stride;
    for (std::uint32_t i = 0; i < std::min(segments, segments_tried_max) && found_in < few_segments; ++i) {
        const auto segment = static_cast<std::uint32_t>(std::uint64_t{i} * stride % segments);
        const auto shapes = view_.shapes_in(segment);
        const std::size_t before = known->size();
        for (std::size_t k = 0; k < few_slots && !shapes.empty(); ++k) {
            const NodeId id{segment * segment_slots + static_cast<std::uint32_t>(k * segment_slots / few_slots)};
            if (view_.contains_node(id) && passes_labels(node, id)) known->push_back(id);
        }
        found_in += known->size() > before;
    }
    return *known;
}

Cardinality::Sample Cardinality::look(TypeId type, bool forward, std::uint32_t from, std::uint32_t to) const {
    Sample sample;
    for (const NodeId node : few_nodes(from)) {
        ++sample.nodes;
        const Run run = view_.run(node, forward ? Direction::out : Direction::in, type);
        sample.edges += run.count();
        std::uint32_t looked_at = 0;
        run.for_each([&](NodeId other, RelId) {
            if (++looked_at > ends_looked_at_max) return;
            ++sample.ends;
            sample.passing += passes_labels(to, other);
        });
    }
    return sample;
}

double Cardinality::end_share(const std::string& type, bool source, std::uint32_t node) const {
    const Model& model = view_.model();
    const RelationshipDeclaration* declared = model.find_type(type);
    const std::vector<std::string>* classes = !declared ? nullptr : source ? &declared->sources : &declared->targets;
    if (!classes || classes->empty()) return std::clamp(labelled(node) / nodes(), unmodelled_share_min, 1.0);
    double all = 0, passing = 0;
    for (const std::string& root : *classes)
        for (const std::string& name : model.descendants(root)) {
            const LabelId label = view_.names().find_label(name);
            if (label == no_label) continue;
            const auto count = static_cast<double>(view_.estimate_nodes(label));
            all += count;
            if (passes_labels(node, name)) passing += count;
        }
    return all > 0 ? passing / all : 1;
}

Cardinality::Fan Cardinality::of_one(const PatternRel& rel, std::uint32_t from, std::uint32_t to) const {
    // Relationships of any type begin everywhere.
    if (rel.types.empty() && !rel.dependency) {
        const double degree = estimate_rels(rel, view_) / nodes() * (rel.direction == PatternDirection::both ? 2 : 1);
        return {degree, degree * std::min(1.0, labelled(to) / nodes())};
    }
    double edges = 0, rows = 0;
    const auto add = [&](const std::string& name, TypeId type, bool forward) {
        const auto count = static_cast<double>(view_.estimate_rels(type));
        const Sample sample = look(type, forward, from, to);
        const double begins = sample.nodes > 0 ? std::clamp(sample.edges / sample.nodes,
                                                            std::min(rare, count / nodes()), count / labelled(from))
                                               : count * end_share(name, forward, from) / labelled(from);
        edges += begins;
        rows +=
            begins * (sample.ends > 0 ? std::max(sample.passing / sample.ends, rare) : end_share(name, !forward, to));
    };
    const auto add_ways = [&](const std::string& name, bool reversed, TypeId type) {
        // Travelled along the arrow as it is written, from left to right if `from` is the left end.
        const bool along = (rel.direction == PatternDirection::left) != (from == rel.from);
        const bool both = rel.direction == PatternDirection::both || rel.from == rel.to;
        if (both || along != reversed) add(name, type, true);
        if (both || along == reversed) add(name, type, false);
    };
    if (rel.dependency) {
        for (const RelationshipDeclaration& type : view_.model().types_) {
            const TypeId id = view_.names().find_type(type.name);
            if (type.depends == DependsEnd::none || id == no_type) continue;
            add_ways(type.name, type.depends == DependsEnd::target, id);
        }
    }
    for (const TypeName& type : rel.types)
        if (const TypeId id = view_.names().find_type(type.name); id != no_type) add_ways(type.name, type.reversed, id);
    return {edges, rows};
}

Cardinality::Fan Cardinality::fan_out(const PatternRel& rel, std::uint32_t from, std::uint32_t to, bool into) const {
    auto& known = fans_[&rel][from == rel.from ? 0 : 1];
    if (!known) known = any_end(rel, from, to);
    Fan fan = *known;
    if (into) fan.rows = std::min(1.0, fan.rows / labelled(to));
    return fan;
}

Cardinality::Fan Cardinality::any_end(const PatternRel& rel, std::uint32_t from, std::uint32_t to) const {
    Fan fan;
    if (rel.group) {  // rounds of several relationships: as many as its first one has
        const double degree = estimate_rels(rel.group->rels.front(), view_) / labelled(from);
        fan = {degree, degree};
    } else {
        fan = of_one(rel, from, to);
    }
    if (rel.length) {
        double sum = 0, power = 1;
        for (std::uint64_t i = 0; i < std::min(rel.length->max.value_or(hops_counted_max), hops_counted_max); ++i) {
            power *= fan.edges;
            sum += power;
        }
        sum = std::min(sum, nodes());
        fan = {sum, sum * std::min(1.0, labelled(to) / nodes())};
    }
    return fan;
}

}  // namespace mainstay::plan
