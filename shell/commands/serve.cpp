#include "commands/command_list.hpp"
#include "commands/options.hpp"
#include "commands/report.hpp"
#include "run/statement.hpp"

#include "mainstay/connect/writers.hpp"
#include "mainstay/server/server.hpp"

#include <fmt/core.h>
#include <signal.h>

#include <algorithm>
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

std::string_view name_of(ServerEvent::Severity severity) {
    switch (severity) {
        case ServerEvent::Severity::info: return "info";
        case ServerEvent::Severity::warning: return "warning";
        case ServerEvent::Severity::error: return "error";
    }
    return {};
}

std::string now_text() {
    const auto us =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
    return to_text(instant_value(us.count()));
}

// "2026-11-30T12:00:00Z sign_in user=ann client=127.0.0.1", what is not a word in quotes.
std::string text_of(const ServerEvent& event) {
    std::string line = now_text() + " " + event.name;
    for (const auto& [key, value] : event.fields) {
        const bool is_word = !value.empty() && value.find_first_of(" \"\n\t=") == std::string::npos;
        line += " " + key + "=";
        if (is_word)
            line += value;
        else
            append_json_string(value, line);
    }
    return line;
}

std::string json_of(const ServerEvent& event) {
    std::string line =
        "{\"time\":\"" + now_text() + "\",\"severity\":\"" + std::string{name_of(event.severity)} + "\",\"event\":";
    append_json_string(event.name, line);
    for (const auto& [key, value] : event.fields) {
        line += ',';
        append_json_string(key, line);
        line += ':';
        append_json_string(value, line);
    }
    return line + "}";
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
        database_.declare_load_folders(arguments);
        arguments.option("--http", "ADDRESS:PORT", http_, "where HTTP is served, or off (default 127.0.0.1:7474)");
        arguments.option("--bolt", "ADDRESS:PORT", bolt_, "where Bolt is served, or off (default 127.0.0.1:7687)");
        arguments.option("--tls-cert", "FILE", certificate_, "certificate (PEM): both ports take TLS too");
        arguments.option("--tls-key", "FILE", key_, "its key (PEM)");
        arguments.flag("--insecure", insecure_,
                       "listen at addresses that others can reach without accounts and TLS, too");
        arguments.seconds("--slow", slow_, "log statements that take longer (default: 1 s)");
        arguments.seconds("--timeout", timeout_, "stop a statement after so long (default: never)");
        arguments.number("--memory", memory_mb_, "working memory of a statement, in MB (default: 512)");
        arguments.number("--rate", rate_, "statements and requests a second of one address (default: any)");
        arguments.choice("--log", log_, {"auto", "text", "json", "off"},
                         "how events are written on standard error (auto: text on a terminal, else json)");
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
        options.is_insecure = insecure_;
        options.slow_statement = slow_;
        options.statement_max = timeout_;
        options.statement_memory_max = std::min<std::uint64_t>(memory_mb_, 1 << 20) << 20;
        options.rate_max = static_cast<std::uint32_t>(std::min<std::uint64_t>(rate_, 1'000'000));
        options.log = log_to(console);
        options.author = console.author;
        options.database_name = std::filesystem::path{database_.path}.stem().string();
        const EndSignals signals;
        database_.writes = true;
        const auto database = open_database(database_, IfMissing::refuse, console);
        const auto server = Server::start(*database, options);
        const bool has_tls = !certificate_.empty();
        if (options.http)
            console.say(fmt::format("{}: {} at {}", database_.path,
                                    Server::has_explorer() ? "explorer and HTTP" : "HTTP",
                                    url_of(has_tls ? "https" : "http", *options.http, server->http_port())));
        if (options.bolt)
            console.say(fmt::format("{}: Bolt at {}", database_.path,
                                    url_of(has_tls ? "bolt+s" : "bolt", *options.bolt, server->bolt_port())));
        const auto accounts = database->store().accounts().list().size();
        console.say(accounts > 0 ? fmt::format("{} may sign in; Ctrl-C ends", counted(accounts, "account"))
                                 : "without accounts: who can reach these ports may read and write; Ctrl-C ends");
        signals.wait();
        console.say("stopping: what runs may end within 5 s");
        server->stop();
        return 0;
    }

private:
    ServerOptions::Log log_to(const Console& console) const {
        if (log_ == "off") return {};
        const bool is_text = log_ == "text" || (log_ == "auto" && console.err_is_terminal);
        return
            [&console, is_text](const ServerEvent& event) { console.say(is_text ? text_of(event) : json_of(event)); };
    }

    DatabaseOption database_;
    std::chrono::milliseconds slow_{1'000}, timeout_{0};
    std::uint64_t rate_ = 0, memory_mb_ = 512;
    std::string log_ = "auto";
    bool insecure_ = false;
    std::string bolt_ = "127.0.0.1:7687", http_ = "127.0.0.1:7474", certificate_, key_;
    std::vector<std::string> origins_;
};

}  // namespace

std::unique_ptr<Command> make_serve_command() { return std::make_unique<ServeCommand>(); }

}  // namespace mainstay::shell
