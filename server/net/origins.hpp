#pragma once

// Whether a browser may pass on what a page asks. Every page that somebody looks at can make requests to this machine;
// only its origin tells it from a tool of the user's own.

#include "http/request.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mainstay::server {

class Origins {
public:
    Origins() = default;
    // `allowed`: origins beside those of this machine ("https://tools.example.org"); "*": all. `hosts`: names and
    // addresses by which this server is called beside those of this machine.
    Origins(std::vector<std::string> allowed, std::vector<std::string> hosts)
        : allowed_(std::move(allowed)), hosts_(std::move(hosts)) {}

    // A request without an origin is no page's. One with an origin that is not allowed is refused, as is one whose Host
    // is a stranger's name: a page may have that name lead here (DNS rebinding).
    bool allow(const HttpRequest& request) const;
    // Whether a page of this origin may read the answer.
    bool may_read(std::string_view origin) const;

private:
    bool is_known_host(std::string_view host) const;

    std::vector<std::string> allowed_, hosts_;
};

// "127.0.0.1" of "127.0.0.1:7474", "::1" of "[::1]:7474".
std::string_view host_without_port(std::string_view host);

}  // namespace mainstay::server
