// mainstay-tck FILE...: runs the conformance suite of openCypher (one JSON object a line) against the library
// or, with --bolt, a server.

#include "ratchet.hpp"
#include "support/scratch.hpp"
#include "workers.hpp"

#include <unistd.h>

#include <fmt/core.h>
#include <cstdlib>
#include <exception>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace mainstay::tck;

constexpr std::string_view usage_text = R"(usage: mainstay-tck [OPTION...] FILE...
Runs every scenario of the files on a fresh database each. NAME.cypher of named graphs is looked for in graphs/ beside the file.
  --level LEVEL         what an expected error must match: fails, type, detail or strict (default: type, detail and phase)
  --filter TEXT         only scenarios whose id or name contains TEXT
  --list-failures       the ids of the scenarios that fail
  -v, --verbose         for each failure the query, what was expected and what came
  --bolt                through a server in the same process and a connection to it; of an error its Bolt code is compared
  --batch-rows N        rows in a batch (2048)
  --no-optimise         the optimiser's rules off
  --folded WHICH        all: everything lies in segments before each statement; none: everything is deltas
  --jobs N              worker processes (2)
  --ratchet FILE        exit 1 only if a scenario fails that FILE does not list
  --write-ratchet FILE  write the ids that fail
Exit: 0 all passed (or the ratchet held), 1 some failed, 2 usage, 3 a file could not be read.
)";

struct Options {
    std::vector<std::string> files;
    std::string filter, ratchet, write_ratchet;
    Level level = Level::phase;
    bool list_failures = false, verbose = false;
    unsigned jobs = 2;
    RunOptions run;
};

[[noreturn]] void refuse(const std::string& why) {
    fmt::print(stderr, "mainstay-tck: {}\n{}", why, usage_text);
    std::exit(2);
}

Options read_arguments(int count, char** arguments) {
    static const std::map<std::string_view, Level> levels = {
        {"fails", Level::fails}, {"type", Level::type}, {"detail", Level::detail}, {"strict", Level::phase}};
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        const auto next = [&]() -> std::string {
            if (++i == count) refuse(std::string(argument) + " needs a value");
            return arguments[i];
        };
        const auto number = [&] {
            const std::string text = next();
            char* end = nullptr;
            const unsigned long value = std::strtoul(text.c_str(), &end, 10);
            if (*end != '\0' || value == 0 || value > 1'000'000)
                refuse(std::string(argument) + " wants a number, not " + text);
            return static_cast<unsigned>(value);
        };
        if (argument == "--help" || argument == "-h") {
            fmt::print("{}", usage_text);
            std::exit(0);
        } else if (argument == "--level") {
            const auto found = levels.find(next());
            if (found == levels.end()) refuse("--level is fails, type, detail or strict");
            options.level = found->second;
        } else if (argument == "--filter")
            options.filter = next();
        else if (argument == "--ratchet")
            options.ratchet = next();
        else if (argument == "--write-ratchet")
            options.write_ratchet = next();
        else if (argument == "--list-failures")
            options.list_failures = true;
        else if (argument == "-v" || argument == "--verbose")
            options.verbose = true;
        else if (argument == "--no-optimise")
            options.run.optimise = false;
        else if (argument == "--folded") {
            const std::string which = next();
            if (which != "all" && which != "none") refuse("--folded is all or none");
            options.run.folded = which == "all" ? Folded::all : Folded::nothing;
        } else if (argument == "--bolt")
            options.run.through_bolt = true;
        else if (argument == "--batch-rows")
            options.run.batch_rows = number();
        else if (argument == "--jobs")
            options.jobs = number();
        else if (argument.starts_with('-'))
            refuse(std::string(argument) + " is not an option");
        else
            options.files.emplace_back(argument);
    }
    if (options.files.empty()) refuse("which file?");
    if (options.run.through_bolt && (!options.run.optimise || options.run.batch_rows != RunOptions{}.batch_rows))
        refuse("--batch-rows and --no-optimise are not for --bolt: no client can ask a server for that");
    return options;
}

struct Tally {
    std::size_t passed = 0, failed = 0;
};

