#include "mainstay/connect/writers.hpp"

namespace mainstay {
namespace {

class JsonWriter final : public ResultWriter {
public:
    explicit JsonWriter(TextSink& sink) : sink_(sink) {}

    void begin(const std::vector<std::string>& columns) override {
        text_ = "{\"columns\":[";
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (i) text_ += ',';
            append_json_string(columns[i], text_);
        }
        text_ += "],\"rows\":[";
        sink_.write(text_);
    }

    void row(const std::vector<Value>& values) override {
        text_ = any_ ? ",\n[" : "\n[";
        any_ = true;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i) text_ += ',';
            append_json(values[i], text_);
        }
        text_ += ']';
        sink_.write(text_);
    }

    bool end(std::span<const Notice> notices) override {
        text_ = any_ ? "\n],\"notices\":[" : "],\"notices\":[";
        for (std::size_t i = 0; i < notices.size(); ++i) {
            if (i) text_ += ',';
            text_ += "{\"code\":";
            append_json_string(notices[i].code, text_);
            text_ += ",\"message\":";
            append_json_string(notices[i].message, text_);
            text_ += '}';
        }
        text_ += "]}\n";
        sink_.write(text_);
        any_ = false;
        return true;
    }

private:
    TextSink& sink_;
    std::string text_;
    bool any_ = false;
};

class JsonLinesWriter final : public ResultWriter {
public:
    explicit JsonLinesWriter(TextSink& sink) : sink_(sink) {}

    void begin(const std::vector<std::string>& columns) override {
        keys_.clear();
        for (const std::string& column : columns) {
            std::string key = keys_.empty() ? "{" : ",";
            append_json_string(column, key);
            keys_.push_back(key + ":");
        }
    }

    void row(const std::vector<Value>& values) override {
        text_ = keys_.empty() ? "{" : "";
        for (std::size_t i = 0; i < values.size(); ++i) {
            text_ += keys_[i];
            append_json(values[i], text_);
        }
        text_ += "}\n";
        sink_.write(text_);
    }

    bool end(std::span<const Notice>) override { return false; }

private:
    TextSink& sink_;
    std::vector<std::string> keys_;  // `{"a":`, `,"b":`
    std::string text_;
};

}  // namespace

std::unique_ptr<ResultWriter> json_writer(TextSink& sink) { return std::make_unique<JsonWriter>(sink); }
std::unique_ptr<ResultWriter> jsonl_writer(TextSink& sink) { return std::make_unique<JsonLinesWriter>(sink); }

}  // namespace mainstay
