#include "http/endpoints/endpoints.hpp"

namespace mainstay::server {

// That the thread of the network answers is the answer.
HttpResponse answer_health(const Asked&) {
    HttpResponse response;
    response.body = "{\"status\":\"ok\"}\n";
    return response;
}

// Says no more than that: who asks need not have signed in.
HttpResponse answer_ready(const Asked& asked) {
    (void)asked.database().store().view()->count_nodes(no_label);
    HttpResponse response;
    response.body = "{\"status\":\"ready\"}\n";
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
