#include "mainstay/core/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

namespace mainstay {
namespace {

struct Row {
    Code code;
    ErrorInfo info;
};

// The one table of errors. Types and details of statements are spelled as the openCypher TCK spells them; what
// openCypher has no name for has one of ours. Bolt codes are those that existing drivers classify (transient ones are
// retried).
// clang-format off
constexpr std::array rows = std::to_array<Row>({
    {Code::syntax, {"syntax", "SyntaxError", "UnexpectedSyntax", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::nesting_too_deep, {"nesting_too_deep", "SyntaxError", "NestingTooDeep", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::invalid_number_literal, {"invalid_number_literal", "SyntaxError", "InvalidNumberLiteral", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::integer_overflow_literal, {"integer_overflow_literal", "SyntaxError", "IntegerOverflow", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::floating_point_overflow, {"floating_point_overflow", "SyntaxError", "FloatingPointOverflow", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::invalid_unicode_literal, {"invalid_unicode_literal", "SyntaxError", "InvalidUnicodeLiteral", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::invalid_unicode_character, {"invalid_unicode_character", "SyntaxError", "InvalidUnicodeCharacter", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::undefined_variable, {"undefined_variable", "SyntaxError", "UndefinedVariable", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::variable_already_bound, {"variable_already_bound", "SyntaxError", "VariableAlreadyBound", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::variable_type_conflict, {"variable_type_conflict", "SyntaxError", "VariableTypeConflict", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::relationship_uniqueness_violation, {"relationship_uniqueness_violation", "SyntaxError", "RelationshipUniquenessViolation", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::no_single_relationship_type, {"no_single_relationship_type", "SyntaxError", "NoSingleRelationshipType", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::requires_directed_relationship, {"requires_directed_relationship", "SyntaxError", "RequiresDirectedRelationship", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::creating_var_length, {"creating_var_length", "SyntaxError", "CreatingVarLength", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::invalid_relationship_pattern, {"invalid_relationship_pattern", "SyntaxError", "InvalidRelationshipPattern", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::invalid_parameter_use, {"invalid_parameter_use", "SyntaxError", "InvalidParameterUse", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::invalid_delete, {"invalid_delete", "SyntaxError", "InvalidDelete", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::invalid_aggregation, {"invalid_aggregation", "SyntaxError", "InvalidAggregation", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::ambiguous_aggregation_expression, {"ambiguous_aggregation_expression", "SyntaxError", "AmbiguousAggregationExpression", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::nested_aggregation, {"nested_aggregation", "SyntaxError", "NestedAggregation", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::non_constant_expression, {"non_constant_expression", "SyntaxError", "NonConstantExpression", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::negative_integer_argument, {"negative_integer_argument", "SyntaxError", "NegativeIntegerArgument", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::invalid_argument_type, {"invalid_argument_type", "SyntaxError", "InvalidArgumentType", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::invalid_argument_value, {"invalid_argument_value", "SyntaxError", "InvalidArgumentValue", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::invalid_argument_passing_mode, {"invalid_argument_passing_mode", "SyntaxError", "InvalidArgumentPassingMode", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::invalid_number_of_arguments, {"invalid_number_of_arguments", "SyntaxError", "InvalidNumberOfArguments", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::no_variables_in_scope, {"no_variables_in_scope", "SyntaxError", "NoVariablesInScope", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::no_expression_alias, {"no_expression_alias", "SyntaxError", "NoExpressionAlias", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::column_name_conflict, {"column_name_conflict", "SyntaxError", "ColumnNameConflict", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::different_columns_in_union, {"different_columns_in_union", "SyntaxError", "DifferentColumnsInUnion", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::invalid_clause_composition, {"invalid_clause_composition", "SyntaxError", "InvalidClauseComposition", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::unknown_function, {"unknown_function", "SyntaxError", "UnknownFunction", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::invalid_property_type, {"invalid_property_type", "TypeError", "InvalidPropertyType", Phase::runtime, 1, 400, "Neo.ClientError.Statement.TypeError"}},
    {Code::procedure_not_found, {"procedure_not_found", "ProcedureError", "ProcedureNotFound", Phase::compile_time, 1, 404, "Neo.ClientError.Procedure.ProcedureNotFound"}},
    {Code::missing_parameter, {"missing_parameter", "ParameterMissing", "MissingParameter", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.ParameterMissing"}},
    {Code::unexpected_syntax_in_pattern, {"unexpected_syntax_in_pattern", "SyntaxError", "UnexpectedSyntax", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::unknown_label, {"unknown_label", "SyntaxError", "UnknownLabel", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SemanticError"}},
    {Code::unknown_type, {"unknown_type", "SyntaxError", "UnknownRelationshipType", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SemanticError"}},
    {Code::unknown_key, {"unknown_key", "SyntaxError", "UnknownPropertyKey", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SemanticError"}},
    {Code::unknown_state, {"unknown_state", "SyntaxError", "UnknownState", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SemanticError"}},
    {Code::unsupported, {"unsupported", "SyntaxError", "Unsupported", Phase::compile_time, 1, 400, "Neo.ClientError.Statement.SyntaxError"}},
    {Code::type_error, {"type_error", "TypeError", "InvalidArgumentType", Phase::runtime, 1, 400, "Neo.ClientError.Statement.TypeError"}},
    {Code::map_element_access_by_non_string, {"map_element_access_by_non_string", "TypeError", "MapElementAccessByNonString", Phase::runtime, 1, 400, "Neo.ClientError.Statement.TypeError"}},
    {Code::list_element_access_by_non_integer, {"list_element_access_by_non_integer", "TypeError", "ListElementAccessByNonInteger", Phase::runtime, 1, 400, "Neo.ClientError.Statement.TypeError"}},
    {Code::property_access_by_non_string, {"property_access_by_non_string", "TypeError", "PropertyAccessByNonString", Phase::runtime, 1, 400, "Neo.ClientError.Statement.TypeError"}},
    {Code::comparison_of_incompatible_types, {"comparison_of_incompatible_types", "TypeError", "IncomparableValues", Phase::runtime, 1, 400, "Neo.ClientError.Statement.TypeError"}},
    {Code::deleted_entity_access, {"deleted_entity_access", "EntityNotFound", "DeletedEntityAccess", Phase::runtime, 1, 404, "Neo.ClientError.Statement.EntityNotFound"}},
    {Code::delete_connected_node, {"delete_connected_node", "ConstraintVerificationFailed", "DeleteConnectedNode", Phase::runtime, 1, 409, "Neo.ClientError.Schema.ConstraintValidationFailed"}},
    {Code::merge_read_own_writes, {"merge_read_own_writes", "SemanticError", "MergeReadOwnWrites", Phase::runtime, 1, 400, "Neo.ClientError.Statement.SemanticError"}},
    {Code::number_out_of_range, {"number_out_of_range", "ArgumentError", "NumberOutOfRange", Phase::runtime, 1, 400, "Neo.ClientError.Statement.ArgumentError"}},
    {Code::division_by_zero, {"division_by_zero", "ArithmeticError", "DivisionByZero", Phase::runtime, 1, 400, "Neo.ClientError.Statement.ArithmeticError"}},
    {Code::arithmetic_overflow, {"arithmetic_overflow", "ArithmeticError", "IntegerOverflow", Phase::runtime, 1, 400, "Neo.ClientError.Statement.ArithmeticError"}},
    {Code::entity_not_found, {"entity_not_found", "EntityNotFound", "EntityNotFound", Phase::runtime, 1, 404, "Neo.ClientError.Statement.EntityNotFound"}},
    {Code::invalid_temporal, {"invalid_temporal", "ArgumentError", "InvalidArgumentValue", Phase::runtime, 1, 400, "Neo.ClientError.Statement.ArgumentError"}},
    {Code::constraint_violation, {"constraint_violation", "ConstraintValidationFailed", "ConstraintViolation", Phase::runtime, 1, 409, "Neo.ClientError.Schema.ConstraintValidationFailed"}},
    {Code::model_invalid, {"model_invalid", "ModelError", "ModelInvalid", Phase::runtime, 3, 400, "Neo.ClientError.Statement.ArgumentError"}},
    {Code::model_contradicts_data, {"model_contradicts_data", "ModelError", "ModelContradictsData", Phase::runtime, 1, 409, "Neo.ClientError.Schema.ConstraintValidationFailed"}},
    {Code::index_exists, {"index_exists", "SchemaError", "IndexAlreadyExists", Phase::runtime, 1, 409, "Neo.ClientError.Schema.IndexAlreadyExists"}},
    {Code::index_missing, {"index_missing", "SchemaError", "IndexNotFound", Phase::runtime, 1, 404, "Neo.ClientError.Schema.IndexNotFound"}},
    {Code::bad_valid_time, {"bad_valid_time", "ArgumentError", "InvalidValidTime", Phase::runtime, 1, 400, "Neo.ClientError.Statement.ArgumentError"}},
    {Code::time_out, {"time_out", "TransactionError", "TimedOut", Phase::runtime, 1, 408, "Neo.ClientError.Transaction.TransactionTimedOut"}},
    {Code::cancelled, {"cancelled", "TransactionError", "Cancelled", Phase::runtime, 1, 499, "Neo.ClientError.Transaction.TransactionMarkedAsFailed"}},
    {Code::memory_limit, {"memory_limit", "ResourceError", "MemoryLimit", Phase::runtime, 1, 413, "Neo.DatabaseError.Statement.ExecutionFailed"}},
    {Code::result_limit, {"result_limit", "ResourceError", "ResultLimit", Phase::runtime, 1, 413, "Neo.ClientError.Statement.ArgumentError"}},
    {Code::write_conflict, {"write_conflict", "TransactionError", "WriteConflict", Phase::runtime, 1, 409, "Neo.TransientError.Transaction.Outdated"}},
    {Code::read_only, {"read_only", "TransactionError", "ReadOnly", Phase::runtime, 1, 403, "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase"}},
    {Code::forbidden, {"forbidden", "SecurityError", "Forbidden", Phase::any_time, 1, 403, "Neo.ClientError.Security.Forbidden"}},
    {Code::not_signed_in, {"not_signed_in", "SecurityError", "Unauthorized", Phase::any_time, 1, 401, "Neo.ClientError.Security.Unauthorized"}},
    {Code::rate_limited, {"rate_limited", "SecurityError", "RateLimited", Phase::any_time, 1, 429, "Neo.ClientError.Security.AuthenticationRateLimit"}},
    {Code::file_not_found, {"file_not_found", "DatabaseError", "FileNotFound", Phase::any_time, 3, 404, "Neo.ClientError.Database.DatabaseNotFound"}},
    {Code::not_a_database, {"not_a_database", "DatabaseError", "NotADatabase", Phase::any_time, 3, 500, "Neo.DatabaseError.General.UnknownError"}},
    {Code::newer_format, {"newer_format", "DatabaseError", "NewerFormat", Phase::any_time, 3, 500, "Neo.DatabaseError.General.UnknownError"}},
    {Code::file_truncated, {"file_truncated", "DatabaseError", "FileTruncated", Phase::any_time, 3, 500, "Neo.DatabaseError.General.UnknownError"}},
    {Code::corrupt, {"corrupt", "DatabaseError", "Corrupt", Phase::any_time, 3, 500, "Neo.DatabaseError.General.StorageDamageDetected"}},
    {Code::writer_locked, {"writer_locked", "DatabaseError", "WriterLocked", Phase::any_time, 1, 423, "Neo.TransientError.General.DatabaseUnavailable"}},
    {Code::map_full, {"map_full", "DatabaseError", "MapFull", Phase::any_time, 1, 507, "Neo.DatabaseError.General.UnknownError"}},
    {Code::disk_full, {"disk_full", "DatabaseError", "DiskFull", Phase::any_time, 1, 507, "Neo.DatabaseError.General.UnknownError"}},
    {Code::io_error, {"io_error", "DatabaseError", "InputOutput", Phase::any_time, 3, 500, "Neo.DatabaseError.General.UnknownError"}},
    {Code::permission_denied, {"permission_denied", "DatabaseError", "PermissionDenied", Phase::any_time, 3, 403, "Neo.ClientError.Security.Forbidden"}},
    {Code::pruned_horizon, {"pruned_horizon", "DatabaseError", "PrunedHorizon", Phase::any_time, 1, 410, "Neo.ClientError.Statement.ArgumentError"}},
    {Code::too_many_readers, {"too_many_readers", "DatabaseError", "TooManyReaders", Phase::any_time, 1, 503, "Neo.TransientError.General.DatabaseUnavailable"}},
    {Code::ids_exhausted, {"ids_exhausted", "DatabaseError", "IdsExhausted", Phase::any_time, 1, 507, "Neo.DatabaseError.General.UnknownError"}},
    {Code::input_unreadable, {"input_unreadable", "InputError", "InputUnreadable", Phase::any_time, 3, 400, "Neo.ClientError.Statement.ArgumentError"}},
    {Code::input_invalid, {"input_invalid", "InputError", "InputInvalid", Phase::any_time, 3, 400, "Neo.ClientError.Statement.ArgumentError"}},
    {Code::usage, {"usage", "UsageError", "Usage", Phase::any_time, 2, 400, "Neo.ClientError.Request.Invalid"}},
    {Code::internal, {"internal", "InternalError", "Internal", Phase::any_time, 1, 500, "Neo.DatabaseError.General.UnknownError"}},
});
// clang-format on

constexpr bool rows_follow_the_enumerators() {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (static_cast<std::size_t>(rows[i].code) != i) return false;
    return rows.size() == static_cast<std::size_t>(Code::internal) + 1;
}
static_assert(rows_follow_the_enumerators());

constexpr auto codes = [] {
    std::array<Code, rows.size()> result{};
    for (std::size_t i = 0; i < rows.size(); ++i) result[i] = rows[i].code;
    return result;
}();

constexpr std::size_t quoted_code_points_max = 80;
constexpr std::size_t nearest_size_max = 200;  // edit distance takes the product of both sizes
constexpr std::size_t shown_before_max = 60;   // bytes of a line shown before and behind where an error begins
constexpr std::size_t shown_behind_max = 100;

bool begins_c1(char second) noexcept { return static_cast<unsigned char>(second) < 0xA0; }
bool begins_code_point(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::size_t count_code_points(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
}

// What a terminal may be shown of a statement: bytes that are no text, and those that would steer it, become U+FFFD.
std::string printable(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        const std::size_t size = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 0;
        const std::string_view point = text.substr(i, size);
        const bool is_whole = size > 0 && point.size() == size && c < 0xF5 &&
                              std::none_of(point.begin() + 1, point.end(), begins_code_point);
        const bool is_control = (c < 0x20 && c != '\t') || c == 0x7F || (c == 0xC2 && is_whole && begins_c1(point[1]));
        out += is_whole && !is_control ? point : "\uFFFD";
        i += is_whole ? size : 1;
        while (!is_whole && i < text.size() && !begins_code_point(text[i])) ++i;  // one for one place of the caret
    }
    return out;
}

std::string_view line_around(std::string_view text, std::size_t byte) noexcept {
    const std::size_t before = byte == 0 ? std::string_view::npos : text.rfind('\n', byte - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Edits by bytes, ASCII case ignored: one left out, one too many, one for another, two neighbours exchanged (the
// optimal string alignment distance). Says no more than `limit` + 1.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > limit) return limit + 1;
    std::vector<std::size_t> row(a.size() + 1), before(row), before_that(row);
    for (std::size_t i = 0; i <= a.size(); ++i) row[i] = i;
    const auto is_same = [&](std::size_t i, std::size_t j) { return lower(a[i - 1]) == lower(b[j - 1]); };
    for (std::size_t j = 1; j <= b.size(); ++j) {
        before_that.swap(before);
        before.swap(row);
        row[0] = j;
        for (std::size_t i = 1; i <= a.size(); ++i) {
            row[i] = std::min({before[i - 1] + (is_same(i, j) ? 0 : 1), before[i] + 1, row[i - 1] + 1});
            if (i > 1 && j > 1 && is_same(i, j - 1) && is_same(i - 1, j))
                row[i] = std::min(row[i], before_that[i - 2] + 1);
        }
    }
    return std::min(row[a.size()], limit + 1);
}

}  // namespace

const ErrorInfo& info(Code code) noexcept { return rows[static_cast<std::size_t>(code)].info; }

std::span<const Code> all_codes() noexcept { return codes; }

Error::Error(Code code, std::string message) : std::runtime_error(message), code_(code), message_(std::move(message)) {}

Error::Error(Code code, Span span, std::string message) : Error(code, std::move(message)) { span_ = span; }

Error&& Error::with_hint(std::string hint) && {
    if (!hint.empty()) hint_ = std::move(hint);
    return std::move(*this);
}

Error&& Error::with_type(std::string type) && {
    type_ = std::move(type);
    return std::move(*this);
}

Error&& Error::with_detail(std::string detail) && {
    detail_ = std::move(detail);
    return std::move(*this);
}

Error&& Error::with_phase(Phase phase) && {
    phase_ = phase;
    return std::move(*this);
}

Error&& Error::with_span(Span span) && {
    if (!span_) span_ = span;
    return std::move(*this);
}

Place place_of(std::string_view text, std::uint32_t byte) noexcept {
    const std::string_view before = text.substr(0, byte);
    const std::size_t newline = before.rfind('\n');
    const std::string_view on_line = newline == std::string_view::npos ? before : before.substr(newline + 1);
    Place place;
    place.line = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    place.column = static_cast<std::uint32_t>(count_code_points(on_line)) + 1;
    return place;
}

std::string describe(const Error& error, std::string_view text) {
    std::string message = error.message();
    if (!error.hint().empty()) message += "; " + error.hint();
    if (!error.span()) return message;

    const auto begin = std::min<std::size_t>(error.span()->begin, text.size());
    const auto end = std::clamp<std::size_t>(error.span()->end, begin, text.size());
    const Place place = place_of(text, static_cast<std::uint32_t>(begin));
    std::string_view line = line_around(text, begin);
    auto line_begin = static_cast<std::size_t>(line.data() - text.data());

    // Of a long line only the surroundings, cut between code points.
    std::string before, behind;
    if (begin - line_begin > shown_before_max) {
        std::size_t cut = begin - line_begin - shown_before_max;
        while (cut > 0 && !begins_code_point(line[cut])) --cut;
        line.remove_prefix(cut);
        line_begin += cut;
        before = "…";
    }
    if (line.size() > begin - line_begin + shown_behind_max) {
        std::size_t cut = begin - line_begin + shown_behind_max;
        while (cut > 0 && !begins_code_point(line[cut])) --cut;
        line = line.substr(0, cut);
        behind = "…";
    }

    // Tabs are kept under tabs, so that the caret stands where it should in any terminal.
    std::string under = before.empty() ? "" : " ";
    for (const char c : text.substr(line_begin, begin - line_begin))
        if (begins_code_point(c)) under += c == '\t' ? '\t' : ' ';
    const std::size_t marked_end = std::min(end, line_begin + line.size());
    const std::size_t marked = marked_end > begin ? count_code_points(text.substr(begin, marked_end - begin)) : 1;
    under.append(std::max<std::size_t>(marked, 1), '^');
    return fmt::format("{}:{} {}\n{}{}{}\n{}", place.line, place.column, message, before, printable(line), behind,
                       under);
}

std::string nearest(std::string_view name, std::span<const std::string> candidates) {
    if (name.size() > nearest_size_max) return "";
    const std::size_t limit = std::max<std::size_t>(name.size() / 3, name.size() > 1 ? 1 : 0);
    const std::string* best = nullptr;
    std::size_t best_distance = limit + 1;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = edit_distance(name, candidate, limit);
        if (distance < best_distance && candidate != name) {
            best = &candidate;
            best_distance = distance;
        }
    }
    return best ? "did you mean " + quoted(*best) + "?" : "";
}

std::string quoted(std::string_view name) {
    std::string result = "`";
    std::size_t code_points = 0;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        if (begins_code_point(c) && code_points++ == quoted_code_points_max) {
            result += "…";
            break;
        }
        if (c == '\n') {
            result += "\\n";
        } else if (c == '\t') {
            result += "\\t";
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            result += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
            result += c;
        }
    }
    return result + "`";
}

}  // namespace mainstay
