// Patterns: elements and their variables, then properties and conditions, which may name any variable of the clause.

#include "bind/binder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

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

    Properties properties(const syntax::ExpressionPtr& e) {
        Properties p;
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
        if (r.quantifier)
            throw Error{Code::unsupported, r.quantifier->span, "quantified relationships are not executed yet"}
                .with_hint("`-[:TYPE*1..3]->` is");
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
                out.rels[index].properties = properties(source->properties);
                if (source->where) out.rels[index].where = b.condition(*source->where, "WHERE");
            });
        return index;
    }

    void part(const syntax::PathPattern& p) {
        PatternPart part_out;
        part_out.span = p.span;
        using S = syntax::PathSelector;
        switch (p.selector) {
            case S::all: part_out.selector = PathSelector::all; break;
            case S::any: part_out.selector = PathSelector::any; break;
            case S::any_shortest:
            case S::shortest_path: part_out.selector = PathSelector::any_shortest; break;
            case S::all_shortest:
            case S::all_shortest_paths: part_out.selector = PathSelector::all_shortest; break;
            case S::shortest: part_out.selector = PathSelector::shortest; break;
            case S::shortest_groups: part_out.selector = PathSelector::shortest_groups; break;
        }
        if (p.selector_count) part_out.selector_count = b.count_of_rows(*p.selector_count, "SHORTEST");
        if (p.mode != syntax::PathMode::unstated && p.mode != syntax::PathMode::trail)
            throw Error{Code::unsupported, p.span, "path modes other than TRAIL are not executed yet"};
        const syntax::RelationshipPattern* pending = nullptr;
        for (const auto& element : p.elements) {
            if (const auto* n = std::get_if<syntax::NodePattern>(&element)) {
                const auto index = node(*n, p.elements.size() == 1);
                if (pending) part_out.rels.push_back(relationship(*pending, part_out.nodes.back(), index));
                pending = nullptr;
                part_out.nodes.push_back(index);
            } else if (const auto* r = std::get_if<syntax::RelationshipPattern>(&element)) {
                pending = r;
            } else {
                throw Error{Code::unsupported, std::get<syntax::ParenthesisedPath>(element).span,
                            "quantified paths are not executed yet"}
                    .with_hint("`-[:TYPE*1..3]->` is");
            }
        }
        if (p.variable) {
            if (b.scope_.find(p.variable->text))
                throw Error{Code::variable_already_bound, p.variable->span,
                            fmt::format("{} is bound already", quoted(p.variable->text))}
                    .with_hint("give the path a name of its own");
            part_out.path = b.declare(p.variable->text, SlotKind::path, ValueType::path);
        }
        out.parts.push_back(std::move(part_out));
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
