#include "mapping.hpp"

#include "readers/json_path.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/core/json.hpp"
#include "mainstay/core/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace mainstay::connect {
namespace {

// Collects mistakes instead of stopping at the first.
class Mistakes {
public:
    void add(const std::string& place, std::string_view what) {
        lines_.push_back(fmt::format("{}: {}", place.empty() ? "the mapping" : place, what));
    }
    void add_unknown(const std::string& place, std::string_view what, std::string_view word,
                     const std::vector<std::string>& allowed) {
        const std::string hint = nearest(word, allowed);
        add(place, fmt::format("{} is not {} {}; {}", mainstay::quoted(word),
                               std::string_view{"aeiou"}.find(what.front()) == std::string_view::npos ? "a" : "an",
                               what, hint.empty() ? fmt::format("use one of {}", fmt::join(allowed, ", ")) : hint));
    }
    void throw_if_any() const {
        if (lines_.empty()) return;
        throw Error{Code::input_invalid, fmt::format("the mapping has {} mistake{}:\n  {}", lines_.size(),
                                                     lines_.size() == 1 ? "" : "s", fmt::join(lines_, "\n  "))}
            .with_hint("docs/import.md describes the form");
    }

private:
    std::vector<std::string> lines_;
};

// A JSON object whose members are known; everything wrong goes to the mistakes and reads as absent.
class Object {
public:
    Object(const OrderedJson& json, std::string place, Mistakes& mistakes, std::initializer_list<const char*> allowed)
        : json_(json), place_(std::move(place)), mistakes_(mistakes) {
        if (!json.is_object()) {
            mistakes_.add(place_, fmt::format("an object is expected, not {} {}", json.is_array() ? "an" : "a",
                                              json.type_name()));
            return;
        }
        const std::vector<std::string> words(allowed.begin(), allowed.end());
        for (const auto& [key, value] : json.items())
            if (std::find(words.begin(), words.end(), key) == words.end())
                mistakes_.add_unknown(at(key), "member here", key, words);
    }

