// Clauses of a query, one after another.

#include "bind/binder.hpp"
#include "procedures.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

namespace mainstay::bound {

using function::Types;

namespace {

template <typename... F>
struct Overload : F... {
    using F::operator()...;
};
template <typename... F>
Overload(F...) -> Overload<F...>;

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 32);
    return out;
}

// The types a procedure's declaration names: "INTEGER?", "STRING", "NUMBER?", "LIST OF STRING" ...
Types declared_types(std::string_view text) {
    auto name = lower(text);
    if (name.ends_with('?')) name.pop_back();
    if (name.starts_with("integer")) return ValueType::integer;
    if (name.starts_with("float")) return function::number;  // an integer is taken for a float
    if (name.starts_with("number")) return function::number;
    if (name.starts_with("string")) return ValueType::string;
    if (name.starts_with("boolean")) return ValueType::boolean;
    if (name.starts_with("map")) return ValueType::map | function::element;
    if (name.starts_with("list")) return ValueType::list;
    if (name.starts_with("node")) return ValueType::node;
    if (name.starts_with("relationship")) return ValueType::relationship;
    if (name.starts_with("path")) return ValueType::path;
    return function::any;
}

SlotKind kind_of(Types types) {
    if (types == Types{ValueType::node}) return SlotKind::node;
    if (types == Types{ValueType::relationship}) return SlotKind::relationship;
    if (types == Types{ValueType::path}) return SlotKind::path;
    return SlotKind::value;
}

bool is_update(const syntax::Clause& c) {
    return std::holds_alternative<syntax::Create>(c.node) || std::holds_alternative<syntax::Merge>(c.node) ||
           std::holds_alternative<syntax::Set>(c.node) || std::holds_alternative<syntax::Remove>(c.node) ||
           std::holds_alternative<syntax::Delete>(c.node) || std::holds_alternative<syntax::Foreach>(c.node);
}

struct OutputColumn {
    const char* name;
    Types types;
};

std::span<const OutputColumn> columns_of(AnalysisKind kind) {
    static constexpr OutputColumn impact[] = {{"ci", ValueType::node},
                                              {"state", ValueType::string},
                                              {"state_before", ValueType::string},
                                              {"hops", ValueType::integer},
                                              {"cause", ValueType::path},
                                              {"margin", ValueType::integer},
                                              {"margin_before", ValueType::integer}};
    static constexpr OutputColumn reach[] = {{"ci", ValueType::node}, {"hops", ValueType::integer}};
    static constexpr OutputColumn points[] = {{"ci", ValueType::node}};
    switch (kind) {
        case AnalysisKind::impact: return impact;
        case AnalysisKind::dependencies:
        case AnalysisKind::dependents: return reach;
        case AnalysisKind::single_points: return points;
    }
    return {};
}

}  // namespace

// --- queries

