// Patterns: elements and their variables, then properties and conditions, which may name any variable of the clause.

#include "bind/binder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace mainstay::bound {

using function::Types;

struct Binder::PatternBuilder {
    Binder& b;
    PatternUse use;
    Pattern out;
    std::size_t scope_before;                  // variables beyond are new in this clause
    std::vector<std::function<void()>> later;  // properties and conditions, when all variables are known

    PatternBuilder(Binder& binder, PatternUse u) : b(binder), use(u), scope_before(binder.scope_.size()) {}
    bool writes() const { return use == PatternUse::create || use == PatternUse::merge; }

    [[noreturn]] static void conflict(const syntax::Name& name, const char* wanted, const char* is) {
        throw Error{Code::variable_type_conflict, name.span,
                    fmt::format("{} is {} here, but {} before", quoted(name.text), wanted, is)};
    }
    static const char* describe(SlotKind kind) {
        switch (kind) {
            case SlotKind::value: return "a value";
            case SlotKind::node: return "a node";
            case SlotKind::relationship: return "a relationship";
            case SlotKind::relationship_list: return "a list of relationships";
            case SlotKind::path: return "a path";
        }
        return "something else";
    }

    [[noreturn]] static void already_bound(const syntax::Name& name) {
        throw Error{Code::variable_already_bound, name.span,
                    fmt::format("{} is bound already and cannot be created again", quoted(name.text))};
    }

    // Whether a slot's variable may be used as an element of this kind.
    void require_kind(const syntax::Name& name, Slot slot, SlotKind kind, ValueType type) const {
        const auto known = b.info(slot).kind;
        if (known == kind) return;
        const auto types = b.types_of(slot);
        if (known != SlotKind::value || !(types == Types{} || types.overlaps(type)))
            conflict(name, describe(kind), describe(known));
    }

    PropertyBraces properties(const syntax::ExpressionPtr& e) {
        PropertyBraces p;
        if (!e) return p;
        if (const auto* map = std::get_if<syntax::MapLiteral>(&e->node)) {
            for (const auto& entry : map->entries)
                p.entries.emplace_back(writes() ? b.key(entry.key.text) : b.element_key(entry.key),
                                       b.expression(entry.value, {.clause = "a pattern"}).expr);
        } else if (use == PatternUse::create) {
            p.map = b.expression(*e, {.clause = "a pattern"}).expr;
        } else {
            throw Error{Code::invalid_parameter_use, e->span,
                        "a parameter cannot give the properties of a pattern that is matched"}
                .with_hint("name the properties: {key: $parameter.key}");
        }
        return p;
    }

    void defer(std::function<void()> f) {
        // CREATE makes its elements at once: their properties cannot name each other.
        if (writes())
            f();
        else
            later.push_back(std::move(f));
    }

    std::uint32_t node(const syntax::NodePattern& n, bool alone) {
        const bool says_more = n.labels || n.properties || n.where;
        std::uint32_t index = static_cast<std::uint32_t>(out.nodes.size());
        if (n.variable) {
            if (const auto slot = b.scope_.find(n.variable->text)) {
                const auto known = std::find_if(out.nodes.begin(), out.nodes.end(),
                                                [&](const PatternNode& x) { return x.slot == *slot; });
                require_kind(*n.variable, *slot, SlotKind::node, ValueType::node);
                if (writes() && (says_more || alone))
                    throw Error{
                        Code::variable_already_bound, n.variable->span,
                        fmt::format("{} is bound already and cannot be created again", quoted(n.variable->text))}
                        .with_hint("use SET to change it, or another name for a new node");
                if (known != out.nodes.end()) {
                    index = static_cast<std::uint32_t>(known - out.nodes.begin());
                } else {
                    b.note_use(*slot);
                    PatternNode element;
                    element.span = n.span;
                    element.slot = *slot;
                    element.bound = true;
                    out.nodes.push_back(std::move(element));
                }
            } else {
                if (use == PatternUse::predicate) b.undefined(n.variable->text, n.variable->span);
                PatternNode element;
                element.span = n.span;
                if (writes()) {
                    // Visible only after its own properties.
                    fill(element, n);
                    element.slot = b.declare(n.variable->text, SlotKind::node, ValueType::node);
                    out.nodes.push_back(std::move(element));
                    return index;
                }
                element.slot = b.declare(n.variable->text, SlotKind::node, ValueType::node);
                out.nodes.push_back(std::move(element));
            }
        } else {
            PatternNode element;
            element.span = n.span;
            element.slot = b.new_slot("", SlotKind::node, ValueType::node);
            out.nodes.push_back(std::move(element));
        }
        if (says_more) {
            const auto* source = &n;
            defer([this, index, source] { fill(out.nodes[index], *source); });
        }
        return index;
    }

