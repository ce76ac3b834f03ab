#pragma once

// Working memory per node. Both kinds are dense arrays of zeroed pages: what is never touched is never given memory by
// the operating system, so they cost little while little is touched and one access always.

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <vector>

namespace mainstay::analysis {

template <typename T>
class LazyArray {
public:
    explicit LazyArray(std::size_t count)
        : data_(static_cast<T*>(std::calloc(count ? count : 1, sizeof(T)))), count_(count) {
        if (!data_) throw std::bad_alloc{};
    }
    T& operator[](std::size_t i) noexcept { return data_[i]; }
    const T& operator[](std::size_t i) const noexcept { return data_[i]; }
    std::size_t size() const noexcept { return count_; }

private:
    struct Free {
        void operator()(T* data) const noexcept { std::free(data); }
    };
    std::unique_ptr<T[], Free> data_;
    std::size_t count_;
};

class NodeSet {
public:
    explicit NodeSet(std::uint32_t node_limit) : words_((std::size_t{node_limit} + 63) / 64) {}
    bool contains(std::uint32_t node) const noexcept { return words_[node / 64] >> (node % 64) & 1; }
    void insert(std::uint32_t node) noexcept { words_[node / 64] |= std::uint64_t{1} << (node % 64); }
    // True if it was not there yet.
    bool add(std::uint32_t node) noexcept {
        std::uint64_t& word = words_[node / 64];
        const std::uint64_t bit = std::uint64_t{1} << (node % 64);
        const bool is_new = !(word & bit);
        word |= bit;
        return is_new;
    }
    std::span<std::uint64_t> words() noexcept { return {&words_[0], words_.size()}; }

private:
    LazyArray<std::uint64_t> words_;
};

// Sorts distinct ids. Few are sorted by comparison; many by marking them in a bitmap and reading it back, which is
// linear (620,000 of 1,000,000 ids: 1 ms against 40).
class NodeSorter {
public:
    explicit NodeSorter(std::uint32_t node_limit) : node_limit_(node_limit) {}
    void sort(std::span<std::uint32_t> nodes);

private:
    std::uint32_t node_limit_;
    std::unique_ptr<NodeSet> marks_;  // empty between calls
};

// node -> number, paged by segment; 0 is "none".
class PagedMap {
public:
    explicit PagedMap(std::uint32_t node_limit);
    std::uint32_t get(std::uint32_t node) const noexcept {
        const auto& page = pages_[node >> 12];
        return page ? page[node & 4095] : 0;
    }
    std::uint32_t& at(std::uint32_t node) {
        auto& page = pages_[node >> 12];
        if (!page) page = std::make_unique<std::uint32_t[]>(4096);
        return page[node & 4095];
    }

private:
    std::vector<std::unique_ptr<std::uint32_t[]>> pages_;
};

}  // namespace mainstay::analysis
