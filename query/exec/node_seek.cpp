// Nodes found by an index: equality, ranges, prefixes, element ids.

#include "exec/eval.hpp"
#include "exec/operators.hpp"

#include <algorithm>
#include <charconv>

namespace mainstay::exec {
namespace {

// Yields the nodes found for a row, which find() puts into found_.
class NodeFinder : public RowExpander {
public:
    NodeFinder(const plan::Node& node, StatementContext& context, OperatorPtr child, Slot slot, std::uint32_t time)
        : RowExpander(node, context, std::move(child), {slot}), view_(context.view(time)), slot_(slot) {}

protected:
    virtual void find(const Row& row) = 0;

    void start_row(const Batch& in, std::uint32_t row) final {
        found_.clear();
        position_ = 0;
        find(Row{in, row});
        context_.work(8);
    }

    std::uint32_t extend(const Batch&, std::uint32_t, Batch& out, std::uint32_t room, bool& done) final {
        const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(room, found_.size() - position_));
        out[slot_].push_nodes(&view_, count, [this](std::size_t i) { return NodeId{found_[position_ + i]}; });
        position_ += count;
        done = position_ >= found_.size();
        return count;
    }

    const View& view_;
    std::vector<std::uint32_t> found_;

private:
    Slot slot_;
    std::size_t position_ = 0;
};

void sort_unique(std::vector<std::uint32_t>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

class NodeSeek final : public NodeFinder {
public:
    NodeSeek(const plan::Node& n, StatementContext& c, OperatorPtr child, const plan::NodeSeek& seek)
        : NodeFinder(n, c, std::move(child), seek.node, seek.time), seek_(seek) {}

protected:
    void find(const Row& row) override {
        values_.clear();
        for (const bound::ExprPtr& value : seek_.values) {
            values_.push_back(evaluate(*value, row, context_));
            if (values_.back().is_null()) return;  // equal to nothing
        }
        if (!seek_.any_of) {
            found_ = view_.seek(seek_.index, values_);
            return;
        }
        const Value list = values_[0];
        if (!list.is(ValueType::list)) throw Error{Code::type_error, seek_.values[0]->span, "IN needs a list"};
        for (const Value& item : list.as_list()) {
            if (item.is_null()) continue;
            values_[0] = item;
            const auto some = view_.seek(seek_.index, values_);
            found_.insert(found_.end(), some.begin(), some.end());
        }
        sort_unique(found_);
    }

private:
    const plan::NodeSeek& seek_;
    std::vector<Value> values_;
};

class NodeRange final : public NodeFinder {
public:
    NodeRange(const plan::Node& n, StatementContext& c, OperatorPtr child, const plan::NodeRange& range)
        : NodeFinder(n, c, std::move(child), range.node, range.time), range_(range) {}

protected:
    void find(const Row& row) override {
        const auto collect = [this](std::uint32_t id) {
            found_.push_back(id);
            return true;
        };
        if (range_.prefix) {
            const Value prefix = evaluate(*range_.prefix, row, context_);
            if (prefix.is(ValueType::string)) view_.seek_prefix(range_.index, prefix.as_string(), collect);
            return;
        }
        std::optional<View::Bound> low, high;
        if (range_.low) low = View::Bound{evaluate(*range_.low, row, context_), range_.low_inclusive};
        if (range_.high) high = View::Bound{evaluate(*range_.high, row, context_), range_.high_inclusive};
        if ((low && low->value.is_null()) || (high && high->value.is_null())) return;
        if (low && high && !mainstay::compare(low->value, high->value)) return;  // of two types: nothing is between
        view_.seek_range(range_.index, low, high, collect);
    }

private:
    const plan::NodeRange& range_;
};

class NodeById final : public NodeFinder {
public:
    NodeById(const plan::Node& n, StatementContext& c, OperatorPtr child, const plan::NodeById& by_id)
        : NodeFinder(n, c, std::move(child), by_id.node, by_id.time), by_id_(by_id) {}

protected:
    void find(const Row& row) override {
        const Value v = evaluate(*by_id_.id, row, context_);
        if (!by_id_.any_of) return add(v);
        if (v.is_null()) return;
        if (!v.is(ValueType::list)) throw Error{Code::type_error, by_id_.id->span, "IN needs a list"};
        for (const Value& item : v.as_list()) add(item);
        sort_unique(found_);
    }

private:
    void add(const Value& v) {
        std::uint64_t id = no_id;
        if (v.is(ValueType::integer) && v.as_int() >= 0) {
            id = static_cast<std::uint64_t>(v.as_int());
        } else if (v.is(ValueType::string)) {
            const std::string_view text = v.as_string();
            const std::size_t colon = text.rfind(':');
            if (colon == std::string_view::npos) return;
            std::from_chars(text.data() + colon + 1, text.data() + text.size(), id);
        }
        if (id >= no_id) return;
        const NodeId node{static_cast<std::uint32_t>(id)};
        if (!view_.contains(node)) return;
        if (v.is(ValueType::string) && view_.element_id(node) != v.as_string())
            return;  // a relationship's, or renumbered
        found_.push_back(raw(node));
    }

    const plan::NodeById& by_id_;
};

}  // namespace

OperatorPtr make_node_seek(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<NodeSeek>(n, c, std::move(child), std::get<plan::NodeSeek>(n.op));
}
OperatorPtr make_node_range(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<NodeRange>(n, c, std::move(child), std::get<plan::NodeRange>(n.op));
}
OperatorPtr make_node_by_id(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<NodeById>(n, c, std::move(child), std::get<plan::NodeById>(n.op));
}

}  // namespace mainstay::exec
