#pragma once

#include "exec/batch.hpp"
#include "exec/context.hpp"

#include <memory>

namespace mainstay::exec {

// A physical operator: yields rows, batch by batch, from those of its child. Made for one run (plan/lower.hpp), one
// thread. open() may be called again to start over, with another argument.
class Operator {
public:
    Operator(const plan::Node& node, StatementContext& context)
        : node_(node), context_(context), profile_(context.profile_of(node)) {}
    virtual ~Operator() = default;
    Operator(const Operator&) = delete;

    // Starts over. `argument`: what an Argument below yields; may be null; must live until the next open().
    virtual void open(const Batch* argument) = 0;
    // The next rows into `out` (cleared first), at least one; false: there are no more. Not called again after false
    // before the next open(). Counts rows and time for PROFILE.
    bool next(Batch& out);

    const plan::Node& node() const noexcept { return node_; }

protected:
    virtual bool produce(Batch& out) = 0;
    // For PROFILE: bytes of rows kept, at the most.
    void note_bytes(std::uint64_t bytes) {
        if (profile_ && bytes > profile_->bytes) profile_->bytes = bytes;
    }

    const plan::Node& node_;
    StatementContext& context_;

private:
    Profile* profile_;  // null unless profiling
};
using OperatorPtr = std::unique_ptr<Operator>;

// Base of operators that turn each row of their child into any number of rows and add slots of their own: scans, seeks,
// expansions, UNWIND, calls. Carries on the slots in `carry`.
class RowExpander : public Operator {
public:
    RowExpander(const plan::Node& node, StatementContext& context, OperatorPtr child, std::vector<Slot> own);
    void open(const Batch* argument) override;

protected:
    bool produce(Batch& out) final;

    // Called for each new batch of the child, and for each of its rows in turn.
    virtual void start_batch(const Batch&) {}
    virtual void start_row(const Batch& in, std::uint32_t row) = 0;
    // Appends values for own slots of `out`, for at most `room` rows (>= 1) derived from the row, and returns for how
    // many; sets `done` when the row yields no more. Columns of `out` for own slots must grow by exactly so many.
    virtual std::uint32_t extend(const Batch& in, std::uint32_t row, Batch& out, std::uint32_t room, bool& done) = 0;

    std::vector<Slot> carry_;

private:
    OperatorPtr child_;
    Batch in_;
    std::uint32_t row_ = 0;
    bool have_input_ = false, in_row_ = false;
    std::vector<std::uint32_t> origins_;
};

// All rows of an operator, in order.
class RowStore {
public:
    explicit RowStore(StatementContext& context) : context_(context) {}
    ~RowStore() { clear(); }
    void fill(Operator& child);  // to the end; charges memory, checks
    void add(Batch&& batch);
    void clear() noexcept;
    std::vector<Batch>& batches() noexcept { return batches_; }
    std::uint64_t rows() const noexcept { return rows_; }
    std::uint64_t bytes() const noexcept { return bytes_; }

private:
    StatementContext& context_;
    std::vector<Batch> batches_;
    std::uint64_t rows_ = 0, bytes_ = 0;
};

// Slots of `live` that are not in `own`.
std::vector<Slot> without(const std::vector<Slot>& live, const std::vector<Slot>& own);

}  // namespace mainstay::exec
