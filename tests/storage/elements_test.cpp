#include "elements.hpp"

#include "damage.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace mainstay;

namespace {

const PartKey node_key{ElementKind::node, Part::elements, 9};
const PartKey rel_key{ElementKind::relationship, Part::elements, 9};

struct Element {
    std::uint32_t name = 0, source = 0, target = 0;
    Mark created{}, ended = Mark::never;
};

// Random elements in up to `slots` slots, some missing, some ended, in runs of one transaction.
std::map<std::uint32_t, Element> random_elements(std::mt19937_64& random, std::uint32_t slots, std::uint32_t names,
                                                 std::uint32_t reach) {
    std::map<std::uint32_t, Element> all;
    std::uint64_t tx = 10;
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
        if (random() % 20 == 0) ++tx;
        if (random() % 30 == 0) continue;
        Element e{static_cast<std::uint32_t>(random() % names), static_cast<std::uint32_t>(1000 + random() % reach),
                  static_cast<std::uint32_t>(random() % reach), mark_of(TxNumber{tx})};
        if (random() % 50 == 0) e.created = mark_of_load(3);
        if (random() % 40 == 0) e.ended = mark_of(TxNumber{tx + 100});
        all[slot] = e;
    }
    return all;
}

void expect_marks(const ElementsPart& part, std::uint32_t slots, const std::map<std::uint32_t, Element>& all) {
    REQUIRE(part.slots() == slots);
    std::uint32_t live = 0, wrong = 0;
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
        const auto at = all.find(slot);
        const Element none{0, 0, 0, Mark::never, Mark::never};
        const Element& e = at == all.end() ? none : at->second;
        const bool is_live = e.created != Mark::never && e.ended == Mark::never;
        live += is_live;
        wrong += part.created(slot) != e.created || part.ended(slot) != e.ended || part.is_live(slot) != is_live;
    }
    CHECK(wrong == 0);
    CHECK(part.live_count() == live);
    CHECK_FALSE(part.is_live(slots));
    CHECK(part.created(slots) == Mark::never);
}

void walk_marks(const ElementsPart& part, std::uint64_t& sum) {
    for (std::uint32_t slot = 0; slot < segment_slots; ++slot)
        sum += part.is_live(slot) + static_cast<std::uint64_t>(part.created(slot)) +
               static_cast<std::uint64_t>(part.ended(slot));
}

volatile std::uint64_t sink;

void walk_nodes(std::string_view blob) {
    const NodeElements part = read_node_elements(blob, node_key, Check::full);
    std::uint64_t sum = 0;
    walk_marks(part, sum);
    for (std::uint32_t slot = 0; slot < part.slots(); ++slot) sum += raw(part.shape(slot));
    for (const ShapeId shape : part.shapes()) sum += raw(shape);
    sink = sum;
}

void walk_rels(std::string_view blob) {
    const RelElements part = read_rel_elements(blob, rel_key, Check::full);
    std::uint64_t sum = 0;
    walk_marks(part, sum);
    for (std::uint32_t slot = 0; slot < part.slots(); ++slot) {
        const Ends ends = part.ends(slot);
        sum += raw(ends.type) + raw(ends.source) + raw(ends.target);
    }
    sink = sum;
}

}  // namespace

TEST_CASE("node elements give back shapes, marks and liveness", "[elements]") {
    const auto seed = GENERATE(1U, 2U, 3U);
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    for (const std::uint32_t names : {1U, 3U, 300U}) {
        const auto all = random_elements(random, 2000, names, 10);
        NodeElementsBuilder builder;
        for (const auto& [slot, e] : all) {
            builder.create(slot, e.created, ShapeId{e.name});
            if (e.ended != Mark::never) builder.end(slot, e.ended);
        }
        builder.extend(2000);
        const std::string blob = builder.finish(node_key, mark_of(TxNumber{999}));
        const NodeElements part = read_node_elements(blob, node_key, Check::full);
        expect_marks(part, 2000, all);
        CHECK(part.uniform() == (names == 1));
        CHECK(part.last_change() == mark_of(TxNumber{999}));
        std::uint32_t wrong = 0;
        for (const auto& [slot, e] : all) wrong += part.shape(slot) != ShapeId{e.name};
        CHECK(wrong == 0);
        CHECK(NodeElementsBuilder::from(part).finish(node_key, mark_of(TxNumber{999})) == blob);
    }
}

