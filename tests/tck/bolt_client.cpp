#include "bolt_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace mainstay::tck {
namespace {

using server::ChunkReader;
using server::PackReader;
using server::PackWriter;
using Kind = TextValue::Kind;

constexpr std::uint8_t hello = 0x01, logon = 0x6A, reset_tag = 0x0F, run_tag = 0x10, pull_tag = 0x3F;
constexpr std::size_t read_bytes = 65'536;

TextValue text(std::string_view of) {
    TextValue value;
    value.kind = Kind::string;
    value.text = of;
    return value;
}

TextValue map(std::vector<TextEntry> entries) {
    TextValue value;
    value.kind = Kind::map;
    value.entries = std::move(entries);
    return value;
}

int connect_to(std::uint16_t port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return descriptor;
    const int problem = errno;
    ::close(descriptor);
    throw std::system_error(problem, std::generic_category(), "connect");
}

}  // namespace

const TextValue& BoltAnswer::at(std::string_view key) const {
    static const TextValue null;
    const auto found = std::find_if(content.entries.begin(), content.entries.end(),
                                    [&](const TextEntry& entry) { return entry.key == key; });
    return found == content.entries.end() ? null : found->value;
}

BoltClient::BoltClient(std::uint16_t port) : socket_(connect_to(port)), chunks_(std::size_t{1} << 30) {
    try {
        sign_in();
    } catch (...) {
        ::close(socket_);
        throw;
    }
}

BoltClient::~BoltClient() { ::close(socket_); }

void BoltClient::sign_in() {
    using namespace std::string_literals;
    const std::string version = "\0\0\4\5"s;
    send("\x60\x60\xB0\x17"s + version + std::string(12, '\0'));
    std::string agreed;
    while (agreed.size() < version.size()) agreed += read_some(version.size() - agreed.size());
    if (agreed != version) throw std::runtime_error("the server does not speak Bolt 5.4");
    send_message(hello, 1, [](PackWriter& out) {
        write_bolt_value(map({{"user_agent", text("mainstay-tck/1")}}), out);
    });
    send_message(logon, 1, [](PackWriter& out) { write_bolt_value(map({{"scheme", text("none")}}), out); });
    for (int answers = 0; answers < 2; ++answers)
        if (receive().kind != BoltAnswer::Kind::success) throw std::runtime_error("the server lets nobody in");
}

void BoltClient::run(std::string_view statement, const std::vector<TextEntry>& parameters,
                     const std::vector<TextEntry>& extra) {
    send_message(run_tag, 3, [&](PackWriter& out) {
        out.string(statement);
        write_bolt_value(map(parameters), out);
        write_bolt_value(map(extra), out);
    });
}

void BoltClient::pull(std::int64_t rows) {
    send_message(pull_tag, 1, [&](PackWriter& out) {
        out.map(1);
        out.string("n");
        out.integer(rows);
    });
}

void BoltClient::reset() {
    send_message(reset_tag, 0, [](PackWriter&) {});
}

BoltAnswer BoltClient::receive() {
    std::string message;
    for (;;) {
        std::string_view left = unread_;
        const auto sees = chunks_.take(left, message);
        unread_.erase(0, unread_.size() - left.size());
        if (sees == ChunkReader::Sees::message) break;
        unread_ = read_some(read_bytes);
    }
    PackReader in{message};
    const auto tag = in.structure().tag;
    BoltAnswer answer;
    switch (tag) {
        case 0x70: answer.kind = BoltAnswer::Kind::success; break;
        case 0x71: answer.kind = BoltAnswer::Kind::record; break;
        case 0x7E: answer.kind = BoltAnswer::Kind::ignored; return answer;
        case 0x7F: answer.kind = BoltAnswer::Kind::failure; break;
        default: throw std::runtime_error("the server sent message " + std::to_string(tag));
    }
    answer.content = read_bolt_value(in);
    const auto wanted = answer.kind == BoltAnswer::Kind::record ? Kind::list : Kind::map;
    if (answer.content.kind != wanted || !in.at_end())
        throw std::runtime_error("the server sent an answer that is none");
    return answer;
}

void BoltClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) throw std::system_error(errno, std::generic_category(), "send");
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void BoltClient::send_message(std::uint8_t tag, std::size_t fields, const std::function<void(PackWriter&)>& write) {
    std::string message, bytes;
    PackWriter out{message};
    out.structure(tag, fields);
    write(out);
    server::append_chunked(message, bytes);
    send(bytes);
}

std::string BoltClient::read_some(std::size_t most) {
    std::string bytes(most, '\0');
    for (;;) {
        const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw std::system_error(errno, std::generic_category(), "recv");
        if (count == 0) throw std::runtime_error("the server has closed the connection");
        bytes.resize(static_cast<std::size_t>(count));
        return bytes;
    }
}

}  // namespace mainstay::tck
