// mainstay-bench DATA_DIR WORK_DIR [OPERATION,...]: the CMDB benchmark's operations against the library.
// mainstay-bench statements DATABASE FILE: the statements of bench/statements.
// bench/README.md.

#include "operations.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <fmt/core.h>
#include <sstream>

namespace {

using namespace mainstay;
using namespace mainstay::bench;

// Loads in a process of its own, so that the memory of the load is not counted as that of the reads.
void load_apart(const Data& data, const std::filesystem::path& file) {
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("no process for the load");
    if (child == 0) {
        try {
            load(data, file);
            ::_exit(0);
        } catch (const std::exception& problem) {
            fmt::print(stderr, "mainstay-bench: {}\n", problem.what());
            ::_exit(1);
        }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) throw std::runtime_error(fmt::format("the load ended with status {}", status));
}

void measure_load(const Data& data, const std::filesystem::path& file, Report& report) {
    std::filesystem::remove(file);
    std::filesystem::remove(file.string() + "-lock");
    const std::int64_t start = now_ns();
    load_apart(data, file);
    const double seconds = seconds_since(start);
    const auto nodes = static_cast<double>(data.params.nodes), rels = static_cast<double>(data.params.rels);
    report.line("W1", seconds * 1e3,
                {{"nodes_per_s", figure(nodes / seconds)}, {"edges_per_s", figure(rels / seconds)}});
    const auto bytes = static_cast<double>(std::filesystem::file_size(file));
    report.line("O2", std::nullopt,
                {{"disk_bytes", figure(bytes)}, {"bytes_per_element", figure(bytes / (nodes + rels))}});
}

int run(const std::filesystem::path& folder, const std::filesystem::path& work, std::set<std::string> only) {
    const Data data = read_data(folder);
    Report report(data, std::move(only));
    std::filesystem::create_directories(work);
    const std::filesystem::path file = work / "mainstay.mst";
    if (report.wants("W1") || !std::filesystem::exists(file)) {
        try {
            measure_load(data, file, report);
        } catch (const std::exception& problem) {
            report.failure("W1", problem.what());
            return 1;
        }
    }
    measure_open(data, file, report);
    measure_first(data, file, report);
    measure_dirty(data, file, report);
    const auto database = open(file);
    measure_reads(data, *database, report);
    if (report.wants("O2r"))
        report.line("O2r", std::nullopt,
                    {{"rss_mb", std::to_string(status_kib("VmRSS") / 1024)},
                     {"private_mb", std::to_string(status_kib("RssAnon") / 1024)}});
    measure_writes(data, *database, report);
    measure_side_by_side(data, file, *database, report);
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 3 || count > 4) {
        fmt::print(stderr,
                   "usage: mainstay-bench DATA_DIR WORK_DIR [OPERATION,...]\n"
                   "Prints one JSON line an operation. DATA_DIR is what gen_cmdb and `limit graph` wrote.\n");
        return 2;
    }
    std::set<std::string> only;
    if (count == 4) {
        std::istringstream names(arguments[3]);
        for (std::string name; std::getline(names, name, ',');) only.insert(name);
    }
    try {
        if (std::string_view{arguments[1]} == "statements" && count == 4) {
            measure_statements(arguments[2], arguments[3]);
            return 0;
        }
        return run(arguments[1], arguments[2], std::move(only));
    } catch (const std::exception& problem) {
        fmt::print(stderr, "mainstay-bench: {}\n", problem.what());
        return 3;
    }
}
