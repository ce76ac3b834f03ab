#include "part.hpp"

#include "damage.hpp"

#include <catch2/catch.hpp>

using namespace mainstay;

namespace {

const PartKey key{ElementKind::node, column_part(KeyId{7}), 12};

std::string sample() {
    PartWriter out(0);
    const std::uint32_t numbers[] = {1, 2, 3};
    out.append(std::span<const std::uint32_t>(numbers));
    return out.seal(key, 3, mark_of(TxNumber{5}));
}

}  // namespace

TEST_CASE("a part key is one number ordered by kind, part, segment", "[part]") {
    const PartKey nodes{ElementKind::node, Part::in, 0xFFFF'FFFF}, column{ElementKind::node, Part::column_first, 0},
        rels{ElementKind::relationship, Part::elements, 0};
    CHECK(nodes.number() < column.number());
    CHECK(column.number() < rels.number());
    CHECK(PartKey::from(rels.number()) == rels);
    CHECK(PartKey::from(key.number()) == key);
    CHECK(column_key(key.part) == KeyId{7});
}

TEST_CASE("a sealed part carries its header and is padded to pages of its own", "[part]") {
    const std::string blob = sample();
    CHECK(blob.size() == part_bytes_min);
    const PartHeader header = check_part(blob, key, Check::full);
    CHECK(header.slots == 3);
    CHECK(header.last_change == 5);
}

TEST_CASE("a sound part under another key is corrupt", "[part]") {
    const std::string blob = sample();
    PartKey other = key;
    other.segment = 13;
    CHECK(test::is_corrupt([&] { check_part(blob, other, Check::full); }));
    other = key;
    other.part = Part::out;
    CHECK(test::is_corrupt([&] { check_part(blob, other, Check::bounds); }));
}

TEST_CASE("a corrupt part is named with its segment and part", "[part]") {
    std::string blob = sample();
    blob[100] ^= 1;
    CHECK_THROWS_WITH(check_part(blob, key, Check::full), Catch::Contains("node segment 12, column of key 7"));
}

TEST_CASE("an unaligned part is refused", "[part]") {
    std::string room = "12345678" + sample();
    CHECK(test::is_corrupt([&] { check_part(std::string_view(room).substr(8), key, Check::bounds); }));
}

TEST_CASE("damage anywhere in a part is noticed", "[part]") {
    const auto read = [](std::string_view blob) { check_part(blob, key, Check::full); };
    test::expect_truncations_noticed(sample(), read);
    test::expect_flips_noticed(sample(), 1, read);
}

TEST_CASE("a mark tells transactions from loads", "[part]") {
    CHECK_FALSE(is_load(mark_of(TxNumber{9})));
    CHECK(is_load(mark_of_load(9)));
    CHECK(number_of(mark_of_load(9)) == 9);
    CHECK_FALSE(is_load(Mark::never));
}
