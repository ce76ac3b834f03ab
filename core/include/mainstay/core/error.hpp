#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay {

// Every way a statement, a command or an open can fail. One row each in the table of error.cpp (class, phase, exit
// status, HTTP status, Bolt code). A new error is a new enumerator and a new row. Names follow openCypher's details
// where one exists.
enum class Code : std::uint16_t {
    // statement text, compile time
    syntax,  // SyntaxError: UnexpectedSyntax
    nesting_too_deep,
    invalid_number_literal,
    integer_overflow_literal,  // IntegerOverflow
    floating_point_overflow,
    invalid_unicode_literal,
    invalid_unicode_character,
    undefined_variable,
    variable_already_bound,
    variable_type_conflict,
    relationship_uniqueness_violation,
    no_single_relationship_type,
    requires_directed_relationship,
    creating_var_length,
    invalid_relationship_pattern,
    invalid_parameter_use,
    invalid_delete,
    invalid_aggregation,
    ambiguous_aggregation_expression,
    nested_aggregation,
    non_constant_expression,
    negative_integer_argument,
    invalid_argument_type,
    invalid_argument_value,
    invalid_argument_passing_mode,
    invalid_number_of_arguments,
    no_variables_in_scope,
    no_expression_alias,
    column_name_conflict,
    different_columns_in_union,
    invalid_clause_composition,
    unknown_function,
    invalid_property_type,
    procedure_not_found,
    missing_parameter,
    unexpected_syntax_in_pattern,  // pattern where an expression is wanted
    unknown_label,                 // a class model is present and does not know the class
    unknown_type,
    unknown_key,
    unknown_state,
    unsupported,  // parsed, known by name, not executed yet
    // statement, run time
    type_error,  // TypeError, any detail
    map_element_access_by_non_string,
    list_element_access_by_non_integer,
    property_access_by_non_string,
    comparison_of_incompatible_types,
    deleted_entity_access,
    delete_connected_node,
    merge_read_own_writes,
    number_out_of_range,  // ArithmeticError / ArgumentError: NumberOutOfRange
    division_by_zero,
    arithmetic_overflow,
    entity_not_found,
    invalid_temporal,
    // data and model
    constraint_violation,  // unique, required, enum, type of the class model
    model_invalid,
    model_contradicts_data,
    index_exists,
    index_missing,
    bad_valid_time,
    // limits and control
    time_out,
    cancelled,
    memory_limit,
    result_limit,
    write_conflict,  // retryable
    read_only,
    forbidden,      // the role of who asks does not allow it
    not_signed_in,  // or not any more
    rate_limited,   // too many failed sign-ins, or requests
    // file and system
    file_not_found,
    not_a_database,
    newer_format,
    file_truncated,
    corrupt,
    writer_locked,  // another process writes
    map_full,
    disk_full,
    io_error,
    permission_denied,
    pruned_horizon,
    too_many_readers,
    ids_exhausted,
    // import and other input
    input_unreadable,  // file missing, not text, bad encoding
    input_invalid,     // row or mapping wrong
    usage,
    internal,
};

// A stretch of a statement's text, in bytes.
struct Span {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    friend bool operator==(const Span&, const Span&) = default;
};

enum class Phase : std::uint8_t { compile_time, runtime, any_time };

// What the rest of the world calls an error.
struct ErrorInfo {
    std::string_view name;    // "undefined_variable", for JSON and golden files
    std::string_view type;    // openCypher type: "SyntaxError"
    std::string_view detail;  // openCypher detail: "UndefinedVariable"; Error::detail() may refine it
    Phase phase;
    int exit_status;  // 1 statement failed, 2 usage, 3 data could not be read
    int http_status;
    std::string_view bolt_code;  // "Neo.ClientError.Statement.SyntaxError"
};
const ErrorInfo& info(Code code) noexcept;
std::span<const Code> all_codes() noexcept;  // in the order above

// The statement (or command, or open) cannot go on. Thrown; caught once by each door. Immutable once thrown.
class Error : public std::runtime_error {
public:
    Error(Code code, std::string message);
    Error(Code code, Span span, std::string message);

    Error&& with_hint(std::string hint) &&;      // "did you mean `s`?"; an empty hint changes nothing
    Error&& with_type(std::string type) &&;      // replaces the openCypher type of the code's row ("ArgumentError")
    Error&& with_detail(std::string detail) &&;  // replaces the openCypher detail of the code's row
    Error&& with_phase(Phase phase) &&;
    Error&& with_span(Span span) &&;  // only if none is set yet

    Code code() const noexcept { return code_; }
    const std::string& message() const noexcept { return message_; }
    const std::string& hint() const noexcept { return hint_; }
    const std::optional<Span>& span() const noexcept { return span_; }
    std::string_view type() const noexcept { return type_.empty() ? info(code_).type : type_; }
    std::string_view detail() const noexcept { return detail_.empty() ? info(code_).detail : detail_; }
    Phase phase() const noexcept { return phase_.value_or(info(code_).phase); }

private:
    Code code_;
    std::string message_;
    std::string hint_;
    std::string type_;
    std::string detail_;
    std::optional<Span> span_;
    std::optional<Phase> phase_;
};

// Line and column (both from 1, columns in code points) of a byte position in `text`.
struct Place {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};
Place place_of(std::string_view text, std::uint32_t byte) noexcept;

// For people: "1:31 `srv` is not defined here; did you mean `s`?", the line of `text` and a caret under the span.
std::string describe(const Error& error, std::string_view text);

// "did you mean `x`?" for the candidate nearest to `name` (edit distance at most a third of its length), or "".
std::string nearest(std::string_view name, std::span<const std::string> candidates);

// `name` in backticks, cut at 80 code points, control characters escaped: for messages.
std::string quoted(std::string_view name);
// Found before std::quoted, which argument-dependent lookup would offer for strings.
inline std::string quoted(const std::string& name) { return quoted(std::string_view{name}); }
inline std::string quoted(std::string& name) { return quoted(std::string_view{name}); }
inline std::string quoted(const char* name) { return quoted(std::string_view{name}); }

// A remark that does not stop a statement: "3 of the elements were down before".
struct Notice {
    std::string code;  // stable, snake_case
    std::string message;
};

}  // namespace mainstay
