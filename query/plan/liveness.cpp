// Which slots each operation must hand on: what is read above it, so that nothing else is copied from batch to batch.

#include "plan/slots.hpp"

namespace mainstay::plan {
namespace {

using namespace bound;

void read_all(const std::vector<ExprPtr>& expressions, SlotSet& reads) {
    for (const ExprPtr& e : expressions) add_slots_read(*e, reads);
}
void read_maybe(const ExprPtr& e, SlotSet& reads) {
    if (e) add_slots_read(*e, reads);
}

void read_properties(const bound::PropertyBraces& properties, SlotSet& reads) {
    for (const auto& [key, value] : properties.entries) add_slots_read(*value, reads);
    read_maybe(properties.map, reads);
}

// Creating a pattern reads its bound nodes and all property expressions, which may mention new elements.
void read_pattern(const Pattern& pattern, SlotSet& reads, SlotSet& writes) {
    for (const PatternNode& node : pattern.nodes) {
        read_properties(node.properties, reads);
        (node.bound ? reads : writes).add(node.slot);
    }
    for (const PatternRel& rel : pattern.rels) {
        read_properties(rel.properties, reads);
        (rel.bound ? reads : writes).add(rel.slot);
    }
    for (const PatternPart& part : pattern.parts)
        if (part.path != no_slot) writes.add(part.path);
}

void read_items(const std::vector<SetItem>& items, SlotSet& reads) {
    for (const SetItem& item : items) {
        std::visit(
            [&](const auto& set) {
                using S = std::decay_t<decltype(set)>;
                if constexpr (std::is_same_v<S, SetProperty>) {
                    add_slots_read(*set.object, reads);
                    read_maybe(set.dynamic_key, reads);
                    add_slots_read(*set.value, reads);
                } else {
                    reads.add(set.variable);
                    if constexpr (std::is_same_v<S, SetProperties>) add_slots_read(*set.value, reads);
                }
            },
            item.node);
    }
}

void use_hop(const Hop& hop, SlotSet& reads, SlotSet& writes) {
    reads.add(hop.from);
    writes.add(hop.rel);
    (hop.into ? reads : writes).add(hop.to);
    for (Slot slot : hop.differ) reads.add(slot);
}

const Node* leaf_of(const Node& node) {
    const Node* n = &node;
    while (n->child) n = n->child.get();
    return n;
}

// What an inner plan needs of the outer row: what its Argument must yield. A Union's parts have one each.
void read_inner(Node& inner, const SlotSet& required, SlotSet& reads);

void read_argument(const Node& inner, SlotSet& reads) {
    const Node* leaf = leaf_of(inner);
    if (const auto* parts = std::get_if<Union>(&leaf->op)) {
        for (const NodePtr& part : parts->parts) read_argument(*part, reads);
    } else if (std::holds_alternative<Argument>(leaf->op)) {
        for (Slot slot : leaf->live) reads.add(slot);
    }
}

void read_inner(Node& inner, const SlotSet& required, SlotSet& reads) {
    find_live_slots(inner, required);
    read_argument(inner, reads);
}

struct Visitor {
    const SlotSet& live;  // of the operation's output
    SlotSet& reads;
    SlotSet& writes;
    bool keeps = true;  // rows of the child come out extended; false: only what is written comes out

