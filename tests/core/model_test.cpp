#include "mainstay/core/model.hpp"

#include "mainstay/core/error.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace mainstay {

using Catch::Matchers::Contains;

namespace {

// The message with which reading (and merging into an empty model) is refused.
std::string refusal(const std::string& json) {
    try {
        (void)Model::empty().merged_with(Model::from_json(json));
    } catch (const Error& error) {
        REQUIRE(error.code() == Code::model_invalid);
        return error.message();
    }
    return "accepted";
}

std::string classes(const std::string& items) { return R"({"classes": [)" + items + "]}"; }
std::string types(const std::string& items) { return R"({"relationship_types": [)" + items + "]}"; }

Model read(const std::string& json) { return Model::empty().merged_with(Model::from_json(json)); }

}  // namespace

TEST_CASE("what a model prints reads back equal", "[model]") {
    const std::string text = R"({
      "classes": [
        {"name": "Base", "abstract": true, "dated": true, "attributes": [
          {"name": "a", "type": "string", "required": true, "unique": true, "enum": ["x", "y", "z", "w"], "default": "x", "unit": "m", "description": "d"},
          {"name": "b", "type": "date", "default": "2026-09-01"},
          {"name": "c", "type": "float", "default": 1},
          {"name": "d", "default": [1, "two", 3.5, true]},
          {"name": "e", "type": "duration", "enum": ["PT1H", "PT2H"]},
          {"name": "f", "reference": "Base"}
        ], "keys": [["a", "b"], ["a"]],
           "status": {"attribute": "a", "down": ["y"], "degraded": ["z"], "at_risk": ["w"]},
           "lifecycle": {"attribute": "a", "states": ["x", "y"], "transitions": {"x": ["y"], "y": []}}, "description": "text"},
        {"name": "Pool", "parent": "Base", "gate": true, "requires": ["IN"]}
      ],
      "relationship_types": [
        {"name": "IN", "inverse": "HAS", "from": ["Base"], "to": ["Pool"], "max_out": 1, "max_in": 9, "depends": "target",
         "effect": "soft", "grouped": {"need": "50%"}, "dated": true, "attributes": [{"name": "since", "type": "date"}],
         "group_property": "g", "need_property": "n", "effect_property": "e", "description": "text"},
        {"name": "ALL", "depends": "both", "grouped": {"need": "all"}},
        {"name": "SOME", "depends": "source", "grouped": {"need": "a"}},
        {"name": "TWO", "depends": "source", "grouped": {"need": 2}},
        {"name": "PLAIN"}, {"name": "ROAD", "depends": "both", "effect": "path"}, {"name": "QUIET", "depends": "source", "effect": "none"}
      ]})";
    const std::string printed = read(text).to_json();
    REQUIRE(read(printed).to_json() == printed);
    for (const char* part : {"\"PT2H\"", "\"2026-09-01\"", "\"50%\"", "\"at_risk\"", "\"max_in\": 9", "\"transitions\"",
                             "\"path\"", "\"reference\": \"Base\"", "\"abstract\": true"}) {
        REQUIRE_THAT(printed, Contains(part));
    }
}

TEST_CASE("attribute values are read in their attribute's type", "[model]") {
    const Model model = read(classes(R"({"name": "A", "attributes": [
        {"name": "day", "type": "date", "default": "2026-09-01"}, {"name": "ratio", "type": "float", "default": 2}]})"));
    REQUIRE(model.find_class("A")->attributes[0].default_value->is(ValueType::date));
    REQUIRE(model.find_class("A")->attributes[1].default_value->is(ValueType::floating));
}

TEST_CASE("a type that says who depends but not how is hard", "[model]") {
    const Model model = read(types(R"({"name": "R", "depends": "source"}, {"name": "S"})"));
    REQUIRE(model.find_type("R")->effect == Effect::hard);
    REQUIRE(model.find_type("S")->effect == Effect::none);
}

TEST_CASE("text that is not JSON is refused with line and column", "[model]") {
    REQUIRE_THAT(refusal("{\n  \"classes\": [}"), Contains("not JSON: line 2, column 15"));
}

