#include "exec/few_values.hpp"

#include "plan/slots.hpp"

namespace mainstay::exec {
namespace {

constexpr std::uint32_t rows_min = 16;  // below, looking closer costs more than it saves

bool is_slot(const bound::ExprPtr& e, Slot slot) {
    const auto* variable = std::get_if<bound::Variable>(&e->node);
    return variable && variable->slot == slot;
}

// Whether the slot is read by label tests alone.
bool reads_only_labels(const bound::Expr& expression, Slot slot) {
    if (std::holds_alternative<bound::Variable>(expression.node) ||
        std::holds_alternative<bound::BuildPath>(expression.node))
        return false;
    if (const auto* test = std::get_if<bound::LabelTest>(&expression.node); test && is_slot(test->object, slot))
        return true;
    bool is_so = true;
    plan::for_each_operand(expression, [&](const bound::ExprPtr& operand) {
        const auto* variable = std::get_if<bound::Variable>(&operand->node);
        if (variable ? variable->slot == slot : !reads_only_labels(*operand, slot)) is_so = false;
    });
    return is_so;
}

}  // namespace

void FewValues::look() {
    is_looked_at_ = true;
    // A plain variable is copied as it is.
    if (std::holds_alternative<bound::Variable>(expression_.node) || plan::is_volatile(expression_)) return;
    const std::vector<Slot> reads = plan::slots_read(expression_).list();
    if (reads.size() != 1) return;
    slot_ = reads.front();
    reads_labels_ = reads_only_labels(expression_, *slot_);
}

bool FewValues::start(const Batch& batch, StatementContext& context) {
    if (batch.rows < rows_min) return false;
    if (!is_looked_at_) look();
    if (!slot_) return false;
    const Column& column = batch[*slot_];
    const bool by_word = column.kind() == Column::Kind::word;
    // Labels may change within a transaction; of elements that are in no view the shapes are not dense.
    const bool by_labels = column.kind() == Column::Kind::node && reads_labels_ && !context.transaction() &&
                           dynamic_cast<const View*>(column.source());
    if (!by_word && !by_labels) return false;
    const Properties* view = by_labels ? column.source() : nullptr;
    const Words input = by_word ? column.words() : nullptr;
    if (!words_ || view != view_ || input != input_ || &context != context_ || context.run() != run_) {
        words_ = std::make_shared<std::vector<Value>>();
        words_by_kind_.clear();
    }
    batch_ = &batch;
    column_ = &column;
    context_ = &context;
    run_ = context.run();
    view_ = view;
    input_ = input;
    return true;
}

std::uint32_t FewValues::find_out(std::size_t kind, std::uint32_t row) {
    Value value = exec::evaluate(expression_, Row{*batch_, row}, *context_);
    if (words_.use_count() > 1) words_ = std::make_shared<std::vector<Value>>(*words_);
    words_->push_back(std::move(value));
    return words_by_kind_[kind] = static_cast<std::uint32_t>(words_->size() - 1);
}

void ColumnEvaluator::evaluate(const Batch& batch, StatementContext& context, Column& out) {
    out.clear();
    if (!few_.start(batch, context)) return evaluate_column(expression_, batch, context, out);
    std::vector<std::uint32_t> ids(batch.rows);
    for (std::uint32_t row = 0; row < batch.rows; ++row) ids[row] = few_.word_of(row);
    out.start_words(few_.words());
    out.mutable_ids() = std::move(ids);
}

}  // namespace mainstay::exec
