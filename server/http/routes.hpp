#pragma once

// What may be asked over HTTP: one table, from which requests are answered and the OpenAPI description is made.

#include "http/request.hpp"
#include "http/response.hpp"

#include "mainstay/query/database.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::server {

struct HttpServiceOptions {
    std::string database_name;
    std::string author;                          // of commits
    std::chrono::milliseconds statement_max{0};  // 0: as long as it takes, or the client allows
};

// A request, what its path and body hold, and how its statement runs.
class Asked {
public:
    Asked(Database& database, const HttpServiceOptions& options, const HttpRequest& request,
          std::shared_ptr<Cancellation> cancellation)
        : database_(database), options_(options), request_(request), cancellation_(std::move(cancellation)) {}

    Database& database() const noexcept { return database_; }
    const HttpServiceOptions& options() const noexcept { return options_; }
    const HttpRequest& request() const noexcept { return request_; }
    const std::shared_ptr<Cancellation>& cancellation() const noexcept { return cancellation_; }

    // "42" of /v1/nodes/42 for /v1/nodes/{key}.
    std::string path_value;
    // The body's JSON object. Throws Error if it is none, or the content is not said to be JSON.
    Value body() const;
    // Limits, author and reason by `body` ("limits", "reason", "change", "source") and by the server's own limit.
    // Throws Error for what they may not be.
    ExecuteOptions execute_options(const Value& body) const;
    // Of the body, else the parameter behind `?`; "" if there is neither.
    std::string text(const Value& body, std::string_view name) const;

private:
    Database& database_;
    const HttpServiceOptions& options_;
    const HttpRequest& request_;
    std::shared_ptr<Cancellation> cancellation_;
};

struct RouteParameter {
    std::string_view name, type, help;  // type: of JSON Schema, "array" is one of texts
    bool is_required = false;
};

struct Route {
    std::string_view method, path;  // "/v1/nodes/{key}"
    std::string_view name, summary;
    std::vector<RouteParameter> parameters;  // of the path and behind `?`
    std::vector<RouteParameter> body;        // members of the JSON object; none: there is no body
    std::string_view answers;                // media types, separated by blanks
    HttpResponse (*answer)(const Asked&);
};

// In the order in which they are described.
std::span<const Route> routes();

// The JSON Schema of an object that has these members.
std::string object_schema(std::span<const RouteParameter> members);

// The OpenAPI 3.1 description of the table.
std::string openapi_json(std::span<const Route> routes);

class HttpService {
public:
    HttpService(Database& database, HttpServiceOptions options) : database_(database), options_(std::move(options)) {}
    // Never throws but for want of memory: what goes wrong is an answer. On a worker.
    HttpResponse answer(const HttpRequest& request, std::shared_ptr<Cancellation> cancellation);

private:
    HttpResponse answer_or_throw(const HttpRequest& request, std::shared_ptr<Cancellation> cancellation);

    Database& database_;
    HttpServiceOptions options_;
};

}  // namespace mainstay::server
