#pragma once

#include "bind/bound.hpp"
#include "syntax/ast.hpp"

#include <span>
#include <string_view>
#include "mainstay/core/model.hpp"

namespace mainstay {

// What names may mean. Borrowed for the call; procedures and folders for as long as the bound statement is used.
struct BindContext {
    const Model& model;                                 // Model::empty(): every label and type is taken
    std::span<const TableProcedure* const> procedures;  // found by name, without regard to case
    const LoadFolders* folders = nullptr;               // whose files LOAD CSV may read; null: none
};

// Resolves names, checks every compile-time rule of the language and returns what the statement means. `text` is the
// statement's, for column names and messages.
// Throws Error with the code, span and hint of the first thing that is wrong: undefined_variable,
// variable_already_bound, invalid_aggregation, unknown_function, unknown_label, ...; `unsupported` for what parses but
// cannot be executed yet.
bound::Statement bind(const syntax::Statement& statement, std::string_view text, const BindContext& context);

}  // namespace mainstay