Query Binder::query(const syntax::Query& q, bool is_statement) {
    Query out;
    for (std::size_t i = 1; i < q.unions.size(); ++i)
        if (q.unions[i] != q.unions[0])
            throw Error{Code::invalid_clause_composition, q.parts[i + 1].span,
                        "UNION and UNION ALL cannot be mixed in one query"};
    out.union_all = !q.unions.empty() && q.unions.front() == syntax::UnionKind::all;
    const auto outside = scope_;
    const auto csv_outside = csv_;
    for (const auto& part : q.parts) {
        scope_ = outside;
        csv_ = csv_outside;
        out.parts.push_back(single_query(part, is_statement && q.parts.size() == 1, out.writes));
    }
    scope_ = outside;
    csv_ = csv_outside;
    writes_ |= out.writes;
    if (out.parts.size() == 1) {
        out.columns = out.parts.front().columns;
        return out;
    }
    const auto names_of = [](const SingleQuery& part) {
        std::vector<std::string> names;
        for (const auto& column : part.columns) names.push_back(column.name);
        return names;
    };
    auto first = names_of(out.parts.front());
    auto sorted = first;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 1; i < out.parts.size(); ++i) {
        auto names = names_of(out.parts[i]);
        std::sort(names.begin(), names.end());
        if (names != sorted)
            throw Error{Code::different_columns_in_union, q.parts[i].span,
                        "all parts of a UNION return the same columns"}
                .with_hint("name them alike with AS");
        // In the order of the first part.
        std::vector<ResultColumn> ordered;
        for (const auto& name : first)
            ordered.push_back(*std::find_if(out.parts[i].columns.begin(), out.parts[i].columns.end(),
                                            [&](const ResultColumn& c) { return c.name == name; }));
        out.parts[i].columns = std::move(ordered);
    }
    for (std::size_t c = 0; c < first.size(); ++c) {
        auto kind = info(out.parts.front().columns[c].slot).kind;
        Types types;
        for (const auto& part : out.parts) {
            if (info(part.columns[c].slot).kind != kind) kind = SlotKind::value;
            types = types | types_of(part.columns[c].slot);
        }
        out.columns.push_back({new_slot(first[c], kind, types), first[c]});
    }
    return out;
}

SingleQuery Binder::single_query(const syntax::SingleQuery& q, bool is_statement, bool& writes) {
    Sequence sequence;
    sequence.is_statement = is_statement;
    for (std::size_t i = 0; i < q.clauses.size(); ++i) {
        const auto& c = q.clauses[i];
        sequence.last = i + 1 == q.clauses.size();
        sequence.only = sequence.last && i == 0;
        if (sequence.returned)
            throw Error{Code::invalid_clause_composition, c.span, "nothing can follow RETURN"}.with_hint(
                "use WITH to go on");
        if (is_update(c)) {
            writes = true;
            if (!sequence.writes_outside) sequence.writes_outside = c.span;
            if (time_travel_)
                throw Error{Code::invalid_clause_composition, c.span, "what was cannot be changed: AS OF only reads"};
        }
        clause(c, sequence);
        sequence.after_write |= is_update(c);
        if (std::holds_alternative<syntax::With>(c.node)) sequence.after_write = false;
    }
    if (sequence.in_transactions && sequence.writes_outside)
        throw Error{Code::invalid_clause_composition, *sequence.writes_outside,
                    "in a statement with CALL { } IN TRANSACTIONS all updates stand in such braces"}
            .with_hint("put this one into a CALL { ... } IN TRANSACTIONS too, or run it as a statement of its own");
    const auto& last = q.clauses.back();
    const bool concludes = sequence.returned || is_update(last) || std::holds_alternative<syntax::Call>(last.node) ||
                           std::holds_alternative<syntax::CallSubquery>(last.node);
    if (!concludes)
        throw Error{Code::invalid_clause_composition, last.span, "a query ends with RETURN or an update"}.with_hint(
            "add RETURN ...");
    return std::move(sequence.out);
}

