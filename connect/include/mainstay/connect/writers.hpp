#pragma once

// Results as text that programs read, and JSON back into values.

#include "mainstay/core/error.hpp"
#include "mainstay/core/value.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay {

// Where text goes. What write() throws passes through whoever writes.
class TextSink {
public:
    virtual ~TextSink() = default;
    virtual void write(std::string_view text) = 0;
};

// begin, then row once a row, then end. Streaming: none keeps more than a bounded look-ahead. Properties whose key
// begins with `~` belong to the system: no writer shows them. Values are read during the call only. Throws what the
// sink throws; an output left without end() is visibly incomplete (JSON does not close).
class ResultWriter {
public:
    virtual ~ResultWriter() = default;
    virtual void begin(const std::vector<std::string>& columns) = 0;
    virtual void row(const std::vector<Value>& values) = 0;  // as many as columns
    // `notices` are part of the result in JSON; the other formats leave them to the caller (false): show them
    // elsewhere.
    virtual bool end(std::span<const Notice> notices) = 0;
};

// {"columns":[…],"rows":[[…],…],"notices":[{"code":…,"message":…}]} and a newline, a row a line. Nodes {"id","labels",
// "properties"}, relationships {"id","type","source","target","properties"}, paths {"nodes","relationships"}; ids are
// elementId strings, temporal values canonical strings, NaN and infinities the strings "NaN", "Infinity", "-Infinity".
std::unique_ptr<ResultWriter> json_writer(TextSink& sink);
// One object a row, columns as keys, values as above.
std::unique_ptr<ResultWriter> jsonl_writer(TextSink& sink);
// RFC 4180 with a header line; null is an empty field, an empty string is `""`; lists, maps and elements as JSON.
std::unique_ptr<ResultWriter> csv_writer(TextSink& sink);

// Whether a property belongs to the system (its key begins with `~`) and is never shown.
inline bool is_hidden(std::string_view key) noexcept { return key.starts_with('~'); }
// `text` in quotes and escaped; bytes that are not UTF-8 become U+FFFD, so the output is valid JSON whatever is stored.
void append_json_string(std::string_view text, std::string& out);
// As described at json_writer(). Deep values recurse: values are no deeper than the language lets them be.
void append_json(const Value& value, std::string& out);

// Objects become maps. Throws Error(Code::input_invalid), which begins with `what` ("the body"), for what is no JSON
// (with the place), nests deeper than 200 levels, or has an integer of more than 64 bits or a member twice.
Value value_of_json(std::string_view text, const std::string& what);

}  // namespace mainstay
