#include "run.hpp"

#include "procedure.hpp"
#include "side_effects.hpp"
#include "text_value.hpp"

#include "mainstay/query/database.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace mainstay::tck {
namespace {

constexpr std::chrono::milliseconds statement_time{120'000};  // generous: the machine may be busy with other things

// A database file that goes away with its folder.
class Scratch {
public:
    explicit Scratch(std::filesystem::path folder) : folder_(std::move(folder)) {
        std::filesystem::create_directories(folder_);
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    std::filesystem::path file() const { return folder_ / "tck.mst"; }

private:
    std::filesystem::path folder_;
};

std::unique_ptr<Database> open_database(const Scenario& scenario, const std::filesystem::path& file, Folded folded) {
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    options.store.durability = Durability::none;
    options.store.initial_model = Model::empty();  // the suite knows no class model
    options.store.map_bytes = std::uint64_t{1} << 30;
    options.store.fold = folded != Folded::nothing;
    for (const ProcedureTable& table : scenario.procedures) options.procedures.push_back(make_procedure(table));
    return Database::open(file, std::move(options));
}

std::unique_ptr<Asker> make_asker(Database& database, const RunOptions& options) {
    if (options.through_bolt) return make_bolt_asker(database, statement_time);
    ExecuteOptions execute;
    execute.limits.time = statement_time;
    execute.batch_rows = options.batch_rows;
    execute.optimise = options.optimise;
    return make_library_asker(database, execute);
}

std::string row_text(const std::vector<std::string>& cells) {
    std::string out;
    for (const std::string& cell : cells) out += (out.empty() ? "" : " | ") + cell;
    return out;
}

class Run {
public:
    Run(const Scenario& scenario, const RunOptions& options, Database& database)
        : scenario_(scenario), options_(options), database_(database), asker_(make_asker(database, options)) {
        for (const auto& [name, text] : scenario.parameters) parameters_.push_back({name, parse_text_value(text)});
    }

    Outcome whole() {
        if (scenario_.graph != "empty" && scenario_.graph != "any") set_up(graph_text());
        for (const std::string& statement : scenario_.setup) set_up(statement);
        const Snapshot before = snapshot_of(*database_.store().view());
        Outcome outcome = check(scenario_.query, &before);
        for (const Query& control : scenario_.control) {
            if (outcome.level == Level::nothing) break;
            Outcome next = check(control, nullptr);
            if (next.level >= outcome.level) continue;
            next.message = "control query: " + next.message;
            outcome = std::move(next);
        }
        return outcome;
    }

private:
    std::string graph_text() const {
        std::ifstream in(options_.graphs / (scenario_.graph + ".cypher"));
        if (!in) throw std::runtime_error("no graph " + scenario_.graph + " in " + options_.graphs.string());
        std::stringstream text;
        text << in.rdbuf();
        return text.str();
    }

    Answer ask(const std::string& statement) {
        if (options_.folded == Folded::all) database_.store().fold_all();
        return asker_->ask(statement, parameters_);
    }

    void set_up(const std::string& statement) {
        const Answer answer = ask(statement);
        if (answer.failure) throw std::runtime_error("setup: " + answer.failure->text);
    }

    Outcome check(const Query& query, const Snapshot* before) {
        const Answer answer = ask(query.text);
        if (query.expect.kind == Expectation::Kind::error) {
            if (before && !difference(*before, now()).empty()) return {Level::nothing, "the graph was changed"};
            return check_error(query.expect.error, answer);
        }
        if (answer.failure) return {Level::nothing, "error: " + answer.failure->text};
        std::string wrong = check_rows(query.expect, answer);
        if (wrong.empty() && before && scenario_.side_effects) wrong = check_effects(difference(*before, now()));
        if (!wrong.empty()) return {Level::nothing, std::move(wrong)};
        return {Level::phase, {}};
    }

    Snapshot now() { return snapshot_of(*database_.store().view()); }

    static Outcome check_error(const ExpectedError& expect, const Answer& answer) {
        const std::string wanted = "expected " + expect.type + ": " + expect.detail + " at " + expect.phase;
        if (!answer.failure) return {Level::nothing, wanted + ", got " + std::to_string(answer.rows.size()) + " rows"};
        const Level level = answer.failure->level(expect);
        if (level == Level::phase) return {level, {}};
        return {level, wanted + ", got " + answer.failure->text};
    }

    static std::string check_rows(const Expectation& expect, const Answer& answer) {
        if (expect.kind == Expectation::Kind::no_rows)
            return answer.rows.empty() ? "" : "expected no rows, got " + std::to_string(answer.rows.size());
        if (answer.columns != expect.columns)
            return "expected columns " + row_text(expect.columns) + "\n     got columns " + row_text(answer.columns);
        const ListOrder order = expect.ignore_list_order ? ListOrder::ignored : ListOrder::counts;
        std::vector<std::string> wanted, got;
        for (const auto& row : expect.rows) {
            std::vector<std::string> cells;
            for (const std::string& cell : row) cells.push_back(canonical(parse_text_value(cell), order));
            wanted.push_back(row_text(cells));
        }
        for (const auto& row : answer.rows) {
            std::vector<std::string> cells;
            for (const TextValue& cell : row) cells.push_back(canonical(cell, order));
            got.push_back(row_text(cells));
        }
        if (!expect.ordered) {
            std::sort(wanted.begin(), wanted.end());
            std::sort(got.begin(), got.end());
        }
        if (wanted == got) return {};
        return "expected rows" + listed(wanted) + "\ngot rows" + listed(got);
    }

    static std::string listed(const std::vector<std::string>& rows) {
        constexpr std::size_t rows_max = 20;
        std::string out = rows.empty() ? ": none" : "";
        for (std::size_t i = 0; i < std::min(rows.size(), rows_max); ++i) out += "\n  " + rows[i];
        if (rows.size() > rows_max) out += "\n  ... " + std::to_string(rows.size()) + " in all";
        return out;
    }

    std::string check_effects(const SideEffects& got) const {
        SideEffects wanted = *scenario_.side_effects;
        std::erase_if(wanted, [](const auto& effect) { return effect.second == 0; });
        if (got == wanted) return {};
        const auto text = [](const SideEffects& effects) {
            std::string out;
            for (const auto& [what, n] : effects) out += ' ' + what + ' ' + std::to_string(n);
            return out.empty() ? std::string(" none") : out;
        };
        return "expected side effects" + text(wanted) + ", got" + text(got);
    }

    const Scenario& scenario_;
    const RunOptions& options_;
    Database& database_;
    std::unique_ptr<Asker> asker_;
    std::vector<TextEntry> parameters_;
};

}  // namespace

Outcome run_scenario(const Scenario& scenario, const RunOptions& options) {
    static int number = 0;  // a file name of its own each: a path must not be opened twice in a process
    try {
        const Scratch scratch(options.scratch / std::to_string(++number));
        const auto database = open_database(scenario, scratch.file(), options.folded);
        return Run(scenario, options, *database).whole();
    } catch (const Error& error) {
        return {Level::nothing, "error: " + error.message()};
    } catch (const std::exception& problem) {
        return {Level::nothing, problem.what()};
    }
}

}  // namespace mainstay::tck
