#include "http/search.hpp"

#include "served.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>

namespace mainstay::server {
namespace {

using std::chrono::steady_clock;
using test::Served;

// "name db01; id x" of the hits, the best first.
std::string found(const Database& database, std::string_view text, std::string_view class_name = "",
                  std::size_t hits_max = 100, std::chrono::seconds time = std::chrono::hours{1}) {
    const ViewPtr view = const_cast<Database&>(database).store().view();
    std::string all;
    for (const SearchHit& hit : search(*view, text, class_name, hits_max, steady_clock::now() + time).hits)
        all += fmt::format("{}{} {}", all.empty() ? "" : "; ", hit.attribute, hit.value);
    return all;
}

}  // namespace

TEST_CASE("what is called so comes before what begins so, and that before what has it inside", "[search]") {
    const Served served;
    served.database->run(
        "CREATE (:S {name: 'rambo'}), (:S {name: 'old-amber'}), (:S {name: 'ambit'}), (:S {name: 'amb'}), (:S {name: "
        "'Amber'})");
    CHECK(found(*served.database, "AMB") == "name amb; name Amber; name ambit; name old-amber; name rambo");
    CHECK(found(*served.database, "amb", "", 2) == "name amb; name Amber");
    CHECK(found(*served.database, "ambx").empty());
}

TEST_CASE("an element is found once, by the attribute that fits best", "[search]") {
    const Served served;
    served.database->run("CREATE (:S {name: 'rack db01', id: 'db01', serial: 'xdb01', note: 'db01'})");
    CHECK(found(*served.database, "db01") == "id db01");
    CHECK(found(*served.database, "xd") == "serial xdb01");
}

TEST_CASE("texts of other alphabets are found whatever their case", "[search]") {
    const Served served;
    served.database->run("CREATE (:S {name: 'B\xC3\x9CRO Z\xC3\xBCrich'}), (:S {name: 'Buro'})");
    CHECK(found(*served.database, "b\xC3\xBCro") == "name B\xC3\x9CRO Z\xC3\xBCrich");
    CHECK(found(*served.database, "z\xC3\x9CR") == "name B\xC3\x9CRO Z\xC3\xBCrich");
    CHECK(found(*served.database, "bro z").empty());
    CHECK(found(*served.database, "rich") == "name B\xC3\x9CRO Z\xC3\xBCrich");
}

TEST_CASE("numbers are found by their digits, folded into columns or not", "[search]") {
    const Served served;
    served.database->run("UNWIND range(100, 5000) AS i CREATE (:S {id: i})");
    served.database->run("CREATE (:S {id: 'x49993'}), (:S {id: 49994})");
    for (const bool is_folded : {false, true}) {
        CAPTURE(is_folded);
        if (is_folded) served.database->store().fold_all();
        CHECK(found(*served.database, "4999") == "id 4999; id 49994; id x49993");
        CHECK(found(*served.database, "4999x").empty());
    }
}

TEST_CASE("what was changed or deleted since is searched as it is now", "[search]") {
    const Served served;
    served.database->run("CREATE (:S {name: 'one'}), (:S {name: 'two'}), (:S {name: 'three'})");
    served.database->store().fold_all();
    served.database->run("MATCH (s:S {name: 'one'}) SET s.name = 'uno'");
    served.database->run("MATCH (s:S {name: 'two'}) DELETE s");
    CHECK(found(*served.database, "o") == "name uno");
    CHECK(found(*served.database, "one").empty());
    CHECK(found(*served.database, "t") == "name three");
}

TEST_CASE("a class narrows to it and its subclasses, and must exist", "[search]") {
    const Served served;
    served.database->run("CREATE (:A {name: 'x1'}), (:B {name: 'x2'})");
    CHECK(found(*served.database, "x", "B") == "name x2");
    CHECK_THROWS_AS(found(*served.database, "x", "Nothing"), Error);
}

TEST_CASE("a key is found by its index although there is no time to walk", "[search]") {
    const Served served;
    served.database->run("CREATE CONSTRAINT FOR (s:S) REQUIRE s.id IS UNIQUE");
    served.database->run("CREATE (:S {id: 'db01'}), (:S {id: 'db012'}), (:S {id: 7})");
    const ViewPtr view = served.database->store().view();
    const SearchResult cut = search(*view, "db01", "", 10, steady_clock::now());
    CHECK(cut.is_cut);
    CHECK(cut.nodes_walked == 0);
    REQUIRE(cut.hits.size() == 1);
    CHECK(cut.hits[0].value == "db01");
    CHECK(search(*view, "7", "", 10, steady_clock::now()).hits.size() == 1);
    const SearchResult whole = search(*view, "db01", "", 10, steady_clock::now() + std::chrono::hours{1});
    CHECK_FALSE(whole.is_cut);
    CHECK(whole.nodes_walked == 3);
    CHECK(found(*served.database, "db01") == "id db01; id db012");
}

TEST_CASE("a search that nobody waits for ends", "[search]") {
    const Served served;
    served.database->run("CREATE (:S {name: 'x'})");
    Cancellation cancellation;
    cancellation.cancel();
    const ViewPtr view = served.database->store().view();
    CHECK_THROWS_AS(search(*view, "x", "", 10, steady_clock::now() + std::chrono::hours{1}, &cancellation), Error);
}

TEST_CASE("of random words, what is found is what the language finds", "[search]") {
    const Served served;
    served.database->run(
        "UNWIND range(0, 9999) AS i CREATE (:S {name: substring('abcaBcDabbca', i % 7, 1 + i % 5) + toString(i % 300), "
        "serial: CASE i % 3 WHEN 0 THEN null ELSE substring('xyXzaYb', i % 4, 3) END})");
    served.database->store().fold_all();
    served.database->run("MATCH (s:S) WHERE s.name ENDS WITH '7' SET s.name = 'ab' + s.name");
    for (const std::string_view text : {"a", "AB", "b1", "xz", "ca29", "abab", "q"}) {
        CAPTURE(text);
        const ViewPtr view = served.database->store().view();
        auto hits = search(*view, text, "", 20'000, steady_clock::now() + std::chrono::hours{1}).hits;
        std::vector<std::string> got, wanted;
        for (const SearchHit& hit : hits) got.push_back(view->element_id(hit.node));
        const auto result = served.database->run(
            "MATCH (n:S) WHERE toLower(n.name) CONTAINS toLower($q) OR toLower(n.serial) CONTAINS toLower($q) RETURN "
            "elementId(n)",
            {{"q", Value{text}}});
        while (const auto* row = result->next()) wanted.emplace_back(row->at(0).as_string());
        std::sort(got.begin(), got.end());
        std::sort(wanted.begin(), wanted.end());
        CHECK(got == wanted);
    }
}

}  // namespace mainstay::server
