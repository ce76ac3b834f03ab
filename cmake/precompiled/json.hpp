#pragma once
// Read once a target (cmake/precompiled.cmake).

#include <nlohmann/json.hpp>
