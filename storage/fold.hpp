#pragma once

// Folding: delta rows become part of the segments, and what they replaced becomes history. A unit is what one dirty map
// of one segment covers: the properties and existence of its nodes, of its relationships, or its adjacency in one
// direction. A unit is folded whole, up to the newest commit, so that every row of an element is either behind its base
// or above it.

#include "delta.hpp"
#include "head.hpp"
#include "part.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mainstay {

class StoreImpl;

// Folds inside one write transaction of LMDB.
class Folder {
public:
    Folder(const StoreImpl& store, std::shared_ptr<lmdb::Transaction> txn, std::shared_ptr<const Head> head)
        : store_(store), txn_(std::move(txn)), head_(std::move(head)) {}

    // The bytes written, about.
    std::size_t fold(delta::DirtyMap which, std::uint32_t segment);

private:
    // What a unit comes to; written at its end, since LMDB moves what it hands out when something is written.
    struct Outcome {
        std::vector<std::pair<std::uint64_t, std::string>> parts;  // "": the part is gone
        std::vector<std::pair<std::string, std::string>> history;
        std::vector<std::string> rows;  // delta rows that are folded
    };
    class Columns;
    void fold_nodes(std::uint32_t segment, Outcome& out);
    void fold_rels(std::uint32_t segment, Outcome& out);
    void fold_adjacency(std::uint32_t segment, Direction d, Outcome& out);
    std::size_t write(const Outcome& out);

    const StoreImpl& store_;
    std::shared_ptr<lmdb::Transaction> txn_;
    std::shared_ptr<const Head> head_;
};

}  // namespace mainstay
