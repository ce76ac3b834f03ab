#include "syntax/lexical.hpp"
#include "syntax/parse.hpp"

namespace mainstay::syntax {

std::vector<Span> split_statements(std::string_view script) {
    std::vector<Span> statements;
    const char* const begin = script.data();
    const char* const end = begin + script.size();
    const char* first = skip_blank(begin, end);
    const char* last = first;  // past the last thing that is not blank
    const auto finish = [&] {
        if (last > first) {
            statements.push_back({static_cast<std::uint32_t>(first - begin), static_cast<std::uint32_t>(last - begin)});
        }
    };
    for (const char* p = first; p != end;) {
        if (*p == ';') {
            finish();
            p = first = last = skip_blank(p + 1, end);
            continue;
        }
        const char* next = p + 1;
        if (*p == '\'' || *p == '"') {
            next = skip_string(p, end);
            if (!next) next = end;
        } else if (*p == '`') {
            next = skip_name(p, end);
            if (next == p) next = p + 1;
        }
        last = next;
        p = skip_blank(next, end);
    }
    finish();
    return statements;
}

}  // namespace mainstay::syntax