    void operator()(const Start&) {}
    void operator()(const Argument&) {}
    void operator()(const NodeScan& op) {
        writes.add(op.node);
        read_all(op.conditions, reads);
        reads.remove(op.node);
    }
    void operator()(const RelScan& op) {
        writes.add(op.from);
        writes.add(op.rel);
        writes.add(op.to);
    }
    void operator()(const NodeSeek& op) {
        writes.add(op.node);
        read_all(op.values, reads);
    }
    void operator()(const NodeRange& op) {
        writes.add(op.node);
        read_maybe(op.low, reads);
        read_maybe(op.high, reads);
        read_maybe(op.prefix, reads);
    }
    void operator()(const NodeById& op) {
        writes.add(op.node);
        add_slots_read(*op.id, reads);
    }
    void operator()(const Expand& op) { use_hop(op.hop, reads, writes); }
    void operator()(const RelEnds& op) {
        reads.add(op.hop.rel);
        (op.from_bound ? reads : writes).add(op.hop.from);
        if (op.hop.into) {
            reads.add(op.hop.to);
        } else if (op.hop.to != op.hop.from) {
            writes.add(op.hop.to);
        }
        for (Slot slot : op.hop.differ) reads.add(slot);
    }
    void operator()(const VarExpand& op) {
        use_hop(op.hop, reads, writes);
        read_all(op.conditions, reads);
        if (op.each != no_slot) reads.remove(op.each);
    }
    void operator()(const Reach& op) {
        use_hop(op.hop, reads, writes);
        keeps = !op.together;
    }
    void operator()(const PathSearch& op) {
        SlotSet own;
        if (op.path != no_slot) own.add(op.path);
        if (op.build_path) add_slots_read(*op.build_path, reads);
        read_all(op.checks, reads);
        for (const PathSearch::Step& step : op.steps) {
            read_all(step.conditions, reads);
            read_all(step.end_conditions, reads);
            own.add(step.end);
            for (const Hop& hop : step.hops) {
                own.add(hop.rel);
                own.add(hop.from);
                own.add(hop.to);
            }
            if (step.trail != no_slot) own.add(step.trail);
            for (const PathSearch::List& list : step.lists) own.add(list.list);
        }
        own.remove(op.from);
        if (op.into) own.remove(op.to);
        for (Slot slot : own.list()) {
            reads.remove(slot);
            writes.add(slot);
        }
        reads.add(op.from);
        if (op.into) reads.add(op.to);
        for (Slot slot : op.differ) reads.add(slot);
    }
    void operator()(const Filter& op) { read_all(op.conditions, reads); }
    void operator()(const Extend& op) {
        // An assignment may read an earlier one.
        for (const Assignment& a : op.assignments) add_slots_read(*a.expression, reads);
        for (const Assignment& a : op.assignments) {
            writes.add(a.slot);
            reads.remove(a.slot);
        }
    }
    void operator()(const Aggregate& op) {
        keeps = false;
        for (const Assignment& a : op.keys) add_slots_read(*a.expression, reads);
        for (const Aggregation& a : op.aggregations) read_all(a.arguments, reads);
    }
    void operator()(const Distinct& op) {
        for (Slot slot : op.slots) reads.add(slot);
    }
    void operator()(const Sort& op) {
        for (const SortKey& key : op.keys) add_slots_read(*key.expression, reads);
    }
    void operator()(const Skip&) {}
    void operator()(const Limit&) {}
    void operator()(const Unwind& op) {
        writes.add(op.variable);
        add_slots_read(*op.list, reads);
    }
    void operator()(Optional& op) {
        SlotSet required = live;
        required.add(op.tag);
        read_inner(*op.inner, required, reads);
        reads.remove(op.tag);
        for (Slot slot : op.introduced) writes.add(slot);
    }
    void operator()(SemiApply& op) { read_inner(*op.inner, {}, reads); }
    void operator()(Apply& op) {
        SlotSet required;
        for (Slot slot : op.introduced) {
            required.add(slot);
            writes.add(slot);
        }
        read_inner(*op.inner, required, reads);
    }
    void operator()(InTransactions& op) {
        SlotSet required;
        for (Slot slot : op.introduced) {
            required.add(slot);
            writes.add(slot);
        }
        read_inner(*op.inner, required, reads);
        if (op.clause->report != no_slot) writes.add(op.clause->report);
    }
    void operator()(Join& op) {
        read_all(op.left_keys, reads);
        SlotSet required;
        read_all(op.right_keys, required);
        for (Slot slot : op.introduced) {
            writes.add(slot);
            if (live.has(slot)) required.add(slot);
        }
        find_live_slots(*op.right, required);
    }
    void operator()(Union& op) {
        keeps = false;
        for (std::size_t i = 0; i < op.parts.size(); ++i) {
            SlotSet required;
            for (Slot slot : op.inputs[i]) required.add(slot);
            find_live_slots(*op.parts[i], required);
        }
    }
    void operator()(const Create& op) {
        read_pattern(*op.pattern, reads, writes);
        for (Slot slot : writes.list()) reads.remove(slot);  // read by a later element of the same pattern
    }
    void operator()(const Set& op) { read_items(*op.items, reads); }
    void operator()(const Delete& op) { read_all(op.targets, reads); }
    void operator()(Merge& op) {
        SlotSet required = live;
        read_items(op.merge->on_create, required);
        read_items(op.merge->on_match, required);
        SlotSet written;
        read_pattern(op.merge->pattern, required, written);
        for (Slot slot : written.list()) writes.add(slot);
        read_inner(*op.match, required, reads);
        for (Slot slot : required.list())
            if (!written.has(slot)) reads.add(slot);
    }
    void operator()(Foreach& op) {
        add_slots_read(*op.list, reads);
        read_inner(*op.body, {}, reads);
        reads.remove(op.variable);
    }
    void operator()(const CallProcedure& op) {
        read_all(op.call->arguments, reads);
        for (const ColumnSlot& output : op.call->outputs) writes.add(output.slot);
    }
    void operator()(const LoadCsv& op) {
        add_slots_read(*op.load->url, reads);
        for (Slot slot : {op.load->row, op.load->line, op.load->file}) writes.add(slot);
    }
    void operator()(const Analysis& op) {
        add_slots_read(*op.analysis->operand, reads);
        read_maybe(op.analysis->when, reads);
        for (const ColumnSlot& output : op.analysis->outputs) writes.add(output.slot);
    }
    void operator()(const CountNodes& op) { writes.add(op.slot); }
    void operator()(const CountRels& op) { writes.add(op.slot); }
    void operator()(const ColumnAggregate&) { keeps = false; }
};

}  // namespace

void find_live_slots(Node& root, const SlotSet& required) {
    // A loop along the chain of children, which may be long; recursion only into inner plans, whose depth is bounded.
    SlotSet live = required;
    for (Node* node = &root; node; node = node->child.get()) {
        node->live = live.list();
        SlotSet reads, writes;
        Visitor visitor{live, reads, writes};
        std::visit(visitor, node->op);
        SlotSet needed;
        if (visitor.keeps)
            for (Slot slot : node->live)
                if (!writes.has(slot)) needed.add(slot);
        needed.add(reads);
        // A slot that is read and written (an assignment that keeps its variable's slot) is needed from below.
        live = std::move(needed);
    }
}

}  // namespace mainstay::plan
