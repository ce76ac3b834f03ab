// What to say when the text does not go on as the grammar expects.

#include "syntax/builder.hpp"
#include "syntax/lexical.hpp"
#include "syntax/literals.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mainstay::syntax {
namespace {

std::string upper(std::string_view word) {
    std::string result{word};
    for (char& c : result) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return result;
}

bool is_keyword(const std::string& upper_word) {
    return std::binary_search(keywords().begin(), keywords().end(), upper_word);
}

// WEHRE, CERATE: two letters changed places, too far for the edit distance of a short word.
std::string anagram(std::string word) {
    const auto sorted = [](std::string s) {
        std::sort(s.begin(), s.end());
        return s;
    };
    if (word.size() < 4) return {};
    for (const std::string& keyword : keywords()) {
        if (keyword.size() == word.size() && sorted(keyword) == sorted(word)) {
            return fmt::format("did you mean {}?", quoted(keyword));
        }
    }
    return {};
}

std::string hint_for_word(std::string_view word) {
    const std::string name = upper(word);
    if (name.size() > 20 || is_keyword(name)) return {};
    auto hint = nearest(name, keywords());
    return hint.empty() ? anagram(name) : hint;
}

std::string hint_for_symbol(std::string_view rest) {
    const auto begins = [&](std::string_view symbol) { return rest.substr(0, symbol.size()) == symbol; };
    if (begins("!=")) return "not equal is written <>";
    if (begins("==")) return "equality is written with one =";
    if (begins("&&") || begins("&")) return "a logical and is written AND";
    if (begins("||")) return "a logical or is written OR, strings and lists are joined by +";
    if (begins("!")) return "a negation is written NOT";
    return {};
}

// Look-alikes that text editors and web pages put in place of the real thing.
std::string hint_for_code_point(char32_t c) {
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xAD) return "did you mean `-`?";
    if (c == 0x2018 || c == 0x2019 || c == 0x201A) return "did you mean `'`?";
    if (c == 0x201C || c == 0x201D || c == 0x201E || c == 0xAB || c == 0xBB) return "did you mean `\"`?";
    if (c == 0x2264) return "did you mean `<=`?";
    if (c == 0x2265) return "did you mean `>=`?";
    if (c == 0x2260) return "did you mean `<>`?";
    if (c == 0x2192 || c == 0x27F6) return "did you mean `->`?";
    if (c == 0x2190 || c == 0x27F5) return "did you mean `<-`?";
    return {};
}

// Behind `IMPACT OF a`, before a comma: how more than one element is written.
std::string hint_for_list(std::string_view before) {
    std::string_view follower;
    while (!before.empty()) {
        const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
        std::size_t end = before.size();
        while (end > 0 && !is_letter(before[end - 1])) --end;
        std::size_t begin = end;
        while (begin > 0 && is_letter(before[begin - 1])) --begin;
        const std::string_view word = before.substr(begin, end - begin);
        if (same_word(follower, "OF")) {
            for (const std::string_view clause : {"IMPACT", "DEPENDENCIES", "DEPENDENTS"})
                if (same_word(word, clause)) return fmt::format("several go into a list: {} OF [a, b]", clause);
            return {};
        }
        if (!same_word(word, "OF") && is_reserved(word)) return {};
        follower = word;
        before = before.substr(0, begin);
    }
    return {};
}

}  // namespace

void Builder::expected(const char* at, std::string_view what) const {
    const char* const end = text_.data() + text_.size();
    const std::uint32_t place = offset(at);

    std::string after;
    if (last_token_.end > 0 && last_token_.end <= place) {
        const std::string_view last = text(last_token_);
        after = fmt::format(" after {}", is_keyword(upper(last)) ? upper(last) : quoted(last));
    }
    std::string unclosed;
    if (const auto open = brackets_.unclosed(); open && *open < place) {
        const Place where = place_of(text_, *open);
        unclosed = fmt::format("the `{}` at {}:{} is not closed", text_[*open], where.line, where.column);
    }
    if (at == end && last_token_.end == 0) throw Error{Code::syntax, Span{place, place}, "there is no statement here"};
    if (at == end) {
        throw Error{Code::syntax, Span{place, place},
                    fmt::format("expected {}{}, but the statement ends here", what, after)}
            .with_hint(std::move(unclosed));
    }

    const auto first = code_point(at, end);
    if (first.value >= 0x80 && !is_name_start(at, end)) {
        throw Error{Code::invalid_unicode_character, Span{place, place + first.size},
                    fmt::format("the character {} (U+{:04X}) has no meaning here",
                                quoted(std::string_view{at, first.size}), static_cast<std::uint32_t>(first.value))}
            .with_hint(hint_for_code_point(first.value));
    }

    const char* last = skip_name(at, end);
    const bool is_word = last != at;
    if (!is_word) {
        const bool digit = *at >= '0' && *at <= '9';
        const bool quote = *at == '\'' || *at == '"';
        last = digit ? skip_number(at, end) : quote ? skip_string(at, end) : at + first.size;
    }
    const std::string_view found{at, static_cast<std::size_t>(last - at)};
    std::string hint;
    const bool after_bracket = last_token_.end > 0 && (text(last_token_) == "(" || text(last_token_) == "[");
    if (last_token_.end > 0 && text(last_token_) == ";") {
        hint = "give one statement at a time";
    } else if (same_word(found, "NOT") && what.find("clause") != std::string_view::npos) {
        hint = "did you mean IS NOT NULL, or AND NOT?";
    } else if (same_word(found, "FOREACH")) {
        hint = "it is written FOREACH (x IN list | clauses)";
    } else if (is_word && is_reserved(found) && (after_bracket || what.find("name") != std::string_view::npos)) {
        hint = fmt::format("{} is a word of the language: write it in backticks to use it as a name", upper(found));
    } else if (is_word && *at != '`') {
        hint = hint_for_word(found);
    } else if (found == ",") {
        hint = hint_for_list(text_.substr(0, place));
    } else {
        hint = hint_for_symbol({at, static_cast<std::size_t>(end - at)});
    }
    if (hint.empty()) hint = std::move(unclosed);
    throw Error{Code::syntax, Span{place, offset(last)},
                fmt::format("expected {}{}, found {}", what, after, quoted(found))}
        .with_hint(std::move(hint));
}

