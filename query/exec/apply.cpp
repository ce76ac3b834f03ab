// Operators that run an inner plan for rows of the outer one: Optional for a batch at once, the others row by row.

#include "exec/operators.hpp"
#include "plan/lower.hpp"

namespace mainstay::exec {
namespace {

// Outer rows carry their number through the inner plan; those that never come back get one row with nulls.
class Optional final : public Operator {
public:
    Optional(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context),
          optional_(std::get<plan::Optional>(node.op)),
          child_(std::move(child)),
          inner_(plan::lower(*optional_.inner, context)),
          outer_(context.slot_count()),
          carry_(without(node.live, optional_.introduced)) {}

    void open(const Batch* argument) override {
        child_->open(argument);
        running_ = false;
    }

protected:
    bool produce(Batch& out) override {
        while (true) {
            if (!running_) {
                if (!child_->next(outer_)) return false;
                Column& tags = outer_[optional_.tag];
                tags.start(Column::Kind::node);  // plain numbers: no view, nobody asks for values
                for (std::uint32_t row = 0; row < outer_.rows; ++row) tags.mutable_ids().push_back(row);
                matched_.assign(outer_.rows, false);
                inner_->open(&outer_);
                running_ = true;
            }
            if (inner_->next(out)) {
                for (std::uint32_t row : out[optional_.tag].ids()) matched_[row] = true;
                return true;
            }
            out.clear();
            running_ = false;
            unmatched_.clear();
            for (std::uint32_t row = 0; row < outer_.rows; ++row)
                if (!matched_[row]) unmatched_.push_back(row);
            if (unmatched_.empty()) continue;
            out.append(outer_, carry_, unmatched_);
            for (Slot slot : optional_.introduced) out[slot].push_null(unmatched_.size());
            return true;
        }
    }

private:
    const plan::Optional& optional_;
    OperatorPtr child_, inner_;
    Batch outer_;
    std::vector<Slot> carry_;
    std::vector<bool> matched_;
    std::vector<std::uint32_t> unmatched_;
    bool running_ = false;
};

void set_argument(Batch& argument, const Batch& outer, std::uint32_t row) {
    argument.clear();
    argument.rows = 1;
    for (std::size_t i = 0; i < outer.columns.size(); ++i)
        if (outer.columns[i].kind() != Column::Kind::absent) argument.columns[i].append(outer.columns[i], row, 1);
}

class SemiApply final : public Operator {
public:
    SemiApply(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context),
          apply_(std::get<plan::SemiApply>(node.op)),
          child_(std::move(child)),
          inner_(plan::lower(*apply_.inner, context)),
          argument_(context.slot_count()),
          found_(context.slot_count()) {}

    void open(const Batch* argument) override { child_->open(argument); }

protected:
    bool produce(Batch& out) override {
        while (child_->next(out)) {
            context_.check();
            selected_.clear();
            for (std::uint32_t row = 0; row < out.rows; ++row) {
                set_argument(argument_, out, row);
                inner_->open(&argument_);
                if (inner_->next(found_) != apply_.negated) selected_.push_back(row);
            }
            if (selected_.empty()) continue;
            out.keep(selected_);
            return true;
        }
        return false;
    }

private:
    const plan::SemiApply& apply_;
    OperatorPtr child_, inner_;
    Batch argument_, found_;
    std::vector<std::uint32_t> selected_;
};

class Apply final : public Operator {
public:
    Apply(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context),
          apply_(std::get<plan::Apply>(node.op)),
          child_(std::move(child)),
          inner_(plan::lower(*apply_.inner, context)),
          outer_(context.slot_count()),
          argument_(context.slot_count()),
          rows_(context.slot_count()),
          carry_(without(node.live, apply_.introduced)) {}

    void open(const Batch* argument) override {
        child_->open(argument);
        outer_.clear();
        row_ = 0;
        running_ = false;
    }

protected:
    bool produce(Batch& out) override {
        std::vector<std::uint32_t> origins;
        while (true) {
            if (!running_) {
                if (row_ >= outer_.rows) {
                    context_.check();
                    if (!child_->next(outer_)) return false;
                    row_ = 0;
                }
                set_argument(argument_, outer_, row_);
                inner_->open(&argument_);
                running_ = true;
                any_ = false;
            }
            bool row_comes = false;
            if (inner_->next(rows_)) {
                any_ = true;
                if (apply_.unit) continue;  // its rows are nobody's
                row_comes = true;
                out.rows = rows_.rows;
                for (Slot slot : apply_.introduced) out[slot].append_all(rows_[slot], rows_.rows);
                for (Slot slot : carry_) out[slot].append(outer_[slot], row_, rows_.rows);
            } else {
                running_ = false;
                if (apply_.unit || (apply_.optional && !any_)) {
                    row_comes = true;
                    out.rows = 1;
                    for (Slot slot : apply_.introduced) out[slot].push_null();
                    for (Slot slot : carry_) out[slot].append(outer_[slot], row_, 1);
                }
                ++row_;
            }
            if (row_comes) return true;
        }
    }

private:
    const plan::Apply& apply_;
    OperatorPtr child_, inner_;
    Batch outer_, argument_, rows_;
    std::vector<Slot> carry_;
    std::uint32_t row_ = 0;
    bool running_ = false, any_ = false;
};

}  // namespace

OperatorPtr make_optional(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Optional>(n, c, std::move(child));
}
OperatorPtr make_semi_apply(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<SemiApply>(n, c, std::move(child));
}
OperatorPtr make_apply(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Apply>(n, c, std::move(child));
}

}  // namespace mainstay::exec
