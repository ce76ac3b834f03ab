#include "exec/subquery.hpp"

#include "exec/hop_subquery.hpp"
#include "exec/operator.hpp"
#include "plan/lower.hpp"

namespace mainstay::exec {
namespace {

Value run(const bound::Subquery& subquery, const Row& row, StatementContext& context,
          StatementContext::SubqueryRun& run) {
    if (run.hop)
        if (auto answer = run.hop->run(subquery, row)) return *std::move(answer);
    if (!run.root) run.root = plan::lower(*context.plan().subqueries.at(subquery.query.get()), context);
    run.argument.clear();
    run.argument.rows = 1;
    for (Slot slot : subquery.outer) run.argument[slot].push(row.get(slot));
    run.root->open(&run.argument);
    if (subquery.kind == bound::SubqueryKind::exists) return run.root->next(run.output);
    std::int64_t count = 0;
    ValueList items;
    while (run.root->next(run.output)) {
        count += run.output.rows;
        if (subquery.kind != bound::SubqueryKind::collect) continue;
        const Column& column = run.output[subquery.query->columns.at(0).slot];
        for (std::uint32_t i = 0; i < run.output.rows; ++i) items.push_back(column.get(i));
    }
    return subquery.kind == bound::SubqueryKind::count ? Value{count} : Value::list(std::move(items));
}

}  // namespace

Value run_subquery(const bound::Subquery& subquery, const Row& row, StatementContext& context) {
    StatementContext::SubqueryRun& shared = context.subquery(*subquery.query);
    if (!shared.busy) {
        shared.busy = true;
        try {
            Value result = run(subquery, row, context, shared);
            shared.busy = false;
            return result;
        } catch (...) {
            shared.busy = false;
            throw;
        }
    }
    // The plan shares the expression with a place inside itself: that place gets operators of its own.
    StatementContext::SubqueryRun own;
    own.argument = Batch{context.slot_count()};
    own.output = Batch{context.slot_count()};
    return run(subquery, row, context, own);
}

}  // namespace mainstay::exec
