#include "query/reference/shrink.hpp"

#include <functional>

namespace mainstay::test::reference {
namespace {

template <typename T>
std::vector<T> without(const std::vector<T>& all, std::size_t i) {
    std::vector<T> rest = all;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    return rest;
}

std::vector<ExprPtr> smaller(const ExprPtr& e) {
    std::vector<ExprPtr> out;
    if (!e) return out;
    const auto changed = [&](auto&& change) {
        Expr copy = *e;
        change(copy);
        out.push_back(std::make_shared<const Expr>(std::move(copy)));
    };
    for (const ExprPtr& arg : e->args)
        if (arg) out.push_back(arg);
    if (e->kind == Expr::Kind::parameter) changed([](Expr& c) { c.kind = Expr::Kind::literal; });
    if (e->kind == Expr::Kind::list)
        for (std::size_t i = 0; i < e->args.size(); ++i) changed([&](Expr& c) { c.args = without(c.args, i); });
    if (e->kind == Expr::Kind::comprehension)
        for (const std::size_t i : {1, 2})
            if (e->args[i]) changed([&](Expr& c) { c.args[i] = nullptr; });
    if (e->distinct) changed([](Expr& c) { c.distinct = false; });
    for (std::size_t i = 0; i < e->args.size(); ++i)
        for (const ExprPtr& arg : smaller(e->args[i])) changed([&](Expr& c) { c.args[i] = arg; });
    if (e->query)
        for (Query& query : reference::smaller(*e->query)) {
            const bool whole = e->kind != Expr::Kind::pattern && e->kind != Expr::Kind::pattern_list;
            const bool is_match = query.parts.size() == 1 && query.parts[0].size() == 1 &&
                                  query.parts[0][0].kind == Clause::Kind::match && query.parts[0][0].parts.size() == 1;
            if (whole || is_match) changed([&](Expr& c) { c.query = std::make_shared<const Query>(std::move(query)); });
        }
    return out;
}

class Shrinker {
public:
    explicit Shrinker(const Clause& clause) : clause_(clause) {}

    std::vector<Clause> all() {
        for (std::size_t i = 0; clause_.parts.size() > 1 && i < clause_.parts.size(); ++i)
            try_with([&](Clause& c) { c.parts = without(c.parts, i); });
        for (std::size_t i = 0; i < clause_.parts.size(); ++i) part(i);
        expression(
            clause_.where, [](Clause& c) -> ExprPtr& { return c.where; }, true);
        expression(
            clause_.list, [](Clause& c) -> ExprPtr& { return c.list; }, false);
        for (std::size_t i = 0; i < clause_.items.size(); ++i) {
            if (clause_.items.size() > 1) try_with([&](Clause& c) { c.items = without(c.items, i); });
            expression(
                clause_.items[i].expression, [i](Clause& c) -> ExprPtr& { return c.items[i].expression; }, false);
        }
        if (clause_.distinct) try_with([](Clause& c) { c.distinct = false; });
        if (clause_.kind == Clause::Kind::optional_match) try_with([](Clause& c) { c.kind = Clause::Kind::match; });
        if (clause_.skip) try_with([](Clause& c) { c.skip.reset(); });
        if (clause_.limit) try_with([](Clause& c) { c.limit.reset(); });
        if (!clause_.order.empty() && !clause_.skip && !clause_.limit) try_with([](Clause& c) { c.order.clear(); });
        for (std::size_t i = 0; i < clause_.imports.size(); ++i)
            try_with([&](Clause& c) { c.imports = without(c.imports, i); });
        if (clause_.inner)
            for (Query& query : smaller(*clause_.inner))
                try_with([&](Clause& c) { c.inner = std::make_shared<const Query>(std::move(query)); });
        return std::move(out_);
    }

private:
    void try_with(const std::function<void(Clause&)>& change) {
        out_.push_back(clause_);
        change(out_.back());
    }

    void expression(const ExprPtr& e, const std::function<ExprPtr&(Clause&)>& place, bool may_go) {
        if (!e) return;
        if (may_go) try_with([&](Clause& c) { place(c) = nullptr; });
        for (const ExprPtr& other : smaller(e)) try_with([&](Clause& c) { place(c) = other; });
    }