TEST_CASE("an unknown key is refused with its place, a hint and what is allowed", "[model]") {
    const std::string message = refusal(classes(R"({"name": "A"}, {"name": "B", "atributes": []})"));
    REQUIRE_THAT(message, Contains("classes[1]: `atributes` is not a key here"));
    REQUIRE_THAT(message, Contains("did you mean `attributes`?"));
    REQUIRE_THAT(message, Contains("allowed are name, parent"));
}

TEST_CASE("a word that is not allowed is refused with those that are", "[model]") {
    REQUIRE_THAT(refusal(classes(R"({"name": "A", "attributes": [{"name": "x", "type": "text"}]})")),
                 Contains("classes[0].attributes[0].type: `text` is not allowed here; use one of any, boolean"));
    REQUIRE_THAT(
        refusal(types(R"({"name": "R", "depends": "from"})")),
        Contains("relationship_types[0].depends: `from` is not allowed here; use one of none, source, target, both"));
    REQUIRE_THAT(refusal(types(R"({"name": "R", "depends": "source", "effect": "strong"})")),
                 Contains("use one of none, soft, hard, path"));
}

TEST_CASE("values of another JSON type are refused with their place", "[model]") {
    REQUIRE_THAT(refusal("[]"), Contains("the model: expected an object, found array"));
    REQUIRE_THAT(refusal(R"({"classes": {}})"), Contains("classes: expected an array, found object"));
    REQUIRE_THAT(refusal(classes("3")), Contains("classes[0]: expected an object, found number"));
    REQUIRE_THAT(refusal(classes(R"({"name": 3})")), Contains("classes[0].name: expected a string, found number"));
    REQUIRE_THAT(refusal(classes("{}")), Contains("classes[0]: needs `name`"));
    REQUIRE_THAT(refusal(classes(R"({"name": ""})")), Contains("classes[0].name: must not be empty"));
    REQUIRE_THAT(refusal(classes(R"({"name": "A", "gate": "yes"})")),
                 Contains("classes[0].gate: expected true or false"));
    REQUIRE_THAT(refusal(classes(R"({"name": "A", "keys": ["x"]})")),
                 Contains("classes[0].keys[0]: expected an array"));
    REQUIRE_THAT(refusal(types(R"({"name": "R", "max_out": 0})")),
                 Contains("relationship_types[0].max_out: expected an integer"));
    REQUIRE_THAT(refusal(classes(R"({"name": "A", "attributes": [{"name": "x", "type": "date", "default": "soon"}]})")),
                 Contains("classes[0].attributes[0].default: \"soon\" is not a value of type date"));
    REQUIRE_THAT(refusal(classes(R"({"name": "A", "attributes": [{"name": "x", "enum": ["a"], "default": "b"}]})")),
                 Contains("classes[0].attributes[0].default: is not one of `enum`"));
}

TEST_CASE("a need out of range is refused", "[model]") {
    for (const char* need : {"0", "-1", "\"0%\"", "\"101%\"", "1.5", "true", "\"\"", "[]"}) {
        INFO(need);
        REQUIRE_THAT(
            refusal(types(std::string{R"({"name": "R", "depends": "source", "grouped": {"need": )"} + need + "}}")),
            Contains("relationship_types[0].grouped.need"));
    }
    REQUIRE_THAT(refusal(types(R"({"name": "R", "depends": "source", "grouped": {}})")),
                 Contains("grouped: needs `need`"));
}

TEST_CASE("declaring a name twice in a file is refused", "[model]") {
    REQUIRE_THAT(refusal(classes(R"({"name": "A"}, {"name": "A"})")),
                 Contains("classes[1]: the class `A` is declared twice"));
    REQUIRE_THAT(refusal(types(R"({"name": "R"}, {"name": "R"})")), Contains("is declared twice"));
    REQUIRE_THAT(refusal(classes(R"({"name": "A", "attributes": [{"name": "x"}, {"name": "x"}]})")),
                 Contains("attribute `x`"));
}

