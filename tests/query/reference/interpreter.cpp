#include "query/reference/interpreter.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <set>

namespace mainstay::test::reference {
namespace {

constexpr int steps_max = 150'000;

class Interpreter {
public:
    Interpreter(const Graph& graph, Reached& reached) : graph_(graph), reached_(reached) {}

    Table query(const Query& query, const Row& given) {
        Table all;
        for (std::size_t i = 0; i < query.parts.size(); ++i) {
            Table part = single(query.parts[i], given);
            if (i == 0) {
                all = std::move(part);
                continue;
            }
            if (!all.rows.empty() && !part.rows.empty()) reach(query.union_all ? "UNION ALL of rows" : "UNION of rows");
            if (part.columns != all.columns) throw Unfit{"parts of a UNION differ"};
            all.rows.insert(all.rows.end(), part.rows.begin(), part.rows.end());
        }
        if (query.parts.size() > 1 && !query.union_all) make_distinct(all.rows);
        return all;
    }

private:
    void reach(const std::string& what) { ++reached_[what]; }

    void step() {
        if (++steps_ > steps_max) throw Unfit{"too long"};
    }

    static std::string key_of(const std::vector<Val>& values) {
        std::string key;
        for (const Val& v : values) {
            if (v.bag) throw Unfit{"a key in no order"};
            key += show(v) + "|";
        }
        return key;
    }
    static void make_distinct(std::vector<std::vector<Val>>& rows) {
        std::set<std::string> seen;
        std::erase_if(rows, [&](const auto& row) { return !seen.insert(key_of(row)).second; });
    }

    static const Val* find(const Row& row, const std::string& name) {
        for (auto at = row.rbegin(); at != row.rend(); ++at)
            if (at->first == name) return &at->second;
        return nullptr;
    }

    // --- clauses

    Table single(const Single& clauses, const Row& given) {
        std::vector<Row> rows{given};
        for (const Clause& c : clauses) {
            std::vector<Row> next;
            switch (c.kind) {
                case Clause::Kind::match:
                case Clause::Kind::optional_match:
                    for (const Row& row : rows) match_row(c, row, next);
                    break;
                case Clause::Kind::unwind:
                    for (const Row& row : rows) {
                        const Val values = value(*c.list, row);
                        if (values.is_null()) continue;
                        const auto items = values.kind == Val::Kind::list ? values.items : std::vector<Val>{values};
                        for (const Val& item : items) {
                            step();
                            next.push_back(row);
                            next.back().emplace_back(c.name, item);
                        }
                    }
                    if (!next.empty()) reach("UNWIND");
                    break;
                case Clause::Kind::call:
                    for (const Row& row : rows) {
                        Row imported;
                        for (const std::string& name : c.imports) {
                            const Val* v = find(row, name);
                            if (!v) throw Unfit{"no " + name};
                            imported.emplace_back(name, *v);
                        }
                        const Table inner = query(*c.inner, imported);
                        for (const auto& values : inner.rows) {
                            step();
                            next.push_back(row);
                            for (std::size_t i = 0; i < values.size(); ++i)
                                next.back().emplace_back(inner.columns[i], values[i]);
                        }
                    }
                    if (!next.empty()) reach("CALL (...) {...}");
                    break;
                case Clause::Kind::with: {
                    const Table table = project(c, rows);
                    for (const auto& values : table.rows) {
                        Row row;
                        for (std::size_t i = 0; i < values.size(); ++i) row.emplace_back(table.columns[i], values[i]);
                        if (is_true(c.where, row)) next.push_back(std::move(row));
                    }
                    if (c.where && !next.empty()) reach("WITH ... WHERE");
                    break;
                }
                case Clause::Kind::give: {
                    if (&c != &clauses.back()) throw Unfit{"RETURN in the middle"};
                    return project(c, rows);
                }
            }
            rows = std::move(next);
        }
        if (clauses.empty() || clauses.back().kind != Clause::Kind::match) throw Unfit{"no RETURN"};
        Table table;  // of EXISTS and COUNT: the rows of a MATCH
        table.rows.resize(rows.size());
        return table;
    }

