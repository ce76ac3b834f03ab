#include "query/reference/generator.hpp"

#include <algorithm>
#include <set>

namespace mainstay::test::reference {
namespace {

enum class Type : std::uint8_t { integer, floating, text, boolean, integers, node, rel, rels, path, bag };

struct Variable {
    std::string name;
    Type type;
};
using Scope = std::vector<Variable>;
using Kind = Expr::Kind;

ExprPtr make(Expr e) { return std::make_shared<const Expr>(std::move(e)); }
ExprPtr make(Kind kind, std::vector<ExprPtr> args, std::string name = {}) {
    Expr e;
    e.kind = kind;
    e.args = std::move(args);
    e.name = std::move(name);
    return make(std::move(e));
}
ExprPtr literal_of(Val v) {
    Expr e;
    e.value = std::move(v);
    return make(std::move(e));
}
ExprPtr variable(const std::string& name) { return make(Kind::variable, {}, name); }
ExprPtr property(const std::string& name, const std::string& key) {
    return make(Kind::property, {variable(name)}, key);
}
ExprPtr binary(const std::string& op, ExprPtr a, ExprPtr b) {
    return make(Kind::binary, {std::move(a), std::move(b)}, op);
}

class Generator {
public:
    Generator(Random& random, bool with_model) : random_(random), with_model_(with_model) {}

    Query whole() {
        Query query;
        if (chance(75)) {
            query.parts.push_back(single({}, {}, true));
            return query;
        }
        query.union_all = chance(50);
        Scope columns;
        for (int i = 1 + below(2); i > 0; --i)
            columns.push_back({fresh("c"), columns_[static_cast<std::size_t>(below(6))]});
        for (int i = 2 + below(2) / 2; i > 0; --i) query.parts.push_back(single({}, columns, false));
        return query;
    }

private:
    int below(int limit) { return reference::below(random_, limit); }
    bool chance(int percent) { return reference::chance(random_, percent); }
    std::string pick(std::initializer_list<const char*> of) {
        return *(of.begin() + below(static_cast<int>(of.size())));
    }
    std::string fresh(const char* prefix) { return prefix + std::to_string(names_++); }

    static std::vector<std::string> named(const Scope& scope, Type type) {
        std::vector<std::string> names;
        for (const Variable& v : scope)
            if (v.type == type) names.push_back(v.name);
        return names;
    }
    std::string any_of(const std::vector<std::string>& names) {
        return names[static_cast<std::size_t>(below(static_cast<int>(names.size())))];
    }

    // --- clauses

    // `wanted`: its columns, if others have the same.
    Single single(Scope scope, const Scope& wanted, bool outermost) {
        Single clauses;
        bool optional_before = false;
        const int count = 1 + below(outermost ? 4 : 2);
        for (int i = 0; i < count; ++i) {
            const int what = below(100);
            Clause c;
            if (what < 45 && !optional_before) {
                c = match(scope, false);
            } else if (what < 66) {
                c = match(scope, i > 0);
            } else if (what < 76) {
                c.kind = Clause::Kind::unwind;
                const auto bags = named(scope, Type::bag);
                c.list = !bags.empty() && chance(60) ? variable(any_of(bags)) : expr(Type::integers, scope, 2);
                c.name = fresh("u");
                scope.push_back({c.name, Type::integer});
            } else if (what < 92 || depth_ > 0) {
                if (scope.empty()) continue;
                c = project(Clause::Kind::with, scope, {});
            } else {
                c = call(scope);
            }
            optional_before = c.kind == Clause::Kind::optional_match;
            // MATCH after OPTIONAL MATCH needs a WITH in openCypher 9.
            if (optional_before && i + 1 < count && chance(30)) {
                clauses.push_back(std::move(c));
                c = project(Clause::Kind::with, scope, {});
                optional_before = false;
            }
            clauses.push_back(std::move(c));
        }
        if (scope.empty()) clauses.push_back(match(scope, false));
        clauses.push_back(project(Clause::Kind::give, scope, wanted));
        return clauses;
    }

