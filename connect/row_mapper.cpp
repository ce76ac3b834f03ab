#include "row_mapper.hpp"

#include "readers/json_path.hpp"
#include "reconcile.hpp"

#include "mainstay/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace mainstay::connect {
namespace {

// A column by name, its number looked up again only when the file's columns have grown.
struct ColumnUse {
    std::string name;
    std::optional<std::size_t> index;
};

struct NameUse {
    const NameSource* source = nullptr;
    ColumnUse column;
};

struct CellUse {
    const CellSource* source = nullptr;
    ColumnUse column;
};

struct AttributeUse {
    const AttributeMapping* mapping = nullptr;
    CellUse cell;
    Name name{};
};

struct AttributesUse {
    std::vector<AttributeUse> named;
    std::vector<std::pair<std::size_t, Name>> all;  // (column, attribute) of "*"
    // Columns that "*" leaves out and nothing else takes, and why; reported with their first cell.
    std::vector<std::pair<std::size_t, std::string>> untaken;
};

struct ConditionUse {
    const Condition* condition = nullptr;
    ColumnUse column;
};

struct NodeUse {
    const NodeMapping* mapping = nullptr;
    NameUse name_of_class;
    AttributesUse attributes;
    std::vector<Name> key;
    std::vector<ConditionUse> when;
    bool lacks_key = false;  // a column that identifies it is not in the file: said once, and no node made
};

struct EndUse {
    const EndMapping* mapping = nullptr;
    NameUse name_of_class;
    CellUse cell;
};

struct RelationshipUse {
    const RelationshipMapping* mapping = nullptr;
    NameUse name_of_type;
    EndUse from, to;
    std::optional<CellUse> group, need;
    std::vector<Name> key;
    AttributesUse attributes;
    std::vector<ConditionUse> when;
};

CellUse use_of(const CellSource& source) { return {&source, {source.column, std::nullopt}}; }
NameUse use_of(const NameSource& source) { return {&source, {source.column, std::nullopt}}; }
EndUse use_of(const EndMapping& end) { return {&end, use_of(end.name_of_class), use_of(end.from)}; }

std::vector<ConditionUse> uses_of(const std::vector<Condition>& conditions) {
    std::vector<ConditionUse> uses;
    for (const Condition& condition : conditions) uses.push_back({&condition, {condition.column, std::nullopt}});
    return uses;
}

// The text by which names and conditions know a cell.
std::string word_of_cell(const Value& cell) {
    return cell.is(ValueType::string) ? std::string{trimmed(cell.as_string())} : to_text(cell);
}

// The first names, quoted.
std::string list_of(const std::vector<std::string>& names) {
    constexpr std::size_t shown_max = 20;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), shown_max); ++i)
        text += (i ? ", " : "") + mainstay::quoted(names[i]);
    return names.size() > shown_max ? text + ", …" : text;
}

}  // namespace

struct RowMapper::State {
    const FileMapping& file;
    Observations& observations;
    std::uint32_t file_index;
    std::vector<NodeUse> nodes;
    std::vector<RelationshipUse> rels;
    std::size_t columns_resolved = 0;
    bool is_resolved = false;

    const Row* row = nullptr;  // the one being mapped
    const Columns* columns = nullptr;
    std::set<std::size_t> unfit_reported, untaken_reported;
    std::vector<std::optional<std::uint32_t>> row_nodes;

    const char* making = "";  // what the row is being made into: "node" or "relationship"

    ClassRules& rules() const { return observations.class_rules(); }
    Origin origin() const { return {file_index, row->line, row->object}; }
    // What costs the node or relationship that is being made.
    void report(std::string_view message) {
        const bool is_question = message.ends_with('?');
        observations.add_problem(origin(), is_question ? fmt::format("{} ({} not taken)", message, making)
                                                       : fmt::format("{}; {} not taken", message, making));
    }