    void match_row(const Clause& c, const Row& row, std::vector<Row>& out) {
        std::vector<std::string> names;
        const auto name = [&](const std::string& n) {
            if (!n.empty() && !find(row, n) && std::find(names.begin(), names.end(), n) == names.end())
                names.push_back(n);
        };
        for (const Part& part : c.parts) {
            name(part.path);
            for (const NodePattern& node : part.nodes) name(node.name);
            for (const RelPattern& rel : part.rels) name(rel.name);
        }
        bool found = false;
        Matcher matcher{*this, c};
        matcher.run(row, [&](const Row& match) {
            if (!is_true(c.where, match)) return;
            Row kept = row;
            for (const std::string& n : names) kept.emplace_back(n, *find(match, n));
            out.push_back(std::move(kept));
            found = true;
        });
        const bool optional = c.kind == Clause::Kind::optional_match;
        if (found) {
            reach(optional ? "OPTIONAL MATCH with a match" : "MATCH");
            for (const Part& part : c.parts) {
                if (!part.path.empty()) reach("named path");
                for (const NodePattern& node : part.nodes) {
                    if (!node.properties.empty()) reach("properties of a node pattern");
                    if (node.where) reach("WHERE in a node pattern");
                    if (!node.name.empty() && find(row, node.name)) reach("node bound before");
                    if (node.labels.op > Labels::Op::name) reach("label expression");
                }
                for (const RelPattern& rel : part.rels) {
                    if (!rel.properties.empty()) reach("properties of a relationship pattern");
                    if (rel.where) reach("WHERE in a relationship pattern");
                    if (!rel.name.empty() && find(row, rel.name)) reach("relationship bound before");
                    if (rel.types.size() > 1) reach("several types");
                    for (const std::string& type : rel.types)
                        if (type.size() > 1) reach(type);
                }
            }
            if (c.parts.size() > 1) reach("several patterns");
            if (c.where) reach(optional ? "OPTIONAL MATCH ... WHERE" : "MATCH ... WHERE");
            return;
        }
        if (!optional) return;
        reach("OPTIONAL MATCH without a match");
        out.push_back(row);
        for (const std::string& n : names) out.back().emplace_back(n, Val{});
    }

    // --- patterns

    class Matcher {
    public:
        using Next = std::function<void()>;
        Matcher(Interpreter& in, const Clause& clause) : in_(in), clause_(clause) {}

        void run(const Row& row, const std::function<void(const Row&)>& found) {
            row_ = row;
            found_ = &found;
            part(0);
        }

    private:
        // One relationship pattern of the match and what it took, to be looked at in the end.
        struct Taken {
            const RelPattern* pattern;
            std::vector<std::size_t> rels;
        };

        void part(std::size_t p) {
            if (p == clause_.parts.size()) return complete();
            const Part& part = clause_.parts[p];
            const std::vector<Val> path = path_;
            for (std::size_t n = 0; n < in_.graph_.nodes.size(); ++n) {
                path_ = {node(n)};
                at_node(part, 0, n, [&] { with(part.path, path_value(), [&] { this->part(p + 1); }); });
            }
            path_ = path;
        }

        Val path_value() const {
            Val v;
            v.kind = Val::Kind::path;
            v.items = path_;
            return v;
        }

        // `next` with a name bound, if it may have that value.
        void with(const std::string& name, const Val& v, const Next& next) {
            if (name.empty()) return next();
            if (const Val* known = find(row_, name)) {
                if (known->kind == v.kind && show(*known) == show(v)) next();
                return;
            }
            row_.emplace_back(name, v);
            next();
            row_.pop_back();
        }

