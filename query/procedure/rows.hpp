#pragma once

// The built-in procedures, a file a subject. A procedure is a row of its file's list.

#include "procedures.hpp"

#include <cstdint>
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
std::vector<TableProcedure> database(OpenMode mode);  // database, settings
std::vector<TableProcedure> users();                  // who asks, who has an account
std::vector<TableProcedure> transactions(RunningTransactions& running);
std::vector<TableProcedure> catalogue(const ProcedureTable& table);  // procedures and functions; borrows the table

std::string database_name(Statement& statement);  // a database is called after its file
Value instant(std::int64_t micros);               // UTC microseconds as a datetime
Value elapsed(std::int64_t micros);               // as a duration; 0 if it is less

inline Value strings(std::span<const std::string> items) {
    ValueList list;
    for (const std::string& item : items) list.emplace_back(item);
    return Value::list(std::move(list));
}

}  // namespace mainstay::procedure
