#include "mainstay/storage/bulk.hpp"

#include "bulk_edges.hpp"
#include "bulk_encode.hpp"
#include "bulk_parts.hpp"
#include "bulk_publish.hpp"
#include "change.hpp"
#include "mainstay/core/assert.hpp"
#include "mainstay/core/door.hpp"
#include "store_impl.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <thread>
#include <variant>

namespace mainstay {
namespace {

using NodeBufferPtr = std::unique_ptr<NodeBuffer>;
using RelBufferPtr = std::unique_ptr<RelBuffer>;

// Full segments on their way to the thread that encodes them, and empty buffers on their way back. The thread starts
// with the first that have queued up: a small load does without.
class SegmentQueue {
public:
    explicit SegmentQueue(std::function<void(NodeBuffer&)> nodes, std::function<void(RelBuffer&)> rels)
        : encode_nodes_(std::move(nodes)), encode_rels_(std::move(rels)) {}
    ~SegmentQueue() { stop(); }

    using Item = std::variant<NodeBufferPtr, RelBufferPtr>;
    // May wait; throws what the thread has met.
    void push(Item item) {
        constexpr std::size_t queue_max = 32, worth_a_thread = 4;
        std::unique_lock lock(mutex_);
        if (error_) std::rethrow_exception(error_);
        changed_.wait(lock, [&] { return queue_.size() < queue_max || error_; });
        queue_.push_back(std::move(item));
        if (!thread_.joinable() && queue_.size() >= worth_a_thread) thread_ = std::thread([this] { run(); });
        changed_.notify_all();
    }
    // Encodes what is left, here and in the thread, and ends the thread.
    void drain() {
        for (;;) {
            Item item;
            {
                const std::lock_guard lock(mutex_);
                if (queue_.empty() || error_) break;
                item = std::move(queue_.front());
                queue_.pop_front();
            }
            encode(item);
        }
        stop();
        if (error_) std::rethrow_exception(error_);
    }
    // Forgets what is left, and ends the thread.
    void give_up() {
        {
            const std::lock_guard lock(mutex_);
            queue_.clear();
        }
        stop();
    }
    // Buffers to fill again; null: none yet.
    NodeBufferPtr empty_nodes() { return take(nodes_); }
    RelBufferPtr empty_rels() { return take(rels_); }

private:
    void run() {
        try {
            for (;;) {
                Item item;
                {
                    std::unique_lock lock(mutex_);
                    changed_.wait(lock, [&] { return !queue_.empty() || stopping_; });
                    if (queue_.empty()) return;
                    item = std::move(queue_.front());
                    queue_.pop_front();
                    changed_.notify_all();
                }
                encode(item);
            }
        } catch (...) {
            const std::lock_guard lock(mutex_);
            error_ = std::current_exception();
            changed_.notify_all();
        }
    }
    void encode(Item& item) {
        if (auto* nodes = std::get_if<NodeBufferPtr>(&item)) {
            encode_nodes_(**nodes);
            (*nodes)->columns.reset();
            const std::lock_guard lock(mutex_);
            nodes_.push_back(std::move(*nodes));
        } else {
            auto& rels = std::get<RelBufferPtr>(item);
            encode_rels_(*rels);
            rels->columns.reset();
            const std::lock_guard lock(mutex_);
            rels_.push_back(std::move(rels));
        }
    }
    void stop() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            changed_.notify_all();
        }
        if (thread_.joinable()) thread_.join();
    }
    template <typename T>
    T take(std::vector<T>& from) {
        const std::lock_guard lock(mutex_);
        if (from.empty()) return nullptr;
        auto item = std::move(from.back());
        from.pop_back();
        return item;
    }

    std::function<void(NodeBuffer&)> encode_nodes_;
    std::function<void(RelBuffer&)> encode_rels_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Item> queue_;
    std::vector<NodeBufferPtr> nodes_;
    std::vector<RelBufferPtr> rels_;
    bool stopping_ = false;
    std::exception_ptr error_;
    std::thread thread_;
};

BulkRules rules_of(StoreImpl& store, const Head& head) {
    BulkRules rules{head.model, head.schema, no_key, no_key};
    rules.valid_from = store.tokens().add_key("valid_from");
    rules.valid_to = store.tokens().add_key("valid_to");
    return rules;
}

