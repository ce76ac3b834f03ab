// Prints a model as JSON (docs/model.md): what has its default value is left out, so that what is printed is what was
// said.

#include "mainstay/core/model.hpp"

#include "model/words.hpp"

#include <nlohmann/json.hpp>

namespace mainstay {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Value& value) {
    switch (value.type()) {
        case ValueType::null: return nullptr;
        case ValueType::boolean: return value.as_bool();
        case ValueType::integer: return value.as_int();
        case ValueType::floating: return value.as_double();
        case ValueType::list: {
            Json result = Json::array();
            for (const Value& item : value.as_list()) result.push_back(json_of(item));
            return result;
        }
        case ValueType::string: return std::string{value.as_string()};
        default: return to_text(value);
    }
}

void put_text(Json& json, const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
}

void put_flag(Json& json, const char* key, bool flag) {
    if (flag) json[key] = true;
}

template <typename List>
void put_list(Json& json, const char* key, const List& list) {
    if (!list.empty()) json[key] = list;
}

Json json_of(const std::vector<Attribute>& attributes) {
    Json result = Json::array();
    for (const Attribute& attribute : attributes) {
        Json json = Json::object();
        json["name"] = attribute.name;
        if (attribute.type != AttributeType::any) {
            json["type"] = model_words::word_of(model_words::attribute_types, attribute.type);
        }
        put_flag(json, "required", attribute.required);
        put_flag(json, "unique", attribute.unique);
        if (!attribute.allowed.empty()) {
            Json allowed = Json::array();
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

Json json_of(const StatusMap& status) {
    Json json = Json::object();
    json["attribute"] = status.attribute;
    for (const auto& [value, state] : status.states) json[std::string{name_of(state)}].push_back(value);
    return json;
}

Json json_of(const Lifecycle& lifecycle) {
    Json json = Json::object();
    json["attribute"] = lifecycle.attribute;
    json["states"] = lifecycle.states;
    if (!lifecycle.transitions.empty()) json["transitions"] = lifecycle.transitions;
    return json;
}

Json json_of(const ClassDeclaration& declaration) {
    Json json = Json::object();
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

Json json_of(const Need& need) {
    switch (need.kind) {
        case Need::Kind::count: return need.number;
        case Need::Kind::percent: return std::to_string(need.number) + "%";
        case Need::Kind::all: return "all";
        case Need::Kind::attribute: return need.attribute;
    }
    return nullptr;
}

Json json_of(const RelationshipDeclaration& declaration) {
    const RelationshipDeclaration defaults;
    Json json = Json::object();
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
    if (declaration.grouped) json["grouped"]["need"] = json_of(*declaration.grouped);
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
    Json json = Json::object();
    json["classes"] = Json::array();
    for (const ClassDeclaration& declaration : classes_) json["classes"].push_back(json_of(declaration));
    json["relationship_types"] = Json::array();
    for (const RelationshipDeclaration& declaration : types_) {
        json["relationship_types"].push_back(json_of(declaration));
    }
    // Text that is not UTF-8 can only come from a model built by hand; it is printed with replacement characters.
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace mainstay
