#include "bolt_client.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

namespace mainstay::tck {
namespace {

using server::PackReader;
using server::PackWriter;

std::string read(const std::function<void(PackWriter&)>& write) {
    std::string bytes;
    PackWriter out{bytes};
    write(out);
    PackReader in{bytes};
    return canonical(read_bolt_value(in), ListOrder::counts);
}

void node(PackWriter& out, std::int64_t id, const char* label) {
    out.structure('N', 4);
    out.integer(id);
    out.list(1);
    out.string(label);
    out.map(0);
    out.string("n" + std::to_string(id));
}

void unbound(PackWriter& out, std::int64_t id, const char* type) {
    out.structure('r', 4);
    out.integer(id);
    out.string(type);
    out.map(1);
    out.string("k");
    out.integer(id);
    out.string("r" + std::to_string(id));
}

}  // namespace

TEST_CASE("a path of Bolt goes by its numbers, backwards where they are negative") {
    CHECK(read([](PackWriter& out) {
              out.structure('P', 3);
              out.list(2);
              node(out, 7, "A");
              node(out, 8, "B");
              out.list(2);
              unbound(out, 1, "S");
              unbound(out, 2, "T");
              out.list(6);
              for (const int step : {2, 1, -1, 0, 1, 1}) out.integer(step);
          }) == "<(:A)-[:T {k: 2}]->(:B)<-[:S {k: 1}]-(:A)-[:S {k: 1}]->(:B)>");
    CHECK_THROWS(read([](PackWriter& out) {
        out.structure('P', 3);
        out.list(1);
        node(out, 7, "A");
        out.list(0);
        out.list(2);
        out.integer(1);
        out.integer(0);
    }));
}

TEST_CASE("temporal values of Bolt are the texts that the language prints") {
    const auto times = [](std::uint8_t tag, const std::vector<std::int64_t>& numbers, const char* zone = nullptr) {
        return read([&](PackWriter& out) {
            out.structure(tag, numbers.size() + (zone ? 1 : 0));
            for (const std::int64_t number : numbers) out.integer(number);
            if (zone) out.string(zone);
        });
    };
    CHECK(times('D', {1}) == "'1970-01-02'");
    CHECK(times('t', {1'000'000'000}) == "'00:00:01'");
    CHECK(times('T', {0, -3'600}) == "'00:00-01:00'");
    CHECK(times('d', {60, 5}) == "'1970-01-01T00:01:00.000000005'");
    CHECK(times('E', {14, 3, 5, 0}) == "'P1Y2M3DT5S'");
    CHECK(times('I', {0, 0, 7'200}) == "'1970-01-01T02:00+02:00'");
    CHECK(times('i', {1'782'900'000, 0}, "Europe/Stockholm") == "'2026-07-01T12:00+02:00[Europe/Stockholm]'");
    CHECK_THROWS_AS(times('I', {0, 0}), std::runtime_error);
    CHECK_THROWS_AS(times('X', {0, 0, 0}), std::runtime_error);
}

TEST_CASE("what is written for Bolt is read as the same") {
    for (const char* text : {"null", "true", "-7", "1.5", "'x'", "[1, [2.0, null]]", "{a: {b: [true]}}"})
        CHECK(read([&](PackWriter& out) { write_bolt_value(parse_text_value(text), out); }) ==
              canonical(parse_text_value(text), ListOrder::counts));
    CHECK_THROWS_AS(read([](PackWriter& out) { write_bolt_value(parse_text_value("(:A)"), out); }), std::runtime_error);
}

}  // namespace mainstay::tck
