#include "plan/leaf.hpp"

#include "function/function.hpp"

#include "mainstay/core/analysis.hpp"

#include <algorithm>

namespace mainstay::plan {
namespace {

using namespace bound;

// Selectivities where nothing is counted. Only their order matters.
constexpr double equality_share = 0.05, range_share = 0.3, both_ends_share = 0.1, prefix_share = 0.1;
constexpr double list_items_guess = 10;

// `n.key` of the node in `slot`.
std::optional<KeyRef> property_of(const ExprPtr& e, Slot slot) {
    const auto* property = std::get_if<Property>(&e->node);
    if (!property) return std::nullopt;
    const auto* variable = std::get_if<Variable>(&property->object->node);
    if (!variable || variable->slot != slot) return std::nullopt;
    return property->key;
}

double estimate_expr(const LabelExpr& e, const View& view) {
    const auto all = static_cast<double>(view.estimate_nodes(no_label));
    switch (e.kind) {
        case LabelExpr::Kind::name: {
            double sum = 0;
            for (const std::string& name : e.names)
                if (const LabelId id = view.names().find_label(name); id != no_label)
                    sum += static_cast<double>(view.estimate_nodes(id));
            return std::min(sum, all);
        }
        case LabelExpr::Kind::conjunction: {
            double least = all;
            for (const LabelExprPtr& operand : e.operands) least = std::min(least, estimate_expr(*operand, view));
            return least;
        }
        case LabelExpr::Kind::disjunction: {
            double sum = 0;
            for (const LabelExprPtr& operand : e.operands) sum += estimate_expr(*operand, view);
            return std::min(sum, all);
        }
        default: return all;
    }
}

// The classes a node that satisfies the expression certainly has (as written, not their parents).
void add_certain_names(const LabelExpr& e, std::vector<std::string>& names) {
    if (e.kind == LabelExpr::Kind::name) names.push_back(e.names.front());
    if (e.kind == LabelExpr::Kind::conjunction)
        for (const LabelExprPtr& operand : e.operands) add_certain_names(*operand, names);
}

// How a condition can be used by an index on one key.
struct Use {
    enum class Kind : std::uint8_t { equal, any_of, low, high, prefix } kind;
    KeyRef key;
    ExprPtr value;
    bool inclusive = false;
    std::size_t condition;
};

std::vector<Use> find_uses(Slot slot, const std::vector<Condition>& conditions, const SlotSet& unbound) {
    std::vector<Use> uses;
    const auto known = [&](const ExprPtr& e) { return !slots_read(*e).meets(unbound); };
    for (std::size_t i = 0; i < conditions.size(); ++i) {
        if (conditions[i].placed) continue;
        const auto& node = conditions[i].expression->node;
        if (const auto* c = std::get_if<Comparison>(&node)) {
            auto add = [&](const ExprPtr& property, const ExprPtr& value, ComparisonOp op) {
                const auto key = property_of(property, slot);
                if (!key || !known(value)) return;
                switch (op) {
                    case ComparisonOp::equal: uses.push_back({Use::Kind::equal, *key, value, true, i}); break;
                    case ComparisonOp::less: uses.push_back({Use::Kind::high, *key, value, false, i}); break;
                    case ComparisonOp::less_equal: uses.push_back({Use::Kind::high, *key, value, true, i}); break;
                    case ComparisonOp::greater: uses.push_back({Use::Kind::low, *key, value, false, i}); break;
                    case ComparisonOp::greater_equal: uses.push_back({Use::Kind::low, *key, value, true, i}); break;
                    case ComparisonOp::not_equal: break;
                }
            };
            const auto mirrored = [](ComparisonOp op) {
                switch (op) {
                    case ComparisonOp::less: return ComparisonOp::greater;
                    case ComparisonOp::less_equal: return ComparisonOp::greater_equal;
                    case ComparisonOp::greater: return ComparisonOp::less;
                    case ComparisonOp::greater_equal: return ComparisonOp::less_equal;
                    default: return op;
                }
            };
            add(c->left, c->right, c->op);
            add(c->right, c->left, mirrored(c->op));
        } else if (const auto* m = std::get_if<Membership>(&node)) {
            if (const auto key = property_of(m->item, slot); key && known(m->list))
                uses.push_back({Use::Kind::any_of, *key, m->list, true, i});
        } else if (const auto* s = std::get_if<StringPredicate>(&node)) {
            if (s->op != StringOp::starts_with) continue;
            if (const auto key = property_of(s->left, slot); key && known(s->right))
                uses.push_back({Use::Kind::prefix, *key, s->right, true, i});
        }
    }
    return uses;
}

class LeafFinder {
public:
    LeafFinder(Slot slot, std::uint32_t time, const std::vector<Condition>& conditions, const SlotSet& unbound,
               const Statement& statement, PlanContext& context)
        : slot_(slot),
          time_(time),
          conditions_(conditions),
          unbound_(unbound),
          statement_(statement),
          context_(context) {
        std::vector<LabelExprPtr> tests;
        for (std::size_t i = 0; i < conditions.size(); ++i) {
            if (conditions[i].placed) continue;
            if (const auto* test = label_test_of(conditions[i], slot)) {
                tests.push_back(test->labels);
                label_conditions_.push_back(i);
            }
        }
        if (tests.size() == 1) {
            labels_ = tests.front();
        } else if (tests.size() > 1) {
            LabelExpr all{LabelExpr::Kind::conjunction, {}, tests};
            labels_ = std::make_shared<const LabelExpr>(std::move(all));
        }
        rows_ = estimate_labelled(slot, conditions, context.view());
        uses_ = find_uses(slot, conditions, unbound);
    }

