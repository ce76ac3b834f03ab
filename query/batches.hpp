#pragma once

// The transactions of a statement with CALL { } IN TRANSACTIONS.

#include "compiled.hpp"

#include "mainstay/query/database.hpp"
#include "mainstay/storage/store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace mainstay {

// Elements as the newest committed state that it was shown has them, whatever their dates: what batches return has this
// source, since the transactions they were read in are over. One that a later batch deleted has no labels and no
// properties.
class NewestElements final : public Properties {
public:
    explicit NewestElements(Store& store) : store_(store), view_(store.view({std::nullopt, ValidTime{}})) {}
    void look_again() {
        view_ = nullptr;  // first, so that nothing waits for it
        view_ = store_.view({std::nullopt, ValidTime{}});
    }

    const Names& names() const override { return view_->names(); }
    bool contains(NodeId node) const override { return view_->contains(node); }
    bool contains(RelId rel) const override { return view_->contains(rel); }
    ShapeId shape(NodeId node) const override { return contains(node) ? view_->shape(node) : ShapeId{}; }
    Ends ends(RelId rel) const override { return view_->ends(rel); }
    Value property(NodeId node, KeyId key) const override {
        return contains(node) ? view_->property(node, key) : Value{};
    }
    Value property(RelId rel, KeyId key) const override { return contains(rel) ? view_->property(rel, key) : Value{}; }
    void visit_properties(NodeId node, const PropertyVisitor& f) const override {
        if (contains(node)) view_->visit_properties(node, f);
    }
    void visit_properties(RelId rel, const PropertyVisitor& f) const override {
        if (contains(rel)) view_->visit_properties(rel, f);
    }
    bool any_relationship_has(KeyId key) const override { return view_->any_relationship_has(key); }
    std::string element_id(NodeId node) const override { return view_->element_id(node); }
    std::string element_id(RelId rel) const override { return view_->element_id(rel); }

private:
    Store& store_;
    ViewPtr view_;
};

// Begins and commits the batches of one statement, and keeps account of them. One thread.
class Batches {
public:
    using Recompile = std::function<std::shared_ptr<const Compiled>(const View&)>;
    Batches(Store& store, std::shared_ptr<const Compiled> compiled, Recompile recompile, ValidTime valid,
            const ExecuteOptions& options)
        : store_(store),
          compiled_(std::move(compiled)),
          recompile_(std::move(recompile)),
          valid_(valid),
          principal_(options.principal),
          info_(options.commit) {}

    std::shared_ptr<Transaction> begin() { return store_.begin(valid_, principal_); }
    // The statement as it is to be run on a view: planned again if the definitions have changed since. Throws
    // Error(Code::write_conflict) if it is not the same statement any more.
    std::shared_ptr<const Compiled> compiled_for(const View& view);
    // nullopt: another commit got there first. `rows`: of the batch.
    [[nodiscard]] std::optional<CommitResult> commit(Transaction& transaction, std::uint64_t rows);
    void note_failed(const Error& error);
    void note_not_started() noexcept { ++not_started_; }

    // Where elements that batches returned are read from now on.
    const Properties& newest();

    const WriteCounters& counters() const noexcept { return counters_; }
    std::optional<CommitResult> last_commit() const noexcept { return last_; }
    // What to add to an error that ends the statement: how much is committed and stays.
    std::string account() const;
    // For a statement that has come to its end although batches failed; nullopt: none did.
    std::optional<Notice> failures() const;

private:
    Store& store_;
    std::shared_ptr<const Compiled> compiled_;
    Recompile recompile_;
    ValidTime valid_;
    Principal principal_;
    CommitInfo info_;
    WriteCounters counters_;
    std::optional<CommitResult> last_;
    std::uint64_t committed_ = 0, rows_ = 0, failed_ = 0, not_started_ = 0;
    std::string first_failure_;
    std::unique_ptr<NewestElements> newest_;  // made when there is need of it
};

// Whether a statement's rows come from the graph, outside the braces of its CALL { } IN TRANSACTIONS.
bool reads_graph_outside_batches(const plan::Plan& plan);

}  // namespace mainstay
