#pragma once

// A command of the binary: what it takes, what it says about itself, what it does. To add one: a file that defines a
// Command and a function that makes it, and a row in command_list.cpp.

#include "commands/console.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::shell {

// Declares arguments; each writes to a variable of the command, which keeps its value if the argument is absent.
class Arguments {
public:
    enum class Presence { required, optional };
    virtual ~Arguments() = default;
    virtual void positional(const char* name, std::string& value, const char* help,
                            Presence presence = Presence::required) = 0;
    virtual void positionals(const char* name, std::vector<std::string>& values, const char* help) = 0;  // one or more
    // `names`: "-f,--file"; `value_name`: "FILE".
    virtual void option(const char* names, const char* value_name, std::string& value, const char* help) = 0;
    virtual void options(const char* names, const char* value_name, std::vector<std::string>& values,
                         const char* help) = 0;
    virtual void number(const char* names, std::uint64_t& value, const char* help) = 0;
    // A number of seconds, fractions too; at least a millisecond.
    virtual void seconds(const char* names, std::chrono::milliseconds& value, const char* help) = 0;
    virtual void flag(const char* names, bool& value, const char* help) = 0;
    virtual void choice(const char* names, std::string& value, const std::vector<std::string>& allowed,
                        const char* help) = 0;
};

class Command {
public:
    virtual ~Command() = default;
    virtual std::string_view name() const = 0;     // "query"; "model load" is a command under a group
    virtual std::string_view summary() const = 0;  // a line
    virtual std::string_view example() const = 0;  // what to type, a line each
    virtual void declare(Arguments& arguments) = 0;
    // The exit status. Throws Error; OutputClosed is no failure.
    virtual int run(const Console& console) = 0;
};

// All of them, in the order help lists them.
std::vector<std::unique_ptr<Command>> all_commands();

// Parses, runs, reports. Returns the exit status: 0 done, 1 the statement failed, 2 usage, 3 data could not be read.
int run_command_line(const std::vector<std::string>& arguments, const Console& console);

}  // namespace mainstay::shell
