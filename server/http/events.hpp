#pragma once

// Committed changes as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html):
//
//   id: 17
//   event: commit
//   data:
//   {"tx":17,"time":…,"author":…,"reason":…,"source":…,"change":…,"changes":[{"change":"created","element":"node",
//         "id":"1:n:4","labels":["Server"]},{"change":"deleted","element":"relationship","id","type","source","target"}],
//         "more":0,"model_changed":false,"schema_changed":false,"bulk_load":false}

#include "http/response.hpp"

#include "mainstay/query/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mainstay::server {

// What a client wants to hear of. Empty: of everything.
struct EventFilter {
    std::string class_name;        // nodes of the class, or one below it, and relationships at them
    std::vector<std::string> ids;  // these elements, and relationships at them
    bool is_empty() const noexcept { return class_name.empty() && ids.empty(); }
};

// The events behind transaction `after`, as text, until it is long or the newest commit is reached; `after` is the last
// that was looked at. Of a commit nothing of which is wanted there is none.
std::string events_behind(Database& database, TxNumber& after, const EventFilter& filter);

// An answer that goes on for as long as the client listens, and may.
struct HttpResponse::Events {
    EventFilter filter;
    TxNumber after{};  // the last commit that it knows
    Principal principal;
};

}  // namespace mainstay::server
