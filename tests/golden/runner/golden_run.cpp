#include "golden/runner/golden_run.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace mainstay::golden {
namespace {

constexpr std::string_view default_now = "2026-09-01T00:00Z";

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path);
    if (!in) throw std::runtime_error(path.string() + " cannot be read");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

// Statements separated by lines that end with `;`; a last `;` may stand or not.
std::vector<std::string> statements_of(const std::string& text) {
    std::vector<std::string> statements;
    std::string current;
    const auto end = [&] {
        if (current.find_first_not_of(" \t\r\n") != std::string::npos) statements.push_back(current);
        current.clear();
    };
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        const std::size_t last = line.find_last_not_of(" \t\r");
        const bool ends = last != std::string::npos && line[last] == ';';
        current += (current.empty() ? "" : "\n") + (ends ? line.substr(0, last) : line);
        if (ends) end();
    }
    end();
    return statements;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

void plan_lines(const PlanNode& node, std::size_t depth, std::vector<std::string>& out) {
    out.push_back(std::string(2 * depth, ' ') + node.name + (node.details.empty() ? "" : "  " + node.details));
    for (const PlanNode& child : node.children) plan_lines(child, depth + 1, out);
}

std::vector<std::string> counter_lines(const WriteCounters& c) {
    const std::pair<const char*, std::uint64_t> all[] = {{"nodes_created", c.nodes_created},
                                                         {"nodes_deleted", c.nodes_deleted},
                                                         {"rels_created", c.rels_created},
                                                         {"rels_deleted", c.rels_deleted},
                                                         {"properties_set", c.properties_set},
                                                         {"labels_added", c.labels_added},
                                                         {"labels_removed", c.labels_removed},
                                                         {"indexes_added", c.indexes_added},
                                                         {"indexes_removed", c.indexes_removed},
                                                         {"constraints_added", c.constraints_added},
                                                         {"constraints_removed", c.constraints_removed}};
    std::vector<std::string> lines;
    for (const auto& [name, count] : all)
        if (count > 0) lines.push_back(std::string(name) + ": " + std::to_string(count));
    return lines;
}

// Rows of a rows section as cells, the header first; the others sorted unless their order counts.
std::vector<std::vector<std::string>> comparable_rows(const Section& section, bool ordered) {
    std::vector<std::vector<std::string>> rows;
    for (const std::string& line : section.lines) rows.push_back(cells_of(line));
    if (!ordered && rows.size() > 1) std::sort(rows.begin() + 1, rows.end());
    return rows;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += "  " + line + "\n";
    return out.empty() ? "  nothing\n" : out;
}

bool orders_rows(std::string statement) {
    std::transform(statement.begin(), statement.end(), statement.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    return statement.find("ORDER BY") != std::string::npos;
}

}  // namespace

std::string_view name_of(State state) noexcept {
    switch (state) {
        case State::plain: return "plain";
        case State::one_row_batches: return "batches of one row";
        case State::not_optimised: return "optimiser off";
        case State::folded: return "folded";
        case State::reopened: return "reopened";
    }
    return {};
}

// The rows of a case, or its error.
struct Runner::Outcome {
    std::vector<std::vector<std::string>> table;  // columns first
    std::vector<std::string> notices, counters, plan;
    std::string error_argument;  // "code line:col"; empty: no error
    std::string error_text;
};

Runner::Runner(const File& file, std::filesystem::path graphs, State state)
    : file_(file), graphs_(std::move(graphs)), state_(state) {
    const auto now = parse_datetime(file.now.empty() ? default_now : file.now);
    if (!now) throw std::runtime_error(file.path.string() + ": `now " + file.now + "` is no datetime");
    execute_.now_us = now->seconds * 1'000'000 + now->nanos / 1'000;
    if (state == State::one_row_batches) execute_.batch_rows = 1;
    if (state == State::not_optimised) execute_.optimise = false;
}

void Runner::open() {
    database_.reset();
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    options.store.durability = Durability::none;
    options.store.fold = state_ != State::plain;
    const std::filesystem::path model = graphs_ / (file_.graph + ".model.json");
    if (file_.model != "built-in")
        options.store.initial_model =
            !file_.graph.empty() && std::filesystem::exists(model) ? Model::from_json(text_of(model)) : Model::empty();
    database_ = Database::open(*folder_ / "golden.mst", std::move(options));
}

void Runner::load_graph() {
    database_.reset();
    folder_ = std::make_unique<test::ScratchFolder>();
    open();
    if (file_.graph.empty()) return;
    for (const std::string& statement : statements_of(text_of(graphs_ / (file_.graph + ".mql")))) {
        try {
            database_->run(statement, {}, execute_)->all();
        } catch (const Error& error) {
            throw std::runtime_error("graph " + file_.graph + ": " + describe(error, statement));
        }
    }
}

