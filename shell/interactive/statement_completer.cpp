#include "interactive/statement_completer.hpp"

#include "language/lexer.hpp"
#include "language/words.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/core/value.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace mainstay::shell {
namespace {

constexpr std::size_t values_max = 50;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins_with(std::string_view text, std::string_view prefix) noexcept {
    return text.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) { return lower(a) == lower(b); });
}

// Names that are no plain words stand in backticks.
std::string as_name(const std::string& name) {
    const bool is_plain =
        !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                   static_cast<unsigned char>(c) >= 0x80;
        });
    if (is_plain) return name;
    std::string result = "`";
    for (const char c : name) result += c == '`' ? "``" : std::string(1, c);
    return result + "`";
}

// The text before the cursor, read once from left to right.
class Context {
public:
    explicit Context(std::string_view before) : text_(before) {
        for (const Token& token : tokens_of(before))
            if (token.kind != TokenKind::space && token.kind != TokenKind::comment) tokens_.push_back(token);
        for (std::size_t i = 0; i < tokens_.size(); ++i) read(i);
    }

    // The token that is being written, if the cursor touches it.
    std::optional<Token> current() const {
        if (tokens_.empty() || tokens_.back().end != text_.size()) return std::nullopt;
        const Token& last = tokens_.back();
        const bool is_written = last.kind == TokenKind::word || last.kind == TokenKind::parameter ||
                                last.kind == TokenKind::quoted_name ||
                                (last.kind == TokenKind::string && !last.is_closed);
        return is_written ? std::optional{last} : std::nullopt;
    }
    // The nth token before what is being written, from 0; "" if there is none.
    std::string_view back(std::size_t n) const {
        const std::size_t skip = n + (current() ? 1 : 0);
        return skip < tokens_.size() ? text(tokens_[tokens_.size() - 1 - skip]) : std::string_view{};
    }
    char bracket() const { return brackets_.empty() ? '\0' : brackets_.back().sign; }
    // In `{…}`: the class of the pattern it belongs to.
    std::string map_class() const { return brackets_.empty() ? std::string{} : brackets_.back().class_name; }
    std::string class_of(std::string_view variable) const {
        const auto found = classes_.find(std::string{variable});
        return found == classes_.end() ? std::string{} : found->second;
    }
    const std::map<std::string, std::string>& variables() const { return classes_; }

private:
    struct Bracket {
        char sign;
        std::string class_name;  // of the node pattern that it is or stands in
        std::string variable;
    };
    std::string_view text(const Token& token) const { return token.text_in(text_); }
    bool is_name(const Token& token) const {
        return token.kind == TokenKind::word || token.kind == TokenKind::quoted_name;
    }

    void read(std::size_t i) {
        const Token& token = tokens_[i];
        if (token.kind == TokenKind::symbol) {
            const char c = text_[token.begin];
            if (c == '(' || c == '[') brackets_.push_back({c, {}, {}});
            if (c == '{') brackets_.push_back({c, brackets_.empty() ? std::string{} : brackets_.back().class_name, {}});
            if ((c == ')' || c == ']' || c == '}') && !brackets_.empty()) brackets_.pop_back();
            return;
        }
        if (!is_name(token) || brackets_.empty() || brackets_.back().sign == '{') {
            if (is_name(token) && i > 0 && begins_with(text(tokens_[i - 1]), "AS") && text(tokens_[i - 1]).size() == 2)
                classes_.try_emplace(std::string{text(token)});
            return;
        }
        const std::string_view before = i > 0 ? text(tokens_[i - 1]) : std::string_view{};
        Bracket& bracket = brackets_.back();
        if (before == "(" || before == "[") {
            bracket.variable = text(token);
            // `(` after a word is a call, not a pattern: its argument is no new variable, but naming it does no harm.
            if (!is_keyword(text(token)) && token.end != text_.size()) classes_.try_emplace(bracket.variable);
        } else if (before == ":" && bracket.sign == '(') {
            if (bracket.class_name.empty()) bracket.class_name = text(token);
            if (!bracket.variable.empty()) classes_[bracket.variable] = bracket.class_name;
        }
    }

    std::string_view text_;
    std::vector<Token> tokens_;
    std::vector<Bracket> brackets_;
    std::map<std::string, std::string> classes_;  // of variables; "" if the text does not say
};

void add(Completions& completions, std::string_view written, std::string_view name, std::string_view kind,
         std::string_view after = {}) {
    if (!begins_with(name, written)) return;
    std::string text{name};
    text += after;
    completions.candidates.push_back({std::move(text), std::string{kind}});
}

void add_names(Completions& completions, std::string_view written, const std::vector<std::string>& names,
               std::string_view kind) {
    if (written.starts_with('`')) written.remove_prefix(1);
    for (const std::string& name : names)
        if (begins_with(name, written)) completions.candidates.push_back({as_name(name), std::string{kind}});
}

std::string with_case_of(std::string_view keyword, std::string_view written) {
    std::string text{keyword};
    const bool is_lower =
        !written.empty() && std::all_of(written.begin(), written.end(), [](char c) { return c == lower(c); });
    if (is_lower) std::transform(text.begin(), text.end(), text.begin(), lower);
    return text;
}

bool is_word(std::string_view text, std::string_view upper) noexcept {
    return text.size() == upper.size() && begins_with(text, upper);
}

