#pragma once

#include "part.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <string_view>

namespace mainstay {

// Parts whose checksum this process has seen to be right. Lossy: a collision only costs another check.
class CheckedParts {
public:
    // How much of the part must be checked: bounds if these very bytes were checked fully before.
    Check check_for(const PartKey& key, std::string_view blob) const noexcept;
    void passed(const PartKey& key, std::string_view blob) noexcept;
    // The same for arrays that have a sum of their own; `number` tells those of a part apart.
    bool contains_arrays(const PartKey& key, std::uint32_t number, std::uint64_t sum,
                         std::string_view bytes) const noexcept {
        return contains(place(key, number), fingerprint(sum, bytes));
    }
    void arrays_passed(const PartKey& key, std::uint32_t number, std::uint64_t sum, std::string_view bytes) noexcept {
        add(place(key, number), fingerprint(sum, bytes));
    }
    // That the part stands under its own key, which its checksum says. Throws Error(Code::corrupt).
    void require_own_key(const PartKey& key, std::string_view blob);

private:
    // Those of one kind stand in the order of their segments: who walks these touches few pages of the table.
    static std::size_t place(const PartKey& key, std::uint32_t number) noexcept;
    bool contains(std::size_t place, std::uint64_t fingerprint) const noexcept;
    void add(std::size_t place, std::uint64_t fingerprint) noexcept;
    static std::uint64_t fingerprint(const PartKey& key, std::string_view blob) noexcept;
    static std::uint64_t fingerprint(std::uint64_t sum, std::string_view bytes) noexcept;
    static constexpr int asked_bits = 15, seen_bits = 17;
    // Zeros that take no memory until they are touched: to open a file touches none.
    template <typename T>
    struct Free {
        void operator()(std::atomic<T>* table) const noexcept { std::free(table); }
    };
    template <typename T>
    using Table = std::unique_ptr<std::atomic<T>[], Free<T>>;
    template <typename T>
    static Table<T> zeros(std::size_t entries) {
        static_assert(std::atomic<T>::is_always_lock_free && sizeof(std::atomic<T>) == sizeof(T));
        void* const found = std::calloc(entries, sizeof(T));
        if (!found) throw std::bad_alloc{};
        return Table<T>{static_cast<std::atomic<T>*>(found)};
    }
    // Whether a part with that hash was read ahead before; two that share one are read page by page once.
    Table<bool> asked_ = zeros<bool>(std::size_t{1} << asked_bits);
    Table<std::uint64_t> seen_ = zeros<std::uint64_t>(std::size_t{1} << seen_bits);
};

}  // namespace mainstay
