#include "language/highlight.hpp"

#include "language/lexer.hpp"
#include "language/words.hpp"

#include <algorithm>

namespace mainstay::shell {
namespace {

bool is_symbol(std::string_view text, const Token& token, char c) {
    return token.kind == TokenKind::symbol && text[token.begin] == c;
}

}  // namespace

std::vector<InkSpan> highlight(std::string_view text) {
    std::vector<InkSpan> spans;
    if (text.starts_with('.')) {  // a command of the shell
        const std::size_t end = std::min(text.find(' '), text.size());
        return {{0, end, Ink::keyword}};
    }
    const std::vector<Token> tokens = tokens_of(text);
    std::vector<char> brackets;  // open ones
    Token before;                // last significant token
    bool after_colon_in_map = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        Ink ink = Ink::plain;
        switch (token.kind) {
            case TokenKind::space: continue;
            case TokenKind::comment: ink = Ink::comment; break;
            case TokenKind::string: ink = Ink::string; break;
            case TokenKind::number: ink = Ink::number; break;
            case TokenKind::parameter: ink = Ink::parameter; break;
            case TokenKind::quoted_name:
            case TokenKind::word: {
                const bool in_map = !brackets.empty() && brackets.back() == '{';
                const bool after_label_sign =
                    before.end > 0 && !in_map &&
                    (is_symbol(text, before, ':') || is_symbol(text, before, '|') || is_symbol(text, before, '&'));
                const bool after_dot = before.end > 0 && is_symbol(text, before, '.');
                const bool before_call = i + 1 < tokens.size() &&
                                         (is_symbol(text, tokens[i + 1], '(') || is_symbol(text, tokens[i + 1], '.'));
                const bool is_key =
                    in_map && !after_colon_in_map && i + 1 < tokens.size() && is_symbol(text, tokens[i + 1], ':');
                if (after_label_sign)
                    ink = Ink::label;
                else if (token.kind == TokenKind::quoted_name || is_key)
                    ink = Ink::plain;
                else if (!after_dot && is_keyword(token.text_in(text)))
                    ink = Ink::keyword;
                else if (before_call && is_symbol(text, tokens[i + 1], '('))
                    ink = Ink::function;
                break;
            }
            case TokenKind::symbol: {
                const char c = text[token.begin];
                if (c == '(' || c == '[' || c == '{') brackets.push_back(c);
                if ((c == ')' || c == ']' || c == '}') && !brackets.empty()) brackets.pop_back();
                after_colon_in_map = c == ':' && !brackets.empty() && brackets.back() == '{';
                break;
            }
        }
        if (ink != Ink::plain) spans.push_back({token.begin, token.end, ink});
        if (token.kind != TokenKind::comment) before = token;
        if (token.kind != TokenKind::symbol) after_colon_in_map = false;
    }
    return spans;
}

}  // namespace mainstay::shell
