#include "reconcile.hpp"

#include "mainstay/core/assert.hpp"
#include "mainstay/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <tuple>

namespace mainstay::connect {
namespace {

constexpr std::uint64_t tick_rows = 4'096;

// Equal as stored: 1 and 1.0 are two things.
bool is_same(const Value& a, const Value& b) { return a.type() == b.type() && equivalent(a, b); }

// What one observed relationship stands for once its ends are known.
struct Edge {
    NodeId from, to;
    std::uint32_t observation = 0;
};

}  // namespace

struct Reconciler::State {
    Target& target;
    Observations& observations;
    std::vector<SchemaEntry> schema;
    std::string source;
    ImportReport& report;
    const ProgressSink& progress;
    ClassRules& rules;
    std::vector<KeyId> keys;  // by Name; no_key: not asked yet
    KeyId source_key;
    std::vector<NodeId> node_ids;  // by observation; no_node: not taken
    std::deque<Attributes> ends_made;
    std::vector<bool> nodes_seen, rels_seen;
    std::map<std::string, std::vector<const SchemaEntry*>> unique_of_class;
    const Refused* refused = nullptr;
    Refused* refuse_into = nullptr;  // set: every element is checked as it is written

    State(Target& to, Observations& observed, std::vector<SchemaEntry> entries, std::string name, ImportReport& counts,
          const ProgressSink& sink)
        : target(to),
          observations(observed),
          schema(std::move(entries)),
          source(std::move(name)),
          report(counts),
          progress(sink),
          rules(observed.class_rules()),
          source_key(to.key(source_property)) {}

    const std::string& text(Name name) const { return observations.text(name); }

    KeyId key(Name name) {
        const auto index = static_cast<std::uint32_t>(name);
        if (keys.size() <= index) keys.resize(index + 1, no_key);
        if (keys[index] == no_key) keys[index] = target.key(text(name));
        return keys[index];
    }

    // False if the store refuses what was written last.
    [[nodiscard]] bool is_accepted(std::map<std::uint32_t, std::string> Refused::*kind, std::uint32_t index) {
        if (!refuse_into) return true;
        try {
            target.check();
            return true;
        } catch (const Error& error) {
            if (error.code() != Code::constraint_violation) throw;
            (refuse_into->*kind).emplace(index, error.message());
            return false;
        }
    }

    void tick(const char* what, std::uint64_t done, std::uint64_t total) const {
        if (progress && (done % tick_rows == 0 || done == total)) progress({what, done, total});
    }

    // A line of a dry run's list; the text is made only if it is wanted.
    template <typename F>
    void note(F&& line) {
        if (report.dry_run && report.changes.size() < changes_listed_max) report.changes.push_back(line());
    }

    // An element's place among those of its kind, for the search for missing ones.
    template <typename Id>
    static void mark(std::vector<bool>& seen, Id id) {
        if (seen.size() <= raw(id)) seen.resize(raw(id) + std::size_t{1});
        seen[raw(id)] = true;
    }
    template <typename Id>
    static bool is_marked(const std::vector<bool>& seen, Id id) {
        return raw(id) < seen.size() && seen[raw(id)];
    }

    // --- nodes

    std::string named(const NodeObservation& node) const {
        std::string words = text(node.class_name);
        for (std::size_t i = 0; i < node.key.size(); ++i) {
            const auto& key_name = observations.rules()[node.rule].key[i];
            words += fmt::format(" {}={}", key_name, print(node.key[i]));
        }
        return words;
    }

    // The store's uniqueness rules that hold for a class.
    const std::vector<const SchemaEntry*>& unique_entries(const std::string& class_name) {
        const auto [at, is_new] = unique_of_class.try_emplace(class_name);
        if (is_new)
            for (const SchemaEntry& entry : schema)
                if (entry.element == ElementKind::node &&
                    (entry.kind == SchemaKind::unique || entry.kind == SchemaKind::node_key) &&
                    rules.is_a(class_name, entry.label))
                    at->second.push_back(&entry);
        return at->second;
    }

