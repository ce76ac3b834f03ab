#pragma once

#include "class_rules.hpp"
#include "mapping.hpp"
#include "problems.hpp"

#include "mainstay/core/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

// What the files of one import say, before the database is asked: nodes by identity, merged, and relationships between
// them. Readers and the row mapper fill it; the reconciler compares it with what is stored.
namespace mainstay::connect {

enum class Name : std::uint32_t {};  // an interned class, type or attribute name

// What a file says of one element; a null value asks to remove the property.
using Attributes = std::vector<std::pair<Name, Value>>;

struct Origin {
    std::uint32_t file = 0;  // index into Observations::files()
    std::uint64_t line = 0;
    std::uint64_t object = 0;

    bool operator==(const Origin&) const = default;
};

// How nodes of a class are told apart.
struct IdentityRule {
    std::string scope;  // the class among whose nodes (subclasses included) the key is unique
    std::vector<std::string> key;
};

struct NodeObservation {
    Name class_name{};
    std::uint32_t rule = 0;  // index into Observations::rules()
    std::vector<Value> key;  // one value an attribute of the rule
    Attributes attributes;   // the key's among them
    Origin origin;           // the first row that named it
};

// A node named by an attribute that need not be its identity.
struct Lookup {
    std::string class_name;  // subclasses included
    std::string key;
    std::vector<Normalise> normalise;  // for both sides
};

struct End {
    static constexpr std::uint32_t no_node = 0xFFFFFFFF;
    std::uint32_t node = no_node;  // an observed node; otherwise the lookup
    std::uint32_t lookup = 0;      // index into Observations::lookups()
    Value value;                   // normalised
    OnGap missing = OnGap::report;
};

struct RelationshipObservation {
    Name type{};
    End from, to;
    Value group;            // null: none
    std::vector<Name> key;  // attributes that belong to the identity
    Attributes attributes;  // group and need among them
    Origin origin;
};

class Observations {
public:
    explicit Observations(ClassRules& rules, std::vector<ImportProblem>& problems)
        : rules_(rules), problems_(problems) {}

    Name intern(std::string_view name);
    const std::string& text(Name name) const { return names_[static_cast<std::uint32_t>(name)]; }

    std::uint32_t add_file(std::string file);
    const std::vector<std::string>& files() const noexcept { return files_; }
    ProblemLog log(std::uint32_t file) { return ProblemLog{files_[file], problems_}; }
    void add_problem(const Origin& origin, std::string message, NotTaken not_taken = NotTaken::row);
    // "line 3", with the file where it is another.
    std::string place_of(const Origin& origin, const Origin& seen_from) const;
    // In the order of the files and of the lines in them; reading, mapping and reconciling find them one after another.
    void sort_problems();

    std::uint32_t add_lookup(Lookup lookup);
    std::uint32_t find_or_add_rule(const std::string& class_name, const std::vector<std::string>& key);

    // The node with this identity, new or merged with what was said before: attributes are joined, the more special
    // class wins; what contradicts an earlier row is reported and the earlier kept. Requires a value for each key
    // attribute.
    std::uint32_t add_node(NodeObservation node);
    void add_relationship(RelationshipObservation rel) { rels_.push_back(std::move(rel)); }
    // Joins what relationship `other` says into `first`, which turned out to be the same one.
    void merge_relationship(std::uint32_t first, std::uint32_t other) {
        join(rels_[first].attributes, rels_[first].origin, rels_[other].attributes, rels_[other].origin);
    }

    const std::vector<NodeObservation>& nodes() const noexcept { return nodes_; }
    const std::vector<RelationshipObservation>& rels() const noexcept { return rels_; }
    const std::vector<IdentityRule>& rules() const noexcept { return identity_rules_; }
    const std::vector<Lookup>& lookups() const noexcept { return lookups_; }
    ClassRules& class_rules() const noexcept { return rules_; }
    std::vector<ImportProblem>& problems() const noexcept { return problems_; }

    // Where a row's attribute differs from what is known: joins `more` into `known`, reports contradictions at
    // `origin`.
    void join(Attributes& known, const Origin& known_origin, const Attributes& more, const Origin& origin);

private:
    struct Identity {
        std::uint32_t rule;
        std::vector<Value> key;
        bool operator==(const Identity& other) const;
    };
    struct IdentityHash {
        std::size_t operator()(const Identity& identity) const;
    };

    ClassRules& rules_;
    std::vector<ImportProblem>& problems_;
    std::vector<std::string> names_;
    std::unordered_map<std::string, Name> name_index_;
    std::vector<std::string> files_;
    std::vector<Lookup> lookups_;
    std::vector<IdentityRule> identity_rules_;
    std::unordered_map<Identity, std::uint32_t, IdentityHash> node_index_;
    std::vector<NodeObservation> nodes_;
    std::vector<RelationshipObservation> rels_;
};

}  // namespace mainstay::connect