    void fill(PatternNode& element, const syntax::NodePattern& n) {
        if (n.labels) {
            if (writes()) {
                const auto names = syntax::plain_labels(*n.labels);
                if (!names) throw Error{Code::syntax, n.labels->span, "a new node takes plain labels, `:A:B`"};
                element.plain_labels = b.written_labels(*names);
            }
            if (use != PatternUse::create) {
                auto labels = b.node_labels(*n.labels);
                if (element.labels) {
                    auto both = std::make_shared<LabelExpr>();
                    both->kind = LabelExpr::Kind::conjunction;
                    both->operands = {element.labels, std::move(labels)};
                    element.labels = std::move(both);
                } else {
                    element.labels = std::move(labels);
                }
            }
        }
        auto p = properties(n.properties);
        if (p.map) element.properties.map = p.map;
        for (auto& entry : p.entries) element.properties.entries.push_back(std::move(entry));
        if (n.where) {
            if (writes()) throw Error{Code::syntax, n.where->span, "WHERE cannot stand in a pattern that is created"};
            auto where = b.condition(*n.where, "WHERE");
            element.where =
                element.where ? make(Logical{LogicalOp::logical_and, {element.where, where}}, n.where->span) : where;
        }
    }

    std::uint32_t relationship(const syntax::RelationshipPattern& r, std::uint32_t from, std::uint32_t to) {
        PatternRel element;
        element.span = r.span;
        element.from = from;
        element.to = to;
        element.direction = r.arrow == syntax::Arrow::right  ? PatternDirection::right
                            : r.arrow == syntax::Arrow::left ? PatternDirection::left
                                                             : PatternDirection::both;
        if (r.quantifier) {
            if (writes())
                throw Error{Code::creating_var_length, r.quantifier->span,
                            "a quantified relationship cannot be created"};
            if (r.length)
                throw Error{Code::invalid_relationship_pattern, r.quantifier->span,
                            "a relationship has a length `*` or a quantifier, not both"};
            element.length = length_of(*r.quantifier);
            element.each = b.new_slot("", SlotKind::relationship, ValueType::relationship);
        }
        if (r.length) {
            if (writes())
                throw Error{Code::creating_var_length, r.length->span,
                            "a relationship of variable length cannot be created"};
            element.length = PatternRel::Length{r.length->min.value_or(1), r.length->max};
        }
        if (writes() && r.variable && b.scope_.find(r.variable->text)) already_bound(*r.variable);
        if (r.types) b.relationship_types(*r.types, element, use);
        if (writes() && element.types.empty())
            throw Error{Code::no_single_relationship_type, r.span, "a new relationship needs exactly one type"}
                .with_hint("write it as -[:TYPE]->");
        if (use == PatternUse::create && element.direction == PatternDirection::both)
            throw Error{Code::requires_directed_relationship, r.span, "a new relationship needs a direction"}.with_hint(
                "write --> or <--");
        const auto kind = element.length ? SlotKind::relationship_list : SlotKind::relationship;
        const auto type = element.length ? ValueType::list : ValueType::relationship;
        const auto declare = [&] {
            if (!r.variable) {
                element.slot = b.new_slot("", kind, type);
                return;
            }
            if (const auto slot = b.scope_.find(r.variable->text)) {
                if (r.quantifier) already_a_variable(*r.variable);
                require_kind(*r.variable, *slot, kind, type);
                const bool repeated =
                    std::any_of(out.rels.begin(), out.rels.end(), [&](const PatternRel& x) { return x.slot == *slot; });
                if (repeated)
                    throw Error{
                        Code::relationship_uniqueness_violation, r.variable->span,
                        fmt::format("{} stands for two relationships of one pattern", quoted(r.variable->text))};
                if (writes())
                    throw Error{
                        Code::variable_already_bound, r.variable->span,
                        fmt::format("{} is bound already and cannot be created again", quoted(r.variable->text))};
                b.note_use(*slot);
                element.slot = *slot;
                element.bound = true;
                return;
            }
            if (use == PatternUse::predicate) b.undefined(r.variable->text, r.variable->span);
            element.slot = b.declare(r.variable->text, kind, type);
        };
        const auto index = static_cast<std::uint32_t>(out.rels.size());
        if (writes()) {
            element.properties = properties(r.properties);
            if (r.where) throw Error{Code::syntax, r.where->span, "WHERE cannot stand in a pattern that is created"};
            declare();
            out.rels.push_back(std::move(element));
            return index;
        }
        declare();
        out.rels.push_back(std::move(element));
        const auto* source = &r;
        if (r.properties || r.where)
            later.push_back([this, index, source] {
                // In what is said of a quantified relationship its variable is one of them.
                const Slot each = out.rels[index].each;
                const auto mark = b.scope_.size();
                if (each != no_slot && source->variable) b.scope_.add(source->variable->text, each);
                out.rels[index].properties = properties(source->properties);
                if (source->where) out.rels[index].where = b.condition(*source->where, "WHERE");
                b.scope_.cut(mark);
            });
        return index;
    }

