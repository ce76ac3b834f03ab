// The reader of LMDB's trees beside a map of the same rows.

#include "lmdb.hpp"
#include "support/random_value.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <map>
#include <thread>

namespace mainstay::test {
namespace {

using lmdb::Table;
using Write = lmdb::Transaction;

std::shared_ptr<lmdb::Environment> environment(const std::filesystem::path& file) {
    return lmdb::Environment::open(file, OpenMode::create_if_missing, Durability::relaxed, std::uint64_t{1} << 30);
}

// Walks and seeks over a table of a read transaction and over its twin. Returns how many moves were compared.
std::size_t compare(const lmdb::Transaction& txn, const std::map<std::string, std::string>& twin,
                    std::mt19937_64& random, const std::function<std::string()>& some_key) {
    auto cursor = txn.cursor(Table::delta);
    std::size_t moves = 0;
    auto at = twin.begin();
    bool stands = cursor.first();
    for (; at != twin.end(); ++at, stands = cursor.next(), ++moves)
        if (!stands || cursor.key() != at->first || cursor.value() != at->second) return 0;
    if (stands) return 0;
    stands = cursor.last();
    for (auto back = twin.rbegin(); back != twin.rend(); ++back, stands = cursor.previous(), ++moves)
        if (!stands || cursor.key() != back->first || cursor.value() != back->second) return 0;
    if (stands) return 0;
    for (int i = 0; i < 3000; ++i, ++moves) {
        const auto key = some_key();
        const auto found = twin.find(key);
        if (txn.get(Table::delta, key) !=
            (found == twin.end() ? std::nullopt : std::optional<std::string_view>(found->second)))
            return 0;
        if (i % 3 == 0) {
            if (cursor.seek_exact(key) != (found != twin.end())) return 0;
            continue;
        }
        auto place = twin.lower_bound(key);
        if (cursor.seek(key) != (place != twin.end())) return 0;
        for (auto steps = random() % 5; place != twin.end() && steps > 0; --steps) {
            if (cursor.key() != place->first || cursor.value() != place->second) return 0;
            const bool forward = random() % 2 == 0;
            if (forward ? std::next(place) == twin.end() : place == twin.begin()) break;
            forward ? ++place : --place;
            if (!(forward ? cursor.next() : cursor.previous())) return 0;
        }
    }
    return moves;
}

}  // namespace

TEST_CASE("The reader of trees gives what was put, through growth, change and loss", "[tree]") {
    std::mt19937_64 random(seed("tree reader"));
    const ScratchFolder folder;
    const auto env = environment(folder / "db");
    std::map<std::string, std::string> twin;
    const auto some_key = [&] {
        std::string key;
        for (auto n = 1 + random() % (random() % 20 == 0 ? 300 : 6); n > 0; --n)
            key += static_cast<char>("\0ab\xFF"[random() % 4]);
        return key;
    };
    for (int round = 0; round < 12; ++round) {
        {
            Write txn(env, Write::Kind::write);
            for (int i = 0; i < 700; ++i) {
                const auto key = some_key();
                if (round % 3 == 2 && random() % 3 != 0) {
                    CHECK(txn.erase(Table::delta, key) == (twin.erase(key) > 0));
                    continue;
                }
                const std::string value(random() % (random() % 30 == 0 ? 9000 : 60), static_cast<char>(random()));
                txn.put(Table::delta, key, value);
                twin[key] = value;
            }
            txn.commit();
        }
        const lmdb::Transaction txn(env, lmdb::Transaction::Kind::read);
        CHECK(compare(txn, twin, random, some_key) > 3000);
        CHECK(txn.size(Table::delta).entries == twin.size());
        CHECK(txn.check_pages().problems == std::vector<std::string>{});
    }
    {
        Write txn(env, Write::Kind::write);
        for (const auto& [key, value] : twin) CHECK(txn.erase(Table::delta, key));
        txn.commit();
    }
    const lmdb::Transaction txn(env, lmdb::Transaction::Kind::read);
    CHECK_FALSE(txn.cursor(Table::delta).first());
    CHECK_FALSE(txn.cursor(Table::delta).seek("a"));
    CHECK(txn.get(Table::delta, "a") == std::nullopt);
    CHECK(txn.check_pages().problems == std::vector<std::string>{});
}

TEST_CASE("The reader of trees orders native numbers by their value", "[tree]") {
    std::mt19937_64 random(seed("tree reader"));
    const ScratchFolder folder;
    const auto env = environment(folder / "db");
    std::map<std::uint64_t, std::string> twin;
    {
        Write txn(env, Write::Kind::write);
        for (int i = 0; i < 5000; ++i) {
            const auto number = random() >> random() % 64;
            twin[number] = std::to_string(number);
            txn.put(number, twin[number]);
        }
        txn.commit();
    }
    const lmdb::Transaction txn(env, lmdb::Transaction::Kind::read);
    auto cursor = txn.cursor(Table::segment);
    bool stands = cursor.first();
    std::size_t same = 0;
    for (const auto& [number, value] : twin) {
        same += stands && cursor.value() == value && txn.get(number) == std::optional<std::string_view>(value);
        stands = cursor.next();
    }
    CHECK(same == twin.size());
    CHECK_FALSE(stands);
    CHECK(txn.check_pages().problems == std::vector<std::string>{});
}

TEST_CASE("Threads that share a snapshot read the same", "[tree]") {
    const ScratchFolder folder;
    const auto env = environment(folder / "db");
    {
        Write txn(env, Write::Kind::write);
        for (std::uint64_t i = 0; i < 2000; ++i) txn.put(i, std::to_string(i));
        txn.put(Table::token, "key", "value");
        txn.commit();
    }
    for (int round = 0; round < 20; ++round) {
        const lmdb::Transaction txn(env, lmdb::Transaction::Kind::read);
        std::array<int, 4> found{};
        {
            std::vector<std::jthread> threads;
            for (auto& count : found)
                threads.emplace_back([&] {
                    for (std::uint64_t i = 0; i < 500; ++i) count += txn.get(i) == std::to_string(i);
                    count += txn.get(Table::token, "key") == "value";
                });
        }
        CHECK(found == std::array{501, 501, 501, 501});
    }
}

TEST_CASE("A snapshot stays what it was while others are written", "[tree]") {
    const ScratchFolder folder;
    const auto env = environment(folder / "db");
    const auto put = [&](std::string_view value) {
        Write txn(env, Write::Kind::write);
        for (std::uint64_t i = 0; i < 500; ++i) txn.put(i, value);
        txn.commit();
    };
    put("first");
    const lmdb::Transaction before(env, lmdb::Transaction::Kind::read);
    for (int i = 0; i < 5; ++i) put("later");
    CHECK(before.get(std::uint64_t{7}) == std::optional<std::string_view>("first"));
    CHECK(before.check_pages().problems == std::vector<std::string>{});
    const lmdb::Transaction after(env, lmdb::Transaction::Kind::read);
    CHECK(after.get(std::uint64_t{7}) == std::optional<std::string_view>("later"));
}

}  // namespace mainstay::test