    // "" if no other node than `self` has one of the values that must be unique.
    std::string clash(const NodeObservation& node, NodeId self) {
        for (const SchemaEntry* entry : unique_entries(text(node.class_name))) {
            std::vector<Value> values;
            bool is_touched = false;
            for (const std::string& name : entry->keys) {
                const auto given = std::find_if(node.attributes.begin(), node.attributes.end(),
                                                [&](const auto& each) { return text(each.first) == name; });
                if (given != node.attributes.end()) {
                    values.push_back(given->second);
                    is_touched = true;
                } else {
                    values.push_back(self == no_node ? Value{} : target.property(self, target.key(name)));
                }
            }
            const bool is_whole =
                std::none_of(values.begin(), values.end(), [](const Value& v) { return v.is_null(); });
            if (!is_touched || !is_whole) continue;
            // The identity itself was looked up before.
            const IdentityRule& identity = observations.rules()[node.rule];
            if (entry->label == identity.scope && entry->keys == identity.key) continue;
            if (!target.is_taken(*entry, values, self)) continue;
            std::vector<std::string> words;
            for (std::size_t i = 0; i < values.size(); ++i)
                words.push_back(fmt::format("{} {}", mainstay::quoted(entry->keys[i]), print(values[i])));
            return fmt::format("another {} has {} already, which must be unique", entry->label, fmt::join(words, ", "));
        }
        return {};
    }

    void create_node(std::uint32_t index) {
        const NodeObservation& node = observations.nodes()[index];
        const ElementRule& rule = *rules.class_rule(text(node.class_name));
        for (const Attribute* attribute : rule.required) {
            const bool is_given = std::any_of(node.attributes.begin(), node.attributes.end(), [&](const auto& each) {
                return text(each.first) == attribute->name && !each.second.is_null();
            });
            if (is_given) continue;
            observations.add_problem(node.origin,
                                     fmt::format("a {} needs the attribute {}; row not taken", text(node.class_name),
                                                 mainstay::quoted(attribute->name)));
            return;
        }
        if (const std::string other = clash(node, no_node); !other.empty()) {
            observations.add_problem(node.origin, other + "; row not taken");
            return;
        }
        node_ids[index] = target.create_node(text(node.class_name), node.attributes, {{source_key, Value{source}}});
        mark(nodes_seen, node_ids[index]);
        ++report.nodes_created;
        note([&] { return "create " + named(node); });
    }

    // True if the node's class now is what the files say. A node that another source made keeps its class.
    bool set_class(NodeId id, const NodeObservation& node) {
        const std::string& wanted = text(node.class_name);
        const std::string current = target.class_of(id);
        if (rules.is_a(current, wanted)) return false;
        const Value owner = target.property(id, source_key);
        const bool is_ours = owner.is(ValueType::string) && owner.as_string() == source;
        if (!is_ours && !rules.is_a(wanted, current)) {
            observations.add_problem(
                node.origin,
                fmt::format("{} is a {} in the database; its class is left", named(node), mainstay::quoted(current)),
                NotTaken::value);
            return false;
        }
        target.set_class(id, current, wanted);
        note([&] { return fmt::format("{}: class {} -> {}", named(node), current, wanted); });
        return true;
    }

    template <typename Id>
    bool set_properties(Id id, const Attributes& attributes, const std::function<std::string()>& name_of_element) {
        bool is_changed = false;
        for (const auto& [name, value] : attributes) {
            const Value current = target.property(id, key(name));
            if (is_same(current, value)) continue;
            note([&] {
                return fmt::format("{}: {} {} -> {}", name_of_element(), text(name), print(current), print(value));
            });
            target.set_property(id, key(name), value);
            is_changed = true;
        }
        if (const Value owner = target.property(id, source_key); !is_same(owner, Value{source})) {
            note([&] {
                return fmt::format("{}: source {} -> {}", name_of_element(), print(owner), print(Value{source}));
            });
            target.set_property(id, source_key, Value{source});
            is_changed = true;
        }
        return is_changed;
    }

    // A required attribute that the files ask to remove, or "".
    std::string emptied(const NodeObservation& node) const {
        const ElementRule& rule = *rules.class_rule(text(node.class_name));
        for (const auto& [name, value] : node.attributes) {
            const Attribute* attribute = rule.find(text(name));
            if (value.is_null() && attribute && attribute->required) return text(name);
        }
        return {};
    }

