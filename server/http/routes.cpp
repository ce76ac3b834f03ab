#include "http/routes.hpp"

#include "http/endpoints/endpoints.hpp"
#include "http/events.hpp"
#include "http/request_reader.hpp"

#include "mainstay/connect/writers.hpp"

#include <sodium.h>

#include <algorithm>
#include <cctype>

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

// A slip of the finger must not be taken for nothing said.
void require_known(std::string_view name, const std::vector<RouteParameter>& known, std::string_view what) {
    std::vector<std::string> names;
    for (const RouteParameter& each : known) {
        if (each.name == name) return;
        names.emplace_back(each.name);
    }
    std::string all;
    for (const std::string& each : names) all += (all.empty() ? "" : ", ") + each;
    std::string hint = nearest(name, names);
    throw Error{Code::input_invalid, std::string{what} + " " + quoted(name)}.with_hint(!hint.empty() ? hint
                                                                                       : all.empty()
                                                                                           ? "there are none"
                                                                                           : "there are " + all);
}

void require_known(const HttpRequest::Pairs& given, const std::vector<RouteParameter>& known) {
    for (const auto& [name, value] : given) require_known(name, known, "there is no parameter");
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
    if (route && !route->is_free)
        for (const auto& [name, member] : value.as_map()) require_known(name, route->body, "the body has no member");
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
    const auto most = context_.options.statement_max;
    options.limits.time = most;
    options.limits.memory_bytes = context_.options.statement_memory_max;
    options.principal = principal_;
    options.address = std::string{request_.header("host").value_or("")};
    options.client = client;
    options.commit.author = context_.options.author;
    options.commit.reason = text(body, "reason");
    options.commit.change = text(body, "change");
    options.commit.source = text(body, "source");
    const Value limits = body.is(ValueType::map) ? body.at("limits") : Value{};
    if (limits.is_null()) return options;
    if (!limits.is(ValueType::map)) throw Error{Code::input_invalid, "`limits` is no object"};
    static const std::vector<RouteParameter> known{{"time_ms", {}, {}}, {"memory_mb", {}, {}}, {"rows", {}, {}}};
    for (const auto& [name, value] : limits.as_map()) require_known(name, known, "`limits` has no member");
    if (const auto time = std::chrono::milliseconds{whole_number(limits, "time_ms")}; time.count() > 0)
        options.limits.time = most.count() > 0 ? std::min(time, most) : time;
    if (const auto memory = whole_number(limits, "memory_mb"); memory > 0)
        options.limits.memory_bytes = std::min(
            options.limits.memory_bytes, static_cast<std::uint64_t>(std::min<std::int64_t>(memory, 1 << 20)) << 20);
    return options;
}

namespace {

// What a client says of itself in `Authorization`. Throws Error(Code::not_signed_in) for what cannot be read.
Credentials credentials_of(const HttpRequest& request) {
    Credentials credentials;
    const auto header = request.header("authorization");
    if (!header) return credentials;
    const auto blank = std::min(header->find(' '), header->size());
    std::string scheme{header->substr(0, blank)};
    std::transform(scheme.begin(), scheme.end(), scheme.begin(), [](unsigned char c) { return std::tolower(c); });
    std::string_view rest = header->substr(blank);
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    if (scheme == "bearer") {
        credentials.scheme = Credentials::Scheme::bearer;
        credentials.secret = rest;
        return credentials;
    }
    std::string plain(rest.size(), '\0');
    std::size_t size = 0;
    const bool is_read = scheme == "basic" &&
                         sodium_base642bin(reinterpret_cast<unsigned char*>(plain.data()), plain.size(), rest.data(),
                                           rest.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL) == 0;
    plain.resize(size);
    const auto colon = plain.find(':');
    if (!is_read || colon == std::string::npos)
        throw Error{Code::not_signed_in, "the header Authorization cannot be read"}.with_hint(
            "write Basic, with name and password in base 64, or Bearer and a token");
    credentials.scheme = Credentials::Scheme::basic;
    credentials.name = plain.substr(0, colon);
    credentials.secret = plain.substr(colon + 1);
    return credentials;
}

HttpResponse refusal(const Error& error) {
    HttpResponse response = error_response(error);
    if (error.code() == Code::not_signed_in)
        response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"Mainstay\", charset=\"UTF-8\", Bearer");
    if (error.code() == Code::rate_limited) response.headers.emplace_back("Retry-After", "1");
    return response;
}

// What is alike: requests of one route, or of one statement; that one is found without reading the JSON around it, for
// nothing hangs on it but who answers.
Expectations::Key key_of(const HttpRequest& request) noexcept {
    constexpr std::string_view member = "\"statement\"";
    const std::string_view body = request.body;
    if (const auto at = body.find(member); at != std::string_view::npos) {
        const auto begin = std::min(body.find('"', at + member.size()), body.size());
        const auto end = std::min(body.find('"', begin + 1), body.size());
        return Expectations::key_of(body.substr(begin, end - begin));
    }
    const std::string_view path = request.path;
    const auto slash = [&](std::size_t from) { return std::min(path.find('/', from), path.size()); };
    const auto name = slash(slash(1) + 1), rest = slash(name + 1);
    return Expectations::key_of(path.substr(0, name)) ^ (Expectations::key_of(path.substr(rest)) << 1);
}

