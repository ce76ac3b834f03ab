#pragma once

#include "mainstay/query/database.hpp"

#include <memory>

namespace mainstay::shell {

// While one lives, Ctrl-C (SIGINT), or SIGTERM, cancels its statement; a second Ctrl-C before the statement has given
// way ends the process as usual. At most one at a time.
class InterruptScope {
public:
    InterruptScope();
    ~InterruptScope();
    InterruptScope(const InterruptScope&) = delete;
    InterruptScope& operator=(const InterruptScope&) = delete;
    std::shared_ptr<Cancellation> cancellation() const noexcept { return cancellation_; }
    bool is_interrupted() const noexcept { return cancellation_->is_cancelled(); }

private:
    struct Saved;
    std::shared_ptr<Cancellation> cancellation_;
    std::unique_ptr<Saved> saved_;
};

}  // namespace mainstay::shell
