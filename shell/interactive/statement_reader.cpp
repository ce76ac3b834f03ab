#include "interactive/statement_reader.hpp"

#include "language/lexer.hpp"
#include "text/width.hpp"

#include <utility>

namespace mainstay::shell {
namespace {

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

bool ends_in_script(std::string_view text) {
    if (is_dot_command(text)) return true;
    const Completeness completeness = completeness_of(text);
    return completeness == Completeness::terminated || completeness == Completeness::empty;
}

// As wide as the prompt, so that the lines of a statement stand under each other.
std::string continuation_of(const std::string& prompt) {
    const std::size_t width = width_of(prompt);
    return width < 4 ? std::string(width, ' ') : std::string(width - 2, ' ') + "│ ";
}

}  // namespace

bool is_dot_command(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || text[first] != '.') return false;
    return first + 1 == text.size() || !(text[first + 1] >= '0' && text[first + 1] <= '9');
}

bool submits(std::string_view text, std::size_t cursor) {
    if (is_blank(text)) return true;
    if (is_dot_command(text)) return true;
    const Completeness completeness = completeness_of(text);
    if (completeness == Completeness::terminated) return true;
    const std::size_t newline = text.rfind('\n');
    const bool last_line_is_blank =
        newline != std::string_view::npos && is_blank(text.substr(newline)) && cursor > newline;
    return last_line_is_blank && completeness != Completeness::open;
}

std::optional<std::string> EditedReader::next(const std::string& prompt) {
    ReadResult result = editor_.read(prompt, continuation_of(prompt));
    switch (result.kind) {
        case ReadResult::Kind::text: return std::move(result.text);
        case ReadResult::Kind::interrupted: return std::string{};
        case ReadResult::Kind::ended: break;
    }
    return std::nullopt;
}

std::optional<std::string> PlainReader::next(const std::string& prompt) {
    std::string text, line;
    bool any = false;
    while (true) {
        if (ask_) ask_(any ? continuation_of(prompt) : prompt);
        if (!std::getline(in_, line)) break;
        if (line.ends_with('\r')) line.pop_back();
        if (any) text += '\n';
        text += line;
        any = true;
        if (ask_ ? submits(text, text.size()) : ends_in_script(text)) return text;
    }
    if (!any) return std::nullopt;
    return text;
}

}  // namespace mainstay::shell
