#pragma once

#include "mainstay/storage/view.hpp"
#include "scenario.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace mainstay::tck {

// All that a small graph holds, for telling what a query changed. Elements are known by id (ids are never reused),
// labels by name, a property as the triple (element, key, value).
struct Snapshot {
    std::set<std::uint32_t> nodes, relationships;
    std::set<std::string> labels;
    std::set<std::string> properties;
};
Snapshot snapshot_of(const View& view);

// "+nodes", "-nodes", "+relationships", "-relationships", "+labels", "-labels", "+properties", "-properties": those not
// 0.
SideEffects difference(const Snapshot& before, const Snapshot& after);

}  // namespace mainstay::tck
