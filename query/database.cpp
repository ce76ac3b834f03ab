#include "mainstay/query/database.hpp"

#include "batches.hpp"
#include "compiled.hpp"
#include "idle.hpp"
#include "load/load_folders.hpp"
#include "plan_cache.hpp"
#include "procedures.hpp"
#include "run.hpp"
#include "running.hpp"

#include "mainstay/core/door.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mainstay {

std::vector<std::vector<Value>> Result::all() {
    return at_door([&] {
        std::vector<std::vector<Value>> rows;
        while (const auto* row = next()) rows.push_back(*row);
        return rows;
    });
}

namespace {

constexpr int commit_attempts_max = 20;
constexpr std::size_t resting_max = 16;
// A snapshot that is held for longer is worth a word, but not with every statement.
constexpr std::int64_t long_reader_us = 60'000'000, look_every_us = 1'000'000;

class DatabaseImpl final : public Database {
public:
    DatabaseImpl(std::unique_ptr<Store> store, DatabaseOptions options, LoadFolders folders)
        : store_(std::move(store)),
          load_folders_(std::move(folders)),
          procedures_(std::make_shared<ProcedureTable>(std::move(options.procedures), options.store.mode, running_)),
          cache_(options.plan_cache_entries),
          resting_(std::make_shared<RestingExecutions>(resting_max)),
          idle_(options.session_idle_max) {}

    Store& store() override { return *store_; }
    std::vector<Procedure> procedures() const override {
        std::vector<Procedure> result;
        for (const TableProcedure* p : procedures_->listed()) result.push_back(*p);
        return result;
    }

    std::unique_ptr<Result> run(std::string_view text, const Parameters& parameters,
                                const ExecuteOptions& options) override {
        return at_door([&] {
            const std::int64_t now = options.now_us.value_or(store_->now_us());
            const Role role = role_of(options.principal);
            auto ticket = running_.begin(text, options, now);
            if (auto result = run_again(resting_, text, parameters, options, now, ticket)) return result;
            ViewPtr view = view_at(now);
            auto statement = compiled(text, *view, options.optimise);
            return execute(std::move(statement), std::move(view), parameters, options, role, now, resting_,
                           std::move(ticket));
        });
    }

    // By an execution that rests, if there is one of this text and nothing was committed since; otherwise null.
    static std::unique_ptr<Result> run_again(const std::shared_ptr<RestingExecutions>& resting, std::string_view text,
                                             const Parameters& parameters, const ExecuteOptions& options,
                                             std::int64_t now, RunningTransactions::Ticket& ticket) {
        auto execution = resting->take(text);
        if (!execution || !execution->restart(parameters, options, now)) return nullptr;
        return run_reading(std::move(execution), resting, std::move(ticket));
    }

    std::unique_ptr<Prepared> prepare(std::string_view text) override;
    std::unique_ptr<Session> begin(const Principal& principal) override;

    // What a principal may do now. Throws Error(Code::not_signed_in).
    Role role_of(const Principal& principal) const {
        return principal.verified ? store_->accounts().require(principal).role : principal.role;
    }

    // Before any work is done; the store asks again.
    static void require_allowed(const Compiled& statement, const Principal& principal, Role role) {
        if (role >= statement.needs || statement.statement.mode == bound::Mode::explain) return;
        Principal now = principal;
        now.role = role;
        require_role(now, statement.needs, statement.does);
    }

    ViewPtr view_at(std::int64_t now) const {
        Store::ViewOptions wanted;
        wanted.valid = ValidTime{now};
        return store_->view(wanted);
    }

    std::shared_ptr<const Compiled> compiled(std::string_view text, const View& view, bool optimise) {
        if (!optimise) return compile(text, view, procedures_, load_folders_, false);
        if (auto found = cache_.find(text, view)) return found;
        auto made = compile(text, view, procedures_, load_folders_, true);
        cache_.put(made);
        return made;
    }

