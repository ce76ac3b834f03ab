#pragma once

// Value: everything the language computes with. Immutable; 24 bytes; copies are cheap (heap payloads are shared and
// counted atomically, so values may cross threads).

#include "mainstay/core/graph.hpp"
#include "mainstay/core/ids.hpp"
#include "mainstay/core/temporal.hpp"

#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mainstay {

class Value;

// UTF-8 text of at most 2^32 - 1 bytes. Up to 15 bytes stand inline.
class String {
public:
    String() noexcept;
    explicit String(std::string_view text);
    String(const String&) noexcept;
    String(String&&) noexcept;
    String& operator=(const String&) noexcept;
    String& operator=(String&&) noexcept;
    ~String();
    std::string_view view() const noexcept;
    friend bool operator==(const String& a, const String& b) noexcept { return a.view() == b.view(); }
    friend std::strong_ordering operator<=>(const String& a, const String& b) noexcept { return a.view() <=> b.view(); }

private:
    struct Rep;
    const Rep* rep() const noexcept;
    alignas(8) char bytes_[16];  // bytes_[15]: length of an inline text, or 0xFF for a Rep* in front
};

// A shared immutable T on the heap, 8 bytes; never null. `depth` rides along where alignment leaves room: how deep
// lists and maps nest within it.
template <typename T>
class Shared {
public:
    explicit Shared(T value, std::uint32_t depth = 0) : box_(new Box{{1}, depth, std::move(value)}) {}
    Shared(const Shared& o) noexcept : box_(o.box_) { box_->refs.fetch_add(1, std::memory_order_relaxed); }
    Shared(Shared&& o) noexcept : box_(o.box_) { box_->refs.fetch_add(1, std::memory_order_relaxed); }
    Shared& operator=(Shared o) noexcept {
        std::swap(box_, o.box_);
        return *this;
    }
    ~Shared() {
        if (box_->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) delete box_;
    }
    const T& operator*() const noexcept { return box_->value; }
    const T* operator->() const noexcept { return &box_->value; }
    std::uint32_t depth() const noexcept { return box_->depth; }

private:
    struct Box {
        std::atomic<std::uint32_t> refs;
        std::uint32_t depth;
        T value;
    };
    Box* box_;
};

using ValueList = std::vector<Value>;
using ValueMapEntries = std::vector<std::pair<std::string, Value>>;  // ascending by key, keys distinct
struct PathData;

inline constexpr std::uint32_t value_depth_max = 1'000;

struct List {
    Shared<ValueList> items;
};
struct Map {
    Shared<ValueMapEntries> entries;
};

// A node or relationship as a value: its id, and the view it was read in, for its labels and properties. `source` is
// borrowed: it lives as long as the statement's result (or the transaction) it came from.
struct Node {
    const Properties* source;
    NodeId id;
};
struct Relationship {
    const Properties* source;
    RelId id;
};
struct Path {
    Shared<PathData> data;
};

enum class ValueType : std::uint8_t {
    null,
    boolean,
    integer,
    floating,
    string,
    list,
    map,
    date,
    local_time,
    time,
    local_datetime,
    datetime,
    duration,
    node,
    relationship,
    path
};
std::string_view name_of(ValueType) noexcept;  // "Integer", "LocalDateTime", ... as error messages call it

class Value {
public:
    using Data = std::variant<std::monostate, bool, std::int64_t, double, String, List, Map, Date, LocalTime, Time,
                              LocalDateTime, DateTime, Shared<Duration>, Node, Relationship, Path>;

