#include "store_impl.hpp"

#include "accounts.hpp"
#include "bytes.hpp"
#include "commit.hpp"
#include "delta.hpp"
#include "descriptor.hpp"
#include "elements.hpp"
#include "file_header.hpp"
#include "index_key.hpp"
#include "mainstay/core/assert.hpp"
#include "mainstay/core/door.hpp"
#include "model_rules.hpp"
#include "row_seal.hpp"
#include "transaction_impl.hpp"
#include "view_impl.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace mainstay {
namespace {

constexpr std::uint32_t format_version = FileHeader{}.version;

void check_header(const lmdb::Transaction& txn, const std::filesystem::path& file) {
    // Every version keeps its number in the first four bytes; whether rows end in seals as ours do is told by it.
    const auto stored = txn.get_unchecked(lmdb::Table::token, header_token);
    if (!stored || stored->size() < sizeof(std::uint32_t))
        throw Error{Code::not_a_database, fmt::format("{} has no Mainstay header", file.string())}.with_hint(
            "name a file that Mainstay has made");
    const auto version = load<std::uint32_t>(*stored, 0);
    const bool is_sealed = lmdb::is_sealed(static_cast<std::uint8_t>(lmdb::Table::token), header_token, *stored);
    if ((version == 1 && stored->size() == sizeof(FileHeader)) || (version == 2 && is_sealed))
        throw Error{Code::newer_format,
                    fmt::format("{} has format version {}, which this Mainstay does not read any more; it knows {}",
                                file.string(), version, format_version)}
            .with_hint("export it with the Mainstay that wrote it, and import that into a new file");
    if (version != format_version)
        throw Error{Code::newer_format, fmt::format("{} has format version {}; this Mainstay knows {}", file.string(),
                                                    version, format_version)}
            .with_hint(is_sealed ? "open it with a newer Mainstay"
                                 : "open it with a newer Mainstay; if none has written it, it is damaged: restore a "
                                   "backup");
    const auto bytes = txn.get(lmdb::Table::token, header_token);
    if (!bytes || bytes->size() != sizeof(FileHeader))
        throw Error{Code::corrupt, fmt::format("{}: its header is of a wrong size", file.string())}.with_hint(
            "the file is damaged: restore a backup");
    const auto header = load<FileHeader>(*bytes, 0);
    if (const auto unknown = header.required & ~known_features)
        throw Error{Code::newer_format,
                    fmt::format("{} needs features this Mainstay does not have (bits {:#x})", file.string(), unknown)}
            .with_hint("open it with a newer Mainstay");
}

}  // namespace

void ConflictTable::trim(TxNumber oldest_needed, TxNumber newest) {
    constexpr std::size_t entries_max = 1'000'000;
    if (written.size() + node_shared.size() + claims.size() < entries_max) return;
    const auto drop = [&](auto& table) {
        std::erase_if(table, [&](const auto& e) { return e.second <= oldest_needed; });
    };
    drop(written), drop(node_shared), drop(node_exclusive), drop(claims);
    if (written.size() + node_shared.size() + claims.size() >= entries_max) {
        // A transaction has been open for a million writes.
        forget(newest);
    } else {
        since = std::max(since, std::min(oldest_needed, newest));
    }
}

void ConflictTable::forget(TxNumber newest) noexcept {
    written.clear(), node_shared.clear(), node_exclusive.clear(), claims.clear();
    since = newest;
}

// --- open

