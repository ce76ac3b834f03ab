#pragma once

// The words of the model's JSON form, each table used for reading and printing.

#include "mainstay/core/model.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace mainstay::model_words {

template <typename T, std::size_t n>
using Table = std::array<std::pair<std::string_view, T>, n>;

inline constexpr Table<AttributeType, 12> attribute_types{{{"any", AttributeType::any},
                                                           {"boolean", AttributeType::boolean},
                                                           {"integer", AttributeType::integer},
                                                           {"float", AttributeType::floating},
                                                           {"string", AttributeType::string},
                                                           {"list", AttributeType::list},
                                                           {"date", AttributeType::date},
                                                           {"local_time", AttributeType::local_time},
                                                           {"time", AttributeType::time},
                                                           {"local_datetime", AttributeType::local_datetime},
                                                           {"datetime", AttributeType::datetime},
                                                           {"duration", AttributeType::duration}}};
inline constexpr Table<DependsEnd, 4> depends_ends{{{"none", DependsEnd::none},
                                                    {"source", DependsEnd::source},
                                                    {"target", DependsEnd::target},
                                                    {"both", DependsEnd::both}}};
inline constexpr Table<Effect, 4> effects{
    {{"none", Effect::none}, {"soft", Effect::soft}, {"hard", Effect::hard}, {"path", Effect::path}}};

template <typename T, std::size_t n>
constexpr std::string_view word_of(const Table<T, n>& table, T value) noexcept {
    for (const auto& [word, each] : table) {
        if (each == value) return word;
    }
    return {};
}

}  // namespace mainstay::model_words
