#include "mainstay/storage/value_codec.hpp"

#include "mainstay/core/error.hpp"
#include "support/random_value.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <set>

using namespace mainstay;

namespace {

std::string encoded(const Value& value) {
    std::string bytes;
    encode_value(value, bytes);
    return bytes;
}

Value decoded(std::string_view bytes) {
    const char* p = bytes.data();
    Value value = decode_value(p, bytes.data() + bytes.size());
    CHECK(p == bytes.data() + bytes.size());
    const char* skipped = bytes.data();
    skip_value(skipped, bytes.data() + bytes.size());
    CHECK(skipped == p);
    return value;
}

bool is_refused(std::string_view bytes) {
    const std::string copy{bytes};  // its end is the allocation's, so that a sanitizer sees a read beyond
    const char* p = copy.data();
    try {
        decode_value(p, copy.data() + copy.size());
        return false;
    } catch (const Error& error) {
        return error.code() == Code::corrupt;
    }
}

}  // namespace

TEST_CASE("values read back equal from their compact form", "[codec][random]") {
    const std::uint64_t seed = test::seed("value codec");
    std::mt19937_64 random{seed};
    for (int i = 0; i < 20'000; ++i) {
        const Value value = test::random_value(random, 4);
        INFO("seed " << seed << ", value " << i << ": " << print(value));
        const Value back = decoded(encoded(value));
        REQUIRE(equivalent(value, back));
        REQUIRE(value.type() == back.type());
        REQUIRE(encoded(back) == encoded(value));
    }
}

TEST_CASE("the bits of a float are kept", "[codec]") {
    const Value back = decoded(encoded(-0.0));
    CHECK(std::signbit(back.as_double()));
}

TEST_CASE("the first and the last moments read back", "[codec]") {
    for (const Value& value : {Value{*parse_date("-999999999-01-01")}, Value{*parse_date("+999999999-12-31")},
                               Value{*parse_local_datetime("-999999999-01-01")},
                               Value{*parse_local_datetime("+999999999-12-31T23:59:59.999999999")},
                               Value{*parse_datetime("-999999999-01-01T00:00+18:00")},
                               Value{*parse_datetime("+999999999-12-31T23:59-18:00")},
                               Value{*parse_local_time("23:59:59.999999999")}, Value{*parse_time("00:00-18:00")}})
        CHECK(to_text(decoded(encoded(value))) == to_text(value));
}

TEST_CASE("small integers and short strings take few bytes", "[codec]") {
    CHECK(encoded(0).size() == 1);
    CHECK(encoded(127).size() == 1);
    CHECK(encoded(-1).size() == 2);
    CHECK(encoded("name").size() == 5);
    CHECK(encoded(std::string(63, 'x')).size() == 64);
    CHECK(encoded(std::string(64, 'x')).size() == 66);
}

TEST_CASE("every truncated value is refused", "[codec][random]") {
    const std::uint64_t seed = test::seed("truncated values");
    std::mt19937_64 random{seed};
    for (int i = 0; i < 2'000; ++i) {
        const std::string bytes = encoded(test::random_value(random, 3));
        INFO("seed " << seed);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            REQUIRE(is_refused(std::string_view{bytes}.substr(0, size)));
    }
}

TEST_CASE("random bytes are a value or refused, never read beyond", "[codec][random]") {
    const std::uint64_t seed = test::seed("random bytes");
    std::mt19937_64 random{seed};
    for (int i = 0; i < 100'000; ++i) {
        std::string bytes(random() % 24, '\0');
        for (char& c : bytes) c = static_cast<char>(random() % 4 == 0 ? random() : random() % 16);
        const char* p = bytes.data();
        try {
            const Value value = decode_value(p, bytes.data() + bytes.size());
            REQUIRE(equivalent(decoded(encoded(value)), value));
        } catch (const Error& error) {
            REQUIRE(error.code() == Code::corrupt);
        }
    }
}

TEST_CASE("counts larger than the input, unordered keys and numbers out of range are refused", "[codec]") {
    using namespace std::string_view_literals;
    CHECK(is_refused("\x06\xFF\xFF\xFF\xFF\x0F"sv));  // a list of 4 billion
    CHECK(
        is_refused("\x07\x02\x01"
                   "b\x80\x01"
                   "a\x80"sv));  // keys b, a
    CHECK(
        is_refused("\x07\x02\x01"
                   "a\x80\x01"
                   "a\x80"sv));                               // a key twice
    CHECK(is_refused("\x09\x80\x80\xC0\xD9\xD1\xE9\x13"sv));  // beyond the end of the day
    CHECK(is_refused("\x0E"sv));                              // no such tag
    CHECK(is_refused("\x03\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"sv));
}

TEST_CASE("nesting has a limit when reading", "[codec]") {
    std::string deep;
    for (int i = 0; i < 1'000'000; ++i) deep += "\x06\x01";
    CHECK(is_refused(deep));
    std::string allowed;
    for (int i = 0; i < value_nesting_max; ++i) allowed += "\x06\x01";
    allowed += '\x01';
    CHECK_FALSE(is_refused(allowed));
}

TEST_CASE("index values compare as bytes in the order of values", "[codec][random]") {
    const std::uint64_t seed = test::seed("index values");
    std::mt19937_64 random{seed};
    std::vector<std::pair<Value, std::string>> values;
    for (int i = 0; i < 700; ++i) {
        Value value = test::random_value(random, 3);
        std::string bytes = encode_index_value(value);
        values.emplace_back(std::move(value), std::move(bytes));
    }
    for (const auto& [a, a_bytes] : values)
        for (const auto& [b, b_bytes] : values) {
            if (!index_value_is_exact(a_bytes) || !index_value_is_exact(b_bytes)) continue;
            const auto by_value = order(a, b);
            const auto by_bytes = std::string_view{a_bytes} <=> std::string_view{b_bytes};
            if (by_value != by_bytes) {
                INFO("seed " << seed << ": " << print(a) << " and " << print(b));
                REQUIRE((by_value == by_bytes));
            }
        }
}

TEST_CASE("1 and 1.0 have the same index bytes, and 2^53 + 1 lies between its floats", "[codec]") {
    CHECK(encode_index_value(1) == encode_index_value(1.0));
    CHECK(encode_index_value(0.0) == encode_index_value(-0.0));
    const std::int64_t big = std::int64_t{1} << 53;
    CHECK(encode_index_value(big) == encode_index_value(0x1p53));
    CHECK(encode_index_value(big + 1) > encode_index_value(0x1p53));
    CHECK(encode_index_value(big + 1) < encode_index_value(0x1p53 + 2));
}

TEST_CASE("a text's index bytes begin those of every text that begins with it", "[codec]") {
    CHECK(encode_index_value("server-01").starts_with(encode_index_value("server")));
}

TEST_CASE("long values are cut to 480 bytes, differ by their hash and say that they are cut", "[codec]") {
    const std::string common(1000, 'x');
    const std::string a = encode_index_value(common + "a"), b = encode_index_value(common + "b");
    CHECK(a.size() == index_value_size_max);
    CHECK(a != b);
    CHECK_FALSE(index_value_is_exact(a));
    CHECK(a == encode_index_value(common + "a"));
    CHECK(index_value_is_exact(encode_index_value(std::string(478, 'x'))));
    CHECK_FALSE(index_value_is_exact(encode_index_value(std::string(479, 'x'))));
}
