#include "language/words.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace mainstay::shell {
namespace {

using namespace std::string_view_literals;

constexpr auto keyword_list = std::to_array<std::string_view>({
    "ALL",         "AND",    "ANY",          "AS",         "ASC",        "ASCENDING",  "BASELINE",   "BETWEEN",
    "BY",          "CALL",   "CASE",         "CHANGE",     "CHANGES",    "CONSTRAINT", "CONTAINS",   "CREATE",
    "DEGRADED",    "DELETE", "DEPENDENCIES", "DEPENDENCY", "DEPENDENTS", "DESC",       "DESCENDING", "DETACH",
    "DISTINCT",    "DOWN",   "DROP",         "ELSE",       "END",        "ENDS",       "EXISTS",     "EXPLAIN",
    "FAILURE",     "FALSE",  "FOR",          "FROM",       "GIVEN",      "HISTORY",    "HOP",        "HOPS",
    "IF",          "IMPACT", "IN",           "INDEX",      "IS",         "KEY",        "LIMIT",      "MATCH",
    "MERGE",       "NODE",   "NONE",         "NOT",        "NULL",       "OF",         "ON",         "OPTIONAL",
    "OR",          "ORDER",  "POINTS",       "PROFILE",    "PROOF",      "REMOVE",     "REQUIRE",    "RETURN",
    "SET",         "SHOW",   "SINGLE",       "SKIP",       "STARTS",     "STATUS",     "TERMINATE",  "THEN",
    "TRANSACTION", "TRUE",   "UNION",        "UNIQUE",     "UNWIND",     "VALID_TIME", "WHAT",       "WHEN",
    "WHERE",       "WITH",   "WITHIN",       "XOR",        "YIELD",
});
static_assert(std::is_sorted(keyword_list.begin(), keyword_list.end()));

constexpr auto function_list = std::to_array<std::string_view>({
    "abs",
    "acos",
    "asin",
    "atan",
    "atan2",
    "avg",
    "ceil",
    "coalesce",
    "collect",
    "cos",
    "cot",
    "count",
    "date",
    "date.realtime",
    "date.statement",
    "date.transaction",
    "date.truncate",
    "datetime",
    "datetime.fromepoch",
    "datetime.fromepochmillis",
    "datetime.truncate",
    "degrees",
    "duration",
    "duration.between",
    "duration.inDays",
    "duration.inMonths",
    "duration.inSeconds",
    "e",
    "elementId",
    "endNode",
    "exists",
    "exp",
    "floor",
    "head",
    "id",
    "keys",
    "labels",
    "last",
    "left",
    "length",
    "localdatetime",
    "localdatetime.truncate",
    "localtime",
    "localtime.truncate",
    "log",
    "log10",
    "lTrim",
    "max",
    "min",
    "nodes",
    "percentileCont",
    "percentileDisc",
    "pi",
    "properties",
    "radians",
    "rand",
    "range",
    "relationships",
    "replace",
    "reverse",
    "right",
    "round",
    "rTrim",
    "shortestPath",
    "sign",
    "sin",
    "size",
    "split",
    "sqrt",
    "startNode",
    "stDev",
    "stDevP",
    "substring",
    "sum",
    "tail",
    "tan",
    "time",
    "time.truncate",
    "toBoolean",
    "toFloat",
    "toInteger",
    "toLower",
    "toString",
    "toUpper",
    "trim",
    "type",
});

constexpr auto column_list = std::to_array<std::string_view>({
    "cause",
    "ci",
    "hops",
    "margin",
    "margin_before",
    "state",
    "state_before",
});

constexpr auto phrase_list = std::to_array<std::string_view>({
    "AS OF",
    "DEPENDENCIES OF",
    "DEPENDENTS OF",
    "DETACH DELETE",
    "ENDS WITH",
    "FOR VALID_TIME AS OF",
    "FROM STATUS",
    "IMPACT OF",
    "IS NOT NULL",
    "IS NULL",
    "OPTIONAL MATCH",
    "ORDER BY",
    "SHOW CLASSES",
    "SHOW CONSTRAINTS",
    "SHOW CURRENT USER",
    "SHOW DATABASES",
    "SHOW FUNCTIONS",
    "SHOW INDEXES",
    "SHOW PROCEDURES",
    "SHOW RELATIONSHIP TYPES",
    "SHOW SETTINGS",
    "SHOW TRANSACTIONS",
    "SHOW USERS",
    "SINGLE POINTS OF FAILURE FOR",
    "STARTS WITH",
    "UNION ALL",
    "WHEN degraded",
    "WHEN down",
});

}  // namespace

std::span<const std::string_view> keywords() noexcept { return keyword_list; }
std::span<const std::string_view> functions() noexcept { return function_list; }
std::span<const std::string_view> analysis_columns() noexcept { return column_list; }
std::span<const std::string_view> phrases() noexcept { return phrase_list; }

bool is_keyword(std::string_view word) noexcept {
    std::array<char, 16> upper{};
    if (word.size() > upper.size()) return false;
    std::transform(word.begin(), word.end(), upper.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return std::binary_search(keyword_list.begin(), keyword_list.end(), std::string_view{upper.data(), word.size()});
}

}  // namespace mainstay::shell
