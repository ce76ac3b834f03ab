#include "mainstay/storage/bulk.hpp"

#include "mainstay/core/error.hpp"
#include "store_impl.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mainstay::test {
namespace {

using Catch::Matchers::Contains;

OpenOptions options(Model model = Model::empty()) {
    OpenOptions o;
    o.mode = OpenMode::create_if_missing;
    o.durability = Durability::none;
    o.map_bytes = std::uint64_t{1} << 30;  // ThreadSanitizer leaves no room for more
    o.initial_model = std::move(model);
    return o;
}

const ViewPtr all_of(const Store& store) { return store.view({std::nullopt, ValidTime{}}); }

// A load of `count` nodes named n0, n1, ... in a ring of R.
std::unique_ptr<BulkLoader> ring(Store& store, std::uint32_t count, std::string_view label = "N") {
    auto loader = BulkLoader::start(store);
    const auto l = loader->label(label);
    const auto name = loader->key("name"), weight = loader->key("weight");
    const auto type = loader->type("R");
    std::vector<NodeId> nodes;
    for (std::uint32_t i = 0; i < count; ++i)
        nodes.push_back(loader->add_node({&l, 1}, {{name, fmt::format("n{}", i)}}));
    for (std::uint32_t i = 0; i < count; ++i)
        loader->add_relationship(type, nodes[i], nodes[(i + 1) % count], {{weight, std::int64_t{i}}});
    return loader;
}

std::string error_of(const std::function<void()>& f, Code code) {
    try {
        f();
    } catch (const Error& error) {
        CHECK(info(error.code()).name == info(code).name);
        return error.message();
    }
    return "nothing was thrown";
}

void expect_sound(const Store& store) { CHECK(store.verify({}).problems == std::vector<std::string>{}); }

std::uint64_t parts_of(Store& store) {
    const lmdb::Transaction now(store.implementation()->environment(), lmdb::Transaction::Kind::read);
    return now.size(lmdb::Table::segment).entries;
}

// A load writes beside the caller: waits for its first parts.
bool parts_come(Store& store) {
    for (int i = 0; i < 10'000 && parts_of(store) == 0; ++i) ::usleep(1'000);
    return parts_of(store) > 0;
}

void add_unique(Store& store, const std::string& label, const std::string& key) {
    const auto t = store.begin();
    SchemaEntry entry;
    entry.name = "unique_" + key;
    entry.kind = SchemaKind::unique;
    entry.label = label;
    entry.keys = {key};
    t->create_schema(entry);
    REQUIRE(t->commit({}));
}

}  // namespace

TEST_CASE("A load shows everything it was given, over several segments", "[bulk]") {
    const ScratchFolder folder;
    const auto store = Store::open(folder / "db", options());
    constexpr std::uint32_t count = 10'000;
    CHECK(raw(ring(*store, count)->finish({"a", "b", "c", "d"}, {}).tx) == 1);
    const auto view = all_of(*store);
    CHECK(view->count_nodes(view->names().find_label("N")) == count);
    CHECK(view->count_rels(view->names().find_type("R")) == count);
    const auto name = view->names().find_key("name"), weight = view->names().find_key("weight");
    std::uint32_t wrong = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        wrong += view->property(NodeId{i}, name).as_string() != fmt::format("n{}", i);
        const auto run = view->run(NodeId{i}, Direction::out, view->names().find_type("R"));
        wrong += run.count() != 1 || raw(run.base.other[0]) != (i + 1) % count;
        wrong += run.count() != 1 || view->property(run.base.rel[0], weight).as_int() != i;
        wrong += view->degree(NodeId{i}, Direction::in, no_type) != 1;
    }
    CHECK(wrong == 0);
    CHECK(store->log(1).back().bulk_load);
    CHECK(store->log(1).back().nodes_created == count);
    expect_sound(*store);
}

