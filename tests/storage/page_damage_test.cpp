// Pages of a file are damaged in every way that a disk, a copy that was cut or a bad cable leaves behind. Whatever is
// damaged: no crash, no answer that differs in silence, and `verify` names it if anything came out differently.

#include "lmdb.hpp"
#include "mainstay/core/error.hpp"
#include "mainstay/storage/bulk.hpp"
#include "page_format.hpp"
#include "part.hpp"
#include "support/random_value.hpp"
#include "support/scratch.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

namespace mainstay::test {
namespace {

using lmdb::PageHeader;

constexpr std::size_t page_size = 4096;
constexpr ValidTime always{std::nullopt};
constexpr std::string_view unique_name = "numbers", range_name = "names", rel_index = "weights";

OpenOptions options(OpenMode mode) {
    OpenOptions o;
    o.mode = mode;
    o.durability = Durability::relaxed;
    o.initial_model = Model::empty();
    o.map_bytes = std::uint64_t{1} << 30;
    o.clock = [] { return std::int64_t{1'700'000'000'000'000}; };
    return o;
}

void commit(Transaction& t) { REQUIRE(t.commit({"author", "reason", "source", "change"})); }

// What signs in to a file that was built; made anew each time.
std::string token_of_file;

// Accounts on more than a page. One has a password, which nothing asks for: that takes long.
void add_accounts(Store& store, std::span<const NodeId> nodes) {
    auto& accounts = store.accounts();
    const CommitInfo info{"author", "reason", "source", "change"};
    std::size_t added = 0;
    for (std::size_t i = 0; added < 16; ++i) {
        if (!store.view({std::nullopt, always})->contains(nodes[i])) continue;
        NewAccount account{fmt::format("account {}", added), std::nullopt, std::nullopt, nodes[i]};
        if (added == 0) account.password = "password of the first";
        if (added % 5 == 0) account.role = Role::admin;
        accounts.add(account, info);
        if (added % 4 == 0)
            token_of_file = accounts.make_token({account.name, "label", Role::editor, std::nullopt}, info).text;
        ++added;
    }
}

// Something in every table, trees of more than one level, values on pages of their own, rows that are folded and rows
// that are not, and pages that are free.
std::string build(const std::filesystem::path& file) {
    const auto store = Store::open(file, options(OpenMode::create_if_missing));
    {
        const auto t = store->begin(always);
        t->set_model(Model::from_json(
            R"({"classes": [{"name": "A"}, {"name": "B", "parent": "A"}, {"name": "C"}], "relationship_types": [{"name": "R"}]})"));
        SchemaEntry unique{{}, std::string(unique_name), SchemaKind::unique, ElementKind::node, "A", {"number"}, false};
        SchemaEntry range{{},   std::string(range_name), SchemaKind::range_index, ElementKind::node, "C", {"name"},
                          false};
        SchemaEntry rels{
            {}, std::string(rel_index), SchemaKind::range_index, ElementKind::relationship, "R", {"weight"}, false};
        for (const auto& entry : {unique, range, rels}) t->create_schema(entry);
        commit(*t);
    }
    std::mt19937_64 random(7);
    std::vector<NodeId> nodes;
    std::vector<RelId> rels;
    const auto grow = [&](std::int64_t count) {
        const auto t = store->begin(always);
        const std::array labels = {t->label("A"), t->label("B"), t->label("C")};
        for (std::int64_t i = 0; i < count; ++i) {
            const auto label = labels[static_cast<std::size_t>(random() % 3)];
            const auto number = static_cast<std::int64_t>(nodes.size());
            nodes.push_back(t->create_node(
                {&label, 1}, {{t->key("number"), Value{number}},
                              {t->key("name"), Value{fmt::format("name {} {}", number % 97, std::string(20, 'n'))}},
                              {t->key("text"), Value{std::string(random() % 60, 't')}}}));
            if (const auto other = nodes[random() % nodes.size()]; t->view().contains(other))
                rels.push_back(t->create_relationship(t->type("R"), other, nodes.back(),
                                                      {{t->key("weight"), Value{number % 50}}}));
        }
        commit(*t);
    };
    const auto change = [&](int count) {
        const auto t = store->begin(always);
        for (int i = 0; i < count; ++i) {
            const auto node = nodes[random() % nodes.size()];
            const auto rel = rels[random() % rels.size()];
            if (!t->view().contains(node) || !t->view().contains(rel)) continue;
            switch (random() % 5) {
                case 0: t->detach_node(node), t->delete_node(node); break;
                case 1: t->delete_relationship(rel); break;
                case 2: t->set_property(rel, t->key("weight"), Value{static_cast<std::int64_t>(random() % 9)}); break;
                default: t->set_property(node, t->key("name"), Value{fmt::format("changed {}", random() % 40)});
            }
        }
        t->finish_statement();
        commit(*t);
    };
    grow(500);
    change(60);
    store->fold_all();
    change(60);
    store->fold_all();
    {
        const auto loader = BulkLoader::start(*store);
        const auto label = loader->label("C");
        for (std::int64_t i = 0; i < 100; ++i)
            loader->add_node({&label, 1}, {{loader->key("name"), Value{fmt::format("loaded {}", i)}}});
        loader->finish({"author", "load", "", ""}, {});
    }
    for (int i = 0; i < 6; ++i) change(12);
    grow(150);
    add_accounts(*store, nodes);
    {
        const auto t = store->begin(always);
        const auto label = t->label("C");
        t->create_node({&label, 1}, {{t->key("text"), Value{std::string(9000, 'x')}}});
        commit(*t);
    }
    std::stringstream bytes;
    bytes << std::ifstream(file, std::ios::binary).rdbuf();
    return std::move(bytes).str();
}

template <typename Id>
void list_properties(const View& view, Id id, std::string& out) {
    view.visit_properties(
        id, [&](KeyId key, const Value& value) { out += fmt::format(" {}={}", view.names().key(key), print(value)); });
    out += '\n';
}

void list_elements(const View& view, std::string& out) {
    std::vector<NodeId> nodes;
    view.for_each_node(no_label, [&](NodeId node) { nodes.push_back(node); });
    for (const auto node : nodes) {
        out += fmt::format("node {}", raw(node));
        for (const auto label : view.names().labels_of(view.shape(node)))
            out += fmt::format(":{}", view.names().label(label));
        list_properties(view, node, out);
        for (const auto direction : {Direction::out, Direction::in}) {
            const auto types = view.types_at(node, direction);
            for (const auto type : std::vector<TypeId>(types.begin(), types.end()))
                view.run(node, direction, type).for_each([&](NodeId other, RelId rel) {
                    out += fmt::format(" {}{}:{}", view.names().type(type), raw(rel), raw(other));
                });
        }
        out += '\n';
    }
    for (std::uint32_t segment = 0; segment < view.rel_segments(); ++segment) {
        std::vector<RelId> rels;
        view.scan_rels(segment, no_type, rels);
        for (const auto rel : rels) {
            const auto ends = view.ends(rel);
            out += fmt::format("rel {} {} {}-{}", raw(rel), view.names().type(ends.type), raw(ends.source),
                               raw(ends.target));
            list_properties(view, rel, out);
        }
    }
    out += fmt::format("{} nodes, {} relationships\n", view.count_nodes(no_label), view.count_rels(no_type));
}

// Everything that can be asked.
std::string answers(const Store& store) {
    std::string out;
    const auto view = store.view({std::nullopt, always});
    list_elements(*view, out);
    list_elements(*store.view({TxNumber{4}, always}), out);
    out += view->model().to_json();
    for (const auto& index : view->schema()) {
        out += fmt::format("\nindex {} {} {}:", index.name, index.label, index.keys.front());
        const auto list = [&](const Value& value) {
            for (const auto id : view->seek(index.id, std::span(&value, 1))) out += fmt::format(" {}", id);
        };
        if (index.name == unique_name)
            for (std::int64_t i = 0; i < 660; ++i) list(Value{i});
        if (index.name == range_name) {
            for (int i = 0; i < 97; ++i) list(Value{fmt::format("name {} {}", i, std::string(20, 'n'))});
            view->seek_range(index.id, std::nullopt, std::nullopt, [&](std::uint32_t id) {
                out += fmt::format(" {}", id);
                return true;
            });
        }
        if (index.name == rel_index)
            for (std::int64_t i = 0; i < 50; ++i) list(Value{i});
    }
    for (const auto& account : store.accounts().list())
        out += fmt::format("\naccount {} {} {} {} {} {}", account.name, raw(account.user), name_of(account.role),
                           account.is_disabled, account.is_void, account.has_password);
    for (const auto& token : store.accounts().list_tokens())
        out += fmt::format("\ntoken {} {} {}", static_cast<std::uint64_t>(token.id), token.account, token.ending);
    const auto principal = store.accounts().verify_token(token_of_file);
    out += fmt::format("\nsigned in {}", principal ? name_of(principal->role) : "nobody");
    for (const auto& record : store.log(100)) out += fmt::format("\n{} {}", raw(record.tx), record.hash_hex);
    return out;
}

enum class Answer : unsigned { same, differs, refused };
struct Outcome {
    Answer answer{};
    bool verify_finds = false, write_refused = false;
};
constexpr int outcome_status = 64;  // added to what the child says, which tells it from an end of other making

// What comes of a file, in a process of its own.
std::optional<Outcome> outcome_of(const std::filesystem::path& file, const std::string& wanted, std::string& ended) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::alarm(20);
        Outcome o;
        try {
            const auto store = Store::open(file, options(OpenMode::read_only));
            try {
                o.answer = answers(*store) == wanted ? Answer::same : Answer::differs;
            } catch (const Error&) {
                o.answer = Answer::refused;
            }
            o.verify_finds = !store->verify({}).problems.empty();
        } catch (const Error&) {
            o.answer = Answer::refused;
            o.verify_finds = true;  // it could not even be opened
        } catch (...) {
            ::_exit(1);
        }
        try {
            const auto store = Store::open(file, options(OpenMode::read_write));
            const auto t = store->begin(always);
            const auto label = t->label("C");
            const auto node = t->create_node({&label, 1}, {{t->key("name"), Value{std::string("written")}}});
            t->create_relationship(t->type("R"), node, node, {{t->key("weight"), Value{std::int64_t{1}}}});
            for (const auto other : {NodeId{3}, NodeId{200}, NodeId{400}})
                if (t->view().contains(other)) t->set_property(other, t->key("name"), Value{std::string("again")});
            if (!t->commit({})) ::_exit(2);
            store->fold_all();
        } catch (const Error&) {
            o.write_refused = true;
        } catch (...) {
            ::_exit(1);
        }
        ::_exit(outcome_status + static_cast<int>(o.answer) + 4 * o.verify_finds + 8 * o.write_refused);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) ended = fmt::format("signal {}", WTERMSIG(status));
    if (WIFEXITED(status) && WEXITSTATUS(status) < outcome_status)
        ended = fmt::format("status {}", WEXITSTATUS(status));
    if (!ended.empty()) return std::nullopt;
    const auto said = static_cast<unsigned>(WEXITSTATUS(status) - outcome_status);
    return Outcome{static_cast<Answer>(said & 3), (said & 4) != 0, (said & 8) != 0};
}

struct Tally {
    std::uint64_t files = 0, same = 0, refused = 0, differ = 0, written = 0;
    std::vector<std::string> crashes, silent;
};

// A sanitizer makes each a dozen times slower; the plain build tries them all.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t one_in = 9;
#else
constexpr std::uint64_t one_in = 1;
#endif

class Damage {
public:
    explicit Damage(std::string_view name) : name_(name), bytes_(build(folder_ / "sound.mst")) {
        ended_.clear();
        {
            const auto store = Store::open(folder_ / "sound.mst", options(OpenMode::read_only));
            wanted_ = answers(*store);
            REQUIRE(store->verify({}).problems == std::vector<std::string>{});
        }
        REQUIRE(bytes_.size() % page_size == 0);
    }
    std::size_t pages() const { return bytes_.size() / page_size; }
    const std::string& bytes() const { return bytes_; }

