#include "function/aggregate.hpp"

#include "exec/few_values.hpp"
#include "exec/key_table.hpp"
#include "exec/number_table.hpp"
#include "exec/operators.hpp"

#include <algorithm>
#include <optional>

namespace mainstay::exec {
namespace {

// Counts or sums of many groups as plain numbers, as long as what is added up are integers.
class Totals {
public:
    static bool fits(const bound::Aggregation& aggregation) {
        if (!aggregation.function || aggregation.distinct) return false;
        const auto kind = aggregation.function->kind;
        return kind == function::AggregateKind::count || kind == function::AggregateKind::sum;
    }
    explicit Totals(const bound::Aggregation& aggregation)
        : counts_(aggregation.function->kind == function::AggregateKind::count) {}

    void add_group() {
        numbers_.push_back(0);
        any_.push_back(false);
    }
    std::int64_t of(std::uint32_t group) const { return numbers_[group]; }
    // Whether anything was added to a group.
    bool any(std::uint32_t group) const { return any_[group]; }
    std::size_t size() const { return numbers_.size(); }

    // Adds rows of a column until one that is no integer, or too large a sum; how many were added.
    std::uint32_t add(std::span<const std::uint32_t> groups, const Column& column) {
        const auto rows = static_cast<std::uint32_t>(groups.size());
        if (counts_) {
            for (std::uint32_t row = 0; row < rows; ++row) numbers_[groups[row]] += !column.is_null(row);
            return rows;
        }
        const bool integers = column.kind() == Column::Kind::integer;
        for (std::uint32_t row = 0; row < rows; ++row) {
            std::int64_t number = 0;
            if (integers) {
                number = column.integers()[row];
            } else {
                const Value value = column.get(row);
                if (value.is_null()) continue;
                if (!value.is(ValueType::integer)) return row;
                number = value.as_int();
            }
            std::int64_t sum = 0;
            if (__builtin_add_overflow(numbers_[groups[row]], number, &sum)) return row;
            numbers_[groups[row]] = sum;
            any_[groups[row]] = true;
        }
        return rows;
    }

private:
    bool counts_;
    std::vector<std::int64_t> numbers_;
    std::vector<bool> any_;
};

// One aggregation over all groups.
class Gatherer {
public:
    // `grouped`: there may be many.
    Gatherer(const bound::Aggregation& aggregation, StatementContext& context, bool grouped)
        : aggregation_(aggregation), context_(context), grouped_(grouped), arguments_(aggregation.arguments.size()) {
        for (const bound::ExprPtr& argument : aggregation.arguments) evaluators_.emplace_back(*argument);
        if (aggregation.distinct) seen_ = std::make_unique<KeyTable>(1 + arguments_.size(), context);
        clear();
    }

    void clear() {
        totals_.reset();
        if (grouped_ && Totals::fits(aggregation_)) totals_.emplace(aggregation_);
        counts_.clear();
        states_.clear();
        if (seen_) seen_->clear();
        context_.memory().release(charged_);
        charged_ = pending_ = 0;
    }
    void add_group() {
        if (totals_) {
            totals_->add_group();
        } else if (aggregation_.function) {
            states_.emplace_back(*aggregation_.function);
        } else {
            counts_.push_back(0);
        }
    }
    // All rows of a batch; groups[row] is each one's group.
    void add(std::span<const std::uint32_t> groups, const Batch& batch) {
        if (!aggregation_.function) {
            for (const std::uint32_t group : groups) ++counts_[group];
            return;
        }
        columns_.resize(arguments_.size());
        for (std::size_t i = 0; i < arguments_.size(); ++i) evaluators_[i].evaluate(batch, context_, columns_[i]);
        at(aggregation_.span, [&] {
            std::uint32_t row = 0;
            if (totals_) {
                row = totals_->add(groups, columns_[0]);
                if (row == batch.rows) return;
                leave_totals();
            } else if (!seen_ && arguments_.size() == 1 && add_typed(groups, columns_[0])) {
                return;
            }
            for (; row < batch.rows; ++row) add(groups[row], row);
        });
    }
    Value result(std::uint32_t group) const {
        if (totals_) return totals_->of(group);
        Value v;
        if (!aggregation_.function) return Value{counts_[group]};
        at(aggregation_.span, [&] { v = states_[group].result(); });
        return v;
    }
    ~Gatherer() { clear(); }

private:
    // From here on something else is added up.
    void leave_totals() {
        for (std::uint32_t group = 0; group < totals_->size(); ++group) {
            states_.emplace_back(*aggregation_.function);
            if (totals_->any(group)) states_.back().add(Value{totals_->of(group)});
        }
        totals_.reset();
    }