    Clause call(Scope& scope) {
        Clause c;
        c.kind = Clause::Kind::call;
        Scope inner;
        for (const Variable& v : scope)
            if (chance(60)) {
                inner.push_back(v);
                c.imports.push_back(v.name);
            }
        ++depth_;
        Query query;
        const Type type = columns_[static_cast<std::size_t>(below(6))];
        query.union_all = chance(50);
        const std::string name = fresh("k");
        for (int i = chance(25) ? 2 : 1; i > 0; --i) {
            query.parts.push_back(single(inner, {{name, type}}, false));
        }
        --depth_;
        scope.push_back({name, type});
        c.inner = std::make_shared<const Query>(std::move(query));
        return c;
    }

    Clause match(Scope& scope, bool optional) {
        Clause c;
        c.kind = optional ? Clause::Kind::optional_match : Clause::Kind::match;
        Scope inside = scope;
        const auto used = std::exchange(used_, {});
        const int parts = optional || chance(70) ? 1 : 2;
        bool long_used = false;
        for (int i = 0; i < parts; ++i) {
            Part part = pattern(scope, inside, long_used);
            if (chance(15)) {
                part.path = fresh("p");
                inside.push_back({part.path, Type::path});
            }
            c.parts.push_back(std::move(part));
        }
        if (chance(optional ? 25 : 45)) c.where = condition(inside, 3);
        used_ = used;
        scope = inside;
        return c;
    }

    // A part that may use what is in `outer` in its conditions, and adds its names to `inside`.
    Part pattern(const Scope& outer, Scope& inside, bool& long_used) {
        Part part;
        const int rels = chance(25) ? 0 : chance(65) ? 1 : 2;
        part.nodes.push_back(node_pattern(outer, inside));
        for (int i = 0; i < rels; ++i) {
            part.rels.push_back(rel_pattern(outer, inside, long_used));
            part.nodes.push_back(node_pattern(outer, inside));
        }
        return part;
    }

    NodePattern node_pattern(const Scope& outer, Scope& inside) {
        NodePattern node;
        const auto known = named(inside, Type::node);
        if (!known.empty() && chance(40)) {
            node.name = any_of(known);
        } else if (chance(75)) {
            node.name = fresh("n");
            inside.push_back({node.name, Type::node});
        }
        if (chance(35)) node.labels = labels(1);
        if (chance(12)) {  // what an index may find
            node.labels = labels(0);
            const std::string key = pick({"x", "x", "y", "id"});
            ExprPtr value = constant(integer(below(4)));
            if (node.name.empty() || chance(50))
                node.properties.emplace_back(key, std::move(value));
            else if (chance(30))
                node.where =
                    binary(pick({"STARTS WITH", "="}), property(node.name, "s"), constant(text(pick({"a", "b"}))));
            else if (chance(30))
                node.where = binary("IN", property(node.name, key), closed_list(outer, 1));
            else
                node.where = binary(pick({"<", "<=", ">", ">="}), property(node.name, key), std::move(value));
            return node;
        }
        if (chance(12)) node.properties.emplace_back(pick({"x", "y"}), expr(Type::integer, outer, 1));
        if (chance(4)) node.properties.emplace_back("s", expr(Type::text, outer, 1));
        if (chance(8) && !node.name.empty()) {
            Scope own = outer;
            own.push_back({node.name, Type::node});
            node.where = condition(own, 2);
        }
        return node;
    }

    Labels labels(int depth) {
        Labels l;
        const int what = below(depth > 0 ? 10 : 6);
        if (what < 6) {
            l.op = Labels::Op::name;
            l.name = with_model_ && chance(20) ? "Thing" : pick({"A", "B", "C"});
        } else if (what == 6) {
            l.op = Labels::Op::any;
        } else if (what == 7) {
            l.op = Labels::Op::inverse;
            l.operands = {labels(depth - 1)};
        } else {
            l.op = what == 8 ? Labels::Op::both : Labels::Op::either;
            l.operands = {labels(depth - 1), labels(depth - 1)};
        }
        return l;
    }

