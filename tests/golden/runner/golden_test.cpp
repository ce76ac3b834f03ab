// Runs every file under tests/golden in each of the states in which the answers must be the same.
// MAINSTAY_GOLDEN=text runs only files and titles that contain it; MAINSTAY_ACCEPT=1 writes what the cases give now
// into their files instead of comparing (./dev accept), for review by git diff.

#include "golden/runner/golden_run.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace mainstay::golden {
namespace {

const std::filesystem::path root = std::filesystem::path(MAINSTAY_SOURCE_DIR) / "tests" / "golden";

std::string setting(const char* name) {
    const char* const value = std::getenv(name);
    return value ? value : "";
}

std::vector<std::filesystem::path> golden_files() {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
        if (entry.path().extension() == ".golden") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    return paths;
}

void accept(Case& one, const std::vector<Section>& got) {
    std::erase_if(one.sections, [](const Section& section) { return section.name != "params"; });
    one.sections.insert(one.sections.end(), got.begin(), got.end());
}

void run_all(State state) {
    const std::string filter = setting("MAINSTAY_GOLDEN");
    const bool accepting = !setting("MAINSTAY_ACCEPT").empty() && state == State::plain;
    for (const std::filesystem::path& path : golden_files()) {
        const std::string name = std::filesystem::relative(path, root).string();
        File file = read_golden(path);
        Runner runner(file, root / "graphs", state);
        bool changed = false;
        for (Case& one : file.cases) {
            if (name.find(filter) == std::string::npos && one.title.find(filter) == std::string::npos) continue;
            INFO(name << ":" << one.line << ": " << one.title << " (" << name_of(state) << ")\n" << one.statement);
            const std::vector<Section> got = runner.answer(one);
            const std::string difference = runner.difference(one, got);
            if (accepting && !difference.empty()) {
                accept(one, got);
                changed = true;
                continue;
            }
            if (difference.empty())
                SUCCEED();
            else
                FAIL_CHECK(difference);
        }
        if (changed) write_golden(file);
    }
}

}  // namespace

TEST_CASE("golden: every case holds while all of the graph is deltas") { run_all(State::plain); }
TEST_CASE("golden: every case holds in batches of one row") { run_all(State::one_row_batches); }
TEST_CASE("golden: every case holds with the optimiser off") { run_all(State::not_optimised); }
TEST_CASE("golden: every case holds when the graph is folded into segments") { run_all(State::folded); }
TEST_CASE("golden: every case holds when the file is reopened") { run_all(State::reopened); }

TEST_CASE("a golden table's cells are split outside of quotes") {
    CHECK(cells_of("a | 'b | c' | `d|e`") == std::vector<std::string>{"a", "'b | c'", "`d|e`"});
    CHECK(cells_of(R"('it\'s | one' | 2)") == std::vector<std::string>{R"('it\'s | one')", "2"});
    CHECK(table_of({{"a", "b"}, {"'ü'", "1"}}) == std::vector<std::string>{"a   | b", "'ü' | 1"});
}

}  // namespace mainstay::golden
