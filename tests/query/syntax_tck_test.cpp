// The parser against every statement of the openCypher conformance suite.

#include "support/shared_data.hpp"
#include "syntax/parse.hpp"
#include "syntax/print.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace mainstay;

namespace {

using Json = nlohmann::json;

std::vector<Json> scenarios() {
    std::ifstream file{MAINSTAY_SHARED_DIR "/tck/tck.jsonl"};
    std::vector<Json> all;
    for (std::string line; std::getline(file, line);) all.push_back(Json::parse(line));
    return all;
}

// What the suite expects to fail in the parser, for the characters and their order alone.
bool is_error_of_text(const Json& scenario) {
    static const std::set<std::string> details{
        "UnexpectedSyntax",      "IntegerOverflow",         "FloatingPointOverflow",     "InvalidNumberLiteral",
        "InvalidUnicodeLiteral", "InvalidUnicodeCharacter", "InvalidRelationshipPattern"};
    // A pattern where a value is wanted: the binder's to say.
    static const std::set<std::string> of_binder{"expressions/pattern/Pattern1[22]",
                                                 "expressions/pattern/Pattern1[23]"};
    return scenario.contains("expect_error") && details.count(scenario["expect_error"]["detail"]) &&
           !of_binder.count(scenario["id"]);
}

void for_each_valid_statement(const std::function<void(const std::string& id, const std::string& text)>& visit) {
    for (const Json& scenario : scenarios()) {
        const std::string id = scenario["id"];
        for (const std::string text : scenario["setup"]) visit(id, text);
        if (scenario.contains("control")) {
            for (const Json& control : scenario["control"]) visit(id, control["query"].get<std::string>());
        }
        if (!is_error_of_text(scenario)) visit(id, scenario["query"].get<std::string>());
    }
}

}  // namespace

TEST_CASE("every statement of the conformance suite that is well formed parses", "[syntax][tck]") {
    if (!test::shared_data("tck/tck.jsonl")) return;
    std::size_t count = 0;
    std::string failures;
    for_each_valid_statement([&](const std::string& id, const std::string& text) {
        ++count;
        try {
            (void)syntax::parse(text);
        } catch (const Error& error) {
            failures += id + ": " + describe(error, text) + "\n";
        }
    });
    INFO(failures);
    CHECK(failures.empty());
    CHECK(count > 3'800);
}

TEST_CASE("every ill-formed statement of the conformance suite fails with the detail it asks for", "[syntax][tck]") {
    if (!test::shared_data("tck/tck.jsonl")) return;
    std::size_t count = 0;
    for (const Json& scenario : scenarios()) {
        if (!is_error_of_text(scenario)) continue;
        ++count;
        INFO(scenario["id"]);
        try {
            (void)syntax::parse(scenario["query"].get<std::string>());
            FAIL_CHECK("parsed");
        } catch (const Error& error) {
            CHECK(error.type() == scenario["expect_error"]["type"]);
            CHECK(error.detail() == scenario["expect_error"]["detail"]);
            CHECK(error.phase() == Phase::compile_time);
            CHECK(error.span().has_value());
        }
    }
    CHECK(count == 20);
}

TEST_CASE("what is printed of a statement of the conformance suite parses to what prints the same", "[syntax][tck]") {
    if (!test::shared_data("tck/tck.jsonl")) return;
    std::string failures;
    for_each_valid_statement([&](const std::string& id, const std::string& text) {
        const std::string once = syntax::print(syntax::parse(text));
        try {
            const std::string twice = syntax::print(syntax::parse(once));
            if (once != twice) failures += id + ":\n  " + once + "\n  " + twice + "\n";
        } catch (const Error& error) {
            failures += id + ": " + describe(error, once) + "\n";
        }
    });
    INFO(failures);
    CHECK(failures.empty());
}