    RelPattern rel_pattern(const Scope& outer, Scope& inside, bool& long_used) {
        RelPattern rel;
        rel.way = static_cast<RelPattern::Way>(below(3));
        if (chance(70)) {
            rel.types.push_back(type_name());
            if (chance(25)) rel.types.push_back(pick({"T", "U", "V"}));
            if (rel.types.size() == 2 && (rel.types[0] == rel.types[1] || rel.types[0].size() > 1))
                rel.types.pop_back();
        }
        if (!long_used && chance(25)) {
            long_used = true;
            rel.length = chance(60) ? RelPattern::Length::star : RelPattern::Length::quantifier;
            rel.min = below(3);
            rel.max = chance(50) ? -1 : std::max(1, rel.min + below(3));
        }
        const bool is_long = rel.length != RelPattern::Length::one;
        const auto known = named(outer, Type::rel);
        bool is_new = false;
        if (!is_long && !known.empty() && chance(25)) {
            rel.name = any_of(known);
            // The same relationship twice in one pattern is refused.
            if (!used_.insert(rel.name).second) rel.name.clear();
        } else if (chance(45)) {
            rel.name = fresh("r");
            is_new = true;
        }
        if (chance(12)) rel.properties.emplace_back("w", expr(Type::integer, outer, 1));
        if (is_new && rel.length != RelPattern::Length::star && chance(15)) {
            Scope own = outer;
            own.push_back({rel.name, Type::rel});
            rel.where = condition(own, 2);
        }
        if (is_new) inside.push_back({rel.name, is_long ? Type::rels : Type::rel});
        return rel;
    }

    std::string type_name() {
        if (with_model_ && chance(15)) return pick({"DEPENDENCY", "DEPENDENCY", "IS_T_OF"});
        return pick({"T", "T", "T", "U", "U", "V"});
    }

    // WITH or RETURN; `scope` becomes what it lets through.
    Clause project(Clause::Kind kind, Scope& scope, const Scope& wanted) {
        Clause c;
        c.kind = kind;
        const bool aggregated = chance(30) && wanted.empty();
        c.distinct = chance(aggregated ? 8 : 20);
        const bool plain = aggregated || c.distinct;  // no lists without order among keys
        Scope after;
        if (!wanted.empty()) {
            for (const Variable& v : wanted) add(c, after, expr(v.type, scope, 2), v.name, v.type);
        } else {
            // What is known goes on under its name, or under another.
            for (const Variable& v : scope)
                if (chance(aggregated ? 30 : 60) && !(plain && v.type == Type::bag))
                    add(c, after, variable(v.name), v.type != Type::bag && chance(15) ? fresh("a") : v.name, v.type);
            for (int i = below(3); i > 0; --i) {
                const Type type = !plain && chance(25) ? Type::bag : columns_[static_cast<std::size_t>(below(6))];
                add(c, after, expr(type, scope, 3), fresh("e"), type);
            }
            if (aggregated)
                for (int i = 1 + below(2); i > 0; --i) add_aggregate(c, after, scope);
            if (c.items.empty()) add(c, after, expr(Type::integer, scope, 2), fresh("e"), Type::integer);
        }
        const bool bags = !named(after, Type::bag).empty();
        if (c.distinct && bags) c.distinct = false;
        if (!bags && chance(kind == Clause::Kind::give ? 40 : 20)) order(c, scope, after, aggregated);
        if (kind == Clause::Kind::with && chance(40)) c.where = condition(after, 3);
        scope = after;
        return c;
    }

    static void add(Clause& c, Scope& after, ExprPtr e, const std::string& name, Type type) {
        c.items.push_back({std::move(e), name});
        after.push_back({name, type});
    }

    void add_aggregate(Clause& c, Scope& after, const Scope& scope) {
        Expr e;
        e.kind = Kind::aggregate;
        Type type = Type::integer;
        switch (below(8)) {
            case 0: e.name = "count"; break;
            case 1: {
                e.name = "count";
                const Type of = chance(60) ? columns_[static_cast<std::size_t>(below(6))] : Type::node;
                e.args = {named(scope, of).empty() ? expr(Type::integer, scope, 2)
                                                   : variable(any_of(named(scope, of)))};
                break;
            }
            case 2:
            case 3:
                e.name = "sum";
                e.args = {expr(Type::integer, scope, 2)};
                break;
            case 4:
                type = columns_[static_cast<std::size_t>(below(3))];
                e.name = chance(50) ? "min" : "max";
                e.args = {expr(type, scope, 2)};
                break;
            case 5:
                e.name = "avg";
                type = Type::floating;
                e.args = {expr(Type::integer, scope, 2)};
                break;
            default:
                e.name = "collect";
                type = Type::bag;
                e.args = {expr(Type::integer, scope, 2)};
        }
        e.distinct = !e.args.empty() && chance(25);
        ExprPtr made = make(std::move(e));
        if (type == Type::integer && chance(20))
            made = binary(pick({"+", "*"}), made, literal_of(integer(1 + below(3))));
        add(c, after, made, fresh("g"), type);
    }