TEST_CASE("a status value can mean one state only", "[model]") {
    REQUIRE_THAT(refusal(classes(R"({"name": "A", "status": {"attribute": "s", "down": ["x"], "degraded": ["x"]}})")),
                 Contains("classes[0].status.degraded: `x` has a state already"));
}

TEST_CASE("a lifecycle's transitions are between its states", "[model]") {
    REQUIRE_THAT(
        refusal(
            classes(R"({"name": "A", "lifecycle": {"attribute": "s", "states": ["x"], "transitions": {"x": ["z"]}}})")),
        Contains("classes[0].lifecycle.transitions.x: `z` is not one of the states x"));
}

TEST_CASE("every problem of a merged model is listed", "[model]") {
    const std::string message = refusal(R"({
      "classes": [{"name": "A", "parent": "Bse"}, {"name": "Base"}, {"name": "B", "keys": [["no"]]}],
      "relationship_types": [{"name": "R", "from": ["Nope"], "effect": "hard"}]})");
    REQUIRE_THAT(message, Contains("4 problems"));
    REQUIRE_THAT(message, Contains("there is no class `Bse`; did you mean `Base`?"));
    REQUIRE_THAT(message, Contains("the key names `no`"));
    REQUIRE_THAT(message, Contains("there is no class `Nope`"));
    REQUIRE_THAT(message, Contains("`R` has an effect but no end that depends"));
}

TEST_CASE("names that statements could not reach are refused", "[model]") {
    const std::string own = "names that begin with `~` are Mainstay's own";
    CHECK_THAT(refusal(classes(R"({"name": "~A"})")), Contains("class `~A`: " + own));
    CHECK_THAT(refusal(classes(R"({"name": "A", "attributes": [{"name": "~a"}]})")),
               Contains("class `A`, attribute `~a`: " + own));
    CHECK_THAT(refusal(types(R"({"name": "~T"})")), Contains("relationship type `~T`: " + own));
    CHECK_THAT(refusal(types(R"({"name": "T", "inverse": "~U"})")), Contains("relationship type `T`, inverse `~U`"));
    for (const char* text : {R"({"name": "DEPENDENCY"})", R"({"name": "T", "inverse": "DEPENDENCY"})"})
        CHECK_THAT(refusal(types(text)), Contains("`DEPENDENCY` stands for any type that depends, in statements"));
}

TEST_CASE("attributes that cannot hold what their class or type needs of them are refused", "[model]") {
    CHECK_THAT(refusal(classes(R"({"name": "A", "attributes": [{"name": "s", "enum": []}]})")),
               Contains("classes[0].attributes[0].enum: names no value"));
    CHECK_THAT(
        refusal(classes(R"({"name": "A", "dated": true, "attributes": [{"name": "valid_to", "type": "string"}]})")),
        Contains("class `A`: `valid_to` holds a date or a time of one, which the type string cannot"));
    CHECK(refusal(classes(R"({"name": "A", "attributes": [{"name": "valid_to", "type": "string"}]})")) == "accepted");
    CHECK(refusal(classes(R"({"name": "A", "dated": true, "attributes": [{"name": "valid_to", "type": "date"}]})")) ==
          "accepted");
    const auto type = [](const std::string& more) {
        return refusal(types(R"({"name": "T", "depends": "source", )" + more + "}"));
    };
    CHECK_THAT(type(R"("dated": true, "attributes": [{"name": "valid_from", "type": "time"}])"),
               Contains("`valid_from` holds a date"));
    CHECK_THAT(type(R"("attributes": [{"name": "need", "type": "date"}])"),
               Contains("`need` holds a number or '50%', which the type date cannot"));
    CHECK(type(R"("attributes": [{"name": "need", "type": "integer"}])") == "accepted");
    CHECK_THAT(type(R"("effect_property": "e", "attributes": [{"name": "e", "type": "integer"}])"),
               Contains("`e` holds 'hard', 'soft' or 'none', which the type integer cannot"));
    CHECK_THAT(type(R"("need_property": "group")"), Contains("group, need and effect are three properties"));
    CHECK(refusal(types(R"({"name": "T", "attributes": [{"name": "need", "type": "date"}]})")) == "accepted");
}

