#include "commands/cause_tree.hpp"
#include "commands/command_list.hpp"
#include "commands/options.hpp"
#include "commands/report.hpp"
#include "output/cell.hpp"
#include "run/interrupt.hpp"
#include "run/statement.hpp"

#include "mainstay/connect/find_element.hpp"
#include "mainstay/core/analysis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <unordered_map>

namespace mainstay::shell {
namespace {

// Beyond these a terminal is no help; --all or another format shows everything.
constexpr std::size_t listed_max = 40;
constexpr std::size_t tree_lines_max = 60;
constexpr std::size_t tree_steps_max = 2'000'000;  // of all chains drawn: long chains side by side are quadratic

constexpr std::string_view service_layer = "ServiceLayer";  // of the built-in model: what is below it is a service

struct Options {
    bool is_degraded = false;
    bool from_status = false;
    bool all = false;
    std::string valid_at, as_of;
};

class ImpactReport {
public:
    ImpactReport(const View& view, std::vector<NodeId> failed, const Impact& impact, const Options& options,
                 const Console& console)
        : view_(view),
          failed_(std::move(failed)),
          impact_(impact),
          options_(options),
          console_(console),
          palette_(console.out_palette()) {
        order_.resize(impact.rows().size());
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return before(a, b); });
        for (const ImpactRow& row : impact.rows()) states_[row.ci] = row.state;
        for (const NodeId node : failed_) states_[node] = options.is_degraded ? State::degraded : State::down;
    }

    void write_text() {
        write_head();
        write_services();
        write_tree();
        write_at_risk();
        for (const Notice& notice : impact_.notices()) console_.say(notice);
    }

    // The columns of IMPACT OF; in CSV, which has no nodes, keys instead.
    void write_rows(Format format) {
        const auto writer = make_writer(format, console_.out, console_.table_style());
        const bool is_flat = format == Format::csv;
        std::vector<std::string> columns = {"ci", "state", "state_before", "hops", "cause", "margin", "margin_before"};
        if (is_flat) columns.insert(columns.begin() + 1, "class");
        writer->begin(columns);
        for (std::size_t i = 0; i < impact_.rows().size(); ++i) {
            const ImpactRow& row = impact_.rows()[i];
            std::vector<Value> values = {is_flat ? Value{captions_.name(node(row.ci))} : Value{node(row.ci)}};
            if (is_flat) values.emplace_back(captions_.label(node(row.ci)));
            values.emplace_back(name_of(row.state));
            values.emplace_back(name_of(row.state_before));
            values.emplace_back(row.hops);
            values.push_back(is_flat ? Value{cause_text(i)} : cause_path(i));
            values.push_back(row.margin ? Value{*row.margin} : Value{});
            values.push_back(row.margin_before ? Value{*row.margin_before} : Value{});
            writer->row(values);
        }
        std::vector<Notice> notices{impact_.notices().begin(), impact_.notices().end()};
        if (!writer->end(notices))
            for (const Notice& notice : notices) console_.say(notice);
    }

private:
    Node node(NodeId id) const { return Node{&view_, id}; }

    bool is_service(NodeId id) {
        const std::string label = captions_.label(node(id));
        const Model& model = view_.model();
        if (model.find_class(label)) return model.is_a(label, service_layer);
        return label.ends_with("Service");
    }

    // Services first, then the worst, then the nearest.
    bool before(std::size_t a, std::size_t b) {
        const ImpactRow& x = impact_.rows()[a];
        const ImpactRow& y = impact_.rows()[b];
        const bool x_serves = is_service(x.ci), y_serves = is_service(y.ci);
        if (x_serves != y_serves) return x_serves;
        if (x.state != y.state) return x.state > y.state;
        if (x_serves) {
            const std::string x_label = captions_.label(node(x.ci)), y_label = captions_.label(node(y.ci));
            if (x_label != y_label) return x_label < y_label;
            return captions_.name(node(x.ci)) < captions_.name(node(y.ci));
        }
        return x.hops < y.hops;
    }

    std::string painted(State state) const {
        const Ink ink = state == State::down ? Ink::bad : state == State::up ? Ink::good : Ink::warning;
        return palette_.paint(ink, name_of(state) == "at_risk" ? "at risk" : name_of(state));
    }

    void head(std::string_view text) { console_.out.write("\n" + palette_.paint(Ink::strong, text) + "\n"); }

