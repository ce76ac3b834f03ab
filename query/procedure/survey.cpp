#include "procedure/survey.hpp"

#include <algorithm>
#include <unordered_map>

namespace mainstay::procedure {
namespace {

StoredType type_of(const Value& value) {
    if (!value.is(ValueType::list)) return {value.type(), false};
    const ValueList& items = value.as_list();
    const bool alike = !items.empty() && std::all_of(items.begin(), items.end(), [&](const Value& item) {
        return item.type() == items.front().type();
    });
    return {alike ? items.front().type() : ValueType::null, true};
}

class Surveyor {
public:
    explicit Surveyor(exec::StatementContext& statement) : statement_(statement), view_(statement.view()) {}

    Survey run() {
        nodes();
        rels();
        return std::move(result_);
    }

private:
    static std::uint64_t step(std::uint64_t elements) { return elements / looked_at_max + 1; }

    void look_at(Kind& kind, auto id) {
        ++kind.looked_at;
        statement_.work(16);
        view_.visit_properties(id, [&](KeyId key, const Value& value) {
            ++kind.properties[std::string{view_.names().key(key)}][type_of(value)];
        });
    }

    // Borrowed from result_.nodes.
    const Labels& labels_of(ShapeId shape) { return by_shape(shape).first; }
    std::pair<const Labels, Kind>& by_shape(ShapeId shape) {
        auto*& known = shapes_[raw(shape)];
        if (!known) {
            Labels labels;
            for (const LabelId label : view_.names().labels_of(shape)) labels.emplace_back(view_.names().label(label));
            std::sort(labels.begin(), labels.end());
            known = &*result_.nodes.try_emplace(std::move(labels)).first;
        }
        return *known;
    }

    void nodes() {
        const std::uint64_t every = step(view_.statistics().nodes);
        std::vector<NodeId> nodes;
        for (std::uint32_t segment = 0; segment < view_.node_segments(); ++segment) {
            nodes.clear();
            view_.scan_nodes(segment, {}, nodes);
            statement_.work(static_cast<std::uint32_t>(nodes.size()));
            for (const NodeId node : nodes) {
                Kind& kind = by_shape(view_.shape(node)).second;
                if (kind.there_are++ % every == 0) look_at(kind, node);
            }
        }
    }

    void look_at_rel(RelId rel, const Ends& ends) {
        RelationshipKind& kind = result_.rels[std::string{view_.names().type(ends.type)}];
        look_at(kind, rel);
        ++kind.ends[{labels_of(view_.shape(ends.source)), labels_of(view_.shape(ends.target))}];
    }

    // To learn a relationship's type is to read it, so that they are counted by the store.
    void rels() {
        const std::uint64_t every = step(view_.statistics().rels);
        std::vector<RelId> rels;
        std::uint64_t met = 0;
        for (std::uint32_t segment = 0; segment < view_.rel_segments(); ++segment) {
            rels.clear();
            view_.scan_rels(segment, no_type, rels);
            statement_.work(static_cast<std::uint32_t>(rels.size()));
            for (const RelId rel : rels)
                if (met++ % every == 0) look_at_rel(rel, view_.ends(rel));
        }
        for (std::uint32_t i = 0; !view_.names().type(TypeId{i}).empty(); ++i) {
            const std::uint64_t there_are = view_.count_rels(TypeId{i});
            if (there_are == 0) continue;
            RelationshipKind& kind = result_.rels[std::string{view_.names().type(TypeId{i})}];
            kind.there_are = there_are;
            for (std::uint32_t segment = 0; segment < view_.rel_segments() && kind.looked_at == 0; ++segment) {
                rels.clear();
                view_.scan_rels(segment, TypeId{i}, rels);
                statement_.work(static_cast<std::uint32_t>(rels.size()) + 1);
                if (!rels.empty()) look_at_rel(rels.front(), view_.ends(rels.front()));
            }
        }
    }

    exec::StatementContext& statement_;
    const View& view_;
    Survey result_;
    std::unordered_map<std::uint32_t, std::pair<const Labels, Kind>*> shapes_;
};

}  // namespace

std::uint64_t Kind::have(const std::string& property) const {
    const auto found = properties.find(property);
    std::uint64_t sum = 0;
    if (found != properties.end())
        for (const auto& [type, count] : found->second) sum += count;
    return sum;
}

Survey survey(exec::StatementContext& statement) { return Surveyor{statement}.run(); }

}  // namespace mainstay::procedure