std::unique_ptr<Store> Store::open(const std::filesystem::path& file, const OpenOptions& options) {
    // Views and transactions keep the store's parts alive; the caller's handle is a thin owner.
    struct Handle final : Store {
        std::shared_ptr<StoreImpl> impl;
        explicit Handle(std::shared_ptr<StoreImpl> i) : impl(std::move(i)) {}
        const std::filesystem::path& path() const override { return impl->path(); }
        const Names& names() const override { return impl->names(); }
        std::int64_t now_us() const override { return impl->now_us(); }
        TxNumber last_tx() const override {
            return at_door([&] { return impl->last_tx(); });
        }
        ViewPtr view(const ViewOptions& o) const override {
            return at_door([&] { return impl->view(o); });
        }
        TxNumber tx_at(std::int64_t t) const override {
            return at_door([&] { return impl->tx_at(t); });
        }
        std::unique_ptr<Transaction> begin(std::optional<ValidTime> v, const Principal& p) override {
            return at_door([&] { return impl->begin(v, p); });
        }
        Accounts& accounts() override { return impl->accounts(); }
        std::vector<CommitRecord> log(std::size_t n) const override {
            return at_door([&] { return impl->log(n); });
        }
        std::optional<CommitChanges> changes_of(TxNumber tx) const override {
            return at_door([&] { return impl->changes_of(tx); });
        }
        StoreStatistics stats() const override {
            return at_door([&] { return impl->stats(); });
        }
        OldestReader oldest_reader() const override {
            return at_door([&] { return impl->oldest_reader(); });
        }
        VerifyReport verify(const ProgressSink& p) const override {
            return at_door([&] { return impl->verify(p); });
        }
        void backup(const std::filesystem::path& t, const ProgressSink& p) const override {
            at_door([&] { impl->backup(t, p); });
        }
        void compact_to(const std::filesystem::path& t, const ProgressSink& p) override {
            at_door([&] { impl->compact_to(t, p); });
        }
        void compact(const ProgressSink& p) override {
            at_door([&] { impl->compact(p); });
        }
        void fold_all() override {
            at_door([&] { impl->fold_all(); });
        }
        StoreImpl* implementation() noexcept override { return impl.get(); }
    };
    return at_door([&]() -> std::unique_ptr<Store> {
        if (sodium_init() < 0) throw Error{Code::internal, "the cryptographic library cannot start"};
        auto env = lmdb::Environment::open(file, options.mode, options.durability, options.map_bytes,
                                           options.take_cut && options.mode == OpenMode::read_only
                                               ? lmdb::Environment::IfCut::take
                                               : lmdb::Environment::IfCut::refuse);
        const bool is_new = env->take_to_be_filled();
        auto impl = std::make_shared<StoreImpl>(std::move(env), options);
        if (is_new)
            impl->initialise();
        else
            impl->check();
        return std::make_unique<Handle>(std::move(impl));
    });
}

StoreImpl::StoreImpl(std::shared_ptr<lmdb::Environment> env, const OpenOptions& options)
    : env_(std::move(env)), options_(options), accounts_(make_accounts(*this)) {}

StoreImpl::~StoreImpl() {
    if (writer_fd_ < 0) return;
    env_->end_tail();
    ::close(writer_fd_);  // gives the writer lock back
}

void StoreImpl::check() {
    lmdb::Transaction txn(env_, lmdb::Transaction::Kind::read);
    check_header(txn, path());
}

void StoreImpl::initialise() {
    {
        lmdb::Transaction txn(env_, lmdb::Transaction::Kind::write);
        FileHeader header;
        header.created_us = now_us();
        write_file_header(txn, header);
        txn.commit();
    }
    if (const auto& model = options_.initial_model ? *options_.initial_model : Model::built_in(); !model.is_empty()) {
        auto transaction = begin(std::nullopt, {});
        transaction->set_model(model);
        if (!transaction->commit({"mainstay", "new database", "", ""}))
            throw Error{Code::internal, "a new database had another writer"};
    }
    env_->finish();
}