    template <typename F>  // F(ColumnUse&, place in the mapping)
    void for_each_column(F&& f) {
        const auto attributes = [&](AttributesUse& uses) {
            for (auto& use : uses.named) f(use.cell.column, use.mapping->place);
        };
        const auto conditions = [&](std::vector<ConditionUse>& uses, const std::string& place) {
            for (auto& use : uses) f(use.column, place + ".when");
        };
        for (auto& node : nodes) {
            f(node.name_of_class.column, node.mapping->place + ".class");
            attributes(node.attributes);
            conditions(node.when, node.mapping->place);
        }
        for (auto& rel : rels) {
            f(rel.name_of_type.column, rel.mapping->place + ".type");
            for (EndUse* end : {&rel.from, &rel.to}) {
                f(end->name_of_class.column, end->mapping->place + ".class");
                f(end->cell.column, end->mapping->place);
            }
            if (rel.group) f(rel.group->column, rel.mapping->place + ".group");
            if (rel.need) f(rel.need->column, rel.mapping->place + ".need");
            attributes(rel.attributes);
            conditions(rel.when, rel.mapping->place);
        }
    }

    void set_all_columns(const Columns& of, const std::set<std::string>& used_elsewhere, const AttributeList& list,
                         std::set<std::string> taken, AttributesUse& use) {
        use.all.clear();
        use.untaken.clear();
        if (!list.all_columns) return;
        for (const auto& attribute : list.named) taken.insert(attribute.from.column);
        taken.insert(list.ignore.begin(), list.ignore.end());
        for (std::size_t i = 0; i < of.size(); ++i) {
            const std::string& name = of.names()[i];
            if (taken.contains(name) || (file.wants_outer && name.starts_with(json_outer_mark))) continue;
            const auto same = std::find_if(list.named.begin(), list.named.end(),
                                           [&](const AttributeMapping& each) { return each.name == name; });
            if (name.starts_with('~'))
                use.untaken.emplace_back(i, "names that begin with `~` are Mainstay's own");
            else if (same == list.named.end())
                use.all.emplace_back(i, observations.intern(name));
            else if (!used_elsewhere.contains(name))
                use.untaken.emplace_back(i, same->from.column.empty()
                                                ? "the mapping gives the attribute of that name a constant"
                                                : fmt::format("the attribute of that name comes from {}",
                                                              mainstay::quoted(same->from.column)));
        }
    }

    void resolve(const Columns& of) {
        if (is_resolved && of.size() == columns_resolved) return;
        std::set<std::string> used;
        for_each_column([&](ColumnUse& use, const std::string&) {
            use.index = of.find(use.name);
            used.insert(use.name);
        });
        for (auto& node : nodes)
            set_all_columns(of, used, node.mapping->attributes, {node.name_of_class.column.name}, node.attributes);
        for (auto& rel : rels) {
            std::set<std::string> taken{rel.name_of_type.column.name};
            for (const EndUse* end : {&rel.from, &rel.to}) {
                taken.insert(end->name_of_class.column.name);
                taken.insert(end->cell.column.name);
            }
            if (rel.group) taken.insert(rel.group->column.name);
            if (rel.need) taken.insert(rel.need->column.name);
            set_all_columns(of, used, rel.mapping->attributes, std::move(taken), rel.attributes);
        }
        columns_resolved = of.size();
        is_resolved = true;
    }

    const Value& cell(const ColumnUse& use) const {
        static const Value empty;
        return use.index ? row->cell(*use.index) : empty;
    }
    const Value& cell(const CellUse& use) const {
        return use.source->column.empty() ? use.source->constant : cell(use.column);
    }
    const BadCell* bad_cell(const ColumnUse& use) const {
        return use.index && !row->bad.empty() ? row->find_bad(*use.index) : nullptr;
    }
    // True after a report: what is being made cannot do without the cell.
    bool is_spoilt(const ColumnUse& use) {
        const BadCell* bad = bad_cell(use);
        if (bad) report(fmt::format("the cell {} {}", mainstay::quoted(use.name), bad->why));
        return bad != nullptr;
    }

