#pragma once
// Read once a target (cmake/precompiled.cmake).

#include <catch2/catch.hpp>
