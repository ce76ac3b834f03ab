#pragma once

#include "mainstay/storage/transaction.hpp"
#include "model_rules.hpp"
#include "overlay.hpp"
#include "store_impl.hpp"
#include "view_impl.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

namespace mainstay {

// What a transaction asks of the committer. The overlay and the views are borrowed while commit() waits.
struct CommitRequest {
    const Overlay* overlay = nullptr;
    const StoreView* view = nullptr;  // all valid times, with the overlay
    TxNumber snapshot{};
    CommitInfo info;
    Principal principal;
    // Changes accounts inside the commit, and says in the record what it did; throws what stands against it. `before`:
    // the state that the commit meets, of all valid times.
    std::function<void(lmdb::Transaction& txn, const StoreView& before, LogRecord& record)> accounts;
    Role accounts_need = Role::admin;         // for that
    std::shared_ptr<const ModelState> model;  // set if the transaction sets one
    std::vector<SchemaEntry> added_schema;
    std::vector<Index> dropped_schema;
    bool definitions = false;  // model or schema were touched, even if nothing remains of it
    std::vector<std::uint64_t> claims;
    std::optional<std::uint32_t> first_rel;  // reserved and open; the committer closes it
    Role needed() const noexcept {
        if (model || !added_schema.empty() || !dropped_schema.empty()) return Role::admin;
        const auto data = overlay->empty() ? Role::reader : Role::editor;
        return accounts ? std::max(data, accounts_need) : data;
    }

    bool done = false;
    std::optional<CommitResult> result;  // nullopt: conflict
    std::exception_ptr error;
};

class TransactionImpl final : public Transaction {
public:
    TransactionImpl(std::shared_ptr<StoreImpl> store, std::optional<ValidTime> valid, const Principal& principal);
    ~TransactionImpl() override;

    const View& view() const override { return *view_; }
    ViewPtr view_ptr() const override { return view_; }
    ViewPtr view_at(ValidTime valid) const override;

    LabelId label(std::string_view name) override;
    TypeId type(std::string_view name) override;
    KeyId key(std::string_view name) override;

    NodeId create_node(std::span<const LabelId> labels, const PropertyList& properties) override;
    RelId create_relationship(TypeId type, NodeId source, NodeId target, const PropertyList& properties) override;
    void set_property(NodeId node, KeyId key, const Value& value) override;
    void set_property(RelId rel, KeyId key, const Value& value) override;
    void add_label(NodeId node, LabelId label) override;
    void remove_label(NodeId node, LabelId label) override;
    void delete_relationship(RelId rel) override;
    void delete_node(NodeId node) override;
    void detach_node(NodeId node) override;
    bool is_deleted(NodeId node) const override;
    bool is_deleted(RelId rel) const override;
    void finish_statement() override;
    void set_model(const Model& model) override;
    IndexId create_schema(SchemaEntry entry) override;
    void drop_schema(std::string_view name) override;
    void claim(std::uint64_t hash) override { request_.claims.push_back(hash); }
    WriteCounters counters() const override { return counters_; }
    bool has_writes() const override;
    std::optional<CommitResult> commit(const CommitInfo& info) override;

    // For accounts.cpp.
    void change_accounts(Role need, decltype(CommitRequest::accounts) change) {
        request_.accounts = std::move(change);
        request_.accounts_need = need;
    }
    const StoreView& store_view() const noexcept { return *view_; }

private:
    // Before anything of the kind is done.
    void require_editor() const {
        if (request_.principal.role < Role::editor) require_role(request_.principal, Role::editor, "writing");
    }
    void begin_writing();
    void require_admin(std::string_view what) const { require_role(request_.principal, Role::admin, what); }
    void reshape(NodeId node, std::vector<LabelId> labels);
    void note_keys(NodeId node);
    void note_keys(RelId rel);
    template <typename Id>
    void note_key(const Index& index, Id id);
    void use_schema();
    ModelRules& rules();
    void check_ends(NodeId node);
    void check_unique(const Index& index, std::span<const NodeId> nodes);
    void check_all_unique(const Index& index);
    void check_all(const Index& index);
    Error not_there(const char* what, std::uint32_t id) const;

    std::shared_ptr<StoreImpl> store_;
    StoreImpl::Snapshot snapshot_;
    Overlay overlay_;
    std::shared_ptr<StoreView> view_, all_;  // at the asked valid time; at all of them
    std::shared_ptr<const ModelState> model_;
    std::shared_ptr<const SchemaState> schema_;
    std::unique_ptr<ModelRules> rules_;
    mutable std::vector<std::shared_ptr<StoreView>> other_views_;
    CommitRequest request_;
    WriteCounters counters_;
    std::unordered_set<std::uint32_t> written_nodes_, written_rels_,
        deleted_nodes_;  // since the last finish_statement()
    bool ended_ = false;
};

}  // namespace mainstay
