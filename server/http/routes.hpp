#pragma once

// What may be asked over HTTP: one table, from which requests are answered and the OpenAPI description is made.

#include "context.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

#include "mainstay/query/database.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::server {

struct Route;

// A request, what its path and body hold, and how its statement runs.
class Asked {
public:
    Asked(ServerContext& context, const HttpRequest& request, Principal principal,
          std::shared_ptr<Cancellation> cancellation)
        : context_(context),
          request_(request),
          principal_(std::move(principal)),
          cancellation_(std::move(cancellation)) {}

    ServerContext& context() const noexcept { return context_; }
    Database& database() const noexcept { return context_.database; }
    const ServerOptions& options() const noexcept { return context_.options; }
    const Principal& principal() const noexcept { return principal_; }
    const HttpRequest& request() const noexcept { return request_; }
    const std::shared_ptr<Cancellation>& cancellation() const noexcept { return cancellation_; }

    // "42" of /v1/nodes/42 for /v1/nodes/{key}.
    std::string path_value;
    const Route* route = nullptr;  // what is asked
    std::string client;            // its address
    // The body's JSON object. Throws Error if it is none, or the content is not said to be JSON.
    Value body() const;
    // Limits, author and reason by `body` ("limits", "reason", "change", "source") and by the server's own limit.
    // Throws Error for what they may not be.
    ExecuteOptions execute_options(const Value& body) const;
    // Of the body, else the parameter behind `?`; "" if there is neither.
    std::string text(const Value& body, std::string_view name) const;

private:
    ServerContext& context_;
    const HttpRequest& request_;
    Principal principal_;
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
    bool is_open = false;       // also to who has not signed in
    bool is_free = false;       // its body may have other members
    bool is_immediate = false;  // answered without a worker, by the thread of the network: it must do next to nothing
};

// In the order in which they are described.
std::span<const Route> routes();

// The JSON Schema of an object that has these members.
std::string object_schema(std::span<const RouteParameter> members);

// The OpenAPI 3.1 description of the table.
std::string openapi_json(std::span<const Route> routes);

class HttpService {
public:
    explicit HttpService(ServerContext& context) : context_(context) {}
    // Whether answer() is likely to be quick, as what is alike was.
    Expected expects(const HttpRequest& request) const noexcept;
    // Never throws but for want of memory: what goes wrong is an answer. On a worker. `client`: its address.
    HttpResponse answer(const HttpRequest& request, std::string_view client,
                        std::shared_ptr<Cancellation> cancellation);
    // The same for somebody who has signed in already.
    HttpResponse answer_as(const HttpRequest& request, const Principal& principal,
                           std::shared_ptr<Cancellation> cancellation);
    // The answer of a route that needs no worker; nullopt: it needs one.
    std::optional<HttpResponse> answer_at_once(const HttpRequest& request);
    // Of a request whose body has not come yet: what to answer instead of waiting for it, if who asks may not. On a
    // worker.
    std::optional<HttpResponse> refusal_of(const HttpRequest& head, std::string_view client);
    // Whether there are commits that who listens has not heard of; cheap.
    bool has_news(const HttpResponse::Events& events) const;
    // On a worker: the next of them. Throws Error: not_signed_in, if the account is no more, and what reading throws.
    std::string news(HttpResponse::Events& events);

private:
    HttpResponse answer_for(const HttpRequest& request, const std::optional<Principal>& principal,
                            std::string_view client, std::shared_ptr<Cancellation> cancellation);
    HttpResponse answer_or_throw(const HttpRequest& request, const std::optional<Principal>& principal,
                                 std::string_view client, std::shared_ptr<Cancellation> cancellation);
    Principal sign_in(const HttpRequest& request, std::string_view client);
    void note_denied(const Error& error, const Principal& principal, std::string_view client);

    ServerContext& context_;
};

}  // namespace mainstay::server
