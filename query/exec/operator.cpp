#include "exec/operator.hpp"

#include "mainstay/core/assert.hpp"

#include <algorithm>

namespace mainstay::exec {

bool Operator::next(Batch& out) {
    out.clear();
    if (!profile_) return produce(out);
    const auto begin = std::chrono::steady_clock::now();
    const bool more = produce(out);
    profile_->time += std::chrono::steady_clock::now() - begin;
    profile_->rows += more ? out.rows : 0;
    return more;
}

std::vector<Slot> without(const std::vector<Slot>& live, const std::vector<Slot>& own) {
    std::vector<Slot> result;
    for (Slot slot : live)
        if (std::find(own.begin(), own.end(), slot) == own.end()) result.push_back(slot);
    return result;
}

RowExpander::RowExpander(const plan::Node& node, StatementContext& context, OperatorPtr child, std::vector<Slot> own)
    : Operator(node, context), carry_(without(node.live, own)), child_(std::move(child)), in_(context.slot_count()) {}

void RowExpander::open(const Batch* argument) {
    child_->open(argument);
    have_input_ = in_row_ = false;
}

bool RowExpander::produce(Batch& out) {
    const std::uint32_t limit = context_.batch_rows();
    while (true) {
        if (!have_input_) {
            context_.check();
            if (!child_->next(in_)) return false;
            have_input_ = true;
            row_ = 0;
            start_batch(in_);
        }
        origins_.clear();
        std::uint32_t filled = 0;
        while (row_ < in_.rows && filled < limit) {
            if (!in_row_) {
                start_row(in_, row_);
                in_row_ = true;
            }
            bool done = false;
            const std::uint32_t added = extend(in_, row_, out, limit - filled, done);
            origins_.insert(origins_.end(), added, row_);
            filled += added;
            if (done) {
                in_row_ = false;
                ++row_;
            }
        }
        if (filled > 0) out.append(in_, carry_, origins_);
        if (row_ >= in_.rows) have_input_ = false;
        if (filled > 0) return true;
        out.clear();
    }
}

void RowStore::fill(Operator& child) {
    Batch batch{context_.slot_count()};
    while (child.next(batch)) {
        context_.check();
        batch.keep_columns(child.node().live);  // an operator may hand on more than is read
        add(std::move(batch));
        batch = Batch{context_.slot_count()};
    }
}

void RowStore::add(Batch&& batch) {
    const std::uint64_t size = batch.bytes() + 64;
    bytes_ += size;
    rows_ += batch.rows;
    context_.memory().charge(size);
    batches_.push_back(std::move(batch));
}

void RowStore::clear() noexcept {
    context_.memory().release(bytes_);
    batches_.clear();
    rows_ = bytes_ = 0;
}

}  // namespace mainstay::exec
