// CALL { } IN TRANSACTIONS: the inner plan for batches of outer rows, each batch a transaction that is committed before
// its rows come out and the next one begins.

#include "batches.hpp"
#include "exec/eval.hpp"
#include "exec/operators.hpp"
#include "exec/other_source.hpp"
#include "plan/lower.hpp"

#include "mainstay/core/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace mainstay::exec {
namespace {

constexpr int attempts_max = 20;

// Errors that no ON ERROR passes over: the next batch would meet them too, or nobody wants it any more.
bool ends_everything(Code code) noexcept {
    switch (code) {
        case Code::cancelled:
        case Code::time_out:
        case Code::read_only:
        case Code::forbidden:
        case Code::not_signed_in:
        case Code::file_truncated:
        case Code::corrupt:
        case Code::writer_locked:
        case Code::map_full:
        case Code::disk_full:
        case Code::io_error:
        case Code::permission_denied:
        case Code::too_many_readers:
        case Code::ids_exhausted:
        case Code::internal: return true;
        default: return false;
    }
}

class InTransactions final : public Operator {
public:
    InTransactions(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context),
          op_(std::get<plan::InTransactions>(node.op)),
          clause_(*op_.clause),
          child_(std::move(child)),
          carry_(carried(node, op_)),
          outer_(context.slot_count()),
          taken_(context),
          result_(context) {}

    void open(const Batch* argument) override {
        child_->open(argument);
        outer_.clear();
        position_ = 0;
        next_result_ = 0;
        is_at_end_ = is_stopped_ = false;
        taken_.clear();
        result_.clear();
        batch_rows_ = clause_.rows ? evaluate_count(*clause_.rows, context_, "OF ... ROWS") : bound::batch_rows_usual;
        if (batch_rows_ == 0)
            throw Error{Code::invalid_argument_value, clause_.rows->span, "a transaction takes 1 row or more, not 0"}
                .with_phase(Phase::runtime);
        if (clause_.concurrency && evaluate_count(*clause_.concurrency, context_, "CONCURRENT") == 0)
            throw Error{Code::invalid_argument_value, clause_.concurrency->span, "0 transactions run nothing"}
                .with_phase(Phase::runtime);
        if (clause_.concurrent)
            context_.add_notice({"one_after_another",
                                 "CONCURRENT: the batches run one after another here, since a "
                                 "database has one writer"});
    }

protected:
    bool produce(Batch& out) override {
        for (;;) {
            while (next_result_ < result_.batches().size()) {
                std::swap(out, result_.batches()[next_result_++]);
                if (out.rows > 0) return true;
            }
            result_.clear();
            next_result_ = 0;
            if (!take_rows()) return false;
            run_batch();
            taken_.clear();
        }
    }

private:
    static std::vector<Slot> carried(const plan::Node& node, const plan::InTransactions& op) {
        std::vector<Slot> own = op.introduced;
        if (op.clause->report != bound::no_slot) own.push_back(op.clause->report);
        return without(node.live, own);
    }

    // The rows of the next batch; false: there are none left.
    bool take_rows() {
        while (!is_at_end_ && taken_.rows() < batch_rows_) {
            if (position_ >= outer_.rows) {
                context_.check();
                position_ = 0;
                is_at_end_ = !child_->next(outer_);
                if (is_at_end_) break;
            }
            const auto count = static_cast<std::uint32_t>(
                std::min<std::uint64_t>(batch_rows_ - taken_.rows(), outer_.rows - position_));
            which_.resize(count);
            std::iota(which_.begin(), which_.end(), position_);
            Batch part{context_.slot_count()};
            part.append(outer_, child_->node().live, which_);
            taken_.add(std::move(part));
            position_ += count;
        }
        return taken_.rows() > 0;
    }

    void run_batch() {
        if (is_stopped_) {
            context_.batches().note_not_started();
            return add_rows_without_result(status(false, std::nullopt, nullptr));
        }
        const std::uint64_t used = context_.memory().used();
        std::optional<Error> failure;
        try {
            if (try_batch()) return;
        } catch (Error& error) {
            if (clause_.on_error == bound::OnBatchError::fail || ends_everything(error.code())) throw;
            failure = std::move(error);
        }
        result_.clear();
        release_down_to(used);
        context_.batches().note_failed(*failure);
        is_stopped_ = clause_.on_error == bound::OnBatchError::stop;
        add_rows_without_result(status(true, std::nullopt, &failure->message()));
    }

    bool try_batch() {
        Batches& batches = context_.batches();
        for (int attempt = 0; attempt < attempts_max; ++attempt) {
            const std::shared_ptr<Transaction> transaction = batches.begin();
            const std::uint64_t before = context_.memory().used();
            run_rows(*transaction);
            const auto commit = batches.commit(*transaction, taken_.rows());
            if (!commit) {
                result_.clear();
                release_down_to(before);
                continue;
            }
            release_down_to(before + result_.bytes());
            give_result_its_source();
            context_.renew_view();
            if (clause_.report != bound::no_slot) {
                const Value report = status(true, commit->tx, nullptr);
                for (Batch& batch : result_.batches())
                    for (std::uint32_t row = 0; row < batch.rows; ++row) batch[clause_.report].push(report);
            }
            return true;
        }
        throw Error{Code::write_conflict,
                    fmt::format("other transactions changed the same things {} times in a row", attempts_max)}
            .with_hint("try again later, or write less at once");
    }