TEST_CASE("states that an attribute can never be in are refused", "[model]") {
    const auto of = [](const std::string& more) {
        return refusal(classes(R"({"name": "A", "attributes": [{"name": "s", "enum": ["up", "down"]}]},
          {"name": "B", "parent": "A", )" +
                               more + "}"));
    };
    CHECK(of(R"("status": {"attribute": "s", "down": ["down"]})") == "accepted");
    CHECK_THAT(of(R"("status": {"attribute": "s", "down": ["dwon"]})"),
               Contains("class `B`, status: `dwon` is not among the values (`enum`) of `s`"));
    CHECK(of(R"("lifecycle": {"attribute": "s", "states": ["up"]})") == "accepted");
    CHECK_THAT(of(R"("lifecycle": {"attribute": "s", "states": ["up", "gone"]})"),
               Contains("class `B`, lifecycle: `gone` is not among the values"));
}

TEST_CASE("cyclic inheritance is refused", "[model]") {
    REQUIRE_THAT(
        refusal(classes(R"({"name": "A", "parent": "B"}, {"name": "B", "parent": "A"}, {"name": "C", "parent": "A"})")),
        Contains("has 1 problem: class `A` is its own ancestor: A -> B -> A"));
    REQUIRE_THAT(refusal(classes(R"({"name": "A", "parent": "A"})")), Contains("is its own ancestor"));
}

TEST_CASE("what a redefinition takes away is said", "[model]") {
    const Model before = read(R"({
        "classes": [{"name": "A", "attributes": [{"name": "x"}, {"name": "y"}], "keys": [["x"]]},
                    {"name": "B", "parent": "A", "attributes": [{"name": "z"}]}],
        "relationship_types": [{"name": "R", "depends": "source", "attributes": [{"name": "port"}]}]})");
    const auto with = [&](const char* more) { return losses_of(before, before.merged_with(Model::from_json(more))); };
    CHECK(
        with(R"({"classes": [{"name": "A", "attributes": [{"name": "y"}]}], "relationship_types": [{"name": "R"}]})") ==
        std::vector<std::string>{
            "class `A` is redefined and loses its key x and its attribute x",
            "relationship type `R` is redefined and loses its attribute port and its meaning for failure"});
    CHECK(with(R"({"classes": [{"name": "B", "parent": "A", "attributes": [{"name": "z"}, {"name": "w"}]}]})").empty());
}

TEST_CASE("failure semantics that make no sense are refused", "[model]") {
    REQUIRE_THAT(refusal(types(R"({"name": "R", "grouped": {"need": 1}})")),
                 Contains("grouped but has no end that depends"));
    REQUIRE_THAT(refusal(types(R"({"name": "R", "depends": "both", "effect": "path", "grouped": {"need": 1}})")),
                 Contains("not path"));
    REQUIRE_THAT(refusal(types(R"({"name": "R", "depends": "source", "grouped": {"need": "quorum"}})")),
                 Contains("has an attribute `quorum`"));
    REQUIRE_THAT(
        refusal(
            R"({"classes": [{"name": "A", "requires": ["R"]}], "relationship_types": [{"name": "R", "depends": "target"}]})"),
        Contains("`R` is not `grouped`"));
    REQUIRE_THAT(refusal(classes(R"({"name": "A", "requires": ["R"]})")),
                 Contains("there is no relationship type `R`"));
    REQUIRE_THAT(refusal(classes(R"({"name": "A", "status": {"attribute": "s", "down": ["x"]}})")),
                 Contains("`s` is no attribute"));
}

TEST_CASE("an inverse names no type and belongs to one type", "[model]") {
    REQUIRE_THAT(refusal(types(R"({"name": "R", "inverse": "S"}, {"name": "S"})")),
                 Contains("is the name of a relationship type"));
    REQUIRE_THAT(refusal(types(R"({"name": "R", "inverse": "X"}, {"name": "S", "inverse": "X"})")),
                 Contains("have the same inverse"));
}