const std::vector<std::string>& keywords() {
    static const std::vector<std::string> words = [] {
        std::vector<std::string> list{"ACYCLIC",
                                      "ALL",
                                      "AND",
                                      "ANY",
                                      "AS",
                                      "ASC",
                                      "ASCENDING",
                                      "BASELINE",
                                      "BETWEEN",
                                      "BREAK",
                                      "BY",
                                      "CALL",
                                      "CASE",
                                      "CHANGE",
                                      "CHANGES",
                                      "CLASSES",
                                      "COLLECT",
                                      "CONCURRENT",
                                      "CONSTRAINT",
                                      "CONSTRAINTS",
                                      "CONTAINS",
                                      "CONTINUE",
                                      "COUNT",
                                      "CREATE",
                                      "CSV",
                                      "DATABASES",
                                      "DEGRADED",
                                      "DELETE",
                                      "DEPENDENCIES",
                                      "DEPENDENTS",
                                      "DESC",
                                      "DESCENDING",
                                      "DETACH",
                                      "DIFFERENT",
                                      "DISTINCT",
                                      "DOWN",
                                      "DROP",
                                      "ELEMENTS",
                                      "ELSE",
                                      "END",
                                      "ENDS",
                                      "ERROR",
                                      "EXISTS",
                                      "EXPLAIN",
                                      "FAIL",
                                      "FAILURE",
                                      "FALSE",
                                      "FIELDTERMINATOR",
                                      "FOR",
                                      "FOREACH",
                                      "FROM",
                                      "FUNCTIONS",
                                      "GIVEN",
                                      "GROUPS",
                                      "HEADERS",
                                      "HISTORY",
                                      "HOP",
                                      "HOPS",
                                      "IF",
                                      "IMPACT",
                                      "IN",
                                      "INDEX",
                                      "INDEXES",
                                      "IS",
                                      "KEY",
                                      "LIMIT",
                                      "LOAD",
                                      "MATCH",
                                      "MERGE",
                                      "NODE",
                                      "NONE",
                                      "NOT",
                                      "NULL",
                                      "OF",
                                      "OFFSET",
                                      "ON",
                                      "OPTIONAL",
                                      "OR",
                                      "ORDER",
                                      "PATH",
                                      "PATHS",
                                      "POINTS",
                                      "PROCEDURES",
                                      "PROFILE",
                                      "PROOF",
                                      "RANGE",
                                      "REDUCE",
                                      "RELATIONSHIP",
                                      "RELATIONSHIPS",
                                      "REMOVE",
                                      "REPEATABLE",
                                      "REPORT",
                                      "REQUIRE",
                                      "RETURN",
                                      "ROWS",
                                      "SET",
                                      "SETTINGS",
                                      "SHORTEST",
                                      "SHOW",
                                      "SIMPLE",
                                      "SINGLE",
                                      "SKIP",
                                      "STARTS",
                                      "STATUS",
                                      "TERMINATE",
                                      "TEXT",
                                      "THEN",
                                      "TRAIL",
                                      "TRANSACTION",
                                      "TRANSACTIONS",
                                      "TRUE",
                                      "TYPES",
                                      "UNION",
                                      "UNIQUE",
                                      "UNWIND",
                                      "VALID_TIME",
                                      "WALK",
                                      "WHAT",
                                      "WHEN",
                                      "WHERE",
                                      "WITH",
                                      "WITHIN",
                                      "XOR",
                                      "YIELD"};
        std::sort(list.begin(), list.end());
        return list;
    }();
    return words;
}

}  // namespace mainstay::syntax
