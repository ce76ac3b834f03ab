#include "adjacency.hpp"

#include "damage.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <tuple>

using namespace mainstay;

namespace {

const PartKey key{ElementKind::node, Part::out, 3};

using Edges = std::map<std::pair<std::uint32_t, std::uint32_t>, std::set<std::pair<std::uint32_t, std::uint32_t>>>;

struct Sample {
    std::uint32_t slots = 0;
    Edges edges;  // (type, slot) -> (other, rel)
    std::string blob;
};

Sample make(std::mt19937_64& random, std::uint32_t slots, std::uint32_t types, std::uint32_t count, bool hub) {
    Sample sample;
    sample.slots = slots;
    AdjacencyBuilder builder;
    for (std::uint32_t rel = 0; rel < count; ++rel) {
        const auto type = static_cast<std::uint32_t>(random() % types);
        // The first type is dense, later ones get sparser.
        const auto slot = static_cast<std::uint32_t>(hub ? 0 : random() % slots / (1 + type * type * 4));
        const auto other = static_cast<std::uint32_t>(random() % 1000);
        builder.add(slot, TypeId{type * 3}, NodeId{other}, RelId{rel});
        sample.edges[{type * 3, slot}].insert({other, rel});
    }
    sample.blob = builder.finish(key, slots, mark_of(TxNumber{77}));
    return sample;
}

void expect_same(const AdjacencyPart& part, const Edges& edges) {
    std::size_t found = 0;
    for (const TypeBlock& block : part.blocks)
        for (std::uint32_t slot = 0; slot < part.slots; ++slot) {
            const auto range = block.range(slot);
            const auto at = edges.find({raw(block.type), slot});
            std::vector<std::pair<std::uint32_t, std::uint32_t>> here;
            for (auto i = range.begin; i < range.end; ++i) here.emplace_back(raw(block.other[i]), raw(block.rel[i]));
            const auto expected =
                at == edges.end() ? decltype(here){} : decltype(here)(at->second.begin(), at->second.end());
            if (here != expected) FAIL("type " << raw(block.type) << " slot " << slot);
            found += here.size();
        }
    std::size_t count = 0;
    for (const auto& [where, set] : edges) count += set.size();
    CHECK(found == count);
    CHECK(part.edges == count);
}

volatile std::uint64_t sink;  // keeps the reads

void walk(std::string_view blob) {
    const AdjacencyPart part = read_adjacency(blob, key, Check::full);
    std::uint64_t sum = 0;
    for (const TypeBlock& block : part.blocks)
        for (std::uint32_t slot = 0; slot < segment_slots; ++slot) {
            const auto range = block.range(slot);
            for (auto i = range.begin; i < range.end; ++i) sum += raw(block.other[i]) + raw(block.rel[i]);
        }
    sink = sum;
}

}  // namespace

TEST_CASE("an adjacency part gives back the edges of every slot in order", "[adjacency]") {
    const auto seed = GENERATE(1U, 2U, 3U);
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    for (const std::uint32_t slots : {1U, 63U, 64U, 65U, 1000U, segment_slots}) {
        const Sample sample = make(random, slots, 5, static_cast<std::uint32_t>(random() % (slots * 6) + 1), false);
        const AdjacencyPart part = read_adjacency(sample.blob, key, Check::full);
        CHECK(part.slots == slots);
        CHECK(part.last_change == mark_of(TxNumber{77}));
        expect_same(part, sample.edges);
    }
}

