#pragma once

// TLS with OpenSSL, version 1.2 or newer, the server's side.

#include "net/stream.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <filesystem>
#include <memory>

namespace mainstay::server {

// A certificate (with those between it and its root) and its key, both PEM. Shared by all connections.
class TlsContext {
public:
    // Throws Error: input_unreadable or input_invalid, naming the file.
    static std::shared_ptr<TlsContext> load(const std::filesystem::path& certificate, const std::filesystem::path& key);
    virtual ~TlsContext() = default;
};

// The handshake is part of the first read: the client speaks first.
StreamPtr make_tls_stream(std::shared_ptr<TlsContext> context, boost::asio::ip::tcp::socket socket);

inline constexpr char tls_hello = 0x16;  // the first byte of every TLS connection

}  // namespace mainstay::server
