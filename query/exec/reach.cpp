#include "exec/breadth_first.hpp"
#include "exec/operators.hpp"

#include <algorithm>
#include <limits>

namespace mainstay::exec {
namespace {

std::vector<Slot> own_slots(const plan::Hop& hop) {
    if (hop.into) return {hop.rel};
    return {hop.rel, hop.to};
}

// One search a row.
class Reach final : public RowExpander {
public:
    Reach(const plan::Node& node, StatementContext& context, OperatorPtr child, const plan::Reach& reach)
        : RowExpander(node, context, std::move(child), own_slots(reach.hop)),
          reach_(reach),
          types_(reach.hop, context),
          search_(types_, context) {}

protected:
    void start_batch(const Batch&) override { types_.refresh(); }

    void start_row(const Batch& in, std::uint32_t row) override {
        found_.clear();
        position_ = 0;
        const NodeId from = node_in(in[reach_.hop.from], row, "");
        const NodeId to = reach_.hop.into ? node_in(in[reach_.hop.to], row, "") : no_node;
        if (from == no_node || !types_.view().contains_node(from) || (reach_.hop.into && to == no_node)) return;
        std::vector<RelId> left_out;
        for (Slot slot : reach_.hop.differ) collect(in.get(slot, row), left_out);
        std::sort(left_out.begin(), left_out.end());
        if (reach_.min == 0) found_.push_back(from);
        for (NodeId node :
             search_.search({&from, 1}, reach_.max.value_or(std::numeric_limits<std::uint64_t>::max()), left_out))
            if (reach_.min > 0 || node != from) found_.push_back(node);
        if (reach_.hop.into) {
            const bool there = std::find(found_.begin(), found_.end(), to) != found_.end();
            found_.assign(there ? 1 : 0, to);
        }
    }

    std::uint32_t extend(const Batch&, std::uint32_t, Batch& out, std::uint32_t room, bool& done) override {
        const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(room, found_.size() - position_));
        if (!reach_.hop.into)
            for (std::uint32_t i = 0; i < count; ++i)
                out[reach_.hop.to].push_node(&types_.view(), found_[position_ + i]);
        out[reach_.hop.rel].push_null(count);
        position_ += count;
        done = position_ >= found_.size();
        return count;
    }

private:
    static void collect(const Value& v, std::vector<RelId>& out) {
        if (v.is(ValueType::relationship)) out.push_back(v.as_relationship().id);
        if (v.is(ValueType::list))
            for (const Value& one : v.as_list()) collect(one, out);
    }

    const plan::Reach& reach_;
    HopTypes types_;
    BreadthFirst search_;
    std::vector<NodeId> found_;
    std::size_t position_ = 0;
};

// One search for all rows.
class ReachTogether final : public Operator {
public:
    ReachTogether(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context),
          reach_(std::get<plan::Reach>(node.op)),
          child_(std::move(child)),
          types_(reach_.hop, context),
          search_(types_, context) {}

    void open(const Batch* argument) override {
        child_->open(argument);
        is_read_ = false;
        found_.clear();
        position_ = 0;
    }

protected:
    bool produce(Batch& out) override {
        if (!is_read_) {
            is_read_ = true;
            read();
        }
        const auto count = std::min<std::size_t>(context_.batch_rows(), found_.size() - position_);
        for (std::size_t i = 0; i < count; ++i) out[reach_.hop.to].push_node(&types_.view(), found_[position_ + i]);
        out.rows = static_cast<std::uint32_t>(count);
        position_ += count;
        return count > 0;
    }

private:
    void read() {
        types_.refresh();
        std::vector<NodeId> starts;
        Batch in{context_.slot_count()};
        while (child_->next(in)) {
            context_.check();
            for (std::uint32_t row = 0; row < in.rows; ++row) {
                const NodeId from = node_in(in[reach_.hop.from], row, "");
                if (from != no_node && types_.view().contains_node(from)) starts.push_back(from);
            }
        }
        std::sort(starts.begin(), starts.end());
        starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
        if (starts.empty()) return;
        const std::uint64_t max = reach_.max.value_or(std::numeric_limits<std::uint64_t>::max());
        if (reach_.min == 0) found_ = starts;
        const auto add = [&](NodeId node) {
            if (reach_.min > 0 || !std::binary_search(starts.begin(), starts.end(), node)) found_.push_back(node);
        };
        if (!types_.self_loop_twice()) {
            for (NodeId node : search_.search(starts, max, {})) add(node);
        } else {
            // Whether a start is reached by a trail is a question for each alone (DEPENDENCY over a mutual type).
            for (NodeId start : starts)
                for (NodeId node : search_.search({&start, 1}, max, {})) add(node);
            std::sort(found_.begin(), found_.end());
            found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
        }
        note_bytes(found_.size() * sizeof(NodeId));
    }

    const plan::Reach& reach_;
    OperatorPtr child_;
    HopTypes types_;
    BreadthFirst search_;
    std::vector<NodeId> found_;
    std::size_t position_ = 0;
    bool is_read_ = false;
};

}  // namespace

OperatorPtr make_reach(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    const auto& reach = std::get<plan::Reach>(n.op);
    if (reach.together) return std::make_unique<ReachTogether>(n, c, std::move(child));
    return std::make_unique<Reach>(n, c, std::move(child), reach);
}

}  // namespace mainstay::exec
