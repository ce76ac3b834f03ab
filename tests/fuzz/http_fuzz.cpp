// Any bytes of a client of HTTP are requests or are refused, the same in whatever pieces they come; each request is
// answered, with JSON where it is said to be JSON. The first byte says the size of the pieces.

#include "fuzz.hpp"

#include "http/request_reader.hpp"
#include "http/routes.hpp"

#include "mainstay/connect/writers.hpp"
#include "support/scratch.hpp"

#include <algorithm>

using namespace mainstay;
using namespace mainstay::server;

namespace {

struct Graph {
    test::ScratchFolder folder;
    std::unique_ptr<Database> database;

    Graph() {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        options.store.durability = Durability::none;
        options.store.initial_model = Model::empty();
        database = Database::open(folder / "fuzz.mst", options);
        database->run("UNWIND range(1, 9) AS i CREATE (:N {name: 'n' + i})-[:T {w: i}]->(:M {s: 'm' + i})");
    }
};

constexpr HttpRequestReader::Limits limits{4'096, 20'000};

// What comes of `bytes`, and the status it ends with: 0 if more could follow.
struct Read {
    std::vector<HttpRequest> requests;
    unsigned status = 0;
};
Read read(std::string_view bytes, std::size_t piece) {
    Read result;
    HttpRequestReader reader{limits};
    while (!bytes.empty()) {
        reader.add(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
        HttpRequest request;
        for (;;) {
            const auto sees = reader.next(request);
            if (sees == HttpRequestReader::Sees::nothing_yet) break;
            if (sees == HttpRequestReader::Sees::refused) {
                result.status = reader.refusal_status();
                return result;
            }
            result.requests.push_back(request);
        }
    }
    return result;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Graph fixture;
    if (size == 0) return 0;
    const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
    const Read whole = read(bytes, bytes.size()), pieces = read(bytes, data[0] % 64 + 1U);
    // A head that is wrong may be seen to be before its end has come, or wait for it.
    const bool waits = whole.status == 0 || pieces.status == 0;
    fuzz::require(whole.requests.size() == pieces.requests.size() && (waits || whole.status == pieces.status),
                  "requests do not depend on the pieces they come in");
    ServerOptions options;
    options.statement_max = std::chrono::milliseconds{200};
    ServerContext context{*fixture.database, options};
    HttpService service{context};
    for (std::size_t i = 0; i < whole.requests.size(); ++i) {
        const HttpRequest &a = whole.requests[i], &b = pieces.requests[i];
        fuzz::require(a.method == b.method && a.path == b.path && a.parameters == b.parameters && a.body == b.body &&
                          a.headers == b.headers,
                      "a request does not depend on the pieces it comes in");
        HttpResponse response = service.answer(a, "127.0.0.1", std::make_shared<Cancellation>());
        fuzz::require(response.status >= 200 && response.status < 600, "an answer has a status");
        for (int k = 0; response.more && k < 20; ++k)
            if (!response.more->write_some(response.body)) response.more.reset();
        if (response.content_type == "application/json" && !response.more)
            (void)value_of_json(response.body, "an answer");
    }
    return 0;
}
