#include "mainstay/query/database.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

namespace mainstay::test {

TEST_CASE("the statements shown in docs/language.md run, and those that read find something", "[docs]") {
    std::ifstream file{std::string{MAINSTAY_SOURCE_DIR} + "/docs/language.md"};
    std::stringstream stream;
    stream << file.rdbuf();
    const std::string text = stream.str();
    const ScratchFolder folder, files;
    const auto write_files = [&](const std::string& page) {
        constexpr std::string_view mark = "```csv ";
        for (std::size_t at = 0; (at = page.find(mark, at)) != std::string::npos;) {
            at += mark.size();
            const std::size_t line = page.find('\n', at), end = page.find("```", line);
            std::ofstream{files / page.substr(at, line - at)} << page.substr(line + 1, end - line - 1);
        }
        return files.path();
    };
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    options.store.durability = Durability::none;
    options.load_folders = {write_files(text)};
    const auto database = Database::open(folder / "db", std::move(options));
    int count = 0;
    for (std::size_t at = 0; (at = text.find("```mql\n", at)) != std::string::npos; ++count) {
        at += 7;
        const std::string statement = text.substr(at, text.find("```", at) - at);
        INFO(statement);
        const auto rows = database->run(statement)->all();
        CHECK((statement.starts_with("CREATE") || !rows.empty()));
    }
    REQUIRE(count > 0);
}

}  // namespace mainstay::test
