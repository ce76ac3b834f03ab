// Merging models, and what is checked of a whole one.

#include "model/words.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/core/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace mainstay {
namespace {

class Checker {
public:
    explicit Checker(const Model& model) : model_(model) {
        for (const auto& declaration : model.classes()) class_names_.push_back(declaration.name);
        for (const auto& declaration : model.types()) type_names_.push_back(declaration.name);
    }

    std::vector<std::string> run() {
        check_distinct(class_names_, "class");
        check_distinct(type_names_, "relationship type");
        for (const ClassDeclaration& declaration : model_.classes()) check(declaration);
        for (const RelationshipDeclaration& declaration : model_.types()) check(declaration);
        check_inverses();
        return std::move(problems_);
    }

private:
    template <typename... Parts>
    void problem(fmt::format_string<Parts...> text, Parts&&... parts) {
        problems_.push_back(fmt::format(text, std::forward<Parts>(parts)...));
    }

    void check_distinct(const std::vector<std::string>& names, std::string_view what) {
        std::map<std::string, int> counts;
        for (const std::string& name : names) {
            if (name.empty()) problem("a {} has no name", what);
            if (++counts[name] == 2) problem("the {} {} is declared twice", what, mainstay::quoted(name));
        }
    }

    // A name as statements and files have it.
    void check_name(const std::string& name, std::string_view what) {
        if (name.starts_with('~'))
            problem("{} {}: names that begin with `~` are Mainstay's own", what, mainstay::quoted(name));
    }

