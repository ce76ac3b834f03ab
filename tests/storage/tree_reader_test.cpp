// The reader of LMDB's trees beside a map of the same rows.

#include "lmdb.hpp"
#include "mainstay/core/error.hpp"
#include "support/random_value.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <fstream>
#include <map>
#include <set>
#include <thread>

namespace mainstay::test {
namespace {

using lmdb::Table;
using Write = lmdb::Transaction;

std::shared_ptr<lmdb::Environment> environment(const std::filesystem::path& file) {
    auto env = lmdb::Environment::open(file, OpenMode::create_if_missing, Durability::relaxed, std::uint64_t{1} << 30);
    env->finish();  // it stays, whatever is in it
    return env;
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

constexpr std::size_t page_size = 4096;

std::string content(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// A file of those bytes, open.
std::shared_ptr<lmdb::Environment> environment(const std::filesystem::path& file, std::string_view bytes) {
    std::filesystem::remove(file.string() + "-lock");
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
    return environment(file);
}

// What f gives, or nothing if it meets damage.
template <typename F>
auto unless_damaged(F&& f, Code code = Code::corrupt) -> std::optional<decltype(f())> {
    try {
        return f();
    } catch (const Error& error) {
        REQUIRE(error.code() == code);
        return std::nullopt;
    }
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

TEST_CASE("Damage to the pages above hides nothing and brings nothing up", "[tree][damage]") {
    std::mt19937_64 random(seed("tree reader"));
    const ScratchFolder folder;
    constexpr std::uint64_t rows = 1500;
    const auto key_of = [](std::uint64_t i) { return "key " + std::to_string(100'000 + 10 * i); };
    {
        const auto env = environment(folder / "sound");
        Write txn(env, Write::Kind::write);
        for (std::uint64_t i = 0; i < rows; ++i) {
            txn.put(Table::delta, key_of(i), std::string(40, 'v') + std::to_string(i));
            txn.put(10 * i, std::string(60, 's') + std::to_string(i));
        }
        txn.commit();
    }
    const auto bytes = content(folder / "sound");
    struct Place {
        std::size_t at, size;
    };
    std::vector<Place> places;  // of keys, and of numbers of pages
    for (std::size_t page = 2 * page_size; page < bytes.size(); page += page_size) {
        const auto header = lmdb::load_at<lmdb::PageHeader>(bytes.data() + page);
        if (header.flags != lmdb::page_flags::branch) continue;
        for (std::size_t i = sizeof header; i < header.lower; i += 2) {
            const auto at = page + lmdb::load_at<std::uint16_t>(bytes.data() + page + i);
            places.push_back({at, sizeof(std::uint32_t)});
            const auto size = lmdb::load_at<lmdb::NodeHeader>(bytes.data() + at).key_size;
            if (size > 0) places.push_back({at + sizeof(lmdb::NodeHeader), size});
        }
    }
    REQUIRE(places.size() > 100);
    std::size_t refused = 0;
    for (int n = 0; n < 300; ++n) {
        auto damaged = bytes;
        const auto& place = places[random() % places.size()];
        const auto at = place.at + random() % place.size;
        damaged[at] ^= static_cast<char>(1U << random() % 8);
        INFO("byte " << at % page_size << " of page " << at / page_size);
        const auto env = environment(folder / "damaged", damaged);
        const lmdb::Transaction txn(env, lmdb::Transaction::Kind::read);
        const auto expect = [&](std::string_view what, const auto& got, const auto& wanted) {
            INFO(what);
            refused += !got;
            if (got) CHECK(got == wanted);
        };
        for (std::uint64_t i = 0; i < rows; ++i) {
            const auto value = std::string(40, 'v') + std::to_string(i);
            expect("get", unless_damaged([&] { return txn.get(Table::delta, key_of(i)) == value; }),
                   std::optional(true));
            expect("part", unless_damaged([&] { return txn.get(10 * i).has_value(); }), std::optional(true));
            expect("absent", unless_damaged([&] { return txn.get(10 * i + 5).has_value(); }), std::optional(false));
            expect("seek", unless_damaged([&] {
                       auto cursor = txn.cursor(Table::delta);
                       const bool found = cursor.seek(key_of(i) + "5");
                       return std::string(found ? cursor.key() : "");
                   }),
                   std::optional(i + 1 < rows ? key_of(i + 1) : ""));
        }
        expect("walk", unless_damaged([&] {
                   auto cursor = txn.cursor(Table::delta);
                   std::uint64_t seen = 0;
                   for (bool more = cursor.first(); more; more = cursor.next()) seen += cursor.key() == key_of(seen);
                   return seen;
               }),
               std::optional(rows));
    }
    CHECK(refused > 1000);
}

TEST_CASE("A file that lacks pages that nobody uses is whole", "[tree][damage]") {
    const ScratchFolder folder;
    {
        const auto env = environment(folder / "db");
        // What is written again moves down to where pages are free, until the last ones are.
        for (int i = 0; i < 6; ++i) {
            Write txn(env, Write::Kind::write);
            i == 0 ? txn.put(Table::delta, "large", std::string(1'000'000, 'x'))
                   : (void)txn.erase(Table::delta, "large");
            txn.put(Table::delta, "small", std::to_string(i));
            txn.commit();
        }
    }
    const auto whole = content(folder / "db");
    auto bytes = whole;
    const auto opens = [&] {
        return unless_damaged([&] { return environment(folder / "cut", bytes) != nullptr; }, Code::file_truncated);
    };
    while (opens()) bytes.resize(bytes.size() - page_size);
    INFO(bytes.size() << " of " << whole.size());
    bytes = whole.substr(0, bytes.size() + page_size);
    REQUIRE(bytes.size() + 900'000 < whole.size());
    const auto env = environment(folder / "cut", bytes);
    CHECK(content(folder / "cut") == bytes);
    const auto reads = [](const std::shared_ptr<lmdb::Environment>& from) {
        const lmdb::Transaction txn(from, lmdb::Transaction::Kind::read);
        CHECK(txn.check_pages().problems == std::vector<std::string>{});
        return std::string(txn.get(Table::delta, "small").value_or("nothing"));
    };
    CHECK(reads(env) == "5");
    env->copy_to(folder / "copy", lmdb::Environment::CopyKind::whole, {});
    CHECK(reads(environment(folder / "copy")) == "5");
    {
        Write txn(env, Write::Kind::write);
        txn.put(Table::delta, "large", std::string(2'000'000, 'y'));
        txn.put(Table::delta, "small", "again");
        txn.commit();
    }
    CHECK(reads(env) == "again");
}

TEST_CASE("A value gives back its own pages and no others", "[tree][damage]") {
    const ScratchFolder folder;
    {
        const auto env = environment(folder / "db");
        Write txn(env, Write::Kind::write);
        txn.put(Table::delta, "shrunk", std::string(20'000, 'x'));
        txn.put(Table::delta, "shrunk", std::string(9'000, 'x'));  // LMDB leaves it the pages it has
        txn.put(Table::delta, "large", std::string(9'000, 'y'));
        txn.put(Table::delta, "next", std::string(9'000, 'z'));
        txn.commit();
    }
    const auto bytes = content(folder / "db");
    {
        const auto env = environment(folder / "same", bytes);
        Write txn(env, Write::Kind::write);
        txn.put(Table::delta, "shrunk", "short");
        CHECK(txn.erase(Table::delta, "large"));
        txn.commit();
        const lmdb::Transaction after(env, lmdb::Transaction::Kind::read);
        CHECK(after.check_pages().problems == std::vector<std::string>{});
        CHECK(after.get(Table::delta, "next") == std::string(9'000, 'z'));
    }
    int values = 0;
    for (std::size_t page = 2 * page_size; page < bytes.size(); page += page_size) {
        const auto header = lmdb::load_at<lmdb::PageHeader>(bytes.data() + page);
        if (header.flags != lmdb::page_flags::overflow || header.number != page / page_size) continue;
        ++values;
        auto damaged = bytes;
        ++damaged[page + offsetof(lmdb::PageHeader, lower)];
        for (const bool puts : {false, true}) {
            const auto env = environment(folder / "damaged", damaged);
            Write txn(env, Write::Kind::write);
            const auto key = bytes[page + sizeof header] == 'x'   ? "shrunk"
                             : bytes[page + sizeof header] == 'y' ? "large"
                                                                  : "next";
            CHECK_FALSE(unless_damaged([&] {
                puts ? txn.put(Table::delta, key, "short") : (void)txn.erase(Table::delta, key);
                return true;
            }));
        }
    }
    CHECK(values == 3);
}

}  // namespace mainstay::test
