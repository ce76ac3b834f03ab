#include "readers/dump.hpp"

#include "dump_value.hpp"
#include "text_file.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/core/json.hpp"
#include "mainstay/core/json_text.hpp"
#include "mainstay/storage/bulk.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mainstay::connect {
namespace {

constexpr std::uint64_t tick_lines = 4'096;
constexpr std::int64_t dump_version = 1;

// What is wrong with one line; the next one may be good.
struct BadLine {
    std::string message;
};

const Json& member(const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end()) throw BadLine{fmt::format("has no `{}`", name)};
    return *found;
}

std::string text(const Json& json, const char* name) {
    const Json& found = member(json, name);
    if (!found.is_string()) throw BadLine{fmt::format("`{}` is no text", name)};
    return found.get<std::string>();
}

std::uint64_t number(const Json& json, const char* name) {
    const Json& found = member(json, name);
    if (!found.is_number_unsigned()) throw BadLine{fmt::format("`{}` is no number", name)};
    return found.get<std::uint64_t>();
}

SchemaEntry schema_entry(const Json& json) {
    if (!json.is_object()) throw BadLine{"`schema` is no object"};
    SchemaEntry entry;
    entry.name = text(json, "name");
    entry.label = text(json, "label");
    const std::string kind = text(json, "kind");
    if (kind == "range_index")
        entry.kind = SchemaKind::range_index;
    else if (kind == "unique")
        entry.kind = SchemaKind::unique;
    else if (kind == "exists")
        entry.kind = SchemaKind::exists;
    else if (kind == "node_key")
        entry.kind = SchemaKind::node_key;
    else
        throw BadLine{fmt::format("{} is no kind of index or constraint", mainstay::quoted(kind))};
    entry.element = text(json, "element") == "relationship" ? ElementKind::relationship : ElementKind::node;
    const Json& keys = member(json, "keys");
    if (!keys.is_array()) throw BadLine{"`keys` is no array"};
    for (const Json& key : keys) {
        if (!key.is_string()) throw BadLine{"`keys` holds what is no text"};
        entry.keys.push_back(key.get<std::string>());
    }
    return entry;
}

class Restore {
public:
    Restore(Store& store, std::string dump, std::string name, const ImportOptions& options)
        : store_(store), text_(std::move(dump)), name_(std::move(name)), options_(options) {
        report_.source = options.commit.source;
        report_.dry_run = options.dry_run;
    }

    ImportReport run() {
        read_head();
        if (!options_.takes_cut_dump && !has_end()) {
            throw Error{
                Code::input_invalid,
                fmt::format("{} does not end with its count: the dump was cut off, nothing of it was taken", name_)}
                .with_hint("export it again, or take what is left of it with --partial");
        }
        if (!options_.dry_run) {
            write_head();
            loader_ = BulkLoader::start(store_, Defaults::leave, options_.principal);
        }
        while (next_line()) take([&](const Json& json) { element(json); });
        if (!end_seen_) problem(0, "the dump does not end with its count: it was cut off", NotTaken::file);
        if (loader_ && (report_.nodes_created > 0 || report_.rels_created > 0))
            report_.commit = loader_->finish(options_.commit, options_.progress);
        return std::move(report_);
    }

private:
    void problem(std::uint64_t line, std::string message, NotTaken not_taken = NotTaken::row) {
        report_.problems.push_back({name_, line, std::move(message), not_taken});
    }

    // Whether the last line is the count that an export ends with.
    bool has_end() const {
        const std::string_view whole = trimmed(text_);
        const auto newline = whole.rfind('\n');
        const std::string_view last = newline == whole.npos ? whole : whole.substr(newline + 1);
        if (is_nested_too_deep(last)) return false;
        const Json json = Json::parse(last, nullptr, false);
        return json.is_object() && json.contains("end");
    }

    [[noreturn]] void refuse(std::string_view why) const {
        throw Error{Code::input_invalid, fmt::format("{}, line {}: {}", name_, line_number_, why)}.with_hint(
            "a dump is what `mainstay export` writes");
    }

    bool next_line() {
        while (at_ < text_.size()) {
            const auto end = std::min(text_.find('\n', at_), text_.size());
            line_ = trimmed(std::string_view{text_}.substr(at_, end - at_));
            at_ = end + 1;
            ++line_number_;
            if (line_.empty()) continue;
            if (options_.progress && line_number_ % tick_lines == 0)
                options_.progress({"restoring", at_, text_.size()});
            return true;
        }
        return false;
    }

    // Gives the line's object to f; what is wrong with it becomes a problem.
    template <typename F>
    void take(F&& f) {
        ++report_.rows_read;
        try {
            if (is_nested_too_deep(line_))
                throw BadLine{fmt::format("is nested deeper than {} levels", json_depth_max)};
            if (const std::string_view wide = wide_integer_in(line_); !wide.empty())
                throw BadLine{fmt::format("holds the integer {}, which has more than 64 bits", wide)};
            const Json json = Json::parse(line_);
            if (!json.is_object()) throw BadLine{"is no object"};
            f(json);
        } catch (const Json::exception&) {
            problem(line_number_, "the line is not JSON; not taken");
        } catch (const BadLine& bad) {
            problem(line_number_, fmt::format("the line {}; not taken", bad.message));
        }
    }

