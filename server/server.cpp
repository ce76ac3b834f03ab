#include "mainstay/server/server.hpp"

#include "bolt/connection.hpp"
#include "context.hpp"
#include "http/connection.hpp"
#include "net/listener.hpp"
#include "net/loop.hpp"

#include "mainstay/core/error.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>
#include <utility>

namespace mainstay {
namespace server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// More than there are processors: a few statements without end must not make all others wait.
constexpr unsigned workers_min = 16;

class ServerImpl final : public Server {
public:
    ServerImpl(Database& database, ServerOptions options)
        : context_(database, std::move(options)),
          options_(context_.options),
          service_(context_),
          loop_(options_.workers ? options_.workers : std::max(workers_min, 4 * std::thread::hardware_concurrency())) {
        transport_ = make_transport();
        listen(bolt_, options_.bolt, "--bolt", [this](tcp::socket socket) { return bolt_client(std::move(socket)); });
        listen(http_, options_.http, "--http", [this](tcp::socket socket) { return http_client(std::move(socket)); });
        loop_.start();
    }
    ~ServerImpl() override { stop(); }

    std::uint16_t bolt_port() const noexcept override { return bolt_ ? bolt_->port() : 0; }
    std::uint16_t http_port() const noexcept override { return http_ ? http_->port() : 0; }
    std::uint32_t connections() const noexcept override { return count_.load(); }

    void stop() override {
        if (std::exchange(has_stopped_, true)) return;
        asio::post(loop_.network(), [this] {
            if (bolt_) bolt_->close();
            if (http_) http_->close();
            // What closes leaves open_ later: not while this walks.
            for (const auto& each : open_) each->retire();
            is_stopping_ = true;
            if (open_.empty()) return;
            grace_.expires_after(options_.stop_grace);
            grace_.async_wait([this](boost::system::error_code error) {
                if (error) return;
                for (const auto& each : open_) each->close();
            });
        });
        loop_.join();  // when nobody is left
    }

private:
    // Of a port that others can reach: nothing but TLS.
    Transport transport(const std::optional<ServerAddress>& place) const {
        Transport result = transport_;
        result.requires_tls = place && is_reachable(place->address) && !options_.is_insecure;
        return result;
    }

    Transport make_transport() const {
        Transport result;
        std::vector<std::string> hosts;
        for (const auto& place : {options_.bolt, options_.http})
            if (place) hosts.push_back(place->address);
        std::vector<std::string> origins = options_.allowed_origins;
        for (std::string& origin : origins) {
            if (origin.ends_with('/')) origin.pop_back();
            if (origin != "*" && origin.find("://") == std::string::npos)
                throw Error{Code::usage, quoted(origin) + " is no origin"}.with_hint(
                    "write it as browsers do, such as https://tools.example.org");
        }
        result.origins = {std::move(origins), std::move(hosts)};
        if (options_.tls_certificate.empty() != options_.tls_key.empty())
            throw Error{Code::usage, "a certificate and its key are given together"}.with_hint(
                "write --tls-cert FILE --tls-key FILE");
        if (!options_.tls_certificate.empty())
            result.tls = TlsContext::load(options_.tls_certificate, options_.tls_key);
        return result;
    }

    void listen(std::optional<Listener>& listener, const std::optional<ServerAddress>& place, std::string_view option,
                Listener::MakeClient make) {
        if (!place) return;
        if (is_reachable(place->address)) require_protection(*place);
        listener.emplace(loop_.network(), place->address, place->port, option);
        listener->start(
            [this, make = std::move(make)](tcp::socket socket) -> std::shared_ptr<Client> {
                return open_.size() < options_.connections_max ? make(std::move(socket)) : nullptr;
            },
            [this](std::shared_ptr<Client> client) { serve(std::move(client)); });
    }

    void require_protection(const ServerAddress& place) const {
        if (options_.is_insecure) return;
        const bool has_accounts = context_.database.store().accounts().any();
        if (has_accounts && transport_.tls) return;
        throw Error{Code::usage,
                    fmt::format("{} can be reached from other machines, and {}", quoted(place.address),
                                has_accounts ? "there is no certificate: passwords and data could be read"
                                             : "this database has no accounts: everybody could read and write")}
            .with_hint(has_accounts ? "give --tls-cert and --tls-key, or listen at 127.0.0.1"
                                    : "make an administrator first (mainstay user add), or listen at 127.0.0.1");
    }

    std::shared_ptr<Client> bolt_client(tcp::socket socket) {
        BoltConnectionOptions options;
        options.bolt.connection_id = fmt::format("bolt-{}", ++last_connection_);
        options.bolt.address = fmt::format("{}:{}", options_.bolt->address, bolt_port());
        options.bolt.database = options_.database_name;
        options.bolt.author = options_.author;
        options.bolt.time_max = options_.statement_max;
        options.bolt.context = &context_;
        options.transport = transport(options_.bolt);
        options.message_bytes_max = options_.message_bytes_max;
        options.handshake_max = options_.handshake_max;
        options.result_idle_max = options_.result_idle_max;
        return std::make_shared<BoltConnection>(std::move(socket), context_.database, loop_, std::move(options));
    }

    std::shared_ptr<Client> http_client(tcp::socket socket) {
        HttpConnectionOptions options;
        options.transport = transport(options_.http);
        options.body_bytes_max = options_.message_bytes_max;
        options.head_max = options_.handshake_max;
        options.idle_max = options_.result_idle_max;
        return std::make_shared<HttpConnection>(std::move(socket), service_, context_.metrics, loop_,
                                                std::move(options));
    }

    void serve(std::shared_ptr<Client> client) {
        open_.insert(client);
        count_.store(static_cast<std::uint32_t>(open_.size()));
        asio::co_spawn(loop_.network(), client->serve(), [this, client](const std::exception_ptr&) {
            client->close();
            open_.erase(client);
            if (is_stopping_ && open_.empty()) grace_.cancel();
            count_.store(static_cast<std::uint32_t>(open_.size()));
        });
    }

    ServerContext context_;
    const ServerOptions& options_;
    Transport transport_;
    HttpService service_;
    Loop loop_;
    asio::steady_timer grace_{loop_.network()};
    bool is_stopping_ = false;  // on the network's thread alone
    std::optional<Listener> bolt_, http_;
    std::set<std::shared_ptr<Client>> open_;  // on the network's thread alone
    std::uint64_t last_connection_ = 0;
    std::atomic<std::uint32_t> count_{0};
    bool has_stopped_ = false;
};

}  // namespace
}  // namespace server

std::unique_ptr<Server> Server::start(Database& database, ServerOptions options) {
    return std::make_unique<server::ServerImpl>(database, std::move(options));
}

}  // namespace mainstay
