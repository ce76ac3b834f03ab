#pragma once

#include "mainstay/core/ids.hpp"

#include <cstdint>
#include <vector>

namespace mainstay::exec {

// Numbers of 64 bits, each with a small one: a hash table in front of a slower look-up, or the numbering of pairs.
class NumberTable {
public:
    // The small number kept for `key`, or for a new one, make() of it. make() does not use the table.
    template <typename F>
    std::uint32_t find_or_add(std::uint64_t key, F&& make) {
        if ((count_ + 1) * 2 > slots_.size()) grow();
        std::size_t at = place(key);
        for (; slots_[at].number != no_id; at = (at + 1) & (slots_.size() - 1))
            if (slots_[at].key == key) return slots_[at].number;
        const std::uint32_t number = make();
        slots_[at] = {key, number};
        ++count_;
        return number;
    }
    void clear() noexcept {
        slots_.clear();
        count_ = 0;
    }

private:
    struct Entry {
        std::uint64_t key = 0;
        std::uint32_t number = no_id;  // no_id: free
    };
    std::size_t place(std::uint64_t key) const noexcept {
        key *= 0x9E3779B97F4A7C15ULL;
        return (key ^ key >> 32) & (slots_.size() - 1);
    }
    void grow() {
        std::vector<Entry> old(slots_.empty() ? 64 : slots_.size() * 2);
        old.swap(slots_);
        for (const Entry& entry : old) {
            if (entry.number == no_id) continue;
            std::size_t at = place(entry.key);
            while (slots_[at].number != no_id) at = (at + 1) & (slots_.size() - 1);
            slots_[at] = entry;
        }
    }

    std::vector<Entry> slots_;  // a power of two
    std::size_t count_ = 0;
};

}  // namespace mainstay::exec