TEST_CASE("a relabelled slot's old shape stays in the list of shapes ever held", "[elements]") {
    NodeElementsBuilder builder;
    builder.create(0, Mark{1}, ShapeId{5});
    builder.create(1, Mark{1}, ShapeId{5});
    builder.relabel(0, ShapeId{2});
    builder.relabel(1, ShapeId{2});
    const std::string blob = builder.finish(node_key, Mark{2});
    const NodeElements part = read_node_elements(blob, node_key, Check::full);
    CHECK(part.uniform());
    CHECK(part.shape(1) == ShapeId{2});
    REQUIRE(part.shapes().size() == 2);
    CHECK(part.shapes()[1] == ShapeId{5});
    NodeElementsBuilder again = NodeElementsBuilder::from(part);
    again.relabel(0, ShapeId{7});
    const std::string later = again.finish(node_key, Mark{3});
    CHECK(read_node_elements(later, node_key, Check::full).shapes().size() == 3);
}

TEST_CASE("relationship elements give back types, ends, marks and liveness", "[elements]") {
    const auto seed = GENERATE(4U, 5U, 6U);
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    for (const std::uint32_t reach : {1U, 200U, 60'000U, 4'000'000U}) {
        const auto all = random_elements(random, segment_slots, reach % 7 + 1, reach);
        RelElementsBuilder builder;
        for (const auto& [slot, e] : all) {
            builder.create(slot, e.created, TypeId{e.name}, NodeId{e.source}, NodeId{e.target});
            if (e.ended != Mark::never) builder.end(slot, e.ended);
        }
        builder.extend(segment_slots);
        const std::string blob = builder.finish(rel_key, Mark{9});
        const RelElements part = read_rel_elements(blob, rel_key, Check::full);
        expect_marks(part, segment_slots, all);
        std::uint32_t wrong = 0;
        for (const auto& [slot, e] : all)
            wrong += part.type(slot) != TypeId{e.name} || part.source(slot) != NodeId{e.source} ||
                     part.target(slot) != NodeId{e.target};
        CHECK(wrong == 0);
        CHECK(RelElementsBuilder::from(part).finish(rel_key, Mark{9}) == blob);
    }
}

TEST_CASE("a segment of gaps only holds nothing", "[elements]") {
    NodeElementsBuilder builder;
    builder.extend(70);
    const std::string blob = builder.finish(node_key, Mark{1});
    const NodeElements part = read_node_elements(blob, node_key, Check::full);
    CHECK(part.live_count() == 0);
    CHECK(part.shapes().empty());
    CHECK(part.created(69) == Mark::never);
}

TEST_CASE("a full uniform segment costs no array but its marks", "[elements]") {
    NodeElementsBuilder builder;
    for (std::uint32_t slot = 0; slot < segment_slots; ++slot) builder.create(slot, Mark{1}, ShapeId{3});
    const std::string blob = builder.finish(node_key, Mark{1});
    CHECK(blob.size() == part_bytes_min);
    CHECK(read_node_elements(blob, node_key, Check::full).live_bitmap() == nullptr);
}

TEST_CASE("damaged elements are refused or harmless", "[elements]") {
    const auto seed = GENERATE(21U, 22U);
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const auto all = random_elements(random, 900, 3, 60'000);
    NodeElementsBuilder nodes;
    RelElementsBuilder rels;
    for (const auto& [slot, e] : all) {
        nodes.create(slot, e.created, ShapeId{e.name});
        rels.create(slot, e.created, TypeId{e.name}, NodeId{e.source}, NodeId{e.target});
        if (e.ended == Mark::never) continue;
        nodes.end(slot, e.ended);
        rels.end(slot, e.ended);
    }
    const std::string node_blob = nodes.finish(node_key, Mark{4}), rel_blob = rels.finish(rel_key, Mark{4});
    test::expect_truncations_noticed(node_blob, walk_nodes);
    test::expect_truncations_noticed(rel_blob, walk_rels);
    test::expect_flips_noticed(node_blob, seed, walk_nodes);
    test::expect_flips_noticed(rel_blob, seed, walk_rels);
    test::expect_forgeries_harmless(node_blob, node_key, seed, walk_nodes);
    test::expect_forgeries_harmless(rel_blob, rel_key, seed, walk_rels);
}