void Binder::clause(const syntax::Clause& c, Sequence& sequence) {
    const auto span = c.span;
    const auto put = [&](auto node) { sequence.out.clauses.push_back({span, std::move(node)}); };
    const auto needs_with = [&](const char* what) {
        if (sequence.after_write)
            throw Error{Code::invalid_clause_composition, span,
                        fmt::format("a WITH is needed between an update and {}", what)};
    };
    std::visit(
        Overload{
            [&](const syntax::Match& m) {
                needs_with("MATCH");
                match(m, span, sequence);
            },
            [&](const syntax::Unwind& u) {
                needs_with("UNWIND");
                auto list = expression(u.list, {.clause = "UNWIND"});
                if (scope_.find(u.variable.text))
                    throw Error{Code::variable_already_bound, u.variable.span,
                                fmt::format("{} is bound already", quoted(u.variable.text))};
                const auto slot = declare(u.variable.text, SlotKind::value, function::any);
                put(Unwind{list.expr, slot});
            },
            [&](const syntax::With& w) { projection(w.projection, w.where.get(), false, span, sequence); },
            [&](const syntax::Return& r) { projection(r.projection, nullptr, true, span, sequence); },
            [&](const syntax::Create& create) {
                std::vector<const syntax::PathPattern*> parts;
                for (const auto& part : create.patterns) parts.push_back(&part);
                put(Create{pattern(parts, PatternUse::create)});
            },
            [&](const syntax::Merge& m) {
                Merge out;
                const auto* part = &m.pattern;
                out.pattern = pattern(std::span(&part, 1), PatternUse::merge);
                if (says_validity(out.pattern)) {
                    // Whoever names the dates means that element, valid now or not.
                    result_.times.push_back({span, nullptr, nullptr, true, nullptr});
                    out.time = static_cast<std::uint32_t>(result_.times.size() - 1);
                }
                for (const auto& action : m.actions) {
                    auto items = set_items(action.items);
                    auto& list = action.when == syntax::MergeAction::When::created ? out.on_create : out.on_match;
                    std::move(items.begin(), items.end(), std::back_inserter(list));
                }
                put(std::move(out));
            },
            [&](const syntax::Set& s) { put(Set{set_items(s.items)}); },
            [&](const syntax::Remove& r) {
                Set out;
                for (const auto& item : r.items)
                    std::visit(Overload{[&](const syntax::RemoveProperty& p) {
                                            out.items.push_back(
                                                set_property(p.target, make(Literal{Value{}}, item.span), item.span));
                                        },
                                        [&](const syntax::RemoveLabels& l) {
                                            out.items.push_back(
                                                {item.span, RemoveLabels{resolve(l.variable.text, l.variable.span),
                                                                         written_labels(l.labels)}});
                                        }},
                               item.node);
                put(std::move(out));
            },
            [&](const syntax::Delete& d) {
                Delete out;
                out.detach = d.detach;
                for (const auto& target : d.targets) {
                    if (std::holds_alternative<syntax::LabelPredicate>(target.node))
                        throw Error{Code::invalid_delete, target.span, "DELETE takes elements, not labels"}.with_hint(
                            "use REMOVE to take a label off");
                    auto typed = expression(target, {.clause = "DELETE"});
                    require(typed, function::element | ValueType::path | ValueType::list, target.span, "DELETE");
                    out.targets.push_back(std::move(typed.expr));
                }
                put(std::move(out));
            },
            [&](const syntax::Call& call_clause) {
                needs_with("CALL");
                call(call_clause, span, sequence);
            },
            [&](const syntax::CallSubquery& call_clause) { call_subquery(call_clause, span, sequence); },
            [&](const syntax::Foreach& f) {
                Foreach out;
                auto list = expression(f.list, {.clause = "FOREACH"});
                require(list, ValueType::list, f.list.span, "FOREACH");
                out.list = list.expr;
                const auto outside = scope_;
                out.variable = declare(f.variable.text, SlotKind::value, function::any);
                Sequence body;
                for (const auto& inner : f.body) {
                    if (!is_update(inner))
                        throw Error{Code::invalid_clause_composition, inner.span,
                                    "FOREACH takes updates alone: CREATE, MERGE, SET, REMOVE, DELETE, FOREACH"};
                    clause(inner, body);
                }
                scope_ = outside;
                out.body = std::move(body.out.clauses);
                put(std::move(out));
            },
            [&](const syntax::LoadCsv& l) {
                needs_with("LOAD CSV");
                load_csv(l, span, sequence);
            },
            [&](const syntax::Analysis& a) {
                needs_with("an analysis");
                analysis(a, span, sequence);
            },
        },
        c.node);
}

