#include "exec/path_pattern.hpp"

#include "plan/slots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace mainstay::exec {
namespace {

constexpr std::uint64_t states_max = 1'000'000'000;

void collect(const Value& v, std::vector<RelId>& out) {
    if (v.is(ValueType::relationship)) out.push_back(v.as_relationship().id);
    if (v.is(ValueType::list))
        for (const Value& one : v.as_list()) collect(one, out);
}

bool wants(const std::vector<Slot>* wanted, Slot slot) {
    return !wanted || std::find(wanted->begin(), wanted->end(), slot) != wanted->end();
}

}  // namespace

PathPattern::PathPattern(const plan::PathSearch& search, StatementContext& context)
    : search_(search), context_(context), view_(context.view(search.time)) {
    std::uint64_t next = 1;
    for (const plan::PathSearch::Step& from : search.steps) {
        Step step;
        step.step = &from;
        step.max = from.max.value_or(std::numeric_limits<std::uint64_t>::max());
        const std::uint64_t rounds = std::max<std::uint64_t>(1, from.max.value_or(from.min));
        for (const plan::Hop& hop : from.hops) {
            step.hops.push_back(std::make_unique<Hop>(hop, context));
            step.hops.back()->is_loop = hop.from == hop.to && from.repeats;
        }
        step.first = static_cast<PathState>(next);
        next += rounds * step.hops.size();
        if (rounds > states_max || next > states_max)
            throw Error{Code::result_limit, fmt::format("a pattern repeats {} times at most", states_max)}.with_hint(
                "leave the upper bound out, {1,}");
        step.rounds = static_cast<std::uint32_t>(rounds);

        // Conditions are tested at the first hop that knows all they read.
        plan::SlotSet own;
        std::vector<Slot> nodes;
        for (const plan::Hop& hop : from.hops) {
            own.add(hop.from);
            own.add(hop.rel);
            own.add(hop.to);
            nodes.push_back(hop.from);
        }
        if (from.hops.size() > 1) {
            nodes.push_back(from.hops.back().to);
            std::sort(nodes.begin(), nodes.end());
            step.checks_rounds = std::adjacent_find(nodes.begin(), nodes.end()) != nodes.end();
        }
        for (const bound::ExprPtr& condition : from.conditions) {
            const plan::SlotSet reads = plan::slots_read(*condition);
            const auto knows = [&](const std::unique_ptr<Hop>& hop) {
                plan::SlotSet others = own;
                others.remove(hop->hop.from);
                others.remove(hop->hop.rel);
                others.remove(hop->hop.to);
                return !reads.meets(others);
            };
            const auto hop = std::find_if(step.hops.begin(), step.hops.end(), knows);
            if (hop != step.hops.end()) {
                (*hop)->conditions.push_back(condition);
            } else {
                step.conditions.push_back(condition);
                step.checks_rounds = true;
            }
        }
        steps_.push_back(std::move(step));
    }
}

void PathPattern::refresh() {
    for (Step& step : steps_)
        for (auto& hop : step.hops) hop->types.refresh();
}

void PathPattern::start_row(const Batch& batch, std::uint32_t row) {
    batch_ = &batch;
    row_ = row;
    left_out_.clear();
    for (Slot slot : search_.differ) collect(batch.get(slot, row), left_out_);
    std::sort(left_out_.begin(), left_out_.end());
}

PathPattern::Position PathPattern::position(PathState state) const {
    std::uint32_t step = static_cast<std::uint32_t>(steps_.size()) - 1;
    while (steps_[step].first > state) --step;
    const auto hops = static_cast<std::uint32_t>(steps_[step].hops.size());
    const std::uint32_t offset = state - steps_[step].first;
    return {step, offset / hops + 1, offset % hops + 1};
}

bool PathPattern::passes(const Hop& hop, NodeId from, RelId rel_id, NodeId to) const {
    if (hop.is_loop && from != to) return false;
    if (hop.conditions.empty()) return true;
    const Local first{hop.hop.from, node(from), nullptr};
    const Local second{hop.hop.rel, rel(rel_id), &first};
    const Local third{hop.hop.to, node(to), &second};
    const Row row{*batch_, row_, &third};
    return std::all_of(hop.conditions.begin(), hop.conditions.end(),
                       [&](const bound::ExprPtr& condition) { return is_true(*condition, row, context_); });
}

