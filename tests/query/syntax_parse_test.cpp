// The trees: precedence, what ambiguous text is taken for, and the forms the conformance suite does not have.

#include "syntax/parse.hpp"
#include "syntax/print.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace mainstay;
using namespace mainstay::syntax;

namespace {

// The first expression of RETURN `text`.
Expression expression_of(const std::string& text) {
    Statement statement = parse("RETURN " + text);
    auto& clause = std::get<Query>(statement.body).parts.front().clauses.front();
    return std::move(std::get<Return>(clause.node).projection.items.front().expression);
}

template <typename T>
bool is(const std::string& text) {
    return std::holds_alternative<T>(expression_of(text).node);
}

// The canonical text of `text`, without the alias that keeps a column's name.
std::string canonical(const std::string& text) { return print(expression_of(text)); }

std::string reprinted(const std::string& text) { return print(parse(text)); }

Value literal(const std::string& text) { return std::get<Literal>(expression_of(text).node).value; }

}  // namespace

TEST_CASE("operators bind as in openCypher 9", "[syntax]") {
    CHECK(canonical("(a OR (b XOR (c AND (NOT d))))") == "a OR b XOR c AND NOT d");
    CHECK(canonical("(a OR b) AND c") == "(a OR b) AND c");
    CHECK(canonical("NOT (a = b)") == "NOT a = b");
    CHECK(canonical("(NOT a) = b") == "(NOT a) = b");
    CHECK(canonical("a = (b IS NULL)") == "a = b IS NULL");
    CHECK(canonical("(a = b) IS NULL") == "(a = b) IS NULL");
    CHECK(canonical("([1] + [2]) IN ([3] + [4])") == "[1] + [2] IN [3] + [4]");
    CHECK(canonical("(-2) ^ 2") == "-2 ^ 2");
    CHECK(canonical("-(2 ^ 2)") == "-(2 ^ 2)");
    CHECK(canonical("(2 ^ 3) ^ 4") == "2 ^ 3 ^ 4");
    CHECK(canonical("a - (b - c) - d") == "a - (b - c) - d");
    CHECK(canonical("(a * b) + (c / d)") == "a * b + c / d");
    CHECK(canonical("-(a.b)") == "-a.b");
    CHECK(canonical("(a + b)[0].x") == "(a + b)[0].x");
    CHECK(canonical("(a < b) = c") == "(a < b) = c");
}

TEST_CASE("a chain of comparisons is one node", "[syntax]") {
    const Expression e = expression_of("1 <= a < b <> c");
    CHECK(std::get<Comparison>(e.node).steps.size() == 3);
}

TEST_CASE("a chain of AND is one node, parentheses make two", "[syntax]") {
    CHECK(std::get<Logical>(expression_of("a AND b AND c").node).operands.size() == 3);
    CHECK(std::get<Logical>(expression_of("a AND (b AND c)").node).operands.size() == 2);
}

TEST_CASE("a parenthesis is a pattern only if a relationship and a node follow", "[syntax]") {
    CHECK(is<PatternExpression>("(a)-[:R]->(b)"));
    CHECK(is<PatternExpression>("(a)--(b)"));
    CHECK(is<PatternExpression>("(a)<--()"));
    CHECK(is<PatternExpression>("(a:A {x: (1)})-->(b)"));
    CHECK(is<Arithmetic>("(a) - (b)"));
    CHECK(is<Arithmetic>("(a) - [1, 2]"));
    CHECK(is<Arithmetic>("(a + b) - [1] - (c)"));
    CHECK(is<Comparison>("(a) < -(b)"));
    CHECK(is<Variable>("(a)"));
    CHECK(is<LabelPredicate>("(a:A)"));
}