// The route of a request; what stands for the parameter of its path; the methods that its path takes.
struct Found {
    const Route* route = nullptr;
    std::string path_value, allowed;
};
Found find_route(const HttpRequest& request) {
    Found found;
    const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view{request.method};
    for (const Route& route : routes()) {
        if (!fits(route.path, request.raw_path.empty() ? request.path : request.raw_path, found.path_value)) continue;
        if (route.method == method) found.route = &route;
        found.allowed += (found.allowed.empty() ? "" : ", ") + std::string{route.method};
    }
    return found;
}

}  // namespace

Expected HttpService::expects(const HttpRequest& request) const noexcept {
    return context_.expectations.of(key_of(request));
}

HttpResponse HttpService::answer(const HttpRequest& request, std::string_view client,
                                 std::shared_ptr<Cancellation> cancellation) {
    const auto begin = std::chrono::steady_clock::now();
    HttpResponse response = answer_for(request, std::nullopt, client, std::move(cancellation));
    context_.expectations.note(key_of(request), std::chrono::steady_clock::now() - begin);
    return response;
}

HttpResponse HttpService::answer_as(const HttpRequest& request, const Principal& principal,
                                    std::shared_ptr<Cancellation> cancellation) {
    return answer_for(request, principal, {}, std::move(cancellation));
}

HttpResponse HttpService::answer_for(const HttpRequest& request, const std::optional<Principal>& principal,
                                     std::string_view client, std::shared_ptr<Cancellation> cancellation) {
    try {
        return answer_or_throw(request, principal, client, std::move(cancellation));
    } catch (const Error& error) {
        return refusal(error);
    } catch (const std::bad_alloc&) {
        return refusal(Error{Code::memory_limit, "there is no memory left for this request"});
    }
}

std::optional<HttpResponse> HttpService::answer_at_once(const HttpRequest& request) {
    const auto [wanted, path_value, allowed] = find_route(request);
    if (!wanted || !wanted->is_immediate) return std::nullopt;
    Asked asked{context_, request, {}, nullptr};
    asked.path_value = path_value;
    return wanted->answer(asked);
}

// Not counted: the request will be, when it is whole.
std::optional<HttpResponse> HttpService::refusal_of(const HttpRequest& head, std::string_view client) {
    try {
        if (context_.access.asks()) (void)context_.access.sign_in(credentials_of(head), client);
        return std::nullopt;
    } catch (const Error& error) {
        return refusal(error);
    }
}

HttpResponse HttpService::answer_or_throw(const HttpRequest& request, const std::optional<Principal>& given,
                                          std::string_view client, std::shared_ptr<Cancellation> cancellation) {
    const auto [wanted, path_value, allowed] = find_route(request);
    // Who has not signed in does not hear what there is.
    Principal principal;
    if (given)
        principal = *given;
    else if (!wanted || !wanted->is_open)
        principal = sign_in(request, client);
    if (wanted) {
        Asked asked{context_, request, principal, std::move(cancellation)};
        asked.path_value =
            request.raw_path.empty() ? path_value : percent_decoded(path_value, PlusSign::itself).value_or(path_value);
        asked.route = wanted;
        asked.client = client;
        require_known(request.parameters, wanted->parameters);
        try {
            return wanted->answer(asked);
        } catch (const Error& error) {
            note_denied(error, principal, client);
            throw;
        }
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

Principal HttpService::sign_in(const HttpRequest& request, std::string_view client) {
    context_.access.require_rate(client, context_.options.rate_max);
    const Credentials credentials = credentials_of(request);
    const bool is_told = credentials.scheme != Credentials::Scheme::none;
    try {
        Principal principal = context_.access.sign_in(credentials, client);
        if (is_told && principal.verified) context_.metrics.note_sign_in(true);
        return principal;
    } catch (const Error&) {
        if (is_told) context_.metrics.note_sign_in(false);
        throw;
    }
}

void HttpService::note_denied(const Error& error, const Principal& principal, std::string_view client) {
    if (error.code() != Code::forbidden) return;
    context_.metrics.note_denied();
    context_.log.say(ServerEvent::Severity::warning, "denied",
                     {{"user", principal.name}, {"client", std::string{client}}, {"why", error.message()}});
}

bool HttpService::has_news(const HttpResponse::Events& events) const {
    return events.after < context_.database.store().last_tx();
}

std::string HttpService::news(HttpResponse::Events& events) {
    context_.access.require_still(events.principal);
    return events_behind(context_.database, events.after, events.filter);
}

}  // namespace mainstay::server