bool PathPattern::holds_at(std::size_t step, NodeId id) const {
    const auto& conditions = steps_[step].step->end_conditions;
    if (conditions.empty()) return true;
    const Local local{steps_[step].step->end, node(id), nullptr};
    const Row row{*batch_, row_, &local};
    return std::all_of(conditions.begin(), conditions.end(),
                       [&](const bound::ExprPtr& condition) { return is_true(*condition, row, context_); });
}

bool PathPattern::accepts(PathState state, NodeId id) const {
    std::size_t step = 0;
    if (state != 0) {
        const Position at = position(state);
        const Step& here = steps_[at.step];
        if (at.hop < here.hops.size() || at.round < here.step->min) return false;
        if (!holds_at(at.step, id)) return false;
        step = at.step + 1;
    }
    for (; step < steps_.size(); ++step)
        if (steps_[step].step->min > 0 || !holds_at(step, id)) return false;
    return true;
}

void PathPattern::Moves::start(const PathPattern& pattern, PathState state, NodeId node) {
    pattern_ = &pattern;
    node_ = node;
    arcs_.clear();
    arc_ = 0;
    open_ = false;
    const auto& steps = pattern.steps_;
    std::uint32_t step = 0;
    if (state != 0) {
        const Position at = pattern.position(state);
        const Step& here = steps[at.step];
        if (at.hop < here.hops.size()) {
            arcs_.push_back({at.step, at.hop, state + 1});
            return;
        }
        const auto hops = static_cast<std::uint32_t>(here.hops.size());
        if (at.round < here.max)  // the last round that is told apart stands for all later ones if there is no bound
            arcs_.push_back({at.step, 0, here.first + std::min(at.round, here.rounds - 1) * hops});
        if (at.round < here.step->min || !pattern.holds_at(at.step, node)) return;
        step = at.step + 1;
    }
    for (; step < steps.size(); ++step) {
        if (steps[step].max > 0) arcs_.push_back({step, 0, steps[step].first});
        if (steps[step].step->min > 0 || !pattern.holds_at(step, node)) return;
    }
}

bool PathPattern::Moves::next(Move& move) {
    while (arc_ < arcs_.size()) {
        const Arc& arc = arcs_[arc_];
        const Hop& hop = *pattern_->steps_[arc.step].hops[arc.hop];
        if (!open_) {
            edges_.start(hop.types, node_);
            open_ = true;
        }
        Edge edge;
        while (edges_.next(edge)) {
            if (pattern_->is_left_out(edge.rel) || !pattern_->passes(hop, node_, edge.rel, edge.other)) continue;
            move = {edge.other, edge.rel, arc.state};
            return true;
        }
        open_ = false;
        ++arc_;
    }
    return false;
}

bool PathPattern::round_holds(const Step& step, NodeId from, std::span<const Move> moves) const {
    std::deque<Local> locals;
    const auto put = [&](Slot slot, Value value) {
        const Local* outer = locals.empty() ? nullptr : &locals.back();
        locals.push_back({slot, std::move(value), outer});
    };
    std::vector<std::pair<Slot, NodeId>> nodes;
    const auto put_node = [&](Slot slot, NodeId id) {
        for (const auto& [known, other] : nodes)
            if (known == slot) return other == id;
        nodes.emplace_back(slot, id);
        put(slot, node(id));
        return true;
    };
    if (!put_node(step.hops[0]->hop.from, from)) return false;
    for (std::size_t i = 0; i < moves.size(); ++i) {
        if (!put_node(step.hops[i]->hop.to, moves[i].node)) return false;
        put(step.hops[i]->hop.rel, rel(moves[i].rel));
    }
    const Row row{*batch_, row_, &locals.back()};
    return std::all_of(step.conditions.begin(), step.conditions.end(),
                       [&](const bound::ExprPtr& condition) { return is_true(*condition, row, context_); });
}

void PathPattern::Path::start(NodeId from) {
    from_ = from;
    moves_.clear();
    rels_.clear();
    nodes_.clear();
    nodes_.push(raw(from));
}

bool PathPattern::Path::may_meet(RelId rel, NodeId node, bool& last) const {
    const plan::PathSearch& search = pattern_->search_;
    last = false;
    if (search.distinct_rels && rels_.has(raw(rel))) return false;
    if (search.simple) {
        if (!moves_.empty() && tip() == from_) return false;
        last = node == from_;
        return last || !nodes_.has(raw(node));
    }
    return !search.acyclic || !nodes_.has(raw(node));
}