TEST_CASE("a square bracket is a comprehension only if it reads as one", "[syntax]") {
    CHECK(is<ListComprehension>("[x IN xs]"));
    CHECK(is<ListComprehension>("[x IN xs WHERE x > 1 | x]"));
    CHECK(is<ListLiteral>("[x IN xs, y]"));
    CHECK(is<ListLiteral>("[(x IN xs)]"));
    CHECK(is<ListLiteral>("[x]"));
    CHECK(is<PatternComprehension>("[(a)-->(b) | b]"));
    CHECK(is<PatternComprehension>("[p = (a)-->(b) WHERE b:B | p]"));
    CHECK(is<ListLiteral>("[(a)-->(b)]"));
    CHECK(is<ListLiteral>("[p = (a)]"));
}

TEST_CASE("a bar joins labels, but ends the condition of a comprehension", "[syntax]") {
    const Expression e = expression_of("[n IN ns WHERE n:A | n.x]");
    CHECK(std::get<ListComprehension>(e.node).projection != nullptr);
    CHECK(canonical("n:A|B") == "n:(A|B)");
    CHECK(canonical("[n IN ns WHERE n:(A|B) | n]") == "[n IN ns WHERE n:(A|B) | n]");
    CHECK(canonical("[n IN ns WHERE (n:A|B) | n]") == "[n IN ns WHERE n:(A|B) | n]");
}

TEST_CASE("braces after count, collect and exists are a subquery or a map projection", "[syntax]") {
    CHECK(is<Subquery>("count { (a)-->(b) }"));
    CHECK(is<Subquery>("EXISTS { MATCH (a) RETURN a }"));
    CHECK(is<Subquery>("COLLECT { p = (a)-->() WHERE a.x }"));
    CHECK(is<MapProjection>("count {.name}"));
    CHECK(is<MapProjection>("count {match: 1}"));
    CHECK(is<MapProjection>("n {.*, x, y: 2}"));
    CHECK(is<CountStar>("count( * )"));
    CHECK(is<FunctionCall>("count(DISTINCT n)"));
}

TEST_CASE("words of the language are names where openCypher lets them", "[syntax]") {
    CHECK(reprinted("MATCH (n:Match {where: 1})-[:RETURN]->() RETURN n.order, {limit: 2}") ==
          "MATCH (n:Match {where: 1})-[:RETURN]->() RETURN n.order, {limit: 2}");
    // Ours are names everywhere.
    for (const char* word : {"impact",      "dependencies", "dependents", "single", "history",  "changes", "proof",
                             "what",        "yield",        "within",     "hops",   "status",   "given",   "valid_time",
                             "transaction", "baseline",     "explain",    "show",   "shortest", "trail",   "any",
                             "all",         "index",        "constraint", "for",    "call",     "foreach", "load",
                             "end",         "exists",       "count",      "reduce", "profile",  "down",    "from"}) {
        INFO(word);
        const std::string w = word;
        CHECK_NOTHROW(parse("MATCH (" + w + ":" + w + " {" + w + ": 1}) WHERE " + w + "." + w + " = 1 AND " + w + ":" +
                            w + " WITH " + w + " AS " + w + " ORDER BY " + w + " RETURN " + w + ", " + w + "." + w +
                            ", " + w + "('x', 1), {" + w + ": " + w + "}"));
    }
}

TEST_CASE("a column is named by its alias, its variable or its text", "[syntax]") {
    const Statement statement = parse("RETURN  cOuNt( * ) , n.a AS x, `odd name`, 1 /* one */ + 2");
    const auto& items = std::get<Return>(std::get<Query>(statement.body).parts[0].clauses[0].node).projection.items;
    CHECK(items[0].column == "cOuNt( * )");
    CHECK(items[1].column == "x");
    CHECK(items[2].column == "odd name");
    CHECK(items[3].column == "1 /* one */ + 2");
}

