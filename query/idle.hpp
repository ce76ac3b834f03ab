#pragma once

// Transactions of several statements wait for people and programs; one that is forgotten would hold its snapshot, and
// the file would grow under it.

#include "mainstay/storage/transaction.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace mainstay {

// A transaction that is dropped when it has not been used for long. One thread uses it at a time.
class IdleTransaction {
public:
    explicit IdleTransaction(std::unique_ptr<Transaction> transaction) : transaction_(std::move(transaction)) {}

    // Uses the transaction: it is not dropped meanwhile, and its time begins again when the lease ends. Null: it was
    // dropped.
    class Lease {
    public:
        explicit Lease(IdleTransaction& of) : of_(of), lock_(of.mutex_) {}
        ~Lease() { of_.used_ = std::chrono::steady_clock::now(); }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        const std::shared_ptr<Transaction>& transaction() const noexcept { return of_.transaction_; }

    private:
        IdleTransaction& of_;
        std::unique_lock<std::mutex> lock_;
    };

private:
    friend class IdleWatch;
    std::mutex mutex_;
    std::shared_ptr<Transaction> transaction_;
    std::chrono::steady_clock::time_point used_ = std::chrono::steady_clock::now();
};

// Drops them. Its thread starts with the first transaction and ends with the watch. Thread-safe.
class IdleWatch {
public:
    explicit IdleWatch(std::chrono::milliseconds idle_max) : idle_max_(idle_max) {}  // 0: drops nothing
    ~IdleWatch();
    IdleWatch(const IdleWatch&) = delete;
    IdleWatch& operator=(const IdleWatch&) = delete;

    std::chrono::milliseconds idle_max() const noexcept { return idle_max_; }
    std::shared_ptr<IdleTransaction> watch(std::unique_ptr<Transaction> transaction);

private:
    void run();
    // Drops what is due; when the next one is.
    std::chrono::steady_clock::time_point drop_idle();

    const std::chrono::milliseconds idle_max_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::weak_ptr<IdleTransaction>> watched_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace mainstay
