#include "mainstay/core/error.hpp"
#include "support/random_value.hpp"
#include "temporal/calendar.hpp"
#include "temporal/zone.hpp"

#include <catch2/catch.hpp>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>

using namespace mainstay;
using namespace mainstay::temporal;

namespace {

const std::filesystem::path zoneinfo = "/usr/share/zoneinfo";

std::string message_of(const std::function<void()>& f) {
    try {
        f();
        return "";
    } catch (const Error& error) {
        CHECK(error.code() == Code::invalid_temporal);
        return error.message() + "; " + error.hint();
    }
}

std::int64_t utc(std::string_view text) { return parse_datetime(text)->seconds; }

std::string at(std::string_view local, std::string_view zone, std::optional<std::int32_t> preferred = std::nullopt) {
    return to_string(at_zone(*parse_local_datetime(local), parse_zone(zone), preferred));
}

}  // namespace

TEST_CASE("offsets agree with the C library's from 1900 to 2400", "[temporal][zone][random]") {
    const std::uint64_t seed = test::seed("zone offsets");
    std::mt19937_64 random{seed};
    for (const std::string name : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata",
                                   "Africa/Casablanca", "America/Sao_Paulo", "Pacific/Apia", "Asia/Gaza",
                                   "America/Nuuk", "Europe/Dublin", "UTC", "Antarctica/Troll"}) {
        setenv("TZ", (":" + name).c_str(), 1);
        tzset();
        const ZoneRules rules = load_zone(zoneinfo, name);
        for (int i = 0; i < 3'000; ++i) {
            const std::time_t seconds = static_cast<std::time_t>(random() % 15'778'800'000ULL) - 2'208'988'800;
            std::tm local{};
            localtime_r(&seconds, &local);
            INFO("seed " << seed << ", " << name << " at " << seconds);
            REQUIRE(rules.offset_at(seconds) == local.tm_gmtoff);
        }
    }
    unsetenv("TZ");
    tzset();
}

TEST_CASE("a local time in a gap moves forward by the gap, one in an overlap takes the earlier instant",
          "[temporal][zone]") {
    CHECK(at("2017-03-26T02:30", "Europe/Berlin") == "2017-03-26T03:30+02:00[Europe/Berlin]");
    CHECK(at("2017-10-29T02:30", "Europe/Berlin") == "2017-10-29T02:30+02:00[Europe/Berlin]");
    CHECK(at("2017-10-29T02:30", "Europe/Berlin", 3600) == "2017-10-29T02:30+01:00[Europe/Berlin]");
    CHECK(at("2011-12-30T12:00", "Pacific/Apia") == "2011-12-31T12:00+14:00[Pacific/Apia]");
}

