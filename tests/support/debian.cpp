#include "support/debian.hpp"

#include <sodium.h>
#include <zlib.h>

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>
#include <string_view>

namespace mainstay::test {
namespace {

constexpr const char* model_text = R"({
  "classes": [
    {"name": "Package", "attributes": [{"name": "name", "type": "string"}], "keys": [["name"]]},
    {"name": "UnmetClause", "gate": true, "requires": ["MET_BY"]}
  ],
  "relationship_types": [
    {"name": "DEPENDS_ON", "from": ["Package"], "depends": "source", "effect": "hard"},
    {"name": "MET_BY", "depends": "source", "effect": "hard", "grouped": {"need": 1}}
  ]
})";

std::string read_file(const std::string& path) {
    const std::unique_ptr<gzFile_s, int (*)(gzFile)> file{gzopen(path.c_str(), "rb"),
                                                          gzclose};  // reads plain files too
    if (!file) throw std::runtime_error{"cannot open " + path};
    std::string result;
    std::vector<char> buffer(1 << 16);
    int count = 0;
    while ((count = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
        result.append(buffer.data(), static_cast<std::size_t>(count));
    }
    if (count < 0) throw std::runtime_error{"cannot read " + path};
    return result;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> result;
    while (true) {
        const std::size_t end = text.find(separator);
        std::string_view part = text.substr(0, end);
        while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
        part = part.substr(0, part.find_first_of(" (:"));  // the name alone: no version, no architecture
        if (!part.empty()) result.push_back(part);
        if (end == std::string_view::npos) return result;
        text.remove_prefix(end + 1);
    }
}

struct Stanza {
    std::string name;
    std::vector<std::string_view> provides;
    std::vector<std::string_view> clauses;  // alternatives not yet split
};

std::vector<std::string_view> split_clauses(std::string_view text) {
    std::vector<std::string_view> result;
    for (std::size_t end = 0; end != std::string_view::npos;) {
        end = text.find(',');
        result.push_back(text.substr(0, end));
        if (end != std::string_view::npos) text.remove_prefix(end + 1);
    }
    return result;
}

std::vector<Stanza> read_stanzas(std::string_view text) {
    std::vector<Stanza> result;
    bool open = false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t colon = line.find(": ");
        if (line.empty()) open = false;
        if (colon == std::string_view::npos) continue;
        const std::string_view field = line.substr(0, colon), value = line.substr(colon + 2);
        if (!open) result.emplace_back();
        open = true;
        Stanza& stanza = result.back();
        if (field == "Package") stanza.name = value;
        if (field == "Provides") stanza.provides = split(value, ',');
        if (field == "Depends" || field == "Pre-Depends") {
            const auto clauses = split_clauses(value);
            stanza.clauses.insert(stanza.clauses.end(), clauses.begin(), clauses.end());
        }
    }
    return result;
}

}  // namespace

std::string DebianGraph::name_of(NodeId node) const {
    const Value name = graph.property(node, graph.names().find_key("name"));
    return name.is_null() ? std::string{} : std::string{name.as_string()};
}

DebianGraph read_debian(const std::string& path) {
    DebianGraph result;
    result.model = Model::empty().merged_with(Model::from_json(model_text));
    const std::string text = read_file(path);
    const std::vector<Stanza> stanzas = read_stanzas(text);
    std::map<std::string_view, std::set<NodeId>> met_by;
    for (const Stanza& stanza : stanzas) {
        const NodeId node = result.graph.add_node({"Package"}, {{"name", stanza.name}});
        result.packages.emplace(stanza.name, node);
        met_by[stanza.name].insert(node);
        for (const std::string_view provided : stanza.provides) met_by[provided].insert(node);
    }
    for (const Stanza& stanza : stanzas) {
        const NodeId node = result.packages.at(stanza.name);
        std::set<std::set<NodeId>> known;  // clauses met by the same packages are equal
        for (const std::string_view clause : stanza.clauses) {
            std::set<std::string_view> alternatives;
            for (const std::string_view alternative : split(clause, '|')) alternatives.insert(alternative);
            std::set<NodeId> options;
            for (const std::string_view alternative : alternatives) {
                if (const auto found = met_by.find(alternative); found != met_by.end()) {
                    options.insert(found->second.begin(), found->second.end());
                }
            }
            if (alternatives.empty() || options.count(node) || !known.insert(options).second) continue;
            const std::string group = "clause " + std::to_string(known.size());
            for (const NodeId option : options) {
                result.graph.add_rel(node, "DEPENDS_ON", option, {{"group", group}, {"need", 1}});
            }
            if (options.empty()) result.graph.add_rel(node, "DEPENDS_ON", result.graph.add_node({"UnmetClause"}));
            ++result.clauses;
            result.clause_options += options.size();
        }
    }
    result.graph.freeze();
    return result;
}

std::string sha256(const std::string& bytes) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    std::string result;
    for (const unsigned char byte : hash) {
        result += "0123456789abcdef"[byte >> 4];
        result += "0123456789abcdef"[byte & 15];
    }
    return result;
}

}  // namespace mainstay::test
