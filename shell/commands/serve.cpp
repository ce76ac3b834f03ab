#include "commands/command_list.hpp"
#include "commands/options.hpp"

#include "mainstay/server/server.hpp"

#include <fmt/core.h>
#include <signal.h>

#include <charconv>

namespace mainstay::shell {
namespace {

// While one lives, SIGINT and SIGTERM wait to be taken instead of ending the process. Made before other threads are,
// which inherit it.
class EndSignals {
public:
    EndSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGINT);
        sigaddset(&set_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &set_, &before_);
    }
    ~EndSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    EndSignals(const EndSignals&) = delete;
    EndSignals& operator=(const EndSignals&) = delete;
    void wait() const {
        int signal = 0;
        sigwait(&set_, &signal);
    }

private:
    sigset_t set_{}, before_{};
};

// "127.0.0.1:7687"; nullopt for "off". Throws Error(Code::usage).
std::optional<ServerAddress> parse_address(const std::string& text, std::string_view option) {
    if (text == "off") return std::nullopt;
    const std::size_t colon = text.rfind(':');
    const auto refuse = [&] {
        return Error{Code::usage, quoted(text) + " is no address and port"}.with_hint(
            fmt::format("write {} 127.0.0.1:7687, or off", option));
    };
    if (colon == std::string::npos) throw refuse();
    ServerAddress result;
    result.address = text.substr(0, colon);
    if (result.address.starts_with('[') && result.address.ends_with(']'))
        result.address = result.address.substr(1, result.address.size() - 2);
    const char *begin = text.data() + colon + 1, *end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(begin, end, result.port);
    if (failed != std::errc{} || stop != end) throw refuse();
    return result;
}

std::string url_of(std::string_view scheme, const ServerAddress& address, std::uint16_t port) {
    const bool is_v6 = address.address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", scheme, is_v6 ? "[" : "", address.address, is_v6 ? "]" : "", port);
}

class ServeCommand final : public Command {
public:
    std::string_view name() const override { return "serve"; }
    std::string_view summary() const override { return "Let programs connect: HTTP, and Bolt for Neo4j's drivers"; }
    std::string_view example() const override {
        return "mainstay serve cmdb.db\n"
               "mainstay serve cmdb.db --bolt 127.0.0.1:17687 --http off\n"
               "mainstay serve cmdb.db --tls-cert server.crt --tls-key server.key";
    }

    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::refuse);
        arguments.option("--http", "ADDRESS:PORT", http_,
                         "where HTTP is served, or off; only on this machine (default 127.0.0.1:7474)");
        arguments.option("--bolt", "ADDRESS:PORT", bolt_,
                         "where Bolt is served, or off; only on this machine (default 127.0.0.1:7687)");
        arguments.option("--tls-cert", "FILE", certificate_, "certificate (PEM): both ports take TLS too");
        arguments.option("--tls-key", "FILE", key_, "its key (PEM)");
        arguments.options("--allow-origin", "ORIGIN", origins_,
                          "pages of this origin may connect too (https://tools.example.org); may be repeated");
    }

    int run(const Console& console) override {
        ServerOptions options;
        options.bolt = parse_address(bolt_, "--bolt");
        options.http = parse_address(http_, "--http");
        if (!options.bolt && !options.http)
            throw Error{Code::usage, "with both --http and --bolt off there is nothing to serve"};
        options.tls_certificate = certificate_;
        options.tls_key = key_;
        options.allowed_origins = origins_;
        options.author = console.author;
        options.database_name = std::filesystem::path{database_.path}.stem().string();
        const EndSignals signals;
        database_.writes = true;
        const auto database = open_database(database_, IfMissing::refuse, console);
        const auto server = Server::start(*database, options);
        const bool has_tls = !certificate_.empty();
        if (options.http)
            console.say(fmt::format("{}: HTTP at {}", database_.path,
                                    url_of(has_tls ? "https" : "http", *options.http, server->http_port())));
        if (options.bolt)
            console.say(fmt::format("{}: Bolt at {}", database_.path,
                                    url_of(has_tls ? "bolt+s" : "bolt", *options.bolt, server->bolt_port())));
        console.say("without accounts: who can reach these ports may read and write; Ctrl-C ends");
        signals.wait();
        console.say("stopping: what runs is cancelled");
        server->stop();
        return 0;
    }

private:
    DatabaseOption database_;
    std::string bolt_ = "127.0.0.1:7687", http_ = "127.0.0.1:7474", certificate_, key_;
    std::vector<std::string> origins_;
};

}  // namespace

std::unique_ptr<Command> make_serve_command() { return std::make_unique<ServeCommand>(); }

}  // namespace mainstay::shell
