#pragma once

#include "compiled.hpp"

#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace mainstay {

// Compiled statements by text, the least recently used ones leaving. Thread-safe.
class PlanCache {
public:
    explicit PlanCache(std::size_t entries_max) : entries_max_(entries_max) {}
    // The one for this text if it suits the view, else null.
    std::shared_ptr<const Compiled> find(std::string_view text, const View& view);
    void put(std::shared_ptr<const Compiled> compiled);

private:
    using Order = std::list<std::shared_ptr<const Compiled>>;  // most recently used first
    std::mutex mutex_;
    std::size_t entries_max_;
    Order order_;
    std::unordered_map<std::string_view, Order::iterator> by_text_;  // keys live in the Compiled
};

}  // namespace mainstay