    // By every column, so that the order of different rows is told; then rows may be cut.
    void order(Clause& c, const Scope& before, const Scope& after, bool aggregated) {
        const auto by = [&](ExprPtr e) { c.order.push_back({std::move(e), chance(40)}); };
        if (chance(30)) by(expr(Type::integer, after, 2));
        if (!aggregated && !c.distinct && chance(15)) {
            // What the projection drops may be named too, if no column has taken its name.
            const auto names = named(before, Type::integer);
            if (!names.empty()) {
                const std::string name = any_of(names);
                if (std::none_of(after.begin(), after.end(), [&](const Variable& v) { return v.name == name; }))
                    by(variable(name));
            }
        }
        Scope columns = after;
        std::shuffle(columns.begin(), columns.end(), random_);
        for (const Variable& v : columns) {
            const auto ids = [&](ExprPtr values) {
                return make(Kind::comprehension, {std::move(values), nullptr, property("q", "id")}, "q");
            };
            switch (v.type) {
                case Type::node:
                case Type::rel: by(property(v.name, "id")); break;
                case Type::rels: by(ids(variable(v.name))); break;
                case Type::path:
                    by(ids(make(Kind::function, {variable(v.name)}, "nodes")));
                    by(ids(make(Kind::function, {variable(v.name)}, "relationships")));
                    break;
                default: by(variable(v.name));
            }
        }
        if (chance(30)) c.skip = below(3);
        if (chance(40)) c.limit = below(6);
    }

    // --- expressions

    ExprPtr expr(Type type, const Scope& scope, int depth) {
        const auto names = named(scope, type);
        if (!names.empty() && chance(type == Type::bag || type == Type::integers ? 40 : 25))
            return variable(any_of(names));
        if (type != Type::bag && type != Type::integers && chance(2)) return literal_of({});
        switch (type) {
            case Type::integer: return integer_expr(scope, depth);
            case Type::floating: return float_expr(scope, depth);
            case Type::text: return text_expr(scope, depth);
            case Type::boolean: return boolean_expr(scope, depth);
            case Type::integers: return integers_expr(scope, depth);
            case Type::bag: return bag_expr(scope);
            default: break;
        }
        return names.empty() ? literal_of({}) : variable(any_of(names));
    }

    ExprPtr constant(Val v) {
        if (!chance(15)) return literal_of(std::move(v));
        Expr e;
        e.kind = Kind::parameter;
        e.name = fresh("p");
        e.value = std::move(v);
        return make(std::move(e));
    }

    // A property of some element in scope; null if there is none.
    ExprPtr some_property(const Scope& scope, std::initializer_list<const char*> of_node,
                          std::initializer_list<const char*> of_rel) {
        auto names = named(scope, Type::node);
        const std::size_t nodes = names.size();
        if (of_rel.size() > 0)
            for (const std::string& name : named(scope, Type::rel)) names.push_back(name);
        if (names.empty()) return nullptr;
        const auto at = static_cast<std::size_t>(below(static_cast<int>(names.size())));
        return property(names[at], at < nodes ? pick(of_node) : pick(of_rel));
    }

    template <typename F>
    ExprPtr either(int depth, F&& of) {
        switch (below(3)) {
            case 0: return make(Kind::function, {of(), of()}, "coalesce");
            case 1: return make(Kind::searched_case, {boolean_expr(scope_of_case_, depth), of(), of()});
            default:
                return make(Kind::simple_case, {expr(Type::integer, scope_of_case_, 1),
                                                expr(Type::integer, scope_of_case_, 1), of(), of()});
        }
    }

    ExprPtr choice(Type type, const Scope& scope, int depth) {
        const Scope before = std::exchange(scope_of_case_, scope);
        ExprPtr made = either(depth - 1, [&] { return expr(type, scope, depth - 1); });
        scope_of_case_ = before;
        return made;
    }

