#pragma once

// Rows of the `history` database: what folding replaced. Written by folds in key order, never by a small commit. Keys
// are big-endian. Do not renumber.
//
//   N id:u32 tx:u64                                        -> NodeChange of before-values: what tx changed, as it was
//   before R id:u32 tx:u64                                        -> RelChange of before-values
//     deleted: the element ended at tx, all its properties stand here; reshaped: shape before tx. Null: was not there.
//   E node:u32 direction:u8 type:u32 other:u32 rel:u32     -> created tx:u64, ended tx:u64 (native): an ended
//   relationship
//
// For a view as of T, a property is the before-value in the first row after T that names it; if there is none, the
// base's.

#include "change.hpp"
#include "lmdb.hpp"
#include "mainstay/core/graph.hpp"

#include <functional>
#include <optional>
#include <string>

namespace mainstay::history {

std::string node_key(NodeId node, TxNumber tx);
std::string rel_key(RelId rel, TxNumber tx);
std::string ended_prefix(NodeId node, Direction d);
std::string ended_key(NodeId node, Direction d, TypeId type, NodeId other, RelId rel);
std::string ended_value(TxNumber created, TxNumber ended);

// The value a property had at `at`, if a row after `at` tells.
std::optional<Value> value_after(const lmdb::Transaction& txn, NodeId node, KeyId key, TxNumber at);
std::optional<Value> value_after(const lmdb::Transaction& txn, RelId rel, KeyId key, TxNumber at);
std::optional<ShapeId> shape_after(const lmdb::Transaction& txn, NodeId node, TxNumber at);
// Turns the base's properties into those at `at`.
void restore(const lmdb::Transaction& txn, NodeId node, TxNumber at, PropertyChanges& properties);
void restore(const lmdb::Transaction& txn, RelId rel, TxNumber at, PropertyChanges& properties);
// Ended relationships of a node that existed at `at` and ended after it.
void for_each_ended(const lmdb::Transaction& txn, NodeId node, Direction d, TxNumber at,
                    const std::function<void(TypeId, NodeId other, RelId)>& f);

}  // namespace mainstay::history
