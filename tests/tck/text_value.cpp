#include "text_value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace mainstay::tck {
namespace {

using Kind = TextValue::Kind;

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    TextValue whole() {
        TextValue value = any();
        blanks();
        if (at_ != text_.size()) fail("nothing more");
        return value;
    }

private:
    [[noreturn]] void fail(const std::string& wanted) const {
        throw std::invalid_argument("expected " + wanted + " at " + std::to_string(at_) + " of " + std::string(text_));
    }
    void blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
    }
    char peek() {
        blanks();
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool take(std::string_view token) {
        blanks();
        if (!text_.substr(at_).starts_with(token)) return false;
        at_ += token.size();
        return true;
    }
    void expect(std::string_view token) {
        if (!take(token)) fail(std::string(token));
    }

    static bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80); }

    std::string name() {
        std::string out;
        if (take("`")) {
            while (at_ < text_.size()) {
                if (text_[at_] == '`') {
                    if (!text_.substr(at_ + 1).starts_with('`')) break;
                    ++at_;
                }
                out += text_[at_++];
            }
            expect("`");
            return out;
        }
        blanks();
        while (at_ < text_.size() && is_name(text_[at_])) out += text_[at_++];
        if (out.empty()) fail("a name");
        return out;
    }

    TextValue any() {
        switch (peek()) {
            case '\'': return string();
            case '[': return text_.substr(at_ + 1).starts_with(':') ? relationship() : list();
            case '{': return map();
            case '(': return node();
            case '<': return path();
            default: return scalar();
        }
    }

    TextValue scalar() {
        const std::size_t begin = at_;
        while (at_ < text_.size() &&
               (is_name(text_[at_]) || text_[at_] == '.' || text_[at_] == '+' || text_[at_] == '-'))
            ++at_;
        const std::string_view word = text_.substr(begin, at_ - begin);
        TextValue value;
        if (word == "null") return value;
        if (word == "true" || word == "false") {
            value.kind = Kind::boolean;
            value.boolean = word == "true";
            return value;
        }
        value.kind = Kind::floating;
        if (word == "NaN")
            value.floating = std::numeric_limits<double>::quiet_NaN();
        else if (word == "Inf")
            value.floating = std::numeric_limits<double>::infinity();
        else if (word == "-Inf")
            value.floating = -std::numeric_limits<double>::infinity();
        else if (!number(word, value)) {
            at_ = begin;
            fail("a value");
        }
        return value;
    }

    static bool number(std::string_view word, TextValue& value) {
        const char* const end = word.data() + word.size();
        if (word.find_first_of(".eE") == std::string_view::npos) {
            value.kind = Kind::integer;
            const auto [stop, error] = std::from_chars(word.data(), end, value.integer);
            return error == std::errc{} && stop == end;
        }
        const auto [stop, error] = std::from_chars(word.data(), end, value.floating);
        return error == std::errc{} && stop == end;
    }

    TextValue string() {
        TextValue value;
        value.kind = Kind::string;
        expect("'");
        while (at_ < text_.size() && text_[at_] != '\'') {
            if (text_[at_] == '\\' && at_ + 1 < text_.size() && (text_[at_ + 1] == '\'' || text_[at_ + 1] == '\\'))
                ++at_;
            value.text += text_[at_++];
        }
        if (at_ == text_.size()) fail("'");
        ++at_;
        return value;
    }

    TextValue list() {
        TextValue value;
        value.kind = Kind::list;
        expect("[");
        if (take("]")) return value;
        do value.items.push_back(any());
        while (take(","));
        expect("]");
        return value;
    }

    void entries(TextValue& value) {
        expect("{");
        if (take("}")) return;
        do {
            std::string key = name();
            expect(":");
            value.entries.push_back({std::move(key), any()});
        } while (take(","));
        expect("}");
    }

    TextValue map() {
        TextValue value;
        value.kind = Kind::map;
        entries(value);
        return value;
    }

    TextValue node() {
        TextValue value;
        value.kind = Kind::node;
        expect("(");
        while (take(":")) value.labels.push_back(name());
        if (peek() == '{') entries(value);
        expect(")");
        return value;
    }

    TextValue relationship() {
        TextValue value;
        value.kind = Kind::rel;
        expect("[");
        expect(":");
        value.text = name();
        if (peek() == '{') entries(value);
        expect("]");
        return value;
    }

    TextValue path() {
        TextValue value;
        value.kind = Kind::path;
        expect("<");
        value.items.push_back(node());
        while (!take(">")) {
            const bool backwards = take("<-");
            if (!backwards) expect("-");
            TextValue rel = relationship();
            rel.boolean = !backwards;
            expect(backwards ? "-" : "->");
            value.items.push_back(std::move(rel));
            value.items.push_back(node());
        }
        return value;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

// ---- from the engine

template <typename Id>
void read_properties(const Properties& source, Id id, TextValue& out) {
    source.visit_properties(id, [&](KeyId key, const Value& value) {
        out.entries.push_back({std::string(source.names().key(key)), from_engine(value)});
    });
}

TextValue from_node(const Node& node) {
    TextValue out;
    out.kind = Kind::node;
    for (const LabelId label : node.source->names().labels_of(node.source->shape(node.id)))
        out.labels.emplace_back(node.source->names().label(label));
    read_properties(*node.source, node.id, out);
    return out;
}

TextValue from_relationship(const Relationship& rel) {
    TextValue out;
    out.kind = Kind::rel;
    out.text = rel.source->names().type(rel.source->ends(rel.id).type);
    read_properties(*rel.source, rel.id, out);
    return out;
}

TextValue from_path(const PathData& path) {
    TextValue out;
    out.kind = Kind::path;
    for (std::size_t i = 0; i < path.nodes.size(); ++i) {
        out.items.push_back(from_node(path.nodes[i]));
        if (i == path.rels.size()) break;
        out.items.push_back(from_relationship(path.rels[i]));
        out.items.back().boolean = path.forward[i];
    }
    return out;
}

// ---- canonical text

std::string quoted_text(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out += '\'';
}

std::string float_text(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "Inf" : "-Inf";
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value == 0 ? 0.0 : value).ptr;
    std::string out(buffer, end);
    return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
    return out;
}