    Mistakes& mistakes() const { return mistakes_; }
    const std::string& place() const { return place_; }
    std::string at(std::string_view member) const {
        return place_.empty() ? std::string{member} : fmt::format("{}.{}", place_, member);
    }
    const OrderedJson* find(const char* member) const {
        if (!json_.is_object()) return nullptr;
        const auto found = json_.find(member);
        return found == json_.end() || found->is_null() ? nullptr : &*found;
    }
    const OrderedJson* require(const char* member) const {
        const OrderedJson* found = find(member);
        if (!found && json_.is_object()) mistakes_.add(place_, fmt::format("needs `{}`", member));
        return found;
    }
    std::string text(const char* member) const { return text_of(find(member), at(member)); }
    std::string required_text(const char* member) const { return text_of(require(member), at(member)); }
    bool flag(const char* member) const {
        const OrderedJson* found = find(member);
        if (!found) return false;
        if (found->is_boolean()) return found->get<bool>();
        mistakes_.add(at(member), "true or false is expected");
        return false;
    }
    // A text or an array of texts.
    std::vector<std::string> texts(const char* member) const {
        std::vector<std::string> result;
        const OrderedJson* found = find(member);
        if (!found) return result;
        if (!found->is_array()) return {text_of(found, at(member))};
        for (std::size_t i = 0; i < found->size(); ++i)
            result.push_back(text_of(&(*found)[i], fmt::format("{}[{}]", at(member), i)));
        return result;
    }
    template <typename F>  // F(item, place)
    void each(const char* member, F&& f) const {
        const OrderedJson* found = find(member);
        if (!found) return;
        if (!found->is_array()) {
            mistakes_.add(at(member), "an array is expected");
            return;
        }
        for (std::size_t i = 0; i < found->size(); ++i) f((*found)[i], fmt::format("{}[{}]", at(member), i));
    }
    // One of a closed set of words.
    template <typename T>
    T word(const char* member, std::string_view what, std::initializer_list<std::pair<const char*, T>> words,
           T otherwise) const {
        const OrderedJson* found = find(member);
        if (!found) return otherwise;
        const std::string given = text_of(found, at(member));
        std::vector<std::string> allowed;
        for (const auto& [name, value] : words) {
            if (given == name) return value;
            allowed.emplace_back(name);
        }
        mistakes_.add_unknown(at(member), what, given, allowed);
        return otherwise;
    }
    std::string text_of(const OrderedJson* json, const std::string& place) const {
        if (!json) return {};
        if (json->is_string() && !json->get_ref<const std::string&>().empty()) return json->get<std::string>();
        mistakes_.add(place, json->is_string() ? "must not be empty" : "a text is expected");
        return {};
    }

private:
    const OrderedJson& json_;
    std::string place_;
    Mistakes& mistakes_;
};

Value constant_of(const OrderedJson& json, const std::string& place, Mistakes& mistakes) {
    if (json.is_boolean()) return Value{json.get<bool>()};
    if (json.is_number_integer()) return Value{json.get<std::int64_t>()};
    if (json.is_number_float()) return Value{json.get<double>()};
    if (json.is_string()) return Value{json.get<std::string>()};
    mistakes.add(place, "a text, a number, true or false is expected");
    return {};
}

// "Incident", or {"column": "class", "values": {"srv": "Server"}, "otherwise": "Computer"}.
NameSource read_name(const OrderedJson* json, const std::string& place, Mistakes& mistakes) {
    NameSource result;
    if (!json) return result;
    if (json->is_string()) {
        result.constant = json->get<std::string>();
        if (result.constant.empty()) mistakes.add(place, "must not be empty");
        return result;
    }
    const Object object{*json, place, mistakes, {"column", "values", "otherwise"}};
    result.column = object.required_text("column");
    result.otherwise = object.text("otherwise");
    if (const OrderedJson* values = object.find("values")) {
        if (!values->is_object()) {
            mistakes.add(object.at("values"), "an object is expected: {\"cell\": \"name\"}");
        } else {
            for (const auto& [cell, name] : values->items())
                result.values[cell] = object.text_of(&name, object.at("values." + cell));
        }
    }
    return result;
}

// "column", {"column": "k"} or {"constant": 1}.
CellSource read_cell(const OrderedJson& json, const std::string& place, Mistakes& mistakes) {
    CellSource result;
    if (json.is_string()) {
        result.column = json.get<std::string>();
        if (result.column.empty()) mistakes.add(place, "must not be empty");
    } else if (json.is_number()) {
        result.constant = constant_of(json, place, mistakes);
    } else {
        const Object object{json, place, mistakes, {"column", "constant"}};
        result.column = object.text("column");
        if (const OrderedJson* constant = object.find("constant"))
            result.constant = constant_of(*constant, object.at("constant"), mistakes);
        if (json.is_object() && result.column.empty() == result.constant.is_null())
            mistakes.add(place, "needs either `column` or `constant`");
    }
    return result;
}

// A cell, or the need itself: 2 or "50%".
CellSource read_need(const OrderedJson& json, const std::string& place, Mistakes& mistakes) {
    CellSource result;
    if (json.is_string() && json.get_ref<const std::string&>().ends_with('%'))
        result.constant = Value{json.get<std::string>()};
    else
        result = read_cell(json, place, mistakes);
    if (!result.constant.is_null() && !parse_need(result.constant))
        mistakes.add(place,
                     fmt::format("{} is not a number of members: an integer of at least 1, or 'P%' with P from 1 "
                                 "to 100",
                                 print(result.constant)));
    return result;
}

std::optional<AttributeType> read_type(const Object& object) {
    const OrderedJson* found = object.find("type");
    if (!found) return std::nullopt;
    const std::string word = object.text_of(found, object.at("type"));
    const auto type = parse_type(word);
    if (!type && !word.empty()) object.mistakes().add_unknown(object.at("type"), "type", word, type_words());
    return type;
}

std::vector<Normalise> read_normalise(const Object& object) {
    std::vector<Normalise> result;
    for (const std::string& word : object.texts("normalise")) {
        if (const auto step = parse_normalise(word))
            result.push_back(*step);
        else
            object.mistakes().add_unknown(object.at("normalise"), "step", word, normalise_words());
    }
    return result;
}

AttributeMapping read_attribute(const OrderedJson& json, const std::string& place, Mistakes& mistakes) {
    AttributeMapping result;
    result.place = place;
    if (json.is_string()) {
        result.name = result.from.column = json.get<std::string>();
        if (result.name.empty()) mistakes.add(place, "must not be empty");
        return result;
    }
    const Object object{json, place, mistakes, {"name", "column", "constant", "type", "normalise"}};
    result.from.column = object.text("column");
    if (const OrderedJson* constant = object.find("constant"))
        result.from.constant = constant_of(*constant, object.at("constant"), mistakes);
    if (json.is_object() && result.from.column.empty() == result.from.constant.is_null())
        mistakes.add(place, "needs either `column` or `constant`");
    result.name = object.find("name") ? object.text("name") : result.from.column;
    if (result.name.empty() && result.from.column.empty() && json.is_object()) mistakes.add(place, "needs a `name`");
    result.type = read_type(object);
    result.normalise = read_normalise(object);
    return result;
}

AttributeList read_attributes(const Object& object, bool all_by_default) {
    AttributeList result;
    result.all_columns = all_by_default && !object.find("attributes");
    object.each("attributes", [&](const OrderedJson& item, const std::string& place) {
        if (item.is_string() && item.get_ref<const std::string&>() == "*") {
            result.all_columns = true;
            return;
        }
        AttributeMapping attribute = read_attribute(item, place, object.mistakes());
        const bool is_twice = std::any_of(result.named.begin(), result.named.end(),
                                          [&](const auto& each) { return each.name == attribute.name; });
        if (is_twice && !attribute.name.empty())
            object.mistakes().add(place,
                                  fmt::format("the attribute {} is mapped twice", mainstay::quoted(attribute.name)));
        if (attribute.name.starts_with('~'))
            object.mistakes().add(place, "names that begin with ~ are kept for the importer itself");
        result.named.push_back(std::move(attribute));
    });
    result.ignore = object.texts("ignore");
    return result;
}

// {"kind": "Laptop", "site": ["a", "b"], "ci": true, "disposed": false}.
std::vector<Condition> read_conditions(const Object& object) {
    std::vector<Condition> result;
    const OrderedJson* when = object.find("when");
    if (!when) return result;
    if (!when->is_object()) {
        object.mistakes().add(object.at("when"), "an object is expected: {\"column\": \"value\"}");
        return result;
    }
    for (const auto& [column, wanted] : when->items()) {
        const std::string place = object.at("when." + column);
        Condition condition;
        condition.column = column;
        if (wanted.is_boolean()) {
            condition.absent = !wanted.get<bool>();
        } else if (wanted.is_array() && !wanted.empty()) {
            for (const OrderedJson& item : wanted) condition.values.push_back(object.text_of(&item, place));
        } else if (wanted.is_string()) {
            condition.values.push_back(wanted.get<std::string>());
        } else {
            object.mistakes().add(place, "a text, an array of texts, true (not empty) or false (empty) is expected");
        }
        result.push_back(std::move(condition));
    }
    return result;
}

// The attributes of a key must be among those that are mapped.
void check_key(const Object& object, const std::vector<std::string>& keys, const AttributeList& attributes) {
    std::vector<std::string> names;
    for (const auto& attribute : attributes.named) names.push_back(attribute.name);
    for (const std::string& key : keys) {
        if (key.empty() || std::find(names.begin(), names.end(), key) != names.end()) continue;
        const auto& ignored = attributes.ignore;
        if (!attributes.all_columns)
            object.mistakes().add_unknown(object.at("key"), "mapped attribute", key, names);
        else if (std::find(ignored.begin(), ignored.end(), key) != ignored.end())
            object.mistakes().add(object.at("key"),
                                  fmt::format("{} is among the columns to `ignore`, and it identifies "
                                              "the element",
                                              mainstay::quoted(key)));
    }
}

NodeMapping read_node(const OrderedJson& json, const std::string& place, Mistakes& mistakes) {
    const Object object{json, place, mistakes, {"class", "key", "attributes", "ignore", "when"}};
    NodeMapping result;
    result.place = place;
    result.name_of_class = read_name(object.require("class"), object.at("class"), mistakes);
    object.require("key");
    result.key = object.texts("key");
    if (const OrderedJson* key = object.find("key"); key && key->is_array() && key->empty())
        mistakes.add(object.at("key"), "needs at least one attribute");
    result.attributes = read_attributes(object, true);
    result.when = read_conditions(object);

    check_key(object, result.key, result.attributes);
    return result;
}

EndMapping read_end(const OrderedJson* json, const std::string& place, std::size_t nodes_of_row, Mistakes& mistakes) {
    EndMapping result;
    result.place = place;
    if (!json) return result;
    std::optional<std::size_t> row_node;
    if (json->is_string() && json->get_ref<const std::string&>() == "row") row_node = 0;
    if (json->is_object() && json->contains("row")) {
        const Object object{*json, place, mistakes, {"row"}};
        if (const OrderedJson& row = (*json)["row"]; row.is_number_unsigned())
            row_node = row.get<std::size_t>();
        else
            mistakes.add(object.at("row"), "the number of an entry of `nodes` is expected, from 0");
        if (!row_node) return result;
    }
    if (row_node) {
        if (*row_node >= nodes_of_row)
            mistakes.add(place, fmt::format("there is no nodes[{}] in this file entry", *row_node));
        result.row_node = row_node;
        return result;
    }
    if (json->is_string()) {
        mistakes.add(place, "\"row\" or an object with `class`, `key` and `column` is expected");
        return result;
    }
    const Object object{
        *json, place, mistakes, {"class", "key", "column", "constant", "type", "normalise", "empty", "missing"}};
    result.name_of_class = read_name(object.require("class"), object.at("class"), mistakes);
    result.key = object.required_text("key");
    result.from.column = object.text("column");
    if (const OrderedJson* constant = object.find("constant"))
        result.from.constant = constant_of(*constant, object.at("constant"), mistakes);
    if (json->is_object() && result.from.column.empty() == result.from.constant.is_null())
        mistakes.add(place, "needs either `column` or `constant`");
    result.type = read_type(object);
    result.normalise = read_normalise(object);
    result.empty = object.word<OnGap>("empty", "way to treat an empty cell",
                                      {{"report", OnGap::report}, {"skip", OnGap::skip}}, OnGap::report);
    result.missing = object.word<OnGap>("missing", "way to treat a missing node",
                                        {{"report", OnGap::report}, {"skip", OnGap::skip}, {"create", OnGap::create}},
                                        OnGap::report);
    return result;
}

RelationshipMapping read_relationship(const OrderedJson& json, const std::string& place, std::size_t nodes_of_row,
                                      Mistakes& mistakes) {
    const Object object{
        json, place, mistakes, {"type", "from", "to", "group", "need", "key", "attributes", "ignore", "when"}};
    RelationshipMapping result;
    result.place = place;
    result.name_of_type = read_name(object.require("type"), object.at("type"), mistakes);
    result.from = read_end(object.require("from"), object.at("from"), nodes_of_row, mistakes);
    result.to = read_end(object.require("to"), object.at("to"), nodes_of_row, mistakes);
    if (const OrderedJson* group = object.find("group")) result.group = read_cell(*group, object.at("group"), mistakes);
    if (const OrderedJson* need = object.find("need")) result.need = read_need(*need, object.at("need"), mistakes);
    if (result.need && !result.group)
        mistakes.add(place, "`need` says how many of a group are needed: name the `group` too");
    result.key = object.texts("key");
    result.attributes = read_attributes(object, false);
    result.when = read_conditions(object);
    check_key(object, result.key, result.attributes);
    return result;
}

FileFormat format_by_name(const std::string& file, const std::string& place, Mistakes& mistakes) {
    std::string name = file;
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    if (name.ends_with(".json")) return FileFormat::json;
    if (name.ends_with(".jsonl") || name.ends_with(".ndjson")) return FileFormat::json_lines;
    if (!name.ends_with(".csv") && !name.ends_with(".tsv") && !name.ends_with(".txt") && !name.empty())
        mistakes.add(place, fmt::format("the name {} does not tell the format; say `format`: csv, json or jsonl",
                                        mainstay::quoted(file)));
    return FileFormat::csv;
}

// Whether a text of the entry begins as the columns around JSON rows do.
bool names_outer_column(const OrderedJson& json) {
    if (json.is_string()) return json.get_ref<const std::string&>().starts_with(json_outer_mark);
    if (!json.is_structured()) return false;
    for (const auto& [name, item] : json.items())
        if ((json.is_object() && name.starts_with(json_outer_mark)) || names_outer_column(item)) return true;
    return false;
}

FileMapping read_file(const OrderedJson& json, const std::string& place, Mistakes& mistakes) {
    const Object object{
        json,
        place,
        mistakes,
        {"file", "format", "array", "delimiter", "encoding", "optional", "empty_cells", "nodes", "relationships"}};
    FileMapping result;
    result.place = place;
    result.file = object.required_text("file");
    if (object.find("format")) {
        result.format = object.word<FileFormat>(
            "format", "format",
            {{"csv", FileFormat::csv}, {"json", FileFormat::json}, {"jsonl", FileFormat::json_lines}}, FileFormat::csv);
    } else {
        result.format = format_by_name(result.file, place, mistakes);
    }
    result.array = object.text("array");
    if (!result.array.empty() && result.format != FileFormat::json)
        mistakes.add(object.at("array"), "only a JSON file has a path to an array");
    try {
        (void)parse_json_path(result.array);
    } catch (const Error& error) {
        mistakes.add(object.at("array"), error.message() + "; " + error.hint());
    }
    result.wants_outer = result.format == FileFormat::json && names_outer_column(json);
    if (const std::string delimiter = object.text("delimiter"); !delimiter.empty()) {
        const std::string character = delimiter == "tab" ? "\t" : delimiter;
        if (character.size() == 1 && character != "\"")
            result.delimiter = character[0];
        else
            mistakes.add(object.at("delimiter"), "one character or \"tab\" is expected");
    }
    result.encoding = object.word<Encoding>("encoding", "encoding",
                                            {{"utf-8", Encoding::utf8},
                                             {"latin-1", Encoding::latin1},
                                             {"windows-1252", Encoding::latin1},
                                             {"cp1252", Encoding::latin1}},
                                            Encoding::utf8);
    result.optional = object.flag("optional");
    result.remove_empty =
        object.word<bool>("empty_cells", "way to treat empty cells", {{"keep", false}, {"remove", true}}, false);
    object.each("nodes", [&](const OrderedJson& item, const std::string& item_place) {
        result.nodes.push_back(read_node(item, item_place, mistakes));
    });
    object.each("relationships", [&](const OrderedJson& item, const std::string& item_place) {
        result.relationships.push_back(read_relationship(item, item_place, result.nodes.size(), mistakes));
    });
    if (result.nodes.empty() && result.relationships.empty() && json.is_object())
        mistakes.add(place, "makes nothing: give it `nodes`, `relationships` or both");
    return result;
}

}  // namespace

