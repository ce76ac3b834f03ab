#pragma once

// A client of HTTP for tests: says what it is given, and reads what comes.

#include "served.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace mainstay::test {

struct HttpAnswer {
    int status = 0;  // 0: the connection was closed
    std::map<std::string, std::string> headers;
    std::string body;
    bool is_whole = false;  // the end of the body was seen
};

class HttpClient {
public:
    explicit HttpClient(const Served& served) : socket_(io_) {
        socket_.connect({boost::asio::ip::address_v4::loopback(), served.server->http_port()});
    }
    void send(std::string_view bytes) {
        boost::system::error_code ignored;
        boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
    }
    HttpAnswer ask(std::string_view method, std::string_view target, std::string_view body = {},
                   std::string_view headers = {}) {
        std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\n{}", method, target, headers);
        if (!body.empty()) text += fmt::format("Content-Length: {}\r\n", body.size());
        if (!body.empty() && headers.find("Content-Type") == std::string_view::npos)
            text += "Content-Type: application/json\r\n";
        send(text + "\r\n" + std::string{body});
        return receive(method == "HEAD");
    }
    HttpAnswer get(std::string_view target) { return ask("GET", target); }
    HttpAnswer post(std::string_view target, std::string_view body) { return ask("POST", target, body); }

    HttpAnswer receive(bool has_no_body = false) {
        HttpAnswer answer;
        std::string line = take_line();
        if (!line.starts_with("HTTP/1.1 ")) return answer;
        answer.status = std::atoi(line.c_str() + 9);
        while (!(line = take_line()).empty()) {
            const auto colon = std::min(line.find(": "), line.size());
            answer.headers[line.substr(0, colon)] = line.substr(std::min(colon + 2, line.size()));
        }
        if (has_no_body || answer.status == 100 || answer.status == 204 || answer.status == 304) {
            answer.is_whole = true;
            return answer;
        }
        if (answer.headers.contains("Content-Length")) {
            answer.is_whole = take(std::stoul(answer.headers["Content-Length"]), answer.body);
            return answer;
        }
        for (;;) {
            const auto size = std::strtoul(take_line().c_str(), nullptr, 16);
            if (!take(size, answer.body) || !is_open_) return answer;
            (void)take_line();
            if (size == 0) break;
        }
        answer.is_whole = is_open_;
        return answer;
    }
    // What comes, up to and with `part`; all there is if the connection ends before.
    std::string read_until(std::string_view part) {
        while (bytes_.find(part) == std::string::npos && is_open_) fill();
        const auto end = bytes_.find(part);
        std::string text = bytes_.substr(0, end == std::string::npos ? end : end + part.size());
        bytes_.erase(0, text.size());
        return text;
    }
    bool is_closed() {
        while (is_open_ && bytes_.empty()) fill();
        return !is_open_ && bytes_.empty();
    }

private:
    void fill() {
        char buffer[65'536];
        boost::system::error_code error;
        const auto count = socket_.read_some(boost::asio::buffer(buffer), error);
        bytes_.append(buffer, count);
        if (error) is_open_ = false;
    }
    std::string take_line() {
        std::size_t end;
        while ((end = bytes_.find("\r\n")) == std::string::npos && is_open_) fill();
        if (end == std::string::npos) return {};
        std::string line = bytes_.substr(0, end);
        bytes_.erase(0, end + 2);
        return line;
    }
    bool take(std::size_t count, std::string& into) {
        while (bytes_.size() < count && is_open_) fill();
        into += bytes_.substr(0, count);
        const bool is_all = bytes_.size() >= count;
        bytes_.erase(0, count);
        return is_all;
    }

    boost::asio::io_context io_;
    boost::asio::ip::tcp::socket socket_;
    std::string bytes_;
    bool is_open_ = true;
};

}  // namespace mainstay::test
