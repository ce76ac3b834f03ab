// Grouping straight from segment columns: a node is a slot number, a group a small number, a dictionary's entry is
// looked at once a segment. Nothing is made into a Value but the distinct keys.

#include "exec/column_filter.hpp"
#include "exec/eval.hpp"
#include "exec/key_table.hpp"
#include "exec/number_table.hpp"
#include "exec/operators.hpp"
#include "function/aggregate.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace mainstay::exec {
namespace {

using function::AggregateKind;

// Pairs of numbers, numbered in the order of arrival.
class PairTable {
public:
    std::uint32_t find_or_add(std::uint32_t a, std::uint32_t b) {
        return numbers_.find_or_add(std::uint64_t{a} << 32 | b, [&] {
            pairs_.emplace_back(a, b);
            return static_cast<std::uint32_t>(pairs_.size() - 1);
        });
    }
    std::pair<std::uint32_t, std::uint32_t> pair(std::uint32_t number) const { return pairs_[number]; }

private:
    NumberTable numbers_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;
};

// One aggregation: plain sums while arguments are integers, the general accumulator otherwise.
struct Gathered {
    const bound::Aggregation* aggregation = nullptr;
    std::optional<bound::KeyRef> key;  // none: counts rows
    std::vector<std::int64_t> counts;
    std::vector<function::Accumulator> states;
};

class ColumnAggregate final : public Operator {
public:
    ColumnAggregate(const plan::Node& node, StatementContext& context)
        : Operator(node, context),
          op_(std::get<plan::ColumnAggregate>(node.op)),
          view_(context.view(op_.scan.time)),
          filter_(op_.scan.conditions, op_.scan.node, context, view_) {}

    void open(const Batch*) override {
        keys_.clear();
        pairs_.clear();
        gathered_.clear();
        group_count_ = position_ = 0;
        is_read_ = false;
    }

protected:
    bool produce(Batch& out) override {
        if (!is_read_) {
            is_read_ = true;
            read();
        }
        if (position_ >= group_count_) return false;
        const std::uint32_t end = std::min(group_count_, position_ + context_.batch_rows());
        for (; position_ < end; ++position_) {
            put_keys(out, position_);
            for (std::size_t i = 0; i < gathered_.size(); ++i) {
                Gathered& g = gathered_[i];
                out[g.aggregation->slot].push(g.states.empty() ? Value{g.counts[position_]}
                                                               : g.states[position_].result());
            }
            ++out.rows;
        }
        return true;
    }

private:
    void read() {
        const std::size_t width = op_.aggregate.keys.size();
        for (std::size_t i = 0; i < width; ++i) keys_.push_back(std::make_unique<KeyTable>(1, context_));
        integers_.assign(width, {});
        pairs_.resize(width > 1 ? width - 1 : 0);
        for (const bound::Aggregation& a : op_.aggregate.aggregations) {
            Gathered g;
            g.aggregation = &a;
            const auto* property = a.function ? std::get_if<bound::Property>(&a.arguments[0]->node) : nullptr;
            if (property) g.key = property->key;
            gathered_.push_back(std::move(g));
        }
        if (width == 0) add_groups(1);
        const Batch nothing{context_.slot_count()};
        if (!filter_.start(Row{nothing, 0})) return;
        std::vector<NodeId> nodes;
        std::vector<ShapeId> wanted;
        for (std::uint32_t segment = 0; segment < view_.node_segments(); ++segment) {
            const auto shapes = view_.shapes_in(segment);
            if (shapes.empty()) continue;
            wanted.clear();
            if (op_.scan.labels) {
                LabelMatcher& matcher = context_.labels(*op_.scan.labels);
                for (ShapeId shape : shapes)
                    if (matcher.matches(shape)) wanted.push_back(shape);
                if (wanted.empty()) continue;
                std::sort(wanted.begin(), wanted.end());
            }
            nodes.clear();
            view_.scan_nodes(segment, wanted, nodes);
            context_.work(static_cast<std::uint32_t>(nodes.size()) / 4 + 1);
            filter_.filter(segment, nodes);
            if (!nodes.empty()) add_segment(segment, nodes);
        }
    }

    void add_groups(std::uint32_t count) {
        group_count_ = std::max(group_count_, count);
        for (Gathered& g : gathered_) {
            const bool plain = !g.key || g.aggregation->function->kind == AggregateKind::count;
            if (plain) {
                g.counts.resize(group_count_);
            } else {
                while (g.states.size() < group_count_) g.states.emplace_back(*g.aggregation->function);
            }
        }
    }

    void add_segment(std::uint32_t segment, const std::vector<NodeId>& nodes) {
        groups_.assign(nodes.size(), 0);
        for (std::size_t k = 0; k < keys_.size(); ++k) {
            const bound::Expr& key = *op_.aggregate.keys[k].expression;
            if (const auto* property = std::get_if<bound::Property>(&key.node)) {
                number_keys(segment, nodes, property->key, *keys_[k], integers_[k]);
            } else {
                number_shapes(nodes, key, *keys_[k]);
            }
            if (k == 0) {
                groups_ = numbers_;
            } else {
                for (std::size_t i = 0; i < nodes.size(); ++i)
                    groups_[i] = pairs_[k - 1].find_or_add(groups_[i], numbers_[i]);
            }
        }
        const std::uint32_t most = *std::max_element(groups_.begin(), groups_.end());
        if (most >= group_count_) add_groups(most + 1);
        for (Gathered& g : gathered_) {
            if (!g.key) {
                for (const std::uint32_t group : groups_) ++g.counts[group];
            } else {
                try {
                    gather(g, segment, nodes);
                } catch (Error& error) {  // what cannot be added up, at its place in the statement
                    throw std::move(error).with_span(g.aggregation->span);
                }
            }
        }
    }

