// The statement as a whole: time scopes, queries, commands.

#include "bind/binder.hpp"
#include "procedures.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay {

bound::Statement bind(const syntax::Statement& statement, std::string_view text, const BindContext& context) {
    return bound::Binder(text, context).bind(statement);
}

}  // namespace mainstay

namespace mainstay::bound {

Statement Binder::bind(const syntax::Statement& s) {
    result_.mode = static_cast<Mode>(s.mode);
    result_.times.emplace_back();
    if (s.in_change)
        throw Error{Code::unsupported, s.in_change->span, "IN CHANGE (planned changes) is not executed yet"};
    if (s.what_if) throw Error{Code::unsupported, s.what_if->span, "WHAT IF is not executed yet"};
    if (s.time) {
        result_.times.pop_back();
        time_scope(*s.time);
        time_travel_ = s.time->as_of.has_value();
    }
    if (const auto* q = std::get_if<syntax::Query>(&s.body)) {
        auto bound = query(*q, true);
        bound.writes = writes_;
        result_.body = std::move(bound);
    } else {
        command(std::get<syntax::Command>(s.body));
    }
    return std::move(result_);
}

std::uint32_t Binder::time_scope(const syntax::TimeScope& scope) {
    Time time;
    time.span = scope.span;
    if (scope.as_of && in_batch_)
        throw Error{Code::unsupported, scope.span, "AS OF is not available inside CALL { } IN TRANSACTIONS"}.with_hint(
            "read it in front of the braces, and take what is needed in as a variable");
    if (scope.as_of) {
        switch (scope.as_of->kind) {
            case syntax::Instant::Kind::time: time.as_of_instant = constant(scope.as_of->value, "AS OF"); break;
            case syntax::Instant::Kind::transaction:
                time.as_of_transaction = constant(scope.as_of->value, "AS OF TRANSACTION");
                break;
            case syntax::Instant::Kind::baseline:
                throw Error{Code::unsupported, scope.span, "AS OF BASELINE is not executed yet"};
        }
    }
    if (scope.valid) {
        time.valid_all = !scope.valid->value;
        if (scope.valid->value) time.valid_at = constant(*scope.valid->value, "FOR VALID_TIME");
    }
    result_.times.push_back(std::move(time));
    return static_cast<std::uint32_t>(result_.times.size() - 1);
}

void Binder::command(const syntax::Command& c) {
    SchemaCommand out;
    out.span = c.span;
    const auto target = [&](const syntax::SchemaTarget& t) {
        out.on_relationship = t.element == syntax::SchemaTarget::Element::relationship;
        if (out.on_relationship) {
            bool reversed;
            const auto* type = known_type(t.label, reversed);
            out.label = type ? type->name : t.label.text;
        } else {
            with_subclasses(t.label);
            out.label = t.label.text;
        }
        for (const auto& p : t.properties) out.keys.push_back(p.text);
    };
    if (const auto* create = std::get_if<syntax::CreateIndex>(&c.node)) {
        if (create->kind == syntax::IndexKind::text)
            throw Error{Code::unsupported, c.span, "text indexes are not executed yet"};
        if (create->name) out.name = create->name->text;
        out.lenient = create->if_not_exists;
        target(create->target);
    } else if (const auto* drop = std::get_if<syntax::DropIndex>(&c.node)) {
        out.action = SchemaAction::drop;
        out.name = drop->name.text;
        out.lenient = drop->if_exists;
    } else if (const auto* constraint = std::get_if<syntax::CreateConstraint>(&c.node)) {
        out.kind = constraint->kind == syntax::ConstraintKind::unique     ? SchemaCommand::Kind::unique
                   : constraint->kind == syntax::ConstraintKind::not_null ? SchemaCommand::Kind::exists
                                                                          : SchemaCommand::Kind::key;
        if (constraint->name) out.name = constraint->name->text;
        out.lenient = constraint->if_not_exists;
        target(constraint->target);
    } else if (const auto* dropped = std::get_if<syntax::DropConstraint>(&c.node)) {
        out.action = SchemaAction::drop;
        out.kind = SchemaCommand::Kind::unique;
        out.name = dropped->name.text;
        out.lenient = dropped->if_exists;
    } else {
        show(std::get<syntax::Show>(c.node), c.span);
        return;
    }
    if (time_travel_)
        throw Error{Code::invalid_clause_composition, c.span, "what was cannot be changed: AS OF only reads"};
    result_.body = std::move(out);
}

// SHOW X YIELD a, b ... WHERE ... RETURN ... is CALL show.x() YIELD * WITH a, b ... WHERE ... RETURN ...
void Binder::show(const syntax::Show& s, Span span) {
    using What = syntax::Show::What;
    static constexpr std::pair<What, const char*> procedures[] = {{What::indexes, "show.indexes"},
                                                                  {What::constraints, "show.constraints"},
                                                                  {What::procedures, "show.procedures"},
                                                                  {What::functions, "show.functions"},
                                                                  {What::classes, "show.classes"},
                                                                  {What::relationship_types, "show.relationshipTypes"},
                                                                  {What::databases, "show.databases"},
                                                                  {What::settings, "show.settings"},
                                                                  {What::current_user, "show.currentUser"},
                                                                  {What::transactions, "show.transactions"},
                                                                  {What::users, "show.users"},
                                                                  {What::terminated, "show.terminated"}};
    const auto name = std::find_if(std::begin(procedures), std::end(procedures),
                                   [&](const auto& each) { return each.first == s.what; });
    const auto found = std::find_if(context_.procedures.begin(), context_.procedures.end(), [&](const auto* each) {
        return name != std::end(procedures) && each->name == name->second;
    });
    if (found == context_.procedures.end())
        throw Error{Code::internal, span, fmt::format("SHOW {} is missing", words_of(s.what))};
    const auto& procedure = **found;
    CallProcedure out;
    out.procedure = &procedure;
    for (const auto& input : procedure.inputs) {
        if (input.name == "only") {
            out.arguments.push_back(make(Literal{words_of(s.only)}, span));
            continue;
        }
        ListLiteral names;
        if (s.database) names.items.push_back(make(Literal{s.database->text}, s.database->span));
        for (const auto& one : s.named)
            names.items.push_back(constant(one, s.what == What::terminated ? "TERMINATE" : "SHOW"));
        out.arguments.push_back(make(std::move(names), span));
    }
    const auto named_column = [&](const syntax::ProjectionItem& item) {
        const auto* variable = std::get_if<syntax::Variable>(&item.expression.node);
        const bool known = variable && std::any_of(procedure.outputs.begin(), procedure.outputs.end(),
                                                   [&](const auto& o) { return o.name == variable->name; });
        if (known) return;
        if (!variable) throw Error{Code::syntax, item.span, "YIELD takes the names of columns"};
        std::vector<std::string> names;
        for (const auto& o : procedure.outputs) names.push_back(o.name);
        throw Error{Code::undefined_variable, item.span,
                    fmt::format("this SHOW has no column {}", quoted(variable->name))}
            .with_hint(nearest(variable->name, names));
    };
    if (s.yield)
        for (const auto& item : s.yield->items) named_column(item);
    std::vector<std::pair<Slot, std::string>> columns;
    for (std::size_t i = 0; i < procedure.outputs.size(); ++i) {
        const auto& column = procedure.outputs[i].name;
        const auto slot = declare(column, SlotKind::value, function::any);
        out.outputs.push_back({static_cast<std::uint32_t>(i), slot});
        if (s.yield || i < procedure.shown) columns.emplace_back(slot, column);
    }
    if (!s.yield && s.where) out.where = condition(*s.where, "WHERE");
    Sequence sequence;
    sequence.out.clauses.push_back({span, std::move(out)});
    if (s.yield) {
        projection(*s.yield, s.where.get(), false, span, sequence);
        if (!s.yield->star) {
            columns.clear();
            for (const auto& item : s.yield->items) columns.emplace_back(resolve(item.column, item.span), item.column);
        }
    }
    if (s.returned)
        projection(*s.returned, nullptr, true, span, sequence);
    else
        return_all(std::move(columns), span, sequence);
    Query query;
    query.columns = sequence.out.columns;
    query.parts.push_back(std::move(sequence.out));
    result_.body = std::move(query);
}

}  // namespace mainstay::bound