    static PatternRel::Length length_of(const syntax::PatternQuantifier& q) {
        if (q.max && *q.max < q.min)
            throw Error{Code::syntax, q.span, fmt::format("{} is less than {}: nothing would fit", *q.max, q.min)}
                .with_hint("write the smaller number first");
        return {q.min, q.max};
    }

    [[noreturn]] static void already_a_variable(const syntax::Name& name) {
        throw Error{Code::variable_already_bound, name.span, fmt::format("{} is bound already", quoted(name.text))}
            .with_hint("what is repeated gives a list, which needs a name of its own");
    }

    // ((x)-[r]->(y) WHERE ...){1,5}, with lists for its variables.
    PatternRel group(const syntax::ParenthesisedPath& p) {
        if (writes()) throw Error{Code::creating_var_length, p.span, "a quantified path cannot be created"};
        PatternRel element;
        element.span = p.span;
        element.length = length_of(*p.quantifier);
        if (p.variable)
            throw Error{Code::unsupported, p.variable->span, "a path inside a quantified path has no name"}.with_hint(
                "name the whole path: p = (a) ((x)-->(y)){1,5} (b)");
        // A round knows its own variables and those of earlier clauses.
        const Scope around = b.scope_;
        b.scope_.cut(scope_before);
        const Scope* const hidden = std::exchange(b.hidden_, &around);
        PatternBuilder round{b, use};
        PatternPart walk;
        for (const auto& one : p.elements) {
            if (const auto* inner = std::get_if<syntax::ParenthesisedPath>(&one))
                throw Error{Code::unsupported, inner->span,
                            "a path in parentheses inside a quantified path is not executed yet"}
                    .with_hint("write its relationships into the outer one");
            if (const auto* r = std::get_if<syntax::RelationshipPattern>(&one); r && (r->length || r->quantifier))
                throw Error{Code::unsupported, r->span,
                            "a relationship that repeats cannot stand inside a quantified path"}
                    .with_hint("the quantifier of the path repeats it already");
        }
        round.chain(p.elements, walk);
        if (walk.rels.empty())
            throw Error{Code::syntax, p.span, "a quantified path needs a relationship"}.with_hint(
                "such as ((x)-[:TYPE]->(y)){1,5}");
        PatternGroup out_group;
        for (const auto& f : round.later) f();
        if (p.where) out_group.where = b.condition(*p.where, "WHERE");
        b.hidden_ = hidden;
        b.scope_ = around;
        out_group.nodes = std::move(round.out.nodes);
        out_group.rels = std::move(round.out.rels);
        out_group.positions = std::move(walk.nodes);
        for (const auto& one : p.elements) {
            const auto* node = std::get_if<syntax::NodePattern>(&one);
            const auto& name = node ? node->variable : std::get<syntax::RelationshipPattern>(one).variable;
            if (!name) continue;
            const auto named = [&](const auto& x) { return b.info(x.slot).name == name->text; };
            Slot each = no_slot;
            bool was_bound = false;
            const auto look = [&](const auto& list) {
                if (const auto found = std::find_if(list.begin(), list.end(), named); found != list.end()) {
                    each = found->slot;
                    was_bound = found->bound;
                }
            };
            node ? look(out_group.nodes) : look(out_group.rels);
            if (was_bound) already_a_variable(*name);
            const bool known = std::any_of(out_group.variables.begin(), out_group.variables.end(),
                                           [&](const auto& v) { return v.each == each; });
            if (known) continue;
            if (b.scope_.find(name->text)) already_a_variable(*name);
            const Slot list =
                b.declare(name->text, node ? SlotKind::value : SlotKind::relationship_list, ValueType::list);
            out_group.variables.push_back({each, list, node != nullptr});
        }
        element.slot = b.new_slot("", SlotKind::relationship_list, ValueType::list);
        element.group = std::make_shared<const PatternGroup>(std::move(out_group));
        return element;
    }

