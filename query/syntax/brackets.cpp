#include "syntax/brackets.hpp"

#include "mainstay/core/assert.hpp"
#include "syntax/lexical.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mainstay::syntax {
namespace {

char closing(char open) noexcept { return open == '(' ? ')' : open == '[' ? ']' : '}'; }

[[noreturn]] void refuse_unclosed(std::uint32_t begin, std::uint32_t length, const char* what, const char* closer) {
    throw Error{Code::syntax, Span{begin, begin + length}, fmt::format("this {} is never closed", what)}.with_hint(
        fmt::format("close it with {}", closer));
}

}  // namespace

Brackets::Brackets(std::string_view text, const ParseLimits& limits) {
    if (text.size() > limits.statement_bytes) {
        throw Error{
            Code::syntax, Span{0, 0},
            fmt::format("the statement has {} bytes; at most {} are taken", text.size(), limits.statement_bytes)}
            .with_hint("pass large data as parameters, or split the statement");
    }
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto offset = [&](const char* p) { return static_cast<std::uint32_t>(p - begin); };
    std::vector<std::uint32_t> open;  // indexes into all_

    for (const char* p = begin; p != end;) {
        const char* start = p;
        switch (*p) {
            case '\'':
            case '"':
                p = skip_string(p, end);
                if (!p) refuse_unclosed(offset(start), 1, "string", *start == '"' ? "\"" : "'");
                break;
            case '`':
                p = skip_name(p, end);
                if (p == start) refuse_unclosed(offset(start), 1, "name", "`");
                break;
            case '/':
                if (end - p > 1 && p[1] == '*' && text.find("*/", offset(p) + 2) == std::string_view::npos) {
                    refuse_unclosed(offset(start), 2, "comment", "*/");
                }
                p = std::max(p + 1, skip_blank(p, end));
                break;
            case '(':
            case '[':
            case '{':
                if (open.size() >= limits.nesting) {
                    throw Error{Code::nesting_too_deep, Span{offset(p), offset(p) + 1},
                                fmt::format("brackets are nested more than {} deep here", limits.nesting)}
                        .with_hint("split the statement, or pass the data as a parameter");
                }
                open.push_back(static_cast<std::uint32_t>(all_.size()));
                all_.push_back({offset(p), static_cast<std::uint32_t>(text.size())});
                ++p;
                break;
            case ')':
            case ']':
            case '}':
                if (!open.empty()) {
                    Bracket& top = all_[open.back()];
                    if (closing(text[top.open]) != *p && !unclosed_) unclosed_ = top.open;
                    top.close = offset(p);
                    open.pop_back();
                }
                ++p;
                break;
            case ',':
                if (!open.empty()) all_[open.back()].comma = true;
                ++p;
                break;
            case '|':
                if (!open.empty()) all_[open.back()].bar = true;
                ++p;
                break;
            default: ++p;
        }
        // Bytes beyond ASCII are checked wherever they stand, inside strings and comments too.
        for (const char* q = start; q < p;) {
            if (static_cast<unsigned char>(*q) < 0x80) {
                ++q;
                continue;
            }
            const auto c = code_point(q, end);
            if (c.size == 1) {
                throw Error{Code::invalid_unicode_character, Span{offset(q), offset(q) + 1},
                            "the statement is not valid UTF-8 here"}
                    .with_hint("save the text as UTF-8");
            }
            q += c.size;
            p = std::max(p, q);
        }
    }
    if (!open.empty() && !unclosed_) unclosed_ = all_[open.front()].open;
}

const Bracket& Brackets::at(std::uint32_t open) const {
    const auto found = std::lower_bound(all_.begin(), all_.end(), open,
                                        [](const Bracket& bracket, std::uint32_t at) { return bracket.open < at; });
    MAINSTAY_ASSERT(found != all_.end() && found->open == open);
    return *found;
}

}  // namespace mainstay::syntax
