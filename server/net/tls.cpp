#include "net/tls.hpp"

#include "net/as_result.hpp"

#include "mainstay/core/error.hpp"

#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <cerrno>
#include <cstring>
#include <utility>

#include <unistd.h>

namespace mainstay::server {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;

struct Context final : TlsContext {
    ssl::context ssl{ssl::context::tls_server};
};

class TlsStream final : public Stream {
public:
    TlsStream(std::shared_ptr<Context> context, tcp::socket socket)
        : context_(std::move(context)), stream_(std::move(socket), context_->ssl) {}

    asio::awaitable<std::size_t> read_some(std::span<char> into) override {
        if (!has_shaken_hands_) {
            const auto [error] = co_await stream_.async_handshake(ssl::stream_base::server, as_result);
            if (error) co_return 0;
            has_shaken_hands_ = true;
        }
        const auto [error, count] = co_await stream_.async_read_some(asio::buffer(into.data(), into.size()), as_result);
        co_return error ? 0 : count;
    }
    asio::awaitable<bool> write(std::string_view bytes) override {
        const auto [error, count] =
            co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()), as_result);
        co_return !error;
    }
    // The end of TCP's bytes alone: async_shutdown would wait for the other side to say the same, and read beside a
    // reader. What is carried here says itself where it ends.
    asio::awaitable<void> finish() override {
        boost::system::error_code ignored;
        stream_.lowest_layer().shutdown(tcp::socket::shutdown_send, ignored);
        co_return;
    }
    void close() noexcept override {
        boost::system::error_code ignored;
        stream_.lowest_layer().close(ignored);
    }
    bool is_open() const noexcept override { return stream_.lowest_layer().is_open(); }
    bool is_encrypted() const noexcept override { return true; }
    asio::any_io_executor executor() override { return stream_.get_executor(); }

private:
    std::shared_ptr<Context> context_;
    ssl::stream<tcp::socket> stream_;
    bool has_shaken_hands_ = false;
};

void require_readable(const std::filesystem::path& file) {
    if (access(file.c_str(), R_OK) != 0)
        throw Error{Code::input_unreadable, "cannot read " + quoted(file.string()) + ": " + std::strerror(errno)};
}

}  // namespace

std::shared_ptr<TlsContext> TlsContext::load(const std::filesystem::path& certificate,
                                             const std::filesystem::path& key) {
    require_readable(certificate);
    require_readable(key);
    auto context = std::make_shared<Context>();
    SSL_CTX_set_min_proto_version(context->ssl.native_handle(), TLS1_2_VERSION);
    // A client may not make the server agree on new keys again and again.
    SSL_CTX_set_options(context->ssl.native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    boost::system::error_code error;
    context->ssl.use_certificate_chain_file(certificate.string(), error);
    if (error)
        throw Error{Code::input_invalid, quoted(certificate.string()) + " holds no certificate: " + error.message()}
            .with_hint("give a PEM file that begins with -----BEGIN CERTIFICATE-----");
    context->ssl.use_private_key_file(key.string(), ssl::context::pem, error);
    if (error)
        throw Error{Code::input_invalid,
                    quoted(key.string()) + " does not hold the key of the certificate: " + error.message()}
            .with_hint("give a PEM file that begins with -----BEGIN PRIVATE KEY-----, without a password");
    return context;
}

StreamPtr make_tls_stream(std::shared_ptr<TlsContext> context, tcp::socket socket) {
    return std::make_unique<TlsStream>(std::static_pointer_cast<Context>(std::move(context)), std::move(socket));
}

}  // namespace mainstay::server
