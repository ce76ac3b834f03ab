#include "exec/context.hpp"

#include "exec/hop_subquery.hpp"
#include "exec/operator.hpp"

#include "mainstay/core/temporal_functions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::exec {

void MemoryBudget::charge(std::uint64_t bytes) {
    used_ += bytes;
    if (limit_ != 0 && used_ > limit_)
        throw Error{Code::memory_limit,
                    fmt::format("the statement needs more than {} MB of working memory", limit_ >> 20)}
            .with_hint("return or keep fewer rows, or allow it more (--memory MB, Limits::memory_bytes)");
}

namespace {

Error missing(const std::string& name, Span span, const Parameters& given) {
    std::vector<std::string> names;
    for (const auto& [each, value] : given) names.push_back(each);
    return Error{Code::missing_parameter, span, "the parameter $" + name + " is not given"}.with_hint(
        nearest(name, names));
}

const std::string& user_of(const ExecuteOptions& options) {
    return options.principal.name.empty() ? options.commit.author : options.principal.name;
}

std::string_view role_of(const ExecuteOptions& options) {
    return options.principal.verified ? name_of(options.principal.role) : std::string_view{};
}

}  // namespace

StatementContext::StatementContext(const bound::Statement& statement, const plan::Plan& plan,
                                   const Parameters& parameters, const ExecuteOptions& options, ViewPtr view,
                                   Transaction* transaction, std::int64_t now_us)
    : statement_(statement),
      plan_(plan),
      limits_(options.limits),
      cancellation_(options.cancellation),
      view_(std::move(view)),
      transaction_(transaction),
      now_us_(now_us),
      batch_rows_(batch_rows(options)),
      parameters_(statement.parameters.size()),
      keys_(statement.keys.size(), no_key),
      memory_(options.limits.memory_bytes),
      user_(user_of(options)),
      role_(role_of(options)),
      address_(options.address) {
    for (std::size_t i = 0; i < keys_.size(); ++i) keys_[i] = view_->names().find_key(statement.keys[i]);
    begin_run(parameters);
}

StatementContext::StatementContext(StatementContext& whole, const bound::Statement& statement, const plan::Plan& plan,
                                   ViewPtr view, Transaction& transaction)
    : whole_(&whole),
      statement_(statement),
      plan_(plan),
      limits_(whole.limits_),
      cancellation_(whole.cancellation_),
      view_(std::move(view)),
      transaction_(&transaction),
      now_us_(whole.now_us_),
      batch_rows_(whole.batch_rows_),
      parameters_(whole.parameters_),
      keys_(statement.keys.size(), no_key),
      deadline_(whole.deadline_),
      memory_(0),
      user_(whole.user_),
      role_(whole.role_),
      address_(whole.address_) {
    for (std::size_t i = 0; i < keys_.size(); ++i) keys_[i] = view_->names().find_key(statement.keys[i]);
}

Batches& StatementContext::batches() const {
    if (!batches_) throw Error{Code::internal, "CALL { } IN TRANSACTIONS runs without its transactions"};
    return *batches_;
}

void StatementContext::renew_view() {
    if (outer_view_ == OuterView::kept) return;
    view_ = view_->store().view({std::nullopt, view_->valid_time()});
}

void StatementContext::renew(const Parameters& parameters, const ExecuteOptions& options, std::int64_t now_us) {
    limits_ = options.limits;
    cancellation_ = options.cancellation;
    now_us_ = now_us;
    functions_.reset();
    notices_.clear();
    user_ = user_of(options);
    role_ = role_of(options);
    address_ = options.address;
    lent_.clear();
    work_ = 0;
    is_small_ = true;
    ++run_;
    memory_.set_limit(limits_.memory_bytes);
    begin_run(parameters);
}

bool StatementContext::is_small() const noexcept {
    std::uint64_t bytes = memory_.used();
    for (const Value& parameter : parameters_) bytes += heap_bytes(parameter);
    return is_small_ && bytes <= small_bytes;
}

