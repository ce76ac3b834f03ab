#include "mainstay/server/mcp.hpp"

#include "http/routes.hpp"

#include "mainstay/connect/writers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mainstay {
namespace server {
namespace {

// The newest first; a client that wants another hears of the first, and may go.
constexpr std::array<std::string_view, 3> versions{"2025-06-18", "2025-03-26", "2024-11-05"};

constexpr int parse_error = -32700, invalid_request = -32600, method_not_found = -32601, invalid_params = -32602;

// Routes that only read, as tools under the same names.
struct Tool {
    std::string_view route, description;
};
constexpr std::array<Tool, 8> tools{{
    {"schema",
     "The classes of configuration items, services and assets, with their attributes, keys and how many there are; "
     "and the relationship types, which end of each depends on which. Ask this first."},
    {"query",
     "Runs a reading statement of openCypher, with Mainstay's clauses: IMPACT OF, DEPENDENCIES OF, DEPENDENTS OF, "
     "SINGLE POINTS OF FAILURE FOR, AS OF, FOR VALID_TIME AS OF."},
    {"impact", "What breaks when elements fail together, with state, distance and chain of causes of each."},
    {"dependencies", "What elements need, or what needs them, directly or not."},
    {"single_points", "Every element whose failure alone puts the given one down."},
    {"search", "Elements whose name or key contains a text."},
    {"node", "One element by key, name or element id."},
    {"neighbours", "The relationships of an element, and who is at their other ends."},
}};

const Route* route_of(std::string_view name) {
    for (const Route& route : routes())
        if (route.name == name) return &route;
    return nullptr;
}

std::string schema_of_tool(const Tool& tool) {
    std::vector<RouteParameter> parameters;
    if (const Route* route = route_of(tool.route)) {
        for (const auto* list : {&route->body, &route->parameters})
            for (const RouteParameter& each : *list) {
                const bool is_known = std::any_of(parameters.begin(), parameters.end(),
                                                  [&](const RouteParameter& other) { return other.name == each.name; });
                constexpr std::array<std::string_view, 5> not_for_readers{"access", "reason", "change", "source",
                                                                          "format"};
                const bool is_hidden =
                    std::find(not_for_readers.begin(), not_for_readers.end(), each.name) != not_for_readers.end();
                if (!is_known && !is_hidden) parameters.push_back(each);
            }
    }
    return object_schema(parameters);
}

ServerOptions server_options(const McpOptions& options) {
    ServerOptions result;
    result.author = "mcp";
    result.statement_max = options.statement_max;
    return result;
}

class McpServerImpl final : public McpServer {
public:
    McpServerImpl(Database& database, McpOptions options)
        : options_(std::move(options)), context_(database, server_options(options_)), service_(context_) {}

    std::string answer(std::string_view message, std::shared_ptr<Cancellation> cancellation) override {
        std::string id = "null";
        try {
            const Value request = value_of_json(message, "the message");
            if (!request.is(ValueType::map)) return error(id, invalid_request, "a message is one JSON object");
            const Value wanted = request.at("id"), method = request.at("method");
            if (!wanted.is_null()) {
                id.clear();
                append_json(wanted, id);
            }
            if (!method.is(ValueType::string))
                return request.at("result").is_null() && request.at("error").is_null()
                           ? error(id, invalid_request, "the message names no method")
                           : std::string{};   // an answer, to nothing we asked
            if (wanted.is_null()) return {};  // a notification
            return act(id, method.as_string(), request.at("params"), std::move(cancellation));
        } catch (const Error& wrong) {
            return error(id, parse_error, wrong.message());
        }
    }

private:
    static std::string result(const std::string& id, const std::string& json) {
        return fmt::format("{{\"jsonrpc\":\"2.0\",\"id\":{},\"result\":{}}}", id, json);
    }
    static std::string error(const std::string& id, int code, std::string_view message) {
        return fmt::format("{{\"jsonrpc\":\"2.0\",\"id\":{},\"error\":{{\"code\":{},\"message\":{}}}}}", id, code,
                           quoted_json(message));
    }

