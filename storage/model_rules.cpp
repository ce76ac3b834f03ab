#include "model_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace mainstay {
namespace {

bool is_of_type(AttributeType type, const Value& v) {
    switch (type) {
        case AttributeType::any: return true;
        case AttributeType::boolean: return v.is(ValueType::boolean);
        case AttributeType::integer: return v.is(ValueType::integer);
        case AttributeType::floating: return v.is_number();
        case AttributeType::string: return v.is(ValueType::string);
        case AttributeType::list: return v.is(ValueType::list);
        case AttributeType::date: return v.is(ValueType::date);
        case AttributeType::local_time: return v.is(ValueType::local_time);
        case AttributeType::time: return v.is(ValueType::time);
        case AttributeType::local_datetime: return v.is(ValueType::local_datetime);
        case AttributeType::datetime: return v.is(ValueType::datetime);
        case AttributeType::duration: return v.is(ValueType::duration);
    }
    return true;
}

std::string_view name_of(AttributeType type) {
    static constexpr std::string_view names[] = {"any",    "boolean",        "integer",  "float",
                                                 "string", "list",           "date",     "local time",
                                                 "time",   "local datetime", "datetime", "duration"};
    return names[static_cast<std::size_t>(type)];
}

}  // namespace

std::optional<std::string> problem_of_validity(const Value& from, const Value& to) {
    const auto begin = instant_us(from), end = instant_us(to);
    if (!begin && !from.is_null()) return fmt::format("`valid_from` must be a date or datetime, not {}", print(from));
    if (!end && !to.is_null()) return fmt::format("`valid_to` must be a date or datetime, not {}", print(to));
    if (begin && end && *begin > *end)
        return fmt::format("`valid_from` {} is after `valid_to` {}", to_text(from), to_text(to));
    return std::nullopt;
}

bool is_effect(const Value& v) {
    return v.is_null() ||
           (v.is(ValueType::string) && (v.as_string() == "hard" || v.as_string() == "soft" || v.as_string() == "none"));
}

void require_class(const Model& model, std::string_view name) {
    if (model.is_empty() || model.find_class(name)) return;
    std::vector<std::string> known;
    for (const auto& c : model.classes()) known.push_back(c.name);
    throw Error{Code::unknown_label, fmt::format("{} is not a class of this database's model", quoted(name))}.with_hint(
        nearest(name, known));
}

void require_type(const Model& model, std::string_view name) {
    if (model.is_empty() || model.find_type(name)) return;
    std::vector<std::string> known;
    for (const auto& t : model.types()) known.push_back(t.name);
    throw Error{Code::unknown_type, fmt::format("{} is not a relationship type of this database's model", quoted(name))}
        .with_hint(nearest(name, known));
}

const std::vector<AttributeRule>& ModelRules::of_shape(ShapeId shape) {
    auto [at, is_new] = shapes_.try_emplace(raw(shape));
    if (is_new)
        for (const auto label : tokens_.labels_of(shape)) {
            const std::string name(tokens_.label(label));
            if (!model().find_class(name)) continue;
            for (auto& attribute : model().attributes_of(name)) {
                const auto key = tokens_.add_key(attribute.name);
                const bool is_need = is_need_of(shape, attribute.name);
                at->second.push_back({std::move(attribute), key, is_need});
            }
        }
    return at->second;
}

// Whether a grouped type reads `need` from that attribute of the nodes of a shape, as the type's ends say; where any
// node may be its end, an attribute of that name may mean something else.
bool ModelRules::is_need_of(ShapeId shape, const std::string& attribute) const {
    return std::any_of(model().types().begin(), model().types().end(), [&](const RelationshipDeclaration& type) {
        if (!type.grouped || type.grouped->kind != Need::Kind::attribute || type.grouped->attribute != attribute)
            return false;
        return (type.depends != DependsEnd::target && !type.sources.empty() && is_of(shape, type.sources)) ||
               (type.depends != DependsEnd::source && !type.targets.empty() && is_of(shape, type.targets));
    });
}

