#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mainstay::server {

struct HttpRequest {
    using Pairs = std::vector<std::pair<std::string, std::string>>;

    std::string method;    // "GET"
    std::string path;      // "/v1/query", percent signs decoded
    std::string raw_path;  // as it was sent: an encoded slash is part of a name
    Pairs parameters;      // of the part behind `?`, decoded, in their order
    Pairs headers;         // names in small letters, in their order
    std::string body;
    bool keeps_alive = true;
    bool takes_chunks = true;  // HTTP/1.1, not 1.0

    // The first of that name (a header's in small letters); nullopt if there is none.
    std::optional<std::string_view> header(std::string_view name) const { return first_of(headers, name); }
    std::optional<std::string_view> parameter(std::string_view name) const { return first_of(parameters, name); }

private:
    static std::optional<std::string_view> first_of(const Pairs& pairs, std::string_view name) {
        for (const auto& [key, value] : pairs)
            if (key == name) return value;
        return std::nullopt;
    }
};

}  // namespace mainstay::server
