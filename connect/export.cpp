#include "mainstay/connect/connect.hpp"

#include "dump_value.hpp"

#include "mainstay/core/door.hpp"
#include "mainstay/core/json.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <ostream>
#include <set>

namespace mainstay {
namespace {

using connect::write_text;
using connect::write_value;

constexpr std::uint64_t tick_elements = 4'096;

std::string_view word_of(SchemaKind kind) {
    switch (kind) {
        case SchemaKind::range_index: return "range_index";
        case SchemaKind::unique: return "unique";
        case SchemaKind::exists: return "exists";
        case SchemaKind::node_key: return "node_key";
    }
    return "";
}

// Writes a dump's lines (docs/import.md). Nodes are numbered by (labels, id) and relationships come by (source, type,
// target, id), so that a database restored from a dump gives the same dump again, whatever its ids are.
class Dump {
public:
    // `losses`: where what cannot be read is counted; nullptr: it ends the dump.
    Dump(const View& view, std::ostream& out, const ProgressSink& progress, ExportLosses* losses)
        : view_(view), out_(out), progress_(progress), losses_(losses) {}

    void write() {
        out_ << R"({"mainstay":"dump","version":1})" << '\n';
        out_ << R"({"model":)" << OrderedJson::parse(view_.model().to_json()).dump() << "}\n";
        write_schema();
        number_nodes();
        for (const auto& [labels, nodes] : nodes_) write_nodes(labels, nodes);
        for (const auto& [labels, nodes] : nodes_)
            for (const NodeId node : nodes) write_relationships(node);
        if (!unreadable_.empty()) write_relationships_by_id();
        out_ << R"({"end":{"nodes":)" << nodes_written_ << R"(,"relationships":)" << rels_written_ << "}}\n";
        out_.flush();
    }

private:
    // Whether f could read what it reads. What it could not is counted, unless there is another way to it (`what` "").
    template <typename F>
    bool reads(std::string_view what, F&& f) {
        if (!losses_) {
            f();
            return true;
        }
        try {
            f();
            return true;
        } catch (const Error& error) {
            if (error.code() != Code::corrupt) throw;
            if (!what.empty()) ++losses_->counts[{std::string(what), error.message()}];
            return false;
        }
    }

    void write_schema() {
        std::vector<SchemaEntry> entries = view_.schema();
        std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
        for (const SchemaEntry& entry : entries) {
            if (entry.from_model) continue;
            OrderedJson json = OrderedJson::object();
            json["schema"] = {{"name", entry.name},
                              {"kind", word_of(entry.kind)},
                              {"element", entry.element == ElementKind::node ? "node" : "relationship"},
                              {"label", entry.label},
                              {"keys", entry.keys}};
            out_ << json.dump() << '\n';
        }
    }

    void number_nodes() {
        std::vector<NodeId> ids;
        for (std::uint32_t segment = 0; segment < view_.node_segments(); ++segment) {
            ids.clear();
            reads("segment of nodes", [&] {
                view_.scan_nodes(segment, {}, ids);
                for (const NodeId id : ids) nodes_of(view_.shape(id)).push_back(id);
            });
        }
        numbers_.resize(view_.node_limit(), not_there);
        std::uint32_t number = 0;
        for (auto& [labels, nodes] : nodes_) {
            std::sort(nodes.begin(), nodes.end());
            for (const NodeId node : nodes) numbers_[raw(node)] = number++;
        }
        total_ = number;
    }

    std::vector<NodeId>& nodes_of(ShapeId shape) {
        const auto [at, is_new] = by_shape_.try_emplace(shape, nullptr);
        if (is_new) {
            std::vector<std::string> labels;
            for (const LabelId label : view_.names().labels_of(shape)) labels.emplace_back(view_.names().label(label));
            std::sort(labels.begin(), labels.end());
            at->second = &nodes_[std::move(labels)];
        }
        return *at->second;
    }

    template <typename Id>
    void add_properties(Id id) {
        properties_.clear();
        const auto take = [&](KeyId key, const Value& value) {
            if (!value.is_null()) properties_.emplace_back(view_.names().key(key), value);
        };
        if (!damaged_.contains(segment_number(id)) && !reads("", [&] { view_.visit_properties(id, take); }))
            damaged_.insert(segment_number(id));
        if (damaged_.contains(segment_number(id))) {
            properties_.clear();
            for (std::uint32_t key = 0; !view_.names().key(KeyId{key}).empty(); ++key)
                reads("property", [&] { take(KeyId{key}, view_.property(id, KeyId{key})); });
        }
        std::sort(properties_.begin(), properties_.end(),
                  [](const auto& a, const auto& b) { return a.first < b.first; });
        line_ += R"(,"properties":{)";
        for (std::size_t i = 0; i < properties_.size(); ++i) {
            if (i > 0) line_ += ',';
            write_text(properties_[i].first, line_);
            line_ += ':';
            write_value(properties_[i].second, line_);
        }
        line_ += "}}\n";
    }

