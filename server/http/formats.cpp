#include "http/formats.hpp"

#include "http/summary.hpp"

#include "mainstay/connect/graph_writers.hpp"
#include "mainstay/core/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace mainstay::server {
namespace {

constexpr std::size_t bytes_at_once = std::size_t{256} << 10;

class TextBuffer final : public TextSink {
public:
    void write(std::string_view text) override { text_ += text; }
    std::size_t size() const noexcept { return text_.size(); }
    std::string take() { return std::exchange(text_, {}); }
    const std::string& text() const noexcept { return text_; }
    // Puts members into the object that has just been closed.
    void add_members(const std::string& members) {
        const std::size_t end = text_.rfind('}');
        MAINSTAY_ASSERT(end != std::string::npos);
        text_.insert(end, members);
    }

private:
    std::string text_;
};

class ResultBody final : public BodySource {
public:
    ResultBody(std::unique_ptr<Result> result, const ResultFormat& format, std::uint64_t rows_max,
               std::unique_ptr<StatementWatch> watch)
        : watch_(std::move(watch)),
          result_(std::move(result)),
          format_(format),
          rows_max_(rows_max),
          writer_(format.make(buffer_)) {
        writer_->begin(result_->columns());
    }

    bool write_some(std::string& out) override {
        bool has_more = true;
        try {
            has_more = produce();
        } catch (const Error& error) {
            if (format_.error_form == ErrorForm::cut) throw;
            write_error(error);
            has_more = false;
        }
        out += buffer_.take();
        return has_more;
    }

    // The first stretch: nothing was sent yet, so that an error is one of the request.
    bool begin(std::string& out) {
        const bool has_more = produce();
        out = buffer_.take();
        return has_more;
    }
    const Result& result() const noexcept { return *result_; }

private:
    bool produce() {
        while (buffer_.size() < bytes_at_once) {
            const auto* row = result_->next();
            if (!row) {
                writer_->end(result_->notices());
                if (format_.error_form == ErrorForm::json_member) buffer_.add_members(summary_members(*result_));
                watch_->set_outcome(result_->is_write() ? Metrics::Outcome::written : Metrics::Outcome::read);
                return false;
            }
            if (rows_max_ > 0 && ++rows_ > rows_max_)
                throw Error{Code::result_limit, fmt::format("the result has more than {} rows", rows_max_)}.with_hint(
                    "raise `limits.rows`, or add LIMIT to the statement");
            writer_->row(*row);
        }
        return true;
    }

    void write_error(const Error& error) {
        std::string json = error_json(error, {});
        if (format_.error_form == ErrorForm::json_member)
            json = "\n]," + json.substr(1);  // what is open: the object and its rows
        buffer_.write(json + "\n");
    }

    std::unique_ptr<StatementWatch> watch_;
    std::unique_ptr<Result> result_;
    const ResultFormat& format_;
    std::uint64_t rows_max_, rows_ = 0;
    TextBuffer buffer_;
    std::unique_ptr<ResultWriter> writer_;
};

template <GraphFormat format>
std::unique_ptr<ResultWriter> graph(TextSink& sink) {
    return graph_writer(format, sink);
}

template <std::size_t... i>
std::vector<ResultFormat> all_formats(std::index_sequence<i...>) {
    std::vector<ResultFormat> all{
        {"json", "application/json", ErrorForm::json_member, json_writer},
        {"jsonl", "application/x-ndjson", ErrorForm::json_line, jsonl_writer},
        {"csv", "text/csv; charset=utf-8", ErrorForm::cut, csv_writer},
    };
    (all.push_back(
         {graph_formats()[i].name, graph_formats()[i].media_type, ErrorForm::cut, graph<static_cast<GraphFormat>(i)>}),
     ...);
    return all;
}

constexpr std::size_t graph_format_count = static_cast<std::size_t>(GraphFormat::mermaid) + 1;
const std::vector<ResultFormat> formats = all_formats(std::make_index_sequence<graph_format_count>());

}  // namespace

std::span<const ResultFormat> result_formats() { return formats; }

const ResultFormat& result_format(std::string_view name, std::string_view accept) {
    if (name == "ndjson") name = "jsonl";
    if (!name.empty()) {
        std::vector<std::string> names;
        for (const ResultFormat& format : formats) {
            if (format.name == name) return format;
            names.emplace_back(format.name);
        }
        std::string all;
        for (const std::string& each : names) all += (all.empty() ? "" : ", ") + each;
        throw Error{Code::input_invalid, "there is no format " + quoted(name)}.with_hint("there are " + all);
    }
    while (!accept.empty()) {
        const auto end = std::min(accept.find(','), accept.size());
        std::string_view type = accept.substr(0, std::min(accept.find(';'), end));
        accept.remove_prefix(std::min(end + 1, accept.size()));
        while (type.starts_with(' ')) type.remove_prefix(1);
        while (type.ends_with(' ')) type.remove_suffix(1);
        for (const ResultFormat& format : formats)
            if (format.media_type.substr(0, format.media_type.find(';')) == type) return format;
    }
    return formats.front();
}

HttpResponse result_response(std::unique_ptr<Result> result, const ResultFormat& format, std::uint64_t rows_max,
                             std::unique_ptr<StatementWatch> watch) {
    auto body = std::make_unique<ResultBody>(std::move(result), format, rows_max, std::move(watch));
    HttpResponse response;
    response.content_type = format.media_type;
    if (const auto commit = body->result().commit(); commit && raw(commit->tx) != 0)
        response.headers.emplace_back("Mainstay-Transaction", std::to_string(raw(commit->tx)));
    if (body->begin(response.body)) response.more = std::move(body);
    return response;
}

HttpResponse rows_response(const std::vector<std::string>& columns, const std::vector<std::vector<Value>>& rows,
                           const std::vector<Notice>& notices) {
    TextBuffer text;
    const auto writer = json_writer(text);
    writer->begin(columns);
    for (const auto& row : rows) writer->row(row);
    writer->end(notices);
    HttpResponse response;
    response.body = text.take();
    return response;
}

HttpResponse run_statement(const Asked& asked, std::string_view statement, const Parameters& parameters,
                           const ExecuteOptions& options, const ResultFormat& format, std::uint64_t rows_max) {
    const std::string& user = options.principal.name.empty() ? options.commit.author : options.principal.name;
    auto watch = std::make_unique<StatementWatch>(&asked.context(), Door::http, statement, user);
    return result_response(asked.database().run(statement, parameters, options), format, rows_max, std::move(watch));
}

}  // namespace mainstay::server
