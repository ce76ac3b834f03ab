#include "data.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace mainstay::bench {
namespace {

nlohmann::json read_json(const std::filesystem::path& path) {
    std::ifstream in(path);
    if (!in) throw std::runtime_error(path.string() + " cannot be read; `limit graph` writes it");
    return nlohmann::json::parse(in);
}

Attribute attribute(std::string name, AttributeType type, bool unique = false) {
    Attribute out;
    out.name = std::move(name);
    out.type = type;
    out.unique = unique;
    return out;
}

ClassDeclaration root_class() {
    ClassDeclaration root;
    root.name = "CI";
    root.is_abstract = true;
    root.attributes = {attribute("id", AttributeType::integer, true), attribute("key", AttributeType::string, true)};
    for (const char* name : {"name", "status", "env", "region", "s1", "s2"})
        root.attributes.push_back(attribute(name, AttributeType::string));
    root.attributes.push_back(attribute("created", AttributeType::date));
    for (const char* name : {"n1", "n2"}) root.attributes.push_back(attribute(name, AttributeType::integer));
    root.keys = {{"key"}};
    return root;
}

RelationshipDeclaration declaration_of(const RelationshipType& type) {
    RelationshipDeclaration out;
    out.name = type.name;
    out.attributes = {attribute("since", AttributeType::integer)};
    if (type.impact == "none") return out;
    out.depends = type.impact == "fwd" ? DependsEnd::target : DependsEnd::source;
    out.effect = Effect::hard;
    if (type.need == "any") out.grouped = Need{Need::Kind::count, 1, ""};
    if (type.need == "k") out.grouped = Need{Need::Kind::attribute, 0, "n1"};
    return out;
}

}  // namespace

const ClassBlock& Data::block(std::string_view class_name) const {
    const auto found =
        std::find_if(classes.begin(), classes.end(), [&](const ClassBlock& c) { return c.name == class_name; });
    if (found == classes.end()) throw std::runtime_error("classes.csv has no " + std::string(class_name));
    return *found;
}

Data read_data(const std::filesystem::path& folder) {
    Data data;
    data.folder = folder;
    for (CsvFile file(folder / "classes.csv"); !file.at_end();) {
        ClassBlock block;
        block.name = file.field();
        file.field();  // prefix of keys
        block.first = static_cast<std::uint32_t>(file.integer());
        block.count = static_cast<std::uint32_t>(file.integer());
        data.classes.push_back(std::move(block));
    }
    for (CsvFile file(folder / "reltypes.csv"); !file.at_end();) {
        file.field();  // type_id: the row's index
        RelationshipType type;
        type.name = file.field();
        file.field();  // source classes
        file.field();  // target classes
        type.impact = file.field();
        type.need = file.field();
        file.field();  // count
        data.types.push_back(std::move(type));
    }
    const nlohmann::json params = read_json(folder / "params.json");
    data.params = {params.at("n"),   params.at("e"),   params.at("r1_keys"), params.at("r2_ids"), params.at("r3_ids"),
                   params.at("r6a"), params.at("r6b"), params.at("r7"),      params.at("r4a"),    params.at("r4b"),
                   params.at("r4c"), params.at("r5"),  params.at("r10")};
    const nlohmann::json answers = read_json(folder / "expected.json");  // items() borrows it
    for (const auto& [operation, answer] : answers.items()) data.expected[operation] = answer;
    return data;
}

Model model_of(const Data& data) {
    Model model;
    model.classes_.push_back(root_class());
    for (const ClassBlock& block : data.classes) {
        ClassDeclaration declaration;
        declaration.name = block.name;
        declaration.parent = "CI";
        model.classes_.push_back(std::move(declaration));
    }
    for (const RelationshipType& type : data.types) model.types_.push_back(declaration_of(type));
    return Model::empty().merged_with(model);
}

CsvFile::CsvFile(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat info {};
    if (file < 0 || ::fstat(file, &info) != 0) throw std::runtime_error(path.string() + " cannot be read");
    const auto size = static_cast<std::size_t>(info.st_size);
    void* const map = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    ::close(file);
    if (map == MAP_FAILED) throw std::runtime_error(path.string() + " cannot be mapped");
    begin_ = static_cast<const char*>(map);
    end_ = begin_ + size;
    const auto* const line_end = static_cast<const char*>(std::memchr(begin_, '\n', size));
    at_ = line_end ? line_end + 1 : end_;
}

CsvFile::~CsvFile() { ::munmap(const_cast<char*>(begin_), static_cast<std::size_t>(end_ - begin_)); }

std::string_view CsvFile::field() {
    const char* const begin = at_;
    while (at_ != end_ && *at_ != ',' && *at_ != '\n') ++at_;
    const std::string_view text(begin, static_cast<std::size_t>(at_ - begin));
    if (at_ != end_) ++at_;
    return text;
}

std::int64_t CsvFile::integer() {
    std::int64_t value = 0;
    for (const char c : field()) value = value * 10 + (c - '0');
    return value;
}

}  // namespace mainstay::bench
