#pragma once

// JSON documents in memory, for the library's own .cpp files: the one header here that needs nlohmann/json, included by
// no other and not installed.
//
// The library takes such a document apart with a std::vector of it in a destructor, which would end the process when
// there is no memory for that vector. Documents of these two types fall back on memory that was put aside.

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace mainstay {

// From the heap, and where that has nothing, from 1 MB put aside for the whole process; nullptr: not there either.
// Thread-safe.
void* take_json_memory(std::size_t bytes) noexcept;
void give_json_memory(void* memory) noexcept;

template <typename T>
struct JsonAllocator {
    using value_type = T;
    JsonAllocator() = default;
    template <typename U>
    constexpr JsonAllocator(const JsonAllocator<U>&) noexcept {}
    T* allocate(std::size_t count) { return std::allocator<T>{}.allocate(count); }
    void deallocate(T* items, std::size_t count) noexcept { std::allocator<T>{}.deallocate(items, count); }
    template <typename U>
    friend constexpr bool operator==(const JsonAllocator&, const JsonAllocator<U>&) noexcept {
        return true;
    }
};

using Json =
    nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t, std::uint64_t, double, JsonAllocator>;
// Members stay in the order in which they were put in.
using OrderedJson = nlohmann::basic_json<nlohmann::ordered_map, std::vector, std::string, bool, std::int64_t,
                                         std::uint64_t, double, JsonAllocator>;

template <typename T>
struct ReservedJsonAllocator {
    using value_type = T;
    using size_type = std::size_t;
    using difference_type = std::ptrdiff_t;
    using propagate_on_container_move_assignment = std::true_type;
    using is_always_equal = std::true_type;
    T* allocate(std::size_t count) {
        if (void* const memory = take_json_memory(count * sizeof(T))) return static_cast<T*>(memory);
        throw std::bad_alloc{};
    }
    void deallocate(T* items, std::size_t) noexcept { give_json_memory(items); }
};

}  // namespace mainstay

// What std::vector<Json> asks; the standard allows it for a type of ours.
template <>
struct std::allocator<mainstay::Json> : mainstay::ReservedJsonAllocator<mainstay::Json> {
    allocator() = default;
    template <typename U>
    constexpr allocator(const allocator<U>&) noexcept {}
    friend constexpr bool operator==(const allocator&, const allocator&) noexcept { return true; }
};
template <>
struct std::allocator<mainstay::OrderedJson> : mainstay::ReservedJsonAllocator<mainstay::OrderedJson> {
    allocator() = default;
    template <typename U>
    constexpr allocator(const allocator<U>&) noexcept {}
    friend constexpr bool operator==(const allocator&, const allocator&) noexcept { return true; }
};
