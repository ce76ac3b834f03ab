#include "syntax/ast.hpp"

namespace mainstay::syntax {
namespace {

// The names of an expression that is a name or a Many of nothing but names.
template <typename Many>
std::optional<std::vector<Name>> names_of(const LabelExpression& labels) {
    std::vector<Name> names;
    if (const auto* name = std::get_if<Name>(&labels.node)) {
        names.push_back(*name);
        return names;
    }
    const auto* many = std::get_if<Many>(&labels.node);
    if (!many) return std::nullopt;
    for (const LabelExpression& operand : many->operands) {
        const auto* name = std::get_if<Name>(&operand.node);
        if (!name) return std::nullopt;
        names.push_back(*name);
    }
    return names;
}

}  // namespace

std::optional<std::vector<Name>> plain_labels(const LabelExpression& labels) { return names_of<LabelAnd>(labels); }
std::optional<std::vector<Name>> plain_types(const LabelExpression& types) { return names_of<LabelOr>(types); }

std::string_view words_of(Show::What what) noexcept {
    static constexpr std::string_view words[] = {"INDEXES",   "CONSTRAINTS",        "PROCEDURES",   "FUNCTIONS",
                                                 "CLASSES",   "RELATIONSHIP TYPES", "TRANSACTIONS", "SETTINGS",
                                                 "DATABASES", "CURRENT USER",       "USERS",        "TRANSACTIONS"};
    return words[static_cast<std::size_t>(what)];
}

std::string_view words_of(Show::Only only) noexcept {
    static constexpr std::string_view words[] = {"",
                                                 "RANGE",
                                                 "TEXT",
                                                 "POINT",
                                                 "LOOKUP",
                                                 "FULLTEXT",
                                                 "VECTOR",
                                                 "BUILT IN",
                                                 "USER DEFINED",
                                                 "UNIQUENESS",
                                                 "NODE UNIQUENESS",
                                                 "RELATIONSHIP UNIQUENESS",
                                                 "KEY",
                                                 "NODE KEY",
                                                 "RELATIONSHIP KEY",
                                                 "EXISTENCE",
                                                 "NODE EXISTENCE",
                                                 "RELATIONSHIP EXISTENCE",
                                                 "PROPERTY TYPE",
                                                 "HOME",
                                                 "DEFAULT"};
    return words[static_cast<std::size_t>(only)];
}

bool is_standalone_call(const Query& query) {
    return query.parts.size() == 1 && query.parts.front().clauses.size() == 1 &&
           std::holds_alternative<Call>(query.parts.front().clauses.front().node);
}

}  // namespace mainstay::syntax
