#pragma once

// The text under construction. Inner to print*.cpp.

#include "syntax/ast.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mainstay::syntax {

template <typename... Fs>
struct overloaded : Fs... {
    using Fs::operator()...;
};

class Printer {
public:
    std::string take() { return std::move(out_); }

    void expression(const Expression& e, int least_precedence = 0);
    void labels(const LabelExpression& labels, int least_precedence = 0);
    void path(const PathPattern& path);
    void node(const NodePattern& node);
    void query(const Query& query);
    void clause(const Clause& clause);
    void clauses(const std::vector<Clause>& clauses);
    void statement(const Statement& statement);

private:
    Printer& put(std::string_view text) { return out_ += text, *this; }
    void any_name(const Name& name);       // backticks only if it is no word
    void variable(std::string_view name);  // backticks also if it is reserved
    void variable(const Name& name) { variable(std::string_view{name.text}); }
    void dotted(const Name& name);
    void string(std::string_view text);
    template <typename Range, typename Print>
    void list(const Range& range, Print print_one) {
        bool first = true;
        for (const auto& one : range) {
            if (!first) put(", ");
            first = false;
            print_one(one);
        }
    }
    void expressions(const std::vector<Expression>& list_of);
    void where(const ExpressionPtr& condition);

    void literal(const Value& value);
    void list_literal(const ListLiteral& literal);
    void map(const MapLiteral& map);
    void case_expression(const Case& expression);
    void map_projection(const MapProjection& projection);

    void patterns(const std::vector<PathPattern>& patterns);
    void elements(const std::vector<PathElement>& elements);
    void relationship(const RelationshipPattern& relationship);
    void quantifier(const std::optional<PatternQuantifier>& quantifier);
    void selector(const PathPattern& path);

    void projection(const Projection& projection, bool keep_columns);
    void yield(const std::optional<Yield>& yield);
    void time(const std::optional<TimeScope>& time);
    void set_items(const std::vector<SetItem>& items);
    void plain_labels(const std::vector<Name>& labels);
    void analysis(const Analysis& analysis);
    void operand(const Operand& operand);
    void in_transactions(const InTransactions& in);
    void command(const Command& command);
    void target(const SchemaTarget& target);
    void schema_name(const Name& name);

    std::string out_;
};

}  // namespace mainstay::syntax
