#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::connect {

// A step from a JSON document to its rows.
struct JsonStep {
    enum class Kind : std::uint8_t {
        member,       // to the member `name` of an object
        each,         // to every item of an array
        each_member,  // to every member of an object; the column `name` holds the member's
    };
    Kind kind = Kind::member;
    std::string name;

    bool operator==(const JsonStep&) const = default;
};

// "data.nodes", "resources[].instances", "packages{path}", "{name}": names of members between dots, each followed by
// any number of `[]` and `{COLUMN}`. A path that ends with a name ends with `[]` unsaid; the empty one is no step: the
// document is the array, or one object. Throws Error(input_invalid) that says what is wrong.
std::vector<JsonStep> parse_json_path(std::string_view path);

// How a mapping names what stands around the rows: `^name` is the member of the object that holds the array, `^^name`
// of the one around that.
inline constexpr char json_outer_mark = '^';

}  // namespace mainstay::connect
