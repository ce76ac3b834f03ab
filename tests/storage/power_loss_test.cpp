// The machine stops at any moment: of what was written and not synced since, any part is on the disk. What was
// acknowledged must be there when the file is opened again.

#include "bytes.hpp"
#include "mainstay/storage/bulk.hpp"
#include "support/faulty_system.hpp"
#include "support/random_value.hpp"
#include "support/scratch.hpp"
#include "tail.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <set>

namespace mainstay::test {
namespace {

OpenOptions options(Durability durability) {
    OpenOptions o;
    o.mode = OpenMode::create_if_missing;
    o.durability = durability;
    o.initial_model = Model::empty();
    o.fold_slots = 16;
    o.load_batch_bytes = 4096;
    return o;
}

// What the disk holds of a file: what was synced, and any state of each page since.
class Disk {
public:
    explicit Disk(std::mt19937_64& random) : random_(random) {}

    void take(const FaultySystem::Event& event) {
        auto& file = files_[event.file];
        switch (event.kind) {
            case FaultySystem::Kind::write:
                if (event.durable)
                    put(file.durable, event.offset, event.bytes);
                else
                    file.pending.push_back(event);
                break;
            case FaultySystem::Kind::sync:
                for (const auto& write : file.pending) put(file.durable, write.offset, write.bytes);
                file.pending.clear();
                break;
            case FaultySystem::Kind::resize:
                if (file.durable.size() < event.offset) file.durable.resize(event.offset);
                break;
            case FaultySystem::Kind::note: break;
        }
    }
    void start_with(const std::string& name, std::string bytes) { files_[name].durable = std::move(bytes); }

