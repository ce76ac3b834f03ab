#include "commands/console.hpp"

namespace mainstay::shell {

void Console::say(const Error& error, std::string_view text) const {
    std::string message = error.message();
    if (error.span() && !text.empty())
        message = describe(error, text);
    else if (!error.hint().empty())
        message += "; " + error.hint();
    say(err_palette().paint(Ink::bad, "error: ") + message);
}

}  // namespace mainstay::shell
