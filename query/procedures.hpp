#pragma once

#include "mainstay/query/database.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace mainstay {

class RunningTransactions;
namespace exec {
class StatementContext;
}

// A row of the table of procedures. One that a database was opened with runs its Procedure::body; a built-in one has
// none, and is told the statement that calls it: who runs it, what it may cost, the view.
struct TableProcedure : Procedure {
    enum class Mode : std::uint8_t {
        read,
        dbms
    };  // DBMS: it speaks of the database or its users, not of what it holds
    using Row = std::function<void(std::vector<Value>)>;
    using Run =
        std::function<void(exec::StatementContext& statement, std::span<const Value> arguments, const Row& row)>;

    explicit TableProcedure(Procedure procedure);
    TableProcedure(std::string_view name, std::vector<ProcedureColumn> inputs, std::vector<ProcedureColumn> outputs,
                   std::string_view help, Run run, Mode mode = Mode::read);

    bool is_hidden() const noexcept { return name.starts_with("show."); }  // for SHOW alone
    std::size_t inputs_min() const noexcept;
    std::string signature() const;  // "db.awaitIndex(indexName :: STRING, timeOutSeconds = 300 :: INTEGER) :: (...)"

    Run run;
    Mode mode = Mode::read;
    std::size_t shown = no_limit;    // SHOW without YIELD gives the first so many of its outputs
    Role needs = Role::reader;       // who may call it: of those for SHOW alone
    std::string_view does{};         // what that is, where not every reader may: "the list of accounts"
    std::string_view replaced_by{};  // of one that is there for old tools: what new ones write
    static constexpr std::size_t no_limit = static_cast<std::size_t>(-1);
};

// The procedures of one database: the built-in ones and those it was opened with. Immutable; found by the binder by
// name, without regard to case. SHOW X is bound as a call of show.x, whose inputs are `only` (RANGE of SHOW RANGE
// INDEXES, empty for all) and `names` (of SHOW DATABASE name), if it has them.
class ProcedureTable {
public:
    // `added`: what the database was opened with; goes in the place of a built-in one of the same name.
    // `running` lives longer.
    ProcedureTable(std::vector<Procedure> added, OpenMode mode, RunningTransactions& running);

    std::span<const TableProcedure* const> all() const noexcept { return pointers_; }
    std::vector<const TableProcedure*> listed() const;  // without the hidden ones, in alphabetical order

private:
    std::vector<std::unique_ptr<TableProcedure>> procedures_;
    std::vector<const TableProcedure*> pointers_;
};

}  // namespace mainstay
