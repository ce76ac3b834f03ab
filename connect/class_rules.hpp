#pragma once

#include "mainstay/core/model.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mainstay::connect {

// What the class model asks of one class or relationship type, inheritance applied.
struct ElementRule {
    bool is_abstract = false;
    bool is_dated = false;
    std::unordered_map<std::string, Attribute> attributes;
    std::vector<const Attribute*> required;         // those without a default value
    std::vector<std::string> needs;                 // attributes that say how many of a group are needed
    const RelationshipDeclaration* type = nullptr;  // for relationship types

    const Attribute* find(std::string_view name) const {
        const auto found = attributes.find(std::string{name});
        return found == attributes.end() ? nullptr : &found->second;
    }
};

// The class model as an importer asks it, row after row: memoised. Rows are checked against it before anything is
// written, so that a bad row is reported with its line and loses no other. Borrows the model. One thread.
class ClassRules {
public:
    explicit ClassRules(const Model& model);

    const Model& model() const noexcept { return model_; }
    // nullptr: the model does not know the name. An empty model knows every name.
    const ElementRule* class_rule(std::string_view name);
    const ElementRule* type_rule(std::string_view name);
    // "did you mean ...?" or "".
    std::string nearest_class(std::string_view name) const;
    std::string nearest_type(std::string_view name) const;

    // Text that says a number becomes one: a need is 2 or '50%'. Null, with `problem` set, if it is neither.
    static Value need_of(const Value& cell, std::string& problem);

    // True if `name` is `ancestor` or inherits from it.
    bool is_a(std::string_view name, std::string_view ancestor);
    // The class whose nodes share one identity by `key`: the topmost ancestor that has the key among its identification
    // rules; `name` itself if none has. An id is unique among all configuration items, not among servers.
    const std::string& identity_scope(const std::string& name, const std::vector<std::string>& key);

    // The cell as the value of an attribute: `asked` type, else the model's, else as it comes; valid_from and valid_to
    // of dated things are dates or datetimes. Throws nothing: `problem` is set and null returned if the cell does not
    // fit.
    Value typed(const Value& cell, const ElementRule& rule, std::string_view attribute,
                std::optional<AttributeType> asked, std::string& problem) const;

private:
    void add_needs(ElementRule& rule, const std::string& class_name);

    const Model& model_;
    ElementRule anything_;
    std::unordered_map<std::string, std::unique_ptr<ElementRule>> classes_, types_;  // null: unknown
    std::unordered_map<std::string, std::vector<std::string>> ancestors_;
    std::unordered_map<std::string, std::string> scopes_;
};

}  // namespace mainstay::connect
