// The explorer's files as the server gives them: for whom packed, for how long, under which rules; with accounts too.

#include "http_client.hpp"

#include "http/web_assets.hpp"

#include <catch2/catch.hpp>

#include <zlib.h>

#include <algorithm>
#include <string>
#include <vector>

namespace mainstay::server {
namespace {

using Catch::Matchers::Contains;
using test::HttpClient;
using test::Served;

std::string packed(std::string_view text) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
}

// A page and a script of 300 kB, which takes several steps to unpack.
struct Explorer {
    std::string page = "<!doctype html><title>Mainstay</title>", script;
    std::string packed_page, packed_script;
    std::vector<WebAsset> assets;

    Explorer() {
        for (int i = 0; i < 30'000; ++i) script += "x = " + std::to_string(i) + ";\n";
        packed_page = packed(page);
        packed_script = packed(script);
        assets = {{"", "text/html; charset=utf-8", "p1", packed_page},
                  {"main-1.js", "text/javascript; charset=utf-8", "s1", packed_script}};
    }
};

HttpRequest asking(HttpRequest::Pairs headers) {
    HttpRequest request;
    request.method = "GET";
    request.headers = std::move(headers);
    return request;
}

std::string header(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}

}  // namespace

TEST_CASE("the explorer's files are packed for those who accept it only", "[explorer]") {
    const Explorer explorer;
    const auto coding = [&](std::string_view accepted) {
        const auto response =
            asset_response(explorer.assets, "main-1.js", asking({{"accept-encoding", std::string{accepted}}}));
        const bool is_packed = response.body == explorer.packed_script;
        CHECK((is_packed || response.body == explorer.script));
        CHECK(is_packed == (header(response, "Content-Encoding") == "gzip"));
        CHECK(header(response, "Vary") == "Accept-Encoding");
        return is_packed;
    };
    for (const auto* accepted : {"gzip", "br, gzip", "deflate;q=0.5,GZIP;q=0.1", "*", "br;q=1, * ; q=0.2"})
        CHECK(coding(accepted));
    for (const auto* refused : {"", "br", "identity", "gzip;q=0", "gzip; q=0.000, *", "*;q=0", "gzippy"})
        CHECK_FALSE(coding(refused));
    CHECK(asset_response(explorer.assets, "main-1.js", asking({})).body == explorer.script);
}

TEST_CASE("a browser that has a file of the explorer already gets no body", "[explorer]") {
    const Explorer explorer;
    const auto status = [&](std::string_view known, std::string_view accepted) {
        const auto response =
            page_response(explorer.assets,
                          asking({{"if-none-match", std::string{known}}, {"accept-encoding", std::string{accepted}}}));
        CHECK(response.body.empty() == (response.status == 304));
        CHECK_FALSE(header(response, "ETag").empty());
        return response.status;
    };
    CHECK(status("\"p1-gz\"", "gzip") == 304);
    CHECK(status("W/\"p1-gz\"", "gzip") == 304);
    CHECK(status("\"old\", \"p1\"", "") == 304);
    CHECK(status("*", "") == 304);
    CHECK(status("\"p1\"", "gzip") == 200);  // the same content in other bytes
    CHECK(status("\"old\"", "gzip") == 200);
    CHECK(status("p1", "") == 200);
}

TEST_CASE("the page is asked for again, what it names for ever the same", "[explorer]") {
    const Explorer explorer;
    const auto page = page_response(explorer.assets, asking({}));
    CHECK(page.content_type == "text/html; charset=utf-8");
    CHECK(page.body == explorer.page);
    CHECK(header(page, "Cache-Control") == "no-cache");
    const auto script = asset_response(explorer.assets, "main-1.js", asking({}));
    CHECK(script.content_type == "text/javascript; charset=utf-8");
    CHECK(header(script, "Cache-Control") == "public, max-age=31536000, immutable");
    for (const HttpResponse* each : {&page, &script}) {
        const std::string policy = header(*each, "Content-Security-Policy");
        CHECK_THAT(policy, Contains("default-src 'none'"));
        CHECK_THAT(policy, Contains("script-src 'self';"));
        CHECK_THAT(policy, Contains("style-src 'self';"));
        CHECK_THAT(policy, Contains("frame-ancestors 'none'"));
        CHECK_THAT(policy, !Contains("unsafe"));
    }
}

TEST_CASE("only the explorer's own files have names", "[explorer]") {
    const Explorer explorer;
    for (const auto* name : {"", "main-1.jsx", "MAIN-1.js", "..", "../main-1.js", "%6dain-1.js", "/etc/passwd"})
        CHECK(asset_response(explorer.assets, name, asking({})).status == 404);
}

TEST_CASE("a build without the explorer says so, and how to build it in", "[explorer]") {
    const auto page = page_response({}, asking({{"accept-encoding", "gzip"}}));
    CHECK(page.status == 200);
    CHECK(page.content_type == "text/html; charset=utf-8");
    CHECK(header(page, "Cache-Control") == "no-store");
    CHECK_THAT(page.body, Contains("not built into this binary"));
    CHECK_THAT(page.body, Contains("./dev setup\n./dev build"));
    CHECK(asset_response({}, "main-1.js", asking({})).status == 404);
}

TEST_CASE("the explorer is served to who has not signed in, its data is not", "[explorer]") {
    const Served served;
    const auto& accounts = served.database->store().accounts();
    REQUIRE(accounts.list().empty());
    NewAccount ann;
    ann.name = "ann";
    ann.role = Role::admin;
    ann.password = "correct horse battery";
    served.database->store().accounts().add(ann, {}, Principal{});
    HttpClient client{served};
    CHECK(client.get("/v1/model").status == 401);
    const auto page = client.get("/");
    CHECK(page.status == 200);
    CHECK(page.headers.at("Content-Type") == "text/html; charset=utf-8");
    CHECK(page.headers.at("X-Content-Type-Options") == "nosniff");
    CHECK_THAT(page.headers.at("Content-Security-Policy"), Contains("frame-ancestors 'none'"));
    CHECK_THAT(page.body, Contains("Mainstay"));
    CHECK(client.get("/?from=a-mail").status == 200);
    CHECK(client.get("/assets/nothing.js").status == 404);
    CHECK(client.get("/assets/../v1/model").status != 200);
    CHECK(client.ask("POST", "/").status != 200);
    const auto head = client.ask("HEAD", "/");
    CHECK(head.status == 200);
    CHECK(head.headers.at("Content-Length") == page.headers.at("Content-Length"));
    if (!Server::has_explorer()) return;  // what follows is about the files of a build that has them
    for (const WebAsset& asset : web_assets()) {
        const auto packed_one = client.ask("GET", asset.name.empty() ? "/" : "/assets/" + std::string{asset.name}, {},
                                           "Accept-Encoding: gzip\r\n");
        CHECK(packed_one.status == 200);
        CHECK(packed_one.body == asset.gzip);
        const auto again =
            client.ask("GET", asset.name.empty() ? "/" : "/assets/" + std::string{asset.name}, {},
                       "Accept-Encoding: gzip\r\nIf-None-Match: " + packed_one.headers.at("ETag") + "\r\n");
        CHECK(again.status == 304);
        CHECK_FALSE(again.headers.contains("Content-Length"));
    }
}

}  // namespace mainstay::server