    // The dump's mark and the class model; schema lines follow.
    void read_head() {
        if (!next_line()) refuse("the file is empty");
        if (is_nested_too_deep(line_)) refuse("this is no dump of a database");
        const Json mark = Json::parse(line_, nullptr, false);
        if (!mark.is_object() || mark.value("mainstay", Json{}) != "dump") refuse("this is no dump of a database");
        if (!mark.contains("version") || !mark["version"].is_number_integer()) refuse("the dump says no version");
        if (const auto version = mark["version"].get<std::int64_t>(); version != dump_version)
            refuse(fmt::format("the dump has version {}, this program reads version {}", version, dump_version));
        if (!next_line()) refuse("the dump has no class model");
        if (is_nested_too_deep(line_))
            refuse(fmt::format("the class model is nested deeper than {} levels", json_depth_max));
        const Json model = Json::parse(line_, nullptr, false);
        if (!model.is_object() || !model.contains("model")) refuse("the dump has no class model");
        model_ = Model::from_json(model["model"].dump()).merged_with(Model::empty());
        for (std::size_t before = at_; next_line(); before = at_) {
            if (!line_.starts_with(R"({"schema")")) {
                at_ = before;
                --line_number_;
                return;
            }
            take([&](const Json& json) { schema_.push_back(schema_entry(member(json, "schema"))); });
        }
    }

    void write_head() {
        const auto transaction = store_.begin(ValidTime{std::nullopt}, options_.principal);
        if (transaction->view().count_nodes(no_label) > 0)
            throw Error{Code::input_invalid, "a dump is restored into a database without nodes, and this one has some"}
                .with_hint("give the name of a database file that does not exist yet");
        if (transaction->view().model().to_json() != model_.to_json()) transaction->set_model(model_);
        const auto known = transaction->view().schema();
        for (const SchemaEntry& entry : schema_)
            if (std::none_of(known.begin(), known.end(), [&](const auto& each) { return each.name == entry.name; }))
                transaction->create_schema(entry);
        if (transaction->has_writes() && !transaction->commit(options_.commit))
            throw Error{Code::write_conflict, "another transaction got in the way of the dump; try again"};
    }

    void element(const Json& json) {
        if (json.contains("node"))
            node(json);
        else if (json.contains("relationship"))
            relationship(json);
        else if (json.contains("end"))
            end(json["end"]);
        else
            throw BadLine{"is neither a node nor a relationship"};
    }

    PropertyList properties(const Json& json) {
        const Json& object = member(json, "properties");
        if (!object.is_object()) throw BadLine{"has no object `properties`"};
        PropertyList list;
        for (const auto& [name, value] : object.items()) {
            std::optional<Value> read = read_value(value);
            if (!read) throw BadLine{fmt::format("holds no value for {}", mainstay::quoted(name))};
            if (loader_) list.emplace_back(loader_->key(name), std::move(*read));
        }
        return list;
    }

    void node(const Json& json) {
        const std::uint64_t given = number(json, "node");
        if (given > nodes_.size() + text_.size()) throw BadLine{"has an impossible number"};
        const Json& names = member(json, "labels");
        if (!names.is_array()) throw BadLine{"has no array `labels`"};
        std::vector<LabelId> labels;
        for (const Json& name : names) {
            if (!name.is_string()) throw BadLine{"has a label that is no text"};
            if (loader_) labels.push_back(loader_->label(name.get<std::string>()));
        }
        const PropertyList list = properties(json);
        if (nodes_.size() <= given) nodes_.resize(given + 1, no_node);
        if (nodes_[given] != no_node) throw BadLine{fmt::format("repeats node {}", given)};
        nodes_[given] = loader_ ? loader_->add_node(labels, list) : NodeId{0};
        ++report_.nodes_created;
    }

    void relationship(const Json& json) {
        const auto end_of = [&](const char* name) {
            const std::uint64_t given = number(json, name);
            if (given >= nodes_.size() || nodes_[given] == no_node)
                throw BadLine{fmt::format("names node {}, which there is not", given)};
            return nodes_[given];
        };
        const std::string type = text(json, "type");
        const NodeId source = end_of("source"), target = end_of("target");
        const PropertyList list = properties(json);
        if (loader_) loader_->add_relationship(loader_->type(type), source, target, list);
        ++report_.rels_created;
    }

    void end(const Json& json) {
        end_seen_ = true;
        if (!json.is_object()) throw BadLine{"has no counts"};
        const std::uint64_t nodes = number(json, "nodes"), rels = number(json, "relationships");
        if (nodes != report_.nodes_created || rels != report_.rels_created)
            problem(line_number_, fmt::format("the dump says {} nodes and {} relationships, but holds {} and {}", nodes,
                                              rels, report_.nodes_created, report_.rels_created));
    }

    Store& store_;
    std::string text_;
    std::string name_;
    const ImportOptions& options_;
    ImportReport report_;
    std::size_t at_ = 0;
    std::string_view line_;
    std::uint64_t line_number_ = 0;
    bool end_seen_ = false;
    Model model_;
    std::vector<SchemaEntry> schema_;
    std::unique_ptr<BulkLoader> loader_;
    std::vector<NodeId> nodes_;  // by number in the dump
};

}  // namespace

ImportReport import_dump(Store& store, const std::filesystem::path& input, const ImportOptions& options) {
    return Restore{store, read_text(input, Encoding::utf8), input.filename().string(), options}.run();
}

}  // namespace mainstay::connect
