#pragma once

// Commands and whole statements.

#include "syntax/grammar/clauses.hpp"

namespace mainstay::syntax::grammar {

// ---- indexes and constraints ----

template <auto Member>
struct if_exists : seq<opt_must<keyword<"IF">, keyword<"EXISTS">, put<Member, true>>> {};
template <auto Member>
struct if_not_exists : seq<opt_must<keyword<"IF">, keyword<"NOT EXISTS">, put<Member, true>>> {};

// The name of an index or constraint: any word, but `IF` and `FOR` begin what follows when there is none.
struct schema_name : name_token<schema_name> {
    static std::string_view expected() { return "a name"; }
    static const char* read(const char* first, const char* end, Builder& builder) {
        const char* last = skip_name(first, end);
        const std::string_view word{first, static_cast<std::size_t>(last - first)};
        const std::string_view next = word_at(skip_blank(last, end), end);
        const bool none = (same_word(word, "IF") && same_word(next, "NOT")) ||
                          ((same_word(word, "FOR") || same_word(word, "ON")) && next.empty());
        if (last == first || none) return first;
        give(first, last, builder);
        return last;
    }
};

// (n:Label) or ()-[r:TYPE]-(), the arrow in any direction
struct target_node : if_must<symbol<"(">, into<&SchemaTarget::variable, variable>, symbol<":">,
                             into<&SchemaTarget::label, label_name>, symbol<")">> {
    static std::string_view expected() { return "(n:Label) or ()-[r:TYPE]-()"; }
};
struct target_relationship
    : seq<symbol<"(">, symbol<")">, put<&SchemaTarget::element, SchemaTarget::Element::relationship>, opt<symbol<"<">>,
          must<symbol<"-">, symbol<"[">, into<&SchemaTarget::variable, variable>, symbol<":">,
               into<&SchemaTarget::label, label_name>, symbol<"]">, symbol<"-">>,
          opt<symbol<">">>, must<symbol<"(">, symbol<")">>> {};
struct target_element : sor<target_relationship, target_node> {
    static std::string_view expected() { return "(n:Label) or ()-[r:TYPE]-()"; }
};

// n.name, where n is the variable of the target
struct target_variable : token<target_variable> {
    static const char* read(const char* first, const char* end, Builder& builder) {
        const char* last = skip_name(first, end);
        const auto& target = builder.current<SchemaTarget>().variable.text;
        return read_name({first, static_cast<std::size_t>(last - first)}) == target ? last : first;
    }
};
struct target_property : seq<target_variable, must<symbol<".">>, must<into<&SchemaTarget::properties, key_name>>> {
    static std::string_view expected() { return "a property, such as n.name,"; }
};
struct target_properties : sor<if_must<symbol<"(">, list<target_property>, symbol<")">>, target_property> {
    static std::string_view expected() { return "a property, such as n.name,"; }
};
struct index_target
    : make<SchemaTarget, must<target_element, keyword<"ON">, symbol<"(">, list<target_property>, symbol<")">>> {
    static std::string_view expected() { return target_element::expected(); }
};
struct constraint_target
    : make<SchemaTarget,
           must<target_element, one_of<"REQUIRE", keyword<"REQUIRE">, keyword<"ASSERT">>, target_properties>> {
    static std::string_view expected() { return target_element::expected(); }
};

struct create_index
    : make<CreateIndex, keyword<"CREATE">,
           opt<sor<keyword<"RANGE">, seq<keyword<"TEXT">, put<&CreateIndex::kind, IndexKind::text>>>>, keyword<"INDEX">,
           opt<into<&CreateIndex::name, schema_name>>, if_not_exists<&CreateIndex::if_not_exists>,
           must<keyword<"FOR">, into<&CreateIndex::target, index_target>>> {
    static std::string_view expected() { return "INDEX or CONSTRAINT"; }
};
struct drop_index : make<DropIndex, keyword<"DROP INDEX">, must<into<&DropIndex::name, schema_name>>,
                         if_exists<&DropIndex::if_exists>> {};

template <Text words, ConstraintKind kind>
using constraint_words = seq<keyword<words>, put<&CreateConstraint::kind, kind>>;
struct constraint_kind
    : sor<constraint_words<"UNIQUE", ConstraintKind::unique>, constraint_words<"NOT NULL", ConstraintKind::not_null>,
          constraint_words<"NODE UNIQUE", ConstraintKind::unique>, constraint_words<"NODE KEY", ConstraintKind::key>,
          constraint_words<"RELATIONSHIP UNIQUE", ConstraintKind::unique>,
          constraint_words<"RELATIONSHIP KEY", ConstraintKind::key>, constraint_words<"KEY", ConstraintKind::key>> {
    static std::string_view expected() { return "UNIQUE, NOT NULL or NODE KEY"; }
};
struct create_constraint
    : make<CreateConstraint, keyword<"CREATE CONSTRAINT">, opt<into<&CreateConstraint::name, schema_name>>,
           if_not_exists<&CreateConstraint::if_not_exists>, must<one_of<"FOR", keyword<"FOR">, keyword<"ON">>>,
           must<into<&CreateConstraint::target, constraint_target>>, must<keyword<"IS">>, must<constraint_kind>> {};
struct drop_constraint : make<DropConstraint, keyword<"DROP CONSTRAINT">,
                              must<into<&DropConstraint::name, schema_name>>, if_exists<&DropConstraint::if_exists>> {};

// ---- SHOW ----

template <Text words, Show::Only only>
using only_words = seq<keyword<words>, put<&Show::only, only>>;
struct show_indexes_only
    : opt<sor<keyword<"ALL">, only_words<"RANGE", Show::Only::range>, only_words<"TEXT", Show::Only::text>,
              only_words<"POINT", Show::Only::point>, only_words<"LOOKUP", Show::Only::lookup>,
              only_words<"FULLTEXT", Show::Only::fulltext>, only_words<"VECTOR", Show::Only::vector>>> {};
// What may stand behind NODE and RELATIONSHIP, or alone.
template <Show::Only unique, Show::Only key, Show::Only existence>
using constraint_rules =
    sor<seq<sor<keyword<"UNIQUENESS">, keyword<"UNIQUE">, keyword<"PROPERTY UNIQUENESS">, keyword<"PROPERTY UNIQUE">>,
            put<&Show::only, unique>>,
        only_words<"KEY", key>,
        seq<sor<keyword<"EXISTENCE">, keyword<"EXIST">, keyword<"PROPERTY EXISTENCE">, keyword<"PROPERTY EXIST">>,
            put<&Show::only, existence>>,
        only_words<"PROPERTY TYPE", Show::Only::property_type>>;
struct show_constraints_only
    : opt<sor<keyword<"ALL">, constraint_rules<Show::Only::unique, Show::Only::key, Show::Only::existence>,
              seq<keyword<"NODE">,
                  constraint_rules<Show::Only::node_unique, Show::Only::node_key, Show::Only::node_existence>>,
              seq<sor<keyword<"RELATIONSHIP">, keyword<"REL">>,
                  constraint_rules<Show::Only::relationship_unique, Show::Only::relationship_key,
                                   Show::Only::relationship_existence>>>> {};
struct show_functions_only : opt<sor<keyword<"ALL">, only_words<"BUILT IN", Show::Only::built_in>,
                                     only_words<"USER DEFINED", Show::Only::user_defined>>> {};
struct executable : opt<keyword<"EXECUTABLE">, opt<keyword<"BY CURRENT USER">>, put<&Show::executable, true>> {};

// Any word but those that go on with the statement; words joined by points.
struct database_name : token<database_name> {
    using result = Name;
    static const char* read(const char* first, const char* end, Builder& builder) {
        const std::string_view word = word_at(first, end);
        if (same_word(word, "YIELD") || same_word(word, "WHERE")) return first;
        return dotted_name::read(first, end, builder);
    }
};
using show_named = into<&Show::named, string_or_parameter>;

template <Text words, Show::What what>
using show_word = seq<keyword<words>, put<&Show::what, what>>;
template <Text many, Text one, Show::What what>
using show_words = sor<show_word<many, what>, show_word<one, what>>;
struct show_what
    : sor<seq<show_indexes_only, show_words<"INDEXES", "INDEX", Show::What::indexes>>,
          seq<show_constraints_only, show_words<"CONSTRAINTS", "CONSTRAINT", Show::What::constraints>>,
          seq<show_words<"PROCEDURES", "PROCEDURE", Show::What::procedures>, executable>,
          seq<show_functions_only, show_words<"FUNCTIONS", "FUNCTION", Show::What::functions>, executable>,
          show_words<"CLASSES", "CLASS", Show::What::classes>,
          show_words<"RELATIONSHIP TYPES", "RELATIONSHIP TYPE", Show::What::relationship_types>,
          seq<show_words<"TRANSACTIONS", "TRANSACTION", Show::What::transactions>, opt<list<show_named>>>,
          seq<opt<keyword<"ALL">>, show_words<"SETTINGS", "SETTING", Show::What::settings>, opt<list<show_named>>>,
          seq<sor<only_words<"HOME DATABASE", Show::Only::home>,
                  only_words<"DEFAULT DATABASE", Show::Only::by_default>>,
              put<&Show::what, Show::What::databases>>,
          seq<opt<keyword<"ALL">>, show_word<"DATABASES", Show::What::databases>>,
          seq<show_word<"DATABASE", Show::What::databases>, opt<sor<show_named, into<&Show::database, database_name>>>>,
          show_word<"CURRENT USER", Show::What::current_user>,
          seq<opt<keyword<"ALL">>, show_words<"USERS", "USER", Show::What::users>>> {
    static std::string_view expected() {
        return "INDEXES, CONSTRAINTS, PROCEDURES, FUNCTIONS, CLASSES, RELATIONSHIP TYPES, TRANSACTIONS, SETTINGS, "
               "DATABASES, USERS or CURRENT USER";
    }
};

// A column is named as a variable is; the binder looks for it.
struct show_column : make<ProjectionItem, when_atom<AtomKind::variable>, into<&ProjectionItem::expression, expression>,
                          opt_must<keyword<"AS">, into<&ProjectionItem::alias, variable>>, column_name> {
    static std::string_view expected() { return "the name of a column"; }
};
struct show_columns : make<Projection,
                           must<one_of<"* or the name of a column", seq<symbol<"*">, put<&Projection::star, true>>,
                                       list<into<&Projection::items, show_column>>>>,
                           order_and_limits> {
    static std::string_view expected() { return "* or the name of a column"; }
};
using show_where = opt_must<keyword<"WHERE">, into<&Show::where, expression>>;
using show_rows = sor<seq<if_must<keyword<"YIELD">, into<&Show::yield, show_columns>>, show_where,
                          opt_must<keyword<"RETURN">, into<&Show::returned, projection>>>,
                      show_where>;
struct show : make<Show, keyword<"SHOW">, must<show_what>, show_rows> {};
struct terminate
    : make<Show, keyword<"TERMINATE">,
           must<one_of<"TRANSACTIONS", show_words<"TRANSACTIONS", "TRANSACTION", Show::What::terminated>>>,
           must<one_of<"the id of a transaction, as SHOW TRANSACTIONS lists it", list<show_named>>>, show_rows> {};

struct command
    : make<Command, sor<seq<when_word<"CREATE">, when<&Lookahead::create_command>,
                            sor<into<&Command::node, create_constraint>, must<into<&Command::node, create_index>>>>,
                        into<&Command::node, drop_index>, into<&Command::node, drop_constraint>,
                        into<&Command::node, show>, into<&Command::node, terminate>>> {};

// ---- statements ----

struct what_if : make<WhatIf, keyword<"WHAT IF">, must<symbol<"{">, into<&WhatIf::clauses, clause>>,
                      star<into<&WhatIf::clauses, clause>>, must<symbol<"}">>> {};
struct statement_body : sor<into<&Statement::body, command>, into<&Statement::body, query>> {
    static std::string_view expected() { return "a statement"; }
};
struct statement
    : make<Statement,
           opt<sor<seq<keyword<"EXPLAIN">, put<&Statement::mode, Statement::Mode::explain>>,
                   seq<keyword<"PROFILE">, put<&Statement::mode, Statement::Mode::profile>>>>,
           opt_must<keyword<"IN CHANGE">, into<&Statement::in_change, string_or_parameter>>,
           opt<into<&Statement::time, time_scope>>, opt<into<&Statement::what_if, what_if>>, must<statement_body>> {};

struct end_of_text : zero_width<end_of_text> {
    static std::string_view expected() { return "another clause or the end of the statement"; }
    static bool act(const char* p, Builder& builder) { return p == builder.end(); }
};
struct text : seq<blanks, statement, opt<symbol<";">>, must<end_of_text>> {};

}  // namespace mainstay::syntax::grammar
