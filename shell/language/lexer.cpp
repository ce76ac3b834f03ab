#include "language/lexer.hpp"

namespace mainstay::shell {
namespace {

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

std::size_t skip_word(std::string_view text, std::size_t at) noexcept {
    while (at < text.size() && (is_letter(text[at]) || is_digit(text[at]))) ++at;
    return at;
}

// 12, 1.5, .5e-3, 0x1F: a sloppy superset. Two dots are a range, not a number.
std::size_t skip_number(std::string_view text, std::size_t at) noexcept {
    while (at < text.size()) {
        const char c = text[at];
        const bool has_next = at + 1 < text.size();
        if (c == '.' && !(has_next && is_digit(text[at + 1]))) break;
        if ((c == 'e' || c == 'E') && has_next && (text[at + 1] == '-' || text[at + 1] == '+')) {
            at += 2;
            continue;
        }
        if (!is_digit(c) && !is_letter(c) && c != '.') break;
        ++at;
    }
    return at;
}

Token quoted_token(std::string_view text, std::size_t begin) noexcept {
    const char quote = text[begin];
    Token token{quote == '`' ? TokenKind::quoted_name : TokenKind::string, begin, text.size(), false};
    for (std::size_t at = begin + 1; at < text.size(); ++at) {
        if (text[at] == '\\' && quote != '`') {
            ++at;
            continue;
        }
        if (text[at] != quote) continue;
        if (quote == '`' && at + 1 < text.size() && text[at + 1] == '`') {
            ++at;
            continue;
        }
        token.end = at + 1;
        token.is_closed = true;
        break;
    }
    return token;
}

Token token_at(std::string_view text, std::size_t begin) noexcept {
    const char c = text[begin];
    const char next = begin + 1 < text.size() ? text[begin + 1] : '\0';
    if (is_space(c)) {
        std::size_t end = begin;
        while (end < text.size() && is_space(text[end])) ++end;
        return {TokenKind::space, begin, end, true};
    }
    if (c == '/' && next == '/') {
        const std::size_t newline = text.find('\n', begin);
        return {TokenKind::comment, begin, newline == std::string_view::npos ? text.size() : newline, true};
    }
    if (c == '/' && next == '*') {
        const std::size_t close = text.find("*/", begin + 2);
        const bool is_closed = close != std::string_view::npos;
        return {TokenKind::comment, begin, is_closed ? close + 2 : text.size(), is_closed};
    }
    if (c == '\'' || c == '"' || c == '`') return quoted_token(text, begin);
    // The second dot of a range such as 1..3 begins no number.
    const bool after_dot = begin > 0 && text[begin - 1] == '.';
    if (is_digit(c) || (c == '.' && is_digit(next) && !after_dot))
        return {TokenKind::number, begin, skip_number(text, begin), true};
    if (is_letter(c)) return {TokenKind::word, begin, skip_word(text, begin), true};
    if (c == '$') {
        if (next == '`') return {TokenKind::parameter, begin, quoted_token(text, begin + 1).end, true};
        return {TokenKind::parameter, begin, skip_word(text, begin + 1), true};
    }
    return {TokenKind::symbol, begin, begin + 1, true};
}

bool is_significant(const Token& token) noexcept {
    return token.kind != TokenKind::space && token.kind != TokenKind::comment;
}

}  // namespace

std::vector<Token> tokens_of(std::string_view text) {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < text.size(); at = tokens.back().end) tokens.push_back(token_at(text, at));
    return tokens;
}

std::vector<Statement> split_statements(std::string_view script) {
    std::vector<Statement> statements;
    // A byte order mark, as some editors leave it, is no part of the first statement.
    std::size_t begin = script.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    std::size_t last = begin;
    bool any = false;
    const auto finish = [&] {
        if (any) statements.push_back({script.substr(begin, last - begin), begin});
        any = false;
    };
    for (const Token& token : tokens_of(script)) {
        // A comment that never ends is for the parser to refuse: it may have swallowed statements.
        if (token.end <= begin || !(is_significant(token) || !token.is_closed)) continue;
        if (token.kind == TokenKind::symbol && script[token.begin] == ';') {
            finish();
            continue;
        }
        if (!any) begin = token.begin < 3 && begin == 3 ? 3 : token.begin;
        any = true;
        last = token.end;
    }
    finish();
    return statements;
}

Completeness completeness_of(std::string_view text) {
    int depth = 0;
    bool any = false, ends_with_semicolon = false;
    for (const Token& token : tokens_of(text)) {
        if (!token.is_closed) return Completeness::open;
        if (!is_significant(token)) continue;
        any = true;
        ends_with_semicolon = false;
        if (token.kind != TokenKind::symbol) continue;
        const char c = text[token.begin];
        if (c == '(' || c == '[' || c == '{') ++depth;
        if (c == ')' || c == ']' || c == '}') --depth;
        if (c == ';') ends_with_semicolon = true;
    }
    if (!any) return Completeness::empty;
    // With too few closing brackets a `;` still ends the statement: the error message says more than waiting would.
    if (ends_with_semicolon) return Completeness::terminated;
    return depth > 0 ? Completeness::open : Completeness::balanced;
}

}  // namespace mainstay::shell