void Binder::match(const syntax::Match& m, Span span, Sequence& sequence) {
    Match out;
    out.optional = m.optional;
    out.repeatable = m.mode == syntax::MatchMode::repeatable_elements;
    std::vector<const syntax::PathPattern*> parts;
    for (const auto& part : m.patterns) parts.push_back(&part);
    if (m.time) out.time = time_scope(*m.time);
    const auto mode = std::exchange(match_mode_, m.mode);
    out.pattern = pattern(parts, PatternUse::match);
    match_mode_ = mode;
    if (m.where) out.where = condition(*m.where, "WHERE");
    sequence.out.clauses.push_back({span, std::move(out)});
}

// --- SET

SetItem Binder::set_property(const syntax::Expression& target, ExprPtr value, Span span) {
    SetProperty out;
    out.value = std::move(value);
    if (const auto* p = std::get_if<syntax::Property>(&target.node)) {
        out.object = expression(*p->object, {.clause = "SET"}).expr;
        out.key = key(p->key.text);
    } else if (const auto* i = std::get_if<syntax::Index>(&target.node)) {
        out.object = expression(*i->object, {.clause = "SET"}).expr;
        out.dynamic_key = expression(*i->index, {.clause = "SET"}).expr;
    } else {
        throw Error{Code::syntax, target.span, "SET changes a property, such as n.name"};
    }
    return {span, std::move(out)};
}

std::vector<SetItem> Binder::set_items(const std::vector<syntax::SetItem>& items) {
    std::vector<SetItem> out;
    for (const auto& item : items)
        std::visit(Overload{[&](const syntax::SetProperty& s) {
                                auto value = expression(s.value, {.clause = "SET"}).expr;
                                out.push_back(set_property(s.target, std::move(value), item.span));
                            },
                            [&](const syntax::SetProperties& s) {
                                const auto slot = resolve(s.variable.text, s.variable.span);
                                auto value = expression(s.value, {.clause = "SET"});
                                require(value, function::element | ValueType::map, s.value.span, "SET");
                                out.push_back({item.span, SetProperties{slot, s.add, std::move(value.expr)}});
                            },
                            [&](const syntax::SetLabels& s) {
                                out.push_back({item.span, SetLabels{resolve(s.variable.text, s.variable.span),
                                                                    written_labels(s.labels)}});
                            }},
                   item.node);
    return out;
}

// --- CALL

void Binder::return_all(std::vector<std::pair<Slot, std::string>> columns, Span span, Sequence& sequence) {
    Project project;
    project.is_return = true;
    for (auto& [slot, name] : columns) {
        project.items.push_back({slot, make(Variable{slot}, span), name});
        sequence.out.columns.push_back({slot, std::move(name)});
    }
    sequence.returned = true;
    if (!project.items.empty()) sequence.out.clauses.push_back({span, std::move(project)});
}

