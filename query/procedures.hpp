#pragma once

#include "mainstay/query/database.hpp"

#include <memory>
#include <vector>

namespace mainstay {

// The procedures of one database: the built-in ones and those it was opened with. Immutable; found by the binder by
// name, without regard to case. SHOW is bound as a call of these: show.indexes, show.constraints, show.procedures,
// show.functions, show.classes, show.relationshipTypes (hidden from SHOW PROCEDURES).
class ProcedureTable {
public:
    explicit ProcedureTable(std::vector<Procedure> added);

    std::span<const Procedure* const> all() const noexcept { return pointers_; }
    std::vector<Procedure> listed() const;  // without the hidden ones

private:
    std::vector<std::unique_ptr<Procedure>> procedures_;
    std::vector<const Procedure*> pointers_;
};

}  // namespace mainstay
