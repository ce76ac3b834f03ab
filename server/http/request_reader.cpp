#include "http/request_reader.hpp"

#include "mainstay/core/utf8.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

namespace mainstay::server {
namespace {

namespace http = boost::beast::http;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, PlusSign plus) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus == PlusSign::blank) {
            out += ' ';
        } else if (text[i] == '%') {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    if (first_invalid_utf8(out)) return std::nullopt;
    return out;
}

struct HttpRequestReader::Parser {
    explicit Parser(const Limits& limits) {
        of.header_limit(static_cast<std::uint32_t>(limits.head_bytes));
        of.body_limit(limits.body_bytes);
        of.eager(true);
    }
    http::request_parser<http::string_body> of;
};

HttpRequestReader::HttpRequestReader(Limits limits) : limits_(limits) {}
HttpRequestReader::~HttpRequestReader() = default;

bool HttpRequestReader::has_head() const noexcept { return parser_ && parser_->of.is_header_done(); }

bool HttpRequestReader::takes_continue() {
    if (has_continued_ || !has_head() || parser_->of.is_done()) return false;
    has_continued_ = true;
    return http::token_list{parser_->of.get()[http::field::expect]}.exists("100-continue");
}

HttpRequestReader::Sees HttpRequestReader::refuse(unsigned status, std::string why) {
    refusal_status_ = status;
    refusal_ = std::move(why);
    return Sees::refused;
}

HttpRequestReader::Sees HttpRequestReader::next(HttpRequest& request) {
    if (!has_begun_) {
        if (bytes_.empty()) return Sees::nothing_yet;
        parser_ = std::make_unique<Parser>(limits_);
        has_begun_ = true;
        has_continued_ = false;
    }
    std::size_t taken = 0;
    boost::system::error_code error;
    while (taken < bytes_.size() && !parser_->of.is_done() && !error)
        taken += parser_->of.put(boost::asio::buffer(std::string_view{bytes_}.substr(taken)), error);
    bytes_.erase(0, taken);
    if (parser_->of.is_done()) return finish(request);
    if (!error || error == http::error::need_more) return Sees::nothing_yet;
    if (error == http::error::header_limit) return refuse(431, "the head of the request is too long");
    if (error == http::error::body_limit)
        return refuse(413, "the body of the request is longer than " + std::to_string(limits_.body_bytes) + " bytes");
    return refuse(400, "this is no HTTP request: " + error.message());
}

// Where a body ends must be beyond doubt, or what follows it could be taken for another request (RFC 9112, 6.3); and
// who is meant, and where the request comes from, too.
HttpRequestReader::Sees HttpRequestReader::check_framing() {
    const auto& message = parser_->of.get();
    const auto codings = message.equal_range(http::field::transfer_encoding);
    const auto count = std::distance(codings.first, codings.second);
    std::string coding{message[http::field::transfer_encoding]};
    std::transform(coding.begin(), coding.end(), coding.begin(), [](unsigned char c) { return std::tolower(c); });
    if (count > 1 || (count == 1 && coding != "chunked"))
        return refuse(400, "the body comes in a way that is not known: only Transfer-Encoding: chunked is");
    if (count == 1 && message.count(http::field::content_length) > 0)
        return refuse(400, "the request says two things about where its body ends");
    if (message.count(http::field::host) != 1 && message.version() >= 11)
        return refuse(400, "a request says once at which host it is, by the header Host");
    for (const auto field : {http::field::origin, http::field::authorization, http::field::content_type})
        if (message.count(field) > 1) return refuse(400, "a header that may be there once is there twice");
    return Sees::request;
}

HttpRequest HttpRequestReader::head() const {
    const auto& message = parser_->of.get();
    HttpRequest request;
    request.method = std::string_view{message.method_string().data(), message.method_string().size()};
    request.keeps_alive = message.keep_alive();
    request.takes_chunks = message.version() >= 11;
    const std::string_view target{message.target().data(), message.target().size()};
    request.raw_path = target.substr(0, target.find('?'));
    request.path = percent_decoded(request.raw_path, PlusSign::itself).value_or("");
    for (const auto& field : message) {
        std::string name{field.name_string()};
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
        request.headers.emplace_back(std::move(name), std::string{field.value()});
    }
    return request;
}

HttpRequestReader::Sees HttpRequestReader::finish(HttpRequest& request) {
    if (const auto sees = check_framing(); sees != Sees::request) return sees;
    request = head();
    const std::string target{parser_->of.get().target()};
    request.body = std::move(parser_->of.get().body());
    has_begun_ = false;
    parser_.reset();
    if (!request.path.starts_with('/')) return refuse(400, "the path of the request cannot be read");
    const auto question = target.find('?');
    std::string_view rest =
        question == std::string::npos ? std::string_view{} : std::string_view{target}.substr(question + 1);
    while (!rest.empty()) {
        const auto end = std::min(rest.find('&'), rest.size());
        const std::string_view pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (pair.empty()) continue;
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = percent_decoded(pair.substr(0, equals), PlusSign::blank);
        auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())), PlusSign::blank);
        if (!name || !value) return refuse(400, "the part of the address behind `?` cannot be read");
        request.parameters.emplace_back(*std::move(name), *std::move(value));
    }
    return Sees::request;
}

}  // namespace mainstay::server