TEST_CASE("merging adds declarations and redefines those of the same name", "[model]") {
    const Model base = read(
        R"({"classes": [{"name": "A", "gate": true}, {"name": "B", "parent": "A"}], "relationship_types": [{"name": "R"}]})");
    const Model more = Model::from_json(
        R"({"classes": [{"name": "A"}, {"name": "C", "parent": "B"}], "relationship_types": [{"name": "R", "depends": "source"}]})");
    const Model merged = base.merged_with(more);
    REQUIRE(merged.classes().size() == 3);
    REQUIRE_FALSE(merged.is_gate("B"));
    REQUIRE(merged.is_a("C", "A"));
    REQUIRE(merged.find_type("R")->depends == DependsEnd::source);
    REQUIRE(base.is_gate("B"));
}

namespace {
constexpr const char* family = R"({"classes": [
    {"name": "Item", "dated": true, "attributes": [{"name": "id"}, {"name": "x", "unit": "old"}], "keys": [["id"]]},
    {"name": "CI", "parent": "Item", "attributes": [{"name": "x", "unit": "new"}, {"name": "status"}],
     "status": {"attribute": "status", "down": ["out"]}},
    {"name": "Pool", "parent": "CI", "gate": true, "keys": [["x"]], "requires": ["IN"]},
    {"name": "BigPool", "parent": "Pool", "requires": ["OF"]},
    {"name": "Other"}],
  "relationship_types": [{"name": "IN", "inverse": "HAS", "depends": "target", "grouped": {"need": 1}},
                         {"name": "OF", "depends": "target", "grouped": {"need": 1}}]})";
}

TEST_CASE("inheritance answers are the same with and without an index", "[model]") {
    const Model indexed = read(family);
    Model by_hand;
    by_hand.classes_ = indexed.classes_;
    by_hand.types_ = indexed.types_;
    for (const Model* model : {&indexed, static_cast<const Model*>(&by_hand)}) {
        REQUIRE(model->ancestors("BigPool") == std::vector<std::string>{"BigPool", "Pool", "CI", "Item"});
        REQUIRE(model->descendants("CI") == std::vector<std::string>{"CI", "Pool", "BigPool"});
        REQUIRE(model->descendants("Other") == std::vector<std::string>{"Other"});
        REQUIRE(model->is_a("BigPool", "Item"));
        REQUIRE(model->is_a("CI", "CI"));
        REQUIRE_FALSE(model->is_a("Item", "CI"));
        REQUIRE_FALSE(model->is_a("Other", "Item"));
        REQUIRE_FALSE(model->is_a("Nothing", "Item"));
        REQUIRE(model->is_gate("BigPool"));
        REQUIRE_FALSE(model->is_gate("CI"));
        REQUIRE(model->is_dated("BigPool"));
        REQUIRE(model->keys_of("BigPool") == std::vector<std::vector<std::string>>{{"x"}});
        REQUIRE(model->keys_of("CI") == std::vector<std::vector<std::string>>{{"id"}});
        REQUIRE(model->requires_of("BigPool") == std::vector<std::string>{"OF", "IN"});
        REQUIRE(model->status_of("BigPool")->states.at("out") == State::down);
        REQUIRE_FALSE(model->status_of("Item"));
        REQUIRE(model->find_inverse("HAS")->name == "IN");
        REQUIRE(model->find_inverse("") == nullptr);
        REQUIRE(model->find_type("HAS") == nullptr);
        REQUIRE(model->ancestors("Nothing").empty());
    }
}

TEST_CASE("the nearest declaration of an attribute wins", "[model]") {
    const auto attributes = read(family).attributes_of("BigPool");
    REQUIRE(attributes.size() == 3);
    REQUIRE(attributes[0].name == "x");
    REQUIRE(attributes[0].unit == "new");
}

TEST_CASE("a class added after indexing is found", "[model]") {
    Model model = read(family);
    model.classes_.emplace_back().name = "Late";
    model.classes_.back().parent = "CI";
    REQUIRE(model.is_a("Late", "Item"));
    REQUIRE(model.descendants("CI").back() == "Late");
}

