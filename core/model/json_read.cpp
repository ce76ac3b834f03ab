// Reads the JSON form of a model (docs/model.md). Only structure and single declarations are checked here; what needs
// the whole model is in check.cpp.

#include "mainstay/core/error.hpp"
#include "mainstay/core/json.hpp"
#include "mainstay/core/json_text.hpp"
#include "mainstay/core/model.hpp"

#include "model/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <set>
#include <span>

namespace mainstay {
namespace {

using model_words::Table;

// Collects mistakes instead of stopping at the first; what is wrong reads as if it were not there.
class Mistakes {
public:
    void add(const std::string& place, const std::string& what) {
        if (++count_ <= mistakes_shown_max)
            lines_.push_back((place.empty() ? std::string{"the model"} : place) + ": " + what);
    }
    void throw_if_any() const {
        if (count_ == 0) return;
        if (count_ == 1) throw Error{Code::model_invalid, lines_.front()};
        throw Error{Code::model_invalid, fmt::format("the model has {} mistakes:\n  {}{}", count_,
                                                     fmt::join(lines_, "\n  "), count_ > lines_.size() ? "\n  …" : "")};
    }

private:
    static constexpr std::size_t mistakes_shown_max = 100;
    std::vector<std::string> lines_;
    std::size_t count_ = 0;
};

Place place_of(std::string_view text, std::string_view part) {
    return mainstay::place_of(text, static_cast<std::uint32_t>(part.data() - text.data()));
}

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, ", ")); }

template <typename T, std::size_t n>
std::optional<T> read_word(const Table<T, n>& table, const OrderedJson& json, const std::string& place,
                           Mistakes& mistakes) {
    std::vector<std::string> allowed;
    for (const auto& [word, value] : table) {
        if (json.is_string() && json.get_ref<const std::string&>() == word) return value;
        allowed.emplace_back(word);
    }
    const std::string found =
        json.is_string() ? mainstay::quoted(json.get_ref<const std::string&>()) : std::string{json.type_name()};
    mistakes.add(place, fmt::format("{} is not allowed here; use one of {}", found, joined(allowed)));
    return std::nullopt;
}

// A JSON object whose keys are all known; `place` is its path.
class Reader {
public:
    Reader(const OrderedJson& json, std::string place, Mistakes& mistakes, std::initializer_list<const char*> allowed)
        : json_(json), place_(std::move(place)), mistakes_(mistakes) {
        if (!json.is_object()) {
            refuse(place_, fmt::format("expected an object, found {}", json.type_name()));
            return;
        }
        const std::vector<std::string> keys(allowed.begin(), allowed.end());
        for (const auto& [key, value] : json.items()) {
            if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
            const std::string hint = nearest(key, keys);
            refuse(place_, fmt::format("{} is not a key here; {}allowed are {}", mainstay::quoted(key),
                                       hint.empty() ? "" : hint + " ", joined(keys)));
        }
    }

    Mistakes& mistakes() const { return mistakes_; }
    void refuse(const std::string& place, const std::string& what) const { mistakes_.add(place, what); }
    const std::string& place() const { return place_; }
    std::string place(const char* key) const { return place_.empty() ? key : place_ + "." + key; }
    const OrderedJson* find(const char* key) const {
        if (!json_.is_object()) return nullptr;
        const auto found = json_.find(key);
        return found == json_.end() || found->is_null() ? nullptr : &*found;
    }
    std::string text(const char* key) const {
        const OrderedJson* found = find(key);
        return found ? text_of(*found, place(key)) : std::string{};
    }
    std::string name(const char* key) const {
        const OrderedJson* found = find(key);
        if (!found) {
            if (json_.is_object()) refuse(place_, fmt::format("needs {}", mainstay::quoted(key)));
            return {};
        }
        std::string result = text_of(*found, place(key));
        if (result.empty() && found->is_string()) refuse(place(key), "must not be empty");
        return result;
    }
    bool flag(const char* key) const {
        const OrderedJson* found = find(key);
        if (!found) return false;
        if (found->is_boolean()) return found->get<bool>();
        refuse(place(key), fmt::format("expected true or false, found {}", found->type_name()));
        return false;
    }
    std::optional<std::uint32_t> count(const char* key) const {
        const OrderedJson* found = find(key);
        if (!found) return std::nullopt;
        if (!found->is_number_unsigned() || found->get<std::uint64_t>() < 1 ||
            found->get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max()) {
            refuse(place(key), fmt::format("expected an integer from 1 to {}, found {}",
                                           std::numeric_limits<std::uint32_t>::max(), found->dump()));
            return std::nullopt;
        }
        return found->get<std::uint32_t>();
    }
    std::vector<std::string> names(const char* key) const {
        const OrderedJson* found = find(key);
        return found ? names_of(*found, place(key)) : std::vector<std::string>{};
    }
    template <typename F>  // F(item, place)
    void each(const char* key, F&& f) const {
        const OrderedJson* found = find(key);
        if (!found) return;
        if (!found->is_array()) {
            refuse(place(key), fmt::format("expected an array, found {}", found->type_name()));
            return;
        }
        for (std::size_t i = 0; i < found->size(); ++i) f((*found)[i], fmt::format("{}[{}]", place(key), i));
    }