    std::uint32_t anonymous_node(Span span) {
        PatternNode element;
        element.span = span;
        element.slot = b.new_slot("", SlotKind::node, ValueType::node);
        out.nodes.push_back(std::move(element));
        return static_cast<std::uint32_t>(out.nodes.size() - 1);
    }

    // What stands between two nodes: a relationship, a quantified path, or nothing, where a path in parentheses begins
    // or ends at a node: then the two are one node, which a relationship of length zero says.
    struct Link {
        const syntax::RelationshipPattern* rel = nullptr;
        const syntax::ParenthesisedPath* group = nullptr;
    };

    void link(PatternPart& walk, Link& link, std::uint32_t to) {
        if (!walk.nodes.empty()) {
            const std::uint32_t from = walk.nodes.back();
            if (link.rel) {
                walk.rels.push_back(relationship(*link.rel, from, to));
            } else {
                PatternRel element;
                if (link.group) {
                    element = group(*link.group);
                } else {
                    element.slot = b.new_slot("", SlotKind::relationship_list, ValueType::list);
                    element.length = PatternRel::Length{0, 0};
                }
                element.from = from;
                element.to = to;
                walk.rels.push_back(static_cast<std::uint32_t>(out.rels.size()));
                out.rels.push_back(std::move(element));
            }
        }
        link = {};
        walk.nodes.push_back(to);
    }

    void chain(const std::vector<syntax::PathElement>& elements, PatternPart& walk) {
        Link open;
        chain(elements, walk, open);
        if (open.group) link(walk, open, anonymous_node(open.group->span));
    }

    void chain(const std::vector<syntax::PathElement>& elements, PatternPart& walk, Link& open) {
        for (const auto& element : elements) {
            if (const auto* n = std::get_if<syntax::NodePattern>(&element)) {
                link(walk, open, node(*n, elements.size() == 1));
            } else if (const auto* r = std::get_if<syntax::RelationshipPattern>(&element)) {
                if (open.group) link(walk, open, anonymous_node(open.group->span));
                open.rel = r;
            } else {
                parenthesised(std::get<syntax::ParenthesisedPath>(element), walk, open);
            }
        }
    }

    void parenthesised(const syntax::ParenthesisedPath& p, PatternPart& walk, Link& open) {
        if (p.quantifier) {
            if (walk.nodes.empty() || open.rel || open.group) link(walk, open, anonymous_node(p.span));
            open.group = &p;
            return;
        }
        if (writes()) throw Error{Code::syntax, p.span, "a path that is created has no parentheses around it"};
        if (p.variable)
            throw Error{Code::unsupported, p.variable->span, "a part of a path has no name"}.with_hint(
                "name the whole path: p = (a)-->(b)");
        chain(p.elements, walk, open);
        if (open.group) link(walk, open, anonymous_node(open.group->span));
        if (p.where)
            later.push_back([this, source = &p, part = out.parts.size() - 1] {
                auto where = b.condition(*source->where, "WHERE");
                ExprPtr& all = out.parts[part].where;
                all = all ? make(Logical{LogicalOp::logical_and, {all, where}}, source->where->span) : where;
            });
    }

