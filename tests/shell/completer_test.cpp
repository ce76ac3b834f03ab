#include "interactive/statement_completer.hpp"

#include <catch2/catch.hpp>

using namespace mainstay::shell;

namespace {

class FakeVocabulary final : public Vocabulary {
public:
    std::vector<std::string> classes() const override { return {"Server", "Service", "Odd Name"}; }
    std::vector<std::string> types() const override { return {"RUNS_ON", "RUNS"}; }
    std::vector<std::string> attributes() const override { return {"name", "site", "cpus"}; }
    std::vector<std::string> attributes_of(std::string_view class_name) const override {
        return class_name == "Server" ? std::vector<std::string>{"name", "rack"} : std::vector<std::string>{};
    }
    std::vector<std::string> procedures() const override { return {"db.labels", "db.types"}; }
    std::vector<std::string> parameters() const override { return {"day"}; }
    std::vector<std::string> values(std::string_view class_name, std::string_view attribute, std::string_view prefix,
                                    std::size_t) const override {
        return {std::string{class_name} + "/" + std::string{attribute} + "/" + std::string{prefix}, "it's"};
    }
};

// The candidates at `|` in `text`, with a space between them.
std::string candidates(std::string text) {
    const FakeVocabulary vocabulary;
    const std::vector<std::string> dots = {".help", ".read"};
    StatementCompleter completer{vocabulary, dots};
    const std::size_t cursor = text.find('|');
    text.erase(cursor, 1);
    std::string result;
    for (const Candidate& candidate : completer.complete(text, cursor).candidates)
        result += (result.empty() ? "" : " ") + candidate.text;
    return result;
}

std::string completed(std::string text) {
    const FakeVocabulary vocabulary;
    const std::vector<std::string> dots;
    StatementCompleter completer{vocabulary, dots};
    const std::size_t cursor = text.find('|');
    text.erase(cursor, 1);
    const Completions found = completer.complete(text, cursor);
    return found.candidates.empty() ? text
                                    : text.replace(found.begin, found.end - found.begin, found.candidates.front().text);
}

}  // namespace

TEST_CASE("classes follow a colon in a node pattern", "[completer]") {
    CHECK(candidates("MATCH (s:Ser|") == "Server Service");
    CHECK(candidates("MATCH (:|") == "`Odd Name` Server Service");
    CHECK(candidates("MATCH (n) WHERE n:serv|") == "Server Service");
}
TEST_CASE("relationship types follow a colon in brackets", "[completer]") {
    CHECK(candidates("MATCH (a)-[:RU|") == "RUNS RUNS_ON");
    CHECK(candidates("MATCH (a)-[:DE|") == "DEPENDENCY");
}
TEST_CASE("attributes follow a dot, of the variable's class if the text says it", "[completer]") {
    CHECK(candidates("MATCH (s:Server) WHERE s.|") == "name rack");
    CHECK(candidates("MATCH (s) WHERE s.|") == "cpus name site");
}
TEST_CASE("attributes stand in the map of a pattern", "[completer]") {
    CHECK(candidates("MATCH (s:Server {|") == "name rack");
    CHECK(candidates("MATCH (s:Server {name: 'x', r|") == "rack");
}
TEST_CASE("values complete an open string", "[completer]") {
    CHECK(candidates("MATCH (s:Server {name: 'db|") == "'it\\'s' 'Server/name/db'");
    CHECK(candidates("MATCH (s:Server) WHERE s.name = 'x|") == "'it\\'s' 'Server/name/x'");
    CHECK(candidates("RETURN 'x|").empty());
}
TEST_CASE("a closing quote behind the cursor is replaced too", "[completer]") {
    CHECK(completed("MATCH (s:Server {name: 'db|'})") == "MATCH (s:Server {name: 'it\\'s'})");
}
TEST_CASE("procedures follow CALL, with their dots", "[completer]") {
    CHECK(candidates("CALL db.l|") == "db.labels(");
    CHECK(candidates("CALL |") == "db.labels( db.types(");
}
TEST_CASE("functions with a dot are completed", "[completer]") {
    CHECK(candidates("RETURN date.tr|") == "transaction( truncate(");
}
TEST_CASE("parameters follow a dollar sign", "[completer]") { CHECK(candidates("RETURN $d|") == "$day"); }
TEST_CASE("columns of the analyses follow YIELD", "[completer]") {
    CHECK(candidates("IMPACT OF s YIELD st|") == "state state_before");
}
TEST_CASE("keywords take the case of what is written", "[completer]") {
    CHECK(candidates("MAT|") == "MATCH");
    CHECK(candidates("mat|") == "match");
}
TEST_CASE("phrases are completed as a whole", "[completer]") { CHECK(candidates("IMP|") == "IMPACT OF"); }
TEST_CASE("variables of the statement are completed", "[completer]") {
    CHECK(candidates("MATCH (server:Server) RETURN serv|") == "server");
    CHECK(candidates("MATCH (server); RETURN serv|").empty());
}
TEST_CASE("functions come with their bracket", "[completer]") { CHECK(candidates("RETURN coun|") == "count("); }
TEST_CASE("commands of the shell follow a leading dot", "[completer]") { CHECK(candidates(".r|") == ".read "); }
TEST_CASE("completion takes any text", "[completer]") {
    for (const char* text : {"|", "'|", "`|", "(((|", ")))|", "{:|", "/*|", "\xFF\xFE|", "$|", "..|", "CALL|"})
        CHECK_NOTHROW(candidates(text));
}