        void at_node(const Part& part, std::size_t i, std::size_t n, const Next& done) {
            in_.step();
            const NodePattern& pattern = part.nodes[i];
            with(pattern.name, node(n), [&] {
                nodes_.emplace_back(&pattern, n);
                if (i == part.rels.size())
                    done();
                else
                    follow(part, i, n, done);
                nodes_.pop_back();
            });
        }

        void follow(const Part& part, std::size_t i, std::size_t n, const Next& done) {
            const RelPattern& pattern = part.rels[i];
            taken_.push_back({&pattern, {}});
            const std::size_t own = taken_.size() - 1;
            if (pattern.length == RelPattern::Length::one) {
                hop(pattern, n, [&](std::size_t r, std::size_t to) {
                    taken_[own].rels = {r};
                    with(pattern.name, rel(r), [&] { at_node(part, i + 1, to, done); });
                });
            } else {
                repeat(part, i, n, own, done);
            }
            taken_.pop_back();
        }

        void repeat(const Part& part, std::size_t i, std::size_t n, std::size_t own, const Next& done) {
            const RelPattern& pattern = part.rels[i];
            const auto count = static_cast<int>(taken_[own].rels.size());
            if (count >= pattern.min) {
                Val rels = list({});
                for (const std::size_t r : taken_[own].rels) rels.items.push_back(rel(r));
                with(pattern.name, rels, [&] { at_node(part, i + 1, n, done); });
            }
            if (pattern.max >= 0 && count >= pattern.max) return;
            hop(pattern, n, [&](std::size_t r, std::size_t to) {
                taken_[own].rels.push_back(r);
                repeat(part, i, to, own, done);
                taken_[own].rels.pop_back();
            });
        }

        bool allows(const RelPattern& pattern, const Graph::Rel& rel, bool forward) const {
            const auto one_way = [&](bool along) {
                if (pattern.types.empty()) return along;
                return std::any_of(pattern.types.begin(), pattern.types.end(),
                                   [&](const std::string& type) { return in_.graph_.allows(rel, type, along); });
            };
            switch (pattern.way) {
                case RelPattern::Way::right: return one_way(forward);
                case RelPattern::Way::left: return one_way(!forward);
                case RelPattern::Way::both: return one_way(true) || one_way(false);
            }
            return false;
        }

        void hop(const RelPattern& pattern, std::size_t n, const std::function<void(std::size_t, std::size_t)>& next) {
            for (std::size_t r = 0; r < in_.graph_.rels.size(); ++r) {
                const Graph::Rel& rel = in_.graph_.rels[r];
                if (std::find(used_.begin(), used_.end(), r) != used_.end()) continue;
                const auto travel = [&](std::size_t to) {
                    in_.step();
                    used_.push_back(r);
                    path_.push_back(reference::rel(r));
                    path_.push_back(node(to));
                    next(r, to);
                    path_.resize(path_.size() - 2);
                    used_.pop_back();
                };
                const bool forward = rel.from == n && allows(pattern, rel, true);
                const bool backward = rel.to == n && allows(pattern, rel, false);
                if (forward) travel(rel.to);
                if (backward && !(forward && rel.from == rel.to)) travel(rel.from);
            }
        }

        void complete() {
            in_.step();
            for (const auto& [pattern, n] : nodes_) {
                if (!in_.has_labels(n, pattern->labels)) return;
                if (!fits(pattern->properties, in_.graph_.nodes[n].properties)) return;
                if (!in_.is_true(pattern->where, row_)) return;
            }
            for (const Taken& taken : taken_) {
                for (const std::size_t r : taken.rels) {
                    if (!fits(taken.pattern->properties, in_.graph_.rels[r].properties)) return;
                    Row row = row_;
                    if (taken.pattern->where) row.emplace_back(taken.pattern->name, rel(r));
                    if (!in_.is_true(taken.pattern->where, row)) return;
                }
            }
            for (const Taken& taken : taken_)
                if (taken.pattern->length != RelPattern::Length::one && taken.rels.size() != 1)
                    in_.reach(taken.rels.empty() ? "variable length 0" : "variable length 2 and more");
            (*found_)(row_);
        }

