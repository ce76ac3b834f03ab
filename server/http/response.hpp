#pragma once

#include "http/request.hpp"

#include "mainstay/core/error.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace mainstay::server {

// A body that is made while it is sent.
class BodySource {
public:
    virtual ~BodySource() = default;
    // On a worker: appends some of the body, a few hundred kilobytes. False: that was the last. What it throws cuts the
    // connection, so that nobody takes a part for the whole.
    virtual bool write_some(std::string& out) = 0;
};

struct HttpResponse {
    unsigned status = 200;
    std::string content_type = "application/json";
    HttpRequest::Pairs headers;
    std::string body;
    std::unique_ptr<BodySource> more;  // behind `body`
    struct Events;
    std::shared_ptr<Events> events;  // behind `body`, without end; instead of `more`
};

std::string quoted_json(std::string_view text);
std::string_view reason_of(unsigned status) noexcept;

// {"error":{"code","message","hint","line","column"}}; the last three if there is such a thing. `statement`: what the
// error's place is in.
std::string error_json(const Error& error, std::string_view statement);
HttpResponse error_response(const Error& error, std::string_view statement = {});
HttpResponse error_response(unsigned status, std::string_view code, std::string_view message);

}  // namespace mainstay::server
