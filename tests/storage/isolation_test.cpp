// What two transactions may do to each other, one anomaly a test: docs/isolation.md is the table. Each interleaving is
// written out, so nothing here depends on chance; history_test.cpp looks for what was not thought of.

#include "mainstay/core/error.hpp"
#include "mainstay/storage/bulk.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>

namespace mainstay::test {
namespace {

class Bench {
public:
    explicit Bench(const Model& model = Model::empty()) {
        OpenOptions options;
        options.mode = OpenMode::create_if_missing;
        options.durability = Durability::relaxed;
        options.map_bytes = std::uint64_t{1} << 30;
        options.initial_model = model;
        store_ = Store::open(folder_ / "db", options);
    }
    Store& store() { return *store_; }
    std::unique_ptr<Transaction> begin() { return store_->begin(); }
    ViewPtr now() const { return store_->view({std::nullopt, ValidTime{}}); }

    NodeId node(std::string_view label, std::string_view key = "", const Value& value = {}) {
        const auto t = begin();
        const auto node = make(*t, label, key, value);
        REQUIRE(commit(t));
        return node;
    }
    RelId rel(std::string_view type, NodeId source, NodeId target) {
        const auto t = begin();
        const auto rel = t->create_relationship(t->type(type), source, target, {});
        REQUIRE(commit(t));
        return rel;
    }
    std::int64_t number(NodeId node, std::string_view key) const {
        const auto view = now();
        return view->property(node, view->names().find_key(key)).as_int();
    }
    std::uint64_t count(std::string_view label) const {
        const auto view = now();
        return view->count_nodes(view->names().find_label(label));
    }
    std::uint64_t degree(NodeId node, Direction d) const { return now()->degree(node, d, no_type); }

