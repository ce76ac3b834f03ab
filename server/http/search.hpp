#pragma once

// Elements by a part of what people call them.

#include "mainstay/core/error.hpp"
#include "mainstay/core/value.hpp"
#include "mainstay/query/database.hpp"
#include "mainstay/storage/view.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::server {

// How well a value fits what was asked for; the better first.
enum class Fit : std::uint8_t { whole, beginning, word, inside, none };

struct SearchHit {
    NodeId node{};
    Fit fit = Fit::none;
    std::string_view attribute;  // one of search_attributes()
    std::string value;
};

struct SearchResult {
    std::vector<SearchHit> hits;  // the best first; of one fit by value whatever its case, then by id; an element once
    std::uint64_t nodes_walked = 0;  // if is_cut, how many were looked at
    bool is_cut = false;             // time was up before all were looked at
};

// The attributes that are searched, the more telling first.
std::span<const std::string_view> search_attributes() noexcept;

// Up to `hits_max` elements with `text` in one of these attributes, whatever its case; `class_name`, if not empty, is
// theirs or an ancestor of theirs. What is called so exactly, and has a unique key or index for it, is found however
// little time there is; the rest by walking all columns, 30 to 100 ms for a million elements, until `deadline`. Texts
// and integers are searched, an integer as its digits. Requires: text is not empty. Throws Error: unknown_label,
// cancelled.
SearchResult search(const View& view, std::string_view text, std::string_view class_name, std::size_t hits_max,
                    std::chrono::steady_clock::time_point deadline, const Cancellation* cancellation = nullptr);

}  // namespace mainstay::server