    std::string text_of(const OrderedJson& json, const std::string& place) const {
        if (json.is_string()) return json.get<std::string>();
        refuse(place, fmt::format("expected a string, found {}", json.type_name()));
        return {};
    }
    std::vector<std::string> names_of(const OrderedJson& json, const std::string& place) const {
        std::vector<std::string> result;
        if (!json.is_array()) {
            refuse(place, fmt::format("expected an array of names, found {}", json.type_name()));
            return result;
        }
        for (std::size_t i = 0; i < json.size(); ++i) {
            const std::string item_place = fmt::format("{}[{}]", place, i);
            result.push_back(text_of(json[i], item_place));
            if (result.back().empty() && json[i].is_string()) refuse(item_place, "must not be empty");
        }
        return result;
    }

private:
    const OrderedJson& json_;
    std::string place_;
    Mistakes& mistakes_;
};

// A text as a value of the attribute's type: temporal types are written as ISO 8601 strings.
std::optional<Value> typed_text(AttributeType type, const std::string& text) {
    const auto value = [](const auto& parsed) { return parsed ? std::optional<Value>{*parsed} : std::nullopt; };
    switch (type) {
        case AttributeType::any:
        case AttributeType::string: return Value{text};
        case AttributeType::date: return value(parse_date(text));
        case AttributeType::local_time: return value(parse_local_time(text));
        case AttributeType::time: return value(parse_time(text));
        case AttributeType::local_datetime: return value(parse_local_datetime(text));
        case AttributeType::datetime: return value(parse_datetime(text));
        case AttributeType::duration: return value(parse_duration(text));
        default: return std::nullopt;
    }
}

// Null after a mistake.
Value read_value(AttributeType type, const OrderedJson& json, const std::string& place, Mistakes& mistakes) {
    const auto mismatch = [&]() -> Value {
        mistakes.add(place, fmt::format("{} is not a value of type {}", json.dump(),
                                        model_words::word_of(model_words::attribute_types, type)));
        return {};
    };
    const auto is = [&](AttributeType wanted) { return type == wanted || type == AttributeType::any; };
    switch (json.type()) {
        case OrderedJson::value_t::boolean: return is(AttributeType::boolean) ? Value{json.get<bool>()} : mismatch();
        case OrderedJson::value_t::number_unsigned:
            if (json.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
                return mismatch();
            }
            [[fallthrough]];
        case OrderedJson::value_t::number_integer:
            if (type == AttributeType::floating) return Value{json.get<double>()};
            return is(AttributeType::integer) ? Value{json.get<std::int64_t>()} : mismatch();
        case OrderedJson::value_t::number_float:
            return is(AttributeType::floating) ? Value{json.get<double>()} : mismatch();
        case OrderedJson::value_t::string: {
            const auto value = typed_text(type, json.get_ref<const std::string&>());
            return value ? *value : mismatch();
        }
        case OrderedJson::value_t::array: {
            if (!is(AttributeType::list)) return mismatch();
            ValueList items;
            for (std::size_t i = 0; i < json.size(); ++i) {
                if (json[i].is_array()) {
                    mistakes.add(place, "lists in lists cannot be stored");
                    return {};
                }
                items.push_back(read_value(AttributeType::any, json[i], fmt::format("{}[{}]", place, i), mistakes));
            }
            return Value::list(std::move(items));
        }
        default: return mismatch();
    }
}

Attribute read_attribute(const OrderedJson& json, const std::string& place, Mistakes& mistakes) {
    const Reader reader{json,
                        place,
                        mistakes,
                        {"name", "type", "required", "unique", "enum", "default", "unit", "reference", "description"}};
    Attribute result;
    result.name = reader.name("name");
    if (const OrderedJson* type = reader.find("type")) {
        result.type =
            read_word(model_words::attribute_types, *type, reader.place("type"), mistakes).value_or(AttributeType::any);
    }
    result.required = reader.flag("required");
    result.unique = reader.flag("unique");
    reader.each("enum", [&](const OrderedJson& item, const std::string& item_place) {
        result.allowed.push_back(read_value(result.type, item, item_place, mistakes));
    });
    if (const OrderedJson* values = reader.find("enum"); values && values->is_array() && values->empty())
        mistakes.add(reader.place("enum"), "names no value; leave it out if any will do");
    if (const OrderedJson* value = reader.find("default")) {
        result.default_value = read_value(result.type, *value, reader.place("default"), mistakes);
        const bool listed = result.allowed.empty() ||
                            std::any_of(result.allowed.begin(), result.allowed.end(),
                                        [&](const Value& each) { return equivalent(each, *result.default_value); });
        if (!listed) mistakes.add(reader.place("default"), "is not one of `enum`");
    }
    result.unit = reader.text("unit");
    result.reference = reader.text("reference");
    result.description = reader.text("description");
    return result;
}

