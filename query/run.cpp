#include "run.hpp"

#include "exec/operator.hpp"
#include "plan/explain.hpp"
#include "plan/lower.hpp"
#include "schema_command.hpp"

#include "mainstay/core/door.hpp"

namespace mainstay {
namespace {

using exec::Batch;
using exec::StatementContext;

bool says_nothing(const bound::Time& time) {
    return !time.as_of_instant && !time.as_of_transaction && !time.valid_all && !time.valid_at;
}

PlanNode show_plan(const Compiled& compiled, const StatementContext* profiled) {
    if (!compiled.query()) {
        PlanNode node;
        node.name = "SchemaCommand";
        node.details = bound::print(compiled.statement);
        return node;
    }
    if (!profiled) return plan::explain(compiled.plan, compiled.statement, {});
    return plan::explain(compiled.plan, compiled.statement, [&](const plan::Node& op, PlanNode& shown) {
        const auto found = profiled->profiles().find(&op);
        if (found == profiled->profiles().end()) return;
        shown.rows = found->second.rows;
        shown.time = found->second.time;
        shown.bytes = found->second.bytes;
    });
}

// Hands out the rows of batches.
class RowReader {
public:
    explicit RowReader(const plan::Plan& plan) : plan_(plan), row_(plan.columns.size()) {}
    bool has_row(const Batch& batch) const { return next_ < batch.rows; }
    const std::vector<Value>* read(const Batch& batch) {
        for (std::size_t i = 0; i < row_.size(); ++i) row_[i] = batch.get(plan_.columns[i].slot, next_);
        ++next_;
        return &row_;
    }
    void start() { next_ = 0; }

private:
    const plan::Plan& plan_;
    std::vector<Value> row_;
    std::uint32_t next_ = 0;
};

class StreamingResult final : public Result {
public:
    StreamingResult(std::shared_ptr<const Compiled> compiled, const Parameters& parameters,
                    const ExecuteOptions& options, ViewPtr view, std::int64_t now_us)
        : compiled_(std::move(compiled)),
          context_(compiled_->statement, compiled_->plan, parameters, options, std::move(view), nullptr, now_us),
          batch_(compiled_->plan.slot_count),
          reader_(compiled_->plan) {
        if (compiled_->statement.mode == bound::Mode::explain) {
            done_ = true;
        } else {
            root_ = plan::lower(*compiled_->plan.root, context_);
            root_->open(nullptr);
        }
    }

    const std::vector<std::string>& columns() const override { return compiled_->columns; }

    const std::vector<Value>* next() override try {
        while (!done_) {
            if (reader_.has_row(batch_)) return reader_.read(batch_);
            context_.check();
            done_ = !root_->next(batch_);
            context_.view().require_readable();
            if (compiled_->plan.columns.empty()) batch_.rows = 0;  // nothing is returned
            reader_.start();
        }
        context_.view().require_readable();  // rows are read from the map one by one
        return nullptr;
    } catch (...) {
        rethrow_at_door();
    }

    const std::vector<Notice>& notices() const override { return context_.notices(); }
    const WriteCounters& counters() const override { return counters_; }
    std::optional<CommitResult> commit() const override { return std::nullopt; }
    const PlanNode* plan() const override try {
        if (compiled_->statement.mode == bound::Mode::run) return nullptr;
        shown_ = show_plan(*compiled_, compiled_->statement.mode == bound::Mode::profile ? &context_ : nullptr);
        return &*shown_;
    } catch (...) {
        rethrow_at_door();
    }
    bool is_write() const override { return false; }

private:
    std::shared_ptr<const Compiled> compiled_;
    StatementContext context_;
    exec::OperatorPtr root_;
    Batch batch_;
    RowReader reader_;
    bool done_ = false;
    WriteCounters counters_;
    mutable std::optional<PlanNode> shown_;
};

WriteCounters difference(const WriteCounters& after, const WriteCounters& before) {
    WriteCounters d;
    d.nodes_created = after.nodes_created - before.nodes_created;
    d.nodes_deleted = after.nodes_deleted - before.nodes_deleted;
    d.rels_created = after.rels_created - before.rels_created;
    d.rels_deleted = after.rels_deleted - before.rels_deleted;
    d.properties_set = after.properties_set - before.properties_set;
    d.labels_added = after.labels_added - before.labels_added;
    d.labels_removed = after.labels_removed - before.labels_removed;
    d.indexes_added = after.indexes_added - before.indexes_added;
    d.indexes_removed = after.indexes_removed - before.indexes_removed;
    d.constraints_added = after.constraints_added - before.constraints_added;
    d.constraints_removed = after.constraints_removed - before.constraints_removed;
    return d;
}

class Spooled final : public SpooledResult {
public:
    Spooled(std::shared_ptr<const Compiled> compiled, const Parameters& parameters, const ExecuteOptions& options,
            std::shared_ptr<Transaction> transaction, std::int64_t now_us)
        : compiled_(std::move(compiled)),
          transaction_(std::move(transaction)),
          context_(compiled_->statement, compiled_->plan, parameters, options, transaction_->view_ptr(),
                   transaction_.get(), now_us),
          rows_(context_),
          reader_(compiled_->plan) {
        const WriteCounters before = transaction_->counters();
        if (compiled_->statement.mode != bound::Mode::explain) run();
        counters_ = difference(transaction_->counters(), before);
    }