    void write_head() {
        std::string who;
        for (const NodeId id : failed_) {
            who += (who.empty() ? "" : ", ") + captions_.name(node(id));
            const std::string label = captions_.label(node(id));
            if (!label.empty()) who += " (" + label + ")";
        }
        std::uint64_t counts[4] = {};
        std::uint64_t services_down = 0;
        for (const ImpactRow& row : impact_.rows()) {
            ++counts[static_cast<std::size_t>(row.state)];
            if (row.state == State::down && is_service(row.ci)) ++services_down;
        }
        const std::uint64_t down = counts[static_cast<std::size_t>(State::down)];
        std::string what = down == 0 ? "nothing else goes down"
                                     : fmt::format("{} {} down", counted(down, "other"), down == 1 ? "goes" : "go");
        if (services_down) what += ", " + counted(services_down, "service") + " among them";
        if (const auto degraded = counts[static_cast<std::size_t>(State::degraded)])
            what += fmt::format("; {} degraded", degraded);
        if (const auto rest = counts[0] + counts[1]) what += fmt::format("; {} lose redundancy", rest);
        console_.out.write(fmt::format("{} {} {}{}: {}.\n", failed_.size() == 1 ? "If" : "If together",
                                       palette_.paint(Ink::strong, who),
                                       options_.is_degraded ? (failed_.size() == 1 ? "is degraded" : "are degraded")
                                                            : (failed_.size() == 1 ? "goes down" : "go down"),
                                       options_.valid_at.empty() ? "" : " on " + options_.valid_at, what));
    }

    template <typename Want>
    void write_list(std::string_view title, Want want) {
        std::vector<std::vector<Value>> rows;
        std::size_t left_out = 0;
        for (const std::size_t i : order_) {
            const ImpactRow& row = impact_.rows()[i];
            if (!want(row)) continue;
            if (!options_.all && rows.size() == listed_max) {
                ++left_out;
                continue;
            }
            const auto title_text = captions_.title(node(row.ci));
            const Value margin =
                row.margin || row.margin_before
                    ? Value{fmt::format("{} → {}", row.margin_before ? std::to_string(*row.margin_before) : "-",
                                        row.margin ? std::to_string(*row.margin) : "-")}
                    : Value{""};
            rows.push_back({captions_.name(node(row.ci)), title_text ? Value{*title_text} : Value{""},
                            captions_.label(node(row.ci)), Value{name_of(row.state)}, Value{row.hops}, margin});
        }
        if (rows.empty()) return;
        head(title);
        shell::write_rows(Format::table, {"ci", "name", "class", "state", "hops", "margin"}, rows, {}, console_);
        if (left_out) console_.out.write(fmt::format("… and {} more; --all lists them\n", left_out));
    }

    void write_services() {
        write_list("Services affected",
                   [&](const ImpactRow& row) { return is_service(row.ci) && row.state >= State::degraded; });
    }

    void write_at_risk() {
        write_list("Redundancy lost", [](const ImpactRow& row) { return row.state <= State::at_risk; });
    }

    void write_tree() {
        CauseTree tree{view_};
        std::size_t left_out = 0, steps = 0;
        for (const std::size_t i : order_) {
            const ImpactRow& row = impact_.rows()[i];
            if (row.state < State::degraded) continue;
            if (options_.all ? steps >= tree_steps_max : tree.size() >= tree_lines_max) {
                ++left_out;
                continue;
            }
            tree.add(impact_.cause(i));
            steps += static_cast<std::size_t>(row.hops);
        }
        if (tree.size() == 0) return;
        head("Chain of causes");
        const auto state_of = [&](NodeId id) {
            const auto found = states_.find(id);
            return found == states_.end() ? std::string{} : painted(found->second);
        };
        for (const std::string& line : tree.lines(state_of, captions_, palette_)) console_.out.write(line + "\n");
        if (left_out)
            console_.out.write(fmt::format(
                "… and {} more; {}\n", left_out,
                options_.all ? "these chains are too long to draw; --format jsonl has them" : "--all shows them"));
    }

    Value cause_path(std::size_t row) const {
        const CausePath cause = impact_.cause(row);
        PathData path;
        for (const NodeId id : cause.nodes) path.nodes.push_back(node(id));
        for (std::size_t i = 0; i < cause.rels.size(); ++i) {
            path.rels.push_back(Relationship{&view_, cause.rels[i]});
            path.forward.push_back(view_.ends(cause.rels[i]).source == cause.nodes[i]);
        }
        return Value::path(std::move(path));
    }

