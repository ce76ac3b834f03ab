#pragma once

#include "exec/batch.hpp"
#include "exec/labels.hpp"
#include "function/function.hpp"
#include "plan/plan.hpp"

#include "mainstay/query/database.hpp"
#include "mainstay/storage/transaction.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <unordered_map>
#include <vector>

namespace mainstay {
class Batches;
}

namespace mainstay::exec {

class HopSubquery;

class Operator;

// Working memory of one statement. Charged by operators that keep rows (sort, aggregate, distinct, spool, join), in
// large steps. Not thread-safe.
class MemoryBudget {
public:
    explicit MemoryBudget(std::uint64_t limit) : limit_(limit) {}
    void charge(std::uint64_t bytes);  // throws Error(Code::memory_limit); zero limit: never
    void release(std::uint64_t bytes) noexcept { used_ -= bytes < used_ ? bytes : used_; }
    void set_limit(std::uint64_t limit) noexcept { limit_ = limit; }
    std::uint64_t used() const noexcept { return used_; }

private:
    std::uint64_t limit_, used_ = 0;
};

// What one operation of a plan did, for PROFILE: all its operators together. Time includes that of its children.
struct Profile {
    std::uint64_t rows = 0;
    std::chrono::nanoseconds time{0};
    std::uint64_t bytes = 0;
};
using Profiles = std::unordered_map<const plan::Node*, Profile>;

// What one run of a statement knows: its plan, parameters, views, transaction, limits. One thread. Everything it hands
// out lives as long as it does; renew() makes it that of another run.
class StatementContext {
public:
    // `transaction` is null for a statement that only reads; then `view` is what it reads. Throws missing_parameter.
    StatementContext(const bound::Statement& statement, const plan::Plan& plan, const Parameters& parameters,
                     const ExecuteOptions& options, ViewPtr view, Transaction* transaction, std::int64_t now_us);
    // Of a batch of a statement: `whole` has its limits, parameters, memory, notices and figures, and outlives it.
    // `statement` and `plan` are those of `whole`, or the same text planned anew.
    StatementContext(StatementContext& whole, const bound::Statement& statement, const plan::Plan& plan, ViewPtr view,
                     Transaction& transaction);
    ~StatementContext();
    StatementContext(const StatementContext&) = delete;

    // For a statement with CALL { } IN TRANSACTIONS. `view`: whether what stands outside the braces reads the graph,
    // and so keeps the view it began with.
    enum class OuterView : std::uint8_t { kept, renewed };
    void use(Batches& batches, OuterView view) noexcept {
        batches_ = &batches;
        outer_view_ = view;
    }
    Batches& batches() const;  // requires use()
    // After a batch: nobody needs to wait for an old view that is not read.
    void renew_view();

    // For another run on the same snapshot, with the operators that were made for this one. Throws missing_parameter.
    void renew(const Parameters& parameters, const ExecuteOptions& options, std::int64_t now_us);
    // Another number for each run: what depends on parameters or on now holds for one run only.
    std::uint64_t run() const noexcept { return run_; }
    // Whether this run has looked at little, and keeps little, its parameters included.
    bool is_small() const noexcept;

    const bound::Statement& statement() const noexcept { return statement_; }
    const plan::Plan& plan() const noexcept { return plan_; }
    const Limits& limits() const noexcept { return limits_; }
    std::size_t slot_count() const noexcept { return plan_.slot_count; }
    std::uint32_t batch_rows() const noexcept { return batch_rows_; }
    static std::uint32_t batch_rows(const ExecuteOptions& options) noexcept {
        return std::clamp<std::uint32_t>(options.batch_rows, 1, 2048);
    }
    std::int64_t now_us() const noexcept { return now_us_; }
    const std::string& user() const noexcept { return user_; }        // who runs it; empty: nobody said
    const std::string& role() const noexcept { return role_; }        // of who has signed in; empty: nobody has
    const std::string& address() const noexcept { return address_; }  // by which the database was reached; empty: none
    // Where an operation's figures go; null unless this is a PROFILE.
    Profile* profile_of(const plan::Node& node) {
        if (whole_) return whole_->profile_of(node);
        return statement_.mode == bound::Mode::profile ? &profiles_[&node] : nullptr;
    }
    const Profiles& profiles() const noexcept { return profiles_; }

