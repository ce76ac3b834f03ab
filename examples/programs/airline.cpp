// Imports the airline's files, then asks the same question in two ways: by a statement, and by the library's own
// analysis on a view.
//   airline FILE EXAMPLES/AIRLINE

#include <mainstay/mainstay.hpp>

#include <iostream>
#include <string>

namespace {

using namespace mainstay;

constexpr auto at_time = "2026-09-01T00:00Z";

void load(Database& database, const std::filesystem::path& folder) {
    ImportOptions options;
    options.mapping = folder / "import.json";
    options.commit.author = "airline";
    const ImportReport report = import_files(database, folder, options);
    std::cout << report.nodes_created << " nodes, " << report.rels_created << " relationships, "
              << report.problems.size() << " problems\n";
}

void ask_in_the_language(Database& database) {
    const auto result = database.run(
        "FOR VALID_TIME AS OF datetime($at) "
        "MATCH (cut:Conduit {id: 'cnd-river-07'}) IMPACT OF cut WHEN down YIELD ci, state "
        "WHERE state = 'down' AND ci:BusinessService RETURN ci.id ORDER BY ci.id",
        {{"at", at_time}});
    while (const std::vector<Value>* row = result->next()) std::cout << "down: " << row->at(0).as_string() << '\n';
}

void ask_a_view(Database& database) {
    Store::ViewOptions options;
    options.valid = ValidTime{parse_datetime(at_time)->seconds * 1'000'000};
    const ViewPtr view = database.store().view(options);
    const KeyId id = view->names().find_key("id");
    std::vector<NodeId> failed;
    view->for_each_node(view->names().find_label("Conduit"), [&](NodeId node) {
        const Value value = view->property(node, id);
        if (value.is(ValueType::string) && value.as_string() == "cnd-river-07") failed.push_back(node);
    });
    const AnalysisGraph graph{*view, *view, view->semantics()};
    const Impact impact = impact_of(graph, failed, {}, view->baseline_seeds(), {});
    std::size_t down = 0;
    for (const ImpactRow& row : impact.rows()) down += row.state == State::down;
    std::cout << down << " elements down\n";
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::cerr << "usage: airline FILE EXAMPLES/AIRLINE\n";
        return 2;
    }
    try {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        const auto database = Database::open(arguments[1], options);
        load(*database, arguments[2]);
        ask_in_the_language(*database);
        ask_a_view(*database);
        return 0;
    } catch (const Error& error) {
        std::cerr << error.message() << (error.hint().empty() ? "" : "; ") << error.hint() << '\n';
        return 1;
    }
}
