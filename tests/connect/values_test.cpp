#include "mainstay/connect/values.hpp"

#include <catch2/catch.hpp>

namespace mainstay {

TEST_CASE("instants are days or times in UTC microseconds, as far as 64 bits hold them", "[values]") {
    CHECK(parse_micros("1970-01-02") == 86'400'000'000);
    CHECK(parse_micros("1970-01-01T01:00+01:00") == 0);
    CHECK(parse_micros("1969-12-31T23:59:59.5") == -500'000);
    CHECK(parse_micros("yesterday") == std::nullopt);
    CHECK(parse_micros("+999999999-01-01") == std::nullopt);
    CHECK(parse_micros("-999999999-01-01T00:00Z") == std::nullopt);
    CHECK(to_text(instant_value(-500'000)) == "1969-12-31T23:59:59.500Z");
    CHECK(count_value(~std::uint64_t{0}).as_int() == 9'223'372'036'854'775'807);
}

}  // namespace mainstay