    void try_file(const std::string& damaged, const std::string& what) {
        if (offered_++ % one_in != 0) return;
        const auto file = folder_ / "damaged.mst";
        std::filesystem::remove(file.string() + "-lock");
        std::ofstream(file, std::ios::binary | std::ios::trunc)
            .write(damaged.data(), static_cast<std::streamsize>(damaged.size()));
        ended_.clear();
        const auto o = outcome_of(file, wanted_, ended_);
        ++tally_.files;
        if (!o) {
            tally_.crashes.push_back(fmt::format("{}: {}", what, ended_));
            return;
        }
        tally_.same += o->answer == Answer::same;
        tally_.differ += o->answer == Answer::differs;
        tally_.refused += o->answer == Answer::refused;
        tally_.written += !o->write_refused;
        if (!o->verify_finds && o->answer != Answer::same)
            tally_.silent.push_back(fmt::format("{}: {}", what, o->answer == Answer::differs ? "differs" : "refused"));
        if (!o->verify_finds && o->write_refused) tally_.silent.push_back(what + ": writing is refused");
    }

    Tally report() {
        std::cout << fmt::format(
            "page damage, {}: {} files, {} same answers, {} refused, {} different and found by verify; {} could be "
            "written to\n",
            name_, tally_.files, tally_.same, tally_.refused, tally_.differ, tally_.written);
        for (const auto& crash : tally_.crashes) std::cout << "crash: " << crash << '\n';
        for (const auto& silent : tally_.silent) std::cout << "silent: " << silent << '\n';
        return tally_;
    }

private:
    std::string_view name_;
    std::uint64_t offered_ = 0;
    ScratchFolder folder_;
    std::string bytes_, wanted_, ended_;
    Tally tally_;
};

// Of the transaction that a head says it is of; of other pages nothing that counts.
std::uint64_t head_number(const std::string& bytes, std::size_t page) {
    return page < lmdb::meta_pages ? lmdb::load_at<lmdb::Meta>(bytes.data() + page * page_size + lmdb::meta_at).txn : 0;
}

std::string hex(std::uint64_t page, std::uint64_t at, unsigned bit) {
    return fmt::format("page {} byte {} bit {}", page, at, bit);
}

// MAINSTAY_DAMAGES: how many times as many files as in an ordinary run.
std::uint64_t scale() {
    const char* given = std::getenv("MAINSTAY_DAMAGES");
    return given ? std::strtoull(given, nullptr, 10) : 1;
}

}  // namespace

TEST_CASE("A flipped bit anywhere in a file never crashes and never changes an answer in silence", "[damage]") {
    std::mt19937_64 random(seed("page damage"));
    Damage damage("bits");
    const auto& bytes = damage.bytes();
    const auto flip = [&](std::size_t page, std::size_t at) {
        auto damaged = bytes;
        const auto bit = static_cast<unsigned>(random() % 8);
        damaged[page * page_size + at] ^= static_cast<char>(1U << bit);
        // With one number LMDB itself leaves a head behind that it could not write (docs/caveats.md).
        if (head_number(damaged, page) + 2 != head_number(bytes, page)) damage.try_file(damaged, hex(page, at, bit));
    };
    std::size_t trees = 0;
    for (std::size_t page = 0; page < damage.pages(); ++page) {
        const auto header = lmdb::load_at<PageHeader>(bytes.data() + page * page_size);
        const bool is_tree = header.flags == lmdb::page_flags::branch || header.flags == lmdb::page_flags::leaf;
        const bool is_head = page < lmdb::meta_pages;
        trees += is_tree;
        const std::size_t offsets = is_tree ? std::size_t{header.lower} : is_head ? 152 : 16;
        const auto count = (is_head ? 40 : is_tree ? 4 : 1) * scale();
        for (std::uint64_t i = 0; i < count; ++i) {
            flip(page, random() % std::min<std::size_t>(offsets, page_size));
            if (!is_head) flip(page, random() % page_size);
        }
    }
    CHECK(trees > 30);
    const auto tally = damage.report();
    CHECK(tally.crashes == std::vector<std::string>{});
    CHECK(tally.silent == std::vector<std::string>{});
    // The few that a reader cannot notice by itself: a key that damage has moved among its neighbours.
    CHECK(tally.differ <= 1 + tally.files / 100);
    CHECK(tally.refused > 0);
}

TEST_CASE("A check of a file names each part that is damaged, and the table and page or row of what else is",
          "[damage]") {
    std::mt19937_64 random(seed("page damage"));
    const ScratchFolder folder;
    const std::string bytes = build(folder / "sound");
    const auto file = folder / "damaged";
    const auto problems_with = [&](std::size_t at) {
        auto damaged = bytes;
        damaged[at] ^= static_cast<char>(1U << random() % 8);
        std::filesystem::remove(file.string() + "-lock");
        std::ofstream(file, std::ios::binary | std::ios::trunc)
            .write(damaged.data(), static_cast<std::streamsize>(damaged.size()));
        std::string all;
        for (const auto& problem : Store::open(file, options(OpenMode::read_only))->verify({}).problems)
            all += problem + '\n';
        return all;
    };
    std::vector<std::pair<PartKey, std::size_t>> parts;
    std::vector<std::size_t> rows;
    {
        const auto env = lmdb::Environment::open(folder / "sound", OpenMode::read_only, Durability::none, 1 << 30);
        const lmdb::Transaction txn(env, lmdb::Transaction::Kind::read);
        auto cursor = txn.cursor(lmdb::Table::segment);
        REQUIRE(cursor.first());
        // Where the file begins in the map; of a part there is no other copy.
        REQUIRE(bytes.find(cursor.value()) == bytes.rfind(cursor.value()));
        const char* const map = cursor.value().data() - bytes.find(cursor.value());
        const auto some_byte_of = [&](std::string_view value) {
            return static_cast<std::size_t>(value.data() - map) + random() % value.size();
        };
        for (bool more = true; more; more = cursor.next())
            parts.emplace_back(PartKey::from(lmdb::load_at<std::uint64_t>(cursor.key().data())),
                               some_byte_of(cursor.value()));
        auto deltas = txn.cursor(lmdb::Table::delta);
        for (bool more = deltas.first(); more; more = deltas.next())
            if (!deltas.value().empty()) rows.push_back(some_byte_of(deltas.value()));
    }
    REQUIRE(parts.size() > 10);
    for (const auto& [key, at] : parts) {
        INFO("byte " << at);
        CHECK_THAT(problems_with(at), Catch::Contains(describe(key)));
    }
    REQUIRE(rows.size() > 100);
    for (std::size_t i = 0; i < rows.size(); i += rows.size() / 20)
        CHECK_THAT(problems_with(rows[i]),
                   Catch::Contains("table delta, page ") && Catch::Contains("the checksum of row"));
}

TEST_CASE("A part whose key is damaged is never one that is not there", "[damage]") {
    Damage damage("keys of parts");
    const auto& bytes = damage.bytes();
    for (std::size_t page = lmdb::meta_pages; page < damage.pages(); ++page) {
        const char* const start = bytes.data() + page * page_size;
        const auto header = lmdb::load_at<PageHeader>(start);
        if (header.flags != lmdb::page_flags::leaf || header.number != page) continue;
        const auto node_at = [&](std::size_t i) {
            return std::size_t{lmdb::load_at<std::uint16_t>(start + sizeof header + 2 * i)};
        };
        const std::size_t count = (header.lower - sizeof header) / 2;
        const auto node = lmdb::load_at<lmdb::NodeHeader>(start + node_at(0));
        if (node.key_size != sizeof(std::uint64_t) || node.flags != lmdb::node_flags::big) continue;
        const auto key_at = [&](std::size_t i) {
            return lmdb::load_at<std::uint64_t>(start + node_at(i) + sizeof node);
        };
        for (std::size_t i = 0; i < count; ++i)
            for (unsigned bit = 0; bit < 64; ++bit) {
                const auto changed = key_at(i) ^ std::uint64_t{1} << bit;
                // The order of keys tells the others.
                if ((i > 0 && changed <= key_at(i - 1)) || (i + 1 < count && changed >= key_at(i + 1))) continue;
                auto damaged = bytes;
                std::memcpy(damaged.data() + page * page_size + node_at(i) + sizeof node, &changed, sizeof changed);
                damage.try_file(damaged, fmt::format("page {} key {:x} bit {}", page, key_at(i), bit));
            }
    }
    const auto tally = damage.report();
    CHECK(tally.crashes == std::vector<std::string>{});
    CHECK(tally.silent == std::vector<std::string>{});
    CHECK(tally.differ == 0);
    CHECK(tally.refused > 10);
}

TEST_CASE("A file whose pages are cut off, zeroed or exchanged never crashes and says so", "[damage]") {
    std::mt19937_64 random(seed("page damage"));
    Damage damage("pages");
    const auto& bytes = damage.bytes();
    const auto part = [&](std::size_t of) { return std::max<std::size_t>(1, of / (120 * scale())); };
    for (std::size_t page = 0; page < damage.pages(); page += part(damage.pages())) {
        damage.try_file(bytes.substr(0, page * page_size), fmt::format("cut at page {}", page));
        auto zeroed = bytes;
        std::fill_n(zeroed.begin() + static_cast<std::ptrdiff_t>(page * page_size), page_size, '\0');
        damage.try_file(zeroed, fmt::format("page {} zeroed", page));
        auto exchanged = bytes;
        const auto other = random() % damage.pages();
        std::swap_ranges(exchanged.begin() + static_cast<std::ptrdiff_t>(page * page_size),
                         exchanged.begin() + static_cast<std::ptrdiff_t>((page + 1) * page_size),
                         exchanged.begin() + static_cast<std::ptrdiff_t>(other * page_size));
        if (other != page) damage.try_file(exchanged, fmt::format("pages {} and {} exchanged", page, other));
        auto copied = bytes;
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(other * page_size), page_size,
                    copied.begin() + static_cast<std::ptrdiff_t>(page * page_size));
        damage.try_file(copied, fmt::format("page {} written over by page {}", page, other));
    }
    const auto tally = damage.report();
    CHECK(tally.crashes == std::vector<std::string>{});
    CHECK(tally.silent == std::vector<std::string>{});
    // The few that a reader cannot notice by itself: a key that damage has moved among its neighbours.
    CHECK(tally.differ <= 1 + tally.files / 100);
    CHECK(tally.refused > 0);
}

}  // namespace mainstay::test