class Loader final : public BulkLoader {
public:
    Loader(std::shared_ptr<StoreImpl> store, Defaults defaults, Principal principal)
        : store_(std::move(store)),
          defaults_(defaults),
          principal_(std::move(principal)),
          load_(store_->new_load()),
          mark_(mark_of_load(load_)),
          rules_(rules_of(*store_, *store_->snapshot().head)),
          parts_(*store_, load_),
          encoder_(store_->tokens(), rules_, mark_, parts_),
          edges_(nodes_, encoder_, parts_, mark_),
          queue_([this](NodeBuffer& b) { encoder_.encode(b); },
                 [this](RelBuffer& b) {
                     const auto nodes = copy_nodes();
                     encoder_.encode(b, [&nodes](NodeId node) { return nodes.shape_of(node); });
                 }) {}

    ~Loader() override {
        if (is_published_) return;
        try {
            if (first_rel_ != no_id) store_->ids().close_rels(first_rel_);
            queue_.give_up();
            parts_.discard();
        } catch (...) {
            // The next process that writes deletes what is left.
        }
    }

    LabelId label(std::string_view name) override {
        require_class(rules_.model->model(), name);
        return store_->tokens().add_label(name);
    }
    TypeId type(std::string_view name) override {
        require_type(rules_.model->model(), name);
        return store_->tokens().add_type(name);
    }
    KeyId key(std::string_view name) override { return store_->tokens().add_key(name); }

    NodeId add_node(std::span<const LabelId> labels, const PropertyList& properties) override;
    RelId add_relationship(TypeId type, NodeId source, NodeId target, const PropertyList& properties) override;
    CommitResult finish(const CommitInfo& info, const ProgressSink& progress) override {
        return at_door([&] { return load(info, progress); });
    }

private:
    CommitResult load(const CommitInfo& info, const ProgressSink& progress);
    // Nodes of one label set: the segment that is being filled.
    struct Shape {
        ShapeId id{};
        NodeBufferPtr open;
        PropertyList defaults;
    };
    Shape& shape_for(std::span<const LabelId> labels);
    void open_segment(Shape& shape);
    bool limits_dated(TypeId type) {
        if (raw(type) >= limits_dated_.size()) limits_dated_.resize(raw(type) + 1);
        auto& known = limits_dated_[raw(type)];
        if (!known) known = edges_.limits_dated(type);
        return *known;
    }

    std::shared_ptr<StoreImpl> store_;
    const Defaults defaults_;
    const Principal principal_;
    const std::uint64_t load_;
    const Mark mark_;
    const BulkRules rules_;
    LoadedNodes nodes_;
    mutable std::mutex nodes_mutex_;  // of nodes_, which the encoding thread copies
    BulkParts parts_;
    BulkEncoder encoder_;
    BulkEdges edges_;
    std::map<std::vector<LabelId>, Shape> shapes_;
    Shape* last_shape_ = nullptr;
    std::vector<LabelId> last_labels_;
    RelBufferPtr open_rels_;
    RelBlock* open_block_ = nullptr;
    std::uint32_t first_rel_ = no_id;
    std::vector<std::optional<bool>> limits_dated_;  // by type: what edges_ says
    bool is_over_ = false, is_published_ = false;
    SegmentQueue queue_;

    LoadedNodes copy_nodes() const {
        const std::lock_guard lock(nodes_mutex_);
        return nodes_;
    }
};

Loader::Shape& Loader::shape_for(std::span<const LabelId> labels) {
    if (last_shape_ && std::equal(labels.begin(), labels.end(), last_labels_.begin(), last_labels_.end()))
        return *last_shape_;
    last_labels_.assign(labels.begin(), labels.end());
    auto ascending = last_labels_;
    std::sort(ascending.begin(), ascending.end());
    ascending.erase(std::unique(ascending.begin(), ascending.end()), ascending.end());
    auto [at, is_new] = shapes_.try_emplace(std::move(ascending));
    if (is_new) {
        at->second.id = store_->tokens().add_shape(at->first);
        if (defaults_ == Defaults::apply && !rules_.model->model().is_empty()) {
            const std::lock_guard lock(encoder_.rules_mutex());
            for (const auto& rule : encoder_.rules().of_shape(at->second.id))
                if (rule.attribute.default_value)
                    at->second.defaults.emplace_back(rule.key, *rule.attribute.default_value);
        }
    }
    return *(last_shape_ = &at->second);
}

void Loader::open_segment(Shape& shape) {
    shape.open = queue_.empty_nodes();
    if (!shape.open) shape.open = std::make_unique<NodeBuffer>();
    shape.open->shape = shape.id;
    shape.open->segment = store_->ids().node_segment();
    shape.open->slots = 0;
    const std::lock_guard lock(nodes_mutex_);
    nodes_.open(shape.open->segment, shape.id);
}

