// What becomes of a process whose map cannot be read.

#include "mainstay/core/error.hpp"
#include "mainstay/storage/store.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <fstream>
#include <functional>

namespace mainstay::test {
namespace {

// The status with which a child ends that runs f; negative: the signal that ended it.
int status_of(const std::function<int()>& f) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::alarm(20);
        try {
            ::_exit(f());
        } catch (...) {
            ::_exit(100);
        }
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

void make(const std::filesystem::path& file) {
    OpenOptions o;
    o.mode = OpenMode::create_if_missing;
    o.durability = Durability::relaxed;
    o.initial_model = Model::empty();
    const auto store = Store::open(file, o);
    const auto t = store->begin(ValidTime{});
    const auto label = t->label("Thing");
    for (int i = 0; i < 2000; ++i)
        t->create_node({&label, 1}, {{t->key("text"), Value{std::string(200, static_cast<char>('a' + i % 26))}}});
    REQUIRE(t->commit({}));
    store->fold_all();
}

std::size_t read_all(const View& view) {
    std::size_t bytes = 0;
    view.for_each_node(no_label, [&](NodeId node) {
        view.visit_properties(node, [&](KeyId, const Value& value) { bytes += print(value).size(); });
    });
    return bytes;
}

Code code_of(const std::function<void()>& f) {
    try {
        f();
    } catch (const Error& error) {
        return error.code();
    }
    return Code::internal;
}

}  // namespace

TEST_CASE("A file that is cut while it is open is an error of whoever reads it, then and later", "[damage]") {
    const ScratchFolder folder;
    make(folder / "db");
    OpenOptions read_only;
    read_only.mode = OpenMode::read_only;
    CHECK(status_of([&] {
              const auto store = Store::open(folder / "db", read_only);
              const auto view = store->view({std::nullopt, ValidTime{}});
              std::filesystem::resize_file(folder / "db", 3 * 4096);
              const bool while_reading = code_of([&] {
                                             read_all(*view);
                                             view->require_readable();
                                         }) != Code::internal;
              const bool later = code_of([&] { view->require_readable(); }) == Code::io_error &&
                                 code_of([&] { (void)store->view(); }) == Code::io_error &&
                                 code_of([&] { (void)store->log(1); }) == Code::io_error;
              return while_reading && later ? 42 : 1;
          }) == 42);
}

TEST_CASE("Nothing is written to a file that was cut while it is open", "[damage]") {
    const ScratchFolder folder;
    make(folder / "db");
    OpenOptions read_write;
    CHECK(status_of([&] {
              const auto store = Store::open(folder / "db", read_write);
              const auto t = store->begin(ValidTime{});
              std::filesystem::resize_file(folder / "db", 3 * 4096);
              const auto code = code_of([&] {
                  t->create_node({}, {{t->key("text"), Value{std::string("more")}}});
                  (void)t->commit({});
              });
              return code == Code::io_error || code == Code::corrupt ? 42 : 1;
          }) == 42);
}

TEST_CASE("A file that is sound stays readable", "[damage]") {
    const ScratchFolder folder;
    make(folder / "db");
    const auto store = Store::open(folder / "db", {});
    const auto view = store->view({std::nullopt, ValidTime{}});
    CHECK(read_all(*view) >= 2000 * 200);
    CHECK_NOTHROW(view->require_readable());
}

TEST_CASE("A bus error in memory that is no database's ends the process as ever", "[damage]") {
    // A sanitizer has a handler of its own, which is the one that was there before: it ends the process with status 1.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    constexpr int killed = 1;
#else
    constexpr int killed = -SIGBUS;
#endif
    constexpr int went_on = 42;
    const ScratchFolder folder;
    make(folder / "db");
    std::ofstream(folder / "other") << std::string(8192, 'x');
    CHECK(status_of([&] {
              const auto store = Store::open(folder / "db", {});
              const int fd = ::open((folder / "other").c_str(), O_RDONLY | O_CLOEXEC);
              const auto* map = static_cast<const volatile char*>(::mmap(nullptr, 8192, PROT_READ, MAP_SHARED, fd, 0));
              std::filesystem::resize_file(folder / "other", 0);
              return map[5000] == 'x' ? went_on : went_on + 1;
          }) == killed);
    CHECK(status_of([&] {
              const auto store = Store::open(folder / "db", {});
              ::raise(SIGBUS);
              return went_on;
          }) == killed);
}

}  // namespace mainstay::test
