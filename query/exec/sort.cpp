#include "exec/few_values.hpp"
#include "exec/operators.hpp"

#include <algorithm>
#include <numeric>

namespace mainstay::exec {
namespace {

// Longer beginnings are sorted at the end.
constexpr std::uint64_t limit_kept_short = 1U << 20;

// Keeps all rows, or the first `limit` of them: whenever twice as many are there, the worse half goes, and from then on
// what comes after the last of the others is not kept at all.
class Sort final : public Operator {
public:
    Sort(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context),
          sort_(std::get<plan::Sort>(node.op)),
          child_(std::move(child)),
          rows_(context.slot_count()) {
        for (const bound::SortKey& key : sort_.keys) evaluators_.emplace_back(*key.expression);
    }
    ~Sort() override { forget(); }

    void open(const Batch* argument) override {
        child_->open(argument);
        forget();
        is_sorted_ = false;
        position_ = 0;
    }

protected:
    bool produce(Batch& out) override {
        if (!is_sorted_) {
            is_sorted_ = true;
            read();
        }
        if (position_ >= order_.size()) return false;
        const std::size_t count = std::min<std::size_t>(context_.batch_rows(), order_.size() - position_);
        out.append(rows_, node_.live, std::span{order_}.subspan(position_, count));
        position_ += count;
        return true;
    }

private:
    void read() {
        limit_ =
            sort_.limit ? evaluate_count(*sort_.limit, context_, "LIMIT") : std::numeric_limits<std::uint64_t>::max();
        if (limit_ == 0) return;
        has_bound_ = false;
        const std::size_t width = sort_.keys.size();
        std::vector<Column> columns(width);
        Batch in{context_.slot_count()};
        while (child_->next(in)) {
            context_.check();
            for (std::size_t i = 0; i < width; ++i) evaluators_[i].evaluate(in, context_, columns[i]);
            choose(columns, in.rows);
            if (chosen_.empty()) continue;
            const std::uint64_t bytes = in.bytes() * chosen_.size() / in.rows;
            for (const std::uint32_t row : chosen_) {
                for (const Column& column : columns) keys_.push_back(column.get(row));
                order_.push_back(rows_.rows++);
            }
            for (Slot slot : node_.live) rows_[slot].append(in[slot], chosen_);
            charge(bytes + chosen_.size() * (width * sizeof(Value) + sizeof(std::uint32_t)));
            if (limit_ < limit_kept_short && order_.size() > 2 * limit_ + 64) shrink();
        }
        arrange(limit_);
    }

    // The rows of a batch that may be among the first: those before the last of as many as are wanted.
    void choose(const std::vector<Column>& columns, std::uint32_t rows) {
        chosen_.clear();
        for (std::uint32_t row = 0; row < rows; ++row)
            if (!has_bound_ || is_before_bound(columns, row)) chosen_.push_back(row);
    }

    bool is_before_bound(const std::vector<Column>& columns, std::uint32_t row) const {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const Column& column = columns[i];
            const Value& bound = bound_[i];
            const auto c = column.kind() == Column::Kind::integer && bound.is(ValueType::integer)
                               ? column.integers()[row] <=> bound.as_int()
                               : mainstay::order(column.get(row), bound);
            if (c != 0) return sort_.keys[i].descending ? c > 0 : c < 0;
        }
        return false;  // it comes later
    }

    bool less(std::uint32_t a, std::uint32_t b) const {
        const std::size_t width = sort_.keys.size();
        for (std::size_t i = 0; i < width; ++i) {
            const auto c = mainstay::order(keys_[a * width + i], keys_[b * width + i]);
            if (c != 0) return sort_.keys[i].descending ? c > 0 : c < 0;
        }
        return a < b;  // stable
    }

    void arrange(std::uint64_t limit) {
        const auto by_keys = [this](std::uint32_t a, std::uint32_t b) { return less(a, b); };
        if (limit < order_.size()) {
            const auto middle = order_.begin() + static_cast<std::ptrdiff_t>(limit);
            std::partial_sort(order_.begin(), middle, order_.end(), by_keys);
            order_.erase(middle, order_.end());
        } else {
            std::sort(order_.begin(), order_.end(), by_keys);
        }
    }

    void shrink() {
        const auto middle = order_.begin() + static_cast<std::ptrdiff_t>(limit_ - 1);
        std::nth_element(order_.begin(), middle, order_.end(),
                         [this](std::uint32_t a, std::uint32_t b) { return less(a, b); });
        const std::size_t width = sort_.keys.size();
        const auto last = keys_.begin() + static_cast<std::ptrdiff_t>(*middle * width);
        bound_.assign(last, last + static_cast<std::ptrdiff_t>(width));
        has_bound_ = true;
        order_.erase(middle + 1, order_.end());
        std::sort(order_.begin(), order_.end());  // in the order of arrival, so that ties stay stable
        rows_.keep(order_);
        std::vector<Value> kept;
        kept.reserve(order_.size() * width);
        for (std::uint32_t row : order_)
            for (std::size_t i = 0; i < width; ++i) kept.push_back(std::move(keys_[row * width + i]));
        keys_ = std::move(kept);
        std::iota(order_.begin(), order_.end(), 0U);
        context_.memory().release(charged_);
        charged_ = 0;
        charge(rows_.bytes() + keys_.size() * sizeof(Value));
    }

    void charge(std::uint64_t bytes) {
        charged_ += bytes;
        note_bytes(charged_);
        context_.memory().charge(bytes);
    }

    void forget() {
        context_.memory().release(charged_);
        charged_ = 0;
        rows_.clear();
        keys_.clear();
        order_.clear();
    }

    const plan::Sort& sort_;
    OperatorPtr child_;
    Batch rows_;
    std::vector<ColumnEvaluator> evaluators_;  // of the keys
    std::vector<Value> keys_;                  // of the rows kept, row by row
    std::vector<std::uint32_t> order_, chosen_;
    std::uint64_t limit_ = 0;
    std::vector<Value> bound_;  // keys of the last row that is wanted so far
    bool has_bound_ = false;
    std::uint64_t charged_ = 0;
    std::size_t position_ = 0;
    bool is_sorted_ = false;
};

}  // namespace

OperatorPtr make_sort(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Sort>(n, c, std::move(child));
}

}  // namespace mainstay::exec
