#include "commands/password_option.hpp"

#include "commands/options.hpp"

namespace mainstay::shell {
namespace {

// What editors and `echo` put behind it is no part of it.
std::string first_line(std::string text) {
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    if (text.find('\n') != std::string::npos) throw Error{Code::usage, "the password has more than one line"};
    return text;
}

}  // namespace

void PasswordOption::declare(Arguments& arguments) {
    arguments.option("--password-file", "FILE", file, "read the password from FILE (- is standard input)");
    arguments.flag("--generate", generate, "make a password up and print it, once");
}

std::string PasswordOption::read(const Console& console) const {
    if (generate && !file.empty()) throw Error{Code::usage, "give --password-file or --generate, not both"};
    if (generate) return make_password();
    if (file == "-") return first_line(console.read_input());
    if (!file.empty()) return first_line(read_file(file));
    if (!console.in_is_terminal || !console.read_hidden)
        throw Error{Code::usage, "there is no terminal to ask for the password"}.with_hint(
            "use --password-file FILE (- is standard input), or --generate");
    std::string password = console.read_hidden("Password: ");
    if (console.read_hidden("Once more: ") != password)
        throw Error{Code::usage, "the two are not the same"}.with_hint("nothing was changed; try again");
    return password;
}

}  // namespace mainstay::shell
