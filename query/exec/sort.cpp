#include "exec/eval.hpp"
#include "exec/operators.hpp"

#include <algorithm>
#include <numeric>

namespace mainstay::exec {
namespace {

// Keeps all rows, or the first `limit` of them: whenever twice as many are there, the worse half goes.
class Sort final : public Operator {
public:
    Sort(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context),
          sort_(std::get<plan::Sort>(node.op)),
          child_(std::move(child)),
          rows_(context.slot_count()) {}
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
        const std::uint64_t limit =
            sort_.limit ? evaluate_count(*sort_.limit, context_, "LIMIT") : std::numeric_limits<std::uint64_t>::max();
        if (limit == 0) return;
        Batch in{context_.slot_count()};
        while (child_->next(in)) {
            context_.check();
            const std::uint64_t before = in.bytes();
            for (std::uint32_t row = 0; row < in.rows; ++row)
                for (const bound::SortKey& key : sort_.keys)
                    keys_.push_back(evaluate(*key.expression, Row{in, row}, context_));
            const std::uint32_t first = rows_.rows;
            rows_.rows += in.rows;
            for (Slot slot : node_.live) rows_[slot].append_all(in[slot], in.rows);
            for (std::uint32_t row = first; row < rows_.rows; ++row) order_.push_back(row);
            charge(before + in.rows * (sort_.keys.size() * sizeof(Value) + sizeof(std::uint32_t)));
            if (limit < (1U << 20) && order_.size() > 2 * limit + context_.batch_rows()) shrink(limit);
        }
        arrange(limit);
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

    void shrink(std::uint64_t limit) {
        const auto middle = order_.begin() + static_cast<std::ptrdiff_t>(limit);
        std::nth_element(order_.begin(), middle, order_.end(),
                         [this](std::uint32_t a, std::uint32_t b) { return less(a, b); });
        order_.erase(middle, order_.end());
        std::sort(order_.begin(), order_.end());  // in the order of arrival, so that ties stay stable
        rows_.keep(order_);
        const std::size_t width = sort_.keys.size();
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
    std::vector<Value> keys_;
    std::vector<std::uint32_t> order_;
    std::uint64_t charged_ = 0;
    std::size_t position_ = 0;
    bool is_sorted_ = false;
};

}  // namespace

OperatorPtr make_sort(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Sort>(n, c, std::move(child));
}

}  // namespace mainstay::exec