const ModelRules::TypeRules& ModelRules::of_type(TypeId type) {
    auto [at, is_new] = types_.try_emplace(raw(type));
    auto& rules = at->second;
    if (is_new && (rules.declaration = model().find_type(tokens_.type(type)))) {
        for (const auto& attribute : rules.declaration->attributes)
            rules.attributes.push_back({attribute, tokens_.add_key(attribute.name)});
    }
    if (rules.declaration && rules.declaration->depends != DependsEnd::none) {
        // A name that nobody had used may have been since.
        const auto find = [&](KeyId& key, const std::string& name) {
            if (key == no_key) key = tokens_.find_key(name);
        };
        find(rules.group, rules.declaration->group_property);
        find(rules.need, rules.declaration->need_property);
        find(rules.effect, rules.declaration->effect_property);
    }
    return rules;
}

std::optional<std::string> ModelRules::problem_of(const AttributeRule& rule, const Value& value) const {
    const auto& a = rule.attribute;
    if (value.is_null())
        return a.required ? std::optional(fmt::format("{} is required", quoted(a.name))) : std::nullopt;
    if (rule.is_need && !parse_need(value))
        return fmt::format("{} is an integer of at least 1 or a percentage such as '50%', not {}", quoted(a.name),
                           print(value));
    if (!is_of_type(a.type, value))
        return fmt::format("{} must be {}, not {}", quoted(a.name), name_of(a.type), print(value));
    if (!a.allowed.empty() &&
        std::none_of(a.allowed.begin(), a.allowed.end(), [&](const Value& v) { return equivalent(v, value); })) {
        std::vector<std::string> allowed;
        for (const auto& v : a.allowed) allowed.push_back(print(v));
        return fmt::format("{} cannot be {}; it is one of {}", quoted(a.name), print(value), fmt::join(allowed, ", "));
    }
    return std::nullopt;
}

bool ModelRules::is_of(ShapeId shape, const std::vector<std::string>& classes) const {
    if (classes.empty()) return true;
    for (const auto label : tokens_.labels_of(shape)) {
        const std::string name(tokens_.label(label));
        if (!model().find_class(name)) continue;
        for (const auto& ancestor : model().ancestors(name))
            if (std::find(classes.begin(), classes.end(), ancestor) != classes.end()) return true;
    }
    return false;
}

std::string ModelRules::describe(ShapeId shape) const {
    std::string text;
    for (const auto label : tokens_.labels_of(shape)) text += ":" + std::string(tokens_.label(label));
    return text;
}

bool ModelRules::is_dated(ShapeId shape) const {
    const auto labels = tokens_.labels_of(shape);
    return std::any_of(labels.begin(), labels.end(),
                       [&](LabelId label) { return model().is_dated(tokens_.label(label)); });
}

std::optional<std::string> ModelRules::problem_of(ShapeId shape) const {
    const auto labels = tokens_.labels_of(shape);
    for (const auto label : labels) {
        const std::string name(tokens_.label(label));
        const auto* declared = model().find_class(name);
        if (!declared) return fmt::format("{} is not a class of the model", quoted(name));
        if (declared->is_abstract && labels.size() == 1)
            return fmt::format("{} is an abstract class; a node needs one of those below it", quoted(name));
    }
    return std::nullopt;
}

template <typename Id>
std::optional<std::string> ModelRules::validity_problem(const View& view, Id element) const {
    const auto value = [&](std::string_view name) {
        const auto key = tokens_.find_key(name);
        return key == no_key ? Value{} : view.property(element, key);
    };
    return problem_of_validity(value("valid_from"), value("valid_to"));
}

std::optional<std::string> ModelRules::problem_of(const View& view, NodeId node) {
    const auto shape = view.shape(node);
    if (auto problem = problem_of(shape)) return problem;
    for (const auto& rule : of_shape(shape))
        if (auto problem = problem_of(rule, view.property(node, rule.key)))
            return fmt::format("({}): {}", describe(shape), *problem);
    if (is_dated(shape))
        if (auto problem = validity_problem(view, node)) return fmt::format("({}): {}", describe(shape), *problem);
    return std::nullopt;
}

std::optional<std::string> ModelRules::problem_of(TypeId type, ShapeId source, ShapeId target) {
    const auto name = quoted(tokens_.type(type));
    const auto* d = of_type(type).declaration;
    if (!d) return fmt::format("{} is not a relationship type of the model", name);
    if (!is_of(source, d->sources))
        return fmt::format("{} cannot start at a node ({}); it starts at {}", name, describe(source),
                           fmt::join(d->sources, ", "));
    if (!is_of(target, d->targets))
        return fmt::format("{} cannot end at a node ({}); it ends at {}", name, describe(target),
                           fmt::join(d->targets, ", "));
    return std::nullopt;
}

