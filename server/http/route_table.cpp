// The table itself; docs/http.md says it in words.

#include "http/endpoints/endpoints.hpp"
#include "http/routes.hpp"

namespace mainstay::server {
namespace {

constexpr std::string_view rows = "application/json application/x-ndjson text/csv", json = "application/json";

const RouteParameter format{"format", "string", "json, jsonl or csv; else the header Accept decides"};
const RouteParameter limit{"limit", "integer", "the most rows"};
const RouteParameter key{"key", "string", "element id, identification key, unique attribute or name", true};
const RouteParameter class_name{"class", "string", "its class, if the name is not enough"};
const RouteParameter limits{"limits", "object", "time_ms, memory_mb, rows: an error beyond"};
const RouteParameter reason{"reason", "string", "why, for the log"},
    change{"change", "string", "reference of a change, for the log"},
    source{"source", "string", "where data come from, for the log"};
const RouteParameter as_of{"as_of", "string", "a transaction number or a time: as the database was then"};
const RouteParameter valid_at{"valid_at", "string", "the day or time whose dated elements count"};

const std::vector<Route> table{
    {"POST",
     "/v1/query",
     "query",
     "Runs a statement",
     {format},
     {{"statement", "string", "the statement", true},
      {"parameters", "object", "its parameters by name"},
      {"access", "string", "read: refuse a statement that writes; write (usual)"},
      limits,
      format,
      reason,
      change,
      source},
     rows,
     answer_query},
    {"GET", "/v1/nodes/{key}", "node", "One element", {key, class_name, format}, {}, rows, answer_node},
    {"GET",
     "/v1/nodes/{key}/neighbours",
     "neighbours",
     "Its relationships, and who is at their other ends",
     {key,
      class_name,
      {"direction", "string", "out, in or both (usual)"},
      {"type", "string", "one type of relationship"},
      limit,
      format},
     {},
     rows,
     answer_neighbours},
    {"GET",
     "/v1/search",
     "search",
     "Elements whose name or key contains a text",
     {{"q", "string", "the text, whatever its case", true}, {"class", "string", "of one class"}, limit, format},
     {},
     rows,
     answer_search},
    {"POST",
     "/v1/impact",
     "impact",
     "What breaks when elements fail together, and why",
     {format},
     {{"failed", "array", "their keys, names or element ids", true},
      {"when", "string", "down (usual) or degraded"},
      {"from_status", "boolean", "start from the recorded status of each element"},
      class_name,
      valid_at,
      as_of,
      limits,
      format},
     rows,
     answer_impact},
    {"POST",
     "/v1/dependencies",
     "dependencies",
     "What elements need, or what needs them, directly or not",
     {format},
     {{"of", "array", "their keys, names or element ids", true},
      {"direction", "string", "dependencies (usual) or dependents"},
      {"hops", "integer", "so far only"},
      class_name,
      valid_at,
      as_of,
      limits,
      format},
     rows,
     answer_dependencies},
    {"POST",
     "/v1/spof",
     "single_points",
     "Elements whose failure alone puts one down",
     {format},
     {{"for", "array", "its key, name or element id", true}, class_name, valid_at, as_of, limits, format},
     rows,
     answer_single_points},
    {"POST",
     "/v1/import",
     "import",
     "Reads files of other tools, or a dump (application/x-ndjson)",
     {{"dry_run", "boolean", "of a dump: what would change, and nothing is"}},
     {{"files", "object", "texts by name", true},
      {"mapping", "object", "what their columns mean (docs/import.md)"},
      {"format", "string", "debian or jsonl, instead of a mapping"},
      {"dry_run", "boolean", "say what would change, change nothing"},
      reason,
      change,
      source},
     json,
     answer_import},
    {"GET",
     "/v1/export",
     "export",
     "Everything, as import reads it back equal",
     {},
     {},
     "application/x-ndjson",
     answer_export},
    {"GET", "/v1/model", "model", "The class model", {}, {}, json, answer_model},
    {"POST",
     "/v1/model",
     "model_load",
     "Adds classes and relationship types to the model",
     {},
     {{"classes", "array", "as in docs/model.md"}, {"types", "array", "as in docs/model.md"}},
     json,
     answer_model_load},
    {"GET", "/v1/log", "log", "Who changed what, and why; the newest last", {limit}, {}, json, answer_log},
    {"GET", "/health", "health", "Whether the server answers", {}, {}, json, answer_health},
    {"GET", "/ready", "ready", "Whether the database can be read", {}, {}, json, answer_ready},
    {"GET", "/openapi.json", "openapi", "This description", {}, {}, json, answer_openapi},
};

}  // namespace

std::span<const Route> routes() { return table; }

}  // namespace mainstay::server