    std::string act(const std::string& id, std::string_view method, const Value& params,
                    std::shared_ptr<Cancellation> cancellation) {
        const Value given = params.is(ValueType::map) ? params : Value::map({});
        if (method == "initialize") return result(id, greeting(given));
        if (method == "ping") return result(id, "{}");
        if (method == "tools/list") return result(id, list());
        if (method != "tools/call")
            return error(id, method_not_found, fmt::format("there is no method {}", quoted(method)));
        const Value name = given.at("name");
        const auto tool = std::find_if(tools.begin(), tools.end(), [&](const Tool& each) {
            return name.is(ValueType::string) && name.as_string() == each.route;
        });
        if (tool == tools.end()) return error(id, invalid_params, "there is no such tool; ask for tools/list");
        return result(id, call(*tool, given.at("arguments"), std::move(cancellation)));
    }

    static std::string greeting(const Value& params) {
        const Value wanted = params.at("protocolVersion");
        std::string_view version = versions.front();
        for (const std::string_view each : versions)
            if (wanted.is(ValueType::string) && wanted.as_string() == each) version = each;
        return fmt::format(
            "{{\"protocolVersion\":{},\"capabilities\":{{\"tools\":{{}}}},\"serverInfo\":{{\"name\":\"mainstay\","
            "\"title\":"
            "\"Mainstay CMDB\",\"version\":\"0.1.0\"}},\"instructions\":{}}}",
            quoted_json(version),
            quoted_json(
                "A graph of services, configuration items and assets, and of what depends on what. Ask for the schema "
                "first; elements are named by key, name or element id. Nothing can be changed."));
    }

    static std::string list() {
        std::string all;
        for (const Tool& tool : tools)
            all += fmt::format(
                "{}{{\"name\":{},\"description\":{},\"inputSchema\":{},\"annotations\":{{\"readOnlyHint\":true}}}}",
                all.empty() ? "" : ",", quoted_json(tool.route), quoted_json(tool.description), schema_of_tool(tool));
        return "{\"tools\":[" + all + "]}";
    }

    std::string call(const Tool& tool, const Value& arguments, std::shared_ptr<Cancellation> cancellation) {
        bool is_error = false;
        std::string text;
        if (tool.route == "schema") {
            for (const char* statement : {"SHOW CLASSES", "SHOW RELATIONSHIP TYPES"})
                text += ask(*route_of("query"), Value::map({{"statement", statement}}), cancellation, is_error);
        } else {
            text = ask(*route_of(tool.route), arguments, std::move(cancellation), is_error);
        }
        if (text.size() > options_.answer_bytes_max) {
            text = fmt::format(
                "the answer has {} bytes, too many to read; ask for less, with LIMIT, WHERE, or counts by class",
                text.size());
            is_error = true;
        }
        return fmt::format("{{\"content\":[{{\"type\":\"text\",\"text\":{}}}],\"isError\":{}}}", quoted_json(text),
                           is_error);
    }

    // The route's answer. Arguments that are of its path or behind `?` go there, the others into the body.
    std::string ask(const Route& route, const Value& arguments, std::shared_ptr<Cancellation> cancellation,
                    bool& is_error) {
        HttpRequest request;
        request.method = route.method;
        request.path = route.path;
        ValueMapEntries body;
        if (arguments.is(ValueType::map)) {
            for (const auto& [name, value] : arguments.as_map()) {
                if (name == "access" || name == "format") continue;
                const auto is_it = [name = std::string_view{name}](const RouteParameter& each) {
                    return each.name == name;
                };
                const bool in_body = !route.body.empty();
                if (in_body || std::none_of(route.parameters.begin(), route.parameters.end(), is_it)) {
                    body.emplace_back(name, value);
                    continue;
                }
                const std::string text = value.is(ValueType::string) ? std::string{value.as_string()} : print(value);
                const auto place = request.path.find("{" + std::string{name} + "}");
                if (place != std::string::npos)
                    request.path.replace(place, name.size() + 2, text);
                else
                    request.parameters.emplace_back(name, text);
            }
        }
        if (route.name == "query") body.emplace_back("access", "read");
        request.headers = {{"content-type", "application/json"}};
        append_json(Value::map(std::move(body)), request.body);
        HttpResponse response = service_.answer_as(request, options_.principal, std::move(cancellation));
        is_error = is_error || response.status >= 400;
        while (response.more && response.body.size() <= options_.answer_bytes_max)
            if (!response.more->write_some(response.body)) response.more.reset();
        return std::move(response.body);
    }

    McpOptions options_;
    ServerContext context_;
    HttpService service_;
};

}  // namespace
}  // namespace server

std::unique_ptr<McpServer> McpServer::make(Database& database, McpOptions options) {
    return std::make_unique<server::McpServerImpl>(database, std::move(options));
}

}  // namespace mainstay
