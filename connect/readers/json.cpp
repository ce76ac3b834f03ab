#include "readers/json.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/core/json.hpp"
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
    no_array(file, fmt::format("line {}: there is no member {}", scanner.line(), mainstay::quoted(name)),
             nearest(name, names));
}

// A member's name as it is written, with its escapes.
Value name_of_member(std::string_view written) {
    const auto json = Json::parse(fmt::format("\"{}\"", written), nullptr, false);
    return json.is_string() ? Value{json.get<std::string>()} : Value{written};
}

}  // namespace

JsonReader::JsonReader(std::string text, std::string_view path, ProblemLog problems, Outer outer)
    : text_(std::move(text)), steps_(parse_json_path(path)), outer_(outer), problems_(std::move(problems)) {
    Scanner scanner{text_, 0, 1};
    scanner.skip_space();
    if (steps_.empty() && scanner.peek() == '{') {
        is_single_ = true;
        frames_.push_back({.at = scanner.at(), .line = scanner.line()});
        return;
    }
    if (steps_.empty()) {
        if (scanner.peek() != '[') no_array(problems_.file(), "the document is neither an array nor an object");
        steps_.push_back({JsonStep::Kind::each, {}});
    }
    while (steps_[levels_].kind == JsonStep::Kind::member) ++levels_;
    open(0, 0, 1);
}

// Goes from a value along the steps to the next array or object whose items are wanted.
void JsonReader::open(std::size_t step, std::size_t at, std::uint64_t line) {
    Scanner scanner{text_, at, line};
    Frame frame;
    if (outer_ == Outer::taken) outer_objects_.begin(frame.outer);
    std::string way;
    for (; steps_[step].kind == JsonStep::Kind::member; ++step) {
        scanner.skip_space();
        if (outer_ == Outer::taken) add_outer(scanner.at(), scanner.line(), step, frame.outer);
        way += (way.empty() ? "" : ".") + steps_[step].name;
        descend(scanner, steps_[step].name, problems_.file());
    }
    scanner.skip_space();
    const bool is_array = steps_[step].kind == JsonStep::Kind::each;
    if (scanner.peek() != (is_array ? '[' : '{')) {
        const std::string what = way.empty() ? std::string{"this"} : mainstay::quoted(way);
        const std::string_view hint = scanner.peek() == '{' ? "`{COLUMN}` in the path goes through an object's members"
                                      : scanner.peek() == '[' ? "`[]` in the path goes through an array's items"
                                                              : "";
        no_array(problems_.file(),
                 fmt::format("line {}: {} is no {}", scanner.line(), what, is_array ? "array" : "object"),
                 std::string{hint});
    }
    scanner.advance();
    frame.step = step;
    frame.at = scanner.at();
    frame.line = scanner.line();
    frame.closing = is_array ? ']' : '}';
    frames_.push_back(std::move(frame));
}

// The members of an object that are no lists, but the one that the step goes to, as columns: `^` for the object around
// the rows, one more for each around that. They are copied out and parsed alone: what is wrong among the rows is
// theirs.
void JsonReader::add_outer(std::size_t at, std::uint64_t line, std::size_t step, Row& outer) {
    const auto is_member = [](const JsonStep& each) { return each.kind == JsonStep::Kind::member; };
    const auto further = std::count_if(steps_.begin() + static_cast<std::ptrdiff_t>(step), steps_.end(), is_member);
    Scanner scanner{text_, at, line};
    if (scanner.peek() != '{') return;
    std::string members;
    do {
        scanner.advance();
        scanner.skip_space();
        const std::size_t begin = scanner.at();
        const auto name = scanner.peek() == '"' ? scanner.string() : std::nullopt;
        scanner.skip_space();
        if (!name || scanner.peek() != ':') break;
        scanner.advance();
        scanner.skip_space();
        const bool is_wanted = scanner.peek() != '[' && *name != steps_[step].name;
        if (!scanner.skip_value()) break;
        if (is_wanted) members += (members.empty() ? "" : ",") + text_.substr(begin, scanner.at() - begin);
        scanner.skip_space();
    } while (scanner.peek() == ',');
    outer.line = line;
    const std::string prefix(static_cast<std::size_t>(further), json_outer_mark);
    if (!outer_objects_.add("{" + members + "}", prefix, JsonObjectReader::Take::plain, outer, problems_))
        outer.clear();
}

// The next value that makes a row; nullopt behind the last.
std::optional<JsonReader::Item> JsonReader::next_item() {
    while (!frames_.empty()) {
        Frame& frame = frames_.back();
        Scanner scanner{text_, frame.at, frame.line};
        const auto break_off = [&] {
            problems_.add(scanner.line(),
                          "the JSON breaks off: brackets do not match from here on; nothing behind was read");
            frames_.clear();
            return std::nullopt;
        };
        const auto skip_to_item = [&] {
            for (scanner.skip_space(); scanner.peek() == ','; scanner.skip_space()) scanner.advance();
        };
        skip_to_item();
        if (!is_single_ && scanner.peek() == frame.closing) {
            scanner.advance();
            if (frames_.size() == 1) check_end(scanner.at(), scanner.line());
            frames_.pop_back();
            continue;
        }
        if (!is_single_ && frame.closing == '}') {
            const auto member = scanner.peek() == '"' ? scanner.string() : std::nullopt;
            if (!member) return break_off();
            frame.member = *member;
            scanner.skip_space();
            if (scanner.peek() != ':') return break_off();
            scanner.advance();
            scanner.skip_space();
        }
        Item item{scanner.at(), 0, scanner.line()};
        Scanner behind = scanner;
        if (!behind.skip_value() || behind.at() == item.begin) return break_off();
        item.end = behind.at();
        frame.at = behind.at();
        frame.line = behind.line();
        if (is_single_) {
            check_end(frame.at, frame.line);
            frames_.clear();
            return item;
        }
        if (frame.step + 1 == steps_.size()) return item;
        try {
            open(frame.step + 1, item.begin, item.line);
        } catch (const Error& error) {  // this item has none; the next may have one
            ++rows_read_;
            const std::string message = error.message().substr(problems_.file().size() + 2);
            problems_.add(item.line, error.hint().empty() ? message : message + "; " + error.hint());
        }
    }
    return std::nullopt;
}

bool JsonReader::read(const Item& item, Row& row) {
    objects_.begin(row);
    const auto text = std::string_view{text_}.substr(item.begin, item.end - item.begin);
    if (!objects_.add(text, "", JsonObjectReader::Take::everything, row, problems_)) return false;
    for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
        if (frame->closing == '}') objects_.set(steps_[frame->step].name, name_of_member(frame->member), row);
        const Row& outer = frame->outer;
        row.cells.resize(std::max(row.cells.size(), outer.cells.size()));
        for (std::size_t i = 0; i < outer.cells.size(); ++i)
            if (!outer.cells[i].is_null()) row.cells[i] = outer.cells[i];
        row.bad.insert(row.bad.end(), outer.bad.begin(), outer.bad.end());
    }
    return true;
}

bool JsonReader::next(Row& row) {
    while (const auto item = next_item()) {
        ++rows_read_;
        row.line = item->line;
        row.object = steps_.empty() ? 0 : rows_read_;
        if (read(*item, row)) return true;
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
        row.object = 0;
        objects_.begin(row);
        if (objects_.add(line, "", JsonObjectReader::Take::everything, row, problems_)) return true;
    }
    return false;
}

}  // namespace mainstay::connect
