#include "run.hpp"

#include "plan/explain.hpp"
#include "plan/lower.hpp"
#include "schema_command.hpp"

#include "mainstay/core/door.hpp"

namespace mainstay {
namespace {

using exec::Batch;
using exec::StatementContext;

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

class StreamingResult final : public Result {
public:
    StreamingResult(std::unique_ptr<Execution> execution, std::shared_ptr<RestingExecutions> resting,
                    RunningTransactions::Ticket ticket)
        : execution_(std::move(execution)), resting_(std::move(resting)), ticket_(std::move(ticket)) {}
    ~StreamingResult() override {
        if (execution_->rest()) resting_->put(std::move(execution_));
    }

    const std::vector<std::string>& columns() const override { return compiled().columns; }
    const std::vector<Value>* next() override {
        return at_door([&] { return execution_->next(); });
    }
    const std::vector<Notice>& notices() const override { return execution_->context().notices(); }
    const WriteCounters& counters() const override {
        static const WriteCounters nothing;
        return nothing;
    }
    std::optional<CommitResult> commit() const override { return std::nullopt; }
    const PlanNode* plan() const override try {
        if (compiled().statement.mode == bound::Mode::run) return nullptr;
        const bool profiled = compiled().statement.mode == bound::Mode::profile;
        shown_ = show_plan(compiled(), profiled ? &execution_->context() : nullptr);
        return &*shown_;
    } catch (...) {
        rethrow_at_door();
    }
    bool is_write() const override { return false; }

private:
    const Compiled& compiled() const noexcept { return execution_->compiled(); }

    std::unique_ptr<Execution> execution_;
    std::shared_ptr<RestingExecutions> resting_;  // where it goes afterwards
    RunningTransactions::Ticket ticket_;
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

// A result of rows that are all there.
class Spooled : public SpooledResult {
public:
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
    const PlanNode* plan() const override try {
        if (compiled_->statement.mode == bound::Mode::run) return nullptr;
        shown_ = show_plan(*compiled_, compiled_->statement.mode == bound::Mode::profile ? &context_ : nullptr);
        return &*shown_;
    } catch (...) {
        rethrow_at_door();
    }
    bool is_write() const override { return compiled_->writes; }
    void add_notice(Notice notice) override { context_.add_notice(std::move(notice)); }

protected:
    // `source`: what the rows' elements are read in.
    Spooled(std::shared_ptr<const void> source, std::shared_ptr<const Compiled> compiled, const Parameters& parameters,
            const ExecuteOptions& options, ViewPtr view, Transaction* transaction, std::int64_t now_us)
        : source_(std::move(source)),
          compiled_(std::move(compiled)),
          context_(compiled_->statement, compiled_->plan, parameters, options, std::move(view), transaction, now_us),
          rows_(context_),
          reader_(compiled_->plan) {}

    // Runs the plan to its end.
    void fill() {
        const exec::OperatorPtr root = plan::lower(*compiled_->plan.root, context_);
        root->open(nullptr);
        if (compiled_->plan.columns.empty()) {
            Batch batch{context_.slot_count()};
            while (root->next(batch)) context_.check();
        } else {
            rows_.fill(*root);
        }
    }

    std::shared_ptr<const void> source_;  // lives as long as the rest
    std::shared_ptr<const Compiled> compiled_;
    StatementContext context_;

private:
    exec::RowStore rows_;
    RowReader reader_;
    std::size_t batch_ = 0;
    mutable std::optional<PlanNode> shown_;
};

class InTransaction final : public Spooled {
public:
    InTransaction(std::shared_ptr<const Compiled> compiled, const Parameters& parameters, const ExecuteOptions& options,
                  const std::shared_ptr<Transaction>& transaction, std::int64_t now_us)
        : Spooled(transaction, std::move(compiled), parameters, options, transaction->view_ptr(), transaction.get(),
                  now_us) {
        const WriteCounters before = transaction->counters();
        if (compiled_->statement.mode != bound::Mode::explain) run(*transaction);
        counters_ = difference(transaction->counters(), before);
    }
    const WriteCounters& counters() const override { return counters_; }
    std::optional<CommitResult> commit() const override { return commit_; }
    void set_commit(std::optional<CommitResult> commit) override { commit_ = commit; }

private:
    void run(Transaction& transaction) {
        if (const auto* command = std::get_if<bound::SchemaCommand>(&compiled_->statement.body)) {
            run_schema_command(*command, transaction);
        } else {
            fill();
        }
        context_.view().require_readable();
        if (compiled_->writes) transaction.finish_statement();
    }

