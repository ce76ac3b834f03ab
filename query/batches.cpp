#include "batches.hpp"

#include "plan/slots.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay {
namespace {

// Whether rows of the one fit the other: slots are numbered by the text alone, as far as it means the same.
bool have_same_slots(const bound::Statement& a, const bound::Statement& b) {
    return std::equal(
        a.slots.begin(), a.slots.end(), b.slots.begin(), b.slots.end(),
        [](const bound::SlotInfo& x, const bound::SlotInfo& y) { return x.name == y.name && x.kind == y.kind; });
}

void add(WriteCounters& sum, const WriteCounters& more) {
    sum.nodes_created += more.nodes_created;
    sum.nodes_deleted += more.nodes_deleted;
    sum.rels_created += more.rels_created;
    sum.rels_deleted += more.rels_deleted;
    sum.properties_set += more.properties_set;
    sum.labels_added += more.labels_added;
    sum.labels_removed += more.labels_removed;
}

bool has_subquery(const bound::ExprPtr& e) {
    bool found = false;
    if (e)
        plan::for_each_inside(
            *e, [&](const bound::Expr& inside) { found |= std::holds_alternative<bound::Subquery>(inside.node); });
    return found;
}

// Whether an operation outside all batches looks at the graph.
struct ReadsGraph {
    static bool any(const std::vector<plan::Assignment>& items) {
        return std::any_of(items.begin(), items.end(), [](const auto& a) { return has_subquery(a.expression); });
    }
    bool operator()(const plan::Start&) const { return false; }
    bool operator()(const plan::InTransactions&) const { return false; }
    bool operator()(const plan::LoadCsv& op) const { return has_subquery(op.load->url); }
    bool operator()(const plan::Unwind& op) const { return has_subquery(op.list); }
    bool operator()(const plan::Extend& op) const { return any(op.assignments); }
    bool operator()(const plan::Filter& op) const {
        return std::any_of(op.conditions.begin(), op.conditions.end(), has_subquery);
    }
    bool operator()(const plan::Aggregate& op) const {
        return any(op.keys) || std::any_of(op.aggregations.begin(), op.aggregations.end(), [](const auto& a) {
                   return std::any_of(a.arguments.begin(), a.arguments.end(), has_subquery);
               });
    }
    bool operator()(const plan::Distinct&) const { return false; }
    bool operator()(const plan::Sort& op) const {
        return std::any_of(op.keys.begin(), op.keys.end(), [](const auto& k) { return has_subquery(k.expression); });
    }
    bool operator()(const plan::Skip&) const { return false; }
    bool operator()(const plan::Limit&) const { return false; }
    template <typename Other>
    bool operator()(const Other&) const {
        return true;
    }
};

std::string counted(std::uint64_t count, const char* one, const char* many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

}  // namespace

bool reads_graph_outside_batches(const plan::Plan& plan) {
    for (const plan::Node* node = plan.root.get(); node; node = node->child.get())
        if (std::visit(ReadsGraph{}, node->op)) return true;
    return false;
}

std::shared_ptr<const Compiled> Batches::compiled_for(const View& view) {
    if (compiled_->definitions == view.definitions_version()) return compiled_;
    auto again = recompile_(view);
    if (!again->query() || !have_same_slots(again->statement, compiled_->statement))
        throw Error{Code::write_conflict,
                    "the class model was changed while the statement ran, and it means something "
                    "else now"}
            .with_hint("run it again for what is left");
    compiled_ = std::move(again);
    return compiled_;
}

std::optional<CommitResult> Batches::commit(Transaction& transaction, std::uint64_t rows) {
    const auto commit = transaction.commit(info_);
    if (!commit) return std::nullopt;
    ++committed_;
    rows_ += rows;
    add(counters_, transaction.counters());
    if (raw(commit->tx) != 0) last_ = commit;
    if (newest_) newest_->look_again();
    return commit;
}

void Batches::note_failed(const Error& error) {
    if (failed_++ == 0) first_failure_ = error.message();
}

const Properties& Batches::newest() {
    if (!newest_) newest_ = std::make_unique<NewestElements>(store_);
    return *newest_;
}

std::string Batches::account() const {
    if (committed_ == 0) return "no batch of it was committed before";
    return fmt::format("{} of it ({}) {} committed before and {}", counted(committed_, "batch", "batches"),
                       counted(rows_, "row", "rows"), committed_ == 1 ? "was" : "were",
                       committed_ == 1 ? "stays" : "stay");
}

std::optional<Notice> Batches::failures() const {
    if (failed_ == 0) return std::nullopt;
    std::string text = fmt::format("{} failed and {} rolled back, {} committed", counted(failed_, "batch", "batches"),
                                   failed_ == 1 ? "was" : "were", committed_);
    if (not_started_ > 0) text += fmt::format(", {} not begun", not_started_);
    return Notice{"batches_failed", text + "; the first error: " + first_failure_};
}

}  // namespace mainstay
