#include "report.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

namespace mainstay::bench {
namespace {

constexpr double first_run_seconds_max = 25;

void print_line(const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

}  // namespace

std::string figure(double value) { return fmt::format("{:.6g}", value); }

std::string quoted_json(std::string_view text) { return nlohmann::json(text).dump(); }

std::int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds{1}; }

double seconds_since(std::int64_t start) { return static_cast<double>(now_ns() - start) * 1e-9; }

std::uint64_t status_kib(std::string_view field) {
    std::ifstream in("/proc/self/status");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(std::string(field) + ":")) return std::stoull(line.substr(field.size() + 1));
    return 0;
}

void Report::measure(std::string_view operation, std::string_view text, std::uint64_t items, std::string_view unit,
                     const std::function<std::string()>& run) {
    if (!wants(operation)) return;
    try {
        std::int64_t start = now_ns();
        std::string answer = run();
        const double first = seconds_since(start);
        std::vector<double> times{first};
        if (first <= first_run_seconds_max) {
            times.clear();
            const int runs = data_.params.nodes >= 1'000'000 ? 3 : 5;
            for (int i = 0; i < runs; ++i) {
                start = now_ns();
                answer = run();
                times.push_back(seconds_since(start));
            }
        }
        std::sort(times.begin(), times.end());
        const auto expected = data_.expected.find(operation);
        const std::string ok = expected == data_.expected.end() ? "null"
                               : expected->second == answer     ? "true"
                                                                : "false";
        line(operation, times[times.size() / 2] * 1e3 / static_cast<double>(items),
             {{"answer", quoted_json(answer)},
              {"ok", ok},
              {"runs", std::to_string(times.size())},
              {"unit", quoted_json(unit)}},
             text);
    } catch (const std::exception& problem) {
        failure(operation, problem.what());
    }
}

void Report::line(std::string_view operation, std::optional<double> milliseconds, const Figures& figures,
                  std::string_view text) {
    std::string out = fmt::format(R"({{"engine":"ours","scale":{},"op":"{}","ms":{})", data_.params.nodes, operation,
                                  milliseconds ? figure(*milliseconds) : "null");
    for (const auto& [name, value] : figures) out += fmt::format(R"(,"{}":{})", name, value);
    if (!text.empty()) out += ",\"text\":" + quoted_json(text);
    print_line(out + "}");
}

void Report::failure(std::string_view operation, std::string_view what) {
    line(operation, std::nullopt, {{"error", quoted_json(what)}});
}

}  // namespace mainstay::bench
