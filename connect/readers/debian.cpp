#include "readers/debian.hpp"

#include "mainstay/core/error.hpp"
#include "text_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace mainstay::connect {
namespace {

constexpr std::string_view own_model = R"({
  "classes": [
    {"name": "Package", "parent": "@software", "keys": [["name"]],
     "description": "A package of a distribution.",
     "attributes": [
       {"name": "name", "type": "string", "description": "Name of the package, unique in a distribution."},
       {"name": "version", "type": "string"}, {"name": "architecture", "type": "string"},
       {"name": "section", "type": "string"}, {"name": "priority", "type": "string"},
       {"name": "essential", "type": "string"}, {"name": "multi_arch", "type": "string"},
       {"name": "provides", "type": "string", "description": "Virtual names it answers to, as written."}]},
    {"name": "UnmetDependency", "parent": "@item", "gate": true, "requires": ["SATISFIED_BY"], "keys": [["name"]],
     "description": "A dependency clause that no package meets: a gate without members, always down.",
     "attributes": [
       {"name": "name", "type": "string"}, {"name": "package", "type": "string"}, {"name": "clause", "type": "string"}]}
  ],
  "relationship_types": [
    {"name": "SATISFIED_BY", "inverse": "SATISFIES", "depends": "source", "effect": "hard", "grouped": {"need": 1},
     "from": ["UnmetDependency"], "to": ["Package"],
     "description": "A package that meets a clause that was unmet before."}@depends_on
  ]
})";

constexpr std::string_view own_depends_on = R"(,
    {"name": "DEPENDS_ON", "inverse": "USED_BY", "depends": "source", "effect": "hard",
     "description": "The source fails when the target fails; relationships with one `group` value need `need` of it."})";

void replace(std::string& text, std::string_view what, std::string_view with) {
    if (const auto at = text.find(what); at != std::string::npos) text.replace(at, what.size(), with);
}

// A clause as the groups know it.
struct Clause {
    std::string group;  // alternatives without versions
    std::string text;   // as written
    std::vector<std::string> names;
};

struct Package {
    std::string name;
    std::vector<std::string> provides;
    std::vector<Clause> clauses;
    std::uint32_t node = 0;
    std::uint64_t line = 0;
};

// "libc6:any (>= 2.34) [amd64] <!nocheck>" -> "libc6".
std::string_view bare_name(std::string_view dependency) {
    dependency = trimmed(dependency);
    return dependency.substr(0, dependency.find_first_of(" \t([<:"));
}

template <typename F>
void split(std::string_view text, char separator, F&& f) {
    for (;;) {
        const auto end = text.find(separator);
        if (const auto part = trimmed(text.substr(0, end)); !part.empty()) f(part);
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

void add_clauses(std::string_view field, std::vector<Clause>& clauses) {
    split(field, ',', [&](std::string_view text) {
        Clause clause;
        clause.text = text;
        split(text, '|', [&](std::string_view alternative) {
            const std::string_view name = bare_name(alternative);
            if (name.empty()) return;
            clause.group += clause.group.empty() ? "" : " | ";
            clause.group += name;
            clause.names.emplace_back(name);
        });
        const bool is_known =
            std::any_of(clauses.begin(), clauses.end(), [&](const Clause& each) { return each.group == clause.group; });
        if (!clause.names.empty() && !is_known) clauses.push_back(std::move(clause));
    });
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        return lower(x) == lower(y);
    });
}

// One stanza: its fields, continuation lines joined.
struct Stanza {
    std::uint64_t line = 0;
    std::vector<std::pair<std::string, std::string>> fields;

    std::string_view find(std::string_view name) const {
        for (const auto& [field, value] : fields)
            if (equal_ignoring_case(field, name)) return value;
        return {};
    }
};

class StanzaReader {
public:
    StanzaReader(std::string_view text, ProblemLog problems) : text_(text), problems_(std::move(problems)) {}

    [[nodiscard]] bool next(Stanza& stanza) {
        stanza.fields.clear();
        while (at_ < text_.size()) {
            const auto end = std::min(text_.find('\n', at_), text_.size());
            std::string_view line = text_.substr(at_, end - at_);
            if (line.ends_with('\r')) line.remove_suffix(1);
            at_ = end + 1;
            ++line_;
            if (trimmed(line).empty()) {
                if (!stanza.fields.empty()) return true;
            } else if (line[0] == '#') {
                continue;
            } else if (line[0] == ' ' || line[0] == '\t') {
                if (!stanza.fields.empty())
                    stanza.fields.back().second.append(" ").append(trimmed(line));
                else
                    problems_.add(line_, "a continued line, but no field before it; line not taken", NotTaken::value);
            } else if (const auto colon = line.find(':'); colon == std::string_view::npos || colon == 0) {
                problems_.add(line_, "neither `Field: value` nor a continued line nor an empty one; line not taken",
                              NotTaken::value);
            } else if (const auto why = not_utf8(line); !why.empty()) {
                problems_.add(line_, fmt::format("the line {}; line not taken", why), NotTaken::value);
            } else {
                if (stanza.fields.empty()) stanza.line = line_;
                stanza.fields.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
            }
        }
        return !stanza.fields.empty();
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::uint64_t line_ = 0;
    ProblemLog problems_;
};

class IndexReader {
public:
    IndexReader(Observations& observations, std::uint32_t file) : out_(observations), file_(file) {}

