#pragma once

// Import of other tools' files and export. Readers turn text into observations (a node, a relationship, a group
// member); the importer reconciles them with what the database holds, by identification key.

#include "mainstay/query/database.hpp"

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mainstay {

namespace connect {
struct Mapping;
}

// How much a problem cost.
enum class NotTaken {
    row,     // the row, or an element or relationship it says
    value,   // a value of a row that was taken otherwise
    column,  // a column, in every row
    file,    // the whole file
};

struct ImportProblem {
    std::string file;
    std::uint64_t line = 0;  // 1-based; 0: the file as a whole
    std::string message;
    NotTaken not_taken = NotTaken::row;
    std::uint64_t object = 0;  // JSON: which object of the file, 1-based; 0: the line says it
};

struct ImportReport {
    std::string source;
    std::uint64_t rows_read = 0;
    std::uint64_t nodes_created = 0, nodes_changed = 0, nodes_unchanged = 0;
    std::uint64_t rels_created = 0, rels_changed = 0, rels_unchanged = 0;
    // Elements whose last import had this source and that are not in the files any more: left alone.
    std::uint64_t nodes_missing = 0, rels_missing = 0;
    std::uint64_t rels_repeated = 0;      // said again by a later row, and joined into the first
    std::vector<ImportProblem> problems;  // what was not taken, all of it, in the order of the files and their lines
    std::vector<Notice> notices;          // what the class model takes away; what is said twice
    std::vector<std::string> changes;     // dry run: what would change, at most 1,000 lines
    bool dry_run = false;
    CommitResult commit;
};

struct ImportOptions {
    std::string format;                                    // "debian", "jsonl" (our own dump), "" with a mapping
    std::filesystem::path mapping;                         // declarative mapping file (JSON), docs/import.md
    std::shared_ptr<const connect::Mapping> mapping_read;  // the same, read already
    bool dry_run = false;
    bool takes_cut_dump = false;  // "jsonl": a dump without its end is taken as far as it goes, not refused
    CommitInfo commit;
    Principal principal;  // needs the role editor; admin if the class model or the schema changes
    ProgressSink progress;
};

// Throws Error (input_unreadable, input_invalid for the mapping, ...) when nothing can be imported; a bad row is a
// problem in the report and loses no other row.
ImportReport import_files(Database& database, const std::filesystem::path& input, const ImportOptions& options);
// What a mapping file says. Throws Error(input_unreadable, input_invalid). For who would make a database only if it can
// be read, and it may be a pipe, which can be read once. `beside_it`: a file it names that may lie elsewhere is
// refused.
enum class MappingFiles : std::uint8_t { anywhere, beside_it };
std::shared_ptr<const connect::Mapping> read_mapping(const std::filesystem::path& file,
                                                     MappingFiles files = MappingFiles::anywhere);

// The report as a table for programs: kind, created, changed, unchanged, missing; and its problems, after its notices,
// as notices.
std::vector<std::string> import_report_columns();
std::vector<std::vector<Value>> import_report_rows(const ImportReport& report);
std::vector<Notice> import_report_notices(const ImportReport& report);
// "hosts.csv:17: …"
std::string text_of(const ImportProblem& problem);

// What a dump of a damaged database lacks.
struct ExportLosses {
    // (what: "property", "relationship", "segment of nodes", "segment of relationships"; why) -> how many
    std::map<std::pair<std::string, std::string>, std::uint64_t> counts;
};

// A complete logical dump as JSON Lines: model, schema, nodes, relationships. Reads back equal by format "jsonl".
// Throws Error(Code::corrupt) at what cannot be read; with `losses` it is left out and counted there.
void export_jsonl(const View& view, std::ostream& out, const ProgressSink& progress, ExportLosses* losses = nullptr);

}  // namespace mainstay
