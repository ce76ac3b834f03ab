#include "commands/command_list.hpp"
#include "commands/options.hpp"

#include "mainstay/server/mcp.hpp"

#include <iostream>

namespace mainstay::shell {
namespace {

class McpCommand final : public Command {
public:
    std::string_view name() const override { return "mcp"; }
    std::string_view summary() const override { return "Let an assistant ask, by the Model Context Protocol on stdio"; }
    std::string_view example() const override {
        return "mainstay mcp cmdb.db\n"
               "{\"mcpServers\": {\"cmdb\": {\"command\": \"mainstay\", \"args\": [\"mcp\", \"/srv/cmdb.db\"]}}}";
    }

    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::refuse);
        database_.declare_load_folders(arguments);
        limits_.declare(arguments);
        as_.declare(arguments);
    }

    // A message a line, an answer a line; the end of the input ends it.
    int run(const Console& console) override {
        const auto database = open_database(database_, IfMissing::refuse, console);
        McpOptions options;
        options.principal = as_.principal(*database);
        if (const auto limits = limits_.value(); limits.time.count() > 0) options.statement_max = limits.time;
        const auto server = McpServer::make(*database, std::move(options));
        std::string line;
        while (std::getline(std::cin, line)) {
            if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
            const std::string answer = server->answer(line, std::make_shared<Cancellation>());
            if (answer.empty()) continue;
            console.out.write(answer + "\n");
            console.out.flush();
        }
        return 0;
    }

private:
    DatabaseOption database_;
    LimitOptions limits_;
    AsOption as_;
};

}  // namespace

std::unique_ptr<Command> make_mcp_command() { return std::make_unique<McpCommand>(); }

}  // namespace mainstay::shell
