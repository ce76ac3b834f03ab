#pragma once

// What a client hears with the last row of a result, and of an error.

#include "bolt/packstream.hpp"

#include "mainstay/query/database.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::server {

// What all our notices are called in Neo4j's words.
inline constexpr std::string_view notice_severity = "INFORMATION", notice_category = "GENERIC";

struct SummaryForm {
    std::string_view database;
    std::optional<std::string> bookmark;  // of a statement in a transaction of its own
    bool has_statuses = false;            // Bolt 5.6 and later: notices are among the statuses of GQL,
    bool had_rows = false;                // the first of which says whether there were rows
    bool shows_notices = true;
};
// A map: kind of statement, counters, plan, notices. Requires that the last row was read, or that
// nobody wants those that are left.
void write_summary(const Result& result, const SummaryForm& form, PackWriter& out);

// A map: code and message, as a status of GQL too if `is_gql` (Bolt 5.7 and later).
void write_failure(std::string_view code, std::string_view message, bool is_gql, PackWriter& out);

}  // namespace mainstay::server
