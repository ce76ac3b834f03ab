#include "readers/json_path.hpp"

#include "mainstay/core/error.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mainstay::connect {

std::vector<JsonStep> parse_json_path(std::string_view path) {
    using Kind = JsonStep::Kind;
    std::vector<JsonStep> steps;
    const auto refuse = [&](std::string_view why) {
        throw Error{Code::input_invalid, fmt::format("the path {} {}", mainstay::quoted(path), why)}.with_hint(
            "it is written like data.nodes, resources[].instances or packages{path}");
    };
    for (std::size_t at = 0; at < path.size();) {
        if (path[at] == '[') {
            if (!path.substr(at).starts_with("[]")) refuse("has a `[` without its `]`: `[]` means every item");
            steps.push_back({Kind::each, {}});
            at += 2;
        } else if (path[at] == '{') {
            const auto end = path.find('}', at);
            if (end == std::string_view::npos || end == at + 1)
                refuse("needs the name of a column between `{` and `}`: it holds the names of the members");
            steps.push_back({Kind::each_member, std::string{path.substr(at + 1, end - at - 1)}});
            at = end + 1;
        } else {
            if (at > 0 && path[at] != '.') refuse("needs a dot before a name");
            if (at > 0) ++at;
            const auto end = std::min(path.find_first_of(".[{", at), path.size());
            if (end == at) refuse("has a dot without a name");
            steps.push_back({Kind::member, std::string{path.substr(at, end - at)}});
            at = end;
        }
    }
    if (!steps.empty() && steps.back().kind == Kind::member) steps.push_back({Kind::each, {}});
    return steps;
}

}  // namespace mainstay::connect