    void write_nodes(const std::vector<std::string>& labels, const std::vector<NodeId>& nodes) {
        std::string label_text;
        for (const std::string& label : labels) {
            if (!label_text.empty()) label_text += ',';
            write_text(label, label_text);
        }
        for (const NodeId node : nodes) {
            line_ = R"({"node":)" + std::to_string(numbers_[raw(node)]) + R"(,"labels":[)" + label_text + "]";
            add_properties(node);
            out_ << line_;
            ++nodes_written_;
            if (progress_ && nodes_written_ % tick_elements == 0)
                progress_({"exporting nodes", nodes_written_, total_});
        }
    }

    void write_relationships(NodeId node) {
        std::vector<TypeId> types;
        const auto look = [&] {
            const auto at_node = view_.types_at(node, Direction::out);
            types.assign(at_node.begin(), at_node.end());
        };
        if (!reads("", look)) {
            unreadable_.insert(node);
            return;
        }
        std::sort(types.begin(), types.end(),
                  [&](TypeId a, TypeId b) { return view_.names().type(a) < view_.names().type(b); });
        for (const TypeId type : types) {
            targets_.clear();
            view_.run(node, Direction::out, type).for_each([&](NodeId other, RelId rel) {
                targets_.emplace_back(numbers_[raw(other)], rel);
            });
            std::sort(targets_.begin(), targets_.end());
            for (const auto& [target, rel] : targets_) write_relationship(rel, type, numbers_[raw(node)], target);
        }
    }

    void write_relationship(RelId rel, TypeId type, std::uint32_t source, std::uint32_t target) {
        if (source == not_there || target == not_there) {
            ++losses_->counts[{"relationship", "a node at its end cannot be read"}];
            return;
        }
        line_ = R"({"relationship":)" + std::to_string(rels_written_) + R"(,"type":)";
        write_text(view_.names().type(type), line_);
        line_ += R"(,"source":)" + std::to_string(source) + R"(,"target":)" + std::to_string(target);
        add_properties(rel);
        out_ << line_;
        ++rels_written_;
        if (progress_ && rels_written_ % tick_elements == 0)
            progress_({"exporting relationships", rels_written_, view_.statistics().rels});
    }

    // Those of nodes whose outgoing ones cannot be read at the node: each relationship knows its ends too.
    void write_relationships_by_id() {
        std::vector<RelId> rels;
        for (std::uint32_t segment = 0; segment < view_.rel_segments(); ++segment) {
            rels.clear();
            reads("segment of relationships", [&] { view_.scan_rels(segment, no_type, rels); });
            for (const RelId rel : rels) {
                std::optional<Ends> ends;
                reads("relationship", [&] { ends = view_.ends(rel); });
                if (ends && unreadable_.contains(ends->source))
                    write_relationship(rel, ends->type, numbers_[raw(ends->source)], numbers_[raw(ends->target)]);
            }
        }
    }

    // One number for a segment of either kind.
    static std::uint64_t segment_number(NodeId id) { return std::uint64_t{segment_of(id)} << 1; }
    static std::uint64_t segment_number(RelId id) { return std::uint64_t{segment_of(id)} << 1 | 1; }

    const View& view_;
    std::ostream& out_;
    const ProgressSink& progress_;
    ExportLosses* losses_;
    std::set<NodeId> unreadable_;      // nodes whose outgoing relationships cannot be read there
    std::set<std::uint64_t> damaged_;  // segments of which properties are read one by one
    static constexpr std::uint32_t not_there = ~std::uint32_t{0};
    std::map<std::vector<std::string>, std::vector<NodeId>> nodes_;
    std::map<ShapeId, std::vector<NodeId>*> by_shape_;
    std::vector<std::uint32_t> numbers_;  // by node id
    std::vector<std::pair<std::uint32_t, RelId>> targets_;
    std::vector<std::pair<std::string_view, Value>> properties_;
    std::string line_;
    std::uint64_t total_ = 0, nodes_written_ = 0, rels_written_ = 0;
};

}  // namespace

void export_jsonl(const View& view, std::ostream& out, const ProgressSink& progress, ExportLosses* losses) {
    at_door([&] {
        const auto all_times = view.at_valid_time(ValidTime{std::nullopt});
        Dump{*all_times, out, progress, losses}.write();
        if (!out) throw Error{Code::io_error, "the dump could not be written: what it was to go to took no more of it"};
    });
}

}  // namespace mainstay