TEST_CASE("Nothing of a load is visible before it is finished, though parts of it are written", "[bulk]") {
    const ScratchFolder folder;
    auto o = options();
    o.load_batch_bytes = 10'000;
    const auto store = Store::open(folder / "db", o);
    const auto loader = ring(*store, 30'000);
    const auto t = store->begin();
    const auto label = t->label("N");
    const auto node = t->create_node({&label, 1}, {});
    REQUIRE(t->commit({}));
    CHECK(parts_come(*store));
    CHECK(all_of(*store)->count_nodes(no_label) == 1);
    std::vector<NodeId> seen;
    all_of(*store)->for_each_node(no_label, [&](NodeId n) { seen.push_back(n); });
    CHECK(seen == std::vector{node});
    expect_sound(*store);
    loader->finish({}, {});
    CHECK(all_of(*store)->count_nodes(no_label) == 30'001);
    expect_sound(*store);
}

TEST_CASE("A view as of before a load shows nothing of it", "[bulk]") {
    const ScratchFolder folder;
    const auto store = Store::open(folder / "db", options());
    const auto t = store->begin();
    const auto node = t->create_node({}, {});
    REQUIRE(t->commit({}));
    const auto loader = BulkLoader::start(*store);
    const auto type = loader->type("R");
    loader->add_relationship(type, node, loader->add_node({}, {}), {});
    const auto tx = loader->finish({}, {}).tx;
    const auto before = store->view({TxNumber{raw(tx) - 1}, ValidTime{}}), now = all_of(*store);
    CHECK(before->count_nodes(no_label) == 1);
    CHECK(before->degree(node, Direction::out, type) == 0);
    CHECK(now->degree(node, Direction::out, type) == 1);
}

TEST_CASE("A load that is given up leaves no parts behind", "[bulk]") {
    const ScratchFolder folder;
    auto o = options();
    o.load_batch_bytes = 10'000;
    const auto store = Store::open(folder / "db", o);
    ring(*store, 30'000).reset();
    CHECK(parts_of(*store) == 0);
    ring(*store, 10)->finish({}, {});
    CHECK(all_of(*store)->count_nodes(no_label) == 10);
    expect_sound(*store);
}

TEST_CASE("What a load of a process that died has written is deleted by the next that writes", "[bulk]") {
    const ScratchFolder folder;
    const auto file = folder / "db";
    Store::open(file, options());
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        try {
            auto o = options();
            o.load_batch_bytes = 10'000;
            const auto store = Store::open(file, o);
            const auto loader = ring(*store, 30'000);
            const auto t = store->begin();
            t->create_node({}, {});
            ::_exit(t->commit({}) && parts_come(*store) ? 0 : 1);
        } catch (...) {
            ::_exit(2);
        }
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
    const auto store = Store::open(file, options());
    CHECK(all_of(*store)->count_nodes(no_label) == 1);
    expect_sound(*store);
    ring(*store, 10)->finish({}, {});
    store->fold_all();
    CHECK(parts_of(*store) < 20);
    CHECK(all_of(*store)->count_nodes(no_label) == 11);
    expect_sound(*store);
}

TEST_CASE("A load with two nodes of one unique value publishes nothing", "[bulk]") {
    const ScratchFolder folder;
    const auto store = Store::open(folder / "db", options());
    add_unique(*store, "N", "name");
    const auto loader = BulkLoader::start(*store);
    const auto label = loader->label("N");
    const auto name = loader->key("name");
    for (const char* text : {"a", "b", "a"}) loader->add_node({&label, 1}, {{name, text}});
    CHECK_THAT(error_of([&] { loader->finish({}, {}); }, Code::constraint_violation), Contains("'a'"));
    CHECK(all_of(*store)->count_nodes(no_label) == 0);
}

TEST_CASE("A load with a unique value that is taken publishes nothing", "[bulk]") {
    const ScratchFolder folder;
    const auto store = Store::open(folder / "db", options());
    add_unique(*store, "N", "name");
    ring(*store, 5)->finish({}, {});
    CHECK_THAT(error_of([&] { ring(*store, 2)->finish({}, {}); }, Code::constraint_violation),
               Contains("'n0'") && Contains("'n1'"));
    CHECK(all_of(*store)->count_nodes(no_label) == 5);
    expect_sound(*store);
}

TEST_CASE("Loaded nodes are found by the indexes that cover them", "[bulk]") {
    const ScratchFolder folder;
    const auto store = Store::open(folder / "db", options());
    add_unique(*store, "N", "name");
    ring(*store, 5000)->finish({}, {});
    ring(*store, 5, "M")->finish({}, {});
    const auto view = all_of(*store);
    const auto index = view->schema().at(0).id;
    const Value name{"n4711"};
    CHECK(view->seek(index, {&name, 1}) == std::vector<std::uint32_t>{4711});
    expect_sound(*store);
}

TEST_CASE("An end that is no node makes a load fail", "[bulk]") {
    const ScratchFolder folder;
    const auto store = Store::open(folder / "db", options());
    const auto loader = BulkLoader::start(*store);
    loader->add_relationship(loader->type("R"), loader->add_node({}, {}), NodeId{99'999}, {});
    CHECK_THAT(error_of([&] { loader->finish({}, {}); }, Code::entity_not_found), Contains("99999"));
}

namespace {

Model small_model() {
    return Model::empty().merged_with(Model::from_json(R"({
      "classes": [{"name": "Server", "attributes": [{"name": "name", "type": "string", "required": true},
                                                    {"name": "tier", "type": "integer", "default": 3},
                                                    {"name": "env", "type": "string", "enum": ["prod", "test"]}]},
                  {"name": "Rack"}],
      "relationship_types": [{"name": "IN", "from": ["Server"], "to": ["Rack"], "max_out": 1}]})"));
}

}  // namespace

TEST_CASE("A load gives attributes their defaults unless told not to", "[bulk]") {
    const auto defaults = GENERATE(Defaults::apply, Defaults::leave);
    const ScratchFolder folder;
    const auto store = Store::open(folder / "db", options(small_model()));
    const auto loader = BulkLoader::start(*store, defaults);
    const auto label = loader->label("Server");
    const auto node = loader->add_node({&label, 1}, {{loader->key("name"), "a"}});
    loader->finish({}, {});
    const auto view = all_of(*store);
    CHECK(view->property(node, view->names().find_key("tier")).is_null() == (defaults == Defaults::leave));
}

TEST_CASE("A load is checked against the class model", "[bulk]") {
    const ScratchFolder folder;
    const auto store = Store::open(folder / "db", options(small_model()));
    const auto loader = BulkLoader::start(*store);
    const auto server = loader->label("Server"), rack = loader->label("Rack");
    const auto name = loader->key("name"), env = loader->key("env");
    CHECK(error_of([&] { loader->label("Sever"); }, Code::unknown_label) != "");
    const auto s = loader->add_node({&server, 1}, {{name, 1}, {env, "dev"}});
    const auto r = loader->add_node({&rack, 1}, {});
    loader->add_node({&server, 1}, {});
    loader->add_relationship(loader->type("IN"), r, s, {});
    const auto message = error_of([&] { loader->finish({}, {}); }, Code::constraint_violation);
    CHECK_THAT(message,
               Contains("`name` is required") && Contains("'dev'") && Contains("cannot start at a node (:Rack)"));
    CHECK(all_of(*store)->count_nodes(no_label) == 0);
}

TEST_CASE("Nodes made after a load go on where it ended", "[bulk]") {
    const ScratchFolder folder;
    const auto store = Store::open(folder / "db", options());
    ring(*store, 10)->finish({}, {});
    const auto t = store->begin();
    const auto label = t->label("N");
    CHECK(raw(t->create_node({&label, 1}, {})) == 10);
}

TEST_CASE("A load of nothing is no transaction", "[bulk]") {
    const ScratchFolder folder;
    const auto store = Store::open(folder / "db", options());
    CHECK(raw(BulkLoader::start(*store)->finish({}, {}).tx) == 0);
    CHECK(raw(store->last_tx()) == 0);
}

}  // namespace mainstay::test
