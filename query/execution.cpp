#include "execution.hpp"

#include "plan/lower.hpp"

namespace mainstay {
namespace {

// What a statement asks of another view than the newest, or of PROFILE, is made for one run; what not everybody may ask
// is looked at before each.
bool may_run_again(const Compiled& compiled) {
    const auto& statement = compiled.statement;
    return compiled.needs == Role::reader && statement.mode == bound::Mode::run && statement.times.size() == 1 &&
           statement.times.front().is_now();
}

}  // namespace

Execution::Execution(std::shared_ptr<const Compiled> compiled, const Parameters& parameters,
                     const ExecuteOptions& options, ViewPtr view, std::int64_t now_us)
    : compiled_(std::move(compiled)),
      view_(view),
      context_(compiled_->statement, compiled_->plan, parameters, options, std::move(view), nullptr, now_us),
      batch_(compiled_->plan.slot_count),
      reader_(compiled_->plan) {
    if (compiled_->statement.mode == bound::Mode::explain) {
        done_ = true;
        return;
    }
    root_ = plan::lower(*compiled_->plan.root, context_);
    root_->open(nullptr);
}

const std::vector<Value>* Execution::next() {
    failed_ = true;  // unless this comes to its end
    const std::vector<Value>* row = nullptr;
    while (!done_ && !reader_.has_row(batch_)) {
        context_.check();
        done_ = !root_->next(batch_);
        context_.view().require_readable();
        if (compiled_->plan.columns.empty()) batch_.rows = 0;  // nothing is returned
        reader_.start();
    }
    if (!done_)
        row = reader_.read(batch_);
    else
        context_.view().require_readable();  // rows are read from the map one by one
    failed_ = false;
    return row;
}

bool Execution::rest() noexcept {
    return !failed_ && may_run_again(*compiled_) && context_.is_small() && view_->rest();
}

bool Execution::restart(const Parameters& parameters, const ExecuteOptions& options, std::int64_t now_us) {
    if (options.optimise != compiled_->optimised ||
        exec::StatementContext::batch_rows(options) != context_.batch_rows() || !view_->wake(ValidTime{now_us}))
        return false;
    context_.renew(parameters, options, now_us);
    done_ = false;
    batch_.clear();
    reader_.start();
    root_->open(nullptr);
    return true;
}

std::unique_ptr<Execution> RestingExecutions::take(std::string_view text) noexcept {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = kept_.size(); i-- > 0;) {
        if (kept_[i]->compiled().text != text) continue;
        auto found = std::move(kept_[i]);
        kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(i));
        return found;
    }
    return nullptr;
}

void RestingExecutions::put(std::unique_ptr<Execution> execution) noexcept {
    std::unique_ptr<Execution> dropped;  // without the lock
    const std::lock_guard lock(mutex_);
    if (kept_.size() == kept_max_) {
        dropped = std::move(kept_.front());
        kept_.erase(kept_.begin());
    }
    kept_.push_back(std::move(execution));
}

}  // namespace mainstay
