#pragma once

// What the grammar is written in: PEGTL's combinators, tokens, and rules that build the tree. Included by the grammar
// alone.
//
//   keyword<"ORDER BY">, symbol<"(">     tokens; each eats the blanks and comments after it
//   make<T, Rules...>                    reads Rules into a fresh T; its result is that T
//   into<&T::member, Rule>               reads Rule and moves its result into (or appends it to) the member of the T
//   being read put<&T::member, value>               consumes nothing, sets the member when<predicate> consumes nothing,
//   succeeds if the predicate holds of what follows
//
// Every alternative is chosen by a keyword, a symbol or a look ahead; once chosen, what must follow stands in must<>,
// whose failure is reported with the rule's `expected`. So nothing is read twice, and errors are reported where they
// are. Pitfalls of PEGTL 3.2: no rule may be called `match`; must_if changes control flow, do not use it.

#include "syntax/builder.hpp"
#include "syntax/lexical.hpp"
#include "syntax/literals.hpp"

#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze_traits.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

namespace mainstay::syntax::grammar {

namespace pegtl = tao::pegtl;
using pegtl::must;
using pegtl::opt;
using pegtl::plus;
using pegtl::seq;
using pegtl::sor;
using pegtl::star;
template <typename Head, typename... Rules>
using if_must = pegtl::if_must<Head, Rules...>;
template <typename Head, typename... Rules>
using opt_must = pegtl::opt_must<Head, Rules...>;

// A string as a template argument.
template <std::size_t N>
struct Text {
    char chars[N];
    constexpr Text(const char (&text)[N]) { std::copy_n(text, N, chars); }  // implicit: that is its purpose
    constexpr std::string_view view() const { return {chars, N - 1}; }
};

template <typename Rule>
inline constexpr bool never_fails = false;
template <typename... Rules>
inline constexpr bool never_fails<opt<Rules...>> = true;
template <typename... Rules>
inline constexpr bool never_fails<star<Rules...>> = true;

// What failed must<Rule>s say; a rule has `static std::string_view expected()`, or it cannot stand in a must.
template <typename Rule>
struct control : pegtl::normal<Rule> {
    template <typename Input>
    [[noreturn]] static void raise(const Input& in, Builder& builder) {
        if constexpr (requires { Rule::expected(); }) {
            builder.expected(in.current(), Rule::expected());
        } else {
            static_assert(never_fails<Rule>, "a rule in must<> needs expected()");
            MAINSTAY_ASSERT(false);
        }
    }
};

// An alternative that can be missed by name.
template <Text what, typename... Rules>
struct one_of : sor<Rules...> {
    static std::string_view expected() { return what.view(); }
};

// ---- tokens ----

// A rule that reads characters itself: Derived::read(p, end, builder) gives the end of the token, or p if there is
// none.
template <typename Derived>
struct token {
    using rule_t = pegtl::any::rule_t;  // for analyze(): consumes if it succeeds
    using subs_t = pegtl::empty_list;
    template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class, template <typename...> class,
              typename Input>
    static bool match(Input& in, Builder& builder) {
        const char* first = in.current();
        const char* last = Derived::read(first, in.end(), builder);
        if (last == first) return false;
        builder.token(first, last);
        in.bump(static_cast<std::size_t>(skip_blank(last, in.end()) - first));
        return true;
    }
};

// A rule that consumes nothing: Derived::act(p, builder) decides.
template <typename Derived>
struct zero_width {
    using rule_t = pegtl::success::rule_t;
    using subs_t = pegtl::empty_list;
    static std::string_view expected() { return "something else"; }
    template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class, template <typename...> class,
              typename Input>
    static bool match(Input& in, Builder& builder) {
        return Derived::act(in.current(), builder);
    }
};

// One or more words, in any case, with blanks between them.
template <Text words>
struct keyword : token<keyword<words>> {
    static std::string_view expected() { return words.view(); }
    static const char* read(const char* first, const char* end, Builder&) {
        const char* p = first;
        std::string_view rest = words.view();
        for (;;) {
            const std::size_t length = std::min(rest.find(' '), rest.size());
            if (static_cast<std::size_t>(end - p) < length || !same_word({p, length}, rest.substr(0, length)))
                return first;
            p += length;
            if (is_name_part(p, end)) return first;
            if (length == rest.size()) return p;
            rest.remove_prefix(length + 1);
            p = skip_blank(p, end);
        }
    }
};

template <Text chars>
struct symbol : token<symbol<chars>> {
    static constexpr auto message = [] {
        std::array<char, chars.view().size() + 2> quoted{};
        quoted.front() = quoted.back() = '`';
        std::copy(chars.view().begin(), chars.view().end(), quoted.begin() + 1);
        return quoted;
    }();
    static std::string_view expected() { return {message.data(), message.size()}; }
    static const char* read(const char* p, const char* end, Builder&) {
        constexpr std::size_t size = chars.view().size();
        const bool found = static_cast<std::size_t>(end - p) >= size && std::equal(p, p + size, chars.view().begin());
        return found ? p + size : p;
    }
};

struct blanks {
    using rule_t = pegtl::success::rule_t;
    using subs_t = pegtl::empty_list;
    template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class, template <typename...> class,
              typename Input>
    static bool match(Input& in, Builder&) {
        in.bump(static_cast<std::size_t>(skip_blank(in.current(), in.end()) - in.current()));
        return true;
    }
};

// ---- names ----

template <typename Derived>
struct name_token : token<Derived> {
    using result = Name;
    static void give(const char* first, const char* last, Builder& builder) {
        builder.give(Name{read_name({first, static_cast<std::size_t>(last - first)}),
                          Span{builder.offset(first), builder.offset(last)}});
    }
};

// A variable: no reserved word, unless in backticks.
struct variable : name_token<variable> {
    static std::string_view expected() { return "a variable name"; }
    static const char* read(const char* first, const char* end, Builder& builder) {
        const char* last = skip_name(first, end);
        if (last == first || is_reserved({first, static_cast<std::size_t>(last - first)})) return first;
        give(first, last, builder);
        return last;
    }
};

// A label, type, key, or name of an index: any word.
struct any_name : name_token<any_name> {
    static std::string_view expected() { return "a name"; }
    static const char* read(const char* first, const char* end, Builder& builder) {
        const char* last = skip_name(first, end);
        if (last != first) give(first, last, builder);
        return last;
    }
};
struct label_name : any_name {
    static std::string_view expected() { return "a label"; }
};
struct key_name : any_name {
    static std::string_view expected() { return "a property name"; }
};

// A function or procedure: words joined by points, without blanks.
struct dotted_name : token<dotted_name> {
    using result = Name;
    static std::string_view expected() { return "a procedure name"; }
    static const char* read(const char* first, const char* end, Builder& builder) {
        const char* last = skip_name(first, end);
        if (last == first) return first;
        Name name{read_name({first, static_cast<std::size_t>(last - first)}), {}};
        while (last < end && *last == '.') {
            const char* next = skip_name(last + 1, end);
            if (next == last + 1) break;
            name.text += '.';
            name.text += read_name({last + 1, static_cast<std::size_t>(next - last - 1)});
            last = next;
        }
        name.span = {builder.offset(first), builder.offset(last)};
        builder.give(std::move(name));
        return last;
    }
};

struct natural_number : token<natural_number> {
    using result = std::uint64_t;
    static std::string_view expected() { return "a whole number"; }
    static const char* read(const char* first, const char* end, Builder& builder) {
        if (first == end || *first < '0' || *first > '9') return first;
        const char* last = first;
        while (last != end && *last >= '0' && *last <= '9') ++last;  // `1..3`: the points are not the number's
        if (is_name_part(last, end)) last = skip_number(first, end);
        const Span span{builder.offset(first), builder.offset(last)};
        const Value value = read_number({first, static_cast<std::size_t>(last - first)}, false, span);
        if (!value.is(ValueType::integer)) builder.expected(first, expected());  // 1e1
        builder.give(static_cast<std::uint64_t>(value.as_int()));
        return last;
    }
};

struct text_token : token<text_token> {
    using result = std::string;
    static std::string_view expected() { return "a string"; }
    static const char* read(const char* first, const char* end, Builder& builder) {
        if (first == end || (*first != '\'' && *first != '"')) return first;
        const char* last = skip_string(first, end);
        builder.give(read_string({first, static_cast<std::size_t>(last - first)}, builder.offset(first)));
        return last;
    }
};

// ---- building ----

template <auto Predicate>
struct when : zero_width<when<Predicate>> {
    static bool act(const char* p, Builder& builder) { return (builder.ahead().*Predicate)(p); }
};
template <Text words>
struct when_word : zero_width<when_word<words>> {
    static bool act(const char* p, Builder& builder) { return keyword<words>::read(p, builder.end(), builder) != p; }
};
template <AtomKind kind>
struct when_atom : zero_width<when_atom<kind>> {
    static bool act(const char* p, Builder& builder) { return builder.atom_at(p) == kind; }
};
template <ClauseKind kind>
struct when_clause : zero_width<when_clause<kind>> {
    static bool act(const char* p, Builder& builder) { return builder.clause_at(p) == kind; }
};

template <typename T>
struct owner_of;
template <typename Member, typename Owner>
struct owner_of<Member Owner::*> {
    using owner = Owner;
    using member = Member;
};
template <auto Member>
using owner_t = typename owner_of<decltype(Member)>::owner;

template <auto Member, auto value>
struct put : zero_width<put<Member, value>> {
    static bool act(const char*, Builder& builder) {
        builder.current<owner_t<Member>>().*Member = value;
        return true;
    }
};

template <typename Target, typename Result>
void move_into(Target& target, Result&& result) {
    if constexpr (requires { target.push_back(std::move(result)); } && !std::is_same_v<Target, std::string>) {
        target.push_back(std::move(result));
    } else if constexpr (requires { typename Target::element_type; }) {
        target = std::make_unique<typename Target::element_type>(std::move(result));
    } else if constexpr (requires { target.emplace().push_back(std::move(result)); } &&
                         !std::is_constructible_v<Target, Result>) {  // optional<vector>
        if (!target) target.emplace();
        target->push_back(std::move(result));
    } else {
        target = std::move(result);
    }
}

template <auto Member, typename Rule>
struct into {
    using rule_t = typename seq<Rule>::rule_t;
    using subs_t = pegtl::type_list<Rule>;
    static std::string_view expected() { return Rule::expected(); }
    template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
              template <typename...> class Control, typename Input>
    static bool match(Input& in, Builder& builder) {
        if (!Control<Rule>::template match<A, M, Action, Control>(in, builder)) return false;
        move_into(builder.current<owner_t<Member>>().*Member, builder.take<typename Rule::result>());
        return true;
    }
};

template <typename T, typename... Rules>
struct make {
    using result = std::conditional_t<is_expression_node<T>, Expression, T>;
    using rule_t = typename seq<Rules...>::rule_t;
    using subs_t = typename seq<Rules...>::subs_t;
    template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
              template <typename...> class Control, typename Input>
    static bool match(Input& in, Builder& builder) {
        const auto before = builder.state();
        T object{};
        builder.open(object, in.current());
        if (seq<Rules...>::template match<A, M, Action, Control>(in, builder)) {
            builder.close(object);
            return true;
        }
        builder.restore(before);
        return false;
    }
};

// A list with separators; nothing may be missing after a separator.
template <typename Rule, typename Separator = symbol<",">>
struct list : seq<Rule, star<if_must<Separator, Rule>>> {
    static std::string_view expected() { return Rule::expected(); }
};

// What stands in brackets, the opening one read: nothing, or a list, then the closing one.
template <typename Rule, Text close, Text first_or_close, Text comma_or_close>
struct list_until : sor<symbol<close>, seq<list<Rule>, must<one_of<comma_or_close, symbol<close>>>>,
                        must<one_of<first_or_close, symbol<close>>>> {
    static std::string_view expected() { return first_or_close.view(); }
};

}  // namespace mainstay::syntax::grammar