bool is_word_byte(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

// The words and dots at the end of `text`.
std::string_view dotted_end(std::string_view text) noexcept {
    std::size_t begin = text.size();
    while (begin > 0 && (is_word_byte(text[begin - 1]) || text[begin - 1] == '.')) --begin;
    return text.substr(begin);
}

// The word at the end of `text`, space after it left out.
std::string_view last_word(std::string_view text) noexcept {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
    std::size_t begin = text.size();
    while (begin > 0 && is_word_byte(text[begin - 1])) --begin;
    return text.substr(begin);
}

void tidy(Completions& completions) {
    auto& all = completions.candidates;
    std::stable_sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
        return std::lexicographical_compare(a.text.begin(), a.text.end(), b.text.begin(), b.text.end(),
                                            [](char x, char y) { return lower(x) < lower(y); });
    });
    all.erase(
        std::unique(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) { return a.text == b.text; }),
        all.end());
}

}  // namespace

Completions StatementCompleter::complete(std::string_view text, std::size_t cursor) {
    try {
        return look_up(text, cursor);
    } catch (const Error&) {  // the database has nothing to offer: the user types on and learns why from a statement
        return {cursor, cursor, {}};
    }
}

Completions StatementCompleter::look_up(std::string_view text, std::size_t cursor) {
    const std::string_view before = text.substr(0, cursor);
    Completions completions{cursor, cursor, {}};
    if (before.starts_with('.')) {
        if (before.find(' ') != std::string_view::npos) return completions;
        completions.begin = 0;
        for (const std::string& command : dot_commands_) add(completions, before, command, "", " ");
        return completions;
    }
    // Only the statement the cursor stands in counts.
    std::size_t statement = 0;
    for (const Token& token : tokens_of(before))
        if (token.kind == TokenKind::symbol && before[token.begin] == ';') statement = token.end;
    const Context context{before.substr(statement)};
    const std::optional<Token> current = context.current();
    const std::string_view written = current ? current->text_in(before.substr(statement)) : std::string_view{};
    completions.begin = cursor - written.size();

    if (current && current->kind == TokenKind::string) {
        const char quote = written.front();
        if (cursor < text.size() && text[cursor] == quote) completions.end = cursor + 1;
        const std::string_view prefix = written.substr(1);
        std::string_view attribute;
        std::string class_name;
        if (context.back(0) == ":" && context.bracket() == '{') {
            attribute = context.back(1);
            class_name = context.map_class();
        } else if (context.back(0) == "=" && context.back(2) == ".") {
            attribute = context.back(1);
            class_name = context.class_of(context.back(3));
        } else {
            return completions;
        }
        for (const std::string& value : vocabulary_.values(class_name, attribute, prefix, values_max)) {
            std::string literal = print(Value{value});  // in single quotes, escaped
            if (quote == '"') {
                if (literal.find_first_of("\"\\") != std::string::npos) continue;
                literal.front() = literal.back() = '"';
            }
            completions.candidates.push_back({std::move(literal), std::string{attribute}});
        }
        tidy(completions);
        return completions;
    }
    if (current && current->kind == TokenKind::parameter) {
        for (const std::string& name : vocabulary_.parameters()) add(completions, written, "$" + name, "parameter");
        return completions;
    }

    // A name with dots in it: of a procedure after CALL, or of a function such as date.truncate.
    const std::string_view dotted = dotted_end(before);
    if (is_word(last_word(before.substr(0, before.size() - dotted.size())), "CALL")) {
        completions.begin = cursor - dotted.size();
        for (const std::string& name : vocabulary_.procedures()) add(completions, dotted, name, "procedure", "(");
        tidy(completions);
        return completions;
    }
    const std::string_view previous = context.back(0);
    const char bracket = context.bracket();
    if ((previous == ":" || previous == "|" || previous == "&") && bracket == '[') {
        add_names(completions, written, vocabulary_.types(), "type");
        add(completions, written, "DEPENDENCY", "any dependency");
    } else if ((previous == ":" || previous == "|" || previous == "&") && bracket != '{') {
        add_names(completions, written, vocabulary_.classes(), "class");
    } else if (previous == ".") {
        const std::string class_name = context.class_of(context.back(1));
        std::vector<std::string> names = vocabulary_.attributes_of(class_name);
        add_names(completions, written, names.empty() ? vocabulary_.attributes() : names, "attribute");
        for (const std::string_view function : functions())
            if (begins_with(function, dotted) && function.size() > dotted.size())
                add(completions, written, function.substr(dotted.size() - written.size()), "function", "(");
    } else if (bracket == '{' && (previous == "{" || previous == ",")) {
        std::vector<std::string> names = vocabulary_.attributes_of(context.map_class());
        add_names(completions, written, names.empty() ? vocabulary_.attributes() : names, "attribute");
    } else if (is_word(previous, "YIELD") || is_word(context.back(1), "YIELD")) {
        for (const std::string_view column : analysis_columns()) add(completions, written, column, "column");
    } else if (!written.empty()) {
        for (const auto& [variable, class_name] : context.variables())
            if (variable != written) add(completions, written, variable, class_name.empty() ? "variable" : class_name);
        for (const std::string_view phrase : phrases()) {
            if (begins_with(phrase, written))
                completions.candidates.push_back({with_case_of(phrase, written), "keyword"});
        }
        for (const std::string_view keyword : keywords()) {
            const bool is_in_phrase = std::any_of(phrases().begin(), phrases().end(), [&](std::string_view phrase) {
                return phrase.size() > keyword.size() && phrase.starts_with(keyword) && phrase[keyword.size()] == ' ';
            });
            if (begins_with(keyword, written) && !is_in_phrase)
                completions.candidates.push_back({with_case_of(keyword, written), "keyword"});
        }
        for (const std::string_view function : functions()) add(completions, written, function, "function", "(");
    }
    tidy(completions);
    return completions;
}

}  // namespace mainstay::shell
