#include "net/origins.hpp"

#include <catch2/catch.hpp>

namespace mainstay::server {
namespace {

HttpRequest request(std::string host, std::string origin) {
    HttpRequest result;
    result.headers.emplace_back("host", std::move(host));
    if (!origin.empty()) result.headers.emplace_back("origin", std::move(origin));
    return result;
}

}  // namespace

TEST_CASE("pages of this machine may ask, others may not", "[origins]") {
    const Origins origins{{"https://tools.example.org"}, {"10.0.0.7"}};
    CHECK(origins.allow(request("localhost:7474", "")));
    CHECK(origins.allow(request("127.0.0.1:7474", "http://localhost:3000")));
    CHECK(origins.allow(request("[::1]:7474", "http://[::1]:7474")));
    CHECK(origins.allow(request("10.0.0.7:7474", "https://tools.example.org")));
    CHECK_FALSE(origins.allow(request("localhost:7474", "https://evil.example.com")));
    CHECK_FALSE(origins.allow(request("localhost:7474", "null")));
    CHECK_FALSE(origins.allow(request("localhost:7474", "http://localhost.evil.example.com")));
    CHECK_FALSE(origins.allow(request("localhost:7474", "https://tools.example.org.evil.com")));
}

TEST_CASE("a stranger's name that leads here is refused", "[origins]") {
    const Origins origins{{}, {"127.0.0.1"}};
    CHECK_FALSE(origins.allow(request("rebound.example.com:7474", "")));
    CHECK_FALSE(origins.allow(request("rebound.example.com:7474", "http://rebound.example.com:7474")));
    CHECK_FALSE(origins.allow(request("10.0.0.7", "")));
}

TEST_CASE("with * every page may ask", "[origins]") {
    CHECK(Origins{{"*"}, {}}.allow(request("any.example.com", "https://other.example.com")));
}

}  // namespace mainstay::server