        bool fits(const Properties& wanted, const std::map<std::string, Val>& properties) const {
            return std::all_of(wanted.begin(), wanted.end(), [&](const auto& one) {
                const auto found = properties.find(one.first);
                const Val own = found == properties.end() ? Val{} : found->second;
                return equal(own, in_.value(*one.second, row_)).value_or(false);
            });
        }

        Interpreter& in_;
        const Clause& clause_;
        Row row_;
        std::vector<Val> path_;
        std::vector<std::size_t> used_;
        std::vector<std::pair<const NodePattern*, std::size_t>> nodes_;
        std::vector<Taken> taken_;
        const std::function<void(const Row&)>* found_ = nullptr;
    };

    bool has_labels(std::size_t n, const Labels& labels) const {
        switch (labels.op) {
            case Labels::Op::none: return true;
            case Labels::Op::name: return graph_.has_label(n, labels.name);
            case Labels::Op::both: return has_labels(n, labels.operands[0]) && has_labels(n, labels.operands[1]);
            case Labels::Op::either: return has_labels(n, labels.operands[0]) || has_labels(n, labels.operands[1]);
            case Labels::Op::inverse: return !has_labels(n, labels.operands[0]);
            case Labels::Op::any: return !graph_.nodes[n].labels.empty();
        }
        return false;
    }

    // --- projection

    Table project(const Clause& c, const std::vector<Row>& rows) {
        Table table;
        for (const Item& item : c.items) table.columns.push_back(item.name);
        // Each with the row in which its sort keys are evaluated.
        std::vector<std::pair<std::vector<Val>, Row>> made;
        const bool aggregated =
            std::any_of(c.items.begin(), c.items.end(), [](const Item& i) { return has_aggregate(*i.expression); });
        if (aggregated) {
            group(c, rows, made);
        } else {
            for (const Row& row : rows) {
                step();
                made.emplace_back();
                for (const Item& item : c.items) made.back().first.push_back(value(*item.expression, row));
                if (!c.distinct) made.back().second = row;
            }
        }
        if (c.distinct) {
            const std::size_t before = made.size();
            std::set<std::string> seen;
            std::erase_if(made, [&](const auto& one) { return !seen.insert(key_of(one.first)).second; });
            if (made.size() < before) reach("DISTINCT that drops rows");
        }
        for (auto& [values, row] : made)
            for (std::size_t i = 0; i < values.size(); ++i) row.emplace_back(c.items[i].name, values[i]);
        sort(c, made);
        const std::size_t skip = std::min<std::size_t>(static_cast<std::size_t>(c.skip.value_or(0)), made.size());
        std::size_t end = made.size();
        if (c.limit) end = std::min(end, skip + static_cast<std::size_t>(*c.limit));
        if (skip > 0) reach("SKIP that drops rows");
        if (end < made.size()) reach("LIMIT that drops rows");
        for (std::size_t i = skip; i < end; ++i) table.rows.push_back(std::move(made[i].first));
        return table;
    }

    void sort(const Clause& c, std::vector<std::pair<std::vector<Val>, Row>>& made) {
        if (c.order.empty()) return;
        std::vector<std::pair<std::vector<Val>, std::size_t>> keys;
        for (std::size_t i = 0; i < made.size(); ++i) {
            keys.emplace_back(std::vector<Val>{}, i);
            for (const SortKey& key : c.order) {
                Val v = value(*key.expression, made[i].second);
                if (v.bag || v.kind >= Val::Kind::node) throw Unfit{"no order of that is told"};
                keys.back().first.push_back(std::move(v));
            }
        }
        std::stable_sort(keys.begin(), keys.end(), [&](const auto& a, const auto& b) {
            for (std::size_t i = 0; i < c.order.size(); ++i) {
                const int o = order(a.first[i], b.first[i]);
                if (o != 0) return c.order[i].descending ? o > 0 : o < 0;
            }
            return false;
        });
        std::vector<std::pair<std::vector<Val>, Row>> sorted;
        for (const auto& key : keys) sorted.push_back(std::move(made[key.second]));
        if (made.size() > 1) reach("ORDER BY of several rows");
        made = std::move(sorted);
    }

