#pragma once

#include "part.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace mainstay {

// Parts whose checksum this process has seen to be right. Lossy: a collision only costs another check.
class CheckedParts {
public:
    // How much of the part must be checked: bounds if these very bytes were checked fully before.
    Check check_for(const PartKey& key, std::string_view blob) const noexcept;
    void passed(const PartKey& key, std::string_view blob) noexcept;
    // That the part stands under its own key, which its checksum says. Throws Error(Code::corrupt).
    void require_own_key(const PartKey& key, std::string_view blob);

private:
    bool contains(std::uint64_t fingerprint) const noexcept;
    void add(std::uint64_t fingerprint) noexcept;
    static std::uint64_t fingerprint(const PartKey& key, std::string_view blob) noexcept;
    static constexpr std::size_t entries = std::size_t{1} << 15;  // 2^(64 - 49)
    // Whether a part with that hash was read ahead before; two that share one are read page by page once.
    std::unique_ptr<std::array<std::atomic<bool>, entries>> asked_ =
        std::make_unique<std::array<std::atomic<bool>, entries>>();
    std::unique_ptr<std::array<std::atomic<std::uint64_t>, entries>> seen_ =
        std::make_unique<std::array<std::atomic<std::uint64_t>, entries>>();
};

}  // namespace mainstay
