#include "net/origins.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <cctype>

namespace mainstay::server {
namespace {

bool is_this_machine(std::string_view host) {
    if (host == "localhost" || host.ends_with(".localhost")) return true;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(host, error);
    return !error && address.is_loopback();
}

}  // namespace

std::string_view host_without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(1, std::min(host.find(']'), host.size()) - 1);
    return host.substr(0, std::min(host.rfind(':'), host.size()));
}

bool Origins::is_known_host(std::string_view given) const {
    std::string host{given.ends_with('.') ? given.substr(0, given.size() - 1) : given};
    std::transform(host.begin(), host.end(), host.begin(), [](unsigned char c) { return std::tolower(c); });
    return is_this_machine(host) || std::find(hosts_.begin(), hosts_.end(), host) != hosts_.end();
}

bool Origins::may_read(std::string_view origin) const {
    for (const std::string& allowed : allowed_)
        if (allowed == "*" || allowed == origin) return true;
    const auto scheme = origin.find("://");
    return scheme != std::string_view::npos && is_known_host(host_without_port(origin.substr(scheme + 3)));
}

bool Origins::allow(const HttpRequest& request) const {
    if (std::find(allowed_.begin(), allowed_.end(), "*") != allowed_.end()) return true;
    if (const auto host = request.header("host"); host && !is_known_host(host_without_port(*host))) return false;
    const auto origin = request.header("origin");
    return !origin || may_read(*origin);
}

}  // namespace mainstay::server
