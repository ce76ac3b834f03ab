#include "http/events.hpp"

#include "mainstay/connect/values.hpp"
#include "mainstay/connect/writers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::server {
namespace {

constexpr std::size_t event_bytes_at_once = std::size_t{256} << 10;
constexpr std::size_t changes_max = 1'000;  // of one event; the rest are counted
constexpr int commits_at_once = 1'000;

std::string_view name_of(ElementChange::Kind kind) {
    switch (kind) {
        case ElementChange::Kind::created: return "created";
        case ElementChange::Kind::changed: return "changed";
        case ElementChange::Kind::deleted: return "deleted";
    }
    return {};
}

class Matcher {
public:
    Matcher(const View& view, const EventFilter& filter) : view_(view), filter_(filter) {}

    bool wants(const ElementChange& change) const {
        if (filter_.is_empty()) return true;
        if (change.element == ElementKind::node) return wants(NodeId{change.id}, change.shape);
        if (is_listed(view_.element_id(RelId{change.id}))) return true;
        return wants_end(change.ends.source) || wants_end(change.ends.target);
    }

private:
    bool is_listed(const std::string& id) const {
        return std::find(filter_.ids.begin(), filter_.ids.end(), id) != filter_.ids.end();
    }
    bool wants(NodeId node, ShapeId shape) const {
        if (is_listed(view_.element_id(node))) return true;
        if (filter_.class_name.empty()) return false;
        for (const LabelId label : view_.names().labels_of(shape)) {
            const std::string_view name = view_.names().label(label);
            if (name == filter_.class_name || view_.model().is_a(name, filter_.class_name)) return true;
        }
        return false;
    }
    bool wants_end(NodeId node) const {
        if (is_listed(view_.element_id(node))) return true;
        return !filter_.class_name.empty() && view_.contains(node) && wants(node, view_.shape(node));
    }

    const View& view_;
    const EventFilter& filter_;
};

void append_change(const ElementChange& change, const View& view, std::string& out) {
    const Names& names = view.names();
    const bool is_node = change.element == ElementKind::node;
    out += fmt::format("{{\"change\":\"{}\",\"element\":\"{}\",\"id\":", name_of(change.kind),
                       is_node ? "node" : "relationship");
    if (is_node) {
        append_json_string(view.element_id(NodeId{change.id}), out);
        out += ",\"labels\":[";
        bool any = false;
        for (const LabelId label : names.labels_of(change.shape)) {
            if (any) out += ',';
            any = true;
            append_json_string(names.label(label), out);
        }
        out += "]}";
        return;
    }
    append_json_string(view.element_id(RelId{change.id}), out);
    out += ",\"type\":";
    append_json_string(names.type(change.ends.type), out);
    out += ",\"source\":";
    append_json_string(view.element_id(change.ends.source), out);
    out += ",\"target\":";
    append_json_string(view.element_id(change.ends.target), out);
    out += '}';
}

std::string event_of(const CommitChanges& commit, const View& view, const Matcher& matcher, bool wants_all) {
    std::string changes;
    std::size_t listed = 0, more = 0;
    for (const ElementChange& change : commit.elements) {
        if (!matcher.wants(change)) continue;
        if (listed == changes_max) {
            ++more;
            continue;
        }
        if (listed++ > 0) changes += ',';
        append_change(change, view, changes);
    }
    const CommitRecord& r = commit.record;
    // A load says its elements by segments: whoever waits for some of them has to look.
    if (!wants_all && listed == 0 && !r.bulk_load) return {};
    const auto text_or_null = [](const std::string& text) {
        return text.empty() ? std::string{"null"} : quoted_json(text);
    };
    return fmt::format(
        "id: {}\nevent: commit\ndata: {{\"tx\":{},\"time\":{},\"author\":{},\"reason\":{},\"source\":{},\"change\":{},"
        "\"changes\":[{}],\"more\":{},\"model_changed\":{},\"schema_changed\":{},\"bulk_load\":{}}}\n\n",
        raw(r.tx), raw(r.tx), quoted_json(to_text(instant_value(r.time_us))), text_or_null(r.info.author),
        text_or_null(r.info.reason), text_or_null(r.info.source), text_or_null(r.info.change), changes, more,
        r.model_changed, r.schema_changed, r.bulk_load);
}

}  // namespace

std::string events_behind(Database& database, TxNumber& after, const EventFilter& filter) {
    Store& store = database.store();
    std::string out;
    const TxNumber newest = store.last_tx();
    if (after >= newest) return out;
    const ViewPtr view = store.view();
    const Matcher matcher{*view, filter};
    for (int i = 0; i < commits_at_once && after < newest && out.size() < event_bytes_at_once; ++i) {
        after = TxNumber{raw(after) + 1};
        if (const auto commit = store.changes_of(after)) out += event_of(*commit, *view, matcher, filter.is_empty());
    }
    return out;
}

}  // namespace mainstay::server