std::vector<Attribute> read_attributes(const Reader& reader) {
    std::vector<Attribute> result;
    std::set<std::string> seen;
    reader.each("attributes", [&](const OrderedJson& item, const std::string& place) {
        result.push_back(read_attribute(item, place, reader.mistakes()));
        if (!result.back().name.empty() && !seen.insert(result.back().name).second) {
            reader.refuse(place,
                          fmt::format("the attribute {} is declared twice", mainstay::quoted(result.back().name)));
        }
    });
    return result;
}

StatusMap read_status(const OrderedJson& json, const std::string& place, Mistakes& mistakes) {
    const Reader reader{json, place, mistakes, {"attribute", "down", "degraded", "at_risk"}};
    StatusMap result;
    result.attribute = reader.name("attribute");
    for (const State state : {State::down, State::degraded, State::at_risk}) {
        const std::string key{name_of(state)};
        for (const std::string& value : reader.names(key.c_str())) {
            if (!result.states.emplace(value, state).second) {
                mistakes.add(reader.place(key.c_str()), fmt::format("{} has a state already", mainstay::quoted(value)));
            }
        }
    }
    if (result.states.empty()) mistakes.add(place, "needs at least one value under down, degraded or at_risk");
    return result;
}

Lifecycle read_lifecycle(const OrderedJson& json, const std::string& place, Mistakes& mistakes) {
    const Reader reader{json, place, mistakes, {"attribute", "states", "transitions"}};
    Lifecycle result;
    result.attribute = reader.name("attribute");
    result.states = reader.names("states");
    if (result.states.empty()) mistakes.add(place, "needs `states`, the values in their usual order");
    const auto check_state = [&](const std::string& state, const std::string& where) {
        if (std::find(result.states.begin(), result.states.end(), state) != result.states.end()) return;
        mistakes.add(where,
                     fmt::format("{} is not one of the states {}", mainstay::quoted(state), joined(result.states)));
    };
    if (const OrderedJson* transitions = reader.find("transitions")) {
        const std::string where = reader.place("transitions");
        if (!transitions->is_object()) {
            mistakes.add(where, "expected an object: {\"state\": [\"next state\", ...]}");
            return result;
        }
        for (const auto& [from, to] : transitions->items()) {
            check_state(from, where);
            auto& next = result.transitions[from];
            next = reader.names_of(to, where + "." + from);
            for (const std::string& state : next) check_state(state, where + "." + from);
        }
    }
    return result;
}

ClassDeclaration read_class(const OrderedJson& json, const std::string& place, Mistakes& mistakes) {
    const Reader reader{json,
                        place,
                        mistakes,
                        {"name", "parent", "abstract", "gate", "dated", "attributes", "keys", "requires", "status",
                         "lifecycle", "description"}};
    ClassDeclaration result;
    result.name = reader.name("name");
    result.parent = reader.text("parent");
    result.is_abstract = reader.flag("abstract");
    result.gate = reader.flag("gate");
    result.dated = reader.flag("dated");
    result.attributes = read_attributes(reader);
    reader.each("keys", [&](const OrderedJson& item, const std::string& item_place) {
        result.keys.push_back(reader.names_of(item, item_place));
        if (result.keys.back().empty() && item.is_array())
            mistakes.add(item_place, "a key needs at least one attribute");
    });
    result.requires_types = reader.names("requires");
    if (const OrderedJson* status = reader.find("status"))
        result.status = read_status(*status, reader.place("status"), mistakes);
    if (const OrderedJson* lifecycle = reader.find("lifecycle")) {
        result.lifecycle = read_lifecycle(*lifecycle, reader.place("lifecycle"), mistakes);
    }
    result.description = reader.text("description");
    return result;
}