    static NodeId make(Transaction& t, std::string_view label, std::string_view key = "", const Value& value = {}) {
        const auto l = t.label(label);
        PropertyList properties;
        if (!key.empty()) properties.emplace_back(t.key(key), value);
        return t.create_node({&l, 1}, properties);
    }
    static void set(Transaction& t, NodeId node, std::string_view key, const Value& value) {
        t.set_property(node, t.key(key), value);
    }
    static std::int64_t read(const Transaction& t, NodeId node, std::string_view key) {
        return t.view().property(node, t.view().names().find_key(key)).as_int();
    }
    // Whether it was committed; false: it lost.
    static bool commit(const std::unique_ptr<Transaction>& t) {
        t->finish_statement();
        return t->commit({"test", "", "", ""}).has_value();
    }

private:
    ScratchFolder folder_;
    std::unique_ptr<Store> store_;
};

Model limited() {
    return Model::empty().merged_with(Model::from_json(R"({
        "classes": [{"name": "A", "attributes": [{"name": "id", "unique": true}]},
                    {"name": "Strict", "attributes": [{"name": "needed", "required": true}]},
                    {"name": "Dated", "dated": true}],
        "relationship_types": [{"name": "ONE_OUT", "max_out": 1}, {"name": "ONE_IN", "max_in": 1}, {"name": "ANY"},
                               {"name": "ONE_AT_ONCE", "dated": true, "max_out": 1, "max_in": 1}]})"));
}

std::optional<Code> code_of(const auto& f) {
    try {
        f();
    } catch (const Error& error) {
        return error.code();
    }
    return std::nullopt;
}

}  // namespace

// --- values

TEST_CASE("Dirty write: of two transactions that write one property the later one loses", "[isolation]") {
    Bench b;
    const auto x = b.node("A", "x", 1);
    const auto first = b.begin(), second = b.begin();
    b.set(*first, x, "x", 2);
    b.set(*second, x, "x", 3);
    CHECK(b.commit(first));
    CHECK_FALSE(b.commit(second));
    CHECK(b.number(x, "x") == 2);
}

TEST_CASE("Dirty read: what is not committed, or was rolled back, shows nowhere", "[isolation]") {
    Bench b;
    const auto x = b.node("A", "x", 1);
    auto writer = b.begin();
    b.set(*writer, x, "x", 2);
    b.make(*writer, "A");
    writer->finish_statement();
    const auto other = b.begin();
    CHECK(b.read(*other, x, "x") == 1);
    CHECK(b.number(x, "x") == 1);
    CHECK(b.count("A") == 1);
    writer.reset();
    CHECK(b.number(x, "x") == 1);
    CHECK(b.count("A") == 1);
}

TEST_CASE("Intermediate read: a value that its transaction wrote over shows nowhere", "[isolation]") {
    Bench b;
    const auto x = b.node("A", "x", 1);
    const auto writer = b.begin();
    b.set(*writer, x, "x", 2);
    writer->finish_statement();
    const auto before = b.now();
    b.set(*writer, x, "x", 3);
    REQUIRE(b.commit(writer));
    CHECK(before->property(x, before->names().find_key("x")).as_int() == 1);
    CHECK(b.number(x, "x") == 3);
}

TEST_CASE("Own writes: a transaction sees what it wrote, and nothing newer of others", "[isolation]") {
    Bench b;
    const auto x = b.node("A", "x", 1), y = b.node("A", "y", 1);
    const auto t = b.begin();
    b.set(*t, x, "x", 2);
    const auto other = b.begin();
    b.set(*other, y, "y", 5);
    REQUIRE(b.commit(other));
    CHECK(b.read(*t, x, "x") == 2);
    CHECK(b.read(*t, y, "y") == 1);
    CHECK(b.commit(t));
    CHECK(b.number(y, "y") == 5);
}

TEST_CASE("Non-repeatable read: a transaction and a view read the same twice", "[isolation]") {
    Bench b;
    const auto x = b.node("A", "x", 1);
    const auto reader = b.begin();
    const auto view = b.now();
    CHECK(b.read(*reader, x, "x") == 1);
    const auto writer = b.begin();
    b.set(*writer, x, "x", 2);
    REQUIRE(b.commit(writer));
    b.store().fold_all();
    CHECK(b.read(*reader, x, "x") == 1);
    CHECK(view->property(x, view->names().find_key("x")).as_int() == 1);
    CHECK(b.number(x, "x") == 2);
}

TEST_CASE("Read skew: two values that are written together are never read apart", "[isolation]") {
    Bench b;
    const auto x = b.node("A", "v", 50), y = b.node("A", "v", 50);
    const auto reader = b.begin();
    CHECK(b.read(*reader, x, "v") == 50);
    const auto writer = b.begin();
    b.set(*writer, x, "v", 25);
    b.set(*writer, y, "v", 75);
    REQUIRE(b.commit(writer));
    CHECK(b.read(*reader, y, "v") == 50);
    const auto after = b.now();
    const auto v = after->names().find_key("v");
    CHECK(after->property(x, v).as_int() + after->property(y, v).as_int() == 100);
}

TEST_CASE("Circular information flow: two transactions do not see each other's writes", "[isolation]") {
    Bench b;
    const auto x = b.node("A", "v", 1), y = b.node("A", "v", 1);
    const auto first = b.begin(), second = b.begin();
    b.set(*first, x, "v", 2);
    b.set(*second, y, "v", 2);
    CHECK(b.read(*first, y, "v") == 1);
    CHECK(b.read(*second, x, "v") == 1);
    CHECK(b.commit(first));
    CHECK(b.commit(second));
}

TEST_CASE("Lost update: two that read a value and write it back do not both commit", "[isolation]") {
    Bench b;
    const auto x = b.node("A", "n", 0);
    const auto first = b.begin(), second = b.begin();
    b.set(*first, x, "n", b.read(*first, x, "n") + 1);
    b.set(*second, x, "n", b.read(*second, x, "n") + 1);
    CHECK(b.commit(first));
    CHECK_FALSE(b.commit(second));
    const auto again = b.begin();
    b.set(*again, x, "n", b.read(*again, x, "n") + 1);
    CHECK(b.commit(again));
    CHECK(b.number(x, "n") == 2);
}

TEST_CASE("Lost update: a write to what was deleted meanwhile, and a deletion of what was written, lose",
          "[isolation]") {
    Bench b;
    const auto x = b.node("A", "n", 0), y = b.node("A", "n", 0);
    const auto writer = b.begin(), deleter = b.begin();
    b.set(*writer, x, "n", 1);
    b.set(*writer, y, "n", 1);
    deleter->delete_node(x);
    CHECK(b.commit(deleter));
    CHECK_FALSE(b.commit(writer));

    const auto late_deleter = b.begin(), early_writer = b.begin();
    late_deleter->delete_node(y);
    b.set(*early_writer, y, "n", 7);
    CHECK(b.commit(early_writer));
    CHECK_FALSE(b.commit(late_deleter));
    CHECK(b.number(y, "n") == 7);
}

TEST_CASE("Different properties of one node may be written side by side", "[isolation]") {
    Bench b;
    const auto x = b.node("A", "n", 0);
    const auto first = b.begin(), second = b.begin();
    b.set(*first, x, "n", 1);
    b.set(*second, x, "m", 1);
    CHECK(b.commit(first));
    CHECK(b.commit(second));
    CHECK(b.number(x, "n") == 1);
    CHECK(b.number(x, "m") == 1);
}

TEST_CASE("Write skew is allowed: each of two reads what the other writes", "[isolation]") {
    Bench b;
    const auto alice = b.node("OnCall", "on", 1), bob = b.node("OnCall", "on", 1);
    const auto first = b.begin(), second = b.begin();
    // One must stay on call; each sees that the other does.
    CHECK(b.read(*first, bob, "on") == 1);
    b.set(*first, alice, "on", 0);
    CHECK(b.read(*second, alice, "on") == 1);
    b.set(*second, bob, "on", 0);
    CHECK(b.commit(first));
    CHECK(b.commit(second));
    CHECK(b.number(alice, "on") + b.number(bob, "on") == 0);
}

TEST_CASE("Write skew is prevented where both also write what they agreed on", "[isolation]") {
    Bench b;
    const auto duty = b.node("Duty", "version", 0);
    const auto alice = b.node("OnCall", "on", 1), bob = b.node("OnCall", "on", 1);
    const auto first = b.begin(), second = b.begin();
    b.set(*first, alice, "on", 0);
    b.set(*first, duty, "version", 1);
    b.set(*second, bob, "on", 0);
    b.set(*second, duty, "version", 2);
    CHECK(b.commit(first));
    CHECK_FALSE(b.commit(second));
}

// --- predicates

TEST_CASE("Phantom read: a label, an index and a count find the same twice", "[isolation]") {
    Bench b;
    {
        const auto t = b.begin();
        SchemaEntry index;
        index.name = "by_n";
        index.label = "A";
        index.keys = {"n"};
        t->create_schema(index);
        REQUIRE(b.commit(t));
    }
    b.node("A", "n", 5);
    const auto reader = b.begin();
    const auto ask = [&] {
        const auto& view = reader->view();
        std::vector<std::uint32_t> found;
        view.for_each_node(view.names().find_label("A"), [&](NodeId node) { found.push_back(raw(node)); });
        view.seek_range(view.schema().at(0).id, View::Bound{4, true}, View::Bound{6, true}, [&](std::uint32_t id) {
            found.push_back(id);
            return true;
        });
        found.push_back(static_cast<std::uint32_t>(view.count_nodes(view.names().find_label("A"))));
        return found;
    };
    const auto before = ask();
    CHECK(before.size() == 3);
    b.node("A", "n", 6);
    b.store().fold_all();
    CHECK(ask() == before);
    CHECK(b.count("A") == 2);
}

TEST_CASE("Predicate-many-preceders is allowed for writes: what begins to match meanwhile is not written",
          "[isolation]") {
    Bench b;
    b.node("A", "n", 1);
    const auto updater = b.begin();
    std::vector<NodeId> matched;
    updater->view().for_each_node(updater->view().names().find_label("A"), [&](NodeId n) { matched.push_back(n); });
    for (const auto node : matched) b.set(*updater, node, "n", 10);
    const auto late = b.node("A", "n", 1);
    CHECK(b.commit(updater));
    CHECK(b.number(late, "n") == 1);
}

TEST_CASE("Predicate-many-preceders: what is written meanwhile is not written over", "[isolation]") {
    Bench b;
    const auto x = b.node("A", "n", 10);
    const auto updater = b.begin(), deleter = b.begin();
    b.set(*updater, x, "n", 20);
    CHECK(b.commit(updater));
    deleter->delete_node(x);  // it still sees 10
    CHECK_FALSE(b.commit(deleter));
}

// --- relationships

TEST_CASE("Dangling relationship: a node is not deleted under a relationship that comes meanwhile", "[isolation]") {
    for (const bool relationship_first : {true, false}) {
        Bench b;
        const auto x = b.node("A"), y = b.node("A");
        const auto connecting = b.begin(), deleting = b.begin();
        connecting->create_relationship(connecting->type("R"), x, y, {});
        deleting->detach_node(y);
        deleting->delete_node(y);
        CHECK(b.commit(relationship_first ? connecting : deleting));
        CHECK_FALSE(b.commit(relationship_first ? deleting : connecting));
        CHECK(b.now()->contains_node(y) == relationship_first);
        CHECK(b.degree(x, Direction::out) == (relationship_first ? 1 : 0));
        CHECK(b.store().verify({}).problems.empty());
    }
}

TEST_CASE("Dangling relationship: not by a bulk load either", "[isolation]") {
    for (const bool load_first : {true, false}) {
        Bench b;
        const auto x = b.node("A");
        const auto loader = BulkLoader::start(b.store());
        const auto label = loader->label("A");
        const auto loaded = loader->add_node({&label, 1}, {});
        loader->add_relationship(loader->type("R"), loaded, x, {});
        const auto deleting = b.begin();
        deleting->delete_node(x);
        const auto finish = [&] { loader->finish({"test", "", "", ""}, {}); };
        if (load_first) {
            finish();
            CHECK_FALSE(b.commit(deleting));
        } else {
            CHECK(b.commit(deleting));
            CHECK(code_of(finish) == Code::entity_not_found);
        }
        CHECK(b.store().verify({}).problems.empty());
    }
}

TEST_CASE("A relationship is deleted once", "[isolation]") {
    Bench b;
    const auto x = b.node("A"), y = b.node("A");
    const auto rel = b.rel("R", x, y);
    const auto first = b.begin(), second = b.begin();
    first->delete_relationship(rel);
    second->delete_relationship(rel);
    CHECK(b.commit(first));
    CHECK_FALSE(b.commit(second));
}

// --- what constraints and the class model ask

TEST_CASE("Duplicate key: two transactions that take one value do not both commit", "[isolation]") {
    Bench b(limited());
    const auto first = b.begin(), second = b.begin();
    b.make(*first, "A", "id", "k");
    b.make(*second, "A", "id", "k");
    CHECK(b.commit(first));
    CHECK_FALSE(b.commit(second));
    CHECK(b.count("A") == 1);
}

TEST_CASE("Duplicate key: not by a bulk load, nor against one", "[isolation]") {
    for (const bool load_first : {true, false}) {
        Bench b(limited());
        const auto loader = BulkLoader::start(b.store());
        const auto label = loader->label("A");
        loader->add_node({&label, 1}, {{loader->key("id"), "k"}});
        const auto t = b.begin();
        b.make(*t, "A", "id", "k");
        const auto finish = [&] { loader->finish({"test", "", "", ""}, {}); };
        if (load_first) {
            finish();
            CHECK_FALSE(b.commit(t));
        } else {
            CHECK(b.commit(t));
            CHECK(code_of(finish) == Code::constraint_violation);
        }
        CHECK(b.count("A") == 1);
    }
}

TEST_CASE("Duplicate by MERGE: two that claim the same do not both commit, others do", "[isolation]") {
    Bench b;
    const auto first = b.begin(), second = b.begin(), third = b.begin();
    for (const auto* t : {&first, &second, &third}) {
        (*t)->claim(t == &third ? 8 : 7);
        b.make(**t, "A");
    }
    CHECK(b.commit(first));
    CHECK_FALSE(b.commit(second));
    CHECK(b.commit(third));
}

TEST_CASE("Cardinality: two transactions do not add the last relationship twice", "[isolation]") {
    for (const char* type : {"ONE_OUT", "ONE_IN", "ONE_AT_ONCE"}) {
        INFO(type);
        Bench b(limited());
        const auto x = b.node("A", "id", 1), y = b.node("A", "id", 2), z = b.node("A", "id", 3);
        const bool is_in = std::string_view{type} == "ONE_IN";
        const auto first = b.begin(), second = b.begin();
        first->create_relationship(first->type(type), is_in ? y : x, is_in ? x : y, {});
        second->create_relationship(second->type(type), is_in ? z : x, is_in ? x : z, {});
        CHECK(b.commit(first));
        CHECK_FALSE(b.commit(second));
        CHECK(b.degree(x, is_in ? Direction::in : Direction::out) == 1);
        // And the loser, begun again, is told.
        const auto again = b.begin();
        again->create_relationship(again->type(type), is_in ? z : x, is_in ? x : z, {});
        CHECK(code_of([&] { again->finish_statement(); }) == Code::constraint_violation);
    }
}

TEST_CASE("Cardinality: relationships at other nodes, or of types without a bound, do not lose", "[isolation]") {
    Bench b(limited());
    const auto x = b.node("A", "id", 1), y = b.node("A", "id", 2), z = b.node("A", "id", 3);
    const auto first = b.begin(), second = b.begin(), third = b.begin();
    first->create_relationship(first->type("ONE_OUT"), x, z, {});
    second->create_relationship(second->type("ONE_OUT"), y, z, {});
    third->create_relationship(third->type("ANY"), x, z, {});
    CHECK(b.commit(first));
    CHECK(b.commit(second));
    CHECK(b.commit(third));
}

TEST_CASE("Cardinality: a moved date does not meet a relationship that comes meanwhile", "[isolation]") {
    Bench b(limited());
    const auto x = b.node("A", "id", 1), y = b.node("A", "id", 2), z = b.node("A", "id", 3);
    const auto make = [&](Transaction& t, NodeId target, std::int64_t from, std::int64_t to) {
        return t.create_relationship(t.type("ONE_AT_ONCE"), x, target,
                                     {{t.key("valid_from"), Date{from}}, {t.key("valid_to"), Date{to}}});
    };
    RelId early{};
    {
        const auto t = b.begin();
        early = make(*t, y, 10, 20);
        REQUIRE(b.commit(t));
    }
    const auto lengthening = b.store().begin(ValidTime{}), adding = b.store().begin(ValidTime{});
    lengthening->set_property(early, lengthening->key("valid_to"), Date{40});
    make(*adding, z, 20, 30);
    CHECK(b.commit(lengthening));
    CHECK_FALSE(b.commit(adding));
}

TEST_CASE("Cardinality: a bulk load counts what is there, dated or not, and what it brings", "[isolation]") {
    for (const char* type : {"ONE_OUT", "ONE_AT_ONCE"}) {
        INFO(type);
        Bench b(limited());
        const auto x = b.node("A", "id", 1), y = b.node("A", "id", 2);
        b.rel(type, x, y);
        const auto load = [&](const auto& add) {
            const auto loader = BulkLoader::start(b.store());
            const auto label = loader->label("A");
            const auto one = loader->add_node({&label, 1}, {{loader->key("id"), 10}});
            const auto two = loader->add_node({&label, 1}, {{loader->key("id"), 11}});
            add(*loader, loader->type(type), one, two);
            return code_of([&] { loader->finish({"test", "", "", ""}, {}); });
        };
        // One more at a node that has one.
        CHECK(load([&](auto& l, auto t, auto one, auto) { l.add_relationship(t, x, one, {}); }) ==
              Code::constraint_violation);
        // Two at a node of the load.
        CHECK(load([&](auto& l, auto t, auto one, auto two) {
                  l.add_relationship(t, one, y, {});
                  l.add_relationship(t, one, two, {});
              }) == Code::constraint_violation);
        // Two at a node that had none.
        CHECK(load([&](auto& l, auto t, auto one, auto two) {
                  l.add_relationship(t, y, one, {});
                  l.add_relationship(t, y, two, {});
              }) == Code::constraint_violation);
        CHECK(b.count("A") == 2);
        CHECK(load([&](auto& l, auto t, auto one, auto two) {
                  l.add_relationship(t, y, one, {});
                  l.add_relationship(t, one, two, {});
              }) == std::nullopt);
        CHECK(b.count("A") == 4);
    }
}

TEST_CASE("Cardinality: dated relationships of a load that follow each other are as many as one", "[isolation]") {
    Bench b(limited());
    const auto x = b.node("A", "id", 1), y = b.node("A", "id", 2);
    {
        const auto t = b.begin();
        t->create_relationship(t->type("ONE_AT_ONCE"), x, y, {{t->key("valid_to"), Date{10}}});
        REQUIRE(b.commit(t));
    }
    const auto load = [&](std::int64_t from) {
        const auto loader = BulkLoader::start(b.store());
        const auto label = loader->label("A");
        const auto one = loader->add_node({&label, 1}, {{loader->key("id"), 10}});
        const auto two = loader->add_node({&label, 1}, {{loader->key("id"), 11}});
        const auto type = loader->type("ONE_AT_ONCE");
        const auto valid_from = loader->key("valid_from"), valid_to = loader->key("valid_to");
        loader->add_relationship(type, x, one, {{valid_from, Date{from}}, {valid_to, Date{20}}});
        loader->add_relationship(type, x, two, {{valid_from, Date{20}}});
        return code_of([&] { loader->finish({"test", "", "", ""}, {}); });
    };
    CHECK(load(9) == Code::constraint_violation);
    CHECK(load(10) == std::nullopt);
}

TEST_CASE("Cardinality: a bulk load and a transaction do not add the last relationship twice", "[isolation]") {
    for (const char* type : {"ONE_OUT", "ONE_AT_ONCE"}) {
        INFO(type);
        Bench b(limited());
        const auto x = b.node("A", "id", 1), y = b.node("A", "id", 2);
        const auto t = b.begin();
        t->create_relationship(t->type(type), x, y, {});
        t->finish_statement();
        const auto loader = BulkLoader::start(b.store());
        const auto label = loader->label("A");
        const auto loaded = loader->add_node({&label, 1}, {{loader->key("id"), 10}});
        loader->add_relationship(loader->type(type), x, loaded, {});
        loader->finish({"test", "", "", ""}, {});
        CHECK_FALSE(b.commit(t));
        CHECK(b.degree(x, Direction::out) == 1);
    }
}

TEST_CASE("Required attribute: a class that needs it does not come while it goes", "[isolation]") {
    for (const bool label_first : {true, false}) {
        Bench b(limited());
        const auto x = b.node("A", "needed", 1);
        const auto labelling = b.begin(), removing = b.begin();
        labelling->add_label(x, labelling->label("Strict"));
        b.set(*removing, x, "needed", {});
        CHECK(b.commit(label_first ? labelling : removing));
        CHECK_FALSE(b.commit(label_first ? removing : labelling));
    }
}

TEST_CASE("Validity: two that each move one of the dates do not turn them round", "[isolation]") {
    Bench b(limited());
    const auto make = b.begin();
    const auto label = make->label("Dated");
    const auto x =
        make->create_node({&label, 1}, {{make->key("valid_from"), Date{10}}, {make->key("valid_to"), Date{20}}});
    REQUIRE(b.commit(make));
    const auto first = b.store().begin(ValidTime{}), second = b.store().begin(ValidTime{});
    b.set(*first, x, "valid_from", Date{18});
    b.set(*second, x, "valid_to", Date{12});
    CHECK(b.commit(first));
    CHECK_FALSE(b.commit(second));
}

TEST_CASE("Definitions: whatever commits while an index or the class model changes loses, or they do", "[isolation]") {
    for (const bool definition_first : {true, false}) {
        Bench b;
        b.node("A", "n", 1);
        const auto writing = b.begin(), defining = b.begin();
        b.make(*writing, "A", "n", 1);
        SchemaEntry unique;
        unique.name = "unique_n";
        unique.kind = SchemaKind::unique;
        unique.label = "A";
        unique.keys = {"n"};
        defining->create_schema(unique);
        CHECK(b.commit(definition_first ? defining : writing));
        CHECK_FALSE(b.commit(definition_first ? writing : defining));
    }
}

// --- order

TEST_CASE("Real time: what begins after a commit was acknowledged sees it", "[isolation]") {
    Bench b;
    const auto x = b.node("A", "n", 0);
    for (std::int64_t i = 1; i <= 50; ++i) {
        const auto t = b.begin();
        CHECK(b.read(*t, x, "n") == i - 1);
        b.set(*t, x, "n", i);
        REQUIRE(b.commit(t));
        CHECK(b.number(x, "n") == i);
    }
}

TEST_CASE("Long fork: two readers do not see two commits in different orders", "[isolation]") {
    Bench b;
    const auto x = b.node("A", "n", 0), y = b.node("A", "n", 0);
    const auto first = b.begin(), second = b.begin();
    b.set(*first, x, "n", 1);
    b.set(*second, y, "n", 1);
    REQUIRE(b.commit(first));
    const auto between = b.now();
    REQUIRE(b.commit(second));
    const auto after = b.now();
    const auto n = after->names().find_key("n");
    const auto seen = [&](const View& view) {
        return std::pair(view.property(x, n).as_int(), view.property(y, n).as_int());
    };
    CHECK(seen(*between) == std::pair<std::int64_t, std::int64_t>(1, 0));
    CHECK(seen(*after) == std::pair<std::int64_t, std::int64_t>(1, 1));
    CHECK(raw(between->tx()) + 1 == raw(after->tx()));
}

}  // namespace mainstay::test
