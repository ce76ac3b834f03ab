#include "operations.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace mainstay::bench {
namespace {

constexpr std::string_view r1 = "MATCH (n:CI {key: $key}) RETURN n.id, n.name, n.status";
constexpr std::string_view r2 = "MATCH (n:CI {id: $id})--(m) RETURN count(m), sum(m.id)";
constexpr std::string_view r3 =
    "MATCH (v:VM {id: $id}) DEPENDENTS OF v WITHIN 3 HOPS YIELD ci WHERE ci.env = 'prod' AND ci.status = 'active' "
    "RETURN count(ci)";
constexpr std::string_view r4 = "MATCH (x:CI {id: $id}) DEPENDENTS OF x YIELD ci RETURN count(ci), sum(ci.id)";
constexpr std::string_view r5 = "MATCH (x:CI {id: $id}) DEPENDENCIES OF x YIELD ci RETURN count(ci), sum(ci.id)";
constexpr std::string_view r6 =
    "MATCH (x:CI) WHERE x.id IN $ids WITH collect(x) AS failed IMPACT OF failed WHEN down YIELD ci, state "
    "WHERE state = 'down' RETURN count(ci), sum(ci.id), sum(CASE WHEN ci:Service THEN 1 ELSE 0 END)";
constexpr std::string_view r7 =
    "MATCH p = shortestPath((a:CI {id: $from})<-[:DEPENDENCY*]-(b:CI {id: $to})) RETURN length(p)";
constexpr std::string_view r8 =
    "MATCH (s:Service {id: $id}) SINGLE POINTS OF FAILURE FOR s YIELD ci RETURN count(ci), sum(ci.id)";
constexpr std::string_view r9 =
    "MATCH (n:CI) WHERE n.env = 'prod' AND n.status = 'active' "
    "RETURN labels(n) AS class, n.region AS region, count(*) AS n, sum(n.n1) AS total";
constexpr std::string_view r10 =
    "MATCH (x:CI {id: $id}) DEPENDENTS OF x YIELD ci WHERE ci:Service MATCH (ci)-[:OWNED_BY]->(p:Person) "
    "RETURN p.id AS person, count(*) AS services ORDER BY services DESC, person LIMIT 10";

std::vector<std::int64_t> one_row(Prepared& statement, const Parameters& parameters) {
    const auto result = statement.run(parameters);
    const std::vector<Value>* const row = result->next();
    if (!row) throw std::runtime_error("no row");
    std::vector<std::int64_t> numbers;
    for (const Value& value : *row) numbers.push_back(value.is(ValueType::integer) ? value.as_int() : 0);
    while (result->next()) {
    }
    return numbers;
}

std::string joined(const std::vector<std::int64_t>& numbers) {
    std::string out;
    for (const std::int64_t number : numbers) out += (out.empty() ? "" : "/") + std::to_string(number);
    return out;
}

Value list_of(const std::vector<std::int64_t>& numbers) {
    return Value::list(ValueList(numbers.begin(), numbers.end()));
}

std::string by_groups(Prepared& statement) {
    const auto result = statement.run();
    std::int64_t groups = 0, rows = 0, total = 0;
    while (const std::vector<Value>* row = result->next()) {
        ++groups;
        rows += row->at(2).as_int();
        total += row->at(3).as_int();
    }
    return joined({groups, rows, total});
}

std::string top_owners(Prepared& statement, std::int64_t id) {
    const auto result = statement.run({{"id", id}});
    std::string out;
    while (const std::vector<Value>* row = result->next())
        out +=
            (out.empty() ? "" : ",") + std::to_string(row->at(0).as_int()) + ":" + std::to_string(row->at(1).as_int());
    return out;
}

std::string failed_together(Prepared& statement, const std::vector<std::int64_t>& roots, const ClassBlock& services) {
    std::vector<std::int64_t> answer = one_row(statement, {{"ids", list_of(roots)}});
    for (const std::int64_t root : roots) {  // the operation counts the failed themselves, an impact does not
        answer.at(0) += 1;
        answer.at(1) += root;
        answer.at(2) += root >= services.first && root < std::int64_t{services.first} + services.count;
    }
    return joined(answer);
}

// Takes the file out of the page cache, as far as the system allows.
void forget_pages(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw std::runtime_error(file.string() + " cannot be opened");
    ::fdatasync(descriptor);
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
    ::close(descriptor);
}

}  // namespace

