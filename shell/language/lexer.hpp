#pragma once

// A statement's text cut into tokens, for highlighting, completion and splitting scripts. Takes any text, wrong or half
// written; the language's own grammar lives elsewhere and is not needed to tell a string from a comment.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mainstay::shell {

enum class TokenKind : std::uint8_t {
    space,
    comment,      // to the end of the line, or /* ... */
    word,         // keyword, name, function
    quoted_name,  // `...`
    string,       // '...' or "..."
    number,
    parameter,  // $name
    symbol      // one character of punctuation
};

struct Token {
    TokenKind kind = TokenKind::space;
    std::size_t begin = 0;  // bytes
    std::size_t end = 0;
    bool is_closed = true;  // false: a string, quoted name or comment that the text ends within
    std::string_view text_in(std::string_view text) const noexcept { return text.substr(begin, end - begin); }
};

// Tokens without gaps, in order. Linear in the text.
std::vector<Token> tokens_of(std::string_view text);

struct Statement {
    std::string_view text;   // without the `;`, without space around; borrowed from the script
    std::size_t offset = 0;  // of text in the script
};

// The statements of a script, separated by `;` outside strings, quoted names and comments. What is empty or only
// comment is left out.
std::vector<Statement> split_statements(std::string_view script);

enum class Completeness : std::uint8_t {
    empty,      // nothing but space and comments
    open,       // a string, comment or bracket is not closed, or nothing says that the statement ends
    balanced,   // all closed, no `;` at the end: an empty line may end it
    terminated  // ends with `;`
};
Completeness completeness_of(std::string_view text);

}  // namespace mainstay::shell