    bool holds(const std::vector<ConditionUse>& conditions) {
        return std::all_of(conditions.begin(), conditions.end(), [&](const ConditionUse& use) {
            if (is_spoilt(use.column)) return false;
            const Value& value = cell(use.column);
            if (use.condition->absent) return value.is_null();
            if (value.is_null()) return false;
            const auto& wanted = use.condition->values;
            return wanted.empty() || std::find(wanted.begin(), wanted.end(), word_of_cell(value)) != wanted.end();
        });
    }

    // "" after a report.
    std::string name(const NameUse& use, std::string_view what) {
        if (use.source->column.empty()) return use.source->constant;
        if (is_spoilt(use.column)) return {};
        const Value& value = cell(use.column);
        if (value.is_null() && use.source->otherwise.empty()) {
            report(
                fmt::format("the column {} is empty, so there is no {}", mainstay::quoted(use.source->column), what));
            return {};
        }
        const std::string word = value.is_null() ? std::string{} : word_of_cell(value);
        if (use.source->values.empty() && use.source->otherwise.empty()) return word;
        if (const auto found = use.source->values.find(word); found != use.source->values.end()) return found->second;
        if (use.source->otherwise.empty())
            report(fmt::format("the mapping gives no {} for {} in the column {}", what, mainstay::quoted(word),
                               mainstay::quoted(use.source->column)));
        return use.source->otherwise;
    }

    // What an element cannot do without, or would be another one or mean something else without.
    bool is_vital(const ElementRule& rule, Name attribute, const std::vector<Name>& key) const {
        if (std::find(key.begin(), key.end(), attribute) != key.end()) return true;
        const std::string& name = observations.text(attribute);
        if (rule.is_dated && (name == "valid_from" || name == "valid_to")) return true;
        if (rule.type && (name == rule.type->group_property || name == rule.type->need_property ||
                          name == rule.type->effect_property))
            return true;
        if (std::find(rule.needs.begin(), rule.needs.end(), name) != rule.needs.end()) return true;
        return std::any_of(rule.required.begin(), rule.required.end(),
                           [&](const Attribute* each) { return each->name == name; });
    }

    // A cell that cannot be stored is left out, unless the element needs it: false then. Reported either way.
    bool leave_out(const ElementRule& rule, Name attribute, const std::vector<Name>& key, const std::string& why) {
        if (is_vital(rule, attribute, key)) {
            report(why);
            return false;
        }
        observations.add_problem(origin(), why + "; value not taken", NotTaken::value);
        return true;
    }

    // False after a report that costs the element.
    bool add_attribute(Attributes& out, const ElementRule& rule, Name attribute, const std::vector<Name>& key,
                       const Value& raw, const AttributeMapping* mapping) {
        static const std::vector<Normalise> as_it_is;
        const auto& normalise = mapping ? mapping->normalise : as_it_is;
        const Value whole = normalised(raw, normalise);
        const bool is_empty =
            whole.is_null() || (!normalise.empty() && whole.is(ValueType::string) && whole.as_string().empty());
        if (is_empty) {
            if (file.remove_empty) out.emplace_back(attribute, Value{});
            return true;
        }
        std::string problem;
        Value value =
            rules().typed(whole, rule, observations.text(attribute), mapping ? mapping->type : std::nullopt, problem);
        if (!problem.empty()) return leave_out(rule, attribute, key, problem);
        out.emplace_back(attribute, std::move(value));
        return true;
    }

    // Once a column, where it would have been stored.
    void report_unfit(const AttributesUse& uses) {
        for (const std::size_t column : row->unfit) {
            const auto is_it = [&](const auto& use) { return use == column; };
            const bool is_used =
                std::any_of(uses.all.begin(), uses.all.end(), [&](const auto& use) { return is_it(use.first); }) ||
                std::any_of(uses.named.begin(), uses.named.end(), [&](const AttributeUse& use) {
                    return use.cell.column.index && is_it(*use.cell.column.index);
                });
            if (!is_used || !unfit_reported.insert(column).second) continue;
            observations.add_problem(origin(),
                                     fmt::format("{} is a list of objects or lists here, which no property holds; left "
                                                 "out where it is. Map its array as a file entry of its own, or ignore "
                                                 "the column",
                                                 mainstay::quoted(columns->names()[column])),
                                     NotTaken::column);
        }
    }

