#pragma once

#include "report.hpp"

#include "mainstay/query/database.hpp"

#include <filesystem>

namespace mainstay::bench {

// W1: an empty file -> everything, durable.
void load(const Data& data, const std::filesystem::path& file);

std::unique_ptr<Database> open(const std::filesystem::path& file);

void measure_open(const Data& data, const std::filesystem::path& file, Report& report);   // O1
void measure_first(const Data& data, const std::filesystem::path& file, Report& report);  // O1a
void measure_reads(const Data& data, Database& database, Report& report);                 // R1 to R10
void measure_dirty(const Data& data, const std::filesystem::path& file, Report& report);  // D20
void measure_writes(const Data& data, Database& database, Report& report);                // W2, W2c, W3
void measure_side_by_side(const Data& data, const std::filesystem::path& file, Database& database,
                          Report& report);  // C1

// What people ask of a CMDB: each statement of the file, a line with its time and rows.
void measure_statements(const std::filesystem::path& file, const std::filesystem::path& statements);

}  // namespace mainstay::bench