TEST_CASE("a type with over 65,535 edges has wide offsets", "[adjacency]") {
    std::mt19937_64 random(4);
    const Sample dense = make(random, segment_slots, 1, 70'000, false);
    const AdjacencyPart part = read_adjacency(dense.blob, key, Check::full);
    REQUIRE(part.blocks.size() == 1);
    CHECK(part.blocks[0].offsets32);
    CHECK_FALSE(part.blocks[0].bitmap);
    expect_same(part, dense.edges);
    const Sample hub = make(random, segment_slots, 1, 70'000, true);
    const AdjacencyPart hub_part = read_adjacency(hub.blob, key, Check::full);
    CHECK(hub_part.blocks[0].offsets32);
    CHECK(hub_part.blocks[0].bitmap);
    expect_same(hub_part, hub.edges);
}

TEST_CASE("a type that few slots have costs a bitmap instead of an offset a slot", "[adjacency]") {
    AdjacencyBuilder builder;
    builder.add(4000, TypeId{1}, NodeId{5}, RelId{6});
    const std::string blob = builder.finish(key, segment_slots, Mark{1});
    CHECK(blob.size() <= part_bytes_min);
    CHECK(read_adjacency(blob, key, Check::full).blocks[0].range(4000).end == 1);
}

TEST_CASE("an adjacency header says newest relationship, ended edges and dates", "[adjacency]") {
    AdjacencyBuilder builder;
    builder.add(1, TypeId{2}, NodeId{500}, RelId{41});
    builder.add(0, TypeId{4}, NodeId{9}, RelId{40});
    builder.set_validity(TypeId{4}, {100, 900});
    builder.set_validity(TypeId{4}, {50, 800});
    builder.set_last_ended(mark_of(TxNumber{6}));
    const std::string blob = builder.finish(key, 2, mark_of(TxNumber{7}));
    const AdjacencyPart part = read_adjacency(blob, key, Check::full);
    CHECK(part.newest_rel == 41);
    CHECK(part.other_limit == 501);
    CHECK(part.last_ended == mark_of(TxNumber{6}));
    CHECK(part.find(TypeId{4}) == 1);
    CHECK(part.find(TypeId{3}) == part.blocks.size());
    CHECK(part.validity(0).valid_to_min == std::numeric_limits<std::int64_t>::max());
    CHECK(part.validity(1).valid_from_max == 100);
    CHECK(part.validity(1).valid_to_min == 800);
}

TEST_CASE("an adjacency part without edges exists only to remember ended ones", "[adjacency]") {
    AdjacencyBuilder builder;
    CHECK(builder.finish(key, 10, Mark{1}).empty());
    builder.reset();
    builder.set_last_ended(mark_of(TxNumber{6}));
    const std::string blob = builder.finish(key, 10, Mark{6});
    const AdjacencyPart part = read_adjacency(blob, key, Check::full);
    CHECK(part.blocks.empty());
    CHECK(part.newest_rel == no_id);
    CHECK(part.last_ended == mark_of(TxNumber{6}));
}

TEST_CASE("a builder that was reset starts afresh", "[adjacency]") {
    AdjacencyBuilder builder;
    builder.add(3, TypeId{1}, NodeId{1}, RelId{1});
    (void)builder.finish(key, 4, Mark{1});
    builder.reset();
    builder.add(0, TypeId{0}, NodeId{2}, RelId{2});
    const std::string blob = builder.finish(key, 1, Mark{2});
    expect_same(read_adjacency(blob, key, Check::full), Edges{{{0, 0}, {{2, 2}}}});
}

TEST_CASE("a damaged adjacency part is refused or harmless", "[adjacency]") {
    const auto seed = GENERATE(11U, 12U);
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const Sample sample = make(random, 300, 4, 1500, false);
    test::expect_truncations_noticed(sample.blob, walk);
    test::expect_flips_noticed(sample.blob, seed, walk);
    test::expect_forgeries_harmless(sample.blob, key, seed, walk);
}

TEST_CASE("each type's ends and relationships are checked on their own", "[adjacency]") {
    std::mt19937_64 random(9);
    const Sample sample = make(random, 2000, 3, 6000, false);
    const AdjacencyPart sound = read_adjacency(sample.blob, key, Check::head);
    REQUIRE(sound.blocks.size() == 3);
    CHECK_FALSE(sound.is_checked());
    const auto place_of = [&](std::size_t block, EdgeArrays which) {
        const auto bytes = sound.bytes(block, which);
        return static_cast<std::size_t>(bytes.data() - sample.blob.data()) + random() % bytes.size();
    };
    for (std::size_t damaged = 0; damaged < 3; ++damaged)
        for (const auto where : {EdgeArrays::ends, EdgeArrays::rels}) {
            std::string blob = sample.blob;
            blob[place_of(damaged, where)] ^= 4;
            const AdjacencyPart part = read_adjacency(blob, key, Check::head);
            for (std::size_t block = 0; block < 3; ++block)
                for (const auto which : {EdgeArrays::ends, EdgeArrays::rels}) {
                    CAPTURE(damaged, block);
                    CHECK(test::is_corrupt([&] { part.check(block, which); }) == (block == damaged && which == where));
                }
            CHECK(test::is_corrupt([&] { read_adjacency(blob, key, Check::full); }));
        }
}

TEST_CASE("the sums of an adjacency part cover every byte", "[adjacency]") {
    std::mt19937_64 random(10);
    const Sample sample = make(random, 300, 4, 500, false);
    const AdjacencyPart part = read_adjacency(sample.blob, key, Check::head);
    std::size_t covered = load<AdjacencyHeader>(sample.blob, sizeof(PartHeader)).arrays;
    for (const auto which : {EdgeArrays::ends, EdgeArrays::rels})
        for (std::size_t block = 0; block < part.blocks.size(); ++block) covered += part.bytes(block, which).size();
    CHECK(covered == sample.blob.size());
}

TEST_CASE("an adjacency part remembers what was checked of it", "[adjacency]") {
    std::mt19937_64 random(11);
    const Sample sample = make(random, 64, 2, 100, false);
    CHECK(read_adjacency(sample.blob, key, Check::full).is_checked());
    AdjacencyPart part = read_adjacency(sample.blob, key, Check::bounds);
    REQUIRE(part.blocks.size() == 2);
    part.note_checked(1, EdgeArrays::rels);
    part.note_checked(1, EdgeArrays::rels);
    CHECK(part.is_checked(1, EdgeArrays::rels));
    CHECK_FALSE(part.is_checked(1, EdgeArrays::ends));
    CHECK_FALSE(part.is_checked());
    part.note_checked(1, EdgeArrays::ends);
    part.note_checked(0, EdgeArrays::ends);
    part.note_checked(0, EdgeArrays::rels);
    CHECK(part.is_checked());
}