    // Once a column.
    void report_untaken(const AttributesUse& uses) {
        for (const auto& [column, why] : uses.untaken) {
            if (row->cell(column).is_null() || !untaken_reported.insert(column).second) continue;
            observations.add_problem(
                origin(),
                fmt::format("the column {} is left out: {}. Map it to another name, or put it into `ignore`",
                            mainstay::quoted(columns->names()[column]), why),
                NotTaken::column);
        }
    }

    // False after a report. `key`: the attributes that identify the element.
    bool add_attributes(Attributes& out, const ElementRule& rule, const AttributesUse& uses,
                        const std::vector<Name>& key) {
        report_unfit(uses);
        report_untaken(uses);
        bool is_good = true;
        const auto add = [&](Name attribute, std::optional<std::size_t> column, const Value& raw,
                             const AttributeMapping* mapping) {
            const BadCell* bad = column && !row->bad.empty() ? row->find_bad(*column) : nullptr;
            is_good &= bad ? leave_out(rule, attribute, key,
                                       fmt::format("{} {}", mainstay::quoted(observations.text(attribute)), bad->why))
                           : add_attribute(out, rule, attribute, key, raw, mapping);
        };
        for (const auto& [column, attribute] : uses.all) add(attribute, column, row->cell(column), nullptr);
        for (const AttributeUse& use : uses.named) add(use.name, use.cell.column.index, cell(use.cell), use.mapping);
        return is_good && is_valid_period(out);
    }

    // What the store would refuse later, without the row. Half-open: on equal days nothing was ever valid.
    bool is_valid_period(const Attributes& attributes) {
        const Value *from = nullptr, *to = nullptr;
        for (const auto& [attribute, value] : attributes) {
            if (observations.text(attribute) == "valid_from") from = &value;
            if (observations.text(attribute) == "valid_to") to = &value;
        }
        if (!from || !to || from->type() != to->type() || !from->is_temporal() || order(*from, *to) <= 0) return true;
        report(fmt::format("`valid_from` {} is after `valid_to` {}", to_text(*from), to_text(*to)));
        return false;
    }

    std::optional<std::uint32_t> map_node(const NodeUse& use) {
        making = "node";
        if (use.lacks_key || !holds(use.when)) return std::nullopt;
        const std::string class_name = name(use.name_of_class, "class");
        if (class_name.empty()) return std::nullopt;
        const ElementRule* rule = rules().class_rule(class_name);
        if (!rule) {
            const std::string hint = rules().nearest_class(class_name);
            report(fmt::format("the class model has no class {}{}{}", mainstay::quoted(class_name),
                               hint.empty() ? "" : "; ", hint));
            return std::nullopt;
        }
        if (rule->is_abstract) {
            report(fmt::format("the class {} is abstract: nodes belong to one of its subclasses",
                               mainstay::quoted(class_name)));
            return std::nullopt;
        }
        NodeObservation node;
        node.class_name = observations.intern(class_name);
        node.origin = origin();
        if (!add_attributes(node.attributes, *rule, use.attributes, use.key)) return std::nullopt;
        for (const Name key : use.key) {
            const auto at = std::find_if(node.attributes.begin(), node.attributes.end(),
                                         [&](const auto& each) { return each.first == key; });
            const bool is_blank = at != node.attributes.end() && at->second.is(ValueType::string) &&
                                  trimmed(at->second.as_string()).empty();
            if (at == node.attributes.end() || at->second.is_null() || is_blank) {
                report(fmt::format("{} is empty, and it identifies the {}", mainstay::quoted(observations.text(key)),
                                   class_name));
                return std::nullopt;
            }
            node.key.push_back(at->second);
        }
        node.rule = observations.find_or_add_rule(class_name, use.mapping->key);
        return observations.add_node(std::move(node));
    }

