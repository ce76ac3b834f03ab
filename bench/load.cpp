#include "operations.hpp"

#include "mainstay/storage/bulk.hpp"

#include <stdexcept>

namespace mainstay::bench {
namespace {

// "2021-08-10"
Value date_of(std::string_view text) {
    const auto date = parse_date(text);
    if (!date) throw std::runtime_error("not a date: " + std::string(text));
    return *date;
}

std::vector<NodeId> load_nodes(const Data& data, BulkLoader& loader) {
    std::vector<KeyId> keys;
    for (const char* name : {"id", "key", "name", "status", "env", "region", "created", "s1", "s2", "n1", "n2"})
        keys.push_back(loader.key(name));
    std::vector<NodeId> ids(data.params.nodes);
    CsvFile file(data.folder / "flat_nodes.csv");
    PropertyList properties;
    std::size_t block = 0;
    LabelId label = loader.label(data.classes[0].name);
    while (!file.at_end()) {
        const std::int64_t id = file.integer();
        while (id >= std::int64_t{data.classes[block].first} + data.classes[block].count)
            label = loader.label(data.classes[++block].name);
        file.field();  // class: known from the block
        properties.clear();
        properties.emplace_back(keys[0], id);
        for (std::size_t i = 1; i <= 5; ++i) properties.emplace_back(keys[i], file.field());
        properties.emplace_back(keys[6], date_of(file.field()));
        for (std::size_t i = 7; i <= 8; ++i) properties.emplace_back(keys[i], file.field());
        for (std::size_t i = 9; i <= 10; ++i) properties.emplace_back(keys[i], file.integer());
        ids.at(static_cast<std::size_t>(id)) = loader.add_node({&label, 1}, properties);
    }
    return ids;
}

void load_relationships(const Data& data, const std::vector<NodeId>& ids, BulkLoader& loader) {
    std::vector<TypeId> types;
    for (const RelationshipType& type : data.types) types.push_back(loader.type(type.name));
    CsvFile file(data.folder / "flat_edges.csv");
    PropertyList properties{{loader.key("since"), Value{}}};
    while (!file.at_end()) {
        const auto source = static_cast<std::size_t>(file.integer());
        const auto target = static_cast<std::size_t>(file.integer());
        const auto type = static_cast<std::size_t>(file.integer());
        file.field();  // impact: the type's
        properties[0].second = file.integer();
        loader.add_relationship(types.at(type), ids.at(source), ids.at(target), properties);
    }
}

}  // namespace

void load(const Data& data, const std::filesystem::path& file) {
    OpenOptions options;
    options.mode = OpenMode::create_if_missing;
    options.initial_model = model_of(data);
    const auto store = Store::open(file, options);
    const auto loader = BulkLoader::start(*store);
    load_relationships(data, load_nodes(data, *loader), *loader);
    CommitInfo info;
    info.source = "gen_cmdb";
    loader->finish(info, {});
}

std::unique_ptr<Database> open(const std::filesystem::path& file) { return Database::open(file); }

}  // namespace mainstay::bench