std::int64_t StoreImpl::now_us() const {
    if (options_.clock) return options_.clock();
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// --- snapshots

std::shared_ptr<const Head> StoreImpl::head_for(const lmdb::Transaction& txn) const {
    const auto id = txn.id();
    std::shared_ptr<const Head> earlier;
    {
        const std::lock_guard lock(heads_mutex_);
        auto at = heads_.upper_bound(id);
        if (at != heads_.begin()) {
            --at;
            if (at->first == id) return at->second;
            earlier = at->second;
        }
    }
    auto head = read_head(txn, tokens_, earlier.get());
    publish(head);
    return head;
}

void StoreImpl::publish(std::shared_ptr<const Head> head) const {
    constexpr std::size_t heads_kept = 16;
    const std::lock_guard lock(heads_mutex_);
    heads_[head->snapshot] = std::move(head);
    while (heads_.size() > heads_kept) heads_.erase(heads_.begin());
}

std::unique_ptr<SegmentTable> StoreImpl::segments_for(std::uint64_t snapshot, TableUser user) const {
    auto& tables = segment_tables_[static_cast<std::size_t>(user)];
    // Where others may write, nothing is known of how two snapshots differ.
    if (!is_writer_.load(std::memory_order_acquire)) return tables.take(snapshot, ~std::uint64_t{0});
    return tables.take(snapshot, std::max(writer_since_.load(), env_->segments_changed()));
}

bool StoreImpl::is_dirty_map_of_both(delta::DirtyMap which, std::uint32_t segment, std::uint64_t one,
                                     std::uint64_t other) const noexcept {
    const std::uint64_t earlier = std::min(one, other);
    return is_writer_.load(std::memory_order_acquire) && writer_since_.load() <= earlier &&
           env_->row_changed(delta::dirty_row(which, segment)) <= earlier;
}

void StoreImpl::keep_segments(std::uint64_t snapshot, TableUser user,
                              std::unique_ptr<SegmentTable> table) const noexcept {
    segment_tables_[static_cast<std::size_t>(user)].give(snapshot, std::move(table));
}

StoreImpl::Snapshot StoreImpl::snapshot() const {
    auto txn = std::make_shared<lmdb::Transaction>(env_, lmdb::Transaction::Kind::read);
    auto head = head_for(*txn);
    return {std::move(txn), std::move(head)};
}

TxNumber StoreImpl::last_tx() const { return snapshot().head->tx; }

ViewPtr StoreImpl::view(const ViewOptions& options) const {
    auto [txn, head] = snapshot();
    if (options.as_of && *options.as_of > head->tx)
        throw Error{Code::invalid_argument_value, fmt::format("there is no transaction {} yet; the newest is {}",
                                                              raw(*options.as_of), raw(head->tx))};
    return std::make_shared<StoreView>(shared_from_this(), *this, std::move(txn), std::move(head), options.as_of,
                                       options.valid.value_or(ValidTime{now_us()}), nullptr);
}

TxNumber StoreImpl::tx_at(std::int64_t time_us) const {
    const auto [txn, head] = snapshot();
    if (head->time_us <= time_us) return head->tx;
    // Commit times strictly increase with the number.
    std::uint64_t low = 0, high = raw(head->tx);
    while (low + 1 < high) {
        const auto middle = low + (high - low) / 2;
        const auto record = txn->get(lmdb::Table::log, log_key(TxNumber{middle}));
        if (record && decode_log_record(TxNumber{middle}, *record).time_us <= time_us)
            low = middle;
        else
            high = middle;
    }
    return TxNumber{low};
}

TxNumber StoreImpl::tx_of_load(const lmdb::Transaction& txn, std::uint64_t load) const {
    {
        const std::lock_guard lock(loads_mutex_);
        if (const auto at = loads_.find(load); at != loads_.end()) return at->second;
    }
    const auto bytes = txn.get(lmdb::Table::token, load_token(load));
    if (!bytes || bytes->size() != 8) return TxNumber{~std::uint64_t{0}};  // not published
    const TxNumber tx{load_big_endian<std::uint64_t>(*bytes)};
    const std::lock_guard lock(loads_mutex_);
    loads_[load] = tx;
    return tx;
}

// --- writing

void StoreImpl::require_in_place() const {
    if (!env_->is_in_place())
        throw Error{Code::io_error, fmt::format("{} was replaced by another file since it was opened", path().string())}
            .with_hint("close the database and open it again");
}

void StoreImpl::become_writer() {
    if (is_writer_.load(std::memory_order_acquire)) return;
    const std::lock_guard lock(write_mutex_);
    if (is_writer_.load(std::memory_order_acquire)) return;
    if (!env_->is_writable())
        throw Error{Code::read_only, fmt::format("{} is open for reading only", path().string())}.with_hint(
            read_only_hint);
    Descriptor file{::open(path().c_str(), O_RDWR | O_CLOEXEC)};
    if (file.fd < 0)
        throw Error{Code::permission_denied,
                    fmt::format("{} cannot be written: {}", path().string(), std::strerror(errno))};
    require_in_place();
    // A lock of an open file description, on a byte no file reaches: LMDB's own locks are not touched, and another
    // Store of this process that shares the file is another writer all the same.
    struct flock range {};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = std::int64_t{1} << 61;
    range.l_len = 1;
    const auto deadline = std::chrono::steady_clock::now() + options_.writer_wait;
    while (::fcntl(file.fd, F_OFD_SETLK, &range) != 0) {
        if (std::chrono::steady_clock::now() < deadline) {
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
            continue;
        }
        throw Error{Code::writer_locked, fmt::format("{} is being written by another process", path().string())}
            .with_hint("one process writes at a time; wait until it has closed the file; reading goes on meanwhile");
    }
    // What throws here gives the lock back: the next write tries all of it again.
    env_->find_new_tables();
    {
        lmdb::Transaction txn(env_, lmdb::Transaction::Kind::read);
        const auto head = head_for(txn);
        Tokens stored;
        stored.load(txn);
        stored_tokens_ = stored.counts();
        conflicts_.since = head->tx;
        writer_since_ = txn.id();
        delta_rows_.count(txn);
        ids_.start(*head, [this](std::uint32_t segment) { return used_slots(segment); });
    }
    delete_unpublished();
    env_->allow_tail();
    writer_fd_ = std::exchange(file.fd, -1);
    is_writer_.store(true, std::memory_order_release);
}

// How many slots of a node segment are taken in the file.
std::uint32_t StoreImpl::used_slots(std::uint32_t segment) const {
    lmdb::Transaction txn(env_, lmdb::Transaction::Kind::read);
    std::uint32_t used = 0;
    const PartKey key{ElementKind::node, Part::elements, segment};
    if (const auto blob = find_part(txn, key)) used = read_node_elements(*blob, key, Check::full).slots();
    if (const auto dirty = txn.get(lmdb::Table::delta, delta::dirty_key(delta::DirtyMap::node, segment)))
        for (std::uint32_t slot = segment_slots; slot-- > used;)
            if (slot / 8 < dirty->size() && (static_cast<unsigned char>((*dirty)[slot / 8]) >> (slot % 8) & 1)) {
                used = slot + 1;
                break;
            }
    return used;
}

std::unique_ptr<Transaction> StoreImpl::begin(std::optional<ValidTime> valid, const Principal& principal) {
    return std::make_unique<TransactionImpl>(shared_from_this(), valid, principal);
}

std::unique_ptr<ModelRules> StoreImpl::take_rules(const std::shared_ptr<const ModelState>& model) {
    {
        const std::lock_guard lock(rules_mutex_);
        // Of a model that was replaced: nobody will ask for them any more.
        std::erase_if(idle_rules_, [&](const auto& rules) { return rules->state() != model; });
        if (!idle_rules_.empty()) {
            auto rules = std::move(idle_rules_.back());
            idle_rules_.pop_back();
            return rules;
        }
    }
    return std::make_unique<ModelRules>(model, tokens_);
}

void StoreImpl::give_rules(std::unique_ptr<ModelRules> rules) noexcept {
    constexpr std::size_t kept_max = 8;
    const std::lock_guard lock(rules_mutex_);
    try {
        if (idle_rules_.size() < kept_max) idle_rules_.push_back(std::move(rules));
    } catch (...) {
        // No memory: they are made again.
    }
}

std::optional<CommitResult> StoreImpl::commit(CommitRequest& request) {
    become_writer();
    queue_.pass(
        request, [this](CommitQueue::Group& group) { commit_group(group); },
        [this] {
            if (options_.fold) fold_some();  // tried again after the next commit, should it fail
        });
    if (request.error) std::rethrow_exception(request.error);
    return request.result;
}

void StoreImpl::commit_group(std::vector<CommitRequest*>& group) {
    const std::lock_guard write_lock(write_mutex_);
    require_in_place();
    const auto attempt = [&](std::span<CommitRequest* const> requests) {
        auto txn = std::make_shared<lmdb::Transaction>(env_, lmdb::Transaction::Kind::write);
        std::shared_ptr<const Head> head;
        {
            lmdb::Transaction reader(env_, lmdb::Transaction::Kind::read);
            head = head_for(reader);
        }
        std::vector<std::pair<CommitRequest*, std::unique_ptr<CommitWriter>>> written;
        ConflictTable& conflicts = conflicts_;
        ConflictTable within;  // of this group's earlier requests, kept apart until they are durable
        std::vector<std::pair<CommitRequest*, CommitResult>> results;
        // Held back again if nothing comes of it: what commits before the second attempt must not count them as
        // settled.
        struct Closed {
            IdSource& ids;
            std::vector<std::pair<CommitRequest*, IdSource::Closed>> rels;
            void close(CommitRequest* request) {
                auto& of = rels.emplace_back(request, IdSource::Closed{});
                of.second = ids.close_rels(*request->first_rel);
                request->first_rel.reset();
            }
            ~Closed() {
                for (auto& [request, rel] : rels) {
                    if (rel) request->first_rel = rel.value();
                    ids.give_back(std::move(rel));
                }
            }
        } closed{ids_, {}};
        for (auto* request : requests) {
            request->result.reset();
            auto writer = std::make_unique<CommitWriter>(*this, tokens_, txn, head, *request);
            if (request->first_rel) closed.close(request);
            if (!writer->may_commit(conflicts) || (!written.empty() && !writer->may_commit(within))) continue;
            const auto time = std::max(now_us(), head->time_us + 1);
            auto next = writer->write(time, ids_.node_segments_used(), ids_.rel_next(), ids_.rel_settled());
            writer->remember(within, next->tx);
            results.emplace_back(request, CommitResult{next->tx, time});
            head = std::move(next);
            written.emplace_back(request, std::move(writer));
        }
        if (written.empty()) {
            closed.rels.clear();
            return;
        }
        const auto stored = tokens_.store_since(stored_tokens_, *txn);
        constexpr std::uint64_t figures_every = 512;
        if (raw(head->tx) / figures_every != raw(results.front().second.tx) / figures_every ||
            raw(head->tx) % figures_every == 0)
            txn->put(lmdb::Table::token, figures_token, encode(head->figures, head->tx));
        auto last = std::make_shared<Head>(*head);
        last->snapshot = txn->id();
        std::vector<std::unique_ptr<CommitWriter>> writers;
        std::vector<CommitRequest*> committed;
        for (auto& [request, writer] : written) {
            delta_rows_.expect(writer->dirty());
            writers.push_back(std::move(writer));
            committed.push_back(request);
        }
        // Known before it is visible, so that no reader has to derive it from the file.
        publish(last);
        try {
            txn->commit();
        } catch (...) {
            const std::lock_guard lock(heads_mutex_);
            heads_.erase(last->snapshot);
            throw;
        }
        // It is committed: from here on nothing may fail.
        closed.rels.clear();
        stored_tokens_ = stored;
        for (auto& [request, result] : results) request->result = result;
        for (const auto& writer : writers) delta_rows_.add(writer->dirty());
        try {
            for (std::size_t i = 0; i < writers.size(); ++i) writers[i]->remember(conflicts, results[i].second.tx);
        } catch (...) {
            conflicts.forget(last->tx);
        }
        try {
            carry_baseline(TxNumber{raw(results.front().second.tx) - 1}, last->tx, committed);
        } catch (...) {
            // Whoever asks for it looks for it again.
        }
    };
    try {
        attempt(group);
    } catch (...) {
        if (group.size() == 1) {
            group.front()->error = std::current_exception();
        } else {
            for (auto* request : group) {
                try {
                    attempt(std::span(&request, 1));
                } catch (...) {
                    request->error = std::current_exception();
                }
            }
        }
    }
    TxNumber oldest{~std::uint64_t{0}};
    {
        const std::lock_guard lock(open_mutex_);
        if (!open_transactions_.empty()) oldest = open_transactions_.begin()->first;
    }
    try {
        conflicts_.trim(oldest, last_tx());
    } catch (...) {
        // The group has its answers; the next one trims.
    }
}

void StoreImpl::write_alone(const std::function<void(lmdb::Transaction&, const Head&)>& f) {
    become_writer();
    const std::lock_guard lock(write_mutex_);
    std::shared_ptr<const Head> head;
    {
        lmdb::Transaction reader(env_, lmdb::Transaction::Kind::read);
        head = head_for(reader);
    }
    lmdb::Transaction txn(env_, lmdb::Transaction::Kind::write);
    f(txn, *head);
    txn.commit();
}

// --- reports

std::vector<CommitRecord> StoreImpl::log(std::size_t limit) const {
    const auto [txn, head] = snapshot();
    std::vector<CommitRecord> records;
    auto cursor = txn->cursor(lmdb::Table::log);
    for (bool more = cursor.last(); more && records.size() < limit; more = cursor.previous())
        records.push_back(summary_of(decode_log_record(tx_of_log_key(cursor.key()), cursor.value()), cursor.value()));
    std::reverse(records.begin(), records.end());
    return records;
}

std::optional<CommitChanges> StoreImpl::changes_of(TxNumber tx) const {
    const auto [txn, head] = snapshot();
    const auto value = txn->get(lmdb::Table::log, log_key(tx));
    if (!value) return std::nullopt;
    const LogRecord record = decode_log_record(tx, *value);
    CommitChanges result{summary_of(record, *value), {}};
    const auto kind_of = [](bool is_created, bool is_deleted) {
        return is_deleted   ? ElementChange::Kind::deleted
               : is_created ? ElementChange::Kind::created
                            : ElementChange::Kind::changed;
    };
    for_each_operation(record, [&](LogOperation code, std::string_view body) {
        ByteReader reader(body, "an operation of the change log");
        ElementChange change;
        if (code == LogOperation::node) {
            change.id = reader.fixed<std::uint32_t>();
            change.shape = ShapeId{reader.fixed<std::uint32_t>()};
            const NodeRow row{reader.rest()};
            if (!row.deleted && (row.created || row.reshaped)) change.shape = row.shape;
            change.kind = kind_of(row.created, row.deleted);
        } else if (code == LogOperation::rel) {
            change.element = ElementKind::relationship;
            change.id = reader.fixed<std::uint32_t>();
            const RelRow row{reader.rest()};
            change.ends = row.ends;
            change.kind = kind_of(row.created, row.deleted);
        } else {
            return;
        }
        result.elements.push_back(change);
    });
    return result;
}

StoreStatistics StoreImpl::stats() const {
    const auto [txn, head] = snapshot();
    StoreStatistics s;
    s.file_bytes = std::filesystem::file_size(path());
    s.used_bytes = (env_->last_page() + 1) * env_->page_size();
    s.map_bytes = env_->map_bytes();
    s.nodes = head->figures.nodes();
    s.rels = head->figures.rels();
    s.segments = head->figures.node_segments + ((head->figures.rel_next + segment_slots - 1) >> segment_bits);
    s.delta_rows = txn->size(lmdb::Table::delta).entries;
    s.log_records = txn->size(lmdb::Table::log).entries;
    s.index_entries = txn->size(lmdb::Table::unique).entries + txn->size(lmdb::Table::index).entries;
    s.history_rows = txn->size(lmdb::Table::history).entries;
    s.last_tx = head->tx;
    s.readers = env_->readers();
    s.oldest_reader = oldest_reader();
    std::map<std::string, std::uint64_t> labels, types;
    for (std::uint32_t shape = 0; shape < head->figures.nodes_by_shape.size(); ++shape)
        for (const auto label : tokens_.labels_of(ShapeId{shape}))
            labels[std::string(tokens_.label(label))] += head->figures.nodes_by_shape[shape];
    for (std::uint32_t type = 0; type < head->figures.rels_by_type.size(); ++type)
        types[std::string(tokens_.type(TypeId{type}))] += head->figures.rels_by_type[type];
    for (const auto& [name, n] : labels)
        if (n) s.labels.emplace_back(name, n);
    for (const auto& [name, n] : types)
        if (n) s.types.emplace_back(name, n);
    return s;
}

}  // namespace mainstay