    // The view that a clause with this time index reads; 0 is the statement's. Made on first use.
    const View& view(std::uint32_t time = 0) { return time == 0 ? *view_ : other_view(time); }
    Transaction* transaction() const noexcept { return transaction_; }
    Transaction& writer();  // throws Error(Code::read_only) if the statement may not write
    bool is_deleted(NodeId id) const { return transaction_ && transaction_->is_deleted(id); }
    bool is_deleted(RelId id) const { return transaction_ && transaction_->is_deleted(id); }

    const Value& parameter(bound::ParameterRef p) const { return parameters_[static_cast<std::uint32_t>(p)]; }
    // no_key if no element of the file ever had it.
    KeyId key(bound::KeyRef k);
    std::string_view key_name(bound::KeyRef k) const { return statement_.keys[static_cast<std::uint32_t>(k)]; }
    LabelMatcher& labels(const bound::LabelExpr& e);

    // Throws Error: time_out, cancelled, io_error. Cheap enough for every batch.
    void check();
    // To be told of every element or edge looked at, or so; checks now and then.
    void work(std::uint32_t amount) {
        work_ += amount;
        if (work_ >= work_between_checks) {
            work_ = 0;
            is_small_ = false;
            check();
        }
    }
    MemoryBudget& memory() noexcept { return whole_ ? whole_->memory() : memory_; }
    function::Context& functions();  // what function calls may ask; made on first use

    // Throws memory_limit if so much more would be too much; nothing stays charged.
    void charge_once(std::uint64_t bytes);
    void add_notice(Notice notice);  // kept once
    // Keeps what values of this run borrow (elements that are in no view) as long as the run's Result.
    void keep(std::shared_ptr<const Properties> lent) {
        if (whole_) return whole_->keep(std::move(lent));
        lent_.push_back(std::move(lent));
    }
    const std::vector<Notice>& notices() const noexcept { return notices_; }

    // What runs an expression's subquery; made on first use, reset by the caller.
    struct SubqueryRun {
        std::unique_ptr<HopSubquery> hop;  // null: `root` alone answers
        std::unique_ptr<Operator> root;    // null: not needed yet
        Batch argument, output;
        bool busy = false;  // running; a nested run of the same subquery (recursion) makes a new one
    };
    SubqueryRun& subquery(const bound::Query& query);

private:
    static constexpr std::uint32_t work_between_checks = 1 << 14;
    static constexpr std::uint64_t small_bytes = 1 << 16;
    const View& other_view(std::uint32_t time);
    void begin_run(const Parameters& parameters);

    StatementContext* whole_ = nullptr;  // of a batch: the statement's
    const bound::Statement& statement_;
    const plan::Plan& plan_;
    Limits limits_;
    std::shared_ptr<Cancellation> cancellation_;
    ViewPtr view_;
    Transaction* transaction_;
    std::int64_t now_us_;
    std::uint32_t batch_rows_;
    std::vector<Value> parameters_;
    std::vector<KeyId> keys_;
    std::vector<ViewPtr> views_;  // by time; [0] unused
    std::unordered_map<const bound::LabelExpr*, std::unique_ptr<LabelMatcher>> matchers_;
    std::unordered_map<const bound::Query*, std::unique_ptr<SubqueryRun>> subqueries_;
    std::optional<std::chrono::steady_clock::time_point> deadline_;
    Batches* batches_ = nullptr;
    OuterView outer_view_ = OuterView::kept;
    std::uint32_t work_ = 0;
    bool is_small_ = true;
    std::uint64_t run_ = 1;
    MemoryBudget memory_;
    std::vector<Notice> notices_;
    std::string user_, role_, address_;
    std::vector<std::shared_ptr<const Properties>> lent_;
    Profiles profiles_;
    std::unique_ptr<function::Context> functions_;
    std::optional<std::mt19937_64> random_;  // its seeding costs more than a small statement
};

// What AS OF and FOR VALID_TIME ask of the store. Throws bad_valid_time, pruned_horizon, type_error.
Store::ViewOptions view_options(const bound::Time& time, StatementContext& context);

}  // namespace mainstay::exec