TEST_CASE("a damaged model file is read or refused, never worse", "[model][random]") {
    const std::string whole = read(family).to_json();
    const std::string_view bits = "{}[]\",:0aA%-\\\xFF\x01";
    for (std::uint32_t seed = 1; seed <= 3000; ++seed) {
        std::mt19937 random{seed};
        std::string text = whole;
        for (auto changes = 1 + random() % 3; changes > 0; --changes) {
            const std::size_t at = random() % text.size();
            if (random() % 3 == 0) {
                text.erase(at, 1 + random() % 20);
            } else {
                text[at] = bits[random() % bits.size()];
            }
        }
        INFO("seed " << seed);
        try {
            (void)Model::empty().merged_with(Model::from_json(text)).to_json();
        } catch (const Error& error) {
            REQUIRE(error.code() == Code::model_invalid);
        }
    }
}

TEST_CASE("need is an integer of at least 1 or a percentage from 1 to 100", "[model]") {
    REQUIRE(parse_need(Value{3})->number == 3);
    REQUIRE(parse_need(Value{"25%"})->kind == Need::Kind::percent);
    REQUIRE(parse_need(Value{"100%"})->number == 100);
    for (const Value& bad :
         std::vector<Value>{0, -1, 1.0, true, "", "%", "0%", "101%", "5", "5 %", "5%%", "-5%", "1.5%", "x%", {}}) {
        INFO(print(bad));
        REQUIRE_FALSE(parse_need(bad));
    }
}

TEST_CASE("a need in members", "[model]") {
    REQUIRE(Need{Need::Kind::count, 5, {}}.of(3) == 5);
    REQUIRE(Need{Need::Kind::percent, 50, {}}.of(3) == 2);
    REQUIRE(Need{Need::Kind::percent, 50, {}}.of(4) == 2);
    REQUIRE(Need{Need::Kind::percent, 1, {}}.of(0) == 1);
    REQUIRE(Need{Need::Kind::percent, 100, {}}.of(7) == 7);
    REQUIRE(Need{Need::Kind::all, 1, {}}.of(7) == 7);
    REQUIRE(Need{Need::Kind::all, 1, {}}.of(0) == 1);
}

TEST_CASE("states are named and ordered from best to worst", "[model]") {
    REQUIRE(State::up < State::at_risk);
    REQUIRE(State::degraded < State::down);
    for (const State state : {State::up, State::at_risk, State::degraded, State::down})
        REQUIRE(parse_state(name_of(state)) == state);
    REQUIRE_FALSE(parse_state("Down"));
}

TEST_CASE("every mistake in the form of a model file is listed with its place", "[model]") {
    const std::string message = refusal(R"({
      "classes": [{"nam": "A"}, {"name": "B", "abstract": 3, "attributes": [{"name": "x", "type": "intger"}, 5]}, "x"],
      "relationship_types": [{"name": "R", "depends": "sorce", "max_in": 0}], "more": 1})");
    CHECK_THAT(message, Contains("the model has 9 mistakes:"));
    CHECK_THAT(message, Contains("the model: `more` is not a key here"));
    CHECK_THAT(message, Contains("classes[0]: `nam` is not a key here; did you mean `name`?"));
    CHECK_THAT(message, Contains("classes[0]: needs `name`"));
    CHECK_THAT(message, Contains("classes[1].abstract: expected true or false"));
    CHECK_THAT(message, Contains("classes[1].attributes[0].type: `intger` is not allowed here"));
    CHECK_THAT(message, Contains("classes[1].attributes[1]: expected an object, found number"));
    CHECK_THAT(message, Contains("classes[2]: expected an object, found string"));
    CHECK_THAT(message, Contains("relationship_types[0].depends: `sorce` is not allowed here"));
    CHECK_THAT(message, Contains("relationship_types[0].max_in: expected an integer from 1"));
}

TEST_CASE("a model file that says a member twice is refused with the line of the second", "[model]") {
    CHECK_THAT(refusal("{\"classes\": [{\"name\": \"A\",\n \"name\": \"B\"}]}"),
               Contains("line 2: the object has a member `name` already"));
}

}  // namespace mainstay
