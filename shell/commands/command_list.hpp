#pragma once

#include "commands/command.hpp"

namespace mainstay::shell {

std::unique_ptr<Command> make_shell_command();
std::unique_ptr<Command> make_query_command();
std::unique_ptr<Command> make_import_command();
std::unique_ptr<Command> make_export_command();
std::unique_ptr<Command> make_model_load_command();
std::unique_ptr<Command> make_model_show_command();
std::unique_ptr<Command> make_impact_command();
std::unique_ptr<Command> make_schema_command();
std::unique_ptr<Command> make_stats_command();
std::unique_ptr<Command> make_log_command();
std::unique_ptr<Command> make_verify_command();
std::unique_ptr<Command> make_backup_command();
std::unique_ptr<Command> make_compact_command();
std::unique_ptr<Command> make_serve_command();
std::unique_ptr<Command> make_mcp_command();
std::vector<std::unique_ptr<Command>> make_user_commands();

}  // namespace mainstay::shell
