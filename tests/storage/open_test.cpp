// Files that are no sound database: each says what is wrong with it.

#include "mainstay/core/error.hpp"
#include "mainstay/storage/store.hpp"
#include "presence.hpp"
#include "row_seal.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <fstream>
#include <sstream>

namespace mainstay::test {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;

constexpr auto model =
    R"({"classes": [{"name": "Server", "attributes": [{"name": "a_name_that_stands_in_the_file_once"}]}]})";

OpenOptions options(OpenMode mode) {
    OpenOptions o;
    o.mode = mode;
    o.durability = Durability::none;
    o.initial_model = Model::from_json(model);
    return o;
}

std::string content(const std::filesystem::path& file) {
    std::stringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

void write(const std::filesystem::path& file, std::string_view bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

// With a node of so many bytes.
std::string sound_file(const std::filesystem::path& file, std::size_t bytes = 1'000'000) {
    {
        const auto store = Store::open(file, options(OpenMode::create_if_missing));
        const auto t = store->begin();
        t->create_node({}, {{t->key("text"), Value{std::string(bytes, 'x')}}});
        t->commit({});
    }
    return content(file);
}

std::string refusal(const std::filesystem::path& file, Code code, OpenMode mode = OpenMode::read_only) {
    try {
        Store::open(file, options(mode))->view({std::nullopt, ValidTime{}});
    } catch (const Error& error) {
        CHECK(error.code() == code);
        return std::string{error.message()} + "; " + std::string{error.hint()};
    }
    return "opened";
}

// A byte of the file's header is another, in every copy of the row that the file has.
enum class Seal : std::uint8_t { right, wrong };
std::string with_header(std::string bytes, std::size_t offset, char byte, Seal seal) {
    constexpr std::size_t header_bytes = 32;
    constexpr std::string_view header{"H\3\0\0\0\1\0\0\0", 9};  // key, version, epoch
    std::size_t found = 0;
    for (std::size_t at = 0; (at = bytes.find(header, at)) != std::string::npos; ++at, ++found) {
        bytes[at + 1 + offset] = byte;
        auto sum = lmdb::seal_of(7, "H", std::string_view(bytes).substr(at + 1, header_bytes));
        sum += seal == Seal::wrong;
        std::memcpy(bytes.data() + at + 1 + header_bytes, &sum, sizeof sum);
    }
    REQUIRE(found > 0);
    return bytes;
}

}  // namespace

TEST_CASE("A damaged class model is damage of the file, with its row and a way out", "[open]") {
    const ScratchFolder folder;
    std::string bytes = sound_file(folder / "sound.db");
    std::size_t found = 0;
    constexpr std::string_view word = "\"classes\"";
    for (std::size_t at = 0; (at = bytes.find(word, at)) != std::string::npos; ++at, ++found) bytes[at] = '\x01';
    REQUIRE(found > 0);
    write(folder / "damaged.db", bytes);
    const std::string said = refusal(folder / "damaged.db", Code::corrupt);
    CHECK_THAT(said, Contains("table token") && Contains("the checksum of row M"));
    CHECK_THAT(said, Contains("restore a backup"));
}

TEST_CASE("A file that is cut off says how much is missing", "[open]") {
    const ScratchFolder folder;
    std::string bytes = sound_file(folder / "sound.db");
    bytes.resize(bytes.size() - 500'000);
    write(folder / "cut.db", bytes);
    CHECK_THAT(refusal(folder / "cut.db", Code::file_truncated),
               Contains("is cut off: " + std::to_string(bytes.size()) + " bytes of"));
}

TEST_CASE("A file that is cut where something stands is refused as it is, whoever opens it", "[open]") {
    const ScratchFolder folder;
    const std::string bytes = sound_file(folder / "sound.db", 0);
    for (std::size_t size = 2 * 4096; size < bytes.size(); size += 1024) {
        for (const auto mode : {OpenMode::read_only, OpenMode::read_write, OpenMode::create_if_missing}) {
            const auto cut = bytes.substr(0, size);
            write(folder / "cut.db", cut);
            CHECK_THAT(refusal(folder / "cut.db", Code::file_truncated, mode),
                       Contains("is cut off: " + std::to_string(size) + " bytes of " + std::to_string(bytes.size())) &&
                           Contains("restore a backup"));
            CHECK(content(folder / "cut.db") == cut);
            CHECK_FALSE(std::filesystem::exists(folder / "cut.db-lock"));
        }
    }
}

TEST_CASE("A head whose number of pages is damaged is never taken", "[open]") {
    const ScratchFolder folder;
    const std::string bytes = sound_file(folder / "sound.db", 0);
    constexpr std::size_t last_page_at = 0x88, page = 4096;
    for (const std::size_t head : {last_page_at, page + last_page_at}) {
        for (std::size_t bit = 16; bit < 64; ++bit) {
            auto damaged = bytes;
            damaged[head + bit / 8] ^= static_cast<char>(1U << bit % 8);
            write(folder / "damaged.db", damaged);
            INFO("head at " << head << ", bit " << bit);
            try {
                const auto store = Store::open(folder / "damaged.db", options(OpenMode::read_only));
                CHECK(store->view({std::nullopt, ValidTime{}})->count_nodes(no_label) == 1);  // the older head
            } catch (const Error& error) {
                CHECK((error.code() == Code::corrupt || error.code() == Code::file_truncated));
            }
        }
    }
}

TEST_CASE("A file of a format to come is refused by its version", "[open]") {
    const ScratchFolder folder;
    const std::string bytes = sound_file(folder / "sound.db", 0);
    for (const auto mode : {OpenMode::read_only, OpenMode::read_write}) {
        auto newer = with_header(bytes, 0, '\4', Seal::right);
        write(folder / "newer.db", newer);
        const auto said = refusal(folder / "newer.db", Code::newer_format, mode);
        CHECK_THAT(said,
                   Contains("format version 4; this Mainstay knows 3") && EndsWith("open it with a newer Mainstay"));
        // Its rows may end in something else.
        newer = with_header(bytes, 0, '\4', Seal::wrong);
        write(folder / "newer.db", newer);
        CHECK_THAT(refusal(folder / "newer.db", Code::newer_format, mode),
                   Contains("format version 4; this Mainstay knows 3") && Contains("restore a backup"));
        CHECK(content(folder / "newer.db") == newer);
    }
}

TEST_CASE("A file of a format before is refused with what to do", "[open]") {
    const ScratchFolder folder;
    const std::string bytes = sound_file(folder / "sound.db", 0);
    write(folder / "older.db", with_header(bytes, 0, '\2', Seal::right));
    CHECK_THAT(refusal(folder / "older.db", Code::newer_format, OpenMode::read_only),
               Contains("format version 2, which this Mainstay does not read any more") && Contains("export it"));
    // A damaged number is not what an older Mainstay wrote.
    write(folder / "damaged.db", with_header(bytes, 0, '\2', Seal::wrong));
    CHECK_THAT(refusal(folder / "damaged.db", Code::newer_format, OpenMode::read_only), Contains("restore a backup"));
}

TEST_CASE("A file that needs a feature to come is refused by its bit", "[open]") {
    const ScratchFolder folder;
    const std::string bytes = sound_file(folder / "sound.db", 0);
    constexpr std::size_t required_at = 8, ignorable_at = 16;
    for (const auto mode : {OpenMode::read_only, OpenMode::read_write}) {
        write(folder / "newer.db", with_header(bytes, required_at, '\4', Seal::right));
        CHECK_THAT(refusal(folder / "newer.db", Code::newer_format, mode),
                   Contains("needs features this Mainstay does not have (bits 0x4)") && Contains("a newer Mainstay"));
        write(folder / "newer.db", with_header(bytes, required_at, '\4', Seal::wrong));
        CHECK_THAT(refusal(folder / "newer.db", Code::corrupt, mode), Contains("the checksum of row H"));
        write(folder / "newer.db", with_header(bytes, ignorable_at, '\4', Seal::right));
        CHECK(refusal(folder / "newer.db", Code::newer_format, mode) == "opened");
    }
}

TEST_CASE("A file of something else is no database", "[open]") {
    const ScratchFolder folder;
    write(folder / "text.db", std::string(20'000, 'x'));
    CHECK_THAT(refusal(folder / "text.db", Code::not_a_database), Contains("not a Mainstay database"));
}

TEST_CASE("a file is compacted in place only by whoever has it alone", "[open]") {
    const ScratchFolder folder;
    sound_file(folder / "db");
    const auto store = Store::open(folder / "db", options(OpenMode::read_write));
    {
        const Presence other{folder / "db"};  // as another process would
        CHECK_THROWS_WITH(store->compact({}), Contains("is open in another process"));
    }
    {
        const auto view = store->view();
        CHECK_THROWS_WITH(store->compact({}), Contains("in use in this process"));
    }
    store->compact({});
    CHECK_THROWS_WITH(store->compact({}), Contains("was replaced"));
    const auto again = Store::open(folder / "db", options(OpenMode::read_only));
    CHECK(again->view()->count_nodes(no_label) == 1);
    CHECK(again->verify({}).problems.empty());
}

TEST_CASE("nobody opens a file while another has it alone", "[open]") {
    const ScratchFolder folder;
    sound_file(folder / "db");
    Presence other{folder / "db"};
    REQUIRE(other.become_alone());
    CHECK_THAT(refusal(folder / "db", Code::writer_locked), Contains("is being made, compacted"));
    other.share();
    CHECK(Store::open(folder / "db", options(OpenMode::read_only))->view()->count_nodes(no_label) == 1);
}

TEST_CASE("nothing is written to a file that another has taken the place of", "[open]") {
    const ScratchFolder folder;
    const std::string bytes = sound_file(folder / "db");
    const auto store = Store::open(folder / "db", options(OpenMode::read_write));
    write(folder / "restored", bytes);
    std::filesystem::rename(folder / "restored", folder / "db");
    const auto t = store->begin();
    CHECK_THROWS_WITH(t->create_node({}, {}), Contains("was replaced by another file"));
}

}  // namespace mainstay::test
