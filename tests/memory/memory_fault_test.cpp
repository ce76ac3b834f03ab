// Every allocation and every map is made to fail in turn, once and from then on. What was asked for says so as an
// Error, the next statement works, what was acknowledged is there, and the file is sound.

#include "failing_memory.hpp"
#include "mainstay/connect/connect.hpp"
#include "mainstay/core/door.hpp"
#include "mainstay/core/error.hpp"
#include "mainstay/storage/bulk.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mainstay::test {
namespace {

DatabaseOptions options() {
    DatabaseOptions o;
    o.store.mode = OpenMode::create_if_missing;
    o.store.map_bytes = std::uint64_t{64} << 20;
    o.store.fold_slots = 8;
    o.store.load_batch_bytes = 4096;
    return o;
}

std::unique_ptr<Database> open(const std::filesystem::path& folder) { return Database::open(folder / "db", options()); }

constexpr std::int64_t first_numbers = 12;

// A chain of servers with numbers, and the rows of an import, of a folder that is copied for each point.
class Origin {
public:
    Origin() {
        const auto database = open(folder_.path());
        for (std::int64_t i = 1; i <= first_numbers; ++i)
            database->run(fmt::format("CREATE (:Server {{id: 's{}', name: 'server {}', number: {}}})", i, i, i))->all();
        database
            ->run(
                "MATCH (a:Server), (b:Server) WHERE b.number = a.number + 1 "
                "CREATE (a)-[:DEPENDS_ON]->(b)")
            ->all();
        std::ofstream{folder_ / "rows.csv"} << "id,name,number\nnew-1,the first new one,1001\nnew-2,the second,1002\n";
        std::ofstream{folder_ / "map.json"} << R"({"source": "test", "files": [{"file": "rows.csv",
            "nodes": [{"class": "Server", "key": "id",
                       "attributes": ["id", "name", {"column": "number", "type": "integer"}]}]}]})";
    }
    void copy_to(const std::filesystem::path& folder) const {
        for (const char* name : {"db", "rows.csv", "map.json"})
            std::filesystem::copy_file(folder_ / name, folder / name);
    }

private:
    ScratchFolder folder_;
};

constexpr std::size_t commits = 6;

// What a scenario is given, made beforehand: only what the library does is to find no memory.
struct Stage {
    explicit Stage(const std::filesystem::path& in)
        : folder(in), file(in / "db"), other(in / "other"), copy(in / "copy"), make(options()), reopen(options()) {
        for (std::size_t i = 0; i < commits; ++i)
            statements.push_back(fmt::format("CREATE (:Server {{id: 'often-{}', number: {}}})", i, 3001 + i));
        import.mapping = in / "map.json";
        asked.reserve(16), acknowledged.reserve(16);
    }

    std::filesystem::path folder, file, other, copy;
    DatabaseOptions make, reopen;
    std::vector<std::string> statements;
    ImportOptions import;
    std::unique_ptr<Database> database;
    std::vector<std::int64_t> asked, acknowledged;  // numbers of servers
};

enum class Begins : std::uint8_t { closed, opened, reading, writing };

struct Scenario {
    const char* name;
    Begins begins;
    std::function<void(Stage&)> run;
};

void write(Stage& stage, std::int64_t number, std::string_view statement) {
    stage.asked.push_back(number);
    stage.database->run(statement);
    stage.acknowledged.push_back(number);
}

constexpr std::string_view write_2001 =
    "MATCH (s:Server {number: 3}) CREATE (n:Server {id: 'made', name: 'made by a statement', number: 2001})"
    "-[:DEPENDS_ON]->(s), (:Database {id: 'first of its class', a_new_name: 2001}) "
    "SET s.name = 'another name for it' RETURN n, s.name";

