#include "bolt/chunks.hpp"
#include "bolt_text.hpp"
#include "support/random_value.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/core/utf8.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <random>

namespace mainstay::server {
namespace {

std::string packed(const Value& value, ValueForm form = {}) {
    std::string bytes;
    PackWriter out{bytes};
    write_value(value, form, out);
    return bytes;
}

Value unpacked(std::string_view bytes, ValueForm form = {}) {
    PackReader in{bytes};
    Value value = read_value(in, form);
    CHECK(in.at_end());
    return value;
}

std::string hex(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) text += fmt::format("{:02X}", static_cast<unsigned char>(c));
    return text;
}

}  // namespace

TEST_CASE("values are packed as the specification shows", "[packstream]") {
    CHECK(hex(packed(Value{})) == "C0");
    CHECK(hex(packed(Value{true})) == "C3");
    CHECK(hex(packed(Value{1})) == "01");
    CHECK(hex(packed(Value{-17})) == "C8EF");
    CHECK(hex(packed(Value{42})) == "2A");
    CHECK(hex(packed(Value{1234})) == "C904D2");
    CHECK(hex(packed(Value{std::numeric_limits<std::int64_t>::min()})) == "CB8000000000000000");
    CHECK(hex(packed(Value{1.23})) == "C13FF3AE147AE147AE");
    CHECK(hex(packed(Value{"A"})) == "8141");
    CHECK(hex(packed(Value{"ABCDEFGHIJKLMNOPQRSTUVWXYZ"})).starts_with("D01A4142"));
    CHECK(hex(packed(Value::list({1, 2, 3}))) == "93010203");
    CHECK(hex(packed(Value::map({{"one", "eins"}}))) == "A1836F6E658465696E73");
}

TEST_CASE("integers of every width read back equal", "[packstream]") {
    for (int bits = 0; bits < 64; ++bits)
        for (const std::int64_t around : {-1, 0, 1})
            for (const std::int64_t sign : {-1, 1}) {
                const auto value =
                    static_cast<std::int64_t>(static_cast<std::uint64_t>(sign) *
                                              ((std::uint64_t{1} << bits) + static_cast<std::uint64_t>(around)));
                CHECK(unpacked(packed(Value{value})).as_int() == value);
            }
    for (const std::size_t size : {0U, 15U, 16U, 255U, 256U, 65'535U, 65'536U}) {
        CHECK(unpacked(packed(Value{std::string(size, 'x')})).as_string().size() == size);
        CHECK(unpacked(packed(Value::list(ValueList(size)))).as_list().size() == size);
    }
}

TEST_CASE("times keep their instant, offset and zone in both forms", "[packstream]") {
    for (const bool utc : {true, false}) {
        const ValueForm form{utc, utc};
        for (const char* text :
             {"2026-11-30T09:06:00.000000001+01:00", "1969-12-31T23:59:59Z", "2026-07-01T12:00-05:30",
              "2026-07-01T12:00[Europe/Stockholm]", "2026-01-01T00:00+01:00[Europe/Stockholm]"}) {
            const Value value{*parse_datetime(text)};
            INFO(text << (utc ? " in UTC" : " local"));
            CHECK(print(unpacked(packed(value, form), form)) == print(value));
        }
    }
    // One hour comes twice in autumn: in UTC both are told apart.
    for (const char* text : {"2026-10-25T02:30+02:00[Europe/Stockholm]", "2026-10-25T02:30+01:00[Europe/Stockholm]"}) {
        const Value value{*parse_datetime(text)};
        CHECK(print(unpacked(packed(value))) == print(value));
    }
    for (const Value& value : {Value{*parse_date("-0001-03-01")}, Value{*parse_local_time("23:59:59.999999999")},
                               Value{*parse_time("12:00+01:00")}, Value{*parse_local_datetime("1066-10-14T09:00")},
                               Value{*parse_duration("P1M-2DT3.5S")}})
        CHECK(print(unpacked(packed(value))) == print(value));
}