    // `view`: what it was compiled against; used to read if the statement does not ask for another time. `resting`:
    // where its execution may rest.
    std::unique_ptr<Result> execute(std::shared_ptr<const Compiled> statement, ViewPtr view,
                                    const Parameters& parameters, const ExecuteOptions& options, Role role,
                                    std::int64_t now, const std::shared_ptr<RestingExecutions>& resting,
                                    RunningTransactions::Ticket ticket) {
        const bool is_explain = statement->statement.mode == bound::Mode::explain;
        if (!is_explain && options.read_only && statement->writes)
            throw Error{Code::read_only, "this statement writes, and only reading is allowed here"};
        require_allowed(*statement, options.principal, role);
        if (is_explain || (!statement->writes && !statement->statement.in_transactions)) {
            if (!statement->statement.times.at(0).is_now())
                view = open_view(*statement, *store_, parameters, options, now);
            return run_reading(
                std::make_unique<Execution>(std::move(statement), parameters, options, std::move(view), now), resting,
                std::move(ticket));
        }
        if (statement->statement.in_transactions)
            return execute_in_batches(std::move(statement), std::move(view), parameters, options, now);
        view = nullptr;
        const ValidTime valid = writing_time(*statement, *store_, parameters, options, now);
        for (int attempt = 0; attempt < commit_attempts_max; ++attempt) {
            std::shared_ptr<Transaction> transaction = store_->begin(valid, options.principal);
            // Another commit may have changed the model or the schema since.
            if (!statement->suits(transaction->view()))
                statement = compiled(statement->text, transaction->view(), statement->optimised);
            auto result = run_in_transaction(statement, parameters, options, transaction, now);
            if (const auto commit = transaction->commit(options.commit)) {
                result->set_commit(transaction->has_writes() || raw(commit->tx) != 0 ? commit : std::nullopt);
                try {
                    if (auto notice = long_reader()) result->add_notice(*std::move(notice));
                } catch (const std::bad_alloc&) {
                    // It is committed, and that is what has to be said.
                }
                return result;
            }
        }
        throw Error{Code::write_conflict,
                    fmt::format("other transactions changed the same things {} times in a row", commit_attempts_max)}
            .with_hint("try again later, or write less at once");
    }

    std::unique_ptr<Result> execute_in_batches(std::shared_ptr<const Compiled> statement, ViewPtr view,
                                               const Parameters& parameters, const ExecuteOptions& options,
                                               std::int64_t now) {
        const ValidTime valid = writing_time(*statement, *store_, parameters, options, now);
        if (!statement->statement.times.at(0).is_now()) view = open_view(*statement, *store_, parameters, options, now);
        const std::string text = statement->text;
        const bool optimise = statement->optimised;
        auto batches = std::make_unique<Batches>(
            *store_, statement, [this, text, optimise](const View& v) { return compiled(text, v, optimise); }, valid,
            options);
        return run_in_batches(std::move(statement), parameters, options, std::move(view), std::move(batches), now);
    }

    const std::shared_ptr<RestingExecutions>& resting() const noexcept { return resting_; }
    RunningTransactions& running() noexcept { return running_; }
    std::shared_ptr<IdleTransaction> begin_idle(const Principal& principal) {
        return idle_.watch(store_->begin(std::nullopt, principal));
    }
    std::chrono::milliseconds session_idle_max() const noexcept { return idle_.idle_max(); }

private:
    // Who makes the file grow, for those who write.
    std::optional<Notice> long_reader() {
        const auto now = store_->now_us();
        auto looked = looked_us_.load(std::memory_order_relaxed);
        if (now - looked < look_every_us || !looked_us_.compare_exchange_strong(looked, now)) return std::nullopt;
        const auto reader = store_->oldest_reader();
        if (reader.age_us < long_reader_us) return std::nullopt;
        return Notice{"long_reader",
                      fmt::format("process {} has been reading for {} s; until it is done, what is replaced "
                                  "is not reused and the file grows",
                                  reader.process, reader.age_us / 1'000'000)};
    }

    std::unique_ptr<Store> store_;
    RunningTransactions running_;
    const LoadFolders load_folders_;
    std::shared_ptr<const ProcedureTable> procedures_;
    PlanCache cache_;
    std::shared_ptr<RestingExecutions> resting_;  // of run()
    std::atomic<std::int64_t> looked_us_{0};
    IdleWatch idle_;  // its transactions are of the store
};

class PreparedImpl final : public Prepared {
public:
    PreparedImpl(DatabaseImpl& database, std::shared_ptr<const Compiled> compiled)
        : database_(database), compiled_(std::move(compiled)), resting_(std::make_shared<RestingExecutions>(1)) {}

    const std::vector<std::string>& columns() const override { return compiled_->columns; }

    std::unique_ptr<Result> run(const Parameters& parameters, const ExecuteOptions& options) override {
        return at_door([&] {
            const std::int64_t now = options.now_us.value_or(database_.store().now_us());
            const Role role = database_.role_of(options.principal);
            auto ticket = database_.running().begin(compiled_->text, options, now);
            if (auto result = DatabaseImpl::run_again(resting_, compiled_->text, parameters, options, now, ticket))
                return result;
            ViewPtr view = database_.view_at(now);
            if (options.optimise != compiled_->optimised || !compiled_->suits(*view))
                compiled_ = database_.compiled(compiled_->text, *view, options.optimise);
            return database_.execute(compiled_, std::move(view), parameters, options, role, now, resting_,
                                     std::move(ticket));
        });
    }

private:
    DatabaseImpl& database_;
    std::shared_ptr<const Compiled> compiled_;
    std::shared_ptr<RestingExecutions> resting_;  // at most one
};

class SessionImpl final : public Session {
public:
    SessionImpl(DatabaseImpl& database, const Principal& principal)
        : database_(database),
          principal_(principal),
          idle_(database.begin_idle(principal)),
          ticket_(database.running().begin(principal, database.store().now_us())) {}