    Leaf find() {
        if (!context_.optimises()) return Leaf{NodeScan{slot_, nullptr, time_, {}}, rows_, {}};
        best_ = Leaf{NodeScan{slot_, labels_, time_, {}}, rows_, label_conditions_};
        try_ids(unbound_);
        if (!labels_) return std::move(best_);
        std::vector<std::string> names;
        add_certain_names(*labels_, names);
        for (const SchemaEntry& entry : context_.schema()) {
            if (entry.element != ElementKind::node || entry.kind == SchemaKind::exists) continue;
            if (covers(entry.label, names)) try_index(entry);
        }
        return std::move(best_);
    }

private:
    // An index on a class holds all nodes of the class and its subclasses.
    bool covers(const std::string& label, const std::vector<std::string>& names) const {
        const Model& model = context_.view().model();
        for (const std::string& name : names) {
            if (name == label) return true;
            if (!model.find_class(name)) continue;
            const auto ancestors = model.ancestors(name);
            if (std::find(ancestors.begin(), ancestors.end(), label) != ancestors.end()) return true;
        }
        return false;
    }

    void offer(decltype(Node::op) op, double rows, std::vector<std::size_t> consumed) {
        if (rows >= best_.rows && !(rows <= 1 && best_.rows <= 1 && !is_seek(best_))) return;
        best_ = Leaf{std::move(op), rows, std::move(consumed)};
    }
    static bool is_seek(const Leaf& leaf) { return !std::holds_alternative<NodeScan>(leaf.op); }

    // `id(n)` or `elementId(n)` of the node looked for.
    bool is_id(const ExprPtr& e) const {
        const auto* call = std::get_if<Call>(&e->node);
        if (!call || call->arguments.size() != 1) return false;
        if (call->function->name != "id" && call->function->name != "elementId") return false;
        const auto* variable = std::get_if<Variable>(&call->arguments[0]->node);
        return variable && variable->slot == slot_;
    }

    void try_ids(const SlotSet& unbound) {
        const auto known = [&](const ExprPtr& e) { return !slots_read(*e).meets(unbound); };
        for (std::size_t i = 0; i < conditions_.size(); ++i) {
            if (conditions_[i].placed) continue;
            const auto& node = conditions_[i].expression->node;
            // The condition stays: `id(n) = '7'` finds nothing, whatever the seek made of it.
            if (const auto* c = std::get_if<Comparison>(&node); c && c->op == ComparisonOp::equal) {
                if (is_id(c->left) && known(c->right)) offer(NodeById{slot_, c->right, false, time_}, 1, {});
                if (is_id(c->right) && known(c->left)) offer(NodeById{slot_, c->left, false, time_}, 1, {});
            } else if (const auto* m = std::get_if<Membership>(&node)) {
                if (is_id(m->item) && known(m->list))
                    offer(NodeById{slot_, m->list, true, time_}, list_items_guess, {});
            }
        }
    }

    const Use* find_use(const std::string& key, Use::Kind kind) const {
        for (const Use& use : uses_)
            if (use.kind == kind && statement_.keys[static_cast<std::uint32_t>(use.key)] == key) return &use;
        return nullptr;
    }