    const Attribute* find_attribute(const std::vector<Attribute>& all, const std::string& name) const {
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const Attribute& each) { return each.name == name; });
        return found == all.end() ? nullptr : &*found;
    }

    // Of an attribute with a meaning: it must be able to hold what the meaning needs.
    void check_type(const Attribute* attribute, const std::string& where, std::initializer_list<AttributeType> fit,
                    std::string_view holds) {
        if (!attribute || attribute->type == AttributeType::any ||
            std::find(fit.begin(), fit.end(), attribute->type) != fit.end())
            return;
        problem("{}: {} holds {}, which the type {} cannot", where, mainstay::quoted(attribute->name), holds,
                model_words::word_of(model_words::attribute_types, attribute->type));
    }

    void check_dates(const std::vector<Attribute>& attributes, const std::string& where) {
        for (const char* name : {"valid_from", "valid_to"})
            check_type(find_attribute(attributes, name), where,
                       {AttributeType::date, AttributeType::local_datetime, AttributeType::datetime},
                       "a date or a time of one");
    }

    // Values that an attribute with an `enum` can never have.
    template <typename Words>  // a range of texts
    void check_values(const Attribute& attribute, const std::string& where, const Words& words) {
        if (attribute.allowed.empty()) return;
        for (const std::string& word : words) {
            const bool is_allowed = std::any_of(attribute.allowed.begin(), attribute.allowed.end(),
                                                [&](const Value& each) { return to_text(each) == word; });
            if (!is_allowed)
                problem("{}: {} is not among the values (`enum`) of {}", where, mainstay::quoted(word),
                        mainstay::quoted(attribute.name));
        }
    }

    void check_class_name(const std::string& name, const std::string& where) {
        if (model_.find_class(name)) return;
        const std::string hint = nearest(name, class_names_);
        problem("{}: there is no class {}{}", where, mainstay::quoted(name), hint.empty() ? "" : "; " + hint);
    }

    bool has_attribute(const std::string& class_name, const std::string& attribute) const {
        const auto attributes = model_.attributes_of(class_name);
        return std::any_of(attributes.begin(), attributes.end(),
                           [&](const Attribute& each) { return each.name == attribute; });
    }

    // `line` goes up from a class and ran into a cycle. Said once a cycle, not again for each class on it and below it.
    void check_cycle(const std::vector<std::string>& line) {
        std::map<std::string, std::size_t> places;
        std::string name = line.front();
        std::vector<std::string> way;
        while (places.emplace(name, way.size()).second) {
            way.push_back(name);
            name = model_.find_class(name)->parent;
        }
        way.erase(way.begin(), way.begin() + static_cast<std::ptrdiff_t>(places[name]));
        std::rotate(way.begin(), std::min_element(way.begin(), way.end()), way.end());
        if (!cycles_.insert(way.front()).second) return;
        const std::string first = way.front();
        way.push_back(first);
        problem("class {} is its own ancestor: {}", mainstay::quoted(first), fmt::join(way, " -> "));
    }

    void check_attributes(const std::vector<Attribute>& attributes, const std::string& where) {
        std::vector<std::string> names;
        for (const Attribute& attribute : attributes) {
            names.push_back(attribute.name);
            check_name(attribute.name, where + ", attribute");
            if (!attribute.reference.empty()) {
                check_class_name(attribute.reference,
                                 fmt::format("{}, attribute {}", where, mainstay::quoted(attribute.name)));
            }
        }
        check_distinct(names, "attribute of " + where);
    }

    void check(const ClassDeclaration& declaration) {
        const std::string where = "class " + mainstay::quoted(declaration.name);
        check_name(declaration.name, "class");
        if (!declaration.parent.empty()) {
            check_class_name(declaration.parent, where + ", parent");
            const auto line = model_.ancestors(declaration.name);
            const ClassDeclaration* top = model_.find_class(line.back());
            if (!top->parent.empty() && model_.find_class(top->parent)) {
                check_cycle(line);
                return;
            }
        }
        check_attributes(declaration.attributes, where);
        for (const auto& key : declaration.keys) {
            for (const std::string& attribute : key) {
                if (!has_attribute(declaration.name, attribute)) {
                    problem("{}: the key names {}, which is no attribute of it", where, mainstay::quoted(attribute));
                }
            }
        }
        for (const std::string& type : declaration.requires_types) {
            const RelationshipDeclaration* found = model_.find_type(type);
            if (!found) {
                const std::string hint = nearest(type, type_names_);
                problem("{}, requires: there is no relationship type {}{}", where, mainstay::quoted(type),
                        hint.empty() ? "" : "; " + hint);
            } else if (!found->grouped) {
                problem("{}, requires: {} is not `grouped`, so it forms no group to require", where,
                        mainstay::quoted(type));
            }
        }
        const auto attributes = model_.attributes_of(declaration.name);
        if (declaration.status) {
            if (const Attribute* attribute = find_attribute(attributes, declaration.status->attribute)) {
                std::vector<std::string> words;
                for (const auto& [word, state] : declaration.status->states) words.push_back(word);
                check_values(*attribute, where + ", status", words);
            } else {
                problem("{}, status: {} is no attribute of it", where, mainstay::quoted(declaration.status->attribute));
            }
        }
        if (declaration.lifecycle) {
            if (const Attribute* attribute = find_attribute(attributes, declaration.lifecycle->attribute))
                check_values(*attribute, where + ", lifecycle", declaration.lifecycle->states);
            else
                problem("{}, lifecycle: {} is no attribute of it", where,
                        mainstay::quoted(declaration.lifecycle->attribute));
        }
        if (model_.is_dated(declaration.name)) check_dates(attributes, where);
    }

    void check(const RelationshipDeclaration& declaration) {
        const std::string where = "relationship type " + mainstay::quoted(declaration.name);
        for (const std::string& end : declaration.sources) check_class_name(end, where + ", from");
        for (const std::string& end : declaration.targets) check_class_name(end, where + ", to");
        check_attributes(declaration.attributes, where);
        check_name(declaration.name, "relationship type");
        check_name(declaration.inverse, where + ", inverse");
        for (const std::string& name : {declaration.name, declaration.inverse})
            if (name == any_dependency)
                problem("{}: {} stands for any type that depends, in statements; choose another name", where,
                        mainstay::quoted(name));
        if (declaration.dated) check_dates(declaration.attributes, where);
        check_failure_properties(declaration, where);
        const bool depends = declaration.depends != DependsEnd::none;
        if (!depends && declaration.effect != Effect::none) {
            problem("{} has an effect but no end that depends; say `depends`: source, target or both", where);
        }
        if (declaration.grouped && !depends) {
            problem("{} is grouped but has no end that depends; say `depends`: source, target or both", where);
        }
        if (declaration.grouped && declaration.effect == Effect::path) {
            problem("{} is grouped; a group takes effect hard or soft, not path", where);
        }
        if (declaration.grouped && declaration.grouped->kind == Need::Kind::attribute &&
            !is_attribute_of_dependents(declaration)) {
            problem("{}, grouped: no class that may depend by it has an attribute {}", where,
                    mainstay::quoted(declaration.grouped->attribute));
        }
    }

    void check_failure_properties(const RelationshipDeclaration& declaration, const std::string& where) {
        const auto& [group, need, effect] =
            std::tie(declaration.group_property, declaration.need_property, declaration.effect_property);
        if (group == need || group == effect || need == effect)
            problem("{}: group, need and effect are three properties; {}, {} and {} are named", where,
                    mainstay::quoted(group), mainstay::quoted(need), mainstay::quoted(effect));
        if (declaration.depends == DependsEnd::none) return;
        check_type(find_attribute(declaration.attributes, need), where, {AttributeType::integer, AttributeType::string},
                   "a number or '50%'");
        check_type(find_attribute(declaration.attributes, effect), where, {AttributeType::string},
                   "'hard', 'soft' or 'none'");
    }

    // Some class at a dependent end, above it or below it, has the attribute that holds `need`.
    bool is_attribute_of_dependents(const RelationshipDeclaration& declaration) const {
        const std::string& attribute = declaration.grouped->attribute;
        const auto at_end = [&](const std::vector<std::string>& ends) {
            for (const std::string& end : ends.empty() ? class_names_ : ends) {
                for (const std::string& name : model_.descendants(end)) {
                    if (has_attribute(name, attribute)) return true;
                }
            }
            return false;
        };
        const bool source = declaration.depends != DependsEnd::target;
        const bool target = declaration.depends != DependsEnd::source;
        return (source && at_end(declaration.sources)) || (target && at_end(declaration.targets));
    }

    void check_inverses() {
        std::map<std::string, std::string> owner;
        for (const RelationshipDeclaration& declaration : model_.types()) {
            if (declaration.inverse.empty()) continue;
            if (model_.find_type(declaration.inverse)) {
                problem("relationship type {}: its inverse {} is the name of a relationship type",
                        mainstay::quoted(declaration.name), mainstay::quoted(declaration.inverse));
            }
            const auto [other, is_new] = owner.emplace(declaration.inverse, declaration.name);
            if (!is_new) {
                problem("relationship types {} and {} have the same inverse {}", mainstay::quoted(other->second),
                        mainstay::quoted(declaration.name), mainstay::quoted(declaration.inverse));
            }
        }
    }

    const Model& model_;
    std::vector<std::string> class_names_, type_names_;
    std::set<std::string> cycles_;  // by their first class in the alphabet
    std::vector<std::string> problems_;
};

template <typename Declaration>
void add_or_redefine(std::vector<Declaration>& all, const std::vector<Declaration>& more) {
    const std::size_t own_count = all.size();
    for (const Declaration& declaration : more) {
        const auto own_end = all.begin() + static_cast<std::ptrdiff_t>(own_count);
        const auto found =
            std::find_if(all.begin(), own_end, [&](const auto& each) { return each.name == declaration.name; });
        if (found == own_end) {
            all.push_back(declaration);  // also a second one of `more`, for the check to find
        } else {
            *found = declaration;
        }
    }
}

}  // namespace

Model Model::merged_with(const Model& other) const {
    Model result;
    result.classes_ = classes_;
    result.types_ = types_;
    add_or_redefine(result.classes_, other.classes_);
    add_or_redefine(result.types_, other.types_);
    result.make_index();
    const std::vector<std::string> problems = Checker{result}.run();
    if (!problems.empty()) {
        throw Error{Code::model_invalid, fmt::format("the model has {} problem{}: {}", problems.size(),
                                                     problems.size() == 1 ? "" : "s", fmt::join(problems, "; "))};
    }
    return result;
}

}  // namespace mainstay
