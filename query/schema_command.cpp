#include "schema_command.hpp"

#include <algorithm>

namespace mainstay {
namespace {

using Kind = bound::SchemaCommand::Kind;

SchemaKind kind_of(Kind kind) {
    switch (kind) {
        case Kind::index: return SchemaKind::range_index;
        case Kind::unique: return SchemaKind::unique;
        case Kind::exists: return SchemaKind::exists;
        case Kind::key: return SchemaKind::node_key;
    }
    return SchemaKind::range_index;
}

std::string made_up_name(const bound::SchemaCommand& command) {
    constexpr const char* prefixes[] = {"index", "unique", "exists", "key"};
    std::string name = std::string{prefixes[static_cast<std::size_t>(command.kind)]} + "_" + command.label;
    for (const std::string& key : command.keys) name += "_" + key;
    return name;
}

void create(const bound::SchemaCommand& command, Transaction& transaction) {
    SchemaEntry entry;
    entry.name = command.name.empty() ? made_up_name(command) : command.name;
    entry.kind = kind_of(command.kind);
    entry.element = command.on_relationship ? ElementKind::relationship : ElementKind::node;
    entry.label = command.label;
    entry.keys = command.keys;
    for (const SchemaEntry& known : transaction.view().schema()) {
        const bool same = known.kind == entry.kind && known.element == entry.element && known.label == entry.label &&
                          known.keys == entry.keys;
        if (!same && known.name != entry.name) continue;
        if (command.lenient) return;
        throw Error{Code::index_exists, command.span,
                    same ? "there is one like that already: " + quoted(known.name)
                         : "the name " + quoted(known.name) + " is taken"}
            .with_hint("add IF NOT EXISTS to leave it as it is");
    }
    transaction.create_schema(std::move(entry));
}

void drop(const bound::SchemaCommand& command, Transaction& transaction) {
    const bool wants_index = command.kind == Kind::index;
    const auto schema = transaction.view().schema();
    const auto found =
        std::find_if(schema.begin(), schema.end(), [&](const SchemaEntry& e) { return e.name == command.name; });
    if (found == schema.end()) {
        if (command.lenient) return;
        std::vector<std::string> names;
        for (const SchemaEntry& e : schema) names.push_back(e.name);
        throw Error{Code::index_missing, command.span,
                    std::string{"there is no "} + (wants_index ? "index " : "constraint ") + quoted(command.name)}
            .with_hint(nearest(command.name, names));
    }
    if ((found->kind == SchemaKind::range_index) != wants_index)
        throw Error{
            Code::index_missing, command.span,
            quoted(command.name) + (wants_index ? " is a constraint, not an index" : " is an index, not a constraint")}
            .with_hint(wants_index ? "use DROP CONSTRAINT" : "use DROP INDEX");
    if (found->from_model)
        throw Error{Code::index_missing, command.span,
                    quoted(command.name) + " comes from the class model and can only be removed there"};
    transaction.drop_schema(command.name);
}

}  // namespace

void run_schema_command(const bound::SchemaCommand& command, Transaction& transaction) {
    try {
        if (command.action == bound::SchemaAction::create) {
            create(command, transaction);
        } else {
            drop(command, transaction);
        }
    } catch (Error& e) {
        throw std::move(e).with_span(command.span);
    }
}

}  // namespace mainstay
