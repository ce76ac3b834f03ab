// IMPACT OF, DEPENDENCIES OF, DEPENDENTS OF, SINGLE POINTS OF FAILURE FOR: one analysis a row, joined to it.

#include "exec/eval.hpp"
#include "exec/operators.hpp"

#include "mainstay/core/analysis.hpp"

#include <fmt/format.h>

#include <limits>

namespace mainstay::exec {
namespace {

using bound::AnalysisKind;

std::string_view name_of(AnalysisKind kind) {
    switch (kind) {
        case AnalysisKind::impact: return "IMPACT OF";
        case AnalysisKind::dependencies: return "DEPENDENCIES OF";
        case AnalysisKind::dependents: return "DEPENDENTS OF";
        case AnalysisKind::single_points: return "SINGLE POINTS OF FAILURE FOR";
    }
    return "";
}

std::uint32_t index_of(State state) { return static_cast<std::uint32_t>(state); }

const Words& states() {
    static const Words names = std::make_shared<const std::vector<Value>>(
        std::vector<Value>{Value{mainstay::name_of(State::up)}, Value{mainstay::name_of(State::at_risk)},
                           Value{mainstay::name_of(State::degraded)}, Value{mainstay::name_of(State::down)}});
    return names;
}

class Analysis final : public RowExpander {
public:
    Analysis(const plan::Node& node, StatementContext& context, OperatorPtr child, const bound::Analysis& analysis,
             std::vector<Slot> own)
        : RowExpander(node, context, std::move(child), std::move(own)),
          analysis_(analysis),
          view_(context.view(analysis.time)) {}

protected:
    void start_row(const Batch& in, std::uint32_t row) override {
        if (!view_.valid_time().at)
            throw Error{Code::bad_valid_time, analysis_.operand->span,
                        fmt::format("{} needs one valid time, not all of them", name_of(analysis_.kind))}
                .with_hint("write FOR VALID_TIME AS OF an instant");
        impact_.reset();
        reached_ = {};
        points_.clear();
        count_ = position_ = 0;
        const Row here{in, row};
        const std::vector<NodeId> nodes = operand(evaluate(*analysis_.operand, here, context_));
        if (!nodes.empty()) run(nodes, here);
        is_empty_ = count_ == 0 && analysis_.optional && !std::get<plan::Analysis>(node_.op).in_optional;
    }

    std::uint32_t extend(const Batch&, std::uint32_t, Batch& out, std::uint32_t room, bool& done) override {
        if (is_empty_) {
            for (const bound::ColumnSlot& output : analysis_.outputs) out[output.slot].push_null();
            done = true;
            return 1;
        }
        const auto added = static_cast<std::uint32_t>(std::min<std::size_t>(room, count_ - position_));
        if (added > 0)  // otherwise there may have been no analysis
            for (const bound::ColumnSlot& output : analysis_.outputs)
                put(out[output.slot], output.column, position_, position_ + added);
        position_ += added;
        context_.work(added);
        done = position_ >= count_;
        return added;
    }

private:
    std::vector<NodeId> operand(const Value& v) const {
        std::vector<NodeId> nodes;
        const auto add = [&](const Value& one) {
            if (one.is_null()) return;
            if (!one.is(ValueType::node)) refuse(one);
            // A node of another view that this one does not show cannot fail, nor depend on anything.
            if (view_.contains(one.as_node().id)) nodes.push_back(one.as_node().id);
        };
        if (v.is(ValueType::list)) {
            for (const Value& item : v.as_list()) add(item);
        } else {
            add(v);
        }
        std::sort(nodes.begin(), nodes.end());
        nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
        return nodes;
    }

    [[noreturn]] void refuse(const Value& v) const {
        throw Error{Code::type_error, analysis_.operand->span,
                    fmt::format("{} needs a node or a list of nodes, not {}", name_of(analysis_.kind),
                                mainstay::name_of(v.type()))};
    }

    InjectedState injected(const Row& row) const {
        if (!analysis_.when) return analysis_.degraded ? InjectedState::degraded : InjectedState::down;
        const Value v = evaluate(*analysis_.when, row, context_);
        const std::string text = v.is(ValueType::string) ? std::string{v.as_string()} : print(v);
        if (text == "down") return InjectedState::down;
        if (text == "degraded") return InjectedState::degraded;
        throw Error{Code::unknown_state, analysis_.when->span,
                    fmt::format("{} is not a state to inject; use down or degraded", quoted(text))};
    }

