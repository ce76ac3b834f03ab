#include "syntax/print.hpp"

#include "syntax/lexical.hpp"
#include "syntax/printer.hpp"

#include <array>

namespace mainstay::syntax {

void Printer::projection(const Projection& projection, bool keep_columns) {
    if (projection.distinct) put("DISTINCT ");
    if (projection.star) put(projection.items.empty() ? "*" : "*, ");
    list(projection.items, [&](const ProjectionItem& item) {
        const std::size_t begin = out_.size();
        expression(item.expression);
        if (item.alias) {
            put(" AS "), variable(*item.alias);
        } else if (keep_columns && out_.compare(begin, std::string::npos, item.column) != 0 &&
                   !std::holds_alternative<Variable>(item.expression.node)) {
            put(" AS "), variable(item.column);
        }
    });
    if (!projection.order_by.empty()) {
        put(" ORDER BY ");
        list(projection.order_by, [&](const SortItem& item) {
            expression(item.expression);
            if (item.descending) put(" DESC");
        });
    }
    if (projection.skip) put(" SKIP "), expression(*projection.skip);
    if (projection.limit) put(" LIMIT "), expression(*projection.limit);
}

void Printer::yield(const std::optional<Yield>& yield) {
    if (!yield) return;
    put(yield->star ? " YIELD *" : " YIELD ");
    list(yield->items, [&](const YieldItem& item) {
        any_name(item.name);
        if (item.alias) put(" AS "), variable(*item.alias);
    });
    where(yield->where);
}

void Printer::time(const std::optional<TimeScope>& time) {
    if (!time) return;
    if (time->as_of) {
        constexpr std::array<std::string_view, 3> words{"AS OF ", "AS OF TRANSACTION ", "AS OF BASELINE "};
        put(words[static_cast<std::size_t>(time->as_of->kind)]), expression(time->as_of->value, 7);
        if (time->valid) put(" ");
    }
    if (time->valid && time->valid->value) put("FOR VALID_TIME AS OF "), expression(*time->valid->value, 7);
    if (time->valid && !time->valid->value) put("FOR VALID_TIME ALL");
}

void Printer::plain_labels(const std::vector<Name>& labels_of) {
    for (const Name& label : labels_of) put(":"), any_name(label);
}

void Printer::set_items(const std::vector<SetItem>& items) {
    list(items, [&](const SetItem& item) {
        std::visit(
            overloaded{
                [&](const SetProperty& x) { expression(x.target), put(" = "), expression(x.value); },
                [&](const SetProperties& x) { variable(x.variable), put(x.add ? " += " : " = "), expression(x.value); },
                [&](const SetLabels& x) { variable(x.variable), plain_labels(x.labels); },
            },
            item.node);
    });
}

void Printer::operand(const Operand& operand) {
    std::visit(overloaded{[&](const NodePattern& x) { node(x); }, [&](const Expression& x) { expression(x); }},
               operand);
}

void Printer::analysis(const Analysis& analysis) {
    if (analysis.optional) put("OPTIONAL ");
    std::visit(overloaded{
                   [&](const ImpactOf& x) {
                       put("IMPACT OF "), operand(x.operand);
                       if (x.when == ImpactOf::When::down) put(" WHEN DOWN");
                       if (x.when == ImpactOf::When::degraded) put(" WHEN DEGRADED");
                       if (x.when == ImpactOf::When::parameter) put(" WHEN "), expression(*x.when_parameter);
                       if (x.from_status) put(" FROM STATUS");
                   },
                   [&](const ImpactOn& x) { put("IMPACT ON :"), labels(x.labels); },
                   [&](const Reachable& x) {
                       const bool dependents = x.towards == Reachable::Towards::dependents;
                       put(dependents ? "DEPENDENTS OF " : "DEPENDENCIES OF "), operand(x.operand);
                       if (x.within) put(" WITHIN "), expression(*x.within), put(" HOPS");
                   },
                   [&](const SinglePointsOfFailure& x) { put("SINGLE POINTS OF FAILURE FOR "), operand(x.operand); },
                   [&](const HistoryOf& x) { put("HISTORY OF "), operand(x.operand); },
                   [&](const ChangesBetween& x) {
                       put("CHANGES BETWEEN "), expression(x.from, 7), put(" AND "), expression(x.to, 7);
                       if (x.on) put(" ON "), node(*x.on);
                   },
                   [&](const ProofOf& x) { put("PROOF OF "), operand(x.operand), put(" GIVEN "), operand(x.given); },
               },
               analysis.kind);
    yield(analysis.yield);
}

void Printer::in_transactions(const InTransactions& in) {
    put(" IN ");
    if (in.concurrency) expression(*in.concurrency), put(" ");
    put(in.concurrent ? "CONCURRENT TRANSACTIONS" : "TRANSACTIONS");
    if (in.rows) put(" OF "), expression(*in.rows), put(" ROWS");
    constexpr std::array<std::string_view, 4> actions{"", " ON ERROR FAIL", " ON ERROR BREAK", " ON ERROR CONTINUE"};
    put(actions[static_cast<std::size_t>(in.on_error)]);
    if (in.report) put(" REPORT STATUS AS "), variable(*in.report);
}

void Printer::clause(const Clause& clause) {
    std::visit(overloaded{
                   [&](const Match& x) {
                       put(x.optional ? "OPTIONAL MATCH " : "MATCH ");
                       if (x.mode == MatchMode::different_relationships) put("DIFFERENT RELATIONSHIPS ");
                       if (x.mode == MatchMode::repeatable_elements) put("REPEATABLE ELEMENTS ");
                       patterns(x.patterns);
                       if (x.time) put(" "), time(x.time);
                       where(x.where);
                   },
                   [&](const Unwind& x) { put("UNWIND "), expression(x.list), put(" AS "), variable(x.variable); },
                   [&](const With& x) { put("WITH "), projection(x.projection, false), where(x.where); },
                   [&](const Return& x) { put("RETURN "), projection(x.projection, true); },
                   [&](const Create& x) { put("CREATE "), patterns(x.patterns); },
                   [&](const Merge& x) {
                       put("MERGE "), path(x.pattern);
                       for (const MergeAction& action : x.actions) {
                           put(action.when == MergeAction::When::created ? " ON CREATE SET " : " ON MATCH SET ");
                           set_items(action.items);
                       }
                   },
                   [&](const Set& x) { put("SET "), set_items(x.items); },
                   [&](const Remove& x) {
                       put("REMOVE ");
                       list(x.items, [&](const RemoveItem& item) {
                           std::visit(overloaded{
                                          [&](const RemoveProperty& y) { expression(y.target); },
                                          [&](const RemoveLabels& y) { variable(y.variable), plain_labels(y.labels); },
                                      },
                                      item.node);
                       });
                   },
                   [&](const Delete& x) { put(x.detach ? "DETACH DELETE " : "DELETE "), expressions(x.targets); },
                   [&](const Call& x) {
                       put(x.optional ? "OPTIONAL CALL " : "CALL "), dotted(x.procedure);
                       if (x.arguments) put("("), expressions(*x.arguments), put(")");
                       yield(x.yield);
                   },
                   [&](const CallSubquery& x) {
                       put(x.optional ? "OPTIONAL CALL " : "CALL ");
                       if (x.imports) {
                           put(x.import_all ? "(*" : "(");
                           list(*x.imports, [&](const Name& name) { variable(name); });
                           put(") ");
                       }
                       put("{ "), query(*x.query), put(" }");
                       if (x.transactions) in_transactions(*x.transactions);
                   },
                   [&](const Foreach& x) {
                       put("FOREACH ("), variable(x.variable), put(" IN "), expression(x.list), put(" | ");
                       clauses(x.body), put(")");
                   },
                   [&](const LoadCsv& x) {
                       put(x.with_headers ? "LOAD CSV WITH HEADERS FROM " : "LOAD CSV FROM "), expression(x.url);
                       put(" AS "), variable(x.variable);
                       if (x.field_terminator) put(" FIELDTERMINATOR "), string(*x.field_terminator);
                   },
                   [&](const Analysis& x) { analysis(x); },
               },
               clause.node);
}

void Printer::clauses(const std::vector<Clause>& clauses_of) {
    for (std::size_t i = 0; i < clauses_of.size(); ++i) {
        if (i > 0) put(" ");
        clause(clauses_of[i]);
    }
}

void Printer::query(const Query& query) {
    for (std::size_t i = 0; i < query.parts.size(); ++i) {
        if (i > 0) put(query.unions[i - 1] == UnionKind::all ? " UNION ALL " : " UNION ");
        clauses(query.parts[i].clauses);
    }
}

void Printer::schema_name(const Name& name) {
    const bool ambiguous = same_word(name.text, "IF") || same_word(name.text, "FOR") || same_word(name.text, "ON");
    if (ambiguous) {
        put("`").put(name.text).put("`");
    } else {
        any_name(name);
    }
}

void Printer::target(const SchemaTarget& target) {
    const bool node = target.element == SchemaTarget::Element::node;
    put(node ? "(" : "()-["), variable(target.variable), put(":"), any_name(target.label), put(node ? ")" : "]-()");
}

void Printer::command(const Command& command) {
    const auto properties = [&](const SchemaTarget& of) {
        put("(");
        list(of.properties, [&](const Name& key) { variable(of.variable), put("."), any_name(key); });
        put(")");
    };
    const auto create = [&](std::string_view what, const std::optional<Name>& name, bool if_not_exists) {
        put(what);
        if (name) put(" "), schema_name(*name);
        put(if_not_exists ? " IF NOT EXISTS FOR " : " FOR ");
    };
    const auto drop = [&](std::string_view what, const Name& name, bool if_exists) {
        put(what), schema_name(name), put(if_exists ? " IF EXISTS" : "");
    };
    std::visit(
        overloaded{
            [&](const CreateIndex& x) {
                create(x.kind == IndexKind::text ? "CREATE TEXT INDEX" : "CREATE INDEX", x.name, x.if_not_exists);
                target(x.target), put(" ON "), properties(x.target);
            },
            [&](const DropIndex& x) { drop("DROP INDEX ", x.name, x.if_exists); },
            [&](const CreateConstraint& x) {
                create("CREATE CONSTRAINT", x.name, x.if_not_exists);
                target(x.target), put(" REQUIRE "), properties(x.target);
                const bool node = x.target.element == SchemaTarget::Element::node;
                switch (x.kind) {
                    case ConstraintKind::unique: put(" IS UNIQUE"); break;
                    case ConstraintKind::not_null: put(" IS NOT NULL"); break;
                    case ConstraintKind::key: put(node ? " IS NODE KEY" : " IS RELATIONSHIP KEY"); break;
                }
            },
            [&](const DropConstraint& x) { drop("DROP CONSTRAINT ", x.name, x.if_exists); },
            [&](const Show& x) {
                const bool one_database =
                    x.what == Show::What::databases && (x.only != Show::Only::all || x.database || !x.named.empty());
                put(x.what == Show::What::terminated ? "TERMINATE " : "SHOW ").put(words_of(x.only));
                if (x.only != Show::Only::all) put(" ");
                put(one_database ? "DATABASE" : words_of(x.what));
                if (x.executable) put(" EXECUTABLE");
                if (x.database) put(" "), string(x.database->text);
                if (!x.named.empty()) put(" "), expressions(x.named);
                if (x.yield) put(" YIELD "), projection(*x.yield, false);
                where(x.where);
                if (x.returned) put(" RETURN "), projection(*x.returned, true);
            },
        },
        command.node);
}

void Printer::statement(const Statement& statement) {
    if (statement.mode == Statement::Mode::explain) put("EXPLAIN ");
    if (statement.mode == Statement::Mode::profile) put("PROFILE ");
    if (statement.in_change) put("IN CHANGE "), expression(*statement.in_change), put(" ");
    if (statement.time) time(statement.time), put(" ");
    if (statement.what_if) put("WHAT IF { "), clauses(statement.what_if->clauses), put(" } ");
    std::visit(overloaded{[&](const Query& x) { query(x); }, [&](const Command& x) { command(x); }}, statement.body);
}

std::string print(const Statement& statement) {
    Printer printer;
    printer.statement(statement);
    return printer.take();
}

std::string print(const Query& query) {
    Printer printer;
    printer.query(query);
    return printer.take();
}

std::string print(const Clause& clause) {
    Printer printer;
    printer.clause(clause);
    return printer.take();
}

}  // namespace mainstay::syntax
