#include "http/endpoints/endpoints.hpp"

#include "http/formats.hpp"

#include "mainstay/connect/find_element.hpp"
#include "mainstay/connect/values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::server {
namespace {

// Which state of the database the body asks about: `as_of` (a transaction number, or a time) and `valid_at`.
struct Times {
    std::string clause;  // before the statement
    Parameters parameters;
    Store::ViewOptions view;
};

std::int64_t instant_us(const std::string& text, std::string_view name) {
    if (const auto micros = parse_micros(text)) return *micros;
    throw Error{Code::input_invalid, fmt::format("`{}` is no date or time: {}", name, quoted(text))}.with_hint(
        "write 2026-09-01 or 2026-09-01T12:00Z");
}

Times times_of(const Asked& asked, const Value& body) {
    Times times;
    if (const Value as_of = body.at("as_of"); as_of.is(ValueType::integer)) {
        if (as_of.as_int() < 0) throw Error{Code::input_invalid, "`as_of` is negative"};
        times.view.as_of = TxNumber{static_cast<std::uint64_t>(as_of.as_int())};
    } else if (const std::string text = asked.text(body, "as_of");
               !text.empty() && text.size() < 19 && text.find_first_not_of("0123456789") == std::string::npos) {
        times.view.as_of = TxNumber{std::stoull(text)};
    } else if (!as_of.is_null()) {
        times.view.as_of = asked.database().store().tx_at(instant_us(asked.text(body, "as_of"), "as_of"));
    }
    if (times.view.as_of) times.clause += fmt::format("AS OF TRANSACTION {} ", raw(*times.view.as_of));
    if (const std::string valid = asked.text(body, "valid_at"); !valid.empty()) {
        const auto us = instant_us(valid, "valid_at");
        times.view.valid = ValidTime{us};
        times.clause += "FOR VALID_TIME AS OF $valid ";
        times.parameters.emplace("valid", instant_value(us));
    }
    return times;
}

// Element ids of what the member `name` lists, each by whatever a person calls it.
Value named_nodes(const Asked& asked, const Value& body, std::string_view name, const Times& times) {
    const Value given = body.at(name);
    ValueList keys;
    if (given.is(ValueType::list))
        keys.assign(given.as_list().begin(), given.as_list().end());
    else if (!given.is_null())
        keys.push_back(given);
    if (keys.empty()) throw Error{Code::input_invalid, fmt::format("`{}` names no element", name)};
    const ViewPtr view = asked.database().store().view(times.view);
    const std::string class_name = asked.text(body, "class");
    ValueList ids;
    for (const Value& key : keys) {
        if (!key.is(ValueType::string))
            throw Error{Code::input_invalid, fmt::format("`{}` lists keys, names or element ids, as texts", name)};
        ids.emplace_back(view->element_id(find_element(*view, key.as_string(), class_name)));
    }
    return Value::list(std::move(ids));
}

HttpResponse run(const Asked& asked, const Value& body, Times times, std::string_view operand,
                 const std::string& clause) {
    ExecuteOptions options = asked.execute_options(body);
    options.read_only = true;
    times.parameters.emplace("ids", named_nodes(asked, body, operand, times));
    const std::string statement =
        times.clause + "MATCH (n) WHERE elementId(n) IN $ids WITH collect(n) AS operand " + clause;
    const ResultFormat& format =
        result_format(asked.text(body, "format"), asked.request().header("accept").value_or(""));
    return run_statement(asked, statement, times.parameters, options, format);
}

}  // namespace

HttpResponse answer_impact(const Asked& asked) {
    const Value body = asked.body();
    Times times = times_of(asked, body);
    const std::string when = asked.text(body, "when");
    if (!when.empty() && when != "down" && when != "degraded")
        throw Error{Code::input_invalid, "`when` is down or degraded"};
    const Value from_status = body.at("from_status");
    if (!from_status.is_null() && !from_status.is(ValueType::boolean))
        throw Error{Code::input_invalid, "`from_status` is true or false"};
    return run(
        asked, body, std::move(times), "failed",
        fmt::format("IMPACT OF operand WHEN {}{} YIELD ci, state, state_before, hops, cause, margin, margin_before "
                    "RETURN ci, state, state_before, hops, cause, margin, margin_before",
                    when.empty() ? "down" : when,
                    from_status.is(ValueType::boolean) && from_status.as_bool() ? " FROM STATUS" : ""));
}

HttpResponse answer_dependencies(const Asked& asked) {
    const Value body = asked.body();
    Times times = times_of(asked, body);
    const std::string direction = asked.text(body, "direction");
    if (!direction.empty() && direction != "dependencies" && direction != "dependents")
        throw Error{Code::input_invalid, "`direction` is dependencies or dependents"};
    std::string within;
    if (const Value hops = body.at("hops"); !hops.is_null()) {
        if (!hops.is(ValueType::integer) || hops.as_int() < 1 || hops.as_int() > 1'000'000)
            throw Error{Code::input_invalid, "`hops` is a whole number, at least 1"};
        within = fmt::format(" WITHIN {} HOPS", hops.as_int());
    }
    return run(asked, body, std::move(times), "of",
               fmt::format("{} OF operand{} YIELD ci, hops RETURN ci, hops",
                           direction == "dependents" ? "DEPENDENTS" : "DEPENDENCIES", within));
}

HttpResponse answer_single_points(const Asked& asked) {
    const Value body = asked.body();
    return run(asked, body, times_of(asked, body), "for",
               "UNWIND operand AS one SINGLE POINTS OF FAILURE FOR one YIELD ci RETURN DISTINCT ci");
}

}  // namespace mainstay::server
