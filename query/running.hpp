#pragma once

// What runs in a database now, for those who look after it: transactions of several statements, and single statements
// that can be stopped (those with a Cancellation, as a server's and a shell's have).

#include "mainstay/query/database.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mainstay {

class RunningTransactions {
public:
    struct Entry {
        std::uint64_t number = 0;
        std::int64_t begun_us = 0;
        std::string user, client, connection;
        bool is_signed_in = false;  // the user is known to be who it says
        std::string statement;      // that runs; "": none, it waits for the next
        std::int64_t statement_begun_us = 0;
        std::shared_ptr<Cancellation> cancellation;  // of the statement; may be null
        bool is_terminated = false;
    };

    // One of those that run, while this lives. Other threads look at it through the list alone.
    class Ticket {
    public:
        Ticket() = default;  // nothing is listed
        Ticket(Ticket&& other) noexcept : list_(std::exchange(other.list_, nullptr)), number_(other.number_) {}
        Ticket& operator=(Ticket&& other) noexcept {
            std::swap(list_, other.list_);
            std::swap(number_, other.number_);
            return *this;
        }
        ~Ticket() {
            if (list_) list_->end(number_);
        }
        // What the transaction does next; "" when it has done it.
        void set_statement(std::string_view text, const ExecuteOptions& options, std::int64_t now_us);
        void clear_statement();
        bool is_terminated() const;

    private:
        friend class RunningTransactions;
        Ticket(RunningTransactions& list, std::uint64_t number) : list_(&list), number_(number) {}
        RunningTransactions* list_ = nullptr;
        std::uint64_t number_ = 0;
    };

    Ticket begin(const Principal& principal, std::int64_t now_us);
    // A statement by itself; one that cannot be stopped is not listed.
    Ticket begin(std::string_view text, const ExecuteOptions& options, std::int64_t now_us);

    std::vector<Entry> all() const;  // in the order in which they began
    // Stops what it does, and lets it do nothing more. False: there is none of that number any more.
    bool terminate(std::uint64_t number);

private:
    Entry* find(std::uint64_t number);  // requires the mutex
    void end(std::uint64_t number);

    mutable std::mutex mutex_;
    std::vector<Entry> entries_;  // by number
    std::uint64_t last_ = 0;
};

}  // namespace mainstay
