#include "exec/hop.hpp"

#include "mainstay/core/analysis.hpp"

#include <fmt/format.h>

namespace mainstay::exec {

using bound::PatternDirection;

HopTypes::HopTypes(const plan::Hop& hop, StatementContext& context)
    : hop_(hop), context_(context), view_(context.view(hop.time)) {
    out_ = hop.direction != PatternDirection::left;
    in_ = hop.direction != PatternDirection::right;
    any_ = hop.types.empty() && !hop.dependency;
    unresolved_ = 1;
    refresh();
}

void HopTypes::add(TypeId type, bool forward) {
    const auto put = [&](Direction direction) {
        for (const TypeUse& use : uses_) {
            if (use.type != type) continue;
            if (use.direction == direction) return;
            twice_ = true;
        }
        uses_.push_back({type, direction});
    };
    if (out_) put(forward ? Direction::out : Direction::in);
    if (in_) put(forward ? Direction::in : Direction::out);
}

void HopTypes::refresh() {
    if (unresolved_ == 0) return;
    unresolved_ = 0;
    uses_.clear();
    twice_ = any_ && out_ && in_;
    for (const bound::TypeName& name : hop_.types) {
        const TypeId type = view_.names().find_type(name.name);
        if (type != no_type) {
            add(type, !name.reversed);
        } else if (context_.transaction()) {
            ++unresolved_;
        }
    }
    if (!hop_.dependency) return;
    const Semantics& semantics = view_.semantics();
    for (const auto& type : semantics.types()) {
        if (type.depends != DependsEnd::target) add(type.type, true);
        if (type.depends == DependsEnd::target || type.depends == DependsEnd::both) add(type.type, false);
        filters_ |= type.effect == Effect::none || type.effect_key != no_key;
    }
    if (context_.transaction()) ++unresolved_;  // types of the model that have no relationships yet
}

bool HopTypes::accepts(RelId rel, TypeId type) const {
    const auto* dependency = view_.semantics().find(type);
    if (!dependency) return false;
    if (dependency->effect_key != no_key) {
        const Value effect = view_.property(rel, dependency->effect_key);
        if (effect.is(ValueType::string)) {
            if (effect.as_string() == "none") return false;
            if (effect.as_string() == "hard" || effect.as_string() == "soft") return true;
        }
    }
    return dependency->effect != Effect::none;
}

bool HopTypes::fits(RelId rel, const Ends& ends, NodeId from) const {
    const auto travels = [&](Direction d) { return (d == Direction::out ? ends.source : ends.target) == from; };
    if (any_) return (out_ && travels(Direction::out)) || (in_ && travels(Direction::in));
    for (const TypeUse& use : uses_)
        if (use.type == ends.type && travels(use.direction)) return !filters_ || accepts(rel, ends.type);
    return false;
}

void EdgeCursor::add(TypeId type, const Run& run, bool skip_self) {
    const auto piece = [&](RunPart part, std::span<const RelId> removed) {
        if (target_ != no_node) {  // ascending by (other, rel)
            const auto [low, high] = std::equal_range(part.other, part.other + part.count, target_);
            part.rel += low - part.other;
            part.count = static_cast<std::uint32_t>(high - low);
            part.other = low;
        }
        if (part.count > 0) pieces_.push_back({part, removed, type, skip_self});
    };
    piece(run.base, run.removed);
    piece(run.added, {});
}

void EdgeCursor::start(const HopTypes& types, NodeId node, NodeId target) {
    types_ = &types;
    node_ = node;
    target_ = target;
    pieces_.clear();
    piece_ = 0;
    part_ = {};
    position_ = 0;
    filters_ = types.filters_edges();
    const View& view = types.view();
    if (!view.contains_node(node)) return;
    if (types.any_type()) {
        const auto all = [&](Direction direction, bool skip_self) {
            runs_.clear();
            view.all_runs(node, direction, runs_);
            for (const auto& [type, run] : runs_) add(type, run, skip_self);
        };
        if (types.out()) all(Direction::out, false);
        if (types.in()) all(Direction::in, types.out());
        return;
    }
    const auto uses = types.uses();
    for (std::size_t i = 0; i < uses.size(); ++i) {
        bool skip_self = false;
        if (types.self_loop_twice())
            for (std::size_t j = 0; j < i; ++j) skip_self |= uses[j].type == uses[i].type;
        add(uses[i].type, view.run(node, uses[i].direction, uses[i].type), skip_self);
    }
}

bool EdgeCursor::next_part() {
    if (piece_ >= pieces_.size()) return false;
    const Piece& piece = pieces_[piece_++];
    part_ = piece.part;
    removed_ = piece.removed;
    type_ = piece.type;
    skip_self_ = piece.skip_self;
    position_ = 0;
    return true;
}

NodeId node_in(const Column& column, std::uint32_t row, std::string_view name) {
    if (column.kind() == Column::Kind::node) return NodeId{column.ids()[row]};
    const Value v = column.get(row);
    if (v.is(ValueType::node)) return v.as_node().id;
    if (v.is_null()) return no_node;
    throw Error{Code::type_error, fmt::format("{} should be a node here, not {}", name.empty() ? "this" : quoted(name),
                                              name_of(v.type()))};
}

bool is_among(RelId rel, std::span<const Slot> slots, const Batch& batch, std::uint32_t row) {
    for (Slot slot : slots) {
        const Column& column = batch[slot];
        if (column.kind() == Column::Kind::rel) {
            if (column.ids()[row] == raw(rel)) return true;
            continue;
        }
        const Value v = column.get(row);
        if (v.is(ValueType::relationship)) {
            if (v.as_relationship().id == rel) return true;
        } else if (v.is(ValueType::list)) {
            for (const Value& one : v.as_list())
                if (one.is(ValueType::relationship) && one.as_relationship().id == rel) return true;
        }
    }
    return false;
}

}  // namespace mainstay::exec