    static PathSelector selector_of(syntax::PathSelector selector) {
        using S = syntax::PathSelector;
        switch (selector) {
            case S::all: return PathSelector::all;
            case S::any: return PathSelector::any;
            case S::any_shortest:
            case S::shortest_path: return PathSelector::any_shortest;
            case S::all_shortest:
            case S::all_shortest_paths: return PathSelector::all_shortest;
            case S::shortest: return PathSelector::shortest;
            case S::shortest_groups: return PathSelector::shortest_groups;
        }
        return PathSelector::all;
    }

    PathMode mode_of(const syntax::PathPattern& p) const {
        using M = syntax::PathMode;
        const bool is_function =
            p.selector == syntax::PathSelector::shortest_path || p.selector == syntax::PathSelector::all_shortest_paths;
        switch (p.mode) {
            case M::unstated:
                return b.match_mode_ == syntax::MatchMode::repeatable_elements && !is_function ? PathMode::walk
                                                                                               : PathMode::trail;
            case M::walk: break;
            case M::trail: return PathMode::trail;
            case M::acyclic: return PathMode::acyclic;
            case M::simple: return PathMode::simple;
        }
        if (b.match_mode_ == syntax::MatchMode::different_relationships)
            throw Error{Code::syntax, p.span, "a WALK may repeat relationships, and DIFFERENT RELATIONSHIPS forbids it"}
                .with_hint("leave one of the two out");
        return PathMode::walk;
    }

    void part(const syntax::PathPattern& p) {
        PatternPart part_out;
        part_out.span = p.span;
        part_out.selector = selector_of(p.selector);
        part_out.is_function =
            p.selector == syntax::PathSelector::shortest_path || p.selector == syntax::PathSelector::all_shortest_paths;
        part_out.mode = mode_of(p);
        if (writes() && (p.selector != syntax::PathSelector::all || p.mode != syntax::PathMode::unstated))
            throw Error{Code::syntax, p.span, "a path that is created is written as it is, without a selector or mode"};
        if (p.selector_count) {
            part_out.selector_count = b.count_of_rows(*p.selector_count, "the number of paths");
            const auto* literal = std::get_if<Literal>(&part_out.selector_count->node);
            if (literal && literal->value.as_int() == 0)
                throw Error{Code::syntax, p.selector_count->span, "the number of paths begins at 1"};
            if (literal && literal->value.as_int() == 1) part_out.selector_count = nullptr;
        }
        if (!part_out.selector_count) {  // SHORTEST 1 is ANY SHORTEST, SHORTEST 1 GROUP is ALL SHORTEST
            if (part_out.selector == PathSelector::shortest) part_out.selector = PathSelector::any_shortest;
            if (part_out.selector == PathSelector::shortest_groups) part_out.selector = PathSelector::all_shortest;
        }
        out.parts.push_back({});  // conditions in parentheses go to it
        chain(p.elements, part_out);
        if (part_out.is_function) check_function(p);
        if (part_out.rels.empty()) part_out.selector = PathSelector::all;  // a node alone is one path, the shortest
        if (part_out.mode == PathMode::walk && part_out.selector == PathSelector::all) check_walk(part_out);
        if (p.variable) {
            if (b.scope_.find(p.variable->text))
                throw Error{Code::variable_already_bound, p.variable->span,
                            fmt::format("{} is bound already", quoted(p.variable->text))}
                    .with_hint("give the path a name of its own");
            part_out.path = b.declare(p.variable->text, SlotKind::path, ValueType::path);
        }
        out.parts.back() = std::move(part_out);
    }