    ExprPtr integer_expr(const Scope& scope, int depth) {
        if (depth <= 0 || chance(40)) {
            if (ExprPtr e = some_property(scope, {"x", "x", "y", "id"}, {"w", "w", "id"}); e && chance(70)) return e;
            return constant(integer(below(8) - 2));
        }
        switch (below(12)) {
            case 0:
            case 1:
            case 2:
                return binary(pick({"+", "-", "*"}), expr(Type::integer, scope, depth - 1),
                              expr(Type::integer, scope, depth - 1));
            case 3:
                return binary(pick({"/", "%"}), expr(Type::integer, scope, depth - 1),
                              literal_of(integer(2 + below(2))));
            case 4: return make(Kind::minus, {expr(Type::integer, scope, depth - 1)});
            case 5: return choice(Type::integer, scope, depth);
            case 6: {
                const auto lists = named(scope, chance(50) ? Type::bag : Type::rels);
                return make(Kind::function,
                            {lists.empty() ? expr(Type::integers, scope, depth - 1) : variable(any_of(lists))}, "size");
            }
            case 7: return make(Kind::index, {closed_list(scope, depth - 1), constant(integer(below(4) - 2))});
            case 8: {
                const auto paths = named(scope, Type::path);
                if (!paths.empty()) return make(Kind::function, {variable(any_of(paths))}, "length");
                return make(Kind::function, {expr(Type::text, scope, depth - 1)}, "size");
            }
            case 9: return make(Kind::function, {expr(Type::integer, scope, depth - 1)}, "abs");
            case 10: {
                const auto rels = named(scope, Type::rel);
                if (rels.empty()) return make(Kind::function, {expr(Type::text, scope, depth - 1)}, "size");
                return make(Kind::property,
                            {make(Kind::function, {variable(any_of(rels))}, pick({"startNode", "endNode"}))},
                            pick({"x", "id"}));
            }
            default: {
                if (in_subquery_ > 0) return constant(integer(below(8) - 2));
                Expr e;
                e.kind = Kind::count;
                e.query = subquery(scope, false);
                return make(std::move(e));
            }
        }
    }

    ExprPtr float_expr(const Scope& scope, int depth) {
        if (depth <= 0 || chance(50)) {
            if (ExprPtr e = some_property(scope, {"f"}, {}); e && chance(70)) return e;
            return constant(floating(below(6) - 2 + 0.5));
        }
        if (chance(40)) return choice(Type::floating, scope, depth);
        return binary(pick({"+", "-", "*"}), expr(Type::floating, scope, depth - 1),
                      literal_of(floating(below(3) + 0.5)));
    }

    ExprPtr text_expr(const Scope& scope, int depth) {
        if (depth <= 0 || chance(50)) {
            if (ExprPtr e = some_property(scope, {"s"}, {}); e && chance(70)) return e;
            return constant(text(pick({"a", "b", "ab", "ba", ""})));
        }
        const auto rels = named(scope, Type::rel);
        if (!rels.empty() && chance(40)) return make(Kind::function, {variable(any_of(rels))}, "type");
        switch (below(3)) {
            case 0: return binary("+", expr(Type::text, scope, depth - 1), expr(Type::text, scope, depth - 1));
            case 1: return make(Kind::function, {expr(Type::integer, scope, depth - 1)}, "toString");
            default: return choice(Type::text, scope, depth);
        }
    }