    void run(const std::vector<NodeId>& nodes, const Row& row) {
        const AnalysisGraph graph{view_, view_, view_.semantics()};
        const CheckPoint check = [this] { context_.check(); };
        const auto notice = [this](const Notice& n) { context_.add_notice(n); };
        switch (analysis_.kind) {
            case AnalysisKind::impact: {
                const ImpactOptions options{injected(row), analysis_.from_status, wants_margins()};
                impact_.emplace(impact_of(graph, nodes, options, view_.baseline_seeds(), check));
                count_ = impact_->rows().size();
                for (const Notice& n : impact_->notices()) notice(n);
                break;
            }
            case AnalysisKind::dependencies:
            case AnalysisKind::dependents: {
                std::optional<std::uint32_t> within;
                if (analysis_.within)
                    within = static_cast<std::uint32_t>(
                        std::min<std::uint64_t>(evaluate_count(*analysis_.within, context_, "WITHIN"),
                                                std::numeric_limits<std::uint32_t>::max()));
                reached_ = analysis_.kind == AnalysisKind::dependencies ? dependencies_of(graph, nodes, within, check)
                                                                        : dependents_of(graph, nodes, within, check);
                count_ = reached_.size();
                if (view_.semantics().to_providers().empty())
                    notice({"no_dependencies", "no relationship type of the class model says who depends on whom"});
                break;
            }
            case AnalysisKind::single_points: {
                if (nodes.size() > 1)
                    throw Error{Code::type_error, analysis_.operand->span,
                                "SINGLE POINTS OF FAILURE FOR looks at one element"}
                        .with_hint("UNWIND the list first");
                SinglePoints points = single_points_of_failure(graph, nodes.front(), view_.baseline_seeds(), check);
                points_ = std::move(points.cis);
                count_ = points_.size();
                for (const Notice& n : points.notices) notice(n);
                break;
            }
        }
    }

    bool wants_margins() const {
        return std::any_of(analysis_.outputs.begin(), analysis_.outputs.end(),
                           [](const bound::ColumnSlot& output) { return output.column >= first_margin; });
    }

    // Appends the rows begin to end of one of the clause's columns.
    void put(Column& column, std::uint32_t number, std::size_t begin, std::size_t end) const {
        switch (analysis_.kind) {
            case AnalysisKind::impact: return put_impact(column, number, begin, end);
            case AnalysisKind::dependencies:
            case AnalysisKind::dependents:
                if (number == 0)
                    return column.push_nodes(&view_, end - begin,
                                             [&](std::size_t i) { return reached_.ci(begin + i); });
                for (std::size_t i = begin; i < end; ++i) column.push_integer(reached_.hops(i));
                return;
            case AnalysisKind::single_points:
                return column.push_nodes(&view_, end - begin, [&](std::size_t i) { return points_[begin + i]; });
        }
    }

    void put_impact(Column& column, std::uint32_t number, std::size_t begin, std::size_t end) const {
        const auto rows = std::span{impact_->rows()}.subspan(begin, end - begin);
        const auto each = [&](auto&& push) {
            for (const ImpactRow& row : rows) push(row);
        };
        const auto push_margin = [&](const std::optional<std::int64_t>& margin) {
            if (margin)
                column.push_integer(*margin);
            else
                column.push_null();
        };
        switch (number) {
            case 0: return column.push_nodes(&view_, rows.size(), [&](std::size_t i) { return rows[i].ci; });
            case 1:
                return column.push_words(states(), rows.size(), [&](std::size_t i) { return index_of(rows[i].state); });
            case 2:
                return column.push_words(states(), rows.size(),
                                         [&](std::size_t i) { return index_of(rows[i].state_before); });
            case 3: return each([&](const ImpactRow& row) { column.push_integer(row.hops); });
            case 4:
                for (std::size_t i = begin; i < end; ++i) column.push(path(impact_->cause(i)));
                return;
            case first_margin: return each([&](const ImpactRow& row) { push_margin(row.margin); });
            default: return each([&](const ImpactRow& row) { push_margin(row.margin_before); });
        }
    }

    Value path(const CausePath& cause) const {
        PathData data;
        for (NodeId node : cause.nodes) data.nodes.push_back({&view_, node});
        for (std::size_t i = 0; i < cause.rels.size(); ++i) {
            data.rels.push_back({&view_, cause.rels[i]});
            data.forward.push_back(view_.ends(cause.rels[i]).source == cause.nodes[i]);
        }
        return Value::path(std::move(data));
    }

    static constexpr std::uint32_t first_margin = 5;  // of the columns of IMPACT OF; the last one is another
    const bound::Analysis& analysis_;
    const View& view_;
    std::optional<Impact> impact_;
    Reached reached_;
    std::vector<NodeId> points_;
    std::size_t count_ = 0, position_ = 0;
    bool is_empty_ = false;
};

}  // namespace

OperatorPtr make_analysis(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    const bound::Analysis& analysis = *std::get<plan::Analysis>(n.op).analysis;
    std::vector<Slot> own;
    for (const bound::ColumnSlot& output : analysis.outputs) own.push_back(output.slot);
    return std::make_unique<Analysis>(n, c, std::move(child), analysis, std::move(own));
}

}  // namespace mainstay::exec
