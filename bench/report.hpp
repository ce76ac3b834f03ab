#pragma once

// Timing, checking and printing of operations: one JSON line each, as the benchmark's table reads them.

#include "data.hpp"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace mainstay::bench {

class Report {
public:
    // `only`: the operations to run; empty: all.
    Report(const Data& data, std::set<std::string> only) : data_(data), only_(std::move(only)) {}

    bool wants(std::string_view operation) const { return only_.empty() || only_.contains(std::string(operation)); }

    // One warm-up and 5 runs (3 from a million nodes), or one run if the first passes 25 s; prints the median over
    // `items`. An exception becomes a line with `error`.
    void measure(std::string_view operation, std::string_view text, std::uint64_t items, std::string_view unit,
                 const std::function<std::string()>& run);

    // A line with other figures. A value is a number as text, or a text in quotes already.
    using Figures = std::initializer_list<std::pair<std::string_view, std::string>>;
    void line(std::string_view operation, std::optional<double> milliseconds, const Figures& figures,
              std::string_view text = {});
    void failure(std::string_view operation, std::string_view what);

private:
    const Data& data_;
    std::set<std::string> only_;
};

std::string figure(double value);  // at most 6 significant digits
std::string quoted_json(std::string_view text);
double seconds_since(std::int64_t start);  // of a steady clock, see now_ns
std::int64_t now_ns();
std::uint64_t status_kib(std::string_view field);  // of /proc/self/status: "VmRSS", "RssAnon"; 0 if absent

}  // namespace mainstay::bench
