// Any text before a line `----` is a mapping or a list of mistakes; with it, any text behind is rows: nodes,
// relationships and problems, whose places are in the text.

#include "fuzz.hpp"
#include "mapping.hpp"
#include "readers/csv.hpp"
#include "readers/json.hpp"
#include "row_mapper.hpp"

#include "mainstay/core/error.hpp"

#include <algorithm>

using namespace mainstay;
using namespace mainstay::connect;

namespace {

const char* const model_text = R"({"classes": [
    {"name": "Item", "abstract": true, "keys": [["id"]], "attributes": [{"name": "id", "type": "string"}]},
    {"name": "Host", "parent": "Item", "dated": true, "attributes": [{"name": "cpus", "type": "integer"},
      {"name": "bought", "type": "date"}, {"name": "stage", "enum": ["live", "test"]}, {"name": "tags", "type": "list"}]},
    {"name": "Pool", "parent": "Item", "gate": true, "attributes": [{"name": "need", "required": true}]}],
  "relationship_types": [{"name": "NEEDS", "depends": "source", "effect": "hard", "dated": true},
    {"name": "MEMBER_OF", "to": ["Pool"], "depends": "target", "effect": "hard", "grouped": {"need": "need"}}]})";

std::unique_ptr<RowReader> open_reader(const FileMapping& file, std::string text, ProblemLog log) {
    if (file.format == FileFormat::csv) return std::make_unique<CsvReader>(std::move(text), file.delimiter, log);
    if (file.format == FileFormat::json_lines) return std::make_unique<JsonLinesReader>(std::move(text), log);
    return std::make_unique<JsonReader>(std::move(text), file.array, log,
                                        file.wants_outer ? JsonReader::Outer::taken : JsonReader::Outer::left_out);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Model model = Model::empty().merged_with(Model::from_json(model_text));
    const std::string_view text = fuzz::text_of(data, size);
    const auto cut = std::min(text.find("\n----\n"), text.size());
    const std::string rows(text.substr(std::min(cut + 6, text.size())));
    const auto lines = static_cast<std::uint64_t>(
                           std::count_if(rows.begin(), rows.end(), [](char c) { return c == '\n' || c == '\r'; })) +
                       1;
    std::vector<ImportProblem> problems;
    ClassRules rules{model};
    Observations observations{rules, problems};
    try {
        const Mapping mapping = parse_mapping(text.substr(0, cut));
        for (const FileMapping& file : mapping.files) {
            const std::uint32_t index = observations.add_file(file.file);
            const auto reader = open_reader(file, rows, observations.log(index));
            RowMapper mapper{file, observations, index};
            if (reader->has_header()) mapper.check_columns(reader->columns());
            Row row;
            while (reader->next(row)) mapper.map(reader->columns(), row);
        }
        check_against(mapping, rules);
    } catch (const Error& error) {
        fuzz::require(error.code() == Code::input_invalid, error.message());
    }
    for (const ImportProblem& problem : problems) {
        fuzz::require(problem.line <= lines, "a problem's line is in the text: " + problem.message);
        fuzz::require(!problem.message.empty(), "a problem says what it is");
    }
    observations.sort_problems();
    return 0;
}
