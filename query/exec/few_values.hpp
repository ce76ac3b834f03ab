#pragma once

#include "exec/eval.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace mainstay::exec {

// An expression whose value depends on a row only by a column of words, or by the labels of a node: computed once for
// each word or label set instead of once a row. `CASE WHEN n:Service THEN 1 ELSE 0 END`, `state = 'down'`.
// Borrows the expression. What it remembers holds for one run of the statement.
class FewValues {
public:
    explicit FewValues(const bound::Expr& expression) : expression_(expression) {}

    // Turns to a batch, which it borrows until the next call. False: the expression is not of this kind there.
    bool start(const Batch& batch, StatementContext& context);
    // The number of a row's value among words(), computed at the first row of its kind. Rows in ascending order give
    // the error, if there is one, that evaluation row by row would.
    std::uint32_t word_of(std::uint32_t row) {
        const std::size_t kind = kind_of(row);
        if (kind >= words_by_kind_.size()) words_by_kind_.resize(kind + 1, unknown);
        return words_by_kind_[kind] != unknown ? words_by_kind_[kind] : find_out(kind, row);
    }
    const Value& value_of(std::uint32_t row) { return (*words_)[word_of(row)]; }
    // All values so far. What was handed out is not changed any more.
    Words words() const { return words_; }

private:
    static constexpr std::uint32_t unknown = no_id;
    std::size_t kind_of(std::uint32_t row) const {
        const std::uint32_t id = column_->ids()[row];
        if (id == no_id) return 0;
        return 1 + std::size_t{view_ ? raw(view_->shape(NodeId{id})) : id};
    }
    void look();
    std::uint32_t find_out(std::size_t kind, std::uint32_t row);

    const bound::Expr& expression_;
    bool is_looked_at_ = false;
    std::optional<Slot> slot_;   // the only one it reads
    bool reads_labels_ = false;  // of the node in `slot_`, and nothing else of it
    const Batch* batch_ = nullptr;
    const Column* column_ = nullptr;
    StatementContext* context_ = nullptr;
    std::uint64_t run_ = 0;             // of the context
    const Properties* view_ = nullptr;  // of nodes; null for words
    Words input_;                       // of words, kept so that another one is another
    std::shared_ptr<std::vector<Value>> words_;
    std::vector<std::uint32_t> words_by_kind_;
};

// Columns of one expression's values, batch after batch. Borrows the expression.
class ColumnEvaluator {
public:
    explicit ColumnEvaluator(const bound::Expr& expression) : expression_(expression), few_(expression) {}
    // Fills `out`, which is cleared first.
    void evaluate(const Batch& batch, StatementContext& context, Column& out);

private:
    const bound::Expr& expression_;
    FewValues few_;
};

}  // namespace mainstay::exec
