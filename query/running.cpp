#include "running.hpp"

#include <algorithm>

namespace mainstay {
namespace {

constexpr std::size_t statement_bytes_max = 10'000;

void set_statement_of(RunningTransactions::Entry& entry, std::string_view text, const ExecuteOptions& options,
                      std::int64_t now_us) {
    entry.statement = text.substr(0, statement_bytes_max);
    entry.statement_begun_us = now_us;
    entry.cancellation = options.cancellation;
    entry.client = options.client;
    entry.connection = options.connection;
    if (entry.user.empty())
        entry.user = options.principal.name.empty() ? options.commit.author : options.principal.name;
}

}  // namespace

void RunningTransactions::Ticket::set_statement(std::string_view text, const ExecuteOptions& options,
                                                std::int64_t now_us) {
    if (!list_) return;
    const std::lock_guard lock(list_->mutex_);
    if (Entry* entry = list_->find(number_)) set_statement_of(*entry, text, options, now_us);
}

void RunningTransactions::Ticket::clear_statement() {
    if (!list_) return;
    const std::lock_guard lock(list_->mutex_);
    Entry* entry = list_->find(number_);
    if (!entry) return;
    entry->statement.clear();
    entry->cancellation = nullptr;
}

bool RunningTransactions::Ticket::is_terminated() const {
    if (!list_) return false;
    const std::lock_guard lock(list_->mutex_);
    const Entry* entry = list_->find(number_);
    return entry && entry->is_terminated;
}

RunningTransactions::Ticket RunningTransactions::begin(const Principal& principal, std::int64_t now_us) {
    const std::lock_guard lock(mutex_);
    Entry entry;
    entry.number = ++last_;
    entry.begun_us = now_us;
    entry.user = principal.name;
    entry.is_signed_in = principal.verified;
    entries_.push_back(std::move(entry));
    return {*this, last_};
}

RunningTransactions::Ticket RunningTransactions::begin(std::string_view text, const ExecuteOptions& options,
                                                       std::int64_t now_us) {
    if (!options.cancellation) return {};
    Ticket ticket = begin(options.principal, now_us);
    ticket.set_statement(text, options, now_us);
    return ticket;
}

std::vector<RunningTransactions::Entry> RunningTransactions::all() const {
    const std::lock_guard lock(mutex_);
    return entries_;
}

bool RunningTransactions::terminate(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    Entry* entry = find(number);
    if (!entry) return false;
    entry->is_terminated = true;
    if (entry->cancellation) entry->cancellation->cancel();
    return true;
}

RunningTransactions::Entry* RunningTransactions::find(std::uint64_t number) {
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), number,
                                     [](const Entry& entry, std::uint64_t wanted) { return entry.number < wanted; });
    return at != entries_.end() && at->number == number ? &*at : nullptr;
}

void RunningTransactions::end(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    if (Entry* entry = find(number)) entries_.erase(entries_.begin() + (entry - entries_.data()));
}

}  // namespace mainstay