TEST_CASE("resolving what offset_at says gives the instant back", "[temporal][zone][random]") {
    const std::uint64_t seed = test::seed("zone round trips");
    std::mt19937_64 random{seed};
    for (const auto name :
         {"Europe/Berlin", "Pacific/Apia", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca"}) {
        const ZoneRules& rules = rules_of(intern_zone(name));
        for (int i = 0; i < 20'000; ++i) {
            const auto seconds = static_cast<std::int64_t>(random() % 15'778'800'000ULL) - 2'208'988'800;
            const std::int32_t offset = rules.offset_at(seconds);
            INFO("seed " << seed << ", " << name << " at " << seconds);
            REQUIRE(rules.resolve(seconds + offset, offset).utc_seconds == seconds);
        }
    }
}

TEST_CASE("the yearly rule holds for ever", "[temporal][zone]") {
    CHECK(at("2500-07-01T12:00", "Europe/Berlin") == "2500-07-01T12:00+02:00[Europe/Berlin]");
    CHECK(at("+999999999-01-01T12:00", "America/New_York") == "+999999999-01-01T12:00-05:00[America/New_York]");
    CHECK(rules_of(intern_zone("Australia/Sydney")).offset_at(utc("2999-01-01T00:00Z")) == 39'600);
}

TEST_CASE("merged zones keep their names, and differ from their own history only before 1970", "[temporal][zone]") {
    CHECK(at("1818-07-21T12:00", "Europe/Stockholm") == "1818-07-21T12:00+00:53:28[Europe/Stockholm]");
    CHECK(merged_zone("Europe/Berlin") == "Europe/Berlin");
    for (const std::string name :
         {"Europe/Stockholm", "Europe/Oslo", "Africa/Accra", "Pacific/Wake", "America/Nassau", "Asia/Kuwait"}) {
        REQUIRE(merged_zone(name) != name);
        const ZoneRules own = load_zone(zoneinfo, name);
        const ZoneRules& merged = rules_of(intern_zone(name));
        for (std::int64_t seconds = 0; seconds < 4'000'000'000; seconds += 31'337) {
            INFO(name << " at " << seconds);
            REQUIRE(own.offset_at(seconds) == merged.offset_at(seconds));
        }
    }
}

TEST_CASE("every form of a POSIX TZ rule is read", "[temporal][zone]") {
    const auto offset = [](std::string_view rule, std::string_view instant) {
        const auto parsed = parse_yearly_rule(rule);
        REQUIRE(parsed);
        return parsed->offset_at(utc(instant));
    };
    CHECK(offset("UTC0", "2030-07-01T00:00Z") == 0);
    CHECK(offset("<+0545>-5:45", "2030-07-01T00:00Z") == 20'700);
    CHECK(offset("EST5EDT,M3.2.0,M11.1.0", "2030-07-01T00:00Z") == -14'400);
    CHECK(offset("EST5EDT,M3.2.0,M11.1.0", "2030-12-01T00:00Z") == -18'000);
    CHECK(offset("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2030-03-30T23:30Z") == -7'200);
    CHECK(offset("XXX0YYY,J60/0,J300/0", "2028-02-29T12:00Z") == 0);    // J60 is March 1st in leap years too
    CHECK(offset("XXX0YYY,59/0,300/0", "2028-02-29T12:00Z") == 3'600);  // 59 is February 29th
    for (const auto wrong :
         {"", "A", "UTC", "UTC0X", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.1.0,M1.1.0", "EST5EDT,M3.2.0,M11.1.0,"})
        CHECK_FALSE(parse_yearly_rule(wrong));
}

TEST_CASE("an unknown zone, a path out of the folder and missing zone data are said clearly", "[temporal][zone]") {
    CHECK(
        message_of([] { parse_datetime("2020-01-01T00:00[Foo/Bar]"); }).starts_with("there is no time zone `Foo/Bar`"));
    CHECK(message_of([] { load_zone(zoneinfo, "../../../etc/passwd"); }).starts_with("there is no time zone"));
    CHECK(message_of([] { load_zone(zoneinfo, "Europe"); }).starts_with("there is no time zone"));
    CHECK(message_of([] { load_zone(zoneinfo, "zone.tab"); }).starts_with("there is no time zone"));
    CHECK(message_of([] { load_zone("/nonexistent", "Europe/Berlin"); }).find("install the package tzdata") !=
          std::string::npos);
    CHECK(message_of([] { parse_zone("+19:00"); }).find("is not") != std::string::npos);
}

TEST_CASE("a damaged zone file is refused, wherever it is cut or changed", "[temporal][zone][random]") {
    std::ifstream file{zoneinfo / "Europe/Berlin", std::ios::binary};
    const std::string whole{std::istreambuf_iterator<char>{file}, {}};
    REQUIRE(whole.size() > 100);
    for (std::size_t size = 0; size + 60 < whole.size(); ++size)
        REQUIRE_THROWS_AS((ZoneRules{"Europe/Berlin", std::string_view{whole}.substr(0, size)}), Error);
    const std::uint64_t seed = test::seed("damaged zone files");
    std::mt19937_64 random{seed};
    for (int i = 0; i < 5'000; ++i) {
        std::string changed = whole;
        for (int n = 0; n < 3; ++n) changed[random() % changed.size()] = static_cast<char>(random());
        try {
            const ZoneRules rules{"Europe/Berlin", changed};
            rules.resolve(static_cast<std::int64_t>(random() % 4'000'000'000));
        } catch (const Error&) {
        }
    }
}
