#include "readers/json.hpp"

#include "mainstay/core/error.hpp"
#include "readers/json_object.hpp"
#include "text_file.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mainstay::connect {
namespace {

// Walks over JSON text by its brackets and strings alone, counting lines; what stands between is parsed later.
class Scanner {
public:
    Scanner(std::string_view text, std::size_t at, std::uint64_t line) : text_(text), at_(at), line_(line) {}

    std::size_t at() const noexcept { return at_; }
    std::uint64_t line() const noexcept { return line_; }
    char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
    void advance() noexcept {
        if (text_[at_++] == '\n') ++line_;
    }

    void skip_space() {
        while (at_ < text_.size() && std::string_view{" \t\r\n"}.find(text_[at_]) != std::string_view::npos) advance();
    }

    // On a string's opening quote: its text as written, without the quotes. nullopt if it never ends.
    std::optional<std::string_view> string() {
        advance();
        const std::size_t begin = at_;
        while (at_ < text_.size()) {
            if (text_[at_] == '"') {
                const auto content = text_.substr(begin, at_ - begin);
                advance();
                return content;
            }
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) advance();
            advance();
        }
        return std::nullopt;
    }

    // Past one value. False if its brackets do not match or the text ends.
    bool skip_value() {
        std::string open;
        do {
            skip_space();
            const char c = peek();
            if (at_ >= text_.size()) return false;
            if (c == '"') {
                if (!string()) return false;
            } else if (c == '{' || c == '[') {
                open += c == '{' ? '}' : ']';
                advance();
            } else if (c == '}' || c == ']') {
                if (open.empty() || open.back() != c) return false;
                open.pop_back();
                advance();
            } else if (c == ',' || c == ':') {
                if (open.empty()) return false;
                advance();
            } else {
                while (at_ < text_.size() &&
                       std::string_view{" \t\r\n,:{}[]\""}.find(text_[at_]) == std::string_view::npos)
                    advance();
            }
        } while (!open.empty());
        return true;
    }

private:
    std::string_view text_;
    std::size_t at_;
    std::uint64_t line_;
};

[[noreturn]] void no_array(const std::string& file, std::string message, std::string hint = {}) {
    throw Error{Code::input_invalid, fmt::format("{}: {}", file, message)}.with_hint(std::move(hint));
}

// From a value to the member `name` of it; throws if there is none.
void descend(Scanner& scanner, std::string_view name, const std::string& file) {
    scanner.skip_space();
    if (scanner.peek() != '{')
        no_array(file,
                 fmt::format("line {}: there is no object to look for {} in", scanner.line(), mainstay::quoted(name)));
    scanner.advance();
    std::vector<std::string> names;
    for (;;) {
        scanner.skip_space();
        if (scanner.peek() == ',') {
            scanner.advance();
            continue;
        }
        if (scanner.peek() != '"') break;
        const auto member = scanner.string();
        if (!member) break;
        names.emplace_back(*member);
        scanner.skip_space();
        if (scanner.peek() != ':') break;
        scanner.advance();
        if (*member == name) return;
        if (!scanner.skip_value()) break;
    }
    if (scanner.peek() != '}') no_array(file, fmt::format("line {}: this is not JSON", scanner.line()));
    no_array(file, fmt::format("there is no member {}", mainstay::quoted(name)), nearest(name, names));
}

}  // namespace

JsonReader::JsonReader(std::string text, std::string_view path, ProblemLog problems)
    : text_(std::move(text)), problems_(std::move(problems)) {
    Scanner scanner{text_, 0, 1};
    std::string_view rest = path;
    while (!rest.empty()) {
        const auto dot = rest.find('.');
        descend(scanner, rest.substr(0, dot), problems_.file());
        ++levels_;
        rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
    }
    scanner.skip_space();
    if (scanner.peek() == '[')
        scanner.advance();
    else if (path.empty() && scanner.peek() == '{')
        is_single_ = true;
    else if (path.empty())
        no_array(problems_.file(), "the document is neither an array nor an object");
    else
        no_array(problems_.file(), fmt::format("line {}: {} is no array", scanner.line(), mainstay::quoted(path)));
    at_ = scanner.at();
    line_ = scanner.line();
}

bool JsonReader::next(Row& row) {
    Scanner scanner{text_, at_, line_};
    while (!is_done_) {
        scanner.skip_space();
        if (scanner.peek() == ',') {
            scanner.advance();
            continue;
        }
        if (scanner.peek() == ']') {
            is_done_ = true;
            scanner.advance();
            check_end(scanner.at(), scanner.line());
            break;
        }
        const std::size_t begin = scanner.at();
        row.line = scanner.line();
        const bool is_whole = scanner.skip_value();
        if (!is_whole || scanner.at() == begin) {
            problems_.add(row.line, "the JSON breaks off: brackets do not match from here on; nothing behind was read");
            is_done_ = true;
            break;
        }
        ++rows_read_;
        if (is_single_) {
            is_done_ = true;
            check_end(scanner.at(), scanner.line());
        }
        const bool is_good =
            read_json_object(std::string_view{text_}.substr(begin, scanner.at() - begin), columns_, row, problems_);
        at_ = scanner.at();
        line_ = scanner.line();
        if (is_good) return true;
    }
    return false;
}

// Behind the array, or the single object: what closes the document, and nothing else.
void JsonReader::check_end(std::size_t at, std::uint64_t line) {
    Scanner scanner{text_, at, line};
    const auto space = [&] {
        scanner.skip_space();
        return scanner.peek();
    };
    const auto skip_member = [&] {
        scanner.advance();
        if (space() != '"' || !scanner.string() || space() != ':') return false;
        scanner.advance();
        return scanner.skip_value();
    };
    for (std::size_t level = 0; level < levels_; ++level) {
        bool is_good = true;
        while (is_good && space() == ',') is_good = skip_member();
        if (!is_good || space() != '}') {
            problems_.add(scanner.line(), "the JSON breaks off or is none from here on, behind the rows",
                          NotTaken::file);
            return;
        }
        scanner.advance();
    }
    if (space() == '\0' && scanner.at() >= text_.size()) return;
    problems_.add(
        scanner.line(),
        "there is more behind the end of the JSON document; it was not read. Where every line is a document, say "
        "\"format\": \"jsonl\" in the mapping",
        NotTaken::file);
}

JsonLinesReader::JsonLinesReader(std::string text, ProblemLog problems)
    : text_(std::move(text)), problems_(std::move(problems)) {}

bool JsonLinesReader::next(Row& row) {
    while (at_ < text_.size()) {
        const auto end = std::min(text_.find('\n', at_), text_.size());
        const auto line = trimmed(std::string_view{text_}.substr(at_, end - at_));
        at_ = end + 1;
        ++line_;
        if (line.empty()) continue;
        ++rows_read_;
        row.line = line_;
        if (read_json_object(line, columns_, row, problems_)) return true;
    }
    return false;
}

}  // namespace mainstay::connect
