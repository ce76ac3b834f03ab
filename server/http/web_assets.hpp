#pragma once

// The explorer's files inside the binary: the page and what it loads, made out of server/web by the build.

#include "http/response.hpp"

#include <span>
#include <string_view>

namespace mainstay::server {

struct WebAsset {
    std::string_view name;        // "main-6QX2LDKV.js", with a hash of what is in it; "" is the page
    std::string_view media_type;  // "text/javascript; charset=utf-8"
    std::string_view etag;        // hash of the content, without quotation marks
    std::string_view gzip;        // the content, compressed
};

// Empty: the explorer was not built in. The file that defines it is generated (cmake/web.cmake).
std::span<const WebAsset> web_assets();

// The page, or one that says that there is none, and how to build it in.
HttpResponse page_response(std::span<const WebAsset> assets, const HttpRequest& request);
// One of the files by its name; 404 if there is none. No file system is looked at.
HttpResponse asset_response(std::span<const WebAsset> assets, std::string_view name, const HttpRequest& request);

}  // namespace mainstay::server
