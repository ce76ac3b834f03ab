#include "http/web_assets.hpp"

#include "http/endpoints/endpoints.hpp"

#include "mainstay/core/assert.hpp"
#include "mainstay/server/server.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace mainstay::server {
namespace {

// Nothing but this server's own files, no script or style inside the page, in nobody's frame. `data:` and `blob:` are
// pictures that the page has drawn itself. The libraries get along with it: server/web/README.md.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

constexpr std::string_view absent_page =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Mainstay</title>\n"
    "<h1>Mainstay</h1>\n<p>The server runs; its explorer was not built into this binary, because the build found no "
    "Node.js or not the packages that the explorer is made with.\n"
    "<p>In the source tree, with a connection to npm's registry:\n<pre>./dev setup\n./dev build</pre>\n"
    "<p>Programs can ask all the same: <a href=\"openapi.json\">openapi.json</a> says how.\n</html>\n";

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string_view take_until(char end, std::string_view& rest) {
    const auto size = std::min(rest.find(end), rest.size());
    const std::string_view part = trimmed(rest.substr(0, size));
    rest.remove_prefix(std::min(size + 1, rest.size()));
    return part;
}

bool is_refused(std::string_view quality) {  // "q=0", "q=0.000"
    return quality.starts_with("q=0") && quality.find_first_not_of("0.", 3) == std::string_view::npos;
}

// RFC 9110, 12.5.3: what is named counts before what `*` stands for.
bool accepts_gzip(const HttpRequest& request) {
    std::string text{request.header("accept-encoding").value_or("")};
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    bool any = false;
    for (std::string_view rest = text; !rest.empty();) {
        std::string_view entry = take_until(',', rest);
        const std::string_view coding = take_until(';', entry);
        if (coding == "gzip" || coding == "x-gzip") return !is_refused(trimmed(entry));
        if (coding == "*") any = !is_refused(trimmed(entry));
    }
    return any;
}

bool has_already(const HttpRequest& request, std::string_view etag) {
    for (std::string_view rest = request.header("if-none-match").value_or(""); !rest.empty();) {
        std::string_view known = take_until(',', rest);
        if (known == "*") return true;
        if (known.starts_with("W/")) known.remove_prefix(2);
        if (known == etag) return true;
    }
    return false;
}

std::string unpacked(std::string_view gzip) {
    z_stream stream{};
    int state = inflateInit2(&stream, 15 + 16);  // with the head of gzip
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
    stream.avail_in = static_cast<uInt>(gzip.size());
    std::string out;
    std::array<char, 65'536> buffer;
    while (state == Z_OK) {
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(buffer.data(), buffer.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    MAINSTAY_ASSERT(state == Z_STREAM_END);  // the build packed it
    return out;
}

HttpResponse response_of(const WebAsset& asset, std::string_view caching, const HttpRequest& request) {
    const bool is_packed = accepts_gzip(request);
    const std::string etag = "\"" + std::string{asset.etag} + (is_packed ? "-gz\"" : "\"");
    HttpResponse response;
    response.content_type = asset.media_type;
    response.headers = {{"ETag", etag},
                        {"Cache-Control", std::string{caching}},
                        {"Vary", "Accept-Encoding"},
                        {"Content-Security-Policy", std::string{policy}}};
    if (has_already(request, etag)) {
        response.status = 304;
        response.content_type.clear();
        return response;
    }
    if (is_packed) response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = is_packed ? std::string{asset.gzip} : unpacked(asset.gzip);
    return response;
}

const WebAsset* find(std::span<const WebAsset> assets, std::string_view name) {
    const auto found = std::find_if(assets.begin(), assets.end(), [&](const auto& each) { return each.name == name; });
    return found == assets.end() ? nullptr : &*found;
}

}  // namespace

HttpResponse page_response(std::span<const WebAsset> assets, const HttpRequest& request) {
    if (const WebAsset* page = find(assets, "")) return response_of(*page, "no-cache", request);
    HttpResponse response;
    response.content_type = "text/html; charset=utf-8";
    response.headers = {{"Cache-Control", "no-store"}, {"Content-Security-Policy", std::string{policy}}};
    response.body = absent_page;
    return response;
}

HttpResponse asset_response(std::span<const WebAsset> assets, std::string_view name, const HttpRequest& request) {
    const WebAsset* asset = name.empty() ? nullptr : find(assets, name);
    if (!asset)
        return error_response(404, "entity_not_found",
                              "the explorer has no such file; a page of another version is open: load it again");
    return response_of(*asset, "public, max-age=31536000, immutable", request);
}

HttpResponse answer_page(const Asked& asked) { return page_response(web_assets(), asked.request()); }

HttpResponse answer_asset(const Asked& asked) {
    return asset_response(web_assets(), asked.path_value, asked.request());
}

}  // namespace mainstay::server

bool mainstay::Server::has_explorer() noexcept { return !mainstay::server::web_assets().empty(); }
