// A database file with any bytes changed, or cut, opens read-only or is an Error, shows what it can, and `verify` ends.
// The input changes a sound file: u32 place, byte, again and again; two bytes left over at the end cut that many pages.

#include "fuzz.hpp"

#include "mainstay/connect/connect.hpp"
#include "mainstay/core/error.hpp"
#include "support/scratch.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

using namespace mainstay;

namespace {

constexpr std::size_t page_bytes = 4'096;

// Read with every opening: the built-in one would take longer than all the rest.
constexpr const char* model = R"({"classes": [{"name": "Server", "attributes": [{"name": "id", "unique": true}]}],
    "relationship_types": [{"name": "DEPENDS_ON", "from": ["Server"], "depends": "source", "effect": "hard"}]})";

const char* const statements[] = {
    "CREATE INDEX by_cpus FOR (n:Server) ON (n.cpus)",
    R"(UNWIND range(1, 30) AS i CREATE (:Server {id: 's' + i, name: 'name ' + i % 7, cpus: i % 5, weights: [i, 'x']}))",
    R"(MATCH (x:Server), (y:Server) WHERE y.id = 's' + (x.cpus + 1) CREATE (x)-[:DEPENDS_ON {since: x.cpus}]->(y))",
    "MATCH (x:Server) WHERE x.cpus = 3 SET x.name = null",
    "MATCH (x:Server {id: 's7'}) DETACH DELETE x",
};

std::unique_ptr<Database> open(const std::filesystem::path& file, OpenMode mode) {
    DatabaseOptions options;
    options.store.mode = mode;
    options.store.initial_model = Model::from_json(model);
    options.store.map_bytes = std::uint64_t{1} << 28;
    return Database::open(file, options);
}

struct Image {
    test::ScratchFolder folder;
    std::string bytes;

    Image() {
        const auto file = folder / "sound.mst";
        {
            const auto database = open(file, OpenMode::create_if_missing);
            for (const char* statement : statements) {
                const auto result = database->run(statement);
                while (result->next()) {
                }
            }
        }
        std::ifstream in{file, std::ios::binary};
        bytes.assign(std::istreambuf_iterator<char>(in), {});
    }
};

template <typename F>
void attempt(F&& f) {
    try {
        f();
    } catch (const Error& error) {
        fuzz::require(error.code() != Code::internal, error.message());
        fuzz::require(!error.message().empty(), "an error says what is wrong");
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Image image;
    std::string bytes = image.bytes;
    std::size_t at = 0;
    for (; at + 5 <= size; at += 5) {
        const std::size_t place = data[at] | std::size_t{data[at + 1]} << 8 | std::size_t{data[at + 2]} << 16 |
                                  std::size_t{data[at + 3]} << 24;
        bytes[place % bytes.size()] = static_cast<char>(data[at + 4]);
    }
    if (size - at == 2) bytes.resize(bytes.size() - std::min(bytes.size(), data[at] * page_bytes + data[at + 1]));
    const auto file = image.folder / "damaged.mst";
    {
        std::ofstream out{file, std::ios::binary | std::ios::trunc};
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    attempt([&] {
        const auto database = open(file, OpenMode::read_only);
        attempt([&] {
            std::ostringstream out;
            export_jsonl(*database->store().view(), out, {});
        });
        attempt([&] {
            const auto result = database->run("MATCH (a:Server {cpus: 3})-[r]->(b) RETURN a.id, r.since, b.name");
            while (result->next()) {
            }
        });
        attempt([&] { (void)database->store().verify({}); });
    });
    std::filesystem::remove(file);
    return 0;
}