void Binder::call(const syntax::Call& c, Span span, Sequence& sequence) {
    const auto wanted = lower(c.procedure.text);
    const TableProcedure* procedure = nullptr;
    std::vector<std::string> known;
    for (const auto* p : context_.procedures) {
        if (p->is_hidden()) continue;
        known.push_back(p->name);
        if (lower(p->name) == wanted) procedure = p;
    }
    if (!procedure)
        throw Error{Code::procedure_not_found, c.procedure.span,
                    fmt::format("there is no procedure {}", quoted(c.procedure.text))}
            .with_hint(nearest(c.procedure.text, known));
    const bool standalone = sequence.is_statement && sequence.only;
    CallProcedure out;
    out.optional = c.optional;
    out.procedure = procedure;
    if (c.arguments) {
        const auto most = procedure->inputs.size(), least = procedure->inputs_min();
        if (c.arguments->size() > most || c.arguments->size() < least)
            throw Error{Code::invalid_number_of_arguments, span,
                        fmt::format("{} takes {}{} argument{}, not {}", procedure->name,
                                    least == most ? "" : fmt::format("{} to ", least), most,
                                    most == 1 && least == 1 ? "" : "s", c.arguments->size())};
        for (std::size_t i = 0; i < c.arguments->size(); ++i) {
            const auto& argument = (*c.arguments)[i];
            auto typed = expression(argument, {.clause = "CALL"});
            require(typed, declared_types(procedure->inputs[i].type), argument.span, procedure->name);
            out.arguments.push_back(std::move(typed.expr));
        }
    } else {
        if (!standalone && procedure->inputs_min() > 0)
            throw Error{Code::invalid_argument_passing_mode, span,
                        fmt::format("{} needs its arguments written here", procedure->name)}
                .with_hint("arguments are taken from parameters only if the CALL is the whole statement");
        for (std::size_t i = 0; i < procedure->inputs_min(); ++i)
            out.arguments.push_back(make(Parameter{parameter(procedure->inputs[i].name, span)}, span));
    }
    for (std::size_t i = out.arguments.size(); i < procedure->inputs.size(); ++i)
        out.arguments.push_back(make(Literal{*procedure->inputs[i].default_value}, span));
    std::vector<std::pair<Slot, std::string>> columns;
    const auto output = [&](std::size_t i, const std::string& name, Span where) {
        if (scope_.find(name))
            throw Error{Code::variable_already_bound, where, fmt::format("{} is bound already", quoted(name))}
                .with_hint("rename it: YIELD ... AS name");
        const auto types = declared_types(procedure->outputs[i].type);
        const auto slot = declare(name, kind_of(types), types);
        out.outputs.push_back({static_cast<std::uint32_t>(i), slot});
        columns.emplace_back(slot, name);
    };
    if (c.yield && !c.yield->star) {
        for (const auto& item : c.yield->items) {
            const auto found = std::find_if(procedure->outputs.begin(), procedure->outputs.end(),
                                            [&](const ProcedureColumn& o) { return o.name == item.name.text; });
            if (found == procedure->outputs.end()) {
                std::vector<std::string> names;
                for (const auto& o : procedure->outputs) names.push_back(o.name);
                throw Error{Code::undefined_variable, item.name.span,
                            fmt::format("{} does not yield {}; it yields {}", procedure->name, quoted(item.name.text),
                                        fmt::join(names, ", "))}
                    .with_hint(nearest(item.name.text, names));
            }
            const auto& name = item.alias ? *item.alias : item.name;
            output(static_cast<std::size_t>(found - procedure->outputs.begin()), name.text, name.span);
        }
    } else if (standalone || (c.yield && c.yield->star)) {
        if (!standalone)
            throw Error{Code::syntax, span, "YIELD * is for a CALL that is the whole statement"}.with_hint(
                "name the columns");
        for (std::size_t i = 0; i < procedure->outputs.size(); ++i) output(i, procedure->outputs[i].name, span);
    }
    if (c.yield && c.yield->where) out.where = condition(*c.yield->where, "WHERE");
    sequence.out.clauses.push_back({span, std::move(out)});
    if (standalone) return_all(std::move(columns), span, sequence);
}

QueryPtr Binder::subquery(const syntax::Query& q, std::vector<Slot>& outer, bool may_write, SubqueryKind kind) {
    frames_.push_back({static_cast<std::uint32_t>(result_.slots.size()), {}});
    const auto outside = scope_;
    const auto csv_outside = csv_;
    auto* const aggregations = std::exchange(aggregations_, nullptr);
    const bool inside = std::exchange(inside_aggregate_, false);
    const bool wrote = std::exchange(writes_, false);
    Query out;
    // The short forms EXISTS { (a)-->(b) } and COUNT { ... } have no RETURN.
    const auto& clauses = q.parts.front().clauses;
    const bool is_short = !may_write && q.parts.size() == 1 && kind != SubqueryKind::collect &&
                          !std::holds_alternative<syntax::Return>(clauses.back().node);
    if (is_short) {
        Sequence sequence;
        for (const auto& c : clauses) {
            if (is_update(c))
                throw Error{Code::invalid_clause_composition, c.span, "a subquery in an expression only reads"};
            clause(c, sequence);
        }
        out.parts.push_back(std::move(sequence.out));
    } else {
        out = query(q, false);
        if (!may_write && out.writes)
            throw Error{Code::invalid_clause_composition, q.span, "a subquery in an expression only reads"};
        if (kind == SubqueryKind::collect && !may_write && out.columns.size() != 1)
            throw Error{Code::invalid_number_of_arguments, q.span, "COLLECT takes a query that returns one column"};
    }
    scope_ = outside;
    csv_ = csv_outside;
    aggregations_ = aggregations;
    inside_aggregate_ = inside;
    writes_ = wrote || out.writes;
    outer = std::move(frames_.back().outer);
    frames_.pop_back();
    return std::make_shared<const Query>(std::move(out));
}

