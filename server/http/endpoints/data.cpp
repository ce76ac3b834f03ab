#include "http/endpoints/endpoints.hpp"

#include "http/formats.hpp"

#include "mainstay/connect/connect.hpp"
#include "mainstay/connect/temporary_folder.hpp"
#include "mainstay/connect/values.hpp"

#include <fmt/format.h>

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <ostream>
#include <streambuf>
#include <system_error>

namespace mainstay::server {
namespace {

constexpr int commit_attempts_max = 10;

void write_file(const std::filesystem::path& file, std::string_view text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    if (!out) throw Error{Code::disk_full, "there is no room for the files of the import"};
}

bool is_plain_name(std::string_view name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos &&
           name.find('\0') == std::string_view::npos && name.size() < 200;
}

ProgressSink stopping(const Asked& asked) {
    return [cancellation = asked.cancellation()](const Progress&) {
        if (cancellation->is_cancelled()) throw Error{Code::cancelled, "the client has gone"};
    };
}

// A file that nobody else sees, and what reads it from its beginning.
class SpooledBody final : public BodySource {
public:
    SpooledBody() {
        std::string name = (std::filesystem::temp_directory_path() / "mainstay-XXXXXX").string();
        descriptor_ = mkstemp(name.data());
        if (descriptor_ < 0)
            throw Error{Code::io_error, "cannot make a temporary file: " + std::string{std::strerror(errno)}};
        ::unlink(name.c_str());
    }
    SpooledBody(const SpooledBody&) = delete;
    SpooledBody& operator=(const SpooledBody&) = delete;
    ~SpooledBody() override { ::close(descriptor_); }

