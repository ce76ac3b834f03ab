#include "mainstay/connect/writers.hpp"

#include <cmath>

namespace mainstay {
namespace {

void append_field(std::string_view text, std::string& out) {
    if (!text.empty() && text.find_first_of("\",\r\n") == std::string_view::npos) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

void append_value(const Value& value, std::string& out) {
    switch (value.type()) {
        case ValueType::null: return;
        case ValueType::list:
        case ValueType::map:
        case ValueType::node:
        case ValueType::relationship:
        case ValueType::path: {
            std::string json;
            append_json(value, json);
            append_field(json, out);
            return;
        }
        default: append_field(to_text(value), out);
    }
}

// RFC 4180 ends lines with CR LF.
class CsvWriter final : public ResultWriter {
public:
    explicit CsvWriter(TextSink& sink) : sink_(sink) {}

    void begin(const std::vector<std::string>& columns) override {
        text_.clear();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (i) text_ += ',';
            append_field(columns[i], text_);
        }
        if (columns.empty()) return;
        text_ += "\r\n";
        sink_.write(text_);
    }

    void row(const std::vector<Value>& values) override {
        text_.clear();
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i) text_ += ',';
            append_value(values[i], text_);
        }
        text_ += "\r\n";
        sink_.write(text_);
    }

    bool end(std::span<const Notice>) override { return false; }

private:
    TextSink& sink_;
    std::string text_;
};

}  // namespace

std::unique_ptr<ResultWriter> csv_writer(TextSink& sink) { return std::make_unique<CsvWriter>(sink); }

}  // namespace mainstay
