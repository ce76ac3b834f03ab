#pragma once

// HTTP/1.1 requests from whatever arrives.

#include "http/request.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mainstay::server {

class HttpRequestReader {
public:
    struct Limits {
        std::size_t head_bytes = std::size_t{16} << 10;
        std::uint64_t body_bytes = std::uint64_t{64} << 20;
    };
    enum class Sees : std::uint8_t { nothing_yet, request, refused };

    explicit HttpRequestReader(Limits limits);
    ~HttpRequestReader();

    // What has arrived.
    void add(std::string_view bytes) { bytes_ += bytes; }
    // `request` is whole if the answer says so; another may have arrived behind it. After `refused` nothing more is
    // read from this client: what would follow cannot be told apart.
    Sees next(HttpRequest& request);

    // Of the request that has begun.
    bool has_begun() const noexcept { return has_begun_; }
    bool has_head() const noexcept;
    // The request without its body. Requires has_head().
    HttpRequest head() const;
    // Whether the client waits to be told that its body is welcome; once.
    bool takes_continue();
    // What to answer when refused.
    unsigned refusal_status() const noexcept { return refusal_status_; }
    const std::string& refusal() const noexcept { return refusal_; }

private:
    struct Parser;
    Sees refuse(unsigned status, std::string why);
    void begin();
    Sees finish(HttpRequest& request);
    Sees check_framing();

    Limits limits_;
    std::unique_ptr<Parser> parser_;
    std::string bytes_;  // what has not been taken apart
    bool has_begun_ = false, has_continued_ = false;
    unsigned refusal_status_ = 0;
    std::string refusal_;
};

// "%41+b" of a query or, without the plus sign's meaning, of a path; nullopt for a broken escape or text that is not
// UTF-8.
enum class PlusSign : std::uint8_t { blank, itself };
std::optional<std::string> percent_decoded(std::string_view text, PlusSign plus);

}  // namespace mainstay::server
