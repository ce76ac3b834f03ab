// Embeds the importer: a folder of CSV files and the mapping that explains them become a database; what could not be
// taken is said row by row. Importing again changes nothing.
//
//     import_files MAPPING FOLDER [DATABASE]      e.g. examples/airline/import.json examples/airline

#include <mainstay/mainstay.hpp>

#include <filesystem>
#include <iostream>

int main(int count, char** arguments) {
    using namespace mainstay;
    if (count < 3) {
        std::cerr << "usage: import_files MAPPING FOLDER [DATABASE]\n";
        return 2;
    }
    const std::filesystem::path file =
        count > 3 ? arguments[3] : std::filesystem::temp_directory_path() / "mainstay-import-files.db";
    if (count <= 3) std::filesystem::remove(file);

    try {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        const auto database = Database::open(file, options);

        ImportOptions import;
        import.mapping = arguments[1];
        import.commit.author = "example";
        for (const char* round : {"first", "second"}) {
            const ImportReport report = import_files(*database, arguments[2], import);
            std::cout << round << " import of " << report.source << ": " << report.nodes_created << " nodes and "
                      << report.rels_created << " relationships created, " << report.nodes_changed + report.rels_changed
                      << " elements changed, " << report.nodes_unchanged + report.rels_unchanged << " as they were\n";
            for (const ImportProblem& problem : report.problems)
                std::cerr << problem.file << ':' << problem.line << ": " << problem.message << '\n';
        }

        const auto result =
            database->run("MATCH (n) RETURN labels(n)[0] AS class, count(*) AS number ORDER BY number DESC LIMIT 5");
        while (const auto* row = result->next())
            std::cout << to_text(row->at(0)) << ": " << to_text(row->at(1)) << '\n';
        return 0;
    } catch (const Error& error) {
        std::cerr << error.message() << (error.hint().empty() ? "" : "; ") << error.hint() << '\n';
        return info(error.code()).exit_status;
    }
}
