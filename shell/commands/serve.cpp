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

class ServeCommand final : public Command {
public:
    std::string_view name() const override { return "serve"; }
    std::string_view summary() const override { return "Let Neo4j drivers and graph viewers connect (Bolt)"; }
    std::string_view example() const override {
        return "mainstay serve cmdb.db\n"
               "mainstay serve cmdb.db --bolt 127.0.0.1:17687";
    }

    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::refuse);
        arguments.option("--bolt", "ADDRESS:PORT", bolt_,
                         "where to listen; only on this machine (default 127.0.0.1:7687)");
    }

    int run(const Console& console) override {
        ServerOptions options = options_of();
        options.author = console.author;
        options.database_name = std::filesystem::path{database_.path}.stem().string();
        const EndSignals signals;
        database_.writes = true;
        const auto database = open_database(database_, IfMissing::refuse, console);
        const auto server = Server::start(*database, options);
        console.say(fmt::format(
            "{}: Bolt at bolt://{}:{}, without accounts: who can reach this port may read and write", database_.path,
            options.bolt_address.find(':') == std::string::npos ? options.bolt_address
                                                                : "[" + options.bolt_address + "]",
            server->bolt_port()));
        signals.wait();
        console.say("stopping: what runs is cancelled");
        server->stop();
        return 0;
    }

private:
    ServerOptions options_of() const {
        ServerOptions options;
        const std::size_t colon = bolt_.rfind(':');
        const auto refuse = [&] {
            return Error{Code::usage, quoted(bolt_) + " is no address and port"}.with_hint(
                "write --bolt 127.0.0.1:7687");
        };
        if (colon == std::string::npos) throw refuse();
        options.bolt_address = bolt_.substr(0, colon);
        if (options.bolt_address.starts_with('[') && options.bolt_address.ends_with(']'))
            options.bolt_address = options.bolt_address.substr(1, options.bolt_address.size() - 2);
        const char *begin = bolt_.data() + colon + 1, *end = bolt_.data() + bolt_.size();
        const auto [stop, failed] = std::from_chars(begin, end, options.bolt_port);
        if (failed != std::errc{} || stop != end) throw refuse();
        return options;
    }

    DatabaseOption database_;
    std::string bolt_ = "127.0.0.1:7687";
};

}  // namespace

std::unique_ptr<Command> make_serve_command() { return std::make_unique<ServeCommand>(); }

}  // namespace mainstay::shell