    void add(const Stanza& stanza) {
        const std::string_view name = stanza.find("Package");
        if (name.empty()) {
            out_.add_problem({file_, stanza.line}, "a stanza without the field Package; not taken");
            return;
        }
        if (!seen_.insert(std::string{name}).second) {
            out_.add_problem({file_, stanza.line},
                             fmt::format("{} occurs again; its first stanza counts", mainstay::quoted(name)));
            return;
        }
        Package package;
        package.name = name;
        package.line = stanza.line;
        split(stanza.find("Provides"), ',',
              [&](std::string_view text) { package.provides.emplace_back(bare_name(text)); });
        add_clauses(stanza.find("Pre-Depends"), package.clauses);
        add_clauses(stanza.find("Depends"), package.clauses);
        package.node = add_node(stanza, name);
        packages_.push_back(std::move(package));
    }

    void connect() {
        for (std::uint32_t i = 0; i < packages_.size(); ++i) {
            by_name_[packages_[i].name].push_back(i);
            for (const std::string& name : packages_[i].provides) by_name_[name].push_back(i);
        }
        for (std::uint32_t i = 0; i < packages_.size(); ++i) {
            satisfied_.clear();
            for (const Clause& clause : packages_[i].clauses) add_clause(i, clause);
        }
    }

private:
    void set(Attributes& attributes, std::string_view name, std::string_view value) {
        if (!value.empty()) attributes.emplace_back(out_.intern(name), Value{value});
    }

    std::uint32_t add_node(const Stanza& stanza, std::string_view name) {
        NodeObservation node;
        node.class_name = out_.intern("Package");
        node.rule = out_.find_or_add_rule("Package", {"name"});
        node.key = {Value{name}};
        node.origin = {file_, stanza.line};
        set(node.attributes, "name", name);
        set(node.attributes, "version", stanza.find("Version"));
        set(node.attributes, "architecture", stanza.find("Architecture"));
        set(node.attributes, "section", stanza.find("Section"));
        set(node.attributes, "priority", stanza.find("Priority"));
        set(node.attributes, "essential", stanza.find("Essential"));
        set(node.attributes, "multi_arch", stanza.find("Multi-Arch"));
        set(node.attributes, "provides", stanza.find("Provides"));
        return out_.add_node(std::move(node));
    }

    void add_clause(std::uint32_t index, const Clause& clause) {
        const Package& package = packages_[index];
        std::vector<std::uint32_t> satisfiers;
        for (const std::string& name : clause.names)
            if (const auto found = by_name_.find(name); found != by_name_.end())
                satisfiers.insert(satisfiers.end(), found->second.begin(), found->second.end());
        std::sort(satisfiers.begin(), satisfiers.end());
        satisfiers.erase(std::unique(satisfiers.begin(), satisfiers.end()), satisfiers.end());
        if (std::binary_search(satisfiers.begin(), satisfiers.end(), index)) return;
        if (satisfiers.empty()) {
            depend(package, add_gate(package, clause), clause, false);
            return;
        }
        if (!satisfied_.insert(satisfiers).second) return;
        for (const std::uint32_t satisfier : satisfiers) depend(package, packages_[satisfier].node, clause, true);
    }

    std::uint32_t add_gate(const Package& package, const Clause& clause) {
        NodeObservation node;
        const std::string name = fmt::format("{}: {}", package.name, clause.group);
        node.class_name = out_.intern("UnmetDependency");
        node.rule = out_.find_or_add_rule("UnmetDependency", {"name"});
        node.key = {Value{name}};
        node.origin = {file_, package.line};
        set(node.attributes, "name", name);
        set(node.attributes, "package", package.name);
        set(node.attributes, "clause", clause.text);
        return out_.add_node(std::move(node));
    }

    void depend(const Package& package, std::uint32_t on, const Clause& clause, bool grouped) {
        RelationshipObservation rel;
        rel.type = out_.intern("DEPENDS_ON");
        rel.from.node = package.node;
        rel.to.node = on;
        rel.origin = {file_, package.line};
        if (grouped) {
            rel.group = Value{clause.group};
            rel.attributes.emplace_back(out_.intern("group"), rel.group);
            rel.attributes.emplace_back(out_.intern("need"), Value{1});
        }
        rel.attributes.emplace_back(out_.intern("clause"), Value{clause.text});
        out_.add_relationship(std::move(rel));
    }

    Observations& out_;
    std::uint32_t file_;
    std::vector<Package> packages_;
    std::unordered_set<std::string> seen_;
    std::unordered_map<std::string, std::vector<std::uint32_t>> by_name_;
    std::set<std::vector<std::uint32_t>> satisfied_;  // the clauses of the package at hand
};

}  // namespace

Model debian_model(const Model& base) {
    std::string text{own_model};
    replace(text, "@software", base.find_class("SoftwareCI") ? "SoftwareCI" : "");
    replace(text, "@item", base.find_class("ConfigurationItem") ? "ConfigurationItem" : "");
    const RelationshipDeclaration* known = base.find_type("DEPENDS_ON");
    const bool is_usable = known && known->depends == DependsEnd::source && known->effect == Effect::hard &&
                           !known->grouped && known->group_property == "group" && known->need_property == "need";
    replace(text, "@depends_on", is_usable ? "" : own_depends_on);
    return base.merged_with(Model::from_json(text));
}

std::uint64_t read_debian(std::string_view text, Observations& observations, std::uint32_t file,
                          const std::function<void(std::uint64_t)>& tick) {
    StanzaReader stanzas{text, observations.log(file)};
    IndexReader index{observations, file};
    Stanza stanza;
    std::uint64_t count = 0;
    while (stanzas.next(stanza)) {
        index.add(stanza);
        if (++count % 1000 == 0 && tick) tick(count);
    }
    index.connect();
    return count;
}

}  // namespace mainstay::connect