    void group(const Clause& c, const std::vector<Row>& rows, std::vector<std::pair<std::vector<Val>, Row>>& made) {
        std::map<std::string, std::vector<const Row*>> groups;
        bool keyed = false;
        for (const Item& item : c.items) keyed = keyed || !has_aggregate(*item.expression);
        for (const Row& row : rows) {
            step();
            std::vector<Val> key;
            for (const Item& item : c.items)
                if (!has_aggregate(*item.expression)) key.push_back(value(*item.expression, row));
            groups[key_of(key)].push_back(&row);
        }
        if (groups.empty() && !keyed) groups[""];
        if (keyed && groups.size() > 1) reach("several groups");
        for (const auto& [key, members] : groups) {
            group_ = &members;
            made.emplace_back();
            for (const Item& item : c.items) {
                const auto* members_of = group_;
                made.back().first.push_back(value(*item.expression, members.empty() ? Row{} : *members.front()));
                group_ = members_of;
            }
            group_ = nullptr;
        }
    }

    static Val bag(std::vector<Val> items) {
        Val v = list(std::move(items));
        v.bag = true;
        return v;
    }

    Val aggregate(const Expr& e) {
        if (!group_) throw Unfit{"an aggregate outside of a projection"};
        const std::vector<const Row*> members = *group_;
        const auto* group = std::exchange(group_, nullptr);
        std::vector<Val> values;
        if (e.args.empty()) values.resize(members.size());
        std::set<std::string> seen;
        if (!e.args.empty()) {
            for (const Row* row : members) {
                Val v = value(*e.args[0], *row);
                if (v.is_null()) continue;
                if (e.distinct && !seen.insert(show(v)).second) continue;
                values.push_back(std::move(v));
            }
        }
        group_ = group;
        if (values.size() > 1) reach(e.name + (e.distinct ? "(DISTINCT ...)" : "(...)"));
        if (e.name == "count") return integer(static_cast<std::int64_t>(values.size()));
        if (e.name == "collect") return bag(std::move(values));
        if (values.empty()) return e.name == "sum" ? integer(0) : Val{};
        if (e.name == "min" || e.name == "max") {
            const auto below = [](const Val& a, const Val& b) { return order(a, b) < 0; };
            return e.name == "min" ? *std::min_element(values.begin(), values.end(), below)
                                   : *std::max_element(values.begin(), values.end(), below);
        }
        bool whole = true;
        std::int64_t sum = 0;
        double total = 0;
        for (const Val& v : values) {
            if (!v.is_number()) throw Unfit{"a sum of what is no number"};
            whole = whole && v.kind == Val::Kind::integer;
            if (__builtin_add_overflow(sum, v.i, &sum)) throw Unfit{"overflow"};
            total += v.number();
        }
        if (e.name == "avg") return floating(total / static_cast<double>(values.size()));
        return whole ? integer(sum) : floating(total);
    }

    // --- expressions

    bool is_true(const ExprPtr& e, const Row& row) { return !e || to_ternary(value(*e, row)).value_or(false); }