    std::unique_ptr<Result> run(std::string_view text, const Parameters& parameters,
                                const ExecuteOptions& options) override {
        require_open();
        const IdleTransaction::Lease lease(*idle_);
        const auto& transaction = require_there(lease);
        const std::int64_t now = options.now_us.value_or(database_.store().now_us());
        std::shared_ptr<const Compiled> statement;
        const Listed listed(ticket_, text, options, now);
        try {
            require_not_terminated();
            const Role own = database_.role_of(principal_), role = std::min(own, database_.role_of(options.principal));
            statement = database_.compiled(text, transaction->view(), options.optimise);
            if (statement->writes && options.read_only)
                throw Error{Code::read_only, "this statement writes, and only reading is allowed here"};
            DatabaseImpl::require_allowed(*statement, role < own ? options.principal : principal_, role);
            if (statement->statement.in_transactions && statement->statement.mode != bound::Mode::explain)
                throw Error{Code::invalid_clause_composition,
                            "CALL { } IN TRANSACTIONS commits its batches by itself, and cannot run in a transaction "
                            "that is open already"}
                    .with_phase(Phase::runtime)
                    .with_hint(
                        "commit or roll back first, then run it by itself: a driver by session.run(), the "
                        "library by Database::run()");
            const bound::Time& time = statement->statement.times.at(0);
            if (!time.is_now()) {
                if (statement->writes || transaction->has_writes())
                    throw Error{Code::unsupported, time.span,
                                "AS OF and FOR VALID_TIME are not available in a transaction that writes"};
                return database_.execute(statement, nullptr, parameters, options, role, now, database_.resting(), {});
            }
            return run_in_transaction(statement, parameters, options, transaction, now);
        } catch (...) {
            failed_ = true;
            rethrow_at_door();
        }
    }

    CommitResult commit(const CommitInfo& info) override {
        require_open();
        const auto idle = std::exchange(idle_, nullptr);
        const IdleTransaction::Lease lease(*idle);
        const auto ticket = std::exchange(ticket_, {});
        if (ticket.is_terminated()) throw terminated();
        if (const auto result = require_there(lease)->commit(info)) return *result;
        throw Error{Code::write_conflict, "another transaction changed the same things first; nothing was committed"}
            .with_hint("run the transaction again");
    }

    void rollback() override {
        idle_ = nullptr;
        ticket_ = {};
    }

private:
    // What runs now, as others see it.
    class Listed {
    public:
        Listed(RunningTransactions::Ticket& ticket, std::string_view text, const ExecuteOptions& options,
               std::int64_t now_us)
            : ticket_(ticket) {
            ticket_.set_statement(text, options, now_us);
        }
        Listed(const Listed&) = delete;
        Listed& operator=(const Listed&) = delete;
        ~Listed() { ticket_.clear_statement(); }

    private:
        RunningTransactions::Ticket& ticket_;
    };

    static Error terminated() {
        return Error{Code::cancelled, "this transaction was ended by TERMINATE TRANSACTIONS and is rolled back"};
    }
    void require_not_terminated() const {
        if (ticket_.is_terminated()) throw terminated();
    }
    void require_open() const {
        if (!idle_) throw Error{Code::usage, "this transaction has ended; begin another one"};
        if (failed_) throw Error{Code::usage, "a statement of this transaction failed; it can only be rolled back"};
    }

    const std::shared_ptr<Transaction>& require_there(const IdleTransaction::Lease& lease) const {
        if (lease.transaction()) return lease.transaction();
        throw Error{Code::time_out, fmt::format("this transaction was rolled back: nothing was asked of it for {:g} s",
                                                std::chrono::duration<double>(database_.session_idle_max()).count())}
            .with_hint("begin another one; DatabaseOptions::session_idle_max sets how long one may wait");
    }

    DatabaseImpl& database_;
    const Principal principal_;
    std::shared_ptr<IdleTransaction> idle_;  // null: ended
    RunningTransactions::Ticket ticket_;
    bool failed_ = false;
};

std::unique_ptr<Prepared> DatabaseImpl::prepare(std::string_view text) {
    return at_door([&] {
        const ViewPtr view = view_at(store_->now_us());
        return std::make_unique<PreparedImpl>(*this, compiled(text, *view, true));
    });
}

std::unique_ptr<Session> DatabaseImpl::begin(const Principal& principal) {
    return at_door([&] { return std::make_unique<SessionImpl>(*this, principal); });
}

}  // namespace

std::unique_ptr<Database> Database::open(const std::filesystem::path& file, DatabaseOptions options) {
    return at_door([&] {
        LoadFolders folders{options.load_folders};  // before a file is made
        auto store = Store::open(file, options.store);
        return std::make_unique<DatabaseImpl>(std::move(store), std::move(options), std::move(folders));
    });
}

}  // namespace mainstay
