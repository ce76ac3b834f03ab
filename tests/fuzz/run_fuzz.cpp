// Any statement is bound, planned and run on a small graph, or is an Error of the user's: never `internal`, never
// `corrupt`. What it wrote is rolled back.

#include "fuzz.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/query/database.hpp"
#include "support/scratch.hpp"

using namespace mainstay;

namespace {

constexpr int rows_max = 2'000;

const char* const graph = R"(
  CREATE (s:BusinessService {id: 'b', name: 'booking'}), (w:Application {id: 'a', name: 'web'})
  WITH s, w UNWIND range(1, 12) AS i
  CREATE (h:Server {id: 's' + i, name: 'db' + i, cpus: i, weights: [i, i / 2.0], bought: date({year: 2020, month: i})})
  CREATE (w)-[:DEPENDS_ON {group: 'g' + i % 3, need: 1}]->(h)
  WITH DISTINCT s, w CREATE (s)-[:DEPENDS_ON]->(w)
  WITH s MATCH (x:Server), (y:Server) WHERE y.cpus = x.cpus + 1 CREATE (x)-[:DEPENDS_ON {since: x.cpus}]->(y))";

struct Graph {
    test::ScratchFolder folder;
    std::unique_ptr<Database> database;

    Graph() {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        database = Database::open(folder / "fuzz.mst", options);
        const auto result = database->run(graph);
        while (result->next()) {
        }
    }
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Graph fixture;
    const std::string text(fuzz::text_of(data, size));
    ExecuteOptions options;
    options.limits.time = std::chrono::milliseconds{300};
    options.limits.memory_bytes = std::uint64_t{32} << 20;
    options.limits.path_length = 20;
    options.now_us = 1'790'000'000'000'000;
    const Parameters parameters{{"p", Value::list({Value{1}, Value{"db3"}})}, {"n", Value{"db1"}}};
    const auto session = fixture.database->begin();
    try {
        const auto result = session->run(text, parameters, options);
        for (int rows = 0; rows < rows_max; ++rows) {
            const auto* row = result->next();
            if (!row) break;
            for (const Value& value : *row) (void)to_text(value);
        }
    } catch (const Error& error) {
        fuzz::require(error.code() != Code::internal && error.code() != Code::corrupt, describe(error, text));
        if (error.span())
            fuzz::require(error.span()->begin <= text.size(), "the place is in the text: " + error.message());
        (void)describe(error, text);
    }
    session->rollback();
    return 0;
}