    // A disk after the stop.
    std::map<std::string, std::string> stop() {
        std::map<std::string, std::string> result;
        for (const auto& [name, file] : files_) {
            auto bytes = file.durable;
            // Each sector keeps the writes up to some moment of its own: the system writes pages back when it likes,
            // and the disk writes a page in pieces.
            const auto mood = random_() % 4;
            std::map<std::uint64_t, std::size_t> up_to;
            for (std::size_t i = 0; i < file.pending.size(); ++i) {
                const auto& write = file.pending[i];
                for (std::size_t done = 0; done < write.bytes.size();) {
                    const auto at = write.offset + done;
                    const auto unit = mood == 0 ? sector : page;
                    const auto n = std::min<std::size_t>(unit - at % unit, write.bytes.size() - done);
                    const auto [kept, fresh] = up_to.try_emplace(at / unit, 0);
                    if (fresh) kept->second = mood == 1 ? file.pending.size() : random_() % (file.pending.size() + 1);
                    if (i < kept->second) put(bytes, at, std::string_view(write.bytes).substr(done, n));
                    done += n;
                }
            }
            result[name] = std::move(bytes);
        }
        return result;
    }

private:
    static constexpr std::size_t sector = 512, page = 4096;
    struct File {
        std::string durable;
        std::vector<FaultySystem::Event> pending;
    };
    static void put(std::string& to, std::uint64_t at, std::string_view bytes) {
        if (to.size() < at + bytes.size()) to.resize(at + bytes.size());
        std::memcpy(to.data() + at, bytes.data(), bytes.size());
    }
    std::mt19937_64& random_;
    std::map<std::string, File> files_;
};

// As if the system had been started anew: the marks of this start become those of another.
template <typename Record>
void change_boot(std::string& bytes, std::size_t at, std::uint64_t magic) {
    if (bytes.size() < at + sizeof(Record)) return;
    Record record;
    std::memcpy(&record, bytes.data() + at, sizeof record);
    if (record.magic != magic || record.sum != sum_of(record)) return;
    record.boot[0] ^= 1;
    record.sum = sum_of(record);
    std::memcpy(bytes.data() + at, &record, sizeof record);
}

void write_disk(const std::filesystem::path& folder, std::map<std::string, std::string> disk) {
    for (auto& [name, bytes] : disk) {
        if (name.ends_with("-tail")) {
            for (const std::size_t at : {std::size_t{0}, lmdb::header_bytes})
                change_boot<lmdb::TailHeader>(bytes, at, lmdb::tail_magic);
        } else {
            change_boot<lmdb::TailMark>(bytes, lmdb::mark_offset, lmdb::mark_magic);
        }
        std::ofstream(folder / name, std::ios::binary) << bytes;
    }
}

std::string name_of_account(std::int64_t number) { return fmt::format("account {}", number); }

// An account that stays, with a token that does not.
void change_accounts(Accounts& accounts, const std::string& name, NodeId user) {
    const CommitInfo info{"test", "", "", ""};
    accounts.add({name, Role::admin, std::nullopt, user}, info);
    const auto token = accounts.make_token({name, "", std::nullopt, std::nullopt}, info);
    accounts.revoke_token(token.token.id, info);
}

// Those of nodes up to a number that say they have one.
void require_accounts(const Store& store, std::int64_t acknowledged) {
    const auto view = store.view();
    const auto number = view->names().find_key("number"), has_account = view->names().find_key("account");
    view->for_each_node(no_label, [&](NodeId node) {
        const auto n = view->property(node, number).as_int();
        if (n > acknowledged || view->property(node, has_account).is_null()) return;
        const auto account = store.accounts().find(name_of_account(n));
        REQUIRE(account);
        REQUIRE(account->user == node);
        REQUIRE(store.accounts().list_tokens(account->name).empty());
    });
}

// Number after number: a node, connected to the one before, which notes who follows. Every few, something larger.
void commit_numbers(Store& store, std::int64_t from, std::int64_t to, std::mt19937_64& random, FaultySystem& system) {
    std::optional<NodeId> last;
    for (auto number = from; number <= to; ++number) {
        const auto kind = random() % 24;
        if (kind == 0) {
            const auto loader = BulkLoader::start(store);
            const auto label = loader->label("Loaded");
            const auto node = loader->add_node({&label, 1}, {{loader->key("number"), number}});
            for (auto n = random() % 2000; n > 0; --n)
                loader->add_relationship(loader->type("NEXT"), last.value_or(node), node, {});
            last = node;
            loader->finish({"test", "", "", ""}, {});
        } else {
            const auto t = store.begin();
            const auto label = t->label("Made");
            const auto node = t->create_node({&label, 1}, {{t->key("number"), number}});
            if (last) {
                t->create_relationship(t->type("NEXT"), *last, node, {});
                t->set_property(*last, t->key("next"), number);
            }
            if (kind == 1) {
                SchemaEntry index;
                index.name = fmt::format("i{}", number);
                index.label = "Made";
                index.keys = {fmt::format("k{}", number)};
                t->create_schema(std::move(index));
            }
            if (kind == 2) t->set_property(node, t->key("text"), std::string(random() % 20'000, 'x'));
            if (kind == 3) t->set_property(node, t->key("account"), true);
            last = node;
            REQUIRE(t->commit({"test", "", "", ""}));
            if (kind == 3) change_accounts(store.accounts(), name_of_account(number), node);
        }
        system.note(static_cast<std::uint64_t>(number));
        if (random() % 40 == 0) store.fold_all();
    }
}

// The numbers from 1 on, without a gap, each connected to the one before. How many there are.
std::int64_t numbers_in(const Store& store) {
    const auto view = store.view();
    const auto number = view->names().find_key("number"), next = view->names().find_key("next");
    std::map<std::int64_t, NodeId> nodes;
    view->for_each_node(no_label, [&](NodeId node) { nodes[view->property(node, number).as_int()] = node; });
    std::int64_t due = 0;
    for (const auto& [n, node] : nodes) {
        REQUIRE(n == ++due);
        const auto after = view->property(node, next);
        if (!after.is_null()) REQUIRE(after.as_int() == n + 1);
    }
    return due;
}

// What a process of its own does to the files of a folder, until it ends without closing what is left open.
std::string run_process(const std::filesystem::path& folder, const std::function<void(FaultySystem&)>& work) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::string out;
        {
            FaultySystem system(folder);
            system.record(true);
            try {
                work(system);
            } catch (...) {
                ::_exit(1);
            }
            for (const auto& e : system.events()) {
                append_raw(out, e.kind), append_raw(out, e.durable), append_raw(out, e.offset);
                append_text(out, e.file), append_text(out, e.bytes);
            }
        }
        for (std::size_t done = 0; done < out.size();) {
            const auto n = ::write(ends[1], out.data() + done, out.size() - done);
            if (n <= 0) ::_exit(2);
            done += static_cast<std::size_t>(n);
        }
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string bytes, part(1 << 16, '\0');
    for (ssize_t n; (n = ::read(ends[0], part.data(), part.size())) > 0;)
        bytes.append(part, 0, static_cast<std::size_t>(n));
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
    return bytes;
}

void append(std::vector<FaultySystem::Event>& events, std::string_view bytes) {
    ByteReader reader(bytes, "events");
    while (!reader.at_end()) {
        FaultySystem::Event event;
        event.kind = reader.fixed<FaultySystem::Kind>();
        event.durable = reader.fixed<bool>();
        event.offset = reader.fixed<std::uint64_t>();
        event.file = reader.text();
        event.bytes = reader.text();
        events.push_back(std::move(event));
    }
}

void stop_at_any_moment(Durability durability, std::uint64_t stops) {
    std::mt19937_64 random(seed("power loss"));
    const ScratchFolder folder;
    std::vector<FaultySystem::Event> events;
    std::int64_t next = 1;
    // Some processes, one after the other, short ones too; every second is killed.
    for (const std::int64_t commits : {120, 2, 60, 2, 2, 200}) {
        const bool is_killed = next % 2 == 0 || commits == 60;
        append(events, run_process(folder.path(), [&](FaultySystem& system) {
                   auto store = Store::open(folder / "db", options(durability));
                   commit_numbers(*store, next, next + commits - 1, random, system);
                   if (is_killed) (void)store.release();
               }));
        next += commits;
        random.discard(1000);
    }
    std::set<std::size_t> moments;
    while (moments.size() < stops) moments.insert(random() % events.size());
    Disk disk(random);
    std::size_t seen = 0, with_tail = 0;
    std::int64_t acknowledged = 0, lost = 0;
    for (const auto moment : moments) {
        for (; seen < moment; ++seen) {
            disk.take(events[seen]);
            if (events[seen].kind == FaultySystem::Kind::note)
                acknowledged = static_cast<std::int64_t>(events[seen].offset);
        }
        if (acknowledged == 0) continue;  // LMDB makes a new file in steps; nothing was promised yet
        const ScratchFolder after;
        write_disk(after.path(), disk.stop());
        with_tail += lmdb::LostTail::find(after / "db").has_value();
        for (const auto mode : {OpenMode::read_only, OpenMode::read_write}) {
            auto again = options(durability);
            again.mode = mode;
            const auto store = Store::open(after / "db", again);
            const auto there = numbers_in(*store);
            INFO("moment " << moment << " of " << events.size());
            if (durability == Durability::full) REQUIRE(there >= acknowledged);
            if (durability == Durability::full) require_accounts(*store, acknowledged);
            REQUIRE(there <= acknowledged + 1);
            lost = std::max(lost, acknowledged - there);
            REQUIRE(store->verify({}).problems == std::vector<std::string>{});
            if (mode == OpenMode::read_only) continue;
            const auto t = store->begin();
            const auto label = t->label("Made");
            t->create_node({&label, 1}, {{t->key("number"), there + 1}});
            REQUIRE(t->commit({"test", "", "", ""}));
        }
    }
    WARN(stops << " stops among " << events.size() << " writes and syncs; " << with_tail
               << " left a tail; most commits lost: " << lost);
    REQUIRE(with_tail > stops / 3);
    if (durability == Durability::relaxed) REQUIRE(lost > 0);
}

std::uint64_t stops_wanted() {
    const char* given = std::getenv("MAINSTAY_STOPS");
#ifdef __SANITIZE_ADDRESS__
    constexpr std::uint64_t stops = 40;
#else
    constexpr std::uint64_t stops = 150;
#endif
    return given ? std::strtoull(given, nullptr, 10) : stops;
}

}  // namespace

TEST_CASE("Every acknowledged commit survives a stop of the machine, and the file is sound", "[power]") {
    stop_at_any_moment(Durability::full, stops_wanted());
}

TEST_CASE("With relaxed durability a stop of the machine loses last commits, and the file is sound", "[power]") {
    stop_at_any_moment(Durability::relaxed, stops_wanted());
}

}  // namespace mainstay::test
