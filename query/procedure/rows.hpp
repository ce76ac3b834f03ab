#pragma once

// The built-in procedures, a file a subject. A procedure is a row of its file's list.

#include "procedures.hpp"

#include <span>
#include <string>
#include <vector>

namespace mainstay {
class RunningTransactions;
}

namespace mainstay::procedure {

using Row = TableProcedure::Row;
using Statement = exec::StatementContext;
using Arguments = std::span<const Value>;

std::vector<TableProcedure> names();                  // db.labels and kin
std::vector<TableProcedure> indexes();                // indexes and constraints
std::vector<TableProcedure> model();                  // SHOW CLASSES, SHOW RELATIONSHIP TYPES
std::vector<TableProcedure> schema();                 // what the data look like
std::vector<TableProcedure> database(OpenMode mode);  // database, settings, user
std::vector<TableProcedure> transactions(RunningTransactions& running);
std::vector<TableProcedure> catalogue(const ProcedureTable& table);  // procedures and functions; borrows the table

inline Value strings(std::span<const std::string> items) {
    ValueList list;
    for (const std::string& item : items) list.emplace_back(item);
    return Value::list(std::move(list));
}

}  // namespace mainstay::procedure