Parameters Runner::parameters_of(const Case& one) {
    Parameters parameters;
    const Section* const section = one.find("params");
    if (!section) return parameters;
    for (const std::string& line : section->lines) {
        const std::size_t equals = line.find('=');
        if (equals == std::string::npos)
            throw std::runtime_error("a parameter is `name = expression`, not `" + line + "`");
        std::string name = line.substr(0, equals);
        name.erase(name.find_last_not_of(' ') + 1);
        const auto result = database_->run("RETURN " + line.substr(equals + 1), {}, execute_);
        parameters[name] = result->next()->front();
    }
    return parameters;
}

Runner::Outcome Runner::run(const Case& one) {
    if (!database_) load_graph();
    Outcome outcome;
    const std::vector<std::string> statements = statements_of(one.statement);
    std::string text;
    bool wrote = statements.size() > 1;
    try {
        for (std::size_t i = 0; i + 1 < statements.size(); ++i) {
            text = statements[i];
            database_->run(text, {}, execute_)->all();
        }
        if (state_ == State::folded) database_->store().fold_all();
        if (state_ == State::reopened) open();
        text = statements.back();
        const Parameters parameters = parameters_of(one);
        if (one.find("plan")) {
            const auto explained = database_->run("EXPLAIN " + text, parameters, execute_);
            explained->all();
            if (explained->plan()) plan_lines(*explained->plan(), 0, outcome.plan);
        }
        const auto result = database_->run(text, parameters, execute_);
        wrote = wrote || result->is_write();
        if (!result->columns().empty()) outcome.table.push_back(result->columns());
        while (const std::vector<Value>* row = result->next()) {
            std::vector<std::string> cells;
            for (const Value& value : *row) cells.push_back(print(value));
            outcome.table.push_back(std::move(cells));
        }
        for (const Notice& notice : result->notices()) outcome.notices.push_back(notice.code + ": " + notice.message);
        outcome.counters = counter_lines(result->counters());
    } catch (const Error& error) {
        outcome.error_argument = info(error.code()).name;
        if (error.span()) {
            const Place place = place_of(text, error.span()->begin);
            outcome.error_argument += ' ' + std::to_string(place.line) + ':' + std::to_string(place.column);
        }
        outcome.error_text = error.message() + (error.hint().empty() ? "" : "; " + error.hint());
    }
    if (wrote) database_.reset();
    return outcome;
}

std::vector<Section> Runner::answer(const Case& one) {
    Outcome outcome = run(one);
    std::vector<Section> sections;
    if (!outcome.error_argument.empty()) {
        sections.push_back({"error", outcome.error_argument, lines_of(outcome.error_text)});
        return sections;
    }
    const Section* const rows = one.find("rows");
    const bool only_other_sections =
        !rows && !one.find("error") && (one.find("plan") || one.find("notices") || one.find("counters"));
    if (!only_other_sections) {
        const bool ordered = rows ? rows->argument == "ordered" : orders_rows(one.statement);
        sections.push_back({"rows", ordered ? "ordered" : "", table_of(outcome.table)});
    }
    if (one.find("plan")) sections.push_back({"plan", "", outcome.plan});
    if (one.find("notices")) sections.push_back({"notices", "", outcome.notices});
    if (one.find("counters")) sections.push_back({"counters", "", outcome.counters});
    return sections;
}

std::string Runner::difference(const Case& one, const std::vector<Section>& got) const {
    const auto find_got = [&](const std::string& name) {
        const auto found = std::find_if(got.begin(), got.end(), [&](const Section& s) { return s.name == name; });
        return found == got.end() ? nullptr : &*found;
    };
    const auto shown = [](const Section& s) {
        return s.name + (s.argument.empty() ? "" : " ") + s.argument + "\n" + joined(s.lines);
    };
    bool stated = false;
    for (const Section& section : one.sections) {
        if (section.name == "params") continue;
        stated = true;
        if (section.name == "plan" && state_ != State::plain) continue;
        const Section* const other = find_got(section.name);
        if (!other) return "expected " + shown(section) + "got " + (got.empty() ? "nothing" : shown(got.front()));
        const bool is_rows = section.name == "rows";
        const bool ordered = section.argument == "ordered";
        const bool same = is_rows ? comparable_rows(section, ordered) == comparable_rows(*other, ordered)
                                  : section.argument == other->argument && section.lines == other->lines;
        if (!same) return "expected " + shown(section) + "got " + shown(*other);
    }
    return stated ? "" : "the case states nothing; run ./dev accept and review what it writes";
}

}  // namespace mainstay::golden
