#include "plan/lower.hpp"

#include "exec/operators.hpp"

namespace mainstay::plan {

using namespace exec;

exec::OperatorPtr lower(const Node& node, StatementContext& context) {
    OperatorPtr child = node.child ? lower(*node.child, context) : nullptr;
    return std::visit(
        [&](const auto& op) -> OperatorPtr {
            using Op = std::decay_t<decltype(op)>;
            if constexpr (std::is_same_v<Op, Start>) return make_start(node, context);
            if constexpr (std::is_same_v<Op, Argument>) return make_argument(node, context);
            if constexpr (std::is_same_v<Op, NodeScan>) return make_node_scan(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, RelScan>) return make_rel_scan(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, NodeSeek>) return make_node_seek(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, NodeRange>) return make_node_range(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, NodeById>) return make_node_by_id(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Expand>) return make_expand(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, RelEnds>) return make_rel_ends(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, VarExpand>) return make_var_expand(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Reach>) return make_reach(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, PathSearch>) return make_path_search(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Filter>) return make_filter(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Extend>) return make_extend(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Aggregate>) return make_aggregate(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Distinct>) return make_distinct(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Sort>) return make_sort(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Skip>) return make_skip(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Limit>) return make_limit(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Unwind>) return make_unwind(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Optional>) return make_optional(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, SemiApply>) return make_semi_apply(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Apply>) return make_apply(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, InTransactions>)
                return make_in_transactions(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Join>) return make_join(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Union>) return make_union(node, context);
            if constexpr (std::is_same_v<Op, Create>) return make_create(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Set>) return make_set(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Delete>) return make_delete(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Merge>) return make_merge(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Foreach>) return make_foreach(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, CallProcedure>)
                return make_call_procedure(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, LoadCsv>) return make_load_csv(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, Analysis>) return make_analysis(node, context, std::move(child));
            if constexpr (std::is_same_v<Op, CountNodes>) return make_count_nodes(node, context);
            if constexpr (std::is_same_v<Op, CountRels>) return make_count_rels(node, context);
            if constexpr (std::is_same_v<Op, ColumnAggregate>) return make_column_aggregate(node, context);
        },
        node.op);
}

}  // namespace mainstay::plan
