#include "http/request_reader.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace mainstay::server {
namespace {

using Sees = HttpRequestReader::Sees;

HttpRequest whole(const std::string& text, std::size_t piece) {
    HttpRequestReader reader{{}};
    HttpRequest request;
    auto sees = Sees::nothing_yet;
    for (std::size_t at = 0; at < text.size(); at += piece) {
        CHECK(sees == Sees::nothing_yet);
        reader.add(std::string_view{text}.substr(at, piece));
        sees = reader.next(request);
    }
    CHECK(sees == Sees::request);
    return request;
}

unsigned refusal(const std::string& text, HttpRequestReader::Limits limits = {}) {
    HttpRequestReader reader{limits};
    HttpRequest request;
    reader.add(text);
    return reader.next(request) == Sees::refused ? reader.refusal_status() : 0;
}

}  // namespace

TEST_CASE("a request is the same in whatever pieces it comes", "[http]") {
    const std::string text =
        "POST /v1/nodes/db%2001%2F?q=a+b&q=%C3%A9&empty= HTTP/1.1\r\nHost: localhost:7474\r\nX-Two: "
        "1\r\nContent-Length: "
        "5\r\n\r\nhello";
    for (const std::size_t piece : {1U, 2U, 7U, 1'000U}) {
        const HttpRequest request = whole(text, piece);
        CHECK(request.method == "POST");
        CHECK(request.path == "/v1/nodes/db 01/");
        CHECK(request.parameters == HttpRequest::Pairs{{"q", "a b"}, {"q", "\xC3\xA9"}, {"empty", ""}});
        CHECK(request.header("x-two") == "1");
        CHECK(request.header("host") == "localhost:7474");
        CHECK(request.body == "hello");
        CHECK(request.keeps_alive);
    }
}

TEST_CASE("a body in chunks is put together", "[http]") {
    const std::string text =
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\n\r\n";
    for (const std::size_t piece : {1U, 3U, 1'000U}) CHECK(whole(text, piece).body == "hello world");
}

TEST_CASE("requests that arrive together are taken one by one", "[http]") {
    HttpRequestReader reader{{}};
    HttpRequest request;
    reader.add("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.0\r\n\r\nGET /c");
    REQUIRE(reader.next(request) == Sees::request);
    CHECK(request.path == "/a");
    REQUIRE(reader.next(request) == Sees::request);
    CHECK(request.path == "/b");
    CHECK_FALSE(request.keeps_alive);
    CHECK_FALSE(request.takes_chunks);
    CHECK(reader.next(request) == Sees::nothing_yet);
    CHECK(reader.has_begun());
}

TEST_CASE("what is no request, or too long, is refused with a status", "[http]") {
    CHECK(refusal("hello\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\nbroken header\r\n\r\n") == 400);
    CHECK(refusal("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
    CHECK(refusal("GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n") == 431);
    CHECK(refusal("GET /" + std::string(20'000, 'x')) == 431);
    CHECK(refusal("POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n", {16'384, 100}) == 413);
    CHECK(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'x'),
                  {16'384, 100}) == 413);
}

TEST_CASE("where a body ends, and who is asked, must be beyond doubt", "[http]") {
    const std::string begin = "POST / HTTP/1.1\r\nHost: x\r\n";
    for (const char* coding : {"identity", "xchunked", "\"chunked\"", "chunked, identity", "gzip, chunked"})
        CHECK(refusal(begin + "Transfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n") == 400);
    CHECK(refusal(begin + "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nab") == 400);
    CHECK(refusal(begin + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\nHost: x\r\nOrigin: http://localhost\r\nOrigin: http://evil\r\n\r\n") == 400);
    CHECK(refusal(begin + "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n") == 0);
}

TEST_CASE("a client that waits to be told that its body is welcome is told once", "[http]") {
    HttpRequestReader reader{{}};
    HttpRequest request;
    reader.add("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    CHECK(reader.next(request) == Sees::nothing_yet);
    CHECK(reader.takes_continue());
    CHECK_FALSE(reader.takes_continue());
    reader.add("ok");
    CHECK(reader.next(request) == Sees::request);
}

}  // namespace mainstay::server