struct Report {
    std::map<std::string, Tally> folders;
    Tally all;
    std::size_t errors = 0;         // scenarios that expect one
    std::size_t errors_at[5] = {};  // of these, how many reach each Level
    std::set<std::string> ran, failures;
};

void show_failure(const Scenario& scenario, const Outcome& outcome) {
    fmt::print("---- {}  {}\n{}\n{}\n\n", scenario.id, scenario.name, scenario.query.text, outcome.message);
}

void run_file(const std::string& file, Options& options, const std::filesystem::path& scratch, Report& report) {
    const std::vector<Scenario> scenarios = load_scenarios(file);
    std::vector<const Scenario*> chosen;
    for (const Scenario& scenario : scenarios)
        if (!scenario.ignored && (scenario.id.find(options.filter) != std::string::npos ||
                                  scenario.name.find(options.filter) != std::string::npos))
            chosen.push_back(&scenario);
    options.run.graphs = std::filesystem::path(file).parent_path() / "graphs";
    options.run.scratch = scratch;

    const bool terminal = ::isatty(STDERR_FILENO) != 0;
    std::size_t done = 0;
    const auto outcomes =
        run_in_workers(chosen, options.run, options.jobs, std::chrono::seconds{300}, [&](std::size_t) {
            if (++done % 50 == 0 && terminal) fmt::print(stderr, "\r{} of {}", done, chosen.size());
        });
    if (terminal) fmt::print(stderr, "\r{:30}\r", "");

    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const Scenario& scenario = *chosen[i];
        const bool passed = outcomes[i].level >= options.level;
        (passed ? report.all.passed : report.all.failed) += 1;
        (passed ? report.folders[scenario.folder].passed : report.folders[scenario.folder].failed) += 1;
        report.ran.insert(scenario.id);
        if (!passed) report.failures.insert(scenario.id);
        if (!passed && options.verbose) show_failure(scenario, outcomes[i]);
        if (scenario.query.expect.kind != Expectation::Kind::error) continue;
        ++report.errors;
        for (int level = 1; level <= static_cast<int>(outcomes[i].level); ++level) ++report.errors_at[level];
    }
}

void print_table(const Report& report) {
    fmt::print("{:<42} {:>9} {:>7} {:>7}\n", "folder", "scenarios", "passed", "failed");
    for (const auto& [folder, tally] : report.folders)
        fmt::print("{:<42} {:>9} {:>7} {:>7}\n", folder, tally.passed + tally.failed, tally.passed, tally.failed);
    const auto* at = report.errors_at;
    if (report.errors > 0)
        fmt::print(
            "Of {} scenarios that expect an error, {} fail as the client's mistake, {} with its type, {} and detail, "
            "{} and phase.\n",
            report.errors, at[1], at[2], at[3], at[4]);
}

// True if nothing failed that was not known to.
bool ratchet_holds(const Report& report, const std::string& file) {
    const std::set<std::string> known = read_known_failures(file);
    std::size_t broken = 0, mended = 0;
    for (const std::string& id : report.failures) {
        if (known.contains(id)) continue;
        fmt::print("{} passed before and fails now\n", id);
        ++broken;
    }
    for (const std::string& id : known) mended += report.ran.contains(id) && !report.failures.contains(id);
    if (mended > 0)
        fmt::print("{} scenarios pass that {} lists as failing; write it anew with --write-ratchet\n", mended, file);
    return broken == 0;
}

int run(int count, char** arguments) {
    Options options = read_arguments(count, arguments);
    const mainstay::test::ScratchFolder scratch;
    Report report;
    for (const std::string& file : options.files) run_file(file, options, scratch.path(), report);

    if (options.list_failures)
        for (const std::string& id : report.failures) fmt::print("{}\n", id);
    print_table(report);
    bool good = report.all.failed == 0;
    if (!options.ratchet.empty()) good = ratchet_holds(report, options.ratchet);
    if (!options.write_ratchet.empty()) write_known_failures(options.write_ratchet, report.failures, report.all.passed);
    fmt::print("{} passed, {} failed\n", report.all.passed, report.all.failed);
    return good ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
    try {
        return run(count, arguments);
    } catch (const std::exception& problem) {
        fmt::print(stderr, "mainstay-tck: {}\n", problem.what());
        return 3;
    }
}