    void update_node(std::uint32_t index, NodeId id) {
        const NodeObservation& node = observations.nodes()[index];
        mark(nodes_seen, id);
        node_ids[index] = id;
        if (const std::string other = clash(node, id); !other.empty()) {
            observations.add_problem(node.origin, other + "; row not taken");
            return;
        }
        if (const std::string name = emptied(node); !name.empty()) {
            observations.add_problem(node.origin,
                                     fmt::format("a {} needs the attribute {}, and the cell is empty; row not taken",
                                                 text(node.class_name), mainstay::quoted(name)));
            return;
        }
        bool is_changed = set_class(id, node);
        is_changed |= set_properties(id, node.attributes, [&] { return named(node); });
        ++(is_changed ? report.nodes_changed : report.nodes_unchanged);
    }

    [[nodiscard]] bool run_nodes() {
        const auto& nodes = observations.nodes();
        node_ids.assign(nodes.size(), no_node);
        for (std::uint32_t i = 0; i < nodes.size(); ++i) {
            if (const auto why = refused->nodes.find(i); why != refused->nodes.end()) {
                observations.add_problem(nodes[i].origin, why->second + "; node not taken");
                continue;
            }
            const IdentityRule& rule = observations.rules()[nodes[i].rule];
            const auto found =
                target.was_empty() ? std::vector<NodeId>{} : target.find(rule.scope, rule.key, {}, nodes[i].key);
            if (found.empty())
                create_node(i);
            else if (found.size() == 1)
                update_node(i, found.front());
            else
                observations.add_problem(nodes[i].origin, fmt::format("{} nodes of the database are {}; row not taken",
                                                                      found.size(), named(nodes[i])));
            if (!is_accepted(&Refused::nodes, i)) return false;
            tick("nodes", i + 1, nodes.size());
        }
        return true;
    }

    // --- relationships

    // Makes the node an end names and nobody has: its key and nothing else.
    NodeId create_end(const End& end, const Origin& origin) {
        const Lookup& lookup = observations.lookups()[end.lookup];
        const ElementRule* rule = rules.class_rule(lookup.class_name);
        if (!rule || rule->is_abstract ||
            std::any_of(rule->required.begin(), rule->required.end(),
                        [&](const Attribute* each) { return each->name != lookup.key; })) {
            observations.add_problem(origin,
                                     fmt::format("a {} with nothing but {} cannot be made; relationship not taken",
                                                 lookup.class_name, mainstay::quoted(lookup.key)));
            return no_node;
        }
        ends_made.push_back({{observations.intern(lookup.key), end.value}});
        const NodeId id = target.create_node(lookup.class_name, ends_made.back(), {{source_key, Value{source}}});
        mark(nodes_seen, id);
        ++report.nodes_created;
        note([&] { return fmt::format("create {} {}={}", lookup.class_name, lookup.key, print(end.value)); });
        return id;
    }

    // no_node after a report or where the mapping says to skip.
    NodeId resolve(const End& end, const Origin& origin) {
        if (end.node != End::no_node) {
            const NodeObservation& node = observations.nodes()[end.node];
            if (node_ids[end.node] == no_node && node.origin != origin)
                observations.add_problem(origin, fmt::format("{} of {} was not taken; relationship not taken",
                                                             named(node), observations.place_of(node.origin, origin)));
            return node_ids[end.node];
        }
        const Lookup& lookup = observations.lookups()[end.lookup];
        const auto found = target.find(lookup.class_name, {lookup.key}, lookup.normalise, {end.value});
        if (found.size() == 1) {
            mark(nodes_seen, found.front());  // named, if not described
            return found.front();
        }
        if (found.empty() && end.missing == OnGap::skip) return no_node;
        if (found.empty() && end.missing == OnGap::create) return create_end(end, origin);
        observations.add_problem(
            origin, fmt::format("{} {} with {} {}; relationship not taken",
                                found.empty() ? "there is no" : std::to_string(found.size()) + " nodes are",
                                lookup.class_name, mainstay::quoted(lookup.key), print(end.value)));
        return no_node;
    }

    bool is_any_of(NodeId node, const std::vector<std::string>& classes) const {
        if (classes.empty()) return true;
        const std::string name = target.class_of(node);
        return std::any_of(classes.begin(), classes.end(),
                           [&](const std::string& each) { return rules.is_a(name, each); });
    }