    // The number of each node's key value, in numbers_.
    void number_keys(std::uint32_t segment, const std::vector<NodeId>& nodes, bound::KeyRef ref, KeyTable& table,
                     NumberTable& integers_known) {
        numbers_.resize(nodes.size());
        const KeyId key = context_.key(ref);
        const ColumnView* column = key == no_key ? nullptr : view_.node_column(segment, key);
        std::uint32_t null_number = no_id;
        const auto number_of = [&](Value v) {
            one_[0] = std::move(v);
            return table.find_or_add(one_).index;
        };
        const auto of_null = [&] { return null_number != no_id ? null_number : (null_number = number_of(Value{})); };
        const bool dictionary = column && column->kind() == ColumnKind::dictionary;
        const bool integers = column && column->kind() == ColumnKind::integer;
        code_numbers_.assign(dictionary ? column->dictionary_size() : 0, no_id);
        const DirtyNodes dirty = view_.dirty_nodes(segment);
        std::int64_t last_integer = 0;
        std::uint32_t last_number = no_id;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            const std::uint32_t slot = slot_of(nodes[i]);
            if (key == no_key) {
                numbers_[i] = of_null();
            } else if (dirty.contains(slot)) {
                numbers_[i] = number_of(view_.property(nodes[i], key));
            } else if (!column || !column->has(slot)) {
                numbers_[i] = of_null();
            } else if (dictionary) {
                std::uint32_t& number = code_numbers_[column->code(slot)];
                if (number == no_id) number = number_of(Value{column->text(slot)});
                numbers_[i] = number;
            } else if (integers) {
                const std::int64_t value = column->integer(slot);
                if (last_number == no_id || value != last_integer) {
                    last_integer = value;
                    last_number = integers_known.find_or_add(static_cast<std::uint64_t>(value),
                                                             [&] { return number_of(Value{value}); });
                }
                numbers_[i] = last_number;
            } else {
                numbers_[i] = number_of(column->get(slot));
            }
        }
    }

    // The same for a key that follows from the node's labels: looked at once a segment and shape.
    void number_shapes(const std::vector<NodeId>& nodes, const bound::Expr& key, KeyTable& table) {
        numbers_.resize(nodes.size());
        std::unordered_map<ShapeId, std::uint32_t> known;
        Batch one{context_.slot_count()};
        one.rows = 1;
        ShapeId last_shape{};
        std::uint32_t last_number = no_id;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            const ShapeId shape = view_.shape(nodes[i]);
            if (last_number == no_id || shape != last_shape) {
                std::uint32_t& number = known.try_emplace(shape, no_id).first->second;
                if (number == no_id) {
                    one[op_.scan.node].start(Column::Kind::node, &view_);
                    one[op_.scan.node].push_node(&view_, nodes[i]);
                    one_[0] = evaluate(key, Row{one, 0}, context_);
                    number = table.find_or_add(one_).index;
                }
                last_shape = shape;
                last_number = number;
            }
            numbers_[i] = last_number;
        }
    }

    void gather(Gathered& g, std::uint32_t segment, const std::vector<NodeId>& nodes) {
        const KeyId key = context_.key(*g.key);
        if (key == no_key) return;
        const ColumnView* column = view_.node_column(segment, key);
        const DirtyNodes dirty = view_.dirty_nodes(segment);
        const bool counts = g.states.empty();
        const bool integers = column && column->kind() == ColumnKind::integer;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            const std::uint32_t slot = slot_of(nodes[i]);
            if (dirty.contains(slot)) {
                const Value v = view_.property(nodes[i], key);
                if (counts) {
                    g.counts[groups_[i]] += !v.is_null();
                } else {
                    g.states[groups_[i]].add(v);
                }
            } else if (!column || !column->has(slot)) {
                continue;
            } else if (counts) {
                ++g.counts[groups_[i]];
            } else if (integers) {
                g.states[groups_[i]].add(Value{column->integer(slot)});
            } else {
                g.states[groups_[i]].add(column->get(slot));
            }
        }
    }

    void put_keys(Batch& out, std::uint32_t group) {
        for (std::size_t k = keys_.size(); k-- > 0;) {
            std::uint32_t number = group;
            if (k > 0) std::tie(group, number) = pairs_[k - 1].pair(group);
            out[op_.aggregate.keys[k].slot].push(keys_[k]->key(number)[0]);
        }
    }

    const plan::ColumnAggregate& op_;
    const View& view_;
    ColumnFilter filter_;
    std::vector<std::unique_ptr<KeyTable>> keys_;  // one a key: its distinct values
    std::vector<NumberTable> integers_;            // one a key: numbers of the integers among them
    std::vector<PairTable> pairs_;                 // (group by the keys before, value of the next) -> group
    std::vector<Gathered> gathered_;
    std::vector<std::uint32_t> groups_, numbers_, code_numbers_;
    std::vector<Value> one_ = std::vector<Value>(1);
    std::uint32_t group_count_ = 0, position_ = 0;
    bool is_read_ = false;
};

}  // namespace

OperatorPtr make_column_aggregate(const plan::Node& n, StatementContext& c) {
    return std::make_unique<ColumnAggregate>(n, c);
}

}  // namespace mainstay::exec