    std::string cause_text(std::size_t row) {
        std::string text;
        for (const NodeId id : impact_.cause(row).nodes) text += (text.empty() ? "" : " > ") + captions_.name(node(id));
        return text;
    }

    const View& view_;
    std::vector<NodeId> failed_;
    const Impact& impact_;
    const Options& options_;
    const Console& console_;
    Palette palette_;
    Captions captions_;
    std::vector<std::size_t> order_;
    std::unordered_map<NodeId, State> states_;
};

class ImpactCommand final : public Command {
public:
    std::string_view name() const override { return "impact"; }
    std::string_view summary() const override { return "Show what breaks when something fails, and why"; }
    std::string_view example() const override {
        return "mainstay impact cmdb.db cnd-river-07 --valid-at 2026-09-01\n"
               "mainstay impact cmdb.db hv-e01 hv-e02 --format json";
    }

    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::refuse);
        arguments.positionals(
            "KEY", keys_,
            "what fails: identification key, unique attribute, name or element id; several fail together");
        arguments.choice("--when", when_, {"down", "degraded"}, "the state it fails into");
        arguments.option("--class", "CLASS", class_, "class of what fails, if its name is not enough");
        arguments.option("--valid-at", "DATE", options_.valid_at,
                         "the day or time whose dependencies count (default: now)");
        arguments.option("--as-of", "TX|TIME", options_.as_of, "as the database was after a transaction or at a time");
        arguments.flag("--from-status", options_.from_status, "start from the recorded status of each element");
        arguments.flag("--all", options_.all, "list everything, however long");
        format_.declare(arguments, FormatOption::Graphs::too);
        as_.declare(arguments);
    }

    int run(const Console& console) override {
        options_.is_degraded = when_ == "degraded";
        const auto database = open_database(database_, IfMissing::refuse, console);
        (void)as_.principal(*database);  // every role may read
        Store::ViewOptions view_options;
        if (!options_.valid_at.empty()) view_options.valid = ValidTime{parse_instant(options_.valid_at)};
        if (!options_.as_of.empty()) view_options.as_of = as_of(database->store());
        const ViewPtr view = database->store().view(view_options);
        std::vector<NodeId> failed;
        for (const std::string& key : keys_) {
            const NodeId node = find(*view, key);
            if (std::find(failed.begin(), failed.end(), node) == failed.end()) failed.push_back(node);
        }
        const InterruptScope interrupt;
        const auto check = [&] {
            if (interrupt.is_interrupted()) throw Error{Code::cancelled, "cancelled"};
        };
        const AnalysisGraph graph{*view, *view, view->semantics()};
        const ImpactOptions impact_options{options_.is_degraded ? InjectedState::degraded : InjectedState::down,
                                           options_.from_status};
        const Impact impact = impact_of(graph, failed, impact_options, view->baseline_seeds(), check);
        ImpactReport report{*view, std::move(failed), impact, options_, console};
        if (format_.value() == Format::table)
            report.write_text();
        else
            report.write_rows(format_.value());
        return 0;
    }

private:
    NodeId find(const View& view, const std::string& key) const {
        try {
            return find_element(view, key, class_);
        } catch (const Error& error) {
            if (error.code() != Code::entity_not_found || options_.as_of.empty()) throw;
            throw Error{error.code(), error.message() + " as of " + options_.as_of}.with_hint(error.hint());
        }
    }

    TxNumber as_of(const Store& store) const {
        std::uint64_t number = 0;
        const std::string& text = options_.as_of;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc{} && end == text.data() + text.size()) return TxNumber{number};
        try {
            return store.tx_at(parse_instant(text));
        } catch (const Error& refused) {
            if (refused.code() != Code::usage) throw;
            throw Error{Code::usage, quoted(text) + " is neither a transaction number nor a date or time"}.with_hint(
                "write 42, 2026-09-01 or 2026-09-01T12:00Z");
        }
    }

    DatabaseOption database_;
    AsOption as_;
    FormatOption format_;
    Options options_;
    std::vector<std::string> keys_;
    std::string when_ = "down", class_;
};

}  // namespace

std::unique_ptr<Command> make_impact_command() { return std::make_unique<ImpactCommand>(); }

}  // namespace mainstay::shell
