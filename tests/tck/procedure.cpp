#include "procedure.hpp"

#include "text_value.hpp"

#include <stdexcept>
#include <string_view>

namespace mainstay::tck {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

// "(name :: TYPE, name :: TYPE)"
std::vector<ProcedureColumn> read_columns(std::string_view text, const std::string& signature) {
    std::vector<ProcedureColumn> columns;
    text = trimmed(text);
    if (!text.starts_with('(') || !text.ends_with(')')) throw std::invalid_argument("not a signature: " + signature);
    text = trimmed(text.substr(1, text.size() - 2));
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        const std::string_view column = text.substr(0, comma);
        const std::size_t colons = column.find("::");
        if (colons == std::string_view::npos) throw std::invalid_argument("not a signature: " + signature);
        columns.push_back(
            {std::string(trimmed(column.substr(0, colons))), std::string(trimmed(column.substr(colons + 2)))});
        text = trimmed(text.substr(std::min(comma + 1, text.size())));
    }
    return columns;
}

}  // namespace

Procedure make_procedure(const ProcedureTable& table) {
    const std::string_view signature = table.signature;
    const std::size_t open = signature.find('('), close = signature.find(')');
    const std::size_t colons = signature.find("::", close == std::string_view::npos ? 0 : close);
    if (open == std::string_view::npos || close == std::string_view::npos || colons == std::string_view::npos)
        throw std::invalid_argument("not a signature: " + table.signature);

    Procedure procedure;
    procedure.name = trimmed(signature.substr(0, open));
    procedure.inputs = read_columns(signature.substr(open, close + 1 - open), table.signature);
    procedure.outputs = read_columns(signature.substr(colons + 2), table.signature);
    procedure.help = "a table of the conformance suite";

    std::vector<std::vector<Value>> rows;
    for (const auto& row : table.rows) {
        std::vector<Value> values;
        for (const std::string& cell : row) values.push_back(to_engine(parse_text_value(cell)));
        rows.push_back(std::move(values));
    }
    const std::size_t inputs = procedure.inputs.size();
    procedure.body = [rows = std::move(rows), inputs](const View&, const std::vector<Value>& arguments,
                                                      const std::function<void(std::vector<Value>)>& emit) {
        for (const std::vector<Value>& row : rows) {
            bool same = true;
            for (std::size_t i = 0; i < inputs && same; ++i) same = equivalent(row[i], arguments.at(i));
            if (same) emit({row.begin() + static_cast<std::ptrdiff_t>(inputs), row.end()});
        }
    };
    return procedure;
}

}  // namespace mainstay::tck
