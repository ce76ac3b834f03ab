#include "mainstay/connect/connect.hpp"

#include "class_rules.hpp"
#include "mapping.hpp"
#include "observations.hpp"
#include "readers/csv.hpp"
#include "readers/debian.hpp"
#include "readers/dump.hpp"
#include "readers/json.hpp"
#include "reconcile.hpp"
#include "row_mapper.hpp"
#include "text_file.hpp"

#include "mainstay/core/door.hpp"
#include "mainstay/core/error.hpp"
#include "mainstay/storage/bulk.hpp"

#include <fmt/core.h>

#include <memory>

namespace mainstay {
namespace connect {
namespace {

constexpr int attempts_max = 10;
constexpr std::size_t refused_max = 100;  // elements that only the store finds wrong: each costs another pass
constexpr ValidTime all_times{std::nullopt};

// What is to be imported, whatever it comes from.
struct Job {
    std::string source;
    Model model;  // the database's with what the import brings
    std::function<void(Observations&)> read;
};

std::unique_ptr<RowReader> open_reader(const FileMapping& mapping, const std::filesystem::path& file, ProblemLog log) {
    std::string text = read_text(file, mapping.encoding);
    switch (mapping.format) {
        case FileFormat::csv: return std::make_unique<CsvReader>(std::move(text), mapping.delimiter, std::move(log));
        case FileFormat::json:
            return std::make_unique<JsonReader>(
                std::move(text), mapping.array, std::move(log),
                mapping.wants_outer ? JsonReader::Outer::taken : JsonReader::Outer::left_out);
        case FileFormat::json_lines: return std::make_unique<JsonLinesReader>(std::move(text), std::move(log));
    }
    return {};
}

// Where a file of the mapping lies: in the folder given, or it is the file given.
std::filesystem::path place_of_file(const Mapping& mapping, const FileMapping& file,
                                    const std::filesystem::path& input) {
    if (std::filesystem::is_directory(input)) return input / file.file;
    const bool is_it = mapping.files.size() == 1 || std::filesystem::path{file.file}.filename() == input.filename();
    return is_it ? input : std::filesystem::path{};
}

void read_mapped(const Mapping& mapping, const std::filesystem::path& input, Observations& observations,
                 ImportReport& report, const ProgressSink& progress) {
    bool is_any_read = false;
    for (const FileMapping& file : mapping.files) {
        const std::filesystem::path path = place_of_file(mapping, file, input);
        if (path.empty()) continue;
        if (file.optional && !std::filesystem::exists(path)) continue;
        is_any_read = true;
        // As the user knows it, which is not always the mapping's name for it.
        const std::string name = std::filesystem::is_directory(input) ? file.file : input.filename().string();
        const std::uint32_t index = observations.add_file(name);
        std::unique_ptr<RowReader> reader;
        try {
            reader = open_reader(file, path, observations.log(index));
        } catch (const Error& error) {
            // One file that cannot be read loses no other.
            if (mapping.files.size() == 1) throw;
            observations.add_problem({index, 0},
                                     error.hint().empty() ? error.message() : error.message() + "; " + error.hint(),
                                     NotTaken::file);
            continue;
        }
        RowMapper mapper{file, observations, index};
        if (reader->has_header()) mapper.check_columns(reader->columns());
        Row row;
        while (reader->next(row)) {
            mapper.map(reader->columns(), row);
            if (progress && reader->rows_read() % 4'096 == 0) progress({"reading " + name, reader->rows_read(), 0});
        }
        report.rows_read += reader->rows_read();
    }
    if (!is_any_read)
        throw Error{Code::input_invalid, fmt::format("no file of the mapping is {}", mainstay::quoted(input.string()))}
            .with_hint("give the folder that holds the mapping's files, or one of them");
}

// Everything in one transaction; nullopt if another commit got there first, or the store refused another element.
std::optional<CommitResult> reconcile(Store& store, Observations& observations, const Job& job,
                                      const ImportOptions& options, ImportReport& report, Refused& refused,
                                      bool is_checked) {
    const auto transaction = store.begin(all_times, options.principal);
    if (options.dry_run && transaction->view().model().to_json() != job.model.to_json())
        transaction->set_model(job.model);
    const auto target = transaction_target(*transaction, observations);
    Reconciler reconciler{*target, observations, transaction->view().schema(), job.source, report, options.progress};
    if (!is_checked)
        reconciler.run(refused);
    else if (!reconciler.run_checked(refused))
        return std::nullopt;
    transaction->finish_statement();
    reconciler.count_missing(transaction->view());
    if (options.dry_run || !transaction->has_writes()) return CommitResult{};
    CommitInfo info = options.commit;
    info.source = job.source;
    return transaction->commit(info);
}

[[noreturn]] void refuse_all(const Observations& observations, const Refused& refused) {
    const bool is_node = !refused.nodes.empty();
    const auto& [index, why] = is_node ? *refused.nodes.begin() : *refused.rels.begin();
    const Origin& origin = is_node ? observations.nodes()[index].origin : observations.rels()[index].origin;
    throw Error{Code::constraint_violation,
                fmt::format("the class model or a constraint refuses more than {} rows, among them {}:{}: {}",
                            refused_max, observations.files()[origin.file], origin.line, why)};
}

// As often as it takes. What the store refuses at the end has no line any more, so the next passes check element by
// element and leave out what is refused.
void reconcile(Store& store, Observations& observations, const Job& job, const ImportOptions& options,
               ImportReport& report) {
    const ImportReport before = report;
    Refused refused;
    bool is_checked = false;
    for (int attempt = 0; attempt < attempts_max;) {
        report = before;
        const std::size_t refused_before = refused.count();
        try {
            if (const auto commit = reconcile(store, observations, job, options, report, refused, is_checked)) {
                report.commit = *commit;
                return;
            }
        } catch (const Error& error) {
            if (error.code() != Code::constraint_violation || is_checked) throw;
            is_checked = true;
            continue;
        }
        if (refused.count() > refused_max) refuse_all(observations, refused);
        if (refused.count() == refused_before) ++attempt;
    }
    throw Error{Code::write_conflict,
                "other transactions keep getting in the way of the import; try again when less is written"};
}

// The first import into a database without nodes: everything is new, and segments are written directly. False if the
// class model or a constraint refuses something, of which a load can say no line: nothing is written then.
[[nodiscard]] bool load(Store& store, Observations& observations, const Job& job, const ImportOptions& options,
                        ImportReport& report) {
    const ImportReport before = report;
    try {
        const auto loader = BulkLoader::start(store, Defaults::apply, options.principal);
        const auto target = bulk_target(*loader, observations, store.view()->schema());
        Reconciler{*target, observations, store.view()->schema(), job.source, report, options.progress}.run();
        CommitInfo info = options.commit;
        info.source = job.source;
        report.commit = loader->finish(info, options.progress);
        return true;
    } catch (const Error& error) {
        if (error.code() != Code::constraint_violation) throw;
        report = before;
        return false;
    }
}

// The class model comes first, in a commit of its own, so that its keys have indexes when the rows are looked up.
void set_model(Store& store, const Job& job, const ImportOptions& options) {
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        const auto transaction = store.begin(all_times, options.principal);
        if (transaction->view().model().to_json() == job.model.to_json()) return;
        transaction->set_model(job.model);
        CommitInfo info = options.commit;
        info.source = job.source;
        if (info.reason.empty()) info.reason = "class model of the import";
        if (transaction->commit(info)) return;
    }
    throw Error{Code::write_conflict, "other transactions keep getting in the way of the class model; try again"};
}

ImportReport run(Database& database, const Job& job, const ImportOptions& options) {
    Store& store = database.store();
    ImportReport report;
    report.source = job.source;
    report.dry_run = options.dry_run;
    for (std::string& loss : losses_of(store.view()->model(), job.model))
        report.notices.push_back({"redefined", std::move(loss)});

    ClassRules rules{job.model};
    Observations observations{rules, report.problems};
    job.read(observations);
    if (!options.dry_run) set_model(store, job, options);

    const bool is_first =
        !options.dry_run && store.view({.as_of = std::nullopt, .valid = all_times})->count_nodes(no_label) == 0;
    if (!is_first || !load(store, observations, job, options, report))
        reconcile(store, observations, job, options, report);
    if (report.rels_repeated > 0)
        report.notices.push_back(
            {"repeated", fmt::format("{} that the files give more than once {} stored once",
                                     report.rels_repeated == 1 ? "a relationship"
                                                               : fmt::format("{} relationships", report.rels_repeated),
                                     report.rels_repeated == 1 ? "is" : "are")});
    observations.sort_problems();
    return report;
}

}  // namespace
}  // namespace connect

ImportReport import_files(Database& database, const std::filesystem::path& input, const ImportOptions& options) try {
    using namespace connect;
    Store& store = database.store();
    require_role(store.accounts().require(options.principal), Role::editor, "an import");  // before all is read
    const Model current = store.view()->model();

    if (options.format == "jsonl" && options.mapping.empty() && !options.mapping_read)
        return import_dump(store, input, options);

    std::uint64_t rows_read = 0;
    Job job;
    Mapping mapping;
    ImportReport counted;
    if (options.format == "debian") {
        job.source = options.commit.source.empty() ? "debian" : options.commit.source;
        job.model = debian_model(current);
        const std::string text = read_text(input, Encoding::utf8);
        job.read = [&, text](Observations& observations) {
            const std::uint32_t file = observations.add_file(input.filename().string());
            rows_read = read_debian(text, observations, file, [&](std::uint64_t stanzas) {
                if (options.progress) options.progress({"reading " + input.filename().string(), stanzas, 0});
            });
            if (rows_read == 0)
                throw Error{Code::input_invalid,
                            fmt::format("{} holds no package stanza", mainstay::quoted(input.string()))};
        };
    } else if (options.mapping_read || !options.mapping.empty()) {
        mapping = options.mapping_read ? *options.mapping_read : load_mapping(options.mapping);
        job.source = mapping.source;
        job.model = current;
        if (!mapping.model.empty()) {
            try {
                job.model = current.merged_with(Model::from_json(read_text(mapping.model, Encoding::utf8)));
            } catch (const Error& error) {
                throw Error{error.code(), fmt::format("{}: {}", mapping.model, error.message())}.with_hint(
                    error.hint());
            }
        }
        job.read = [&](Observations& observations) {
            check_against(mapping, observations.class_rules());
            read_mapped(mapping, input, observations, counted, options.progress);
        };
    } else {
        const std::vector<std::string> formats{"debian", "jsonl"};
        std::string hint = nearest(options.format, formats);
        throw Error{Code::usage,
                    options.format.empty()
                        ? std::string{"say how to read the input: a mapping file, or a format (debian, jsonl)"}
                        : fmt::format("{} is not a format that can be imported without a mapping; formats are "
                                      "debian and jsonl",
                                      mainstay::quoted(options.format))}
            .with_hint(std::move(hint));
    }
    ImportReport report = run(database, job, options);
    report.rows_read = rows_read + counted.rows_read;
    return report;
} catch (...) {
    rethrow_at_door();
}

std::shared_ptr<const connect::Mapping> read_mapping(const std::filesystem::path& file, MappingFiles files) try {
    return std::make_shared<connect::Mapping>(connect::load_mapping(file, files));
} catch (...) {
    rethrow_at_door();
}

}  // namespace mainstay
