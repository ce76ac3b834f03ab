#include "commands/command_list.hpp"

namespace mainstay::shell {

std::vector<std::unique_ptr<Command>> all_commands() {
    std::vector<std::unique_ptr<Command>> commands;
    commands.push_back(make_shell_command());
    commands.push_back(make_query_command());
    commands.push_back(make_import_command());
    commands.push_back(make_export_command());
    commands.push_back(make_model_load_command());
    commands.push_back(make_model_show_command());
    commands.push_back(make_impact_command());
    commands.push_back(make_schema_command());
    commands.push_back(make_stats_command());
    commands.push_back(make_log_command());
    commands.push_back(make_verify_command());
    commands.push_back(make_backup_command());
    commands.push_back(make_compact_command());
    commands.push_back(make_serve_command());
    commands.push_back(make_mcp_command());
    for (auto& command : make_user_commands()) commands.push_back(std::move(command));
    return commands;
}

}  // namespace mainstay::shell
