#pragma once

#include "mainstay/core/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace mainstay {

// What an element is called: its identification key (by the class model), else `name`, `id` and the like. Remembers the
// keys of each shape, so keep one a result. Values must come from views of one database. Text
// is as stored.
class Captions {
public:
    // "db01"; nullopt if the node has nothing to be called by.
    std::optional<std::string> caption(const Node& node);
    // The caption or, without one, the label and element id: "Server 1:n:42". For lists and trees.
    std::string name(const Node& node);
    // The property `name`, if the caption is another: a key such as `svc-01` says little.
    std::optional<std::string> title(const Node& node);
    // The most special of the node's labels: the one that is no ancestor of another; "" if it has none.
    std::string label(const Node& node);
    // Properties that name elements of the shape, best first.
    const std::vector<KeyId>& naming_keys(const Properties& source, ShapeId shape);

private:
    struct ShapeNames {
        std::vector<KeyId> keys;
        std::string label;
    };
    const ShapeNames& of(const Properties& source, ShapeId shape);
    std::unordered_map<std::uint32_t, ShapeNames> shapes_;
    const Names* names_ = nullptr;
};

}  // namespace mainstay
