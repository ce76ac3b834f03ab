// Who may import: an editor, as long as the class model and the schema stay as they are.

#include "mainstay/connect/connect.hpp"
#include "mainstay/core/error.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <functional>
#include <optional>
#include <sstream>

namespace mainstay::test {
namespace {

const CommitInfo by_test{"tester", "", "", ""};

struct Scene {
    ScratchFolder folder;
    std::unique_ptr<Database> database = open("db");

    Scene() {
        add("ann", Role::admin);
        write("hosts.csv", "id,name\nh1,web\nh2,db\n");
        write("plain.json", mapping(""));
        write("extends.json", mapping(R"("model": "more.json",)"));
        write("more.json", R"({"classes": [{"name": "Rack", "attributes": [{"name": "row", "type": "string"}]}]})");
    }
    std::unique_ptr<Database> open(const char* name) const {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        options.store.durability = Durability::none;
        return Database::open(folder / name, std::move(options));
    }
    static std::string mapping(const std::string& model) {
        return R"({"source": "test", )" + model + R"("files": [{"file": "hosts.csv",
            "nodes": [{"class": "Server", "key": "id"}]}]})";
    }
    void write(const char* name, const std::string& text) const { std::ofstream{folder / name} << text; }
    Accounts& accounts() { return database->store().accounts(); }
    void add(const char* name, Role role) { accounts().add({name, role, std::nullopt, std::nullopt}, by_test); }
    std::optional<Code> import_by(const Principal& who, const char* mapping_file) {
        ImportOptions options;
        options.mapping = folder / mapping_file;
        options.commit = {"somebody else", "", "", ""};
        options.principal = who;
        try {
            const auto report = import_files(*database, folder / "hosts.csv", options);
            CHECK(report.problems.empty());
        } catch (const Error& error) {
            INFO(error.what());
            return error.code();
        }
        return std::nullopt;
    }
    Principal signed_in(const char* name) {
        const auto token = accounts().make_token({name, "", std::nullopt, std::nullopt}, by_test);
        return accounts().verify_token(token.text).value();
    }
};

}  // namespace

TEST_CASE("an import needs the role editor, and admin if it changes the class model", "[roles]") {
    Scene scene;
    scene.add("rita", Role::reader);
    scene.add("eve", Role::editor);
    CHECK(scene.import_by(scene.signed_in("rita"), "plain.json") == Code::forbidden);
    CHECK(scene.import_by(scene.accounts().act_as("rita"), "plain.json") == Code::forbidden);
    CHECK(scene.import_by(scene.signed_in("eve"), "extends.json") == Code::forbidden);
    CHECK(scene.import_by(scene.signed_in("eve"), "plain.json") == std::nullopt);
    CHECK(scene.database->store().log(1).front().info.author == "eve");
    CHECK(scene.database->store().log(1).front().verified);
    CHECK(scene.import_by(scene.signed_in("ann"), "extends.json") == std::nullopt);
}

TEST_CASE("a dump has no account, and reads back without", "[roles]") {
    Scene scene;
    scene.accounts().set_password("ann", "a long password", by_test);
    const auto token = scene.accounts().make_token({"ann", "backup", std::nullopt, std::nullopt}, by_test);
    std::ostringstream out;
    export_jsonl(*scene.database->store().view(), out, {});
    const auto dump = out.str();
    CHECK(dump.find("argon2") == std::string::npos);
    CHECK(dump.find(token.text) == std::string::npos);
    CHECK(dump.find("mst_") == std::string::npos);
    scene.write("dump.jsonl", dump);
    const auto other = scene.open("other");
    ImportOptions options;
    options.format = "jsonl";
    CHECK(import_files(*other, scene.folder / "dump.jsonl", options).problems.empty());
    CHECK_FALSE(other->store().accounts().any());
}

}  // namespace mainstay::test
