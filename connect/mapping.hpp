#pragma once

#include "class_rules.hpp"
#include "text_file.hpp"
#include "typed_value.hpp"

#include "mainstay/connect/connect.hpp"
#include "mainstay/core/model.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A mapping file, read and checked: which rows of which files make which nodes and relationships. The JSON form, with
// an example of everything, is docs/import.md. Plain values, no I/O except load_mapping.
namespace mainstay::connect {

enum class FileFormat : std::uint8_t { csv, json, json_lines };

// A class or relationship type: always the same, or said by a column, whose values may be translated.
struct NameSource {
    std::string constant;  // if column is empty
    std::string column;
    std::map<std::string, std::string> values;  // cell -> name; empty: the cell is the name
    std::string otherwise;                      // for cells not in `values`; empty: a problem
};

// A cell or a constant.
struct CellSource {
    std::string column;  // empty: the constant
    Value constant;
};

struct AttributeMapping {
    std::string name;
    CellSource from;
    std::optional<AttributeType> type;  // nullopt: what the class model says, or as it comes
    std::vector<Normalise> normalise;
    std::string place;  // "files[0].nodes[0].attributes[1]"
};

// The row counts only if the column holds one of the values; none listed: if it holds anything (or, `absent`, nothing).
struct Condition {
    std::string column;
    std::vector<std::string> values;
    bool absent = false;
};

struct AttributeList {
    bool all_columns = false;  // every column that is not named otherwise, under its own name
    std::vector<AttributeMapping> named;
    std::vector<std::string> ignore;
};

struct NodeMapping {
    NameSource name_of_class;
    std::vector<std::string> key;  // names of attributes that identify a node; not empty
    AttributeList attributes;
    std::vector<Condition> when;
    std::string place;
};

enum class OnGap : std::uint8_t { report, skip, create };

struct EndMapping {
    std::optional<std::size_t> row_node;  // the node that nodes[i] made of the same row; then nothing below counts
    NameSource name_of_class;
    std::string key;  // the attribute to find the node by
    CellSource from;  // a list cell names several nodes: one relationship each
    std::optional<AttributeType> type;
    std::vector<Normalise> normalise;  // applied to both sides of the comparison
    OnGap empty = OnGap::report;       // the cell is empty (create is not allowed)
    OnGap missing = OnGap::report;     // no such node
    std::string place;
};

struct RelationshipMapping {
    NameSource name_of_type;
    EndMapping from, to;
    std::optional<CellSource> group, need;
    std::vector<std::string> key;  // attributes that tell apart relationships equal in ends, type and group
    AttributeList attributes;
    std::vector<Condition> when;
    std::string place;
};

struct FileMapping {
    std::string file;
    FileFormat format = FileFormat::csv;
    std::string array;         // JSON: path to the rows, as parse_json_path takes it
    bool wants_outer = false;  // JSON: a column is named that stands around the rows
    std::optional<char> delimiter;
    Encoding encoding = Encoding::utf8;
    bool optional = false;      // may be missing
    bool remove_empty = false;  // an empty cell removes the property instead of leaving it alone
    std::vector<NodeMapping> nodes;
    std::vector<RelationshipMapping> relationships;
    std::string place;
};

struct Mapping {
    std::string source;
    std::string model;  // path of a model file beside the mapping; "" if none
    std::vector<FileMapping> files;
};

// Throws Error(input_invalid) that lists every mistake with its place and, where a word was meant, a suggestion.
Mapping parse_mapping(std::string_view json_text);

// Throws Error(input_invalid) that lists the classes and relationship types which the mapping names and the model does
// not have, or has as abstract where nodes are made.
void check_against(const Mapping& mapping, ClassRules& rules);

// The mapping of a file, `model` made a path that can be opened. Throws also input_unreadable.
Mapping load_mapping(const std::filesystem::path& file, MappingFiles files = MappingFiles::anywhere);

}  // namespace mainstay::connect
