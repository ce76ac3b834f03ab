#pragma once

#include "mainstay/core/model.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mainstay {

// Finds declarations by name and answers "is a subclass of" by nested intervals: a class's subclasses are those whose
// `enter` lies in [enter, leave) of its own (preorder numbers of the inheritance forest). Refers by position, holds its
// own names, so it stays valid when the model is moved or copied.
struct Model::Index {
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };
    using Names = std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>>;

    Names classes, types, inverses;
    std::vector<std::uint32_t> parent;  // by class number; no_id for a root
    std::vector<std::uint32_t> enter, leave;
    std::vector<std::uint32_t> preorder;  // class numbers
};

}  // namespace mainstay
