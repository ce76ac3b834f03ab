// Any bytes of a client are a conversation: each answer is one that can be read, a statement's mistake is a failure,
// what is no message ends it. The first byte says which Bolt is spoken, and by a bit how messages are told apart: by
// their chunks, or by two zero bytes, so that a change in one leaves the others what they are.

#include "fuzz.hpp"

#include "bolt/chunks.hpp"
#include "bolt/session.hpp"

#include "mainstay/core/error.hpp"
#include "support/scratch.hpp"

#include <algorithm>
#include <array>

using namespace mainstay;
using namespace mainstay::server;

namespace {

constexpr std::size_t message_bytes_max = 100'000;
constexpr std::array<BoltVersion, 5> versions{{{4, 2}, {4, 4}, {5, 0}, {5, 4}, {5, 8}}};

struct Graph {
    test::ScratchFolder folder;
    std::unique_ptr<Database> database;

    Graph() {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        options.store.durability = Durability::none;
        options.store.initial_model = Model::empty();
        database = Database::open(folder / "fuzz.mst", options);
        const auto result = database->run("UNWIND range(1, 9) AS i CREATE (:N {i: i})-[:T {w: i}]->(:M {s: 'm' + i})");
        while (result->next()) {
        }
    }
};

// Kinds of value that an answer may hold, however deep.
void read_through(PackReader& in, int depth) {
    fuzz::require(depth < 3'000, "an answer is not nested without end");
    const auto several = [&](std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i) read_through(in, depth + 1);
    };
    switch (in.peek()) {
        case PackKind::null: return in.null();
        case PackKind::boolean: return static_cast<void>(in.boolean());
        case PackKind::integer: return static_cast<void>(in.integer());
        case PackKind::floating: return static_cast<void>(in.floating());
        case PackKind::string: return static_cast<void>(in.string());
        case PackKind::bytes: return fuzz::require(false, "no answer holds bytes");
        case PackKind::list: return several(in.list());
        case PackKind::map: return several(std::uint64_t{2} * in.map());
        case PackKind::structure: return several(in.structure().fields);
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Graph fixture;
    if (size == 0) return 0;
    BoltOptions options;
    options.connection_id = "bolt-1";
    options.address = "127.0.0.1:7687";
    options.database = "fuzz";
    options.time_max = std::chrono::milliseconds{200};
    BoltSession session{*fixture.database, versions[data[0] % versions.size()], options};
    std::string_view bytes = fuzz::text_of(data + 1, size - 1);
    ChunkReader chunks{message_bytes_max};
    std::string message, out;
    constexpr std::uint8_t in_chunks = 0x40;
    const auto next = [&] {
        if (data[0] & in_chunks) return chunks.take(bytes, message) == ChunkReader::Sees::message;
        using namespace std::string_view_literals;
        const auto end = std::min(bytes.find("\0\0"sv), bytes.size());
        message = bytes.substr(0, end);
        bytes.remove_prefix(std::min(end + 2, bytes.size()));
        return !message.empty();
    };
    constexpr int stretches_max = 20;
    try {
        while (!session.is_over() && next()) {
            session.receive(message, out);
            for (int i = 0; session.has_more() && i < stretches_max; ++i) session.go_on(out);
            if (session.has_more()) break;
        }
    } catch (const ProtocolError&) {
        fuzz::require(session.is_over(), "what is no message ends the conversation");
    }
    std::string_view answers = out;
    ChunkReader answered{std::size_t{1} << 30};
    while (answered.take(answers, message) == ChunkReader::Sees::message) {
        PackReader in{message};
        read_through(in, 0);
        fuzz::require(in.at_end(), "an answer is one value");
    }
    return 0;
}