TEST_CASE("spans are the bytes of the text", "[syntax]") {
    const std::string text = "MATCH (a:A)-[r]->(b) WHERE a.x = 'y' + 1 RETURN a";
    const Statement statement = parse(text);
    const auto at = [&](Span span) { return text.substr(span.begin, span.end - span.begin); };
    const auto& clauses = std::get<Query>(statement.body).parts[0].clauses;
    CHECK(at(clauses[0].span) == "MATCH (a:A)-[r]->(b) WHERE a.x = 'y' + 1");
    CHECK(at(clauses[1].span) == "RETURN a");
    const auto& match_clause = std::get<Match>(clauses[0].node);
    CHECK(at(match_clause.patterns[0].span) == "(a:A)-[r]->(b)");
    CHECK(at(std::get<NodePattern>(match_clause.patterns[0].elements[0]).span) == "(a:A)");
    CHECK(at(std::get<RelationshipPattern>(match_clause.patterns[0].elements[1]).span) == "-[r]->");
    CHECK(at(match_clause.where->span) == "a.x = 'y' + 1");
    const auto& comparison = std::get<Comparison>(match_clause.where->node);
    CHECK(at(comparison.first->span) == "a.x");
    CHECK(at(comparison.steps[0].op_span) == "=");
    CHECK(at(comparison.steps[0].operand.span) == "'y' + 1");
}

TEST_CASE("numbers are read exactly", "[syntax]") {
    CHECK(literal("0x1F").as_int() == 31);
    CHECK(literal("-0x8000000000000000").as_int() == std::numeric_limits<std::int64_t>::min());
    CHECK(literal("0o17").as_int() == 15);
    CHECK(literal("-9223372036854775808").as_int() == std::numeric_limits<std::int64_t>::min());
    CHECK(literal("- 5").as_int() == -5);
    CHECK(literal(".5").as_double() == 0.5);
    CHECK(literal("1e-3").as_double() == 0.001);
    CHECK(literal("1E3").as_double() == 1000.0);
    CHECK(literal("1e-999").as_double() == 0.0);
    CHECK(std::holds_alternative<Slice>(expression_of("xs[1..3]").node));
}

