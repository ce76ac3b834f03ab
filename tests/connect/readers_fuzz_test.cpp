// Readers meet files that were damaged on the way: whatever the bytes, they end, report and do not crash.

#include "mapping.hpp"
#include "observations.hpp"
#include "readers/csv.hpp"
#include "readers/debian.hpp"
#include "readers/json.hpp"

#include "mainstay/core/error.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace mainstay;
using namespace mainstay::connect;

namespace {

using namespace std::string_view_literals;

constexpr int rounds = 3'000;

// A text with a few bytes changed, removed, repeated or put in.
std::string damaged(std::string text, std::mt19937& random) {
    constexpr std::string_view nasty = "\"',;|\t\r\n\\{}[]:~\x00\xFF\xC3 0aA"sv;
    const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
    for (std::size_t i = below(6) + 1; i > 0 && !text.empty(); --i) {
        const std::size_t at = below(text.size());
        switch (below(4)) {
            case 0: text[at] = nasty[below(nasty.size())]; break;
            case 1: text.erase(at, below(8) + 1); break;
            case 2: text.insert(at, text.substr(below(text.size()), below(20))); break;
            default: text.insert(at, 1, nasty[below(nasty.size())]);
        }
    }
    return text;
}

// Counts rows; every line number must lie in the text.
std::uint64_t drain(RowReader& reader, std::uint64_t lines) {
    Row row;
    std::uint64_t rows = 0;
    while (reader.next(row)) {
        ++rows;
        REQUIRE(row.line >= 1);
        REQUIRE(row.line <= lines);
    }
    return rows;
}

std::uint64_t lines_of(std::string_view text) {
    std::uint64_t lines = 1;
    for (const char c : text) lines += c == '\n' || c == '\r' ? 1 : 0;
    return lines;
}

template <typename F>  // F(text)
void fuzz(const std::string& sample, F&& f) {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random{seed};
    for (int round = 0; round < rounds; ++round) {
        const std::string text = damaged(sample, random);
        INFO("text " << text);
        f(text);
    }
    SUCCEED();
}

}  // namespace

TEST_CASE("damaged CSV gives rows and problems", "[fuzz]") {
    fuzz("id;name;\"a \"\"b\"\"\"\r\n1;\"two\nlines\";x\r\n2;y;\xC3\xBC\r\n\r\n3;\"\";\r\n",
         [](const std::string& text) {
             std::vector<ImportProblem> problems;
             CsvReader reader{text, std::nullopt, ProblemLog{"f", problems}};
             const std::uint64_t rows = drain(reader, lines_of(text));
             REQUIRE(rows + problems.size() >= reader.rows_read());
         });
}

TEST_CASE("damaged JSON gives rows and problems", "[fuzz]") {
    fuzz(R"({"a": {"b": [{"id": 1, "s": "x\"]}", "l": [1, "2", null]}, {"id": 2.5e3, "o": {"p": true}}]}, "c": []})",
         [](const std::string& text) {
             std::vector<ImportProblem> problems;
             try {
                 JsonReader reader{text, "a.b", ProblemLog{"f", problems}};
                 drain(reader, lines_of(text));
             } catch (const Error& error) {
                 REQUIRE(error.code() == Code::input_invalid);
             }
             JsonLinesReader lines{text, ProblemLog{"f", problems}};
             drain(lines, lines_of(text));
         });
}

TEST_CASE("damaged package indexes give packages and problems", "[fuzz]") {
    fuzz(
        "Package: a\nDepends: b (>= 1) | c:any, d [amd64]\nProvides: v (= 2)\n more\n\nPackage: b\n\nPackage: "
        "c\nDepends: v\n",
        [](const std::string& text) {
            std::vector<ImportProblem> problems;
            const Model model = Model::empty();
            ClassRules rules{model};
            Observations observations{rules, problems};
            read_debian(text, observations, observations.add_file("f"), {});
        });
}

TEST_CASE("damaged mappings are read or refused", "[fuzz]") {
    fuzz(
        R"({"source": "s", "model": "m.json", "files": [{"file": "a.csv", "delimiter": ";", "nodes": [{"class": {"column": "c",
"values": {"x": "X"}}, "key": ["id"], "attributes": ["*", {"column": "n", "type": "integer", "normalise": ["trim"]}],
"when": {"k": ["a"]}}], "relationships": [{"type": "T", "from": "row", "to": {"class": "X", "key": "id", "column": "t"},
"group": "g", "need": {"constant": 2}}]}]})",
        [](const std::string& text) {
            try {
                parse_mapping(text);
            } catch (const Error& error) {
                REQUIRE(error.code() == Code::input_invalid);
            }
        });
}