std::optional<std::string> ModelRules::problem_of(TypeId type, Direction d, std::uint64_t degree) {
    const auto* declared = of_type(type).declaration;
    if (!declared) return std::nullopt;
    const auto& limit = d == Direction::out ? declared->max_out : declared->max_in;
    if (!limit || degree <= *limit) return std::nullopt;
    return fmt::format("a node has at most {} {} {}", *limit, d == Direction::out ? "outgoing" : "incoming",
                       quoted(tokens_.type(type)));
}

std::optional<std::string> ModelRules::problem_of(const View& view, RelId rel) {
    const auto ends = view.ends(rel);
    if (auto problem = problem_of(ends.type, view.shape(ends.source), view.shape(ends.target))) return problem;
    const auto& rules = of_type(ends.type);
    const auto name = quoted(tokens_.type(ends.type));
    const auto& d = *rules.declaration;
    for (const auto& rule : rules.attributes)
        if (auto problem = problem_of(rule, view.property(rel, rule.key))) return fmt::format("{}: {}", name, *problem);
    if (rules.need != no_key)
        if (const auto need = view.property(rel, rules.need); !need.is_null() && !parse_need(need))
            return fmt::format("{}: {} is an integer of at least 1 or a percentage such as '50%', not {}", name,
                               quoted(d.need_property), print(need));
    if (rules.effect != no_key)
        if (const auto effect = view.property(rel, rules.effect); !is_effect(effect))
            return fmt::format("{}: {} is 'hard', 'soft' or 'none', not {}", name, quoted(d.effect_property),
                               print(effect));
    if (d.dated)
        if (auto problem = validity_problem(view, rel)) return fmt::format("{}: {}", name, *problem);
    if (auto problem = problem_of(ends.type, Direction::out,
                                  d.max_out ? degree_of(view, ends.source, Direction::out, ends.type) : 0))
        return problem;
    return problem_of(ends.type, Direction::in, d.max_in ? degree_of(view, ends.target, Direction::in, ends.type) : 0);
}

std::uint64_t ModelRules::degree_of(const View& view, NodeId node, Direction d, TypeId type) const {
    const auto* declared = model().find_type(tokens_.type(type));
    if (!declared || !declared->dated) return view.degree(node, d, type);
    Overlaps validities;
    add_validities(view, node, d, type, validities);
    return validities.most();
}

void ModelRules::add_validities(const View& view, NodeId node, Direction d, TypeId type, Overlaps& validities) const {
    const auto from = tokens_.find_key("valid_from"), to = tokens_.find_key("valid_to");
    view.run(node, d, type).for_each([&](NodeId, RelId rel) {
        const auto instant = [&](KeyId key) {
            return key == no_key ? std::nullopt : instant_us(view.property(rel, key));
        };
        validities.add(instant(from), instant(to));
    });
}

bool ModelRules::limits(TypeId type, Direction d) {
    const auto* declared = of_type(type).declaration;
    return declared && (d == Direction::out ? declared->max_out : declared->max_in);
}

std::uint64_t claim_of_degree(TypeId type, NodeId node, Direction d) noexcept {
    const std::uint64_t h = (std::uint64_t{raw(node)} << 32 | raw(type) << 1 | static_cast<std::uint32_t>(d)) + 1;
    return (h ^ h >> 31) * 0xD6E8FEB86659FD93;
}

std::vector<SchemaEntry> ModelRules::schema_of(const Model& model) {
    std::vector<SchemaEntry> entries;
    std::set<std::string> names;
    const auto add = [&](const std::string& label, std::vector<std::string> keys) {
        SchemaEntry e;
        e.kind = SchemaKind::unique;
        e.label = label;
        e.name = fmt::format("model_{}_{}", label, fmt::join(keys, "_"));
        e.keys = std::move(keys);
        e.from_model = true;
        if (names.insert(e.name).second) entries.push_back(std::move(e));
    };
    for (const auto& c : model.classes()) {
        for (const auto& a : c.attributes)
            if (a.unique) add(c.name, {a.name});
        for (const auto& key : c.keys) add(c.name, key);
    }
    return entries;
}

}  // namespace mainstay