TEST_CASE("strings are read with all their escapes", "[syntax]") {
    CHECK(literal(R"('a\'b')").as_string() == "a'b");
    CHECK(literal(R"("a'b\"c")").as_string() == "a'b\"c");
    CHECK(literal(R"('\\\n\t\r\b\f')").as_string() == "\\\n\t\r\b\f");
    CHECK(literal(R"('\u00e9\U0001F600\uD83D\uDE00')").as_string() == "é😀😀");
    CHECK(literal("'line\nbreak // no comment'").as_string() == "line\nbreak // no comment");
}

TEST_CASE("hops are read with and without bounds", "[syntax]") {
    for (const char* range : {"*", "*2", "*..3", "*1..", "*1..3", "*0..0"}) {
        const std::string text = std::string{"MATCH (a)-[r:T"} + range + " {x: 1}]->(b) RETURN r";
        CHECK(reprinted(text) == (std::string{range} == "*0..0" ? "MATCH (a)-[r:T*0 {x: 1}]->(b) RETURN r" : text));
    }
}

TEST_CASE("paths of ISO GQL parse and print", "[syntax]") {
    for (const char* text : {
             "MATCH p = ANY SHORTEST (a)-[:R]->+(b) RETURN p",
             "MATCH p = ALL SHORTEST TRAIL (a)-[:R]->*(b) RETURN p",
             "MATCH p = SHORTEST 3 ACYCLIC (a)-[:R]-{2}(b) RETURN p",
             "MATCH p = SHORTEST 2 GROUPS (a)-->{2,}(b) RETURN p",
             "MATCH p = ANY 2 (a)-->(b) RETURN p",
             "MATCH WALK ((x)-[r:R]->(y) WHERE x.a < y.a){1,5}(z) RETURN r",
             "MATCH (s)(q = (x)-->(y))+(e) RETURN q",
             "MATCH p = shortestPath((a)-[*]-(b)), q = allShortestPaths((a)-[*..3]->(b)) RETURN p, q",
             "MATCH (a:A&!B|C WHERE a.x > 1)-[r:R|!S WHERE r.x = 1]->(b:%) RETURN a",
             "MATCH REPEATABLE ELEMENTS (a)-->(b) RETURN a",
         }) {
        CHECK(reprinted(text) == text);
    }
}

TEST_CASE("subqueries and bulk clauses parse and print", "[syntax]") {
    for (const char* text : {
             "MATCH (a) CALL (a) { MATCH (a)-->(b) RETURN b UNION ALL RETURN 1 AS b } RETURN b",
             "CALL { WITH 1 AS x RETURN x } IN 4 CONCURRENT TRANSACTIONS OF 10 ROWS ON ERROR CONTINUE REPORT STATUS AS "
             "s "
             "RETURN s",
             "OPTIONAL CALL (*) { RETURN 1 AS x } RETURN x",
             "LOAD CSV WITH HEADERS FROM 'x.csv' AS line FIELDTERMINATOR ';' CREATE (:A {x: line.x})",
             "FOREACH (x IN [1, 2] | CREATE (:A {x: x}) FOREACH (y IN xs | SET y.a = 1))",
             "CALL db.labels() YIELD label AS l WHERE l STARTS WITH 'A' RETURN l",
             "CALL my.proc",
         }) {
        CHECK(reprinted(text) == text);
    }
}

TEST_CASE("the clauses of DESIGN section 5 parse and print", "[syntax]") {
    for (const char* text : {
             "MATCH (s:Server {name: 'db01'}) IMPACT OF s WHEN DOWN YIELD ci, state, hops, cause, margin, "
             "margin_before WHERE "
             "ci:BusinessService AND state = 'down' RETURN ci.name, state ORDER BY ci.criticality DESC",
             "DEPENDENCIES OF (b:BusinessService {name: 'Check-in'}) WITHIN 6 HOPS YIELD ci, hops RETURN ci, hops",
             "SINGLE POINTS OF FAILURE FOR (b:BusinessService {name: 'Check-in'}) YIELD ci RETURN ci.name",
             "AS OF datetime('2026-11-01T02:00Z') MATCH (b:BusinessService) DEPENDENCIES OF b YIELD ci RETURN "
             "count(ci)",
             "WHAT IF { MATCH (s:Server {rack: 'R7'}) DETACH DELETE s } IMPACT ON :BusinessService YIELD ci, before, "
             "after "
             "RETURN *",
             "MATCH (a)<-[:DEPENDENCY*]-(b) RETURN count(DISTINCT b)",
             "EXPLAIN IN CHANGE 'CHG-1' AS OF TRANSACTION 5 FOR VALID_TIME AS OF date('2026-09-01') MATCH (n) RETURN n",
             "AS OF BASELINE $name FOR VALID_TIME ALL MATCH (n) RETURN n",
             "MATCH (n) AS OF datetime() - duration('P1D') WHERE n.x = 1 RETURN n",
             "OPTIONAL IMPACT OF [x IN xs | x] WHEN $state FROM STATUS YIELD *",
             "IMPACT OF $failed[0].list WHEN DEGRADED",
             "DEPENDENTS OF (n:Server WHERE n.x > 1) WITHIN $n HOPS",
             "HISTORY OF collect(n) YIELD at AS t RETURN t",
             "CHANGES BETWEEN $a AND $b + duration('P1D') ON (n:Server) YIELD tx RETURN tx",
             "PROOF OF x GIVEN [y, z] YIELD step RETURN step",
         }) {
        CHECK(reprinted(text) == text);
    }
}

TEST_CASE("commands parse and print", "[syntax]") {
    for (const char* text : {
             "CREATE INDEX FOR (n:Server) ON (n.name)",
             "CREATE TEXT INDEX `for` IF NOT EXISTS FOR (n:Server) ON (n.name, n.ip)",
             "CREATE INDEX by_weight FOR ()-[r:DEPENDS_ON]-() ON (r.weight)",
             "DROP INDEX by_weight IF EXISTS",
             "CREATE CONSTRAINT c IF NOT EXISTS FOR (n:Server) REQUIRE (n.name) IS UNIQUE",
             "CREATE CONSTRAINT FOR (n:Server) REQUIRE (n.name) IS NOT NULL",
             "CREATE CONSTRAINT c FOR (n:Server) REQUIRE (n.a, n.b) IS NODE KEY",
             "DROP CONSTRAINT c",
             "SHOW INDEXES",
             "SHOW RELATIONSHIP TYPES YIELD * WHERE name = 'R'",
             "SHOW TRANSACTIONS YIELD id AS i WHERE i > 1",
             "SHOW RANGE INDEXES YIELD name, type AS t ORDER BY t DESC SKIP 1 LIMIT 2 WHERE t = 'x' RETURN count(*) AS "
             "n",
             "SHOW RELATIONSHIP KEY CONSTRAINTS WHERE name = 'c'",
             "SHOW NODE EXISTENCE CONSTRAINTS",
             "SHOW PROCEDURES EXECUTABLE YIELD name",
             "SHOW BUILT IN FUNCTIONS",
             "SHOW DATABASES YIELD *",
             "SHOW DATABASE 'a b' YIELD name",
             "SHOW HOME DATABASE",
             "SHOW CURRENT USER YIELD user",
             "SHOW SETTINGS 'a', $b",
             "PROFILE MATCH (n) RETURN n",
         }) {
        CHECK(reprinted(text) == text);
    }
    CHECK(reprinted("create constraint on (n:L) assert n.x is unique") ==
          "CREATE CONSTRAINT FOR (n:L) REQUIRE (n.x) IS UNIQUE");
    CHECK(std::holds_alternative<Query>(parse("CREATE index = (a)-[:R]->(b)").body));
    CHECK(reprinted("show all index") == "SHOW INDEXES");
    CHECK(reprinted("SHOW REL PROPERTY UNIQUE CONSTRAINT") == "SHOW RELATIONSHIP UNIQUENESS CONSTRAINTS");
    CHECK(reprinted("SHOW PROCEDURE EXECUTABLE BY CURRENT USER") == "SHOW PROCEDURES EXECUTABLE");
    CHECK(reprinted("SHOW ALL FUNCTIONS") == "SHOW FUNCTIONS");
    CHECK(reprinted("SHOW DATABASE my.cmdb YIELD name") == "SHOW DATABASE 'my.cmdb' YIELD name");
    CHECK(reprinted("SHOW DATABASE `yield`") == "SHOW DATABASE 'yield'");
    CHECK(reprinted("SHOW DATABASE YIELD name") == "SHOW DATABASES YIELD name");
}

TEST_CASE("SET and REMOVE take properties, variables and labels", "[syntax]") {
    CHECK(reprinted("SET n.x=1,n:A:B,n+={a:1},n=$p,(n).y=2,n[k]=3,n.a.b=4 REMOVE n:A,n.x") ==
          "SET n.x = 1, n:A:B, n += {a: 1}, n = $p, n.y = 2, n[k] = 3, n.a.b = 4 REMOVE n:A, n.x");
    CHECK_THROWS_AS(parse("SET f(x) = 1"), Error);
    CHECK_THROWS_AS(parse("MATCH (n) REMOVE n"), Error);
}

TEST_CASE("a script is split at its semicolons, not at those in strings and comments", "[syntax]") {
    const std::string script = "RETURN ';' ; // ;\n CREATE (`;`) /* ; */;;\nRETURN 2";
    std::vector<std::string> texts;
    for (Span span : split_statements(script)) texts.push_back(script.substr(span.begin, span.end - span.begin));
    CHECK(texts == std::vector<std::string>{"RETURN ';'", "CREATE (`;`)", "RETURN 2"});
    CHECK(split_statements("  ; ;").empty());
}