    // Gives back what the operators of a batch, which are gone, did not.
    void release_down_to(std::uint64_t bytes) noexcept {
        MemoryBudget& memory = context_.memory();
        if (memory.used() > bytes) memory.release(memory.used() - bytes);
    }

    void run_rows(Transaction& transaction) {
        const auto compiled = context_.batches().compiled_for(transaction.view());
        StatementContext inner{context_, compiled->statement, compiled->plan, transaction.view_ptr(), transaction};
        const plan::InTransactions& op = same_operation(compiled->plan);
        const OperatorPtr root = plan::lower(*op.inner, inner);
        const SourceOf of_transaction{[&](const Properties* source, NodeId id) {
                                          return transaction.view().contains(id) ? &transaction.view() : source;
                                      },
                                      [&](const Properties* source, RelId id) {
                                          return transaction.view().contains(id) ? &transaction.view() : source;
                                      }};
        Batch argument{inner.slot_count()}, rows{inner.slot_count()}, out{context_.slot_count()};
        for (const Batch& batch : taken_.batches())
            for (std::uint32_t row = 0; row < batch.rows; ++row) {
                argument.clear();
                argument.rows = 1;
                for (Slot slot : clause_.call.outer)
                    if (batch[slot].kind() != Column::Kind::absent)
                        push_with_source(argument[slot], batch[slot], row, of_transaction);
                root->open(&argument);
                bool any = false;
                while (root->next(rows)) {
                    inner.check();
                    any = true;
                    if (clause_.call.unit) continue;  // its rows are nobody's
                    for (std::size_t i = 0; i < op_.introduced.size(); ++i)
                        out[op_.introduced[i]].append_all(rows[op.introduced[i]], rows.rows);
                    for (Slot slot : carry_) out[slot].append(batch[slot], row, rows.rows);
                    out.rows += rows.rows;
                    flush(out, context_.batch_rows());
                }
                if (clause_.call.unit || (clause_.call.optional && !any)) {
                    for (Slot slot : op_.introduced) out[slot].push_null();
                    for (Slot slot : carry_) out[slot].append(batch[slot], row, 1);
                    ++out.rows;
                    flush(out, context_.batch_rows());
                }
                inner.work(1);
            }
        flush(out, 1);
        inner.view().require_readable();
        transaction.finish_statement();
    }

    void flush(Batch& out, std::uint32_t rows_min) {
        if (out.rows < rows_min) return;
        result_.add(std::move(out));
        out = Batch{context_.slot_count()};
    }

    // In a plan that was made anew the operation of the same place in the statement.
    const plan::InTransactions& same_operation(const plan::Plan& plan) const {
        if (&plan == &context_.plan()) return op_;
        const auto all = [](const plan::Plan& of) {
            std::vector<const plan::InTransactions*> found;
            for (const plan::Node* n = of.root.get(); n; n = n->child.get())
                if (const auto* op = std::get_if<plan::InTransactions>(&n->op)) found.push_back(op);
            return found;
        };
        const auto own = all(context_.plan()), others = all(plan);
        const auto at = static_cast<std::size_t>(std::find(own.begin(), own.end(), &op_) - own.begin());
        MAINSTAY_ASSERT(at < others.size());
        return *others[at];
    }

    // Elements that were read in the transaction are read in what is committed from now on.
    void give_result_its_source() {
        if (op_.introduced.empty()) return;
        const View* outer = &context_.view();
        const auto moved = [&, this](const Properties* source) -> const Properties* {
            const auto* view = dynamic_cast<const View*>(source);
            return view && view != outer ? &context_.batches().newest() : source;
        };
        const SourceOf of{[&](const Properties* source, NodeId) { return moved(source); },
                          [&](const Properties* source, RelId) { return moved(source); }};
        for (Batch& batch : result_.batches())
            for (Slot slot : op_.introduced) {
                Column column;
                for (std::uint32_t row = 0; row < batch.rows; ++row) push_with_source(column, batch[slot], row, of);
                batch[slot] = std::move(column);
            }
    }

    void add_rows_without_result(const Value& report) {
        for (const Batch& batch : taken_.batches()) {
            Batch out{context_.slot_count()};
            out.rows = batch.rows;
            for (Slot slot : carry_) out[slot].append_all(batch[slot], batch.rows);
            for (Slot slot : op_.introduced) out[slot].push_null(batch.rows);
            if (clause_.report != bound::no_slot)
                for (std::uint32_t row = 0; row < batch.rows; ++row) out[clause_.report].push(report);
            result_.add(std::move(out));
        }
    }

    static Value status(bool is_started, std::optional<TxNumber> committed, const std::string* message) {
        const bool has_number = committed && raw(*committed) != 0;
        return Value::map({{"started", is_started},
                           {"committed", committed.has_value()},
                           {"transactionId", has_number ? Value{std::to_string(raw(*committed))} : Value{}},
                           {"errorMessage", message ? Value{*message} : Value{}}});
    }

    const plan::InTransactions& op_;
    const bound::CallInTransactions& clause_;
    OperatorPtr child_;
    std::vector<Slot> carry_;
    Batch outer_;  // of the child
    std::uint32_t position_ = 0;
    std::vector<std::uint32_t> which_;
    RowStore taken_;   // the rows of the batch
    RowStore result_;  // what comes of them
    std::size_t next_result_ = 0;
    std::uint64_t batch_rows_ = 0;
    bool is_at_end_ = false;
    bool is_stopped_ = false;  // a batch failed, ON ERROR BREAK
};

}  // namespace

OperatorPtr make_in_transactions(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<InTransactions>(n, c, std::move(child));
}

}  // namespace mainstay::exec
