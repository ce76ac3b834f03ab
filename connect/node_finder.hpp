#pragma once

#include "class_rules.hpp"
#include "typed_value.hpp"

#include "mainstay/storage/view.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace mainstay::connect {

// Finds stored nodes by class and the values of attributes. An index or constraint of the schema answers if it covers
// the class and the attributes and nothing has to be normalised; otherwise the nodes of the class are read once and
// kept in a table. Borrows the view, which may be that of a transaction at work, and the rules. One thread.
class NodeFinder {
public:
    NodeFinder(const View& view, ClassRules& rules) : view_(view), rules_(rules), schema_(view.schema()) {}

    // Nodes of `class_name` or its subclasses that have these values (already normalised by `steps`), ascending by id.
    std::vector<NodeId> find(const std::string& class_name, const std::vector<std::string>& keys,
                             const std::vector<Normalise>& steps, const std::vector<Value>& values);
    // Makes a node that was written since known to tables of a class it belongs to. Indexes know it by themselves.
    void add(NodeId node, const std::string& class_name);

    // The class of a node in the terms of the model: its first label that the model knows, or its first label; "" if it
    // has none.
    std::string class_of(NodeId node) const;

private:
    struct ValuesHash {
        std::size_t operator()(const std::vector<Value>& values) const;
    };
    struct ValuesEqual {
        bool operator()(const std::vector<Value>& a, const std::vector<Value>& b) const;
    };
    struct Table {
        std::string class_name;
        std::vector<KeyId> keys;
        std::vector<std::string> names;
        std::vector<Normalise> steps;
        std::optional<IndexId> index;
        std::unordered_map<std::vector<Value>, std::vector<NodeId>, ValuesHash, ValuesEqual> nodes;
    };
    Table& table(const std::string& class_name, const std::vector<std::string>& keys,
                 const std::vector<Normalise>& steps);
    void read_all(Table& table);
    void add(Table& table, NodeId node);
    bool is_in(NodeId node, std::string_view class_name) const;

    const View& view_;
    ClassRules& rules_;
    std::vector<SchemaEntry> schema_;
    std::map<std::string, Table> tables_;
};

}  // namespace mainstay::connect