bool PathPattern::Path::push(const Move& move) {
    bool last;
    if (!may_meet(move.rel, move.node, last)) return false;
    const Position at = pattern_->position(move.state);
    const Step& step = pattern_->steps_[at.step];
    moves_.push_back(move);
    if (step.checks_rounds && at.hop == step.hops.size()) {
        const std::size_t first = moves_.size() - step.hops.size();
        const NodeId from = first == 0 ? from_ : moves_[first - 1].node;
        if (!pattern_->round_holds(step, from, std::span{moves_}.subspan(first))) {
            moves_.pop_back();
            return false;
        }
    }
    if (pattern_->search_.distinct_rels) rels_.push(raw(move.rel));
    if (pattern_->search_.acyclic || pattern_->search_.simple) nodes_.push(raw(move.node));
    return true;
}

void PathPattern::Path::pop() {
    if (pattern_->search_.distinct_rels) rels_.pop();
    if (pattern_->search_.acyclic || pattern_->search_.simple) nodes_.pop();
    moves_.pop_back();
}

void PathPattern::values(NodeId from, std::span<const Move> moves, const std::vector<Slot>* wanted, Values& out) const {
    const auto put = [&](Slot slot, Value value) { out.push_back({slot, std::move(value), nullptr}); };
    const auto node_before = [&](std::size_t i) { return i == 0 ? from : moves[i - 1].node; };
    const auto put_list = [&](Slot slot, ValueList list) {
        if (search_.reversed) std::reverse(list.begin(), list.end());
        put(slot, Value::list(std::move(list)));
    };
    std::size_t begin = 0;
    for (std::size_t s = 0; s < steps_.size(); ++s) {
        const plan::PathSearch::Step& step = *steps_[s].step;
        const std::size_t hops = step.hops.size();
        const PathState limit = s + 1 < steps_.size() ? steps_[s + 1].first : std::numeric_limits<PathState>::max();
        std::size_t end = begin;
        while (end < moves.size() && moves[end].state < limit) ++end;
        if (!step.repeats) {
            if (wants(wanted, step.hops[0].rel)) put(step.hops[0].rel, rel(moves[begin].rel));
        } else {
            if (wants(wanted, step.trail)) {
                ValueList list;
                for (std::size_t i = begin; i < end; ++i) list.push_back(rel(moves[i].rel));
                put_list(step.trail, std::move(list));
            }
            for (const plan::PathSearch::List& variable : step.lists) {
                if (!wants(wanted, variable.list)) continue;
                ValueList list;
                for (std::size_t h = 0; h < hops && list.empty(); ++h)
                    for (std::size_t i = begin + h; i < end; i += hops) {
                        if (step.hops[h].rel == variable.each) list.push_back(rel(moves[i].rel));
                        if (step.hops[h].from == variable.each) list.push_back(node(node_before(i)));
                        if (step.hops[h].from != variable.each && step.hops[h].to == variable.each)
                            list.push_back(node(moves[i].node));
                    }
                put_list(variable.list, std::move(list));
            }
        }
        begin = end;
        const bool is_last = s + 1 == steps_.size();
        if (!(is_last && search_.into) && wants(wanted, step.end)) put(step.end, node(node_before(end)));
    }
}

bool PathPattern::holds(NodeId from, std::span<const Move> moves) const {
    if (search_.checks.empty()) return true;
    Values locals;
    values(from, moves, nullptr, locals);
    for (std::size_t i = 1; i < locals.size(); ++i) locals[i].outer = &locals[i - 1];
    if (search_.path != bound::no_slot) {
        Value path = evaluate(*search_.build_path, Row{*batch_, row_, &locals.back()}, context_);
        const Local* outer = &locals.back();
        locals.push_back({search_.path, std::move(path), outer});
    }
    const Row row{*batch_, row_, locals.empty() ? nullptr : &locals.back()};
    return std::all_of(search_.checks.begin(), search_.checks.end(),
                       [&](const bound::ExprPtr& check) { return is_true(*check, row, context_); });
}

void PathPattern::emit(NodeId from, std::span<const Move> moves, const std::vector<Slot>& wanted, Batch& out) const {
    Values all;
    values(from, moves, &wanted, all);
    for (Local& one : all) {
        if (one.value.is(ValueType::node)) {
            out[one.slot].push_node(&view_, one.value.as_node().id);
        } else {
            out[one.slot].push(std::move(one.value));
        }
    }
}

}  // namespace mainstay::exec