    WriteCounters counters_;
    std::optional<CommitResult> commit_;
};

// The same message, with what is committed and stays.
Error with_account(const Error& error, const Batches& batches) {
    const std::string message = error.message() + "; " + batches.account();
    Error more = error.span() ? Error{error.code(), *error.span(), message} : Error{error.code(), message};
    return std::move(more)
        .with_hint(error.hint())
        .with_type(std::string{error.type()})
        .with_detail(std::string{error.detail()})
        .with_phase(error.phase());
}

class Batched final : public Spooled {
public:
    Batched(std::shared_ptr<const Compiled> compiled, const Parameters& parameters, const ExecuteOptions& options,
            ViewPtr view, const std::shared_ptr<Batches>& batches, std::int64_t now_us)
        : Spooled(batches, std::move(compiled), parameters, options, std::move(view), nullptr, now_us),
          batches_(*batches) {
        using OuterView = StatementContext::OuterView;
        context_.use(batches_, reads_graph_outside_batches(compiled_->plan) ? OuterView::kept : OuterView::renewed);
        try {
            at_door([&] {
                fill();
                context_.view().require_readable();
            });
        } catch (const Error& error) {
            throw with_account(error, batches_);
        }
        if (auto notice = batches_.failures()) context_.add_notice(*std::move(notice));
    }
    const WriteCounters& counters() const override { return batches_.counters(); }
    std::optional<CommitResult> commit() const override { return batches_.last_commit(); }
    void set_commit(std::optional<CommitResult>) override {}

private:
    Batches& batches_;
};

}  // namespace

std::unique_ptr<SpooledResult> run_in_batches(std::shared_ptr<const Compiled> compiled, const Parameters& parameters,
                                              const ExecuteOptions& options, ViewPtr view,
                                              std::unique_ptr<Batches> batches, std::int64_t now_us) {
    return std::make_unique<Batched>(std::move(compiled), parameters, options, std::move(view),
                                     std::shared_ptr<Batches>{std::move(batches)}, now_us);
}

std::unique_ptr<Result> run_reading(std::unique_ptr<Execution> execution, std::shared_ptr<RestingExecutions> resting,
                                    RunningTransactions::Ticket ticket) {
    return std::make_unique<StreamingResult>(std::move(execution), std::move(resting), std::move(ticket));
}

std::unique_ptr<SpooledResult> run_in_transaction(std::shared_ptr<const Compiled> compiled,
                                                  const Parameters& parameters, const ExecuteOptions& options,
                                                  std::shared_ptr<Transaction> transaction, std::int64_t now_us) {
    return std::make_unique<InTransaction>(std::move(compiled), parameters, options, std::move(transaction), now_us);
}

ViewPtr open_view(const Compiled& compiled, Store& store, const Parameters& parameters, const ExecuteOptions& options,
                  std::int64_t now_us) {
    const bound::Time& time = compiled.statement.times.at(0);
    Store::ViewOptions wanted;
    wanted.valid = ValidTime{now_us};
    if (time.is_now()) return store.view(wanted);
    StatementContext context{compiled.statement, compiled.plan, parameters, options,
                             store.view(wanted), nullptr,       now_us};
    return store.view(exec::view_options(time, context));
}

ValidTime writing_time(const Compiled& compiled, Store& store, const Parameters& parameters,
                       const ExecuteOptions& options, std::int64_t now_us) {
    const bound::Time& time = compiled.statement.times.at(0);
    if (time.is_now()) return ValidTime{now_us};
    if (time.as_of_instant || time.as_of_transaction)
        throw Error{Code::read_only, time.span, "a statement AS OF an earlier time cannot write"};
    StatementContext context{compiled.statement, compiled.plan, parameters, options, store.view(), nullptr, now_us};
    return *exec::view_options(time, context).valid;
}

}  // namespace mainstay
