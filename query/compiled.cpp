#include "compiled.hpp"

#include "bind/bind.hpp"
#include "plan/planner.hpp"
#include "syntax/parse.hpp"

namespace mainstay {

bool Compiled::suits(const View& view) const {
    if (definitions != view.definitions_version()) return false;
    const auto near = [](std::uint64_t now, std::uint64_t then) {
        return now <= 2 * then + 1000 && then <= 2 * now + 1000;
    };
    const GraphStatistics figures = view.statistics();
    return near(figures.nodes, nodes) && near(figures.rels, rels);
}

namespace {

void find_needs(Compiled& compiled) {
    const auto need = [&](Role role, std::string_view does) {
        if (role <= compiled.needs) return;
        compiled.needs = role;
        compiled.does = does;
    };
    const bound::Query* query = compiled.query();
    if (!query) return need(Role::admin, "a change of indexes and constraints");
    if (query->writes) need(Role::editor, "writing");
    for (const bound::SingleQuery& part : query->parts)
        for (const bound::Clause& clause : part.clauses)
            if (const auto* call = std::get_if<bound::CallProcedure>(&clause.node))
                need(call->procedure->needs, call->procedure->does);
}

}  // namespace

std::shared_ptr<const Compiled> compile(std::string_view text, const View& view,
                                        std::shared_ptr<const ProcedureTable> procedures, const LoadFolders& folders,
                                        bool optimise) {
    auto compiled = std::make_shared<Compiled>();
    compiled->text = text;
    compiled->optimised = optimise;
    compiled->procedures = std::move(procedures);
    compiled->definitions = view.definitions_version();
    const GraphStatistics figures = view.statistics();
    compiled->nodes = figures.nodes;
    compiled->rels = figures.rels;
    const syntax::Statement tree = syntax::parse(text);
    compiled->statement = mainstay::bind(tree, text, BindContext{view.model(), compiled->procedures->all(), &folders});
    if (const bound::Query* query = compiled->query()) {
        compiled->writes = query->writes;
        compiled->plan =
            plan::make_plan(compiled->statement, *query, view, optimise ? plan::Optimise::yes : plan::Optimise::no);
        for (const auto& column : compiled->plan.columns) compiled->columns.push_back(column.name);
    } else {
        compiled->writes = true;
        compiled->plan.slot_count = 0;
    }
    find_needs(*compiled);
    return compiled;
}

}  // namespace mainstay
