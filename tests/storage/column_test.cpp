#include "column.hpp"

#include "damage.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <vector>

using namespace mainstay;

namespace {

const PartKey key{ElementKind::node, column_part(KeyId{2}), 5};

// The same value of the same type: 1 is not 1.0, and NaN is itself.
bool same(const Value& a, const Value& b) { return a.type() == b.type() && equivalent(a, b); }

std::string build(const std::vector<Value>& values) {
    ColumnBuilder builder;
    for (std::uint32_t slot = 0; slot < values.size(); ++slot) builder.set(slot, values[slot]);
    return builder.finish(key, mark_of(TxNumber{8}));
}

void expect_round_trip(const std::vector<Value>& values, ColumnKind kind) {
    const std::string blob = build(values);
    const ColumnView column = ColumnReader::read(blob, key, Check::full);
    CHECK(column.kind() == kind);
    std::uint32_t nulls = 0, wrong = 0;
    Value low, high;
    for (std::uint32_t slot = 0; slot < values.size(); ++slot) {
        const Value& v = values[slot];
        wrong += !same(column.get(slot), v) || column.has(slot) == v.is_null();
        if (v.is_null()) {
            nulls += slot < column.slots();
            continue;
        }
        if (low.is_null() || order(v, low) < 0) low = v;
        if (high.is_null() || order(v, high) > 0) high = v;
    }
    CHECK(wrong == 0);
    CHECK(column.nulls() == nulls);
    CHECK(column.get(segment_slots).is_null());
    if (!column.min().is_null()) CHECK(equivalent(column.min(), low));
    if (!column.max().is_null()) CHECK(equivalent(column.max(), high));
    CHECK(column_last_change(blob) == mark_of(TxNumber{8}));
}

using Maker = Value (*)(std::mt19937_64&);

std::string random_text(std::mt19937_64& random, std::size_t most) {
    std::string text(random() % (most + 1), ' ');
    for (char& c : text) c = static_cast<char>('a' + random() % 26);
    return text;
}

Value make_datetime(std::mt19937_64& random) {
    static const ZoneId zones[] = {ZoneId::none, intern_zone("Europe/Berlin"), intern_zone("Asia/Tokyo")};
    DateTime t;
    t.seconds = static_cast<std::int64_t>(random() % 2'000'000'000);
    t.nanos = static_cast<std::uint32_t>(random() % 1'000'000'000);
    t.offset = static_cast<std::int32_t>(random() % 129'601) - 64'800;
    t.zone = static_cast<std::uint16_t>(zones[random() % 3]);
    return t;
}

struct Kind {
    const char* name;
    ColumnKind kind;
    Maker make;
};

const Kind kinds[] = {
    {"boolean", ColumnKind::boolean, [](std::mt19937_64& r) -> Value { return r() % 2 == 0; }},
    {"integer", ColumnKind::integer, [](std::mt19937_64& r) -> Value { return static_cast<std::int64_t>(r()); }},
    {"small integer", ColumnKind::integer,
     [](std::mt19937_64& r) -> Value { return static_cast<std::int64_t>(r() % 200) - 90; }},
    {"floating", ColumnKind::floating, [](std::mt19937_64& r) -> Value { return static_cast<double>(r() % 1000) / 7; }},
    {"few strings", ColumnKind::dictionary,
     [](std::mt19937_64& r) -> Value { return "state-" + std::to_string(r() % 40); }},
    {"many strings", ColumnKind::text,
     [](std::mt19937_64& r) -> Value { return random_text(r, 30) + std::to_string(r()); }},
    {"strings of one length", ColumnKind::text,
     [](std::mt19937_64& r) -> Value { return std::to_string(r() % 900'000'000'000 + 100'000'000'000); }},
    {"date", ColumnKind::date,
     [](std::mt19937_64& r) -> Value { return Date{static_cast<std::int64_t>(r() % 40'000)}; }},
    {"local time", ColumnKind::temporal,
     [](std::mt19937_64& r) -> Value { return LocalTime{static_cast<std::int64_t>(r() % 86'400'000'000'000)}; }},
    {"time", ColumnKind::temporal,
     [](std::mt19937_64& r) -> Value {
         return Time{static_cast<std::int64_t>(r() % 86'400'000'000'000), 3600};
     }},
    {"local datetime", ColumnKind::temporal,
     [](std::mt19937_64& r) -> Value {
         return LocalDateTime{static_cast<std::int64_t>(r() % 2'000'000'000), 5};
     }},
    {"datetime", ColumnKind::temporal, make_datetime},
    {"duration", ColumnKind::temporal,
     [](std::mt19937_64& r) -> Value {
         return Duration{static_cast<std::int64_t>(r() % 12), 3, -4, 5};
     }},
    {"list", ColumnKind::mixed,
     [](std::mt19937_64& r) -> Value {
         return Value::list({static_cast<std::int64_t>(r() % 9), "x", 2.5});
     }},
    {"several types", ColumnKind::mixed,
     [](std::mt19937_64& r) -> Value {
         switch (r() % 4) {
             case 0: return static_cast<std::int64_t>(r() % 5);
             case 1: return static_cast<double>(r() % 5);
             case 2: return random_text(r, 100);
             default: return true;
         }
     }},
};

volatile std::size_t sink;  // keeps the reads

void walk(std::string_view blob) {
    const ColumnView column = ColumnReader::read(blob, key, Check::full);
    std::size_t sum = 0;
    for (std::uint32_t slot = 0; slot < segment_slots; ++slot) sum += hash_value(column.get(slot));
    for (std::uint32_t code = 0; code < column.dictionary_size(); ++code) sum += column.entry(code).size();
    sum += column.find_code("state-3").value_or(0);
    sink = sum;
}

}  // namespace

TEST_CASE("every kind of column gives back its values", "[column]") {
    const auto seed = GENERATE(1U, 2U);
    std::mt19937_64 random(seed);
    for (const Kind& kind : kinds)
        for (const std::uint32_t slots : {2U, 64U, 65U, 1000U, segment_slots})
            for (const std::uint32_t absent_percent : {0U, 30U, 95U}) {
                CAPTURE(seed, kind.name, slots, absent_percent);
                std::vector<Value> values(slots);
                for (Value& v : values)
                    if (random() % 100 >= absent_percent) v = kind.make(random);
                values[slots / 2] = kind.make(random);
                // In small or gappy columns another kind may be smaller, or the types may happen to agree.
                const std::string blob = build(values);
                const ColumnKind got = ColumnReader::read(blob, key, Check::full).kind();
                expect_round_trip(values, slots < 1000 || absent_percent != 0 ? got : kind.kind);
            }
}

TEST_CASE("an integer among floats stays an integer", "[column]") {
    expect_round_trip({1, 1.0, 2, 2.5}, ColumnKind::mixed);
    expect_round_trip({1.0, 2.0}, ColumnKind::floating);
    expect_round_trip({1, 2}, ColumnKind::integer);
}

TEST_CASE("extreme numbers survive", "[column]") {
    expect_round_trip({std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), 0},
                      ColumnKind::integer);
    expect_round_trip({std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::min() + 1},
                      ColumnKind::integer);
    expect_round_trip({std::numeric_limits<double>::quiet_NaN(), -0.0, std::numeric_limits<double>::infinity()},
                      ColumnKind::floating);
}

TEST_CASE("integers are kept as narrow as their range", "[column]") {
    const auto width = [](std::int64_t range) {
        const std::string blob = build({1'000'000, 1'000'000 + range});
        return int{ColumnReader::read(blob, key, Check::full).width()};
    };
    CHECK(width(0) == 0);
    CHECK(width(255) == 1);
    CHECK(width(256) == 2);
    CHECK(width(65'536) == 4);
    CHECK(width(std::int64_t{1} << 32) == 8);
}

TEST_CASE("a dictionary finds the codes of its strings in order", "[column]") {
    const std::string blob = build({"prod", "dev", "prod", {}, "prod", "dev", "test", "prod"});
    const ColumnView column = ColumnReader::read(blob, key, Check::full);
    REQUIRE(column.kind() == ColumnKind::dictionary);
    REQUIRE(column.dictionary_size() == 3);
    CHECK(column.entry(0) == "dev");
    CHECK(column.find_code("test") == 2U);
    CHECK_FALSE(column.find_code("prd"));
    CHECK(column.code(0) == 1);
    CHECK(column.text(5) == "dev");
    CHECK(column.min().as_string() == "dev");
    CHECK(column.max().as_string() == "test");
}

TEST_CASE("one string throughout costs no codes", "[column]") {
    const std::string blob = build(std::vector<Value>(segment_slots, "active"));
    CHECK(blob.size() == part_bytes_min);
    CHECK(ColumnReader::read(blob, key, Check::full).text(4095) == "active");
}

TEST_CASE("a zone map never holds a cut string", "[column]") {
    const std::string blob = build({std::string(100, 'b'), "z", std::string(70, 'a')});
    const ColumnView column = ColumnReader::read(blob, key, Check::full);
    CHECK(column.min().is_null());
    CHECK(column.max().as_string() == "z");
}

TEST_CASE("empty strings are not absent", "[column]") {
    expect_round_trip({"", {}, "", "", "a", {}, ""}, ColumnKind::dictionary);
}

TEST_CASE("the last value set counts, and null takes it away", "[column]") {
    ColumnBuilder builder;
    builder.set(0, 1.5);
    builder.set(0, 7);
    builder.set(1, 8);
    builder.set(5, 9);
    builder.set(5, {});
    const std::string blob = builder.finish(key, Mark{1});
    const ColumnView column = ColumnReader::read(blob, key, Check::full);
    CHECK(column.kind() == ColumnKind::integer);
    CHECK(column.slots() == 2);
    CHECK(column.integer(0) == 7);
    builder.reset();
    builder.set(3, {});
    CHECK(builder.finish(key, Mark{1}).empty());
}

TEST_CASE("a builder takes over a column", "[column]") {
    std::mt19937_64 random(9);
    for (const Kind& kind : kinds) {
        CAPTURE(kind.name);
        std::vector<Value> values(500);
        for (Value& v : values)
            if (random() % 4 != 0) v = kind.make(random);
        const std::string blob = build(values);
        ColumnBuilder builder;
        builder.add(ColumnReader::read(blob, key, Check::full));
        CHECK(builder.finish(key, mark_of(TxNumber{8})) == blob);
    }
}

TEST_CASE("a damaged column is refused or harmless", "[column]") {
    std::mt19937_64 random(31);
    for (const Kind& kind : kinds) {
        CAPTURE(kind.name);
        std::vector<Value> values(300);
        for (Value& v : values)
            if (random() % 5 != 0) v = kind.make(random);
        const std::string blob = build(values);
        test::expect_truncations_noticed(blob, walk);
        test::expect_flips_noticed(blob, 32, walk);
        test::expect_forgeries_harmless(blob, key, 33, walk);
    }
}