    static void check_function(const syntax::PathPattern& p) {
        const auto refuse = [&](Span span, const char* why) -> Error {
            return Error{Code::invalid_relationship_pattern, span, why}.with_hint(
                "such as shortestPath((a)-[:TYPE*..10]->(b)); ANY SHORTEST takes any path");
        };
        const auto* r = p.elements.size() == 3 ? std::get_if<syntax::RelationshipPattern>(&p.elements[1]) : nullptr;
        if (!r) throw refuse(p.span, "shortestPath needs two nodes and one relationship between them");
        if (r->quantifier) throw refuse(r->quantifier->span, "in shortestPath a length is written `*`");
        if (r->length && r->length->min.value_or(1) > 1)
            throw refuse(r->length->span, "in shortestPath the least length is 0 or 1");
    }

    void check_walk(const PatternPart& walk) const {
        for (const std::uint32_t i : walk.rels)
            if (const PatternRel& rel = out.rels[i]; rel.length && !rel.length->max)
                throw Error{Code::syntax, rel.span, "a walk without an upper bound may have no end"}.with_hint(
                    "say one, such as {1,5}, or TRAIL, or select: ANY SHORTEST");
    }

    // A path that is chosen among others is matched as a whole: what is between its ends stands nowhere else.
    void check_selected() const {
        for (std::size_t i = 0; i < out.parts.size(); ++i) {
            const PatternPart& part = out.parts[i];
            if (part.selector == PathSelector::all) continue;
            const bool alone =
                out.parts.size() == 1 || part.is_function || b.match_mode_ == syntax::MatchMode::repeatable_elements;
            if (!alone)
                throw Error{Code::syntax, part.span, "a path with a selector is the only one of its MATCH"}.with_hint(
                    "give it a MATCH of its own, or write MATCH REPEATABLE ELEMENTS");
            for (std::size_t j = 1; j + 1 < part.nodes.size(); ++j) {
                const std::uint32_t node = part.nodes[j];
                std::size_t uses = 0;
                for (const PatternPart& other : out.parts)
                    uses += static_cast<std::size_t>(std::count(other.nodes.begin(), other.nodes.end(), node));
                if (uses > 1 || out.nodes[node].bound)
                    throw Error{Code::unsupported, part.span,
                                fmt::format("{} stands between the ends of a selected path and elsewhere",
                                            quoted(b.info(out.nodes[node].slot).name))}
                        .with_hint("use another name there, and compare the two in WHERE");
            }
            for (const std::uint32_t r : part.rels)
                if (out.rels[r].bound)
                    throw Error{Code::unsupported, out.rels[r].span,
                                "a relationship of a selected path that is bound already is not executed yet"};
        }
    }
};

Pattern Binder::single_node(const syntax::NodePattern& node) {
    PatternBuilder builder(*this, PatternUse::match);
    PatternPart part;
    part.span = node.span;
    part.nodes.push_back(builder.node(node, false));
    builder.out.parts.push_back(std::move(part));
    for (const auto& f : builder.later) f();
    return std::move(builder.out);
}

// Planning looks at every pair of a pattern's elements.
constexpr std::size_t pattern_nodes_max = 1'000;

Pattern Binder::pattern(std::span<const syntax::PathPattern* const> parts, PatternUse use) {
    PatternBuilder builder(*this, use);
    for (const auto* part : parts) {
        builder.part(*part);
        if (builder.out.nodes.size() > pattern_nodes_max)
            throw Error{Code::unsupported, part->span,
                        fmt::format("a pattern has at most {} nodes, and this one has more", pattern_nodes_max)}
                .with_hint("split it by WITH, or say a length: -[:TYPE*1..20]->");
    }
    for (const auto& f : builder.later) f();
    builder.check_selected();
    return std::move(builder.out);
}

bool Binder::says_validity(const Pattern& pattern) const {
    const auto says = [&](const auto& element) {
        return std::any_of(element.properties.entries.begin(), element.properties.entries.end(),
                           [&](const auto& entry) {
                               const std::string& name = result_.keys[static_cast<std::uint32_t>(entry.first)];
                               return name == "valid_from" || name == "valid_to";
                           });
    };
    return std::any_of(pattern.nodes.begin(), pattern.nodes.end(), says) ||
           std::any_of(pattern.rels.begin(), pattern.rels.end(), says);
}

}  // namespace mainstay::bound