    // "" if the class model allows the relationship.
    std::string objection(const Edge& edge, const RelationshipDeclaration& type) const {
        if (!is_any_of(edge.from, type.sources))
            return fmt::format("{} does not start at a {}; it starts at {}", type.name, target.class_of(edge.from),
                               fmt::join(type.sources, ", "));
        if (!is_any_of(edge.to, type.targets))
            return fmt::format("{} does not end at a {}; it ends at {}", type.name, target.class_of(edge.to),
                               fmt::join(type.targets, ", "));
        return {};
    }

    std::string cardinality_objection(const Edge& edge, const RelationshipDeclaration& type, TypeId id) const {
        if (type.dated) return {};  // one ends, another begins: the store looks at what is valid at once
        if (type.max_out && target.degree(edge.from, Direction::out, id) >= *type.max_out)
            return fmt::format("a node has at most {} outgoing {}", *type.max_out, type.name);
        if (type.max_in && target.degree(edge.to, Direction::in, id) >= *type.max_in)
            return fmt::format("a node has at most {} incoming {}", *type.max_in, type.name);
        return {};
    }

    Value attribute(const RelationshipObservation& rel, Name name) const {
        for (const auto& [each, value] : rel.attributes)
            if (each == name) return value;
        return {};
    }

    bool is_same_identity(const RelationshipObservation& a, const RelationshipObservation& b) const {
        return equivalent(a.group, b.group) && a.key == b.key &&
               std::all_of(a.key.begin(), a.key.end(),
                           [&](Name name) { return equivalent(attribute(a, name), attribute(b, name)); });
    }

    bool is_same_identity(const RelationshipObservation& rel, RelId stored, const std::string& group_name) {
        const Value group = target.property(stored, target.key(group_name));
        return equivalent(rel.group, group) && std::all_of(rel.key.begin(), rel.key.end(), [&](Name name) {
                   return equivalent(attribute(rel, name), target.property(stored, key(name)));
               });
    }

    std::string named(const RelationshipObservation& rel) const {
        const auto end = [&](const End& each) {
            return each.node != End::no_node ? named(observations.nodes()[each.node])
                                             : fmt::format("{} {}={}", observations.lookups()[each.lookup].class_name,
                                                           observations.lookups()[each.lookup].key, print(each.value));
        };
        return fmt::format("({})-[{}]->({})", end(rel.from), text(rel.type), end(rel.to));
    }

    void write(const Edge& edge, TypeId type, const std::vector<StoredRelationship>& stored) {
        const RelationshipObservation& rel = observations.rels()[edge.observation];
        const ElementRule& rule = *rules.type_rule(text(rel.type));
        if (rule.type) {
            if (const std::string reason = objection(edge, *rule.type); !reason.empty()) {
                observations.add_problem(rel.origin, reason + "; relationship not taken");
                return;
            }
        }
        const std::string group_name = rule.type ? rule.type->group_property : "group";
        const auto [begin, end] = std::equal_range(
            stored.begin(), stored.end(), StoredRelationship{edge.to, no_rel},
            [](const StoredRelationship& a, const StoredRelationship& b) { return a.other < b.other; });
        for (auto each = begin; each != end; ++each) {
            if (is_marked(rels_seen, each->rel) || !is_same_identity(rel, each->rel, group_name)) continue;
            mark(rels_seen, each->rel);
            const bool is_changed = set_properties(each->rel, rel.attributes, [&] { return named(rel); });
            ++(is_changed ? report.rels_changed : report.rels_unchanged);
            return;
        }
        if (rule.type) {
            if (const std::string reason = cardinality_objection(edge, *rule.type, type); !reason.empty()) {
                observations.add_problem(rel.origin, reason + "; relationship not taken");
                return;
            }
        }
        PropertyList properties;
        for (const auto& [name, value] : rel.attributes)
            if (!value.is_null()) properties.emplace_back(key(name), value);
        properties.emplace_back(source_key, Value{source});
        mark(rels_seen, target.create_relationship(type, edge.from, edge.to, properties));
        ++report.rels_created;
        note([&] { return "create " + named(rel); });
    }