void Binder::call_subquery(const syntax::CallSubquery& c, Span span, Sequence& sequence) {
    if (c.transactions) require_in_transactions_allowed(*c.transactions, sequence);
    CallSubquery out;
    out.optional = c.optional;
    const auto outside = scope_;
    if (c.imports) {
        Scope imported;
        for (const auto& name : *c.imports) imported.add(name.text, resolve(name.text, name.span));
        scope_ = imported;
    } else if (!c.import_all) {
        // CALL { WITH a, b ... }: the leading WITH names what is imported.
        const auto* with = std::get_if<syntax::With>(&c.query->parts.front().clauses.front().node);
        if (!with) scope_ = Scope{};
    }
    const bool in_batch = std::exchange(in_batch_, in_batch_ || c.transactions);
    out.query = subquery(*c.query, out.outer, true, SubqueryKind::exists);
    in_batch_ = in_batch;
    scope_ = outside;
    if (!c.transactions && out.query->writes && !sequence.writes_outside) sequence.writes_outside = span;
    out.unit = out.query->columns.empty();
    for (const auto& column : out.query->columns) {
        if (const auto known = scope_.find(column.name); known && *known != column.slot)
            throw Error{Code::variable_already_bound, span, fmt::format("{} is bound already", quoted(column.name))}
                .with_hint("give the inner column another name");
        if (!scope_.find(column.name)) scope_.add(column.name, column.slot);
    }
    if (c.transactions)
        in_transactions(std::move(out), *c.transactions, span, sequence);
    else
        sequence.out.clauses.push_back({span, std::move(out)});
}

// Each batch is a transaction, which cannot be part of another one, and the next must see what it wrote.
void Binder::require_in_transactions_allowed(const syntax::InTransactions& in, const Sequence& sequence) const {
    const auto refuse = [&](const char* why, const char* hint) -> void {
        throw Error{Code::invalid_clause_composition, in.span, why}.with_hint(hint);
    };
    if (!frames_.empty())
        refuse("CALL { } IN TRANSACTIONS cannot stand inside another subquery",
               "write it as a clause of the statement itself; the subquery can stand in its braces");
    if (!sequence.is_statement)
        refuse("CALL { } IN TRANSACTIONS cannot stand in a UNION", "run the parts as statements of their own");
    if (time_travel_) refuse("what was cannot be changed: AS OF only reads", "leave IN TRANSACTIONS out, or AS OF");
}

