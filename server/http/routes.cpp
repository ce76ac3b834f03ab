#include "http/routes.hpp"

#include "http/endpoints/endpoints.hpp"

#include "mainstay/connect/writers.hpp"

#include <algorithm>

namespace mainstay::server {
namespace {

bool is_parameter(std::string_view part) { return part.starts_with('{'); }

// Whether `path` is of the route; what stands for its parameter is put into `value`.
bool fits(std::string_view pattern, std::string_view path, std::string& value) {
    while (!pattern.empty() || !path.empty()) {
        const auto end = [](std::string_view text) { return std::min(text.find('/', 1), text.size()); };
        const std::string_view wanted = pattern.substr(0, end(pattern)), given = path.substr(0, end(path));
        pattern.remove_prefix(wanted.size());
        path.remove_prefix(given.size());
        if (wanted.size() > 1 && is_parameter(wanted.substr(1)) && given.size() > 1)
            value = given.substr(1);
        else if (wanted != given)
            return false;
    }
    return true;
}

std::int64_t whole_number(const Value& limits, std::string_view name) {
    const Value& value = limits.at(name);
    if (value.is_null()) return 0;
    if (!value.is(ValueType::integer) || value.as_int() < 1)
        throw Error{Code::input_invalid, "`limits." + std::string{name} + "` is a whole number, at least 1"};
    return value.as_int();
}

}  // namespace

Value Asked::body() const {
    const auto type = request_.header("content-type");
    // A page may post text without asking first; JSON it may not.
    if (!type || type->substr(0, type->find(';')) != "application/json")
        throw Error{Code::input_invalid, "the body is not said to be JSON"}.with_hint(
            "send the header Content-Type: application/json");
    Value value = value_of_json(request_.body, "the body");
    if (!value.is(ValueType::map)) throw Error{Code::input_invalid, "the body is no JSON object"};
    return value;
}

std::string Asked::text(const Value& body, std::string_view name) const {
    const Value& value = body.is(ValueType::map) ? body.at(name) : Value{};
    if (value.is(ValueType::string)) return std::string{value.as_string()};
    if (!value.is_null()) throw Error{Code::input_invalid, "`" + std::string{name} + "` is no text"};
    return std::string{request_.parameter(name).value_or("")};
}

ExecuteOptions Asked::execute_options(const Value& body) const {
    ExecuteOptions options;
    options.cancellation = cancellation_;
    options.limits.time = options_.statement_max;
    options.commit.author = options_.author;
    options.commit.reason = text(body, "reason");
    options.commit.change = text(body, "change");
    options.commit.source = text(body, "source");
    const Value limits = body.is(ValueType::map) ? body.at("limits") : Value{};
    if (limits.is_null()) return options;
    if (!limits.is(ValueType::map)) throw Error{Code::input_invalid, "`limits` is no object"};
    if (const auto time = std::chrono::milliseconds{whole_number(limits, "time_ms")}; time.count() > 0)
        options.limits.time = options_.statement_max.count() > 0 ? std::min(time, options_.statement_max) : time;
    if (const auto memory = whole_number(limits, "memory_mb"); memory > 0)
        options.limits.memory_bytes = std::min(
            options.limits.memory_bytes, static_cast<std::uint64_t>(std::min<std::int64_t>(memory, 1 << 20)) << 20);
    return options;
}

HttpResponse HttpService::answer(const HttpRequest& request, std::shared_ptr<Cancellation> cancellation) {
    try {
        return answer_or_throw(request, std::move(cancellation));
    } catch (const Error& error) {
        return error_response(error);
    } catch (const std::bad_alloc&) {
        return error_response(Error{Code::memory_limit, "there is no memory left for this request"});
    }
}

HttpResponse HttpService::answer_or_throw(const HttpRequest& request, std::shared_ptr<Cancellation> cancellation) {
    Asked asked{database_, options_, request, std::move(cancellation)};
    std::string allowed;
    const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view{request.method};
    for (const Route& route : routes()) {
        if (!fits(route.path, request.path, asked.path_value)) continue;
        if (route.method == method) return route.answer(asked);
        allowed += (allowed.empty() ? "" : ", ") + std::string{route.method};
    }
    if (allowed.empty()) {
        std::vector<std::string> known;
        for (const Route& route : routes()) known.emplace_back(route.path);
        throw Error{Code::entity_not_found, "there is nothing at " + quoted(request.path)}.with_hint(
            nearest(request.path, known));
    }
    HttpResponse response =
        error_response(405, "method_not_allowed", quoted(request.path) + " takes " + allowed + " only");
    response.headers.emplace_back("Allow", allowed);
    return response;
}

}  // namespace mainstay::server