    // Numbers, words and elements without a Value each. False: the column holds something else, or all of it is kept.
    bool add_typed(std::span<const std::uint32_t> groups, const Column& column) {
        using Kind = Column::Kind;
        if (keeps_items()) return false;
        if (column.kind() == Kind::integer) {
            const auto numbers = column.integers();
            if (states_.size() == 1) {
                states_[0].add_integers(numbers);
            } else {
                for (std::size_t row = 0; row < groups.size(); ++row)
                    states_[groups[row]].add_integers(numbers.subspan(row, 1));
            }
            return true;
        }
        if (column.kind() == Kind::word) {
            const auto words = column.ids();
            const std::vector<Value>& values = *column.words();
            if (states_.size() == 1) {
                times_.assign(values.size(), 0);
                for (const std::uint32_t word : words)
                    if (word != no_id) ++times_[word];
                for (std::size_t word = 0; word < values.size(); ++word) states_[0].add(values[word], times_[word]);
            } else {
                for (std::size_t row = 0; row < groups.size(); ++row)
                    if (words[row] != no_id) states_[groups[row]].add(values[words[row]]);
            }
            return true;
        }
        if ((column.kind() == Kind::node || column.kind() == Kind::rel) &&
            aggregation_.function->kind == function::AggregateKind::count) {
            static const Value something{true};
            for (std::size_t row = 0; row < groups.size(); ++row)
                if (column.ids()[row] != no_id) states_[groups[row]].add(something, 1);
            return true;
        }
        return false;
    }

    void add(std::uint32_t group, std::uint32_t row) {
        if (!arguments_.empty() && columns_[0].is_null(row)) return;
        for (std::size_t i = 0; i < arguments_.size(); ++i) arguments_[i] = columns_[i].get(row);
        if (seen_) {
            key_.assign(1, Value{group});
            key_.insert(key_.end(), arguments_.begin(), arguments_.end());
            if (!seen_->find_or_add(key_).is_new) return;
        }
        states_[group].add(arguments_);
        charge_items();
    }

    template <typename F>
    static void at(Span span, F&& f) {
        try {
            f();
        } catch (Error& e) {
            throw std::move(e).with_span(span);
        }
    }

    // collect() and percentiles keep every value they are given.
    bool keeps_items() const {
        const auto kind = aggregation_.function->kind;
        return kind == function::AggregateKind::collect || kind == function::AggregateKind::percentile_cont ||
               kind == function::AggregateKind::percentile_disc;
    }
    void charge_items() {
        if (!keeps_items()) return;
        pending_ += sizeof(Value) + heap_bytes(arguments_[0]);
        if (pending_ < 4096) return;
        context_.memory().charge(pending_);
        charged_ += pending_;
        pending_ = 0;
    }

    const bound::Aggregation& aggregation_;
    StatementContext& context_;
    bool grouped_;
    std::optional<Totals> totals_;  // until something else than integers comes
    std::vector<Value> arguments_, key_;
    std::vector<ColumnEvaluator> evaluators_;  // of the arguments
    std::vector<Column> columns_;
    std::vector<std::uint64_t> times_;  // by word
    std::vector<std::int64_t> counts_;
    std::vector<function::Accumulator> states_;
    std::unique_ptr<KeyTable> seen_;
    std::uint64_t pending_ = 0, charged_ = 0;
};

// Groups rows by keys. Without keys there is one group, of no rows if need be.
class Aggregate final : public Operator {
public:
    Aggregate(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context),
          op_(std::get<plan::Aggregate>(node.op)),
          child_(std::move(child)),
          groups_(op_.keys.size(), context),
          key_(op_.keys.size()),
          in_(context.slot_count()) {
        for (const plan::Assignment& key : op_.keys) key_evaluators_.emplace_back(*key.expression);
        for (const bound::Aggregation& a : op_.aggregations)
            gatherers_.push_back(std::make_unique<Gatherer>(a, context, !op_.keys.empty()));
    }