    const std::vector<std::string>& columns() const override { return compiled_->columns; }

    const std::vector<Value>* next() override try {
        while (batch_ < rows_.batches().size()) {
            if (reader_.has_row(rows_.batches()[batch_])) return reader_.read(rows_.batches()[batch_]);
            reader_.start();
            ++batch_;
        }
        return nullptr;
    } catch (...) {
        rethrow_at_door();
    }

    const std::vector<Notice>& notices() const override { return context_.notices(); }
    const WriteCounters& counters() const override { return counters_; }
    std::optional<CommitResult> commit() const override { return commit_; }
    const PlanNode* plan() const override try {
        if (compiled_->statement.mode == bound::Mode::run) return nullptr;
        shown_ = show_plan(*compiled_, compiled_->statement.mode == bound::Mode::profile ? &context_ : nullptr);
        return &*shown_;
    } catch (...) {
        rethrow_at_door();
    }
    bool is_write() const override { return compiled_->writes; }
    void set_commit(std::optional<CommitResult> commit) override { commit_ = commit; }
    void add_notice(Notice notice) override { context_.add_notice(std::move(notice)); }

private:
    void run() {
        if (const auto* command = std::get_if<bound::SchemaCommand>(&compiled_->statement.body)) {
            run_schema_command(*command, *transaction_);
        } else {
            const exec::OperatorPtr root = plan::lower(*compiled_->plan.root, context_);
            root->open(nullptr);
            if (compiled_->plan.columns.empty()) {
                Batch batch{context_.slot_count()};
                while (root->next(batch)) context_.check();
            } else {
                rows_.fill(*root);
            }
        }
        context_.view().require_readable();
        if (compiled_->writes) transaction_->finish_statement();
    }

    std::shared_ptr<const Compiled> compiled_;
    std::shared_ptr<Transaction> transaction_;
    StatementContext context_;
    exec::RowStore rows_;
    RowReader reader_;
    std::size_t batch_ = 0;
    WriteCounters counters_;
    std::optional<CommitResult> commit_;
    mutable std::optional<PlanNode> shown_;
};

}  // namespace

std::unique_ptr<Result> run_reading(std::shared_ptr<const Compiled> compiled, Store& store,
                                    const Parameters& parameters, const ExecuteOptions& options, ViewPtr view) {
    const std::int64_t now = options.now_us.value_or(store.now_us());
    return std::make_unique<StreamingResult>(std::move(compiled), parameters, options, std::move(view), now);
}

std::unique_ptr<SpooledResult> run_in_transaction(std::shared_ptr<const Compiled> compiled,
                                                  const Parameters& parameters, const ExecuteOptions& options,
                                                  std::shared_ptr<Transaction> transaction, std::int64_t now_us) {
    return std::make_unique<Spooled>(std::move(compiled), parameters, options, std::move(transaction), now_us);
}

ViewPtr open_view(const Compiled& compiled, Store& store, const Parameters& parameters, const ExecuteOptions& options,
                  std::int64_t now_us) {
    const bound::Time& time = compiled.statement.times.at(0);
    Store::ViewOptions wanted;
    wanted.valid = ValidTime{now_us};
    if (says_nothing(time)) return store.view(wanted);
    StatementContext context{compiled.statement, compiled.plan, parameters, options,
                             store.view(wanted), nullptr,       now_us};
    return store.view(exec::view_options(time, context));
}

ValidTime writing_time(const Compiled& compiled, Store& store, const Parameters& parameters,
                       const ExecuteOptions& options, std::int64_t now_us) {
    const bound::Time& time = compiled.statement.times.at(0);
    if (says_nothing(time)) return ValidTime{now_us};
    if (time.as_of_instant || time.as_of_transaction)
        throw Error{Code::read_only, time.span, "a statement AS OF an earlier time cannot write"};
    StatementContext context{compiled.statement, compiled.plan, parameters, options, store.view(), nullptr, now_us};
    return *exec::view_options(time, context).valid;
}

}  // namespace mainstay
