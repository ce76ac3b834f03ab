// Labels and relationship types against the class model.

#include "bind/binder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::bound {
namespace {

Error unknown(Code code, const syntax::Name& name, const char* what, std::vector<std::string> known) {
    return std::move(
               Error{code, name.span, fmt::format("{} is not {} of this database's model", quoted(name.text), what)})
        .with_hint(nearest(name.text, known));
}

}  // namespace

std::vector<std::string> Binder::with_subclasses(const syntax::Name& name) const {
    const auto& model = context_.model;
    if (model.is_empty()) return {name.text};
    if (!model.find_class(name.text)) {
        std::vector<std::string> known;
        for (const auto& c : model.classes()) known.push_back(c.name);
        throw unknown(Code::unknown_label, name, "a class", std::move(known));
    }
    return model.descendants(name.text);
}

std::vector<std::string> Binder::written_labels(const std::vector<syntax::Name>& names) const {
    std::vector<std::string> out;
    for (const auto& name : names) {
        with_subclasses(name);  // known
        if (std::find(out.begin(), out.end(), name.text) == out.end()) out.push_back(name.text);
    }
    return out;
}

const RelationshipDeclaration* Binder::known_type(const syntax::Name& name, bool& reversed) const {
    const auto& model = context_.model;
    reversed = false;
    if (model.is_empty()) return nullptr;
    if (const auto* type = model.find_type(name.text)) return type;
    if (const auto* type = model.find_inverse(name.text)) {
        reversed = true;
        return type;
    }
    std::vector<std::string> known;
    for (const auto& t : model.types()) {
        known.push_back(t.name);
        if (!t.inverse.empty()) known.push_back(t.inverse);
    }
    known.emplace_back(any_dependency);
    throw unknown(Code::unknown_type, name, "a relationship type", std::move(known));
}

namespace {

LabelExprPtr combine(LabelExpr::Kind kind, std::vector<LabelExprPtr> operands) {
    auto out = std::make_shared<LabelExpr>();
    out->kind = kind;
    out->operands = std::move(operands);
    return out;
}

// Builds a label expression, asking `names_of` what a name stands for.
template <typename NamesOf>
LabelExprPtr build(const syntax::LabelExpression& labels, const NamesOf& names_of) {
    return std::visit(
        [&](const auto& node) -> LabelExprPtr {
            using Node = std::decay_t<decltype(node)>;
            if constexpr (std::is_same_v<Node, syntax::Name>) {
                auto out = std::make_shared<LabelExpr>();
                out->names = names_of(node);
                return out;
            } else if constexpr (std::is_same_v<Node, syntax::LabelAny>) {
                return combine(LabelExpr::Kind::any, {});
            } else if constexpr (std::is_same_v<Node, syntax::LabelNot>) {
                return combine(LabelExpr::Kind::negation, {build(*node.operand, names_of)});
            } else {
                std::vector<LabelExprPtr> operands;
                for (const auto& operand : node.operands) operands.push_back(build(operand, names_of));
                return combine(std::is_same_v<Node, syntax::LabelAnd> ? LabelExpr::Kind::conjunction
                                                                      : LabelExpr::Kind::disjunction,
                               std::move(operands));
            }
        },
        labels.node);
}

}  // namespace

LabelExprPtr Binder::node_labels(const syntax::LabelExpression& labels) {
    return build(labels, [this](const syntax::Name& name) { return with_subclasses(name); });
}

LabelExprPtr Binder::value_labels(const syntax::LabelExpression& labels, SlotKind kind) {
    return build(labels, [&](const syntax::Name& name) -> std::vector<std::string> {
        const auto& model = context_.model;
        const bool maybe_type = kind != SlotKind::node && !model.is_empty() && model.find_type(name.text);
        if (maybe_type && !model.find_class(name.text)) return {name.text};
        if (kind == SlotKind::relationship) {
            bool reversed;
            known_type(name, reversed);
            return {name.text};
        }
        return with_subclasses(name);
    });
}

void Binder::relationship_types(const syntax::LabelExpression& types, PatternRel& rel, PatternUse use) const {
    const auto names = syntax::plain_types(types);
    const bool writes = use == PatternUse::create || use == PatternUse::merge;
    if (!names) {
        if (writes)
            throw Error{Code::no_single_relationship_type, types.span, "a new relationship needs exactly one type"};
        throw Error{Code::unsupported, types.span, "expressions of relationship types are not executed yet"}.with_hint(
            "alternatives `:A|B` are");
    }
    if (writes && names->size() != 1)
        throw Error{Code::no_single_relationship_type, types.span, "a new relationship needs exactly one type"};
    for (const auto& name : *names) {
        if (name.text == any_dependency) {
            if (writes)
                throw Error{Code::no_single_relationship_type, name.span,
                            "DEPENDENCY stands for every depends-on type and cannot be created"}
                    .with_hint("name the type, such as DEPENDS_ON");
            if (names->size() > 1)
                throw Error{Code::unsupported, name.span, "DEPENDENCY cannot be combined with other types"}.with_hint(
                    "it already matches every depends-on relationship");
            rel.dependency = true;
            return;
        }
        bool reversed;
        const auto* type = known_type(name, reversed);
        TypeName found{type ? type->name : name.text, reversed};
        if (writes && reversed) {
            // Only the declared name is stored; its inverse is the same relationship written from the other end.
            if (rel.direction == PatternDirection::right)
                rel.direction = PatternDirection::left;
            else if (rel.direction == PatternDirection::left)
                rel.direction = PatternDirection::right;
            found.reversed = false;
        }
        rel.types.push_back(std::move(found));
    }
}

}  // namespace mainstay::bound