    void open(const Batch* argument) override {
        child_->open(argument);
        groups_.clear();
        numbers_.clear();
        context_.memory().release(group_count_ * group_bytes());
        group_count_ = position_ = 0;
        for (const auto& gatherer : gatherers_) gatherer->clear();
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
            for (std::size_t i = 0; i < op_.keys.size(); ++i) out[op_.keys[i].slot].push(groups_.key(position_)[i]);
            for (std::size_t i = 0; i < gatherers_.size(); ++i)
                out[op_.aggregations[i].slot].push(gatherers_[i]->result(position_));
            ++out.rows;
        }
        return true;
    }

private:
    void add_group() {
        ++group_count_;
        for (const auto& gatherer : gatherers_) gatherer->add_group();
        context_.memory().charge(group_bytes());
    }
    std::uint64_t group_bytes() const noexcept { return gatherers_.size() * sizeof(function::Accumulator); }

    void read() {
        if (op_.keys.empty()) add_group();
        while (child_->next(in_)) {
            context_.check();
            find_groups(in_);
            for (const auto& gatherer : gatherers_) gatherer->add(row_groups_, in_);
        }
        note_bytes(groups_.bytes());
    }

    void find_groups(const Batch& in) {
        row_groups_.assign(in.rows, 0);
        if (op_.keys.empty()) return;
        columns_.resize(key_.size());
        for (std::size_t i = 0; i < key_.size(); ++i) key_evaluators_[i].evaluate(in, context_, columns_[i]);
        if (key_.size() == 1 && find_groups_by_number(columns_[0])) return;
        for (std::uint32_t row = 0; row < in.rows; ++row) {
            for (std::size_t i = 0; i < key_.size(); ++i) key_[i] = columns_[i].get(row);
            row_groups_[row] = group_of_key();
        }
    }

    std::uint32_t group_of_key() {
        const auto place = groups_.find_or_add(key_);
        if (place.is_new) add_group();
        return place.index;
    }

    // A single key of integers, or of elements of one view: the table of keys is asked once for each.
    bool find_groups_by_number(const Column& column) {
        using Kind = Column::Kind;
        const bool integers = column.kind() == Kind::integer;
        if (!integers && column.kind() != Kind::node && column.kind() != Kind::rel) return false;
        if (column.kind() != number_kind_ || column.source() != number_source_) {
            numbers_.clear();
            number_kind_ = column.kind();
            number_source_ = column.source();
        }
        for (std::uint32_t row = 0; row < row_groups_.size(); ++row) {
            const auto number = integers ? static_cast<std::uint64_t>(column.integers()[row]) : column.ids()[row];
            row_groups_[row] = numbers_.find_or_add(number, [&] {
                key_[0] = column.get(row);
                return group_of_key();
            });
        }
        return true;
    }

    const plan::Aggregate& op_;
    OperatorPtr child_;
    KeyTable groups_;
    std::vector<Value> key_;
    Batch in_;
    std::vector<std::unique_ptr<Gatherer>> gatherers_;
    std::vector<ColumnEvaluator> key_evaluators_;
    std::vector<Column> columns_;
    std::vector<std::uint32_t> row_groups_;
    NumberTable numbers_;  // groups of the column's numbers
    Column::Kind number_kind_ = Column::Kind::absent;
    const Properties* number_source_ = nullptr;
    std::uint32_t group_count_ = 0, position_ = 0;
    bool is_read_ = false;
};

}  // namespace

OperatorPtr make_aggregate(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Aggregate>(n, c, std::move(child));
}

}  // namespace mainstay::exec
