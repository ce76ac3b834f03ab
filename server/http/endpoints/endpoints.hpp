#pragma once

// What the routes do. Each throws Error for what is wrong with the request or the statement.

#include "http/routes.hpp"

namespace mainstay::server {

// query.cpp: statements, the caller's or such as a path stands for
HttpResponse answer_query(const Asked&);
HttpResponse answer_node(const Asked&);
HttpResponse answer_neighbours(const Asked&);
HttpResponse answer_search(const Asked&);

// analysis.cpp: failure
HttpResponse answer_impact(const Asked&);
HttpResponse answer_dependencies(const Asked&);
HttpResponse answer_single_points(const Asked&);

// data.cpp: all of it
HttpResponse answer_import(const Asked&);
HttpResponse answer_export(const Asked&);
HttpResponse answer_model(const Asked&);
HttpResponse answer_model_load(const Asked&);
HttpResponse answer_log(const Asked&);

// accounts.cpp: who may sign in
HttpResponse answer_users(const Asked&);
HttpResponse answer_user_add(const Asked&);
HttpResponse answer_user_change(const Asked&);
HttpResponse answer_user_remove(const Asked&);
HttpResponse answer_tokens(const Asked&);
HttpResponse answer_token_make(const Asked&);
HttpResponse answer_token_revoke(const Asked&);

// events.cpp: what is committed, as it is
HttpResponse answer_events(const Asked&);

// mcp.cpp: assistants
HttpResponse answer_mcp(const Asked&);

// ../web_assets.cpp: the explorer
HttpResponse answer_page(const Asked&);
HttpResponse answer_asset(const Asked&);

// health.cpp: the server itself
HttpResponse answer_health(const Asked&);
HttpResponse answer_ready(const Asked&);
HttpResponse answer_metrics(const Asked&);
HttpResponse answer_openapi(const Asked&);

}  // namespace mainstay::server