    Val value(const Expr& e, const Row& row) {
        step();
        using Kind = Expr::Kind;
        const auto arg = [&](std::size_t i) { return value(*e.args[i], row); };
        switch (e.kind) {
            case Kind::literal:
            case Kind::parameter: return e.value;
            case Kind::variable: {
                const Val* v = find(row, e.name);
                if (!v) throw Unfit{"no " + e.name};
                return *v;
            }
            case Kind::property: {
                const Val object = arg(0);
                if (object.is_null()) return {};
                const auto number = static_cast<std::size_t>(object.i);
                if (object.kind != Val::Kind::node && object.kind != Val::Kind::rel) throw Unfit{"no element"};
                const auto& properties = object.kind == Val::Kind::node ? graph_.nodes.at(number).properties
                                                                        : graph_.rels.at(number).properties;
                const auto found = properties.find(e.name);
                return found == properties.end() ? Val{} : found->second;
            }
            case Kind::label_test: {
                const Val object = arg(0);
                if (object.is_null()) return {};
                if (object.kind != Val::Kind::node) throw Unfit{"no node"};
                return boolean(graph_.has_label(static_cast<std::size_t>(object.i), e.name));
            }
            case Kind::binary: return binary(e.name, arg(0), arg(1));
            case Kind::chain: return logical("AND", binary("<", arg(0), arg(1)), binary("<=", arg(1), arg(2)));
            case Kind::negation: {
                const auto t = to_ternary(arg(0));
                return t ? boolean(!*t) : Val{};
            }
            case Kind::minus: return binary("-", integer(0), arg(0));
            case Kind::is_null: return boolean(arg(0).is_null());
            case Kind::is_not_null: return boolean(!arg(0).is_null());
            case Kind::list: {
                Val v = list({});
                for (std::size_t i = 0; i < e.args.size(); ++i) v.items.push_back(arg(i));
                return v;
            }
            case Kind::index: return index(arg(0), arg(1));
            case Kind::slice: return slice(arg(0), arg(1), arg(2));
            case Kind::simple_case: return equal(arg(0), arg(1)).value_or(false) ? arg(2) : arg(3);
            case Kind::searched_case: return to_ternary(arg(0)).value_or(false) ? arg(1) : arg(2);
            case Kind::comprehension: return comprehension(e, row);
            case Kind::quantifier: return quantifier(e, row);
            case Kind::function: return function(e, row);
            case Kind::aggregate: return aggregate(e);
            case Kind::exists:
            case Kind::pattern: {
                const bool any = !query(*e.query, row).rows.empty();
                reach(std::string(e.kind == Kind::exists ? "EXISTS" : "pattern predicate") +
                      (any ? " true" : " false"));
                return boolean(any);
            }
            case Kind::count: {
                const std::size_t rows = query(*e.query, row).rows.size();
                if (rows > 0) reach("COUNT {} of rows");
                return integer(static_cast<std::int64_t>(rows));
            }
            case Kind::collect: {
                Val v = bag({});
                for (auto& cells : query(*e.query, row).rows) {
                    if (cells.size() != 1) throw Unfit{"COLLECT of no column"};
                    v.items.push_back(cells[0]);
                }
                if (!v.items.empty()) reach("COLLECT {} of rows");
                return v;
            }
            case Kind::pattern_list: {
                std::vector<Row> rows;
                match_row(e.query->parts[0][0], row, rows);
                Val v = bag({});
                for (const Row& match : rows) v.items.push_back(value(*e.args[0], match));
                if (!v.items.empty()) reach("pattern comprehension");
                return v;
            }
        }
        throw Unfit{"no such expression"};
    }

    static Val logical(const std::string& op, const Val& a, const Val& b) {
        const auto x = to_ternary(a), y = to_ternary(b);
        const bool decisive = op == "OR";
        if (op == "XOR") return x && y ? boolean(*x != *y) : Val{};
        if ((x && *x == decisive) || (y && *y == decisive)) return boolean(decisive);
        return x && y ? boolean(!decisive) : Val{};
    }

