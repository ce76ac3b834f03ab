#pragma once

#include "mainstay/core/error.hpp"
#include "mainstay/query/database.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::test {

// The statements of a text, split at semicolons outside strings and comments; blank ones left out.
inline std::vector<std::string> split_statements(std::string_view text) {
    std::vector<std::string> statements(1);
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0) {
            if (c == '\\' && i + 1 < text.size())
                statements.back() += text[i++];
            else if (c == quote)
                quote = 0;
        } else if (c == '\'' || c == '"' || c == '`') {
            quote = c;
        } else if (c == '/' && i + 1 < text.size() && text[i + 1] == '/') {
            while (i < text.size() && text[i] != '\n') ++i;
            statements.back() += '\n';
            continue;
        } else if (c == ';') {
            statements.emplace_back();
            continue;
        }
        statements.back() += text[i];
    }
    std::erase_if(statements,
                  [](const std::string& each) { return each.find_first_not_of(" \t\r\n") == std::string::npos; });
    return statements;
}

inline std::string read_file(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) throw std::runtime_error("cannot read " + file.string());
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

using PrintedRows = std::vector<std::vector<std::string>>;

// Runs a statement and prints its values. A statement that fails throws with its text.
inline PrintedRows rows_of(Database& database, std::string_view statement, const Parameters& parameters = {}) {
    try {
        PrintedRows printed;
        const auto result = database.run(statement, parameters);
        while (const auto* row = result->next()) {
            auto& cells = printed.emplace_back();
            for (const Value& value : *row) cells.push_back(to_text(value));
        }
        return printed;
    } catch (const Error& error) {
        throw std::runtime_error(describe(error, statement));
    }
}

}  // namespace mainstay::test