const std::vector<Scenario> scenarios{
    {"open", Begins::closed,
     [](Stage& stage) { stage.database = Database::open(stage.file, std::move(stage.reopen)); }},
    {"make", Begins::closed,
     [](Stage& stage) {
         Database::open(stage.other, std::move(stage.make))->run("CREATE (:Server {id: 'x'})")->all();
     }},
    {"close", Begins::writing, [](Stage& stage) { stage.database.reset(); }},
    {"look at it first", Begins::opened, [](Stage& stage) { stage.database->run("MATCH (n) RETURN count(n)")->all(); }},
    {"read, group and sort", Begins::reading,
     [](Stage& stage) {
         stage.database
             ->run(
                 "MATCH (a:Server)-[:DEPENDS_ON]->(b) WITH a.number % 3 AS part, collect(b.name) AS names, "
                 "count(*) AS n RETURN part, n, names ORDER BY n DESC, part")
             ->all();
     }},
    {"dependents", Begins::reading,
     [](Stage& stage) {
         stage.database
             ->run("MATCH (s:Server {number: 12}) DEPENDENTS OF s YIELD ci, hops RETURN ci.name, hops ORDER BY hops")
             ->all();
     }},
    {"impact", Begins::reading,
     [](Stage& stage) {
         stage.database->run("MATCH (s:Server {number: 9}) IMPACT OF s WHEN down YIELD ci, state RETURN ci.name, state")
             ->all();
     }},
    {"write", Begins::writing, [](Stage& stage) { write(stage, 2001, write_2001); }},
    {"write for the first time", Begins::reading, [](Stage& stage) { write(stage, 2001, write_2001); }},
    {"write often, and fold", Begins::writing,
     [](Stage& stage) {
         for (std::size_t i = 0; i < commits; ++i)
             write(stage, 3001 + static_cast<std::int64_t>(i), stage.statements[i]);
     }},
    {"a session", Begins::writing,
     [](Stage& stage) {
         const auto session = stage.database->begin();
         stage.asked.push_back(4001);
         session->run("CREATE (:Server {id: 'a', number: 4001})")->all();
         session->run("MATCH (n:Server) RETURN count(n)")->all();
         session->commit({"test", "no memory", "", ""});
         stage.acknowledged.push_back(4001);
     }},
    {"fold all", Begins::writing, [](Stage& stage) { stage.database->store().fold_all(); }},
    {"import", Begins::writing,
     [](Stage& stage) {
         stage.asked.insert(stage.asked.end(), {1001, 1002});
         const auto report = import_files(*stage.database, stage.folder, stage.import);
         if (!report.problems.empty()) throw std::runtime_error("a row was not taken: " + report.problems[0].message);
         stage.acknowledged.insert(stage.acknowledged.end(), {1001, 1002});
     }},
    {"bulk load", Begins::writing,
     [](Stage& stage) {
         stage.asked.push_back(5001);
         at_door([&] {  // the members of a loader that are called for each element are no doors
             const auto loader = BulkLoader::start(stage.database->store());
             const auto label = loader->label("Server");
             const auto node = loader->add_node({&label, 1}, {{loader->key("id"), Value{"loaded"}},
                                                              {loader->key("number"), Value{std::int64_t{5001}}}});
             const auto next = loader->type("DEPENDS_ON");
             for (int i = 0; i < 4200; ++i) loader->add_relationship(next, node, NodeId{0}, {});
             loader->finish({"test", "", "", ""}, {});
         });
         stage.acknowledged.push_back(5001);
     }},
    {"export", Begins::reading,
     [](Stage& stage) {
         std::ostringstream out;
         export_jsonl(*stage.database->store().view(), out, {});
         if (out.view().find(R"({"end":)") == std::string_view::npos)
             throw std::runtime_error("a dump without its end was given for a whole one");
     }},
    {"verify", Begins::reading,
     [](Stage& stage) {
         if (const auto report = stage.database->store().verify({}); !report.problems.empty())
             throw std::runtime_error("verify found: " + report.problems.front());
     }},
    {"statistics and the log", Begins::reading,
     [](Stage& stage) {
         (void)stage.database->store().stats();
         (void)stage.database->store().log(5);
     }},
    {"backup", Begins::reading, [](Stage& stage) { stage.database->store().backup(stage.copy, {}); }},
    {"compact", Begins::writing,
     [](Stage& stage) {
         stage.database->store().compact({});
         stage.database.reset();
     }},
};

void write(Stage& stage, std::int64_t number) {
    write(stage, number, fmt::format("CREATE (:Server {{id: 'n{}', number: {}}})", number, number));
}

// Names that the scenario may have been about to make.
void write_names(Database& database) {
    database.run("CREATE (:Database {id: 'named', a_new_name: 1, another_new_name: 2})");
}

void check_names(Database& database) {
    const auto rows = database.run("MATCH (d:Database {id: 'named'}) RETURN d.a_new_name, d.another_new_name")->all();
    REQUIRE(rows.size() == 1);
    REQUIRE(to_text(rows[0].at(0)) == "1");
    REQUIRE(to_text(rows[0].at(1)) == "2");
}

std::int64_t number_of(Database& database, std::string_view statement) {
    return database.run(statement)->all().at(0).at(0).as_int();
}

void check_contents(Database& database, const Stage& stage) {
    std::map<std::int64_t, int> there;
    const auto rows = database.run("MATCH (s:Server) WHERE s.number IS NOT NULL RETURN s.number")->all();
    for (const auto& row : rows) ++there[row.at(0).as_int()];
    for (std::int64_t number = 1; number <= first_numbers; ++number) REQUIRE(there[number] == 1);
    for (const auto number : stage.acknowledged) {
        INFO("number " << number);
        REQUIRE(there[number] == 1);
    }
    for (const auto number : stage.asked) REQUIRE(there[number] <= 1);
    // The chain, along the edges and back.
    REQUIRE(number_of(database, "MATCH (a:Server)-[:DEPENDS_ON]->(b:Server) WHERE a.number <= 12 RETURN count(b)") ==
            first_numbers - 1);
    REQUIRE(
        number_of(database,
                  "MATCH (a:Server {number: 12}) DEPENDENTS OF a YIELD ci WHERE ci.number <= 12 RETURN count(ci)") ==
        first_numbers - 1);
}

