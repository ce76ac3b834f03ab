#include "http/endpoints/endpoints.hpp"

#include "http/events.hpp"

#include "mainstay/connect/find_element.hpp"

#include <charconv>

namespace mainstay::server {

// From now on, or behind the transaction that the client names: by `from`, or as browsers do when they come back.
HttpResponse answer_events(const Asked& asked) {
    if (!asked.request().takes_chunks) throw Error{Code::input_invalid, "events need HTTP/1.1"};
    auto events = std::make_shared<HttpResponse::Events>();
    events->principal = asked.principal();
    events->filter.class_name = asked.request().parameter("class").value_or("");
    const ViewPtr view = asked.database().store().view();
    const std::string& class_name = events->filter.class_name;
    if (!class_name.empty() && !view->model().find_class(class_name) &&
        view->names().find_label(class_name) == no_label)
        throw Error{Code::unknown_label, "there is no class " + quoted(class_name)};
    for (const auto& [name, value] : asked.request().parameters)
        if (name == "id") events->filter.ids.push_back(view->element_id(find_element(*view, value, {})));
    events->after = asked.database().store().last_tx();
    auto from = asked.request().header("last-event-id");
    if (!from) from = asked.request().parameter("from");
    if (from) {
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(from->data(), from->data() + from->size(), number);
        if (error != std::errc{} || end != from->data() + from->size())
            throw Error{Code::input_invalid, "`from` is the number of a transaction"};
        if (TxNumber{number} > events->after)
            throw Error{Code::write_conflict,
                        "there is no transaction " + std::to_string(number) + " yet: was a backup restored?"}
                .with_hint("look at everything anew, then listen without `from`");
        events->after = TxNumber{number};
    }
    HttpResponse response;
    response.content_type = "text/event-stream";
    response.body = "retry: 1000\n\n";
    response.events = std::move(events);
    return response;
}

}  // namespace mainstay::server