    // The nodes an end names: one, several for a list, none after a report or a skip.
    std::vector<End> ends(const EndUse& use) {
        const EndMapping& mapping = *use.mapping;
        if (mapping.row_node) {
            if (!row_nodes[*mapping.row_node]) return {};
            return {End{*row_nodes[*mapping.row_node], 0, {}, OnGap::report}};
        }
        if (!mapping.from.column.empty() && is_spoilt(use.cell.column)) return {};
        const Value& raw = cell(use.cell);
        ValueList values;
        if (raw.is(ValueType::list))
            values = raw.as_list();
        else
            values.push_back(raw);
        for (Value& value : values) value = normalised(value, mapping.normalise);
        std::erase_if(values, [](const Value& value) {
            return value.is_null() || (value.is(ValueType::string) && value.as_string().empty());
        });
        if (values.empty()) {
            if (mapping.empty == OnGap::report)
                report(fmt::format("the column {} is empty, so the relationship has no end",
                                   mainstay::quoted(mapping.from.column)));
            return {};
        }
        const std::string class_name = name(use.name_of_class, "class");
        if (class_name.empty()) return {};
        const ElementRule* rule = rules().class_rule(class_name);
        if (!rule) {
            const std::string hint = rules().nearest_class(class_name);
            report(fmt::format("the class model has no class {}{}{}", mainstay::quoted(class_name),
                               hint.empty() ? "" : "; ", hint));
            return {};
        }
        const std::uint32_t lookup = observations.add_lookup({class_name, mapping.key, mapping.normalise});
        std::vector<End> result;
        for (const Value& value : values) {
            std::string problem;
            Value typed = rules().typed(value, *rule, mapping.key, mapping.type, problem);
            if (problem.empty())
                result.push_back({End::no_node, lookup, std::move(typed), mapping.missing});
            else
                report(problem);
        }
        return result;
    }

    // The mapping's `group` and `need` are attributes as well; a column of that name is another value for it.
    bool add_once(Attributes& attributes, const std::string& name, Value value) {
        const Name attribute = observations.intern(name);
        if (std::any_of(attributes.begin(), attributes.end(),
                        [&](const auto& each) { return each.first == attribute; })) {
            report(fmt::format("{} is given twice, by the mapping's `attributes` and by its `group` or `need`",
                               mainstay::quoted(name)));
            return false;
        }
        attributes.emplace_back(attribute, std::move(value));
        return true;
    }

    bool add_group(const RelationshipUse& use, const ElementRule& rule, RelationshipObservation& rel) {
        const std::string group_name = rule.type ? rule.type->group_property : "group";
        const std::string need_name = rule.type ? rule.type->need_property : "need";
        if ((use.group && is_spoilt(use.group->column)) || (use.need && is_spoilt(use.need->column))) return false;
        if (use.group) {
            rel.group = normalised(cell(*use.group), {Normalise::trim});
            if (!rel.group.is_null() && !add_once(rel.attributes, group_name, rel.group)) return false;
        }
        if (use.need && !cell(*use.need).is_null()) {
            std::string problem;
            const Value need = ClassRules::need_of(cell(*use.need), problem);
            if (!problem.empty()) {
                report(problem);
                return false;
            }
            if (!add_once(rel.attributes, need_name, need)) return false;
        }
        return true;
    }

