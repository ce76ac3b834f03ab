#include "class_rules.hpp"

#include "mainstay/core/error.hpp"
#include "text_file.hpp"
#include "typed_value.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::connect {
namespace {

void set_attributes(ElementRule& rule, std::vector<Attribute> attributes) {
    for (Attribute& attribute : attributes) {
        std::string name = attribute.name;
        rule.attributes.insert_or_assign(std::move(name), std::move(attribute));
    }
    for (const auto& [name, attribute] : rule.attributes)
        if (attribute.required && !attribute.default_value) rule.required.push_back(&attribute);
    std::sort(rule.required.begin(), rule.required.end(), [](auto* a, auto* b) { return a->name < b->name; });
}

bool is_validity(std::string_view attribute) { return attribute == "valid_from" || attribute == "valid_to"; }

std::optional<Value> as_validity(const Value& cell) {
    for (const AttributeType type : {AttributeType::date, AttributeType::datetime})
        if (auto value = as_type(cell, type)) return value;
    return std::nullopt;
}

// What to do where it is not plain.
std::string_view way_to_write(std::string_view type) {
    if (type == "date") return "; write it as 2026-09-01";
    if (type == "datetime") return "; write it as 2026-09-01T12:00:00Z";
    if (type == "integer") return " of 64 bits";
    return {};
}

std::string list_of(const std::vector<Value>& values) {
    std::vector<std::string> words;
    for (const Value& value : values) words.push_back(print(value));
    return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

ClassRules::ClassRules(const Model& model) : model_(model) {}

const ElementRule* ClassRules::class_rule(std::string_view name) {
    if (model_.is_empty()) return &anything_;
    const auto [at, is_new] = classes_.try_emplace(std::string{name});
    if (is_new && model_.find_class(name)) {
        at->second = std::make_unique<ElementRule>();
        at->second->is_abstract = model_.find_class(name)->is_abstract;
        at->second->is_dated = model_.is_dated(name);
        set_attributes(*at->second, model_.attributes_of(name));
        add_needs(*at->second, std::string{name});
    }
    return at->second.get();
}

const ElementRule* ClassRules::type_rule(std::string_view name) {
    if (model_.is_empty()) return &anything_;
    const auto [at, is_new] = types_.try_emplace(std::string{name});
    if (is_new && model_.find_type(name)) {
        at->second = std::make_unique<ElementRule>();
        at->second->type = model_.find_type(name);
        at->second->is_dated = at->second->type->dated;
        set_attributes(*at->second, at->second->type->attributes);
        if (at->second->type->depends != DependsEnd::none) at->second->needs.push_back(at->second->type->need_property);
    }
    return at->second.get();
}

std::string ClassRules::nearest_class(std::string_view name) const {
    std::vector<std::string> names;
    for (const auto& each : model_.classes()) names.push_back(each.name);
    return nearest(name, names);
}

std::string ClassRules::nearest_type(std::string_view name) const {
    if (const auto* inverse = model_.find_inverse(name))
        return fmt::format("{} is {} read the other way: map that, with the ends exchanged", mainstay::quoted(name),
                           mainstay::quoted(inverse->name));
    std::vector<std::string> names;
    for (const auto& each : model_.types()) names.push_back(each.name);
    return nearest(name, names);
}

// The attributes from which grouped types read how many they need, where the class is the end that depends.
void ClassRules::add_needs(ElementRule& rule, const std::string& class_name) {
    for (const RelationshipDeclaration& type : model_.types()) {
        if (!type.grouped || type.grouped->kind != Need::Kind::attribute) continue;
        const auto is_end = [&](const std::vector<std::string>& classes) {
            return std::any_of(classes.begin(), classes.end(),
                               [&](const auto& each) { return is_a(class_name, each); });
        };
        if ((type.depends != DependsEnd::target && is_end(type.sources)) ||
            (type.depends != DependsEnd::source && is_end(type.targets)))
            rule.needs.push_back(type.grouped->attribute);
    }
}

Value ClassRules::need_of(const Value& cell, std::string& problem) {
    const auto number = as_type(cell, AttributeType::integer);
    Value need = number ? *number : normalised(cell, {Normalise::trim});
    if (parse_need(need)) return need;
    problem = fmt::format(
        "{} is no `need`, the number of members that a group needs: an integer of at least 1, or 'P%' "
        "with P from 1 to 100",
        print(cell));
    return {};
}

bool ClassRules::is_a(std::string_view name, std::string_view ancestor) {
    if (name == ancestor) return true;
    if (!model_.find_class(name)) return false;
    const auto [at, is_new] = ancestors_.try_emplace(std::string{name});
    if (is_new) at->second = model_.ancestors(name);
    return std::find(at->second.begin(), at->second.end(), ancestor) != at->second.end();
}

const std::string& ClassRules::identity_scope(const std::string& name, const std::vector<std::string>& key) {
    const auto [at, is_new] = scopes_.try_emplace(fmt::format("{}\n{}", name, fmt::join(key, "\n")), name);
    if (!is_new || !model_.find_class(name)) return at->second;
    for (const std::string& ancestor : model_.ancestors(name)) {
        const auto rules = model_.keys_of(ancestor);
        if (std::find(rules.begin(), rules.end(), key) != rules.end()) at->second = ancestor;
    }
    return at->second;
}

Value ClassRules::typed(const Value& cell, const ElementRule& rule, std::string_view name,
                        std::optional<AttributeType> asked, std::string& problem) const {
    if (cell.is_null()) return {};
    if (!asked && std::find(rule.needs.begin(), rule.needs.end(), name) != rule.needs.end()) {
        Value need = need_of(cell, problem);
        if (!problem.empty()) problem = fmt::format("{}: {}", mainstay::quoted(name), problem);
        return need;
    }
    if (rule.type && rule.type->depends != DependsEnd::none && name == rule.type->effect_property) {
        const std::string word = cell.is(ValueType::string) ? std::string{trimmed(cell.as_string())} : std::string{};
        if (word == "hard" || word == "soft" || word == "none") return Value{word};
        problem = fmt::format("{}: {} is not 'hard', 'soft' or 'none'", mainstay::quoted(name), print(cell));
        return {};
    }
    const Attribute* attribute = rule.find(name);
    const AttributeType declared = attribute ? attribute->type : AttributeType::any;
    std::optional<Value> value;
    std::string wanted{word_of(asked.value_or(declared))};
    if (!asked && declared == AttributeType::any && rule.is_dated && is_validity(name)) {
        value = as_validity(cell);
        wanted = "date";
    } else {
        value = as_type(cell, asked.value_or(declared));
        if (value && asked) {
            value = as_type(*value, declared);
            wanted = word_of(declared);
        }
    }
    if (!value) {
        problem = fmt::format("{}: {} is not {} {}{}", mainstay::quoted(name), print(cell),
                              wanted.starts_with('i') ? "an" : "a", wanted, way_to_write(wanted));
        return {};
    }
    if (attribute && !attribute->allowed.empty()) {
        const bool is_allowed = std::any_of(attribute->allowed.begin(), attribute->allowed.end(),
                                            [&](const Value& each) { return equivalent(each, *value); });
        if (!is_allowed) {
            problem = fmt::format("{}: {} is not allowed; allowed are {}", mainstay::quoted(name), print(*value),
                                  list_of(attribute->allowed));
            return {};
        }
    }
    return std::move(*value);
}

}  // namespace mainstay::connect
