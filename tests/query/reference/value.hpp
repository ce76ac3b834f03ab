#pragma once

// Values of the reference interpreter and what the language says of them: equality, comparison, order. Written anew,
// without the engine's Value, so that both would have to make the same mistake.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mainstay::test::reference {

struct Val {
    enum class Kind : std::uint8_t { null, boolean, integer, floating, text, list, node, rel, path };
    Kind kind = Kind::null;
    std::int64_t i = 0;  // integer; boolean: 0 or 1; node, rel: its number in the graph
    double d = 0;
    std::string s;
    std::vector<Val> items;  // list; path: node, rel, node, ...
    bool bag = false;        // a list in no order

    bool is_null() const { return kind == Kind::null; }
    bool is_number() const { return kind == Kind::integer || kind == Kind::floating; }
    double number() const { return kind == Kind::integer ? static_cast<double>(i) : d; }
};

Val integer(std::int64_t i);
Val floating(double d);
Val boolean(bool b);
Val text(std::string s);
Val list(std::vector<Val> items);
Val node(std::size_t number);
Val rel(std::size_t number);
Val from_ternary(std::optional<bool> t);
std::optional<bool> to_ternary(const Val& v);  // of anything but a boolean: unknown

std::optional<bool> equal(const Val& a, const Val& b);   // nullopt: unknown
std::optional<int> compare(const Val& a, const Val& b);  // nullopt: not comparable; else below, at or above 0
// Total order within a column of one type, null last.
int order(const Val& a, const Val& b);

// One text for values that are the same; the items of a bag are sorted.
std::string show(const Val& v);
// As a literal of the language. Not of elements.
std::string literal(const Val& v);

}  // namespace mainstay::test::reference