Mapping parse_mapping(std::string_view json_text) {
    if (json_text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        throw Error{Code::input_invalid, "the mapping is empty"}.with_hint("docs/import.md describes the form");
    if (is_nested_too_deep(json_text))
        throw Error{Code::input_invalid, fmt::format("the mapping is nested deeper than {} levels", json_depth_max)};
    OrderedJson json;
    try {
        json = OrderedJson::parse(json_text);
    } catch (const OrderedJson::parse_error& error) {
        const std::size_t byte = std::min(error.byte, json_text.size());
        const Place place = place_of(json_text, static_cast<std::uint32_t>(byte > 0 ? byte - 1 : 0));
        const std::string_view what = error.what();
        const auto reason = what.find("syntax error");
        throw Error{Code::input_invalid,
                    fmt::format("the mapping is not JSON: line {}, column {}{}", place.line, place.column,
                                reason == std::string_view::npos ? "" : ": " + std::string{what.substr(reason)})};
    } catch (const OrderedJson::exception&) {
        throw Error{Code::input_invalid, "the mapping is not JSON: a number is beyond what a float holds"};
    }
    Mistakes mistakes;
    if (const std::string_view name = repeated_member_in(json_text); !name.empty())
        mistakes.add(fmt::format("line {}",
                                 place_of(json_text, static_cast<std::uint32_t>(name.data() - json_text.data())).line),
                     fmt::format("the object has a member {} already", mainstay::quoted(name)));
    const Object object{json, "", mistakes, {"source", "model", "files"}};
    Mapping result;
    result.source = object.required_text("source");
    result.model = object.text("model");
    object.require("files");
    object.each("files", [&](const OrderedJson& item, const std::string& place) {
        result.files.push_back(read_file(item, place, mistakes));
    });
    if (const OrderedJson* files = object.find("files"); files && files->is_array() && files->empty())
        mistakes.add("files", "needs at least one file");
    mistakes.throw_if_any();
    return result;
}

void check_against(const Mapping& mapping, ClassRules& rules) {
    Mistakes mistakes;
    const auto check = [&](const NameSource& source, const std::string& place, auto&& objection) {
        const auto say = [&](const std::string& name, const std::string& where) {
            if (name.empty()) return;
            if (const std::string why = objection(name); !why.empty()) mistakes.add(where, why);
        };
        say(source.constant, place);
        say(source.otherwise, place + ".otherwise");
        for (const auto& [cell, name] : source.values) say(name, place + ".values." + cell);
    };
    const auto unknown = [](std::string_view what, const std::string& name, const std::string& hint) {
        return fmt::format("the class model has no {} {}{}{}", what, mainstay::quoted(name), hint.empty() ? "" : "; ",
                           hint);
    };
    const auto unknown_class = [&](const std::string& name) {
        return rules.class_rule(name) ? std::string{} : unknown("class", name, rules.nearest_class(name));
    };
    for (const FileMapping& file : mapping.files) {
        for (const NodeMapping& node : file.nodes)
            check(node.name_of_class, node.place + ".class", [&](const std::string& name) {
                const ElementRule* rule = rules.class_rule(name);
                if (!rule || !rule->is_abstract) return unknown_class(name);
                return fmt::format("the class {} is abstract: nodes belong to one of its subclasses",
                                   mainstay::quoted(name));
            });
        for (const RelationshipMapping& rel : file.relationships) {
            check(rel.name_of_type, rel.place + ".type", [&](const std::string& name) {
                return rules.type_rule(name) ? std::string{}
                                             : unknown("relationship type", name, rules.nearest_type(name));
            });
            for (const EndMapping* end : {&rel.from, &rel.to})
                if (!end->row_node) check(end->name_of_class, end->place + ".class", unknown_class);
        }
    }
    mistakes.throw_if_any();
}

// Names alone: no way up, none from the root.
bool leads_elsewhere(const std::filesystem::path& name) {
    return name.is_absolute() || std::find(name.begin(), name.end(), "..") != name.end();
}

Mapping load_mapping(const std::filesystem::path& file, MappingFiles files) {
    Mapping mapping;
    try {
        mapping = parse_mapping(read_text(file, Encoding::utf8));
    } catch (const Error& error) {
        if (error.code() != Code::input_invalid) throw;
        throw Error{error.code(), fmt::format("{}: {}", file.string(), error.message())}.with_hint(error.hint());
    }
    if (files == MappingFiles::beside_it) {
        std::vector<std::string> named{mapping.model};
        for (const FileMapping& each : mapping.files) named.push_back(each.file);
        for (const std::string& name : named)
            if (leads_elsewhere(name))
                throw Error{Code::input_invalid,
                            fmt::format("the mapping names {}, which may lie elsewhere", mainstay::quoted(name))}
                    .with_hint("name files that are sent along");
    }
    if (!mapping.model.empty()) mapping.model = (file.parent_path() / mapping.model).string();
    return mapping;
}

}  // namespace mainstay::connect