    // Joins the edges of one source and type that say the same thing into the first of them. Requires edges of equal
    // target to stand together.
    void merge_equal(std::vector<Edge>& edges) {
        std::vector<Edge> kept;
        std::size_t first_of_target = 0;
        for (const Edge& edge : edges) {
            if (kept.empty() || kept.back().to != edge.to) first_of_target = kept.size();
            const auto same = std::find_if(kept.begin() + static_cast<std::ptrdiff_t>(first_of_target), kept.end(),
                                           [&](const Edge& each) {
                                               return is_same_identity(observations.rels()[each.observation],
                                                                       observations.rels()[edge.observation]);
                                           });
            if (same == kept.end())
                kept.push_back(edge);
            else
                observations.merge_relationship(same->observation, edge.observation), ++report.rels_repeated;
        }
        edges = std::move(kept);
    }

    [[nodiscard]] bool run_relationships() {
        const auto& rels = observations.rels();
        std::vector<Edge> edges;
        edges.reserve(rels.size());
        for (std::uint32_t i = 0; i < rels.size(); ++i) {
            if (const auto why = refused->rels.find(i); why != refused->rels.end()) {
                observations.add_problem(rels[i].origin, why->second + "; relationship not taken");
                continue;
            }
            const NodeId from = resolve(rels[i].from, rels[i].origin), to = resolve(rels[i].to, rels[i].origin);
            if (!is_accepted(&Refused::rels, i)) return false;  // an end that was made for it
            if (from != no_node && to != no_node) edges.push_back({from, to, i});
        }
        std::sort(edges.begin(), edges.end(), [&](const Edge& a, const Edge& b) {
            return std::tuple(a.from, rels[a.observation].type, a.to, a.observation) <
                   std::tuple(b.from, rels[b.observation].type, b.to, b.observation);
        });
        std::vector<Edge> same;
        for (std::size_t begin = 0, end = 0; begin < edges.size(); begin = end) {
            const Name type_name = rels[edges[begin].observation].type;
            while (end < edges.size() && edges[end].from == edges[begin].from &&
                   rels[edges[end].observation].type == type_name)
                ++end;
            same.assign(edges.begin() + static_cast<std::ptrdiff_t>(begin),
                        edges.begin() + static_cast<std::ptrdiff_t>(end));
            merge_equal(same);

            const TypeId type = target.type(text(type_name));
            const auto stored = target.relationships(same.front().from, type);
            for (const Edge& edge : same) {
                write(edge, type, stored);
                if (!is_accepted(&Refused::rels, edge.observation)) return false;
            }
            if (progress && begin / tick_rows != end / tick_rows) progress({"relationships", end, edges.size()});
        }
        return true;
    }

    // --- what the files no longer hold

    void count_missing(const View& view) const {
        const Value wanted{source};
        std::vector<NodeId> nodes;
        for (std::uint32_t segment = 0; segment < view.node_segments(); ++segment) {
            nodes.clear();
            view.scan_nodes(segment, {}, nodes);
            for (const NodeId node : nodes)
                if (!is_marked(nodes_seen, node) && is_same(view.property(node, source_key), wanted))
                    ++report.nodes_missing;
        }
        std::vector<RelId> rels;
        for (std::uint32_t segment = 0; segment < view.rel_segments(); ++segment) {
            rels.clear();
            view.scan_rels(segment, no_type, rels);
            for (const RelId rel : rels)
                if (!is_marked(rels_seen, rel) && is_same(view.property(rel, source_key), wanted))
                    ++report.rels_missing;
        }
    }
};

Reconciler::Reconciler(Target& target, Observations& observations, std::vector<SchemaEntry> schema, std::string source,
                       ImportReport& report, const ProgressSink& progress)
    : state_(new State{target, observations, std::move(schema), std::move(source), report, progress}) {}

Reconciler::~Reconciler() = default;

void Reconciler::run(const Refused& refused) {
    state_->refused = &refused;
    [[maybe_unused]] const bool is_whole = state_->run_nodes() && state_->run_relationships();
    MAINSTAY_ASSERT(is_whole);
}

bool Reconciler::run_checked(Refused& refused) {
    state_->refused = state_->refuse_into = &refused;
    return state_->run_nodes() && state_->run_relationships();
}

void Reconciler::count_missing(const View& view) { state_->count_missing(view); }

}  // namespace mainstay::connect