NodeId Loader::add_node(std::span<const LabelId> labels, const PropertyList& properties) {
    MAINSTAY_ASSERT(!is_over_);
    for (const auto& [key, value] : properties) require_storable(value, key, store_->tokens());
    auto& shape = shape_for(labels);
    if (!shape.open) open_segment(shape);
    auto& buffer = *shape.open;
    const auto slot = buffer.slots++;
    buffer.columns.set(slot, properties);
    for (const auto& [key, value] : shape.defaults)
        if (std::none_of(properties.begin(), properties.end(),
                         [k = key](const auto& p) { return p.first == k && !p.second.is_null(); }))
            buffer.columns.set(slot, key, value);
    const NodeId node{buffer.segment << segment_bits | slot};
    if (buffer.slots == segment_slots) {
        {
            const std::lock_guard lock(nodes_mutex_);
            nodes_.set_slots(buffer.segment, segment_slots);
        }
        queue_.push(std::move(shape.open));
    }
    return node;
}

RelId Loader::add_relationship(TypeId type, NodeId source, NodeId target, const PropertyList& properties) {
    MAINSTAY_ASSERT(!is_over_);
    for (const auto& [key, value] : properties) require_storable(value, key, store_->tokens());
    if (!open_block_) {
        const auto segment =
            store_->ids().rel_segment(first_rel_ == no_id ? IdSource::Hold::first : IdSource::Hold::no);
        if (first_rel_ == no_id) first_rel_ = segment << segment_bits;
        open_block_ = &edges_.add_block(segment);
        open_rels_ = queue_.empty_rels();
        if (!open_rels_) open_rels_ = std::make_unique<RelBuffer>();
        open_rels_->block = open_block_;
    }
    auto& block = *open_block_;
    const auto slot = block.slots++;
    block.type[slot] = type;
    block.source[slot] = source;
    block.target[slot] = target;
    open_rels_->columns.set(slot, properties);
    const Value *from = nullptr, *to = nullptr;
    for (const auto& [key, value] : properties) {
        if (key == rules_.valid_from) from = &value;
        if (key == rules_.valid_to) to = &value;
    }
    const bool limited = limits_dated(type);
    if (from || to || limited) {
        const Value none;
        if (from || to) edges_.note_dates(type, source, target, from ? *from : none, to ? *to : none);
        if (limited) edges_.note_limited(type, source, target, from ? *from : none, to ? *to : none);
    }
    const RelId rel{block.segment << segment_bits | slot};
    if (block.slots == segment_slots) {
        open_block_ = nullptr;
        queue_.push(std::move(open_rels_));
    }
    return rel;
}

CommitResult Loader::load(const CommitInfo& given, const ProgressSink& progress) {
    MAINSTAY_ASSERT(!is_over_);
    is_over_ = true;
    CommitInfo info = given;
    if (!principal_.name.empty()) info.author = principal_.name;
    for (auto& [labels, shape] : shapes_)
        if (shape.open) {
            {
                const std::lock_guard lock(nodes_mutex_);
                nodes_.set_slots(shape.open->segment, shape.open->slots);
            }
            queue_.push(std::move(shape.open));
        }
    if (open_block_) queue_.push(std::move(open_rels_));
    if (progress) progress({"encoding properties", 0, 1});
    queue_.drain();
    if (progress) progress({"encoding properties", 1, 1});
    if (nodes_.all().empty() && edges_.blocks().empty()) {
        is_published_ = true;
        return {};
    }
    edges_.build(std::clamp(std::thread::hardware_concurrency(), 1U, 4U), progress);
    if (progress) progress({"sorting index entries", 0, 1});
    for (auto& entries : encoder_.index_entries()) entries.sort();
    const auto result = publish(
        {*store_, load_, rules_, nodes_, edges_, encoder_, parts_, first_rel_, std::move(info), principal_}, progress);
    is_published_ = true;
    try {
        for (std::size_t i = 0; i < nodes_.all().size(); ++i)
            store_->ids().adopt(nodes_.all()[i].shape, nodes_.number(i), nodes_.all()[i].slots);
    } catch (const std::bad_alloc&) {
        // What is left of its segments stays unused.
    }
    return result;
}

}  // namespace

std::unique_ptr<BulkLoader> BulkLoader::start(Store& store, Defaults defaults, const Principal& principal) {
    return at_door([&] {
        auto impl = store.implementation()->shared_from_this();
        Principal now = impl->accounts().require(principal);
        require_role(now, Role::editor, "a load");
        impl->become_writer();
        return std::make_unique<Loader>(std::move(impl), defaults, std::move(now));
    });
}

}  // namespace mainstay