    ExprPtr integers_expr(const Scope& scope, int depth) {
        if (chance(25)) {
            const auto paths = named(scope, Type::path);
            if (!paths.empty())
                return make(Kind::comprehension,
                            {make(Kind::function, {variable(any_of(paths))}, "nodes"), nullptr, property("m", "x")},
                            "m");
            const auto rels = named(scope, Type::rels);
            if (!rels.empty())
                return make(Kind::comprehension, {variable(any_of(rels)), nullptr, property("m", "w")}, "m");
        }
        if (depth > 0 && chance(30)) {
            const std::string item = fresh("v");
            Scope inner = scope;
            inner.push_back({item, Type::integer});
            ++in_subquery_;
            ExprPtr list = expr(Type::integers, scope, depth - 1);
            ExprPtr where = chance(60) ? condition(inner, depth - 1) : nullptr;
            ExprPtr mapped = chance(60) ? expr(Type::integer, inner, depth - 1) : nullptr;
            --in_subquery_;
            return make(Kind::comprehension, {list, where, mapped}, item);
        }
        if (depth > 0 && chance(15))
            return binary("+", closed_list(scope, depth - 1), expr(Type::integers, scope, depth - 1));
        if (depth > 0 && chance(10))
            return make(Kind::slice, {closed_list(scope, depth - 1), literal_of(integer(below(4) - 2)),
                                      literal_of(integer(below(5) - 1))});
        return closed_list(scope, depth);
    }

    // A list that may stand before `[`.
    ExprPtr closed_list(const Scope& scope, int depth) {
        if (chance(20))
            return make(Kind::function, {literal_of(integer(below(3))), literal_of(integer(below(5)))}, "range");
        std::vector<ExprPtr> items;
        for (int i = below(4); i > 0; --i) items.push_back(expr(Type::integer, scope, depth - 1));
        return make(Kind::list, std::move(items));
    }

    ExprPtr bag_expr(const Scope& scope) {
        Expr e;
        if (in_subquery_ > 0 || chance(50)) {
            const auto nodes = named(scope, Type::node);
            if (nodes.empty()) return make(Kind::list, {});
            Scope inside = scope;
            Clause match;
            bool long_used = false;
            match.parts.push_back(pattern(scope, inside, long_used));
            if (match.parts[0].rels.empty()) return make(Kind::list, {});
            if (chance(40)) match.where = condition(inside, 2);
            e.kind = Kind::pattern_list;
            e.args = {expr(Type::integer, inside, 1)};
            e.query = std::make_shared<const Query>(Query{{{match}}, false});
            return make(std::move(e));
        }
        e.kind = Kind::collect;
        e.query = subquery(scope, true);
        return make(std::move(e));
    }

    // MATCH ... [WHERE ...] [RETURN ...], of EXISTS, COUNT and COLLECT.
    QueryPtr subquery(const Scope& scope, bool returns) {
        ++in_subquery_;
        Scope inside = scope;
        Single clauses{match(inside, false)};
        if (returns || chance(20)) {
            Clause give;
            give.kind = Clause::Kind::give;
            give.distinct = chance(20);
            give.items.push_back({expr(Type::integer, inside, 1), fresh("e")});
            clauses.push_back(std::move(give));
        }
        --in_subquery_;
        return std::make_shared<const Query>(Query{{clauses}, false});
    }

    // The part of a predicate: it names nothing new.
    std::optional<Part> predicate(const Scope& scope) {
        const auto nodes = named(scope, Type::node);
        if (nodes.empty()) return std::nullopt;
        Part part;
        const int rels = 1 + below(4) / 3;
        for (int i = 0; i <= rels; ++i) {
            NodePattern node;
            if (i == 0 || chance(30)) node.name = any_of(nodes);
            if (chance(25)) node.labels = labels(0);
            part.nodes.push_back(std::move(node));
            if (i == rels) break;
            RelPattern rel;
            rel.way = static_cast<RelPattern::Way>(below(3));
            if (chance(70)) rel.types.push_back(type_name());
            if (rels == 1 && chance(20)) {
                rel.length = RelPattern::Length::star;
                rel.min = 1 + below(2);
                rel.max = chance(50) ? -1 : rel.min + 1;
            }
            part.rels.push_back(std::move(rel));
        }
        return part;
    }

    // What may stand after WHERE: a pattern may, alone or between AND, OR, XOR and NOT.
    ExprPtr condition(const Scope& scope, int depth) {
        const bool before = std::exchange(is_condition_, true);
        ExprPtr made = boolean_expr(scope, depth);
        is_condition_ = before;
        return made;
    }