    Val binary(const std::string& op, const Val& a, const Val& b) {
        if (op == "AND" || op == "OR" || op == "XOR") return logical(op, a, b);
        if ((a.bag || b.bag) && op != "IN" && op != "+") throw Unfit{"a list in no order"};
        if (op == "=") return from_ternary(equal(a, b));
        if (op == "<>") {
            const auto same = equal(a, b);
            return same ? boolean(!*same) : Val{};
        }
        if (op == "<" || op == "<=" || op == ">" || op == ">=") {
            const auto o = compare(a, b);
            if (!o) return {};
            return boolean(op == "<" ? *o < 0 : op == "<=" ? *o <= 0 : op == ">" ? *o > 0 : *o >= 0);
        }
        if (op == "IN") return is_in(a, b);
        if (op.ends_with("WITH") || op == "CONTAINS") {
            if (a.kind != Val::Kind::text || b.kind != Val::Kind::text) return {};
            if (op == "STARTS WITH") return boolean(a.s.starts_with(b.s));
            if (op == "ENDS WITH") return boolean(a.s.ends_with(b.s));
            return boolean(a.s.find(b.s) != std::string::npos);
        }
        return arithmetic(op, a, b);
    }

    static Val is_in(const Val& item, const Val& values) {
        if (values.is_null()) return {};
        if (values.kind != Val::Kind::list) throw Unfit{"IN no list"};
        bool unknown = false;
        for (const Val& one : values.items) {
            const auto same = equal(item, one);
            if (same && *same) return boolean(true);
            unknown = unknown || !same;
        }
        return unknown ? Val{} : boolean(false);
    }

    static Val arithmetic(const std::string& op, const Val& a, const Val& b) {
        if (a.is_null() || b.is_null()) return {};
        if (op == "+" && a.kind == Val::Kind::text && b.kind == Val::Kind::text) {
            if (a.s.size() + b.s.size() > 200) throw Unfit{"a long text"};
            return text(a.s + b.s);
        }
        if (op == "+" && a.kind == Val::Kind::list && b.kind == Val::Kind::list) {
            Val v = a;
            v.bag = a.bag || b.bag;
            v.items.insert(v.items.end(), b.items.begin(), b.items.end());
            if (v.items.size() > 200) throw Unfit{"a long list"};
            return v;
        }
        if (!a.is_number() || !b.is_number()) throw Unfit{"no number"};
        if (a.kind == Val::Kind::integer && b.kind == Val::Kind::integer) {
            std::int64_t out = 0;
            bool bad = false;
            if (op == "+") bad = __builtin_add_overflow(a.i, b.i, &out);
            if (op == "-") bad = __builtin_sub_overflow(a.i, b.i, &out);
            if (op == "*") bad = __builtin_mul_overflow(a.i, b.i, &out);
            if (op == "/" || op == "%") {
                if (b.i == 0 || b.i == -1) throw Unfit{"division"};
                out = op == "/" ? a.i / b.i : a.i % b.i;
            }
            if (bad || out > (std::int64_t{1} << 52) || out < -(std::int64_t{1} << 52)) throw Unfit{"overflow"};
            return integer(out);
        }
        const double x = a.number(), y = b.number();
        if (op == "+") return floating(x + y);
        if (op == "-") return floating(x - y);
        if (op == "*") return floating(x * y);
        throw Unfit{"division"};
    }

    static Val index(const Val& values, const Val& at) {
        if (values.is_null() || at.is_null()) return {};
        if (values.kind != Val::Kind::list || values.bag || at.kind != Val::Kind::integer) throw Unfit{"no list"};
        const auto size = static_cast<std::int64_t>(values.items.size());
        const std::int64_t i = at.i < 0 ? at.i + size : at.i;
        return i < 0 || i >= size ? Val{} : values.items[static_cast<std::size_t>(i)];
    }

    static Val slice(const Val& values, const Val& from, const Val& to) {
        if (values.is_null() || from.is_null() || to.is_null()) return {};
        if (values.kind != Val::Kind::list || values.bag) throw Unfit{"no list"};
        const auto size = static_cast<std::int64_t>(values.items.size());
        const auto place = [&](std::int64_t i) { return std::clamp<std::int64_t>(i < 0 ? i + size : i, 0, size); };
        Val v = list({});
        for (std::int64_t i = place(from.i); i < place(to.i); ++i)
            v.items.push_back(values.items[static_cast<std::size_t>(i)]);
        return v;
    }

