#include "http/endpoints/endpoints.hpp"

#include "http/events.hpp"

#include <charconv>

namespace mainstay::server {

// From now on, or behind the transaction that the client names: by `from`, or as browsers do when they come back.
HttpResponse answer_events(const Asked& asked) {
    if (!asked.request().takes_chunks) throw Error{Code::input_invalid, "events need HTTP/1.1"};
    auto events = std::make_shared<HttpResponse::Events>();
    events->principal = asked.principal();
    events->filter.class_name = asked.request().parameter("class").value_or("");
    for (const auto& [name, value] : asked.request().parameters)
        if (name == "id") events->filter.ids.push_back(value);
    events->after = asked.database().store().last_tx();
    auto from = asked.request().header("last-event-id");
    if (!from) from = asked.request().parameter("from");
    if (from) {
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(from->data(), from->data() + from->size(), number);
        if (error != std::errc{} || end != from->data() + from->size())
            throw Error{Code::input_invalid, "`from` is the number of a transaction"};
        events->after = TxNumber{number};
    }
    HttpResponse response;
    response.content_type = "text/event-stream";
    response.body = "retry: 1000\n\n";
    response.events = std::move(events);
    return response;
}

}  // namespace mainstay::server
