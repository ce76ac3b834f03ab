#pragma once

// The class model: classes with inheritance and attributes, relationship types with failure semantics. A plain value
// with names, no ids and no I/O; loaded from and printed as JSON. DESIGN section 3 and 6; the JSON form is described in
// docs/model.md. An absent model (Model::empty()) takes any label, type and property, and gives no type any impact.

#include "mainstay/core/value.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mainstay {

enum class AttributeType : std::uint8_t {
    any,
    boolean,
    integer,
    floating,
    string,
    list,
    date,
    local_time,
    time,
    local_datetime,
    datetime,
    duration
};

struct Attribute {
    std::string name;
    AttributeType type = AttributeType::any;
    bool required = false;
    bool unique = false;
    std::vector<Value> allowed;  // enum; empty: anything of the type
    std::optional<Value> default_value;
    std::string unit;
    std::string reference;  // class an attribute's value names by its key; "" if none
    std::string description;
};

enum class State : std::uint8_t { up, at_risk, degraded, down };  // ordered from best to worst
std::string_view name_of(State) noexcept;                         // "up", "at_risk", ...
std::optional<State> parse_state(std::string_view) noexcept;

// FROM STATUS: which attribute holds an element's own state, and what its values mean. Values not listed mean up; a
// value that is no string is compared by its text (`false`, `3`).
struct StatusMap {
    std::string attribute;
    std::map<std::string, State> states;
    State of(const Value& value) const;
};

struct Lifecycle {
    std::string attribute;
    std::vector<std::string> states;
    std::map<std::string, std::vector<std::string>> transitions;  // empty: any
};

struct ClassDeclaration {
    std::string name;
    std::string parent;  // "" for a root
    bool is_abstract = false;
    bool gate = false;                           // exists only to say k of n; inherited
    bool dated = false;                          // carries valid_from, valid_to; inherited
    std::vector<Attribute> attributes;           // own ones; inherited come from the parents
    std::vector<std::vector<std::string>> keys;  // identification rules, best first; inherited if empty
    std::vector<std::string> requires_types;     // grouped types without which this (gate) class is broken; inherited
    std::optional<StatusMap> status;
    std::optional<Lifecycle> lifecycle;
    std::string description;
};

inline constexpr std::string_view any_dependency = "DEPENDENCY";      // in statements: any type that depends
enum class DependsEnd : std::uint8_t { none, source, target, both };  // which end depends on the other
enum class Effect : std::uint8_t { none, soft, hard, path };

// How many members a group needs.
struct Need {
    enum class Kind : std::uint8_t { count, percent, all, attribute };
    Kind kind = Kind::count;
    std::int64_t number = 1;  // count >= 1, or percent 1..100
    std::string attribute;    // of the dependent, holding an integer or 'P%'

    // Needed members out of n: percent is ceil(P*n/100), at least 1; all is n, at least 1. Not for `attribute`.
    std::int64_t of(std::int64_t n) const noexcept;
};
// An integer >= 1 or 'P%' with 0 < P <= 100; nullopt otherwise.
std::optional<Need> parse_need(const Value& v);

struct RelationshipDeclaration {
    std::string name;
    std::string inverse;               // readable the other way, usable as a type name in queries
    std::vector<std::string> sources;  // allowed end classes (or their subclasses); empty: any
    std::vector<std::string> targets;
    std::optional<std::uint32_t> max_out, max_in;  // cardinality: relationships per source / per target
    DependsEnd depends = DependsEnd::none;
    Effect effect = Effect::none;
    std::optional<Need> grouped;  // all its edges at one dependent are one group
    bool dated = false;
    std::string group_property = "group";  // renamed per type
    std::string need_property = "need";
    std::string effect_property = "effect";
    std::vector<Attribute> attributes;
    std::string description;
};

// A value: copies are independent. Models from from_json(), merged_with() and built_in() carry an index, which makes
// the look-ups below constant in time and is shared by copies (immutable); one built by hand is searched in a line.
class Model {
public:
    static Model empty() { return {}; }
    static const Model& built_in();  // the CSDM/ITIL-aligned one of a new database
    // Reads declarations without looking at what they refer to: that is merged_with()'s part, since a file may build on
    // classes declared elsewhere. Throws Error(Code::model_invalid) naming the place ("classes[3].attributes[0].type"),
    // what is wrong and what is allowed.
    static Model from_json(std::string_view json_text);
    std::string to_json() const;  // pretty-printed, reads back equal

    // Adds or redefines (whole declarations, by name) those of `other` over this one, then checks the whole: unknown
    // parents, cyclic inheritance, ends and references that name no class, duplicate names, keys, `requires`, status
    // and lifecycle that name nothing, failure semantics that make no sense. Throws Error(Code::model_invalid) listing
    // every problem. To check a model built by hand: Model::empty().merged_with(it).
    Model merged_with(const Model& other) const;

    bool is_empty() const noexcept { return classes_.empty() && types_.empty(); }
    const std::vector<ClassDeclaration>& classes() const noexcept { return classes_; }
    const std::vector<RelationshipDeclaration>& types() const noexcept { return types_; }
    const ClassDeclaration* find_class(std::string_view name) const noexcept;        // nullptr if none
    const RelationshipDeclaration* find_type(std::string_view name) const noexcept;  // by name, not by inverse
    const RelationshipDeclaration* find_inverse(std::string_view inverse) const noexcept;

    // `name` is `ancestor` or a subclass of it; false if either is unknown. Constant time with an index.
    bool is_a(std::string_view name, std::string_view ancestor) const noexcept;

    // With inheritance applied; of an unknown class: nothing, false.
    std::vector<std::string> ancestors(std::string_view name) const;    // itself first, then parent, ...
    std::vector<std::string> descendants(std::string_view name) const;  // itself first
    bool is_gate(std::string_view name) const;
    bool is_dated(std::string_view name) const;
    std::vector<Attribute> attributes_of(std::string_view name) const;  // nearest declaration wins
    std::vector<std::vector<std::string>> keys_of(std::string_view name) const;
    std::vector<std::string> requires_of(std::string_view name) const;
    std::optional<StatusMap> status_of(std::string_view name) const;
    std::optional<Lifecycle> lifecycle_of(std::string_view name) const;

    std::vector<ClassDeclaration> classes_;  // for building; use merged_with() to check
    std::vector<RelationshipDeclaration> types_;

private:
    struct Index;
    std::shared_ptr<const Index> index_;  // null: none; void when the vectors have grown since
    const Index* index() const noexcept;
    std::uint32_t class_number(std::string_view name) const noexcept;  // no_id if unknown
    std::uint32_t parent_number(std::uint32_t number) const noexcept;
    void make_index();
};

// What `after` declares of the same names no longer: keys, attributes, meaning for failure; a line a declaration, in
// the user's words. Empty if a redefinition only added.
std::vector<std::string> losses_of(const Model& before, const Model& after);

}  // namespace mainstay