    void map_relationship(const RelationshipUse& use) {
        making = "relationship";
        if (!holds(use.when)) return;
        const std::string type_name = name(use.name_of_type, "relationship type");
        if (type_name.empty()) return;
        const ElementRule* rule = rules().type_rule(type_name);
        if (!rule) {
            const std::string hint = rules().nearest_type(type_name);
            report(fmt::format("the class model has no relationship type {}{}{}", mainstay::quoted(type_name),
                               hint.empty() ? "" : "; ", hint));
            return;
        }
        RelationshipObservation rel;
        rel.type = observations.intern(type_name);
        rel.origin = origin();
        rel.key = use.key;
        const bool has_attributes = add_attributes(rel.attributes, *rule, use.attributes, use.key);
        if (!add_group(use, *rule, rel) || !has_attributes) return;
        for (const Attribute* attribute : rule->required) {
            const auto given = [&](const auto& each) { return observations.text(each.first) == attribute->name; };
            if (std::any_of(rel.attributes.begin(), rel.attributes.end(), given)) continue;
            report(fmt::format("a {} needs the attribute {}", type_name, mainstay::quoted(attribute->name)));
            return;
        }
        const auto sources = ends(use.from), targets = ends(use.to);
        for (const End& from : sources) {
            for (const End& to : targets) {
                RelationshipObservation each = rel;
                each.from = from;
                each.to = to;
                observations.add_relationship(std::move(each));
            }
        }
    }
};

RowMapper::RowMapper(const FileMapping& mapping, Observations& observations, std::uint32_t file)
    : state_(new State{mapping, observations, file}) {
    const auto attributes = [&](const AttributeList& list) {
        AttributesUse uses;
        for (const auto& attribute : list.named)
            uses.named.push_back({&attribute, use_of(attribute.from), observations.intern(attribute.name)});
        return uses;
    };
    const auto names = [&](const std::vector<std::string>& words) {
        std::vector<Name> result;
        for (const auto& word : words) result.push_back(observations.intern(word));
        return result;
    };
    for (const NodeMapping& node : mapping.nodes)
        state_->nodes.push_back(
            {&node, use_of(node.name_of_class), attributes(node.attributes), names(node.key), uses_of(node.when)});
    for (const RelationshipMapping& rel : mapping.relationships) {
        RelationshipUse use{&rel, use_of(rel.name_of_type), use_of(rel.from), use_of(rel.to)};
        if (rel.group) use.group = use_of(*rel.group);
        if (rel.need) use.need = use_of(*rel.need);
        use.key = names(rel.key);
        use.attributes = attributes(rel.attributes);
        use.when = uses_of(rel.when);
        state_->rels.push_back(std::move(use));
    }
}

RowMapper::~RowMapper() = default;

void RowMapper::check_columns(const Columns& columns) {
    ProblemLog log = state_->observations.log(state_->file_index);
    std::set<std::string> reported;
    state_->for_each_column([&](const ColumnUse& use, const std::string& place) {
        if (use.name.empty() || columns.find(use.name) || !reported.insert(use.name).second) return;
        const std::string hint = nearest(use.name, columns.names());
        log.add(1,
                fmt::format("there is no column {}, which the mapping uses ({}){}{}", mainstay::quoted(use.name), place,
                            hint.empty() ? "" : "; ", hint),
                NotTaken::column);
    });
    for (NodeUse& node : state_->nodes) {
        const AttributeList& attributes = node.mapping->attributes;
        for (const std::string& key : node.mapping->key) {
            const bool is_named = std::any_of(attributes.named.begin(), attributes.named.end(),
                                              [&](const AttributeMapping& each) { return each.name == key; });
            if (is_named || columns.find(key) || columns.size() == 0) continue;
            node.lacks_key = true;
            log.add(1,
                    fmt::format("there is no column {}, which identifies the nodes ({}.key), so none of them is taken; "
                                "the columns are {}",
                                mainstay::quoted(key), node.mapping->place, list_of(columns.names())),
                    NotTaken::file);
        }
    }
}

void RowMapper::map(const Columns& columns, const Row& row) {
    State& state = *state_;
    state.resolve(columns);
    state.row = &row;
    state.columns = &columns;
    state.row_nodes.clear();
    for (const NodeUse& node : state.nodes) state.row_nodes.push_back(state.map_node(node));
    for (const RelationshipUse& rel : state.rels) state.map_relationship(rel);
}

}  // namespace mainstay::connect