    template <typename F>
    void properties(const Properties& all, F&& place) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            try_with([&](Clause& c) { place(c) = without(all, i); });
            expression(
                all[i].second, [place, i](Clause& c) -> ExprPtr& { return place(c)[i].second; }, false);
        }
    }

    void part(std::size_t p) {
        const Part& part = clause_.parts[p];
        if (!part.path.empty()) try_with([&](Clause& c) { c.parts[p].path.clear(); });
        if (!part.rels.empty()) {
            try_with([&](Clause& c) {
                c.parts[p].rels.pop_back();
                c.parts[p].nodes.pop_back();
            });
            try_with([&](Clause& c) {
                c.parts[p].rels.erase(c.parts[p].rels.begin());
                c.parts[p].nodes.erase(c.parts[p].nodes.begin());
            });
        }
        for (std::size_t i = 0; i < part.nodes.size(); ++i) {
            const NodePattern& node = part.nodes[i];
            if (!node.name.empty() && !node.where) try_with([&](Clause& c) { c.parts[p].nodes[i].name.clear(); });
            if (node.labels.op != Labels::Op::none) try_with([&](Clause& c) { c.parts[p].nodes[i].labels = {}; });
            for (const Labels& operand : node.labels.operands)
                try_with([&](Clause& c) { c.parts[p].nodes[i].labels = operand; });
            properties(node.properties, [p, i](Clause& c) -> Properties& { return c.parts[p].nodes[i].properties; });
            expression(
                node.where, [p, i](Clause& c) -> ExprPtr& { return c.parts[p].nodes[i].where; }, true);
        }
        for (std::size_t i = 0; i < part.rels.size(); ++i) {
            const RelPattern& rel = part.rels[i];
            if (!rel.name.empty() && !rel.where) try_with([&](Clause& c) { c.parts[p].rels[i].name.clear(); });
            for (std::size_t t = 0; t < rel.types.size(); ++t)
                try_with([&](Clause& c) { c.parts[p].rels[i].types = without(rel.types, t); });
            if (rel.length != RelPattern::Length::one)
                try_with([&](Clause& c) {
                    RelPattern& one = c.parts[p].rels[i];
                    one.length = RelPattern::Length::one;
                    one.min = one.max = 1;
                });
            properties(rel.properties, [p, i](Clause& c) -> Properties& { return c.parts[p].rels[i].properties; });
            expression(
                rel.where, [p, i](Clause& c) -> ExprPtr& { return c.parts[p].rels[i].where; }, true);
        }
    }

    const Clause& clause_;
    std::vector<Clause> out_;
};

}  // namespace

std::vector<Query> smaller(const Query& query) {
    std::vector<Query> out;
    for (std::size_t p = 0; p < query.parts.size(); ++p) {
        if (query.parts.size() > 1) out.push_back({without(query.parts, p), query.union_all});
        const Single& single = query.parts[p];
        for (std::size_t i = 0; single.size() > 1 && i < single.size(); ++i) {
            out.push_back(query);
            out.back().parts[p] = without(single, i);
        }
        for (std::size_t i = 0; i < single.size(); ++i)
            for (Clause& clause : Shrinker{single[i]}.all()) {
                out.push_back(query);
                out.back().parts[p][i] = std::move(clause);
            }
    }
    return out;
}

std::vector<Graph> smaller(const Graph& graph) {
    std::vector<Graph> out;
    for (std::size_t i = 0; i < graph.rels.size(); ++i) {
        out.push_back(graph);
        out.back().rels = without(graph.rels, i);
    }
    // The last one: the numbers of the others stay.
    if (graph.nodes.size() > 1) {
        Graph fewer = graph;
        fewer.nodes.pop_back();
        std::erase_if(fewer.rels, [&](const Graph::Rel& rel) {
            return rel.from == fewer.nodes.size() || rel.to == fewer.nodes.size();
        });
        out.push_back(std::move(fewer));
    }
    for (Graph& one : out)
        for (std::size_t i = 0; i < one.rels.size(); ++i)
            one.rels[i].properties["id"] = integer(static_cast<std::int64_t>(i));
    return out;
}

}  // namespace mainstay::test::reference
