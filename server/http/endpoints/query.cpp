#include "http/endpoints/endpoints.hpp"

#include "http/formats.hpp"

#include "mainstay/connect/find_element.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace mainstay::server {
namespace {

constexpr std::int64_t limit_usual = 100, limit_max = 10'000;

const ResultFormat& format_of(const Asked& asked, const Value& body) {
    return result_format(asked.text(body, "format"), asked.request().header("accept").value_or(""));
}

std::int64_t limit_of(const Asked& asked) {
    const auto text = asked.request().parameter("limit");
    if (!text) return limit_usual;
    std::int64_t limit = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (error != std::errc{} || end != text->data() + text->size() || limit < 1 || limit > limit_max)
        throw Error{Code::input_invalid, fmt::format("`limit` is a whole number from 1 to {}", limit_max)};
    return limit;
}

HttpResponse run_reading(const Asked& asked, std::string_view statement, const Parameters& parameters) {
    ExecuteOptions options = asked.execute_options({});
    options.read_only = true;
    return run_statement(asked, statement, parameters, options, format_of(asked, {}));
}

// The element id of what the path names, by whatever a person calls it.
Value named_node(const Asked& asked) {
    const ViewPtr view = asked.database().store().view();
    const NodeId node = find_element(*view, asked.path_value, asked.request().parameter("class").value_or(""));
    return Value{view->element_id(node)};
}

}  // namespace

HttpResponse answer_query(const Asked& asked) {
    const Value body = asked.body();
    const std::string statement = asked.text(body, "statement");
    if (statement.empty()) throw Error{Code::input_invalid, "the body has no `statement`"};
    Parameters parameters;
    if (const Value& given = body.at("parameters"); given.is(ValueType::map)) {
        for (const auto& [name, value] : given.as_map()) parameters.emplace(name, value);
    } else if (!given.is_null()) {
        throw Error{Code::input_invalid, "`parameters` is no object"};
    }
    ExecuteOptions options = asked.execute_options(body);
    const std::string access = asked.text(body, "access");
    if (!access.empty() && access != "read" && access != "write")
        throw Error{Code::input_invalid, "`access` is read or write"};
    options.read_only = access == "read";
    std::uint64_t rows_max = 0;
    if (const Value limits = body.at("limits"); limits.is(ValueType::map) && limits.at("rows").is(ValueType::integer))
        rows_max = static_cast<std::uint64_t>(std::max<std::int64_t>(limits.at("rows").as_int(), 0));
    const ResultFormat& format = format_of(asked, body);
    try {
        return run_statement(asked, statement, parameters, options, format, rows_max);
    } catch (const Error& error) {
        if (error.code() == Code::forbidden || error.code() == Code::not_signed_in) throw;
        return error_response(error, statement);
    }
}

HttpResponse answer_node(const Asked& asked) {
    return run_reading(asked, "MATCH (n) WHERE elementId(n) = $id RETURN n AS node", {{"id", named_node(asked)}});
}

HttpResponse answer_neighbours(const Asked& asked) {
    const auto direction = asked.request().parameter("direction").value_or("both");
    if (direction != "both" && direction != "out" && direction != "in")
        throw Error{Code::input_invalid, "`direction` is out, in or both"};
    std::string type;
    if (const auto wanted = asked.request().parameter("type"); wanted && !wanted->empty()) {
        if (wanted->find('`') != std::string_view::npos)
            throw Error{Code::input_invalid, "a type's name has no backtick"};
        type = fmt::format(":`{}`", *wanted);
    }
    const std::string statement = fmt::format(
        "MATCH (n){}-[r{}]-{}(neighbour) WHERE elementId(n) = $id RETURN r AS relationship, neighbour LIMIT $limit",
        direction == "in" ? "<" : "", type, direction == "out" ? ">" : "");
    return run_reading(asked, statement, {{"id", named_node(asked)}, {"limit", Value{limit_of(asked)}}});
}

// Names and keys that contain the text, whatever its case; what begins with it first.
HttpResponse answer_search(const Asked& asked) {
    const auto text = asked.request().parameter("q").value_or("");
    if (text.empty()) throw Error{Code::input_invalid, "`q`, the text to look for, is missing"};
    std::string label;
    if (const auto wanted = asked.request().parameter("class"); wanted && !wanted->empty()) {
        if (wanted->find('`') != std::string_view::npos)
            throw Error{Code::input_invalid, "a class's name has no backtick"};
        label = fmt::format(":`{}`", *wanted);
    }
    const std::string statement = fmt::format(
        "MATCH (n{}) WITH n, [k IN ['name', 'id', 'key', 'hostname', 'serial', 'asset_tag', 'ip_address'] WHERE "
        "toLower(toStringOrNull(n[k])) CONTAINS toLower($q)] AS found WHERE size(found) > 0 "
        "RETURN n AS node, found[0] AS attribute, n[found[0]] AS value "
        "ORDER BY toLower(toString(value)) STARTS WITH toLower($q) DESC, toString(value) LIMIT $limit",
        label);
    return run_reading(asked, statement, {{"q", Value{text}}, {"limit", Value{limit_of(asked)}}});
}

}  // namespace mainstay::server