void StatementContext::begin_run(const Parameters& parameters) {
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        const auto& [name, span] = statement_.parameters[i];
        const auto found = parameters.find(name);
        if (found == parameters.end()) throw missing(name, span, parameters);
        parameters_[i] = found->second;
    }
    // What a statement writes itself it may read.
    for (const bound::UndeclaredKey& each : statement_.undeclared)
        if (!transaction_ && !statement_.in_transactions && keys_[static_cast<std::uint32_t>(each.key)] == no_key)
            add_notice({"unknown_attribute", each.remark});
    deadline_.reset();
    if (limits_.time.count() > 0) deadline_ = std::chrono::steady_clock::now() + limits_.time;
}

StatementContext::~StatementContext() = default;

Transaction& StatementContext::writer() {
    if (!transaction_) throw Error{Code::read_only, "this statement may only read"};
    return *transaction_;
}

KeyId StatementContext::key(bound::KeyRef k) {
    KeyId& id = keys_[static_cast<std::uint32_t>(k)];
    // A key that is new to the file may have been made by this statement or, in another transaction's commit, since.
    if (id == no_key && (transaction_ || batches_)) id = view_->names().find_key(key_name(k));
    return id;
}

LabelMatcher& StatementContext::labels(const bound::LabelExpr& e) {
    auto& matcher = matchers_[&e];
    if (!matcher) matcher = std::make_unique<LabelMatcher>(e, view_->names());
    return *matcher;
}

function::Context& StatementContext::functions() {
    if (!functions_) {
        functions_ = std::make_unique<function::Context>();
        const std::int64_t micros = now_us_ % 1'000'000;
        const std::int64_t fraction = micros < 0 ? micros + 1'000'000 : micros;
        functions_->statement_now = datetime_from_epoch((now_us_ - fraction) / 1'000'000, fraction * 1000);
        functions_->transaction_now = functions_->statement_now;
        functions_->random = [this]() -> std::mt19937_64& {
            if (!random_) random_.emplace(std::random_device{}());
            return *random_;
        };
        functions_->charge = [this](std::uint64_t bytes) {
            // The result may be gone the next moment: only its own size is held against the limit.
            charge_once(bytes);
        };
    }
    return *functions_;
}

void StatementContext::check() {
    view_->require_readable();
    if (cancellation_ && cancellation_->is_cancelled()) throw Error{Code::cancelled, "the statement was cancelled"};
    if (deadline_ && std::chrono::steady_clock::now() > *deadline_)
        throw Error{Code::time_out, fmt::format("the statement took longer than {} ms", limits_.time.count())};
}

void StatementContext::charge_once(std::uint64_t bytes) {
    constexpr std::uint64_t worth_it = 1 << 16;
    if (bytes < worth_it) return;
    check();
    memory().charge(bytes);
    memory().release(bytes);
}

void StatementContext::add_notice(Notice notice) {
    if (whole_) return whole_->add_notice(std::move(notice));
    for (const Notice& known : notices_)
        if (known.code == notice.code && known.message == notice.message) return;
    notices_.push_back(std::move(notice));
}

const View& StatementContext::other_view(std::uint32_t time) {
    if (views_.size() <= time) views_.resize(time + 1);
    if (!views_[time]) {
        const bound::Time& scope = statement_.times[time];
        const Store::ViewOptions wanted = view_options(scope, *this);
        if (wanted.as_of) {
            if (transaction_ && transaction_->has_writes())
                throw Error{Code::unsupported, scope.span, "AS OF in a statement that has written is not supported"};
            views_[time] = view_->store().view(wanted);
        } else if (transaction_) {
            views_[time] = transaction_->view_at(*wanted.valid);
        } else {
            views_[time] = view_->at_valid_time(*wanted.valid);
        }
    }
    return *views_[time];
}

StatementContext::SubqueryRun& StatementContext::subquery(const bound::Query& query) {
    auto& run = subqueries_[&query];
    if (!run) {
        run = std::make_unique<SubqueryRun>();
        run->argument = Batch{slot_count()};
        run->output = Batch{slot_count()};
        if (const auto hop = plan_.hops.find(&query); hop != plan_.hops.end())
            run->hop = std::make_unique<HopSubquery>(hop->second, *this);
    }
    return *run;
}

}  // namespace mainstay::exec
