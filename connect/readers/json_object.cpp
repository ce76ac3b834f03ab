#include "readers/json_object.hpp"

#include "text_file.hpp"

#include "mainstay/core/json.hpp"
#include "mainstay/core/json_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace mainstay::connect {

// The parser's events for one object. No tree is built: a member becomes a cell as it is read.
class ObjectEvents {
public:
    ObjectEvents(JsonObjectReader& reader, const std::string& prefix, JsonObjectReader::Take take, Row& row)
        : reader_(reader), take_(take), row_(row), path_(prefix) {}

    bool null() { return value(Value{}); }
    bool boolean(bool given) { return value(Value{given}); }
    bool number_integer(std::int64_t given) { return value(Value{given}); }
    bool number_unsigned(std::uint64_t given) {
        if (given > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return wide(std::to_string(given));
        return value(Value{static_cast<std::int64_t>(given)});
    }
    bool number_float(double given, const std::string& text) {
        return text.find_first_of(".eE") == std::string::npos ? wide(text) : value(Value{given});
    }
    bool string(std::string& given) { return value(given.empty() ? Value{} : Value{given}); }
    bool binary(std::vector<std::uint8_t>&) { return true; }  // no JSON text has it
    bool key(std::string& name) {
        if (skipped_ == 0) {
            path_.resize(lengths_.back());
            path_ += name;
        }
        return true;
    }
    bool start_object(std::size_t) {
        if (lengths_.empty()) {
            lengths_.push_back(path_.size());
        } else if (list_ || skipped_ > 0) {
            begin_unfit();
        } else {
            path_ += '.';
            lengths_.push_back(path_.size());
        }
        return true;
    }
    bool end_object() {
        if (skipped_ > 0)
            --skipped_;
        else
            lengths_.pop_back();
        return true;
    }
    bool start_array(std::size_t) {
        if (lengths_.empty()) {
            found_ = "an array";
            return false;
        }
        if (list_ || skipped_ > 0)
            begin_unfit();
        else
            list_.emplace();
        return true;
    }
    bool end_array() {
        if (skipped_ > 0) {
            --skipped_;
            return true;
        }
        ValueList items = std::move(*list_);
        list_.reset();
        if (take_ == JsonObjectReader::Take::plain) {
            // Not wanted.
        } else if (is_unfit_)
            set_unfit();
        else if (!wide_.empty())
            set_bad();
        else
            set(Value::list(std::move(items)));
        is_unfit_ = false;
        wide_.clear();
        return true;
    }
    bool parse_error(std::size_t byte, const std::string&, const nlohmann::detail::exception& error) {
        byte_ = byte;
        // "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error ...": what follows the place
        const std::string_view what = error.what();
        const auto at = what.find("syntax error");
        if (dynamic_cast<const Json::out_of_range*>(&error))
            reason_ = "a number of it is beyond what a float holds";
        else
            reason_ = fmt::format("not JSON: {}", at == std::string_view::npos ? what : what.substr(at));
        return false;
    }

    const std::string& reason() const noexcept { return reason_; }  // "" without an error
    std::size_t byte() const noexcept { return byte_; }
    const std::string& found() const noexcept { return found_; }  // what stands where an object should; "": an object

private:
    bool value(Value given) {
        if (lengths_.empty()) {
            found_ = given.is(ValueType::boolean) ? "true or false"
                     : given.is_number()          ? "a number"
                     : given.is_null()            ? "null"
                                                  : "a text";
            return false;
        }
        if (skipped_ > 0) return true;
        if (!list_)
            set(std::move(given));
        else if (!given.is_null())
            list_->push_back(std::move(given));
        return true;
    }

    bool wide(const std::string& digits) {
        if (lengths_.empty()) return value(Value{0});
        if (skipped_ > 0) return true;
        wide_ = digits;
        if (list_) return true;
        set_bad();
        wide_.clear();
        return true;
    }

    // An object or a list inside a list: all of it is passed over.
    void begin_unfit() {
        ++skipped_;
        is_unfit_ = true;
    }

    void set(Value given) {
        if (std::size_t index = 0; reader_.claim(path_, row_, index)) row_.cells[index] = std::move(given);
    }
    void set_unfit() {
        if (std::size_t index = 0; reader_.claim(path_, row_, index)) row_.unfit.push_back(index);
    }
    void set_bad() {
        if (std::size_t index = 0; reader_.claim(path_, row_, index))
            row_.bad.push_back({index, fmt::format("holds the integer {}, which has more than 64 bits. Written in "
                                                   "quotes it is kept as text",
                                                   mainstay::quoted(wide_))});
    }

    JsonObjectReader& reader_;
    JsonObjectReader::Take take_;
    Row& row_;
    std::string path_;                  // of the member that is read
    std::vector<std::size_t> lengths_;  // of the path before the members of each open object
    std::optional<ValueList> list_;     // the open list
    bool is_unfit_ = false;             // it holds what no property can
    std::string wide_;                  // an integer in it that 64 bits do not hold
    std::size_t skipped_ = 0;           // open brackets inside of it
    std::string reason_, found_;
    std::size_t byte_ = 0;
};

void JsonObjectReader::begin(Row& row) {
    row.clear();
    ++rows_;
}

bool JsonObjectReader::claim(const std::string& column, Row& row, std::size_t& index) {
    index = columns_.find_or_add(column);
    if (row.cells.size() <= index) row.cells.resize(index + 1);
    if (claimed_.size() <= index) claimed_.resize(index + 1);
    if (claimed_[index] != rows_) {
        claimed_[index] = rows_;
        return true;
    }
    row.cells[index] = Value{};
    std::erase(row.unfit, index);
    if (!row.find_bad(index)) row.bad.push_back({index, "is said twice by one object"});
    return false;
}

void JsonObjectReader::set(const std::string& column, Value value, Row& row) {
    if (std::size_t index = 0; claim(column, row, index)) row.cells[index] = std::move(value);
}

bool JsonObjectReader::add(std::string_view text, const std::string& prefix, Take take, Row& row,
                           ProblemLog& problems) {
    const auto refuse = [&](std::uint64_t line, std::string_view why) {
        problems.add(line, fmt::format("{}; row not taken", why), NotTaken::row, row.object);
        return false;
    };
    if (const auto why = not_utf8(text); !why.empty()) return refuse(row.line, fmt::format("the object {}", why));
    if (is_nested_too_deep(text))
        return refuse(row.line, fmt::format("the object is nested deeper than {} levels", json_depth_max));
    ObjectEvents events{*this, prefix, take, row};
    if (Json::sax_parse(text, &events)) return true;
    if (!events.found().empty())
        return refuse(row.line, fmt::format("an object is expected here, not {}", events.found()));
    const auto before = text.substr(0, std::min(events.byte(), text.size()));
    return refuse(row.line + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n')),
                  events.reason());
}

}  // namespace mainstay::connect
