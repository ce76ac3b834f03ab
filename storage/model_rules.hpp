#pragma once

// What the class model asks of stored elements, by shape and type, with names resolved. Checks are made by transactions
// at the end of a statement and when a model meets existing data.

#include "head.hpp"
#include "mainstay/storage/transaction.hpp"
#include "validity.hpp"

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace mainstay {

struct AttributeRule {
    Attribute attribute;
    KeyId key{};
    bool is_need = false;  // how many members a group of its class needs
};

// Rules of one model, made on demand; for one thread.
class ModelRules {
public:
    ModelRules(std::shared_ptr<const ModelState> model, Tokens& tokens) : model_(std::move(model)), tokens_(tokens) {}
    const Model& model() const noexcept { return model_->model(); }
    const std::shared_ptr<const ModelState>& state() const noexcept { return model_; }

    // Attributes of all classes of the shape.
    const std::vector<AttributeRule>& of_shape(ShapeId shape);
    struct TypeRules {
        const RelationshipDeclaration* declaration = nullptr;
        std::vector<AttributeRule> attributes;
        KeyId group = no_key, need = no_key, effect = no_key;
    };
    const TypeRules& of_type(TypeId type);

    // nullopt: as the model asks. Otherwise what is wrong, in the user's words. `view` shows the element.
    std::optional<std::string> problem_of(const View& view, NodeId node);
    std::optional<std::string> problem_of(const View& view, RelId rel);

    // The same in pieces, for elements that no view shows yet: a label set, a value, the ends of a type, a degree.
    std::optional<std::string> problem_of(ShapeId shape) const;
    std::optional<std::string> problem_of(const AttributeRule& rule, const Value& value) const;
    std::optional<std::string> problem_of(TypeId type, ShapeId source, ShapeId target);
    std::optional<std::string> problem_of(TypeId type, Direction d, std::uint64_t degree);
    std::string describe(ShapeId shape) const;  // ":Server"
    bool limits(TypeId type, Direction d);      // how many relationships a node has
    // The validities of a node's relationships.
    void add_validities(const View& view, NodeId node, Direction d, TypeId type, Overlaps& validities) const;
    bool is_dated(ShapeId shape) const;

    // Unique attributes and identification rules as schema entries, without ids.
    static std::vector<SchemaEntry> schema_of(const Model& model);

private:
    template <typename Id>
    std::optional<std::string> validity_problem(const View& view, Id element) const;
    bool is_need_of(ShapeId shape, const std::string& attribute) const;
    // Relationships of a type at a node; of a dated type the most that are valid at once.
    std::uint64_t degree_of(const View& view, NodeId node, Direction d, TypeId type) const;
    bool is_of(ShapeId shape, const std::vector<std::string>& classes) const;
    std::shared_ptr<const ModelState> model_;
    Tokens& tokens_;
    std::unordered_map<std::uint32_t, std::vector<AttributeRule>> shapes_;
    std::unordered_map<std::uint32_t, TypeRules> types_;
};

// What a transaction claims (Transaction::claim) that adds to the relationships of a type that the model limits.
std::uint64_t claim_of_degree(TypeId type, NodeId node, Direction d) noexcept;

// Throw Error(Code::unknown_label / unknown_type) if there is a model and it does not know the name.
void require_class(const Model& model, std::string_view name);
void require_type(const Model& model, std::string_view name);

// What is wrong with the validity of a dated element: each is null, a date, a datetime or a local datetime, and it does
// not end before it begins.
std::optional<std::string> problem_of_validity(const Value& from, const Value& to);
bool is_effect(const Value& value);  // what overrides a type's effect on an edge: null, 'hard', 'soft', 'none'

}  // namespace mainstay
