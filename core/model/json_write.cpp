// Prints a model as JSON (docs/model.md): what has its default value is left out, so that what is printed is what was
// said.

#include "mainstay/core/json.hpp"
#include "mainstay/core/model.hpp"

#include "model/words.hpp"

namespace mainstay {
namespace {

OrderedJson json_of(const Value& value) {
    switch (value.type()) {
        case ValueType::null: return nullptr;
        case ValueType::boolean: return value.as_bool();
        case ValueType::integer: return value.as_int();
        case ValueType::floating: return value.as_double();
        case ValueType::list: {
            OrderedJson result = OrderedJson::array();
            for (const Value& item : value.as_list()) result.push_back(json_of(item));
            return result;
        }
        case ValueType::string: return std::string{value.as_string()};
        default: return to_text(value);
    }
}

// The library makes a list or an object of what is null in two steps, and cannot live with the second one failing.
OrderedJson& list_at(OrderedJson& json, const std::string& key) {
    OrderedJson& list = json[key];
    if (list.is_null()) list = OrderedJson::array();
    return list;
}

void put_text(OrderedJson& json, const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
}

void put_flag(OrderedJson& json, const char* key, bool flag) {
    if (flag) json[key] = true;
}

template <typename List>
void put_list(OrderedJson& json, const char* key, const List& list) {
    if (!list.empty()) json[key] = list;
}

OrderedJson json_of(const std::vector<Attribute>& attributes) {
    OrderedJson result = OrderedJson::array();
    for (const Attribute& attribute : attributes) {
        OrderedJson json = OrderedJson::object();
        json["name"] = attribute.name;
        if (attribute.type != AttributeType::any) {
            json["type"] = model_words::word_of(model_words::attribute_types, attribute.type);
        }
        put_flag(json, "required", attribute.required);
        put_flag(json, "unique", attribute.unique);
        if (!attribute.allowed.empty()) {
            OrderedJson allowed = OrderedJson::array();
            for (const Value& value : attribute.allowed) allowed.push_back(json_of(value));
            json["enum"] = std::move(allowed);
        }
        if (attribute.default_value) json["default"] = json_of(*attribute.default_value);
        put_text(json, "unit", attribute.unit);
        put_text(json, "reference", attribute.reference);
        put_text(json, "description", attribute.description);
        result.push_back(std::move(json));
    }
    return result;
}

OrderedJson json_of(const StatusMap& status) {
    OrderedJson json = OrderedJson::object();
    json["attribute"] = status.attribute;
    for (const auto& [value, state] : status.states) list_at(json, std::string{name_of(state)}).push_back(value);
    return json;
}

OrderedJson json_of(const Lifecycle& lifecycle) {
    OrderedJson json = OrderedJson::object();
    json["attribute"] = lifecycle.attribute;
    json["states"] = lifecycle.states;
    if (!lifecycle.transitions.empty()) json["transitions"] = lifecycle.transitions;
    return json;
}

OrderedJson json_of(const ClassDeclaration& declaration) {
    OrderedJson json = OrderedJson::object();
    json["name"] = declaration.name;
    put_text(json, "parent", declaration.parent);
    put_flag(json, "abstract", declaration.is_abstract);
    put_flag(json, "gate", declaration.gate);
    put_flag(json, "dated", declaration.dated);
    if (!declaration.attributes.empty()) json["attributes"] = json_of(declaration.attributes);
    put_list(json, "keys", declaration.keys);
    put_list(json, "requires", declaration.requires_types);
    if (declaration.status) json["status"] = json_of(*declaration.status);
    if (declaration.lifecycle) json["lifecycle"] = json_of(*declaration.lifecycle);
    put_text(json, "description", declaration.description);
    return json;
}

OrderedJson json_of(const Need& need) {
    switch (need.kind) {
        case Need::Kind::count: return need.number;
        case Need::Kind::percent: return std::to_string(need.number) + "%";
        case Need::Kind::all: return "all";
        case Need::Kind::attribute: return need.attribute;
    }
    return nullptr;
}

OrderedJson json_of(const RelationshipDeclaration& declaration) {
    const RelationshipDeclaration defaults;
    OrderedJson json = OrderedJson::object();
    json["name"] = declaration.name;
    put_text(json, "inverse", declaration.inverse);
    put_list(json, "from", declaration.sources);
    put_list(json, "to", declaration.targets);
    if (declaration.max_out) json["max_out"] = *declaration.max_out;
    if (declaration.max_in) json["max_in"] = *declaration.max_in;
    if (declaration.depends != DependsEnd::none) {
        json["depends"] = model_words::word_of(model_words::depends_ends, declaration.depends);
    }
    if (declaration.depends != DependsEnd::none || declaration.effect != Effect::none) {
        json["effect"] = model_words::word_of(model_words::effects, declaration.effect);
    }
    if (declaration.grouped) (json["grouped"] = OrderedJson::object())["need"] = json_of(*declaration.grouped);
    put_flag(json, "dated", declaration.dated);
    if (declaration.group_property != defaults.group_property) json["group_property"] = declaration.group_property;
    if (declaration.need_property != defaults.need_property) json["need_property"] = declaration.need_property;
    if (declaration.effect_property != defaults.effect_property) json["effect_property"] = declaration.effect_property;
    if (!declaration.attributes.empty()) json["attributes"] = json_of(declaration.attributes);
    put_text(json, "description", declaration.description);
    return json;
}

}  // namespace

std::string Model::to_json() const {
    OrderedJson json = OrderedJson::object();
    json["classes"] = OrderedJson::array();
    for (const ClassDeclaration& declaration : classes_) json["classes"].push_back(json_of(declaration));
    json["relationship_types"] = OrderedJson::array();
    for (const RelationshipDeclaration& declaration : types_) {
        json["relationship_types"].push_back(json_of(declaration));
    }
    // Text that is not UTF-8 can only come from a model built by hand; it is printed with replacement characters.
    return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace mainstay
