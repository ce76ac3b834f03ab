// The names in use, in alphabetical order: a label that no node carries any more is not listed.

#include "exec/context.hpp"
#include "procedure/rows.hpp"

#include <set>

namespace mainstay::procedure {
namespace {

void list_labels(Statement& statement, Arguments, const Row& row) {
    const View& view = statement.view();
    std::set<std::string> names;
    for (std::uint32_t i = 0; !view.names().label(LabelId{i}).empty(); ++i)
        if (view.count_nodes(LabelId{i}) > 0) names.emplace(view.names().label(LabelId{i}));
    for (const std::string& name : names) row({name});
}

void list_types(Statement& statement, Arguments, const Row& row) {
    const View& view = statement.view();
    std::set<std::string> names;
    for (std::uint32_t i = 0; !view.names().type(TypeId{i}).empty(); ++i)
        if (view.count_rels(TypeId{i}) > 0) names.emplace(view.names().type(TypeId{i}));
    for (const std::string& name : names) row({name});
}

void list_keys(Statement& statement, Arguments, const Row& row) {
    const View& view = statement.view();
    std::set<std::string> names;
    for (std::uint32_t i = 0; !view.names().key(KeyId{i}).empty(); ++i) names.emplace(view.names().key(KeyId{i}));
    for (const std::string& name : names) row({name});
}

}  // namespace

std::vector<TableProcedure> names() {
    return {{"db.labels", {}, {{"label", "STRING"}}, "labels that nodes carry", list_labels},
            {"db.relationshipTypes", {}, {{"relationshipType", "STRING"}}, "types that relationships have", list_types},
            {"db.propertyKeys", {}, {{"propertyKey", "STRING"}}, "property keys the file knows", list_keys}};
}

}  // namespace mainstay::procedure
