#include "http/routes.hpp"

#include "mainstay/connect/writers.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace mainstay::server {
namespace {

std::string object(std::initializer_list<std::pair<std::string_view, std::string>> members) {
    std::string out = "{";
    for (const auto& [name, value] : members) {
        if (value.empty()) continue;
        if (out.size() > 1) out += ',';
        out += quoted_json(name) + ":" + value;
    }
    return out + "}";
}

std::string schema_of(const RouteParameter& parameter) {
    return object({{"type", quoted_json(parameter.type)},
                   {"description", quoted_json(parameter.help)},
                   {"items", parameter.type == "array" ? "{}" : ""}});
}

std::string parameters_of(const Route& route) {
    std::string out;
    for (const RouteParameter& each : route.parameters) {
        const bool in_path = route.path.find("{" + std::string{each.name} + "}") != std::string_view::npos;
        out += (out.empty() ? "" : ",") + object({{"name", quoted_json(each.name)},
                                                  {"in", quoted_json(in_path ? "path" : "query")},
                                                  {"required", each.is_required ? "true" : "false"},
                                                  {"description", quoted_json(each.help)},
                                                  {"schema", object({{"type", quoted_json(each.type)}})}});
    }
    return "[" + out + "]";
}

std::string body_of(const Route& route) {
    if (route.body.empty()) return {};
    const std::string schema = object_schema(route.body);
    return object({{"required", "true"}, {"content", object({{"application/json", object({{"schema", schema}})}})}});
}

std::string answers_of(const Route& route) {
    std::string content;
    for (std::string_view rest = route.answers; !rest.empty();) {
        const auto end = std::min(rest.find(' '), rest.size());
        content += (content.empty() ? "" : ",") + quoted_json(rest.substr(0, end)) + ":{}";
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const std::string error =
        object({{"description", quoted_json("What is wrong")},
                {"content",
                 object({{"application/json", object({{"schema", "{\"$ref\":\"#/components/schemas/Error\"}"}})}})}});
    return object({{"200", object({{"description", quoted_json(route.summary)}, {"content", "{" + content + "}"}})},
                   {"default", error}});
}

}  // namespace

std::string object_schema(std::span<const RouteParameter> members) {
    std::string properties, required;
    for (const RouteParameter& each : members) {
        properties += (properties.empty() ? "" : ",") + quoted_json(each.name) + ":" + schema_of(each);
        if (each.is_required) required += (required.empty() ? "" : ",") + quoted_json(each.name);
    }
    return object({{"type", quoted_json("object")},
                   {"properties", "{" + properties + "}"},
                   {"required", required.empty() ? "" : "[" + required + "]"}});
}

std::string openapi_json(std::span<const Route> routes) {
    std::string paths;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const bool is_new = std::none_of(routes.begin(), routes.begin() + static_cast<std::ptrdiff_t>(i),
                                         [&](const Route& other) { return other.path == routes[i].path; });
        if (!is_new) continue;
        std::string methods;
        for (const Route& route : routes) {
            if (route.path != routes[i].path) continue;
            std::string method{route.method};
            std::transform(method.begin(), method.end(), method.begin(), [](char c) { return c | 0x20; });
            methods += (methods.empty() ? "" : ",") + quoted_json(method) + ":" +
                       object({{"operationId", quoted_json(route.name)},
                               {"summary", quoted_json(route.summary)},
                               {"parameters", parameters_of(route)},
                               {"requestBody", body_of(route)},
                               {"responses", answers_of(route)}});
        }
        paths += (paths.empty() ? "" : ",") + quoted_json(routes[i].path) + ":{" + methods + "}";
    }
    const std::string error =
        object({{"type", quoted_json("object")},
                {"properties",
                 object({{"error", object({{"type", quoted_json("object")},
                                           {"properties", object({{"code", "{\"type\":\"string\"}"},
                                                                  {"message", "{\"type\":\"string\"}"},
                                                                  {"hint", "{\"type\":\"string\"}"},
                                                                  {"line", "{\"type\":\"integer\"}"},
                                                                  {"column", "{\"type\":\"integer\"}"}})}})}})}});
    return object({{"openapi", quoted_json("3.1.0")},
                   {"info", object({{"title", quoted_json("Mainstay")},
                                    {"version", quoted_json("0.1.0")},
                                    {"license", object({{"name", quoted_json("Apache-2.0")},
                                                        {"identifier", quoted_json("Apache-2.0")}})}})},
                   {"paths", "{" + paths + "}"},
                   {"components", object({{"schemas", object({{"Error", error}})}})}}) +
           "\n";
}

}  // namespace mainstay::server
