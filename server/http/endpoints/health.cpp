#include "http/endpoints/endpoints.hpp"

#include <fmt/format.h>

namespace mainstay::server {

// That it answers is the answer.
HttpResponse answer_health(const Asked&) {
    HttpResponse response;
    response.body = "{\"status\":\"ok\"}\n";
    return response;
}

HttpResponse answer_ready(const Asked& asked) {
    const ViewPtr view = asked.database().store().view();
    HttpResponse response;
    response.body = fmt::format("{{\"status\":\"ready\",\"transaction\":{},\"nodes\":{}}}\n",
                                raw(asked.database().store().last_tx()), view->count_nodes(no_label));
    return response;
}

HttpResponse answer_metrics(const Asked& asked) {
    HttpResponse response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = asked.context().metrics.text(asked.database().store());
    return response;
}

HttpResponse answer_openapi(const Asked&) {
    HttpResponse response;
    response.body = openapi_json(routes());
    return response;
}

}  // namespace mainstay::server