    Value() noexcept = default;  // null
    Value(bool b) noexcept : data_(b) {}
    Value(std::int64_t i) noexcept : data_(i) {}
    Value(int i) noexcept : data_(std::int64_t{i}) {}
    Value(std::uint32_t i) noexcept : data_(std::int64_t{i}) {}
    Value(double d) noexcept : data_(d) {}
    Value(String s) noexcept : data_(std::move(s)) {}
    Value(std::string_view s) : data_(String{s}) {}
    Value(const std::string& s) : data_(String{s}) {}
    Value(const char* s) : data_(String{s}) {}
    Value(Date v) noexcept : data_(v) {}
    Value(LocalTime v) noexcept : data_(v) {}
    Value(Time v) noexcept : data_(v) {}
    Value(LocalDateTime v) noexcept : data_(v) {}
    Value(DateTime v) noexcept : data_(v) {}
    Value(const Duration& v) : data_(Shared<Duration>{v}) {}
    Value(Node n) noexcept : data_(n) {}
    Value(Relationship r) noexcept : data_(r) {}
    Value(Path p) noexcept : data_(std::move(p)) {}
    Value(List l) noexcept : data_(std::move(l)) {}
    Value(Map m) noexcept : data_(std::move(m)) {}
    template <typename T>
    Value(T*) = delete;  // no pointer becomes a bool
    // Both throw Error(Code::nesting_too_deep) beyond value_depth_max lists and maps within each other, since whatever
    // walks a value, its destructor too, is recursive.
    static Value list(ValueList items);
    static Value map(ValueMapEntries entries);  // any order; the last of equal keys wins
    static Value path(PathData data);

    ValueType type() const noexcept { return static_cast<ValueType>(data_.index()); }
    bool is_null() const noexcept { return data_.index() == 0; }
    bool is(ValueType t) const noexcept { return type() == t; }
    bool is_number() const noexcept { return is(ValueType::integer) || is(ValueType::floating); }
    bool is_temporal() const noexcept { return type() >= ValueType::date && type() <= ValueType::duration; }
    const Data& data() const noexcept { return data_; }

    // Require the type.
    bool as_bool() const { return std::get<bool>(data_); }
    std::int64_t as_int() const { return std::get<std::int64_t>(data_); }
    double as_double() const { return std::get<double>(data_); }
    double as_number() const { return is(ValueType::integer) ? static_cast<double>(as_int()) : as_double(); }
    std::string_view as_string() const { return std::get<String>(data_).view(); }
    const ValueList& as_list() const { return *std::get<List>(data_).items; }
    const ValueMapEntries& as_map() const { return *std::get<Map>(data_).entries; }
    const Duration& as_duration() const { return *std::get<Shared<Duration>>(data_); }
    Node as_node() const { return std::get<Node>(data_); }
    Relationship as_relationship() const { return std::get<Relationship>(data_); }
    const PathData& as_path() const;
    template <typename T>
    const T& get() const {
        return std::get<T>(data_);
    }

    // The entry of a map, or null. Requires a map.
    const Value& at(std::string_view key) const;

private:
    Data data_;
};
static_assert(sizeof(Value) == 24);

// nodes.size() == rels.size() + 1; forward[i]: rels[i] is travelled from its source to its target.
struct PathData {
    std::vector<Node> nodes;
    std::vector<Relationship> rels;
    std::vector<bool> forward;
};

// Three answers of the language: true, false, unknown (null).
enum class Ternary : std::uint8_t { no, yes, unknown };

// `a = b` of openCypher: numbers by value (1 = 1.0), null unknown, lists and maps element by element, different types
// not equal; NaN equals nothing; elements by id.
Ternary equals(const Value& a, const Value& b);
// `a < b` and kin: nullopt if not comparable (null, different types, NaN -> every comparison false is the caller's
// affair).
std::optional<std::partial_ordering> compare(const Value& a, const Value& b);
// Equivalence, for DISTINCT, grouping and joins: as equals, but null is null and NaN is NaN. Consistent with
// hash_value.
bool equivalent(const Value& a, const Value& b);
std::size_t hash_value(const Value& v);
// Total order, for ORDER BY ascending: map < node < relationship < list < path < datetime < local datetime < date <
// time < local time < duration < string < boolean < number < null (openCypher orderability). Consistent with
// equivalent.
std::strong_ordering order(const Value& a, const Value& b);

// toString() of scalars and temporals; for lists, maps and elements the readable literal of print().
std::string to_text(const Value& v);
// As a literal of the language: strings in quotes, (:Label {k: 1}), [:TYPE {k: 1}], <path>; floats always with . or e.
std::string print(const Value& v);
// A float as the language prints it: shortest text that reads back equal, with .0 if integral, 1.0E10 in Java's manner.
std::string print_float(double d);

// True if the value may be stored as a property: scalar, temporal, or a list of such (no nulls, no nested lists or
// maps).
bool is_storable(const Value& v);

}  // namespace mainstay
