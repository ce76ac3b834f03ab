#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

// What a fuzz target defines: must return for any input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace mainstay::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

// Ends the process if `holds` is false, with what was claimed.
inline void require(bool holds, const std::string& claim) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: not so: %s\n", claim.c_str());
    std::abort();
}

}  // namespace mainstay::fuzz
