#include "commands/command_list.hpp"
#include "commands/options.hpp"
#include "commands/report.hpp"
#include "run/statement.hpp"

#include <fmt/format.h>

namespace mainstay::shell {
namespace {

constexpr int attempts_max = 10;  // of a commit that loses to others

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

Value strings(const std::vector<std::string>& names) {
    ValueList items;
    for (const std::string& name : names) items.emplace_back(name);
    return Value::list(std::move(items));
}

std::string_view name_of(DependsEnd end) {
    switch (end) {
        case DependsEnd::source: return "source";
        case DependsEnd::target: return "target";
        case DependsEnd::both: return "both";
        case DependsEnd::none: break;
    }
    return "none";
}

std::string_view name_of(Effect effect) {
    switch (effect) {
        case Effect::soft: return "soft";
        case Effect::hard: return "hard";
        case Effect::path: return "path";
        case Effect::none: break;
    }
    return "none";
}

class ModelLoadCommand final : public Command {
public:
    std::string_view name() const override { return "model load"; }
    std::string_view summary() const override { return "Add a file's classes and relationship types to the model"; }
    std::string_view example() const override {
        return "mainstay model load cmdb.db examples/airline/model.json --reason 'flights'";
    }

    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::create);
        arguments.positional("FILE", file_, "model file (JSON)");
        format_.declare(arguments);
        commit_.declare(arguments);
    }

    int run(const Console& console) override {
        const Model added = read_model();
        // What is wrong with it is found before a database is made.
        std::error_code ignored;
        if (!std::filesystem::exists(database_.path, ignored))
            (void)merged(database_.without_model ? Model::empty() : Model::built_in(), added);
        const auto database = open_to_write(database_, commit_, console);
        const Principal principal = commit_.as.principal(*database);
        for (int attempt = 0; attempt < attempts_max; ++attempt) {
            const auto transaction = database->store().begin(std::nullopt, principal);
            const Model before = transaction->view().model();
            transaction->set_model(merged(before, added));
            transaction->finish_statement();
            const std::optional<CommitResult> result = transaction->commit(commit_.info(console));
            if (!result) continue;
            report(before, added, *result, console);
            return 0;
        }
        throw Error{Code::write_conflict, "others keep changing the model at the same time"}.with_hint("try again");
    }

private:
    template <typename F>
    auto naming_file(F&& f) const {
        try {
            return f();
        } catch (const Error& error) {
            throw Error{error.code(), fmt::format("{}: {}", file_, error.message())}.with_hint(error.hint());
        }
    }
    Model read_model() const {
        const std::string text = read_file(file_);
        return naming_file([&] { return Model::from_json(text); });
    }
    Model merged(const Model& before, const Model& added) const {
        return naming_file([&] { return before.merged_with(added); });
    }

    void report(const Model& before, const Model& added, const CommitResult& result, const Console& console) const {
        std::uint64_t new_classes = 0, new_types = 0;
        for (const ClassDeclaration& c : added.classes()) new_classes += before.find_class(c.name) ? 0 : 1;
        for (const RelationshipDeclaration& t : added.types()) new_types += before.find_type(t.name) ? 0 : 1;
        std::vector<Notice> notices;
        for (std::string& loss : losses_of(before, before.merged_with(added)))
            notices.push_back({"redefined", std::move(loss)});
        write_rows(format_.value(), {"kind", "added", "redefined"},
                   {{"classes", count_value(new_classes), count_value(added.classes().size() - new_classes)},
                    {"relationship types", count_value(new_types), count_value(added.types().size() - new_types)}},
                   notices, console);
        console.say(raw(result.tx) == 0 ? "nothing changed"
                                        : fmt::format("committed as transaction {}", raw(result.tx)));
    }

    DatabaseOption database_;
    FormatOption format_;
    CommitOptions commit_;
    std::string file_;
};

class ModelShowCommand final : public Command {
public:
    std::string_view name() const override { return "model show"; }
    std::string_view summary() const override { return "Print the class model"; }
    std::string_view example() const override {
        return "mainstay model show cmdb.db > model.json\n"
               "mainstay model show cmdb.db --format table";
    }

    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::refuse);
        arguments.positional("FILE", file_, "where to write (default: standard output)", Arguments::Presence::optional);
        arguments.choice("--format", format_, {"json", "table", "jsonl", "csv"},
                         "json: as `model load` reads it; else a list of classes and types");
    }

    int run(const Console& console) override {
        const auto database = open_database(database_, IfMissing::refuse, console);
        const ViewPtr view = database->store().view();
        const Model& model = view->model();
        if (model.is_empty()) console.say("note: this database has no class model");
        if (!file_.empty() && file_ != "-") {
            write_file(model);
            console.say("wrote " + file_);
        } else if (format_ == "json") {
            console.out.write(model.to_json() + "\n");
        } else {
            write_list(model, console);
        }
        return 0;
    }

private:
    void write_file(const Model& model) const;
    void write_list(const Model& model, const Console& console) const {
        std::vector<std::vector<Value>> rows;
        for (const ClassDeclaration& c : model.classes()) {
            std::vector<std::string> attributes, keys;
            for (const Attribute& attribute : model.attributes_of(c.name)) attributes.push_back(attribute.name);
            for (const auto& key : model.keys_of(c.name)) keys.push_back(joined(key));
            std::string traits = c.is_abstract ? "abstract" : "";
            if (model.is_gate(c.name)) traits += traits.empty() ? "gate" : ", gate";
            if (model.is_dated(c.name)) traits += traits.empty() ? "dated" : ", dated";
            rows.push_back(
                {"class", c.name, text_or_null(c.parent), strings(keys), strings(attributes), text_or_null(traits)});
        }
        for (const RelationshipDeclaration& t : model.types()) {
            std::string ends = (t.sources.empty() ? "any" : joined(t.sources)) + " → " +
                               (t.targets.empty() ? "any" : joined(t.targets));
            std::string traits = t.depends == DependsEnd::none
                                     ? "no dependency"
                                     : fmt::format("{} depends, {}", name_of(t.depends), name_of(t.effect));
            if (t.grouped) traits += ", grouped";
            if (t.dated) traits += ", dated";
            rows.push_back({"relationship", t.name, text_or_null(t.inverse), Value::list({}), Value{ends}, traits});
        }
        write_rows(*parse_format(format_),
                   {"kind", "name", "parent or inverse", "keys", "attributes or ends", "traits"}, rows, {}, console);
    }

    DatabaseOption database_;
    std::string file_, format_ = "json";
};

void ModelShowCommand::write_file(const Model& model) const {
    std::FILE* file = std::fopen(file_.c_str(), "wx");
    if (!file)
        throw Error{Code::io_error, "cannot make the file " + quoted(file_)}.with_hint(
            "it must not exist, its folder must");
    const std::string text = model.to_json() + "\n";
    const bool is_written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (std::fclose(file) != 0 || !is_written) throw Error{Code::io_error, "cannot write " + quoted(file_)};
}

}  // namespace

std::unique_ptr<Command> make_model_load_command() { return std::make_unique<ModelLoadCommand>(); }
std::unique_ptr<Command> make_model_show_command() { return std::make_unique<ModelShowCommand>(); }

}  // namespace mainstay::shell