void Binder::in_transactions(CallSubquery call, const syntax::InTransactions& in, Span span, Sequence& sequence) {
    using OnError = syntax::InTransactions::OnError;
    CallInTransactions out;
    out.call = std::move(call);
    out.span = in.span;
    if (in.rows) {
        out.rows = count_of_rows(*in.rows, "OF ... ROWS");
        const auto* literal = std::get_if<Literal>(&out.rows->node);
        if (literal && literal->value.as_int() == 0)
            throw Error{Code::invalid_argument_value, in.rows->span, "a transaction takes 1 row or more, not 0"};
    }
    if (in.concurrency && !in.concurrent)
        throw Error{Code::syntax, in.span, "the word CONCURRENT is missing"}.with_hint(
            "write IN 4 CONCURRENT TRANSACTIONS, or IN TRANSACTIONS OF 1000 ROWS");
    out.concurrent = in.concurrent;
    if (in.concurrency) out.concurrency = count_of_rows(*in.concurrency, "CONCURRENT");
    out.on_error = in.on_error == OnError::stop      ? OnBatchError::stop
                   : in.on_error == OnError::proceed ? OnBatchError::proceed
                                                     : OnBatchError::fail;
    if (in.report) {
        if (out.on_error == OnBatchError::fail)
            throw Error{Code::invalid_clause_composition, in.report->span,
                        "REPORT STATUS has nothing to say where an error ends the statement"}
                .with_hint("add ON ERROR CONTINUE or ON ERROR BREAK");
        if (scope_.find(in.report->text))
            throw Error{Code::variable_already_bound, in.report->span,
                        fmt::format("{} is bound already", quoted(in.report->text))};
        out.report = declare(in.report->text, SlotKind::value, ValueType::map);
    }
    sequence.in_transactions = true;
    result_.in_transactions = true;
    sequence.out.clauses.push_back({span, std::move(out)});
}

// --- LOAD CSV

void Binder::load_csv(const syntax::LoadCsv& l, Span span, Sequence& sequence) {
    LoadCsv out;
    out.with_headers = l.with_headers;
    out.folders = context_.folders;
    auto url = expression(l.url, {.clause = "LOAD CSV"});
    require(url, ValueType::string, l.url.span, "LOAD CSV");
    out.url = std::move(url.expr);
    if (l.field_terminator) {
        const std::string& text = *l.field_terminator;
        const bool is_one = text.size() == 1 && static_cast<unsigned char>(text[0]) < 0x80 && text[0] != '"' &&
                            text[0] != '\n' && text[0] != '\r' && text[0] != '\0';
        if (!is_one)
            throw Error{Code::invalid_argument_value, span,
                        fmt::format("FIELDTERMINATOR is one ASCII character, no quote and no line end; {} is not",
                                    quoted(text))}
                .with_hint("such as ';' or '\\t'");
        out.delimiter = text[0];
    }
    if (scope_.find(l.variable.text))
        throw Error{Code::variable_already_bound, l.variable.span,
                    fmt::format("{} is bound already", quoted(l.variable.text))};
    out.row = declare(l.variable.text, SlotKind::value, l.with_headers ? ValueType::map : ValueType::list);
    out.line = new_slot("linenumber()", SlotKind::value, ValueType::integer);
    out.file = new_slot("file()", SlotKind::value, ValueType::string);
    csv_ = {out.line, out.file};
    sequence.out.clauses.push_back({span, std::move(out)});
}

// --- our own clauses

ExprPtr Binder::operand(const syntax::Operand& o, std::uint32_t time, Span span, Sequence& sequence) {
    if (const auto* e = std::get_if<syntax::Expression>(&o)) {
        auto typed = expression(*e, {.clause = "an analysis"});
        if (typed.kind == SlotKind::relationship || typed.kind == SlotKind::relationship_list)
            throw Error{Code::invalid_argument_type, e->span, "a relationship cannot fail or depend by itself"}
                .with_hint("name one of its nodes");
        require(typed, Types{ValueType::node} | Types{ValueType::list}, e->span, "an analysis");
        return typed.expr;
    }
    const auto& n = std::get<syntax::NodePattern>(o);
    const bool says_more = n.labels || n.properties || n.where;
    if (!says_more) {
        if (n.variable && scope_.find(n.variable->text)) {
            const auto slot = resolve(n.variable->text, n.variable->span);
            if (info(slot).kind == SlotKind::relationship)
                throw Error{Code::invalid_argument_type, n.span, "a relationship cannot fail or depend by itself"}
                    .with_hint("name one of its nodes");
            return make(Variable{slot}, n.span);
        }
        throw Error{Code::undefined_variable, n.span,
                    n.variable ? quoted(n.variable->text) + " would stand for every node of the database"
                               : "() would stand for every node of the database"}
            .with_hint("say which: (x:Class {key: value}), or MATCH it before");
    }
    // MATCH of that one node before the clause.
    Match match;
    match.time = time;
    match.pattern = single_node(n);
    const auto slot = match.pattern.nodes.front().slot;
    sequence.out.clauses.push_back({span, std::move(match)});
    return make(Variable{slot}, span);
}