    ExprPtr boolean_expr(const Scope& scope, int depth) {
        const bool is_condition = std::exchange(is_condition_, false);
        const auto operand = [&] {
            return is_condition ? condition(scope, depth - 1) : expr(Type::boolean, scope, depth - 1);
        };
        if (depth <= 0 || chance(35)) {
            const auto nodes = named(scope, Type::node);
            if (!nodes.empty() && chance(25))
                return make(Kind::label_test, {variable(any_of(nodes))}, pick({"A", "B", "C"}));
            if (ExprPtr e = some_property(scope, {"b"}, {}); e && chance(15)) return e;
            ExprPtr e = some_property(scope, {"x", "y", "id"}, {"w"});
            if (!e || chance(30)) e = expr(Type::integer, scope, depth - 1);
            return binary(pick({"=", "=", "<>", "<", "<=", ">", ">="}), e, constant(integer(below(4))));
        }
        switch (below(14)) {
            case 0:
            case 1:
            case 2: {
                ExprPtr left = operand();
                return binary(pick({"AND", "AND", "OR", "OR", "XOR"}), std::move(left), operand());
            }
            case 3: return make(Kind::negation, {operand()});
            case 4: {
                static constexpr Type types[] = {Type::integer, Type::text, Type::node, Type::floating};
                return make(chance(50) ? Kind::is_null : Kind::is_not_null, {expr(types[below(4)], scope, depth - 1)});
            }
            case 5: {
                const auto bags = named(scope, Type::bag);
                return binary(
                    "IN", expr(Type::integer, scope, depth - 1),
                    !bags.empty() && chance(60) ? variable(any_of(bags)) : expr(Type::integers, scope, depth - 1));
            }
            case 6:
                return binary(pick({"STARTS WITH", "ENDS WITH", "CONTAINS", "=", "<", ">="}),
                              expr(Type::text, scope, depth - 1), expr(Type::text, scope, depth - 1));
            case 7:
                return binary(pick({"=", "<", ">="}), expr(Type::floating, scope, depth - 1),
                              expr(chance(50) ? Type::floating : Type::integer, scope, depth - 1));
            case 8: {
                const Type type = chance(70) ? Type::node : Type::rel;
                const auto names = named(scope, type);
                if (names.size() < 2) break;
                return binary(pick({"=", "<>"}), variable(any_of(names)), variable(any_of(names)));
            }
            case 9:
            case 10: {
                if (in_subquery_ > 0) break;
                if (is_condition && chance(60)) {
                    if (auto part = predicate(scope)) {
                        Clause match;
                        match.parts.push_back(std::move(*part));
                        Expr e;
                        e.kind = Kind::pattern;
                        e.query = std::make_shared<const Query>(Query{{{match}}, false});
                        return make(std::move(e));
                    }
                }
                Expr e;
                e.kind = Kind::exists;
                e.query = subquery(scope, false);
                return make(std::move(e));
            }
            case 11: {
                Expr e;
                e.kind = Kind::quantifier;
                e.function = pick({"all", "any", "none", "single"});
                e.name = fresh("v");
                const auto rels = named(scope, Type::rels);
                const bool of_rels = !rels.empty() && chance(60);
                Scope inner = scope;
                inner.push_back({e.name, of_rels ? Type::rel : Type::integer});
                ++in_subquery_;
                e.args = {of_rels ? variable(any_of(rels)) : expr(Type::integers, scope, depth - 1),
                          expr(Type::boolean, inner, depth - 1)};
                --in_subquery_;
                return make(std::move(e));
            }
            case 12: return choice(Type::boolean, scope, depth);
            default: break;
        }
        if (chance(30))
            return make(Kind::chain, {expr(Type::integer, scope, depth - 1), expr(Type::integer, scope, depth - 1),
                                      expr(Type::integer, scope, depth - 1)});
        return binary(pick({"=", "<>", "<", "<=", ">", ">="}), expr(Type::integer, scope, depth - 1),
                      expr(Type::integer, scope, depth - 1));
    }

    static constexpr Type columns_[] = {Type::integer, Type::text,    Type::floating,
                                        Type::integer, Type::boolean, Type::integers};
    Random& random_;
    bool with_model_;
    int names_ = 0, depth_ = 0, in_subquery_ = 0;
    bool is_condition_ = false;
    Scope scope_of_case_;
    std::set<std::string> used_;  // relationships bound before that the pattern has named
};

}  // namespace

Query random_query(Random& random, bool with_model) { return Generator{random, with_model}.whole(); }

}  // namespace mainstay::test::reference
