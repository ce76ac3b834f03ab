#pragma once

// The list of operators: one maker each, in the file named after it. A maker takes the plan node (whose op it knows the
// type of), the run's context and the child's operator, which is null for leaves.

#include "exec/operator.hpp"

namespace mainstay::exec {

OperatorPtr make_start(const plan::Node&, StatementContext&);
OperatorPtr make_argument(const plan::Node&, StatementContext&);
OperatorPtr make_node_scan(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_rel_scan(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_node_seek(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_node_range(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_node_by_id(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_expand(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_rel_ends(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_var_expand(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_reach(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_path_search(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_filter(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_extend(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_aggregate(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_distinct(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_sort(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_skip(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_limit(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_unwind(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_optional(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_semi_apply(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_apply(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_join(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_union(const plan::Node&, StatementContext&);
OperatorPtr make_create(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_set(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_delete(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_merge(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_in_transactions(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_load_csv(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_foreach(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_call_procedure(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_analysis(const plan::Node&, StatementContext&, OperatorPtr child);
OperatorPtr make_count_nodes(const plan::Node&, StatementContext&);
OperatorPtr make_count_rels(const plan::Node&, StatementContext&);
OperatorPtr make_column_aggregate(const plan::Node&, StatementContext&);

}  // namespace mainstay::exec