void measure_open(const Data& data, const std::filesystem::path& file, Report& report) {
    if (!report.wants("O1")) return;
    try {
        std::vector<double> times;
        for (int i = 0; i < 5; ++i) {
            forget_pages(file);
            const std::int64_t start = now_ns();
            const auto database = open(file);
            database->run(r1, {{"key", data.params.r1_keys[0]}})->all();
            times.push_back(seconds_since(start));
        }
        std::sort(times.begin(), times.end());
        report.line("O1", times[times.size() / 2] * 1e3, {{"runs", "5"}}, r1);
    } catch (const std::exception& problem) {
        report.failure("O1", problem.what());
    }
}

// How much longer the first large statement takes than a later one: pages in the cache, nothing mapped yet.
void measure_first(const Data& data, const std::filesystem::path& file, Report& report) {
    if (!report.wants("O1a")) return;
    try {
        std::vector<double> first, later;
        for (int i = 0; i < 5; ++i) {
            const auto database = open(file);
            const auto once = [&](std::vector<double>& times) {
                const std::int64_t start = now_ns();
                database->run(r4, {{"id", data.params.r4a}})->all();
                times.push_back(seconds_since(start));
            };
            once(first);
            for (int again = 0; again < 3; ++again) once(later);
        }
        std::sort(first.begin(), first.end());
        std::sort(later.begin(), later.end());
        report.line("O1a", first[first.size() / 2] * 1e3,
                    {{"later_ms", figure(later[later.size() / 2] * 1e3)}, {"runs", "5"}}, r4);
    } catch (const std::exception& problem) {
        report.failure("O1a", problem.what());
    }
}

void measure_reads(const Data& data, Database& database, Report& report) {
    const Params& p = data.params;
    // Prepared outside of the time, as for the peers; a statement that cannot be prepared is the operation's failure.
    const auto measure = [&](std::string_view operation, std::string_view text, std::uint64_t items,
                             std::string_view unit, const std::function<std::string(Prepared&)>& run) {
        if (!report.wants(operation)) return;
        try {
            const auto prepared = database.prepare(text);
            report.measure(operation, text, items, unit, [&] { return run(*prepared); });
        } catch (const std::exception& problem) {
            report.failure(operation, problem.what());
        }
    };
    const auto closure = [&](std::string_view operation, std::string_view text, std::int64_t id) {
        measure(operation, text, 1, "", [id](Prepared& statement) { return joined(one_row(statement, {{"id", id}})); });
    };

    measure("R1", r1, p.r1_keys.size(), "per lookup", [&](Prepared& statement) {
        std::int64_t total = 0;
        for (const std::string& key : p.r1_keys) total += one_row(statement, {{"key", key}}).at(0);
        return std::to_string(total);
    });
    measure("R2", r2, p.r2_ids.size(), "per node", [&](Prepared& statement) {
        std::int64_t count = 0, total = 0;
        for (const std::int64_t id : p.r2_ids) {
            const auto row = one_row(statement, {{"id", id}});
            count += row.at(0);
            total += row.at(1);
        }
        return joined({count, total});
    });
    measure("R3", r3, p.r3_ids.size(), "per root", [&](Prepared& statement) {
        std::int64_t total = 0;
        for (const std::int64_t id : p.r3_ids) total += one_row(statement, {{"id", id}}).at(0);
        return std::to_string(total);
    });
    closure("R4a", r4, p.r4a);
    closure("R4b", r4, p.r4b);
    closure("R4c", r4, p.r4c);
    closure("R5", r5, p.r5);
    const ClassBlock& services = data.block("Service");
    measure("R6a", r6, 1, "", [&](Prepared& statement) { return failed_together(statement, p.r6a, services); });
    measure("R6b", r6, 1, "", [&](Prepared& statement) { return failed_together(statement, p.r6b, services); });
    measure("R7", r7, 1, "", [&](Prepared& statement) {
        return joined(one_row(statement, {{"from", p.r7.at(0)}, {"to", p.r7.at(1)}}));
    });
    closure("R8", r8, p.r5);
    measure("R9", r9, 1, "", by_groups);
    measure("R10", r10, 1, "", [&](Prepared& statement) { return top_owners(statement, p.r10); });
}

}  // namespace mainstay::bench
