#include "http/endpoints/endpoints.hpp"

#include "http/formats.hpp"
#include "http/search.hpp"

#include "mainstay/connect/find_element.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace mainstay::server {
namespace {

constexpr std::int64_t limit_usual = 100, limit_max = 10'000;
constexpr std::chrono::seconds search_time_max{1};  // about ten million elements

// A result with something to say about it.
class NoticedResult final : public Result {
public:
    NoticedResult(std::unique_ptr<Result> result, Notice notice)
        : result_(std::move(result)), notice_(std::move(notice)) {}
    const std::vector<std::string>& columns() const override { return result_->columns(); }
    const std::vector<Value>* next() override {
        const std::vector<Value>* row = result_->next();
        if (!row) {
            notices_ = result_->notices();
            notices_.push_back(notice_);
        }
        return row;
    }
    const std::vector<Notice>& notices() const override { return notices_; }
    const WriteCounters& counters() const override { return result_->counters(); }
    std::optional<CommitResult> commit() const override { return result_->commit(); }
    const PlanNode* plan() const override { return result_->plan(); }
    bool is_write() const override { return result_->is_write(); }

private:
    std::unique_ptr<Result> result_;
    Notice notice_;
    std::vector<Notice> notices_;
};

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

// Names, keys and addresses that contain the text (http/search.hpp), as rows of a statement, so that every form and
// right is as of any other.
HttpResponse answer_search(const Asked& asked) {
    const auto text = asked.request().parameter("q").value_or("");
    if (text.empty()) throw Error{Code::input_invalid, "`q`, the text to look for, is missing"};
    constexpr std::string_view statement =
        "UNWIND $found AS hit MATCH (n) WHERE elementId(n) = hit.id RETURN n AS node, hit.attribute AS attribute, "
        "hit.value AS value ORDER BY hit.rank";
    ExecuteOptions options = asked.execute_options({});
    options.read_only = true;
    const std::string& user = options.principal.name.empty() ? options.commit.author : options.principal.name;
    auto watch = std::make_unique<StatementWatch>(&asked.context(), Door::http, statement, user);
    const Store& store = asked.database().store();
    options.now_us = store.now_us();
    const ViewPtr view = store.view({std::nullopt, ValidTime{options.now_us}});
    const SearchResult found =
        search(*view, text, asked.request().parameter("class").value_or(""), static_cast<std::size_t>(limit_of(asked)),
               std::chrono::steady_clock::now() + search_time_max, asked.cancellation().get());
    ValueList hits;
    for (const SearchHit& hit : found.hits)
        hits.push_back(Value::map({{"id", Value{view->element_id(hit.node)}},
                                   {"rank", Value{static_cast<std::int64_t>(hits.size())}},
                                   {"attribute", Value{hit.attribute}},
                                   {"value", Value{hit.value}}}));
    auto result = asked.database().run(statement, {{"found", Value::list(std::move(hits))}}, options);
    if (found.is_cut)
        result = std::make_unique<NoticedResult>(
            std::move(result),
            Notice{"search_cut", fmt::format("the search ended after {} s, when {} elements had been looked at: there "
                                             "may be others; give a class or a whole key",
                                             search_time_max.count(), found.nodes_walked)});
    return result_response(std::move(result), format_of(asked, {}), 0, std::move(watch));
}

}  // namespace mainstay::server
