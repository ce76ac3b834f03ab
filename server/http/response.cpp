#include "http/response.hpp"

#include "mainstay/connect/writers.hpp"

#include <fmt/format.h>

namespace mainstay::server {
namespace {

void append_member(std::string_view name, std::string_view text, std::string& out) {
    out += out.ends_with('{') ? "\"" : ",\"";
    out += name;
    out += "\":";
    append_json_string(text, out);
}

}  // namespace

std::string quoted_json(std::string_view text) {
    std::string out;
    append_json_string(text, out);
    return out;
}

std::string_view reason_of(unsigned status) noexcept {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 413: return "Content Too Large";
        case 415: return "Unsupported Media Type";
        case 423: return "Locked";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 499: return "Client Closed Request";
        case 500: return "Internal Server Error";
        case 503: return "Service Unavailable";
        case 507: return "Insufficient Storage";
        default: return "Unknown";
    }
}

std::string error_json(const Error& error, std::string_view statement) {
    std::string out = "{\"error\":{";
    append_member("code", info(error.code()).name, out);
    append_member("message", error.message(), out);
    if (!error.hint().empty()) append_member("hint", error.hint(), out);
    if (error.span() && !statement.empty()) {
        const auto place = place_of(statement, error.span()->begin);
        out += fmt::format(",\"line\":{},\"column\":{}", place.line, place.column);
    }
    return out + "}}";
}

HttpResponse error_response(const Error& error, std::string_view statement) {
    HttpResponse response;
    response.status = static_cast<unsigned>(info(error.code()).http_status);
    response.body = error_json(error, statement) + "\n";
    return response;
}

HttpResponse error_response(unsigned status, std::string_view code, std::string_view message) {
    HttpResponse response;
    response.status = status;
    response.body = "{\"error\":{";
    append_member("code", code, response.body);
    append_member("message", message, response.body);
    response.body += "}}\n";
    return response;
}

}  // namespace mainstay::server