    void append(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto count = ::write(descriptor_, bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0)
                throw Error{Code::disk_full,
                            "there is no room for a copy to send: " + std::string{std::strerror(errno)}};
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    bool write_some(std::string& out) override {
        constexpr std::size_t bytes_at_once = std::size_t{256} << 10;
        const auto before = out.size();
        out.resize(before + bytes_at_once);
        const auto count = ::pread(descriptor_, out.data() + before, bytes_at_once, at_);
        if (count < 0) throw Error{Code::io_error, std::strerror(errno)};
        out.resize(before + static_cast<std::size_t>(count));
        at_ += count;
        return count > 0;
    }

private:
    int descriptor_ = -1;
    off_t at_ = 0;
};

class SpoolBuffer final : public std::streambuf {
public:
    explicit SpoolBuffer(SpooledBody& spool) : spool_(spool) { setp(buffer_, buffer_ + sizeof buffer_); }

protected:
    int_type overflow(int_type c) override {
        sync();
        if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
        return traits_type::not_eof(c);
    }
    int sync() override {
        spool_.append({pbase(), static_cast<std::size_t>(pptr() - pbase())});
        setp(buffer_, buffer_ + sizeof buffer_);
        return 0;
    }

private:
    SpooledBody& spool_;
    char buffer_[std::size_t{64} << 10];
};

void add_transaction(const CommitResult& commit, HttpResponse& response) {
    if (raw(commit.tx) != 0) response.headers.emplace_back("Mainstay-Transaction", std::to_string(raw(commit.tx)));
}

// Of the body's members, or of what stands behind `?` if the body is the file itself.
struct Import {
    TemporaryFolder folder;
    std::filesystem::path input;
    ImportOptions options;
};

void take_json(const Asked& asked, Import& import) {
    const Value body = asked.body();
    import.options.commit = asked.execute_options(body).commit;
    import.options.format = asked.text(body, "format");
    const Value files = body.at("files"), dry_run = body.at("dry_run");
    if (!files.is(ValueType::map) || files.as_map().empty())
        throw Error{Code::input_invalid, "`files` is no object of names and texts"};
    if (!dry_run.is_null() && !dry_run.is(ValueType::boolean))
        throw Error{Code::input_invalid, "`dry_run` is true or false"};
    import.options.dry_run = dry_run.is(ValueType::boolean) && dry_run.as_bool();
    std::string last;
    for (const auto& [name, text] : files.as_map()) {
        if (!is_plain_name(name) || !text.is(ValueType::string))
            throw Error{Code::input_invalid, "`files` has " + quoted(name) + ", which is no plain name with a text"};
        write_file(import.folder.path() / name, text.as_string());
        last = name;
    }
    const Value mapping = body.at("mapping");
    if (mapping.is_null() == import.options.format.empty())
        throw Error{Code::input_invalid, "give either `mapping` or `format`"};
    import.input = mapping.is_null() ? import.folder.path() / last : import.folder.path();
    if (mapping.is_null()) return;
    std::string text;
    append_json(mapping, text);
    const auto file = import.folder.path() / ".mapping.json";
    write_file(file, text);
    import.options.mapping_read = read_mapping(file, MappingFiles::beside_it);
}

}  // namespace

HttpResponse answer_import(const Asked& asked) {
    Import import;
    const auto type = asked.request().header("content-type").value_or("");
    if (type.substr(0, type.find(';')) == "application/json") {
        take_json(asked, import);
    } else if (type.starts_with("application/x-ndjson")) {
        // A few megabytes can be made to unpack into all the memory there is.
        if (asked.request().body.starts_with("\x1F\x8B"))
            throw Error{Code::input_invalid, "the body is compressed"}.with_hint(
                "send it unpacked (gunzip -c dump.jsonl.gz)");
        import.options.commit = asked.execute_options({}).commit;
        import.options.format = "jsonl";
        import.options.dry_run = asked.request().parameter("dry_run") == "true";
        import.input = import.folder.path() / "body.jsonl";
        write_file(import.input, asked.request().body);
    } else {
        throw Error{Code::input_invalid, "the body is neither JSON nor a dump"}.with_hint(
            "send Content-Type: application/json, with files and mapping, or application/x-ndjson");
    }
    import.options.principal = asked.principal();
    import.options.progress = stopping(asked);
    const ImportReport report = import_files(asked.database(), import.input, import.options);
    HttpResponse response =
        rows_response(import_report_columns(), import_report_rows(report), import_report_notices(report));
    add_transaction(report.commit, response);
    return response;
}

// Made whole before it is sent: a slow client must not hold the snapshot, nor a worker.
HttpResponse answer_export(const Asked& asked) {
    auto spool = std::make_unique<SpooledBody>();
    {
        const ViewPtr view = asked.database().store().view();
        SpoolBuffer buffer{*spool};
        std::ostream out{&buffer};
        out.exceptions(std::ios::badbit);
        export_jsonl(*view, out, stopping(asked));
        out.flush();
    }
    HttpResponse response;
    response.content_type = "application/x-ndjson";
    response.more = std::move(spool);
    return response;
}

HttpResponse answer_model(const Asked& asked) {
    HttpResponse response;
    response.body = asked.database().store().view()->model().to_json() + "\n";
    return response;
}

HttpResponse answer_model_load(const Asked& asked) {
    (void)asked.body();  // is JSON
    const Model added = Model::from_json(asked.request().body);
    CommitInfo commit = asked.execute_options({}).commit;
    Store& store = asked.database().store();
    for (int attempt = 0; attempt < commit_attempts_max; ++attempt) {
        const auto transaction = store.begin(std::nullopt, asked.principal());
        const Model before = transaction->view().model(), after = before.merged_with(added);
        transaction->set_model(after);
        transaction->finish_statement();
        const auto result = transaction->commit(commit);
        if (!result) continue;
        std::vector<Notice> notices;
        for (std::string& loss : losses_of(before, after)) notices.push_back({"redefined", std::move(loss)});
        HttpResponse response = rows_response({"classes", "relationship_types"},
                                              {{Value{static_cast<std::int64_t>(after.classes().size())},
                                                Value{static_cast<std::int64_t>(after.types().size())}}},
                                              notices);
        add_transaction(*result, response);
        return response;
    }
    throw Error{Code::write_conflict, "others keep changing the model at the same time"}.with_hint("try again");
}

HttpResponse answer_log(const Asked& asked) {
    std::size_t limit = 100;
    if (const auto text = asked.request().parameter("limit")) {
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
        if (error != std::errc{} || end != text->data() + text->size() || limit < 1 || limit > 100'000)
            throw Error{Code::input_invalid, "`limit` is a whole number from 1 to 100000"};
    }
    const auto text_or_null = [](const std::string& text) { return text.empty() ? Value{} : Value{text}; };
    std::vector<std::vector<Value>> rows;
    for (const CommitRecord& r : asked.database().store().log(limit)) {
        rows.push_back({count_value(raw(r.tx)), instant_value(r.time_us), text_or_null(r.info.author),
                        text_or_null(r.info.reason), text_or_null(r.info.source), text_or_null(r.info.change),
                        count_value(r.nodes_created), count_value(r.nodes_changed), count_value(r.nodes_deleted),
                        count_value(r.rels_created), count_value(r.rels_changed), count_value(r.rels_deleted),
                        r.model_changed, r.schema_changed, r.bulk_load, r.accounts_changed, r.verified,
                        Value{r.hash_hex}});
    }
    return rows_response({"tx", "time", "author", "reason", "source", "change", "nodes_created", "nodes_changed",
                          "nodes_deleted", "relationships_created", "relationships_changed", "relationships_deleted",
                          "model_changed", "schema_changed", "bulk_load", "accounts_changed", "verified", "hash"},
                         rows, {});
}

}  // namespace mainstay::server