    void try_index(const SchemaEntry& entry) {
        const bool unique = entry.kind == SchemaKind::unique || entry.kind == SchemaKind::node_key;
        NodeSeek seek{slot_, entry.id, entry.name, entry.label, entry.keys, {}, false, unique, time_};
        std::vector<std::size_t> consumed = implied_labels(entry.label);
        for (const std::string& key : entry.keys)
            if (const Use* use = find_use(key, Use::Kind::equal)) {
                seek.values.push_back(use->value);
                consumed.push_back(use->condition);
            }
        if (seek.values.size() == entry.keys.size())
            return offer(std::move(seek), unique ? 1 : std::max(1.0, rows_ * equality_share), std::move(consumed));
        if (entry.keys.size() != 1) return;
        const std::string& key = entry.keys.front();
        consumed = implied_labels(entry.label);
        if (const Use* use = find_use(key, Use::Kind::any_of)) {
            const auto* list = std::get_if<ListLiteral>(&use->value->node);
            const double items = list ? static_cast<double>(list->items.size()) : list_items_guess;
            seek.values = {use->value};
            seek.any_of = true;
            consumed.push_back(use->condition);
            return offer(std::move(seek), items * (unique ? 1 : std::max(1.0, rows_ * equality_share)),
                         std::move(consumed));
        }
        if (unique) return;  // unique entries are not kept in order
        if (const Use* use = find_use(key, Use::Kind::prefix)) {
            NodeRange range{slot_,   entry.id,   entry.name, entry.label, key,  nullptr,
                            nullptr, use->value, true,       true,        time_};
            consumed.push_back(use->condition);
            return offer(std::move(range), rows_ * prefix_share, std::move(consumed));
        }
        const Use* low = find_use(key, Use::Kind::low);
        const Use* high = find_use(key, Use::Kind::high);
        if (!low && !high) return;
        NodeRange range{slot_, entry.id, entry.name, entry.label, key, nullptr, nullptr, nullptr, true, true, time_};
        if (low) {
            range.low = low->value;
            range.low_inclusive = low->inclusive;
            consumed.push_back(low->condition);
        }
        if (high) {
            range.high = high->value;
            range.high_inclusive = high->inclusive;
            consumed.push_back(high->condition);
        }
        offer(std::move(range), rows_ * (low && high ? both_ends_share : range_share), std::move(consumed));
    }

    // Label tests that hold for whatever an index on `label` finds.
    std::vector<std::size_t> implied_labels(const std::string& label) const {
        std::vector<std::size_t> implied;
        for (const std::size_t i : label_conditions_) {
            const auto& e = *std::get<LabelTest>(conditions_[i].expression->node).labels;
            if (e.kind == LabelExpr::Kind::name && e.names.front() == label) implied.push_back(i);
        }
        return implied;
    }

    Slot slot_;
    std::uint32_t time_;
    const std::vector<Condition>& conditions_;
    const SlotSet& unbound_;
    const Statement& statement_;
    PlanContext& context_;
    LabelExprPtr labels_;
    std::vector<std::size_t> label_conditions_;
    std::vector<Use> uses_;
    double rows_ = 0;
    Leaf best_{};
};

}  // namespace

double estimate_labelled(Slot slot, const std::vector<Condition>& conditions, const View& view) {
    auto least = static_cast<double>(view.estimate_nodes(no_label));
    for (const Condition& condition : conditions)
        if (const auto* test = label_test_of(condition, slot))
            least = std::min(least, estimate_expr(*test->labels, view));
    return least;
}

double estimate_rels(const PatternRel& rel, const View& view) {
    double sum = 0;
    if (rel.dependency) {
        for (const auto& type : view.semantics().types())
            if (type.type != no_type) sum += static_cast<double>(view.estimate_rels(type.type));
        return sum;
    }
    if (rel.types.empty()) return static_cast<double>(view.estimate_rels(no_type));
    for (const TypeName& type : rel.types)
        if (const TypeId id = view.names().find_type(type.name); id != no_type)
            sum += static_cast<double>(view.estimate_rels(id));
    return sum;
}

const LabelTest* label_test_of(const Condition& condition, Slot slot) {
    const auto* test = std::get_if<LabelTest>(&condition.expression->node);
    const auto* variable = test ? std::get_if<Variable>(&test->object->node) : nullptr;
    return variable && variable->slot == slot ? test : nullptr;
}

Leaf find_leaf(Slot slot, std::uint32_t time, const std::vector<Condition>& conditions, const SlotSet& unbound,
               const Statement& statement, PlanContext& context) {
    return LeafFinder{slot, time, conditions, unbound, statement, context}.find();
}

}  // namespace mainstay::plan