std::string entries_text(const TextValue& value, ListOrder order) {
    std::vector<std::string> parts;
    for (const auto& [key, entry] : value.entries) parts.push_back(key + ": " + canonical(entry, order));
    std::sort(parts.begin(), parts.end());
    return '{' + joined(parts) + '}';
}

std::string node_text(const TextValue& value, ListOrder order) {
    std::vector<std::string> labels = value.labels;
    std::sort(labels.begin(), labels.end());
    std::string out = "(";
    for (const std::string& label : labels) out += ':' + label;
    if (!value.entries.empty()) out += (labels.empty() ? "" : " ") + entries_text(value, order);
    return out + ')';
}

std::string relationship_text(const TextValue& value, ListOrder order) {
    return "[:" + value.text + (value.entries.empty() ? "" : ' ' + entries_text(value, order)) + ']';
}

std::string path_text(const TextValue& value, ListOrder order) {
    std::string out = "<";
    for (const TextValue& item : value.items) {
        if (item.kind == Kind::node)
            out += node_text(item, order);
        else
            out += (item.boolean ? "-" : "<-") + relationship_text(item, order) + (item.boolean ? "->" : "-");
    }
    return out + '>';
}

std::string list_text(const TextValue& value, ListOrder order) {
    std::vector<std::string> parts;
    for (const TextValue& item : value.items) parts.push_back(canonical(item, order));
    if (order == ListOrder::ignored) std::sort(parts.begin(), parts.end());
    return '[' + joined(parts) + ']';
}

}  // namespace

TextValue parse_text_value(std::string_view text) { return Parser(text).whole(); }

TextValue from_engine(const Value& value) {
    TextValue out;
    switch (value.type()) {
        case ValueType::null: return out;
        case ValueType::boolean:
            out.kind = Kind::boolean;
            out.boolean = value.as_bool();
            return out;
        case ValueType::integer:
            out.kind = Kind::integer;
            out.integer = value.as_int();
            return out;
        case ValueType::floating:
            out.kind = Kind::floating;
            out.floating = value.as_double();
            return out;
        case ValueType::list:
            out.kind = Kind::list;
            for (const Value& item : value.as_list()) out.items.push_back(from_engine(item));
            return out;
        case ValueType::map:
            out.kind = Kind::map;
            for (const auto& [key, entry] : value.as_map()) out.entries.push_back({key, from_engine(entry)});
            return out;
        case ValueType::node: return from_node(value.as_node());
        case ValueType::relationship: return from_relationship(value.as_relationship());
        case ValueType::path: return from_path(value.as_path());
        default:
            out.kind = Kind::string;
            out.text = value.is(ValueType::string) ? std::string(value.as_string()) : to_text(value);
            return out;
    }
}

Value to_engine(const TextValue& value) {
    switch (value.kind) {
        case Kind::null: return {};
        case Kind::boolean: return value.boolean;
        case Kind::integer: return value.integer;
        case Kind::floating: return value.floating;
        case Kind::string: return value.text;
        case Kind::list: {
            ValueList items;
            for (const TextValue& item : value.items) items.push_back(to_engine(item));
            return Value::list(std::move(items));
        }
        case Kind::map: {
            ValueMapEntries entries;
            for (const auto& [key, entry] : value.entries) entries.emplace_back(key, to_engine(entry));
            return Value::map(std::move(entries));
        }
        default: throw std::invalid_argument("an element cannot be given to the engine");
    }
}

std::string canonical(const TextValue& value, ListOrder order) {
    switch (value.kind) {
        case Kind::null: return "null";
        case Kind::boolean: return value.boolean ? "true" : "false";
        case Kind::integer: return std::to_string(value.integer);
        case Kind::floating: return float_text(value.floating);
        case Kind::string: return quoted_text(value.text);
        case Kind::list: return list_text(value, order);
        case Kind::map: return entries_text(value, order);
        case Kind::node: return node_text(value, order);
        case Kind::rel: return relationship_text(value, order);
        case Kind::path: return path_text(value, order);
    }
    return {};
}

}  // namespace mainstay::tck
