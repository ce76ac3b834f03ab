#include "readers/json_object.hpp"

#include "readers/json.hpp"
#include "text_file.hpp"

#include "mainstay/core/json_text.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace mainstay::connect {
namespace {

using Json = nlohmann::json;

// The value of a scalar; nullopt for objects and lists.
std::optional<Value> scalar_of(const Json& json) {
    switch (json.type()) {
        case Json::value_t::null: return Value{};
        case Json::value_t::boolean: return Value{json.get<bool>()};
        case Json::value_t::number_integer: return Value{json.get<std::int64_t>()};
        case Json::value_t::number_unsigned: return Value{json.get<std::int64_t>()};  // fits: checked before
        case Json::value_t::number_float: return Value{json.get<double>()};
        case Json::value_t::string: {
            const auto& text = json.get_ref<const std::string&>();
            return text.empty() ? Value{} : Value{text};
        }
        default: return std::nullopt;
    }
}

class Flattener {
public:
    Flattener(Columns& columns, Row& row) : columns_(columns), row_(row) {}

    void object(const Json& json, const std::string& prefix) {
        for (const auto& [name, member] : json.items()) {
            const std::string column = prefix + name;
            if (member.is_object())
                object(member, column + ".");
            else if (member.is_array())
                list(member, column);
            else
                set(column, *scalar_of(member));
        }
    }

private:
    void list(const Json& json, const std::string& column) {
        ValueList items;
        for (const Json& item : json) {
            std::optional<Value> value = scalar_of(item);
            if (!value) {
                row_.unfit.push_back(columns_.find_or_add(column));
                return;
            }
            if (!value->is_null()) items.push_back(std::move(*value));
        }
        set(column, Value::list(std::move(items)));
    }

    void set(const std::string& column, Value value) {
        const std::size_t index = columns_.find_or_add(column);
        if (row_.cells.size() <= index) row_.cells.resize(index + 1);
        row_.cells[index] = std::move(value);
    }

    Columns& columns_;
    Row& row_;
};

// "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error ...": the part after the place.
std::string reason_of(const Json::parse_error& error) {
    const std::string_view what = error.what();
    const auto at = what.find("syntax error");
    return std::string{at == std::string_view::npos ? what : what.substr(at)};
}

}  // namespace

bool read_json_object(std::string_view text, Columns& columns, Row& row, ProblemLog& problems) {
    row.cells.clear();
    row.unfit.clear();
    if (first_invalid_utf8(text)) {
        problems.add(row.line, "the object is not UTF-8; row not taken");
        return false;
    }
    if (is_nested_too_deep(text)) {
        problems.add(row.line,
                     fmt::format("the object is nested deeper than {} levels; row not taken", json_depth_max));
        return false;
    }
    if (const std::string_view wide = wide_integer_in(text); !wide.empty()) {
        problems.add(row.line, fmt::format("the integer {} has more than 64 bits; row not taken. Write it in quotes to "
                                           "keep it as text",
                                           wide));
        return false;
    }
    try {
        const Json json = Json::parse(text);
        if (!json.is_object()) {
            problems.add(row.line,
                         fmt::format("an object is expected here, not a {}; row not taken", json.type_name()));
            return false;
        }
        Flattener{columns, row}.object(json, "");
        return true;
    } catch (const Json::parse_error& error) {
        const auto before = text.substr(0, std::min(error.byte, text.size()));
        const auto lines = static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
        problems.add(row.line + lines, fmt::format("not JSON: {}; row not taken", reason_of(error)));
        return false;
    } catch (const Json::exception&) {
        problems.add(row.line, std::string{"a number of it is beyond what a float holds; row not taken"});
        return false;
    }
}

}  // namespace mainstay::connect