void Binder::analysis(const syntax::Analysis& a, Span span, Sequence& sequence) {
    Analysis out;
    out.optional = a.optional;
    const auto not_yet = [&](const char* what) -> void {
        throw Error{Code::unsupported, span, fmt::format("{} is not executed yet", what)};
    };
    std::visit(Overload{
                   [&](const syntax::ImpactOf& i) {
                       out.kind = AnalysisKind::impact;
                       out.operand = operand(i.operand, out.time, span, sequence);
                       out.degraded = i.when == syntax::ImpactOf::When::degraded;
                       if (i.when == syntax::ImpactOf::When::parameter) out.when = constant(*i.when_parameter, "WHEN");
                       out.from_status = i.from_status;
                   },
                   [&](const syntax::Reachable& r) {
                       out.kind = r.towards == syntax::Reachable::Towards::dependencies ? AnalysisKind::dependencies
                                                                                        : AnalysisKind::dependents;
                       out.operand = operand(r.operand, out.time, span, sequence);
                       if (r.within) out.within = count_of_rows(*r.within, "WITHIN");
                   },
                   [&](const syntax::SinglePointsOfFailure& s) {
                       out.kind = AnalysisKind::single_points;
                       out.operand = operand(s.operand, out.time, span, sequence);
                   },
                   [&](const syntax::ImpactOn&) { not_yet("IMPACT ON"); },
                   [&](const syntax::HistoryOf&) { not_yet("HISTORY OF"); },
                   [&](const syntax::ChangesBetween&) { not_yet("CHANGES BETWEEN"); },
                   [&](const syntax::ProofOf&) { not_yet("PROOF OF"); },
               },
               a.kind);
    const auto all = columns_of(out.kind);
    std::vector<std::pair<Slot, std::string>> columns;
    const auto output = [&](std::size_t i, const std::string& name, Span where) {
        if (scope_.find(name))
            throw Error{Code::variable_already_bound, where, fmt::format("{} is bound already", quoted(name))}
                .with_hint("rename it: YIELD ... AS name");
        const auto slot = declare(name, kind_of(all[i].types), all[i].types);
        out.outputs.push_back({static_cast<std::uint32_t>(i), slot});
        columns.emplace_back(slot, name);
    };
    if (a.yield && !a.yield->star) {
        for (const auto& item : a.yield->items) {
            const auto found =
                std::find_if(all.begin(), all.end(), [&](const OutputColumn& o) { return o.name == item.name.text; });
            if (found == all.end()) {
                std::vector<std::string> names;
                for (const auto& o : all) names.emplace_back(o.name);
                throw Error{Code::undefined_variable, item.name.span,
                            fmt::format("this clause does not yield {}; it yields {}", quoted(item.name.text),
                                        fmt::join(names, ", "))}
                    .with_hint(nearest(item.name.text, names));
            }
            const auto& name = item.alias ? *item.alias : item.name;
            output(static_cast<std::size_t>(found - all.begin()), name.text, name.span);
        }
    } else if (a.yield || sequence.last) {
        for (std::size_t i = 0; i < all.size(); ++i) output(i, all[i].name, a.yield ? a.yield->span : span);
    } else {
        throw Error{Code::syntax, span, "what this clause finds needs names before another clause can use it"}
            .with_hint("add YIELD ci, ... or YIELD *");
    }
    if (a.yield && a.yield->where) out.where = condition(*a.yield->where, "WHERE");
    sequence.out.clauses.push_back({span, std::move(out)});
    if (sequence.last) return_all(std::move(columns), span, sequence);
}

}  // namespace mainstay::bound
