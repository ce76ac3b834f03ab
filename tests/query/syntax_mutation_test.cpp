// Statements of the conformance suite, damaged at random: the parser answers with a tree or with an Error that has a
// place.

#include "support/shared_data.hpp"
#include "syntax/parse.hpp"
#include "syntax/print.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <exception>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace mainstay;

namespace {

std::vector<std::string> statements() {
    std::ifstream file{MAINSTAY_SHARED_DIR "/tck/tck.jsonl"};
    std::vector<std::string> all;
    for (std::string line; std::getline(file, line);) all.push_back(nlohmann::json::parse(line)["query"]);
    // Forms that the suite does not have.
    all.insert(
        all.end(),
        {"MATCH p = SHORTEST 2 GROUPS ((x:A&!B|%)-[r WHERE r.x]->(y)){1,5}(z) RETURN p",
         "CALL (a) { RETURN 1 AS x UNION ALL RETURN 2 AS x } IN 2 CONCURRENT TRANSACTIONS OF 5 ROWS RETURN x",
         "AS OF TRANSACTION 5 FOR VALID_TIME ALL MATCH (s) IMPACT OF s WHEN down FROM STATUS YIELD ci WHERE ci:A "
         "RETURN 1",
         "WHAT IF { MATCH (s) DELETE s } DEPENDENTS OF [s] WITHIN 3 HOPS YIELD * RETURN *",
         "CREATE CONSTRAINT c IF NOT EXISTS FOR (n:L) REQUIRE (n.a, n.b) IS NODE KEY",
         "FOREACH (x IN [1] | SET x.a = n {.*, y, z: 1}) RETURN COLLECT { (a)-->(b) }, [(a)-->(b) | a.x[1..2]]"});
    return all;
}

}  // namespace

TEST_CASE("a damaged statement gives a tree or an error with a place", "[syntax]") {
    if (!test::shared_data("tck/tck.jsonl")) return;
    const auto seed = std::random_device{}();
    std::mt19937 random{seed};
    INFO("seed " << seed);
    const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(random); };
    const auto all = statements();
    static constexpr std::string_view pieces[] = {"(",
                                                  ")",
                                                  "[",
                                                  "]",
                                                  "{",
                                                  "}",
                                                  "'",
                                                  "\"",
                                                  "`",
                                                  "|",
                                                  ",",
                                                  ".",
                                                  "..",
                                                  ":",
                                                  ";",
                                                  "$",
                                                  "-",
                                                  "->",
                                                  "<-",
                                                  "=",
                                                  "+=",
                                                  "*",
                                                  "!",
                                                  "%",
                                                  "\\",
                                                  "/*",
                                                  "//",
                                                  "\n",
                                                  " IN ",
                                                  " WHERE ",
                                                  " RETURN ",
                                                  " NOT ",
                                                  " IS ",
                                                  " CASE ",
                                                  " END ",
                                                  " EXISTS {",
                                                  "0x",
                                                  "1e",
                                                  "9999999999999999999",
                                                  "\xC3",
                                                  "é",
                                                  "—",
                                                  "a",
                                                  " OF ",
                                                  " AND ",
                                                  " CALL ",
                                                  " AS ",
                                                  "\\u12",
                                                  std::string_view{"\0", 1}};
    std::size_t parsed = 0, refused = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string text = all[below(all.size())];
        for (std::size_t n = 1 + below(3); n > 0 && !text.empty(); --n) {
            const std::size_t at = below(text.size());
            const std::size_t length = std::min<std::size_t>(1 + below(6), text.size() - at);
            switch (below(4)) {
                case 0: text.erase(at, length); break;
                case 1: text.insert(at, pieces[below(std::size(pieces))]); break;
                case 2: text.insert(below(text.size()), text.substr(at, length)); break;
                default: text[at] = static_cast<char>(below(256));
            }
        }
        try {
            const syntax::Statement tree = syntax::parse(text);
            ++parsed;
            const std::string once = syntax::print(tree);
            try {
                if (syntax::print(syntax::parse(once)) != once) FAIL_CHECK(text << "\n" << once);
            } catch (const Error& error) {
                FAIL_CHECK(text << "\n" << describe(error, once));
            }
        } catch (const Error& error) {
            ++refused;
            if (!error.span() || error.span()->begin > error.span()->end || error.span()->end > text.size()) {
                FAIL_CHECK(error.message() << "\n" << text);
            }
            if (error.code() == Code::internal) FAIL_CHECK(text);
        } catch (const std::exception& error) {
            FAIL_CHECK(error.what() << "\n" << text);
        }
    }
    CHECK(parsed > 1'000);
    CHECK(refused > 1'000);
}