Need read_grouped(const OrderedJson& json, const std::string& place, Mistakes& mistakes) {
    const Reader reader{json, place, mistakes, {"need"}};
    const OrderedJson* need = reader.find("need");
    const std::string where = reader.place("need");
    constexpr const char* forms =
        "use an integer of at least 1, 'P%' with P from 1 to 100, `all`, or the name of an "
        "attribute of the dependent";
    const auto wrong = [&](const std::string& at, const std::string& what) {
        mistakes.add(at, what + "; " + forms);
        return Need{};
    };
    if (!need) {
        if (json.is_object()) mistakes.add(place, fmt::format("needs `need`: {}", forms));
        return Need{};
    }
    if (need->is_number_integer() || need->is_number_unsigned()) {
        const Value number = read_value(AttributeType::integer, *need, where, mistakes);
        if (number.is_null()) return Need{};
        const auto parsed = parse_need(number);
        return parsed ? *parsed : wrong(where, need->dump() + " is out of range");
    }
    if (!need->is_string() || need->get_ref<const std::string&>().empty())
        return wrong(where, need->dump() + " is not allowed");
    const auto& text = need->get_ref<const std::string&>();
    if (text == "all") return Need{Need::Kind::all, 1, {}};
    if (const auto parsed = parse_need(Value{text})) return *parsed;
    if (text.back() == '%') return wrong(where, mainstay::quoted(text) + " is out of range");
    return Need{Need::Kind::attribute, 1, text};
}

RelationshipDeclaration read_type(const OrderedJson& json, const std::string& place, Mistakes& mistakes) {
    const Reader reader{json,
                        place,
                        mistakes,
                        {"name", "inverse", "from", "to", "max_out", "max_in", "depends", "effect", "grouped", "dated",
                         "group_property", "need_property", "effect_property", "attributes", "description"}};
    RelationshipDeclaration result;
    result.name = reader.name("name");
    result.inverse = reader.text("inverse");
    result.sources = reader.names("from");
    result.targets = reader.names("to");
    result.max_out = reader.count("max_out");
    result.max_in = reader.count("max_in");
    if (const OrderedJson* depends = reader.find("depends")) {
        result.depends = read_word(model_words::depends_ends, *depends, reader.place("depends"), mistakes)
                             .value_or(DependsEnd::none);
    }
    // Saying who depends on whom and no more means the usual, hard dependency.
    result.effect = result.depends == DependsEnd::none ? Effect::none : Effect::hard;
    if (const OrderedJson* effect = reader.find("effect")) {
        result.effect =
            read_word(model_words::effects, *effect, reader.place("effect"), mistakes).value_or(result.effect);
    }
    if (const OrderedJson* grouped = reader.find("grouped"))
        result.grouped = read_grouped(*grouped, reader.place("grouped"), mistakes);
    result.dated = reader.flag("dated");
    if (reader.find("group_property")) result.group_property = reader.name("group_property");
    if (reader.find("need_property")) result.need_property = reader.name("need_property");
    if (reader.find("effect_property")) result.effect_property = reader.name("effect_property");
    result.attributes = read_attributes(reader);
    result.description = reader.text("description");
    return result;
}

}  // namespace

Model Model::from_json(std::string_view json_text) {
    if (is_nested_too_deep(json_text))
        throw Error{Code::model_invalid, fmt::format("the model is nested deeper than {} levels", json_depth_max)};
    OrderedJson json;
    try {
        json = OrderedJson::parse(json_text);
    } catch (const OrderedJson::out_of_range&) {
        throw Error{Code::model_invalid, "the model is not JSON: a number is beyond what a float holds"};
    } catch (const OrderedJson::parse_error& error) {
        const auto byte = static_cast<std::uint32_t>(std::min<std::size_t>(error.byte, json_text.size()));
        const Place at = mainstay::place_of(json_text, byte > 0 ? byte - 1 : 0);
        std::string why = error.what();
        if (const auto from = why.rfind(": "); from != std::string::npos) why = why.substr(from + 2);
        throw Error{Code::model_invalid,
                    fmt::format("the model is not JSON: line {}, column {}: {}", at.line, at.column, why)};
    }
    Mistakes mistakes;
    if (const std::string_view name = repeated_member_in(json_text); !name.empty())
        mistakes.add(fmt::format("line {}", place_of(json_text, name).line),
                     fmt::format("the object has a member {} already", mainstay::quoted(name)));
    const Reader reader{json, "", mistakes, {"classes", "relationship_types"}};
    Model result;
    std::set<std::string> class_names, type_names;
    const auto check_new = [&](std::set<std::string>& names, const std::string& name, const char* what,
                               const std::string& place) {
        if (!name.empty() && !names.insert(name).second)
            mistakes.add(place, fmt::format("the {} {} is declared twice", what, mainstay::quoted(name)));
    };
    reader.each("classes", [&](const OrderedJson& item, const std::string& place) {
        result.classes_.push_back(read_class(item, place, mistakes));
        check_new(class_names, result.classes_.back().name, "class", place);
    });
    reader.each("relationship_types", [&](const OrderedJson& item, const std::string& place) {
        result.types_.push_back(read_type(item, place, mistakes));
        check_new(type_names, result.types_.back().name, "relationship type", place);
    });
    mistakes.throw_if_any();
    result.make_index();
    return result;
}

}  // namespace mainstay
