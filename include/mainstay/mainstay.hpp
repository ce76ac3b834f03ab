#pragma once

// Mainstay, the whole library: a graph database for configuration management. See README.md for a tour.

#include "mainstay/connect/connect.hpp"
#include "mainstay/core/analysis.hpp"
#include "mainstay/core/error.hpp"
#include "mainstay/core/model.hpp"
#include "mainstay/core/value.hpp"
#include "mainstay/query/database.hpp"
#include "mainstay/storage/bulk.hpp"
#include "mainstay/storage/store.hpp"
