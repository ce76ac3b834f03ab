#pragma once

// Damaging blobs in every way that must be noticed, for the tests of the segment formats.

#include "adjacency.hpp"
#include "mainstay/core/error.hpp"
#include "part.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <random>
#include <string>

namespace mainstay::test {

// True if f throws Error(Code::corrupt), false if it returns; anything else fails the test.
inline bool is_corrupt(const std::function<void()>& f) {
    try {
        f();
        return false;
    } catch (const Error& error) {
        REQUIRE(error.code() == Code::corrupt);
        return true;
    }
}

inline void reseal(std::string& blob, const PartKey& key) {
    if (key.part == Part::out || key.part == Part::in) sum_arrays(blob);
    const std::uint64_t sum = part_checksum(blob, key);
    std::memcpy(blob.data() + offsetof(PartHeader, checksum), &sum, sizeof sum);
}

// `read` reads a blob with Check::full and then walks everything it can reach.
using Read = std::function<void(std::string_view)>;

inline void expect_truncations_noticed(const std::string& blob, const Read& read) {
    std::size_t unnoticed = 0;
    for (std::size_t size = 0; size < blob.size(); ++size)
        unnoticed += !is_corrupt([&] { read(std::string_view(blob).substr(0, size)); });
    REQUIRE(unnoticed == 0);
}

inline void expect_flips_noticed(const std::string& blob, std::uint64_t seed, const Read& read) {
    std::mt19937_64 random(seed);
    std::size_t unnoticed = 0;
    for (int i = 0; i < 300; ++i) {
        std::string damaged = blob;
        damaged[random() % damaged.size()] ^= static_cast<char>(1U << random() % 8);
        unnoticed += !is_corrupt([&] { read(damaged); });
    }
    REQUIRE(unnoticed == 0);
}

// A hostile file has right checksums: whatever the bytes are, the reader refuses them or stays inside (under ASan).
inline void expect_forgeries_harmless(const std::string& blob, const PartKey& key, std::uint64_t seed,
                                      const Read& read) {
    std::mt19937_64 random(seed);
    for (int i = 0; i < 2000; ++i) {
        std::string forged = blob;
        // Headers and directories stand in front: half of the damage goes there.
        const std::size_t reach = i % 2 == 0 ? std::min<std::size_t>(forged.size(), 400) : forged.size();
        for (int n = 0; n <= i % 3; ++n) forged[random() % reach] = static_cast<char>(random());
        reseal(forged, key);
        (void)is_corrupt([&] { read(forged); });
    }
}

}  // namespace mainstay::test