    Val comprehension(const Expr& e, const Row& row) {
        const Val values = value(*e.args[0], row);
        if (values.is_null()) return {};
        if (values.kind != Val::Kind::list) throw Unfit{"no list"};
        Val out = list({});
        out.bag = values.bag;
        for (const Val& item : values.items) {
            Row inner = row;
            inner.emplace_back(e.name, item);
            if (!is_true(e.args[1], inner)) continue;
            out.items.push_back(e.args[2] ? value(*e.args[2], inner) : item);
        }
        if (!out.items.empty()) reach("list comprehension");
        return out;
    }

    Val quantifier(const Expr& e, const Row& row) {
        const Val values = value(*e.args[0], row);
        if (values.is_null()) return {};
        if (values.kind != Val::Kind::list) throw Unfit{"no list"};
        int yes = 0, unknown = 0;
        for (const Val& item : values.items) {
            Row inner = row;
            inner.emplace_back(e.name, item);
            const auto t = to_ternary(value(*e.args[1], inner));
            if (!t) ++unknown;
            if (t && *t) ++yes;
        }
        const int no = static_cast<int>(values.items.size()) - yes - unknown;
        reach(e.function + "(... IN ...)");
        if (e.function == "all") return no > 0 ? boolean(false) : unknown > 0 ? Val{} : boolean(true);
        if (e.function == "any") return yes > 0 ? boolean(true) : unknown > 0 ? Val{} : boolean(false);
        if (e.function == "none") return yes > 0 ? boolean(false) : unknown > 0 ? Val{} : boolean(true);
        if (yes > 1) return boolean(false);  // single
        return unknown > 0 ? Val{} : boolean(yes == 1);
    }

    Val function(const Expr& e, const Row& row) {
        if (e.name == "coalesce") {
            for (const ExprPtr& arg : e.args)
                if (Val v = value(*arg, row); !v.is_null()) return v;
            return {};
        }
        const Val v = value(*e.args[0], row);
        if (e.name == "range") {
            const Val end = value(*e.args[1], row);
            if (v.is_null() || end.is_null()) throw Unfit{"range of null"};
            if (end.i - v.i > 50) throw Unfit{"a long list"};
            Val out = list({});
            for (std::int64_t i = v.i; i <= end.i; ++i) out.items.push_back(integer(i));
            return out;
        }
        if (v.is_null()) return {};
        if (e.name == "size") {
            if (v.kind == Val::Kind::text) return integer(static_cast<std::int64_t>(v.s.size()));
            if (v.kind == Val::Kind::list) return integer(static_cast<std::int64_t>(v.items.size()));
        }
        if (e.name == "abs" && v.kind == Val::Kind::integer) return integer(v.i < 0 ? -v.i : v.i);
        if (e.name == "toString" && v.kind == Val::Kind::integer) return text(std::to_string(v.i));
        if (v.kind == Val::Kind::rel) {
            const Graph::Rel& rel = graph_.rels.at(static_cast<std::size_t>(v.i));
            if (e.name == "type") return text(rel.type);
            if (e.name == "startNode") return node(rel.from);
            if (e.name == "endNode") return node(rel.to);
        }
        if (v.kind == Val::Kind::path) {
            if (e.name == "length") return integer(static_cast<std::int64_t>(v.items.size() / 2));
            const auto kind = e.name == "nodes" ? Val::Kind::node : Val::Kind::rel;
            Val out = list({});
            for (const Val& item : v.items)
                if (item.kind == kind) out.items.push_back(item);
            return out;
        }
        throw Unfit{e.name};
    }

    const Graph& graph_;
    Reached& reached_;
    int steps_ = 0;
    const std::vector<const Row*>* group_ = nullptr;
};

}  // namespace

Table interpret(const Graph& graph, const Query& query, Reached& reached) {
    return Interpreter{graph, reached}.query(query, {});
}

}  // namespace mainstay::test::reference