void require_clear(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const Error& error) {
        INFO(error.message());
        const bool is_told = error.code() == Code::memory_limit || error.code() == Code::io_error;
        REQUIRE(is_told);
        REQUIRE_FALSE(error.message().empty());
    } catch (const std::exception& error) {
        FAIL("what came out is no Error: " << error.what());
    }
}

struct Fault {
    FailingMemory::Kind kind;
    bool for_ever;
};

// The n-th call fails in what the scenario does; 0: none. How many calls there were, and whether one failed.
std::pair<std::uint64_t, bool> try_point(const Origin& origin, const Scenario& scenario, const Fault& fault,
                                         std::uint64_t nth) {
    INFO(scenario.name << ", call " << nth << (fault.for_ever ? " and all after it" : "")
                       << (fault.kind == FailingMemory::Kind::map ? " that maps" : " for memory"));
    const ScratchFolder folder;
    origin.copy_to(folder.path());
    Stage stage{folder.path()};
    if (scenario.begins != Begins::closed) stage.database = open(folder.path());
    if (scenario.begins == Begins::reading) (void)number_of(*stage.database, "MATCH (n) RETURN count(n)");
    if (scenario.begins == Begins::writing) write(stage, 1901);
    std::exception_ptr thrown;
    {
        const FailingMemory failing(fault.kind, nth, fault.for_ever);
        try {
            scenario.run(stage);
        } catch (...) {
            thrown = std::current_exception();
        }
    }
    const std::pair result{FailingMemory::calls(), FailingMemory::has_failed()};
    if (thrown) require_clear(std::exchange(thrown, nullptr));
    if (!stage.database) stage.database = open(folder.path());
    if (scenario.begins == Begins::closed)
        (void)Database::open(stage.other, options());  // what could not be made has left the name free
    check_contents(*stage.database, stage);
    try {
        write(stage, 9001);
    } catch (const Error& error) {  // it goes on, or says what to do
        INFO(error.message());
        REQUIRE(error.hint() == "close the database and open it again");
        stage.database.reset();
        stage.database = open(folder.path());
        write(stage, 9001);
    }
    check_contents(*stage.database, stage);
    write_names(*stage.database);
    stage.database.reset();
    stage.database = open(folder.path());
    check_names(*stage.database);
    REQUIRE(stage.database->store().verify({}).problems == std::vector<std::string>{});
    check_contents(*stage.database, stage);
    return result;
}

#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t part_of_points = 10;
#else
constexpr std::uint64_t part_of_points = 1;
#endif

// As many points as MAINSTAY_MEMORY_POINTS says ("all": each), of each scenario.
std::uint64_t points_max(std::uint64_t otherwise) {
    const char* wanted = std::getenv("MAINSTAY_MEMORY_POINTS");
    if (!wanted) return otherwise / part_of_points;
    return std::string_view{wanted} == "all" ? ~std::uint64_t{0} : std::strtoull(wanted, nullptr, 10);
}

void sweep(const Fault& fault, std::uint64_t points_of_each) {
    const Origin origin;
    std::random_device random;
    std::string counts;
    const char* only = std::getenv("MAINSTAY_MEMORY_SCENARIO");
    for (const auto& scenario : scenarios) {
        if (only && std::string_view{only} != scenario.name) continue;
        const auto calls = try_point(origin, scenario, {fault.kind, false}, 0).first;
        const auto points = std::min(calls, points_max(points_of_each));
        const auto offset = points ? random() % (calls / points) : 0;  // other points with each run
        for (std::uint64_t i = 0; i < points; ++i) try_point(origin, scenario, fault, 1 + i * calls / points + offset);
        counts += fmt::format("{}{} ({} of {})", counts.empty() ? "" : ", ", scenario.name, points, calls);
    }
    WARN((fault.for_ever ? "from then on: " : "once: ") << counts);
}

}  // namespace

TEST_CASE("want of memory once, anywhere, is told, and costs nothing that was acknowledged", "[memory]") {
    sweep({FailingMemory::Kind::allocation, false}, 100);
}

TEST_CASE("want of memory from some moment on is told, and costs nothing that was acknowledged", "[memory]") {
    sweep({FailingMemory::Kind::allocation, true}, 40);
}

TEST_CASE("a file that cannot be mapped is told, and costs nothing that was acknowledged", "[memory]") {
    for (const bool for_ever : {false, true}) sweep({FailingMemory::Kind::map, for_ever}, 20);
}

}  // namespace mainstay::test