TEST_CASE("any value reads back equal", "[packstream][random]") {
    std::mt19937_64 random{test::seed("bolt values")};
    for (int i = 0; i < 5'000; ++i) {
        const Value value = test::random_value(random, 3);
        const std::string text = print(value);
        // Offsets that are not their zone's, and text that is none, do not travel.
        const bool has_zone =
            text.find("[Europe/") != text.npos || text.find("[Asia/") != text.npos || text.find("[UTC]") != text.npos;
        if (has_zone || first_invalid_utf8(text)) continue;
        INFO(text);
        CHECK(print(unpacked(packed(value))) == text);
    }
}

TEST_CASE("what the language has not is refused by its name", "[packstream]") {
    const auto refusal = [](const std::string& bytes) {
        try {
            unpacked(bytes);
        } catch (const Error& error) {
            return error.message();
        }
        return std::string{"taken"};
    };
    using namespace std::string_literals;
    const auto structure = [](std::uint8_t tag, std::size_t fields) {
        std::string bytes;
        PackWriter out{bytes};
        out.structure(tag, fields);
        for (std::size_t i = 0; i < fields; ++i) out.integer(-1);
        return bytes;
    };
    CHECK_THAT(refusal(structure(0x58, 3)), Catch::Contains("a point"));
    CHECK_THAT(refusal("\xCC\x02xx"s), Catch::Contains("bytes"));
    CHECK_THAT(refusal(structure(0x56, 2)), Catch::Contains("a vector"));
    CHECK_THAT(refusal(structure(0x4E, 4)), Catch::Contains("element id"));
    CHECK_THAT(refusal(structure(0x74, 1)), Catch::Contains("out of range"));
    for (const std::int64_t days :
         {std::int64_t{365'241'780'472}, std::int64_t{500'000'000'000}, std::numeric_limits<std::int64_t>::min()})
        CHECK_THAT(refusal(packed(Date{days})), Catch::Contains("years are -999,999,999 to 999,999,999"));
    CHECK_THAT(refusal(packed(LocalDateTime{40'000'000'000'000'000, 0})), Catch::Contains("out of range"));
    CHECK_THAT(refusal("\x82\xC3\x28"s), Catch::Contains("not UTF-8"));
    std::string deep(2'000, '\x91');
    CHECK_THAT(refusal(deep + '\x01'), Catch::Contains("nested too deep"));
}

TEST_CASE("bytes that are no message are refused and never read beyond", "[packstream][random]") {
    std::mt19937_64 random{test::seed("packstream")};
    const std::string sound = packed(Value::list({Value{1}, Value{"two"}, Value::map({{"three", Value{3.0}}}),
                                                  Value{*parse_datetime("2026-07-01T12:00[Europe/Stockholm]")}}));
    for (int i = 0; i < 20'000; ++i) {
        std::string bytes = sound.substr(0, random() % (sound.size() + 1));
        for (int flips = static_cast<int>(random() % 4); flips > 0 && !bytes.empty(); --flips)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        try {
            PackReader in{bytes};
            (void)read_value(in, {});
        } catch (const Error&) {
        } catch (const ProtocolError&) {
        }
    }
    CHECK_THROWS_AS(unpacked(""), ProtocolError);
    CHECK_THROWS_AS(unpacked("\xD6\xFF\xFF\xFF\xFF"), ProtocolError);  // a size costs no memory
    CHECK_THROWS_AS(unpacked("\xC7"), ProtocolError);
}

TEST_CASE("messages are put together however their chunks arrive", "[packstream]") {
    std::string stream;
    const std::string large(200'000, 'x');
    append_chunked("one", stream);
    stream.append(4, '\0');  // two empty chunks between messages
    append_chunked(large, stream);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, stream.size()}) {
        ChunkReader chunks{1'000'000};
        std::vector<std::string> messages;
        for (std::size_t at = 0; at < stream.size(); at += piece) {
            auto bytes = std::string_view{stream}.substr(at, piece);
            for (std::string message; chunks.take(bytes, message) == ChunkReader::Sees::message;)
                messages.push_back(message);
        }
        CHECK(messages == std::vector<std::string>{"one", large});
    }
    ChunkReader chunks{100'000};
    std::string_view bytes = stream;
    std::string message;
    CHECK(chunks.take(bytes, message) == ChunkReader::Sees::message);
    CHECK(chunks.take(bytes, message) == ChunkReader::Sees::too_long);
}

}  // namespace mainstay::server
