#include "workers.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

namespace mainstay::tck {
namespace {

using Clock = std::chrono::steady_clock;

// What a worker writes for each scenario: {index, began} before it, {index, level, message} after it.
struct Header {
    std::uint32_t index;
    std::uint32_t state;  // 0: begins; 1 + level: is done
    std::uint32_t message_size;
};

struct Worker {
    std::deque<std::size_t> todo;  // of this worker and those that replace it
    pid_t pid = -1;
    int pipe = -1;
    std::string buffer;
    std::optional<std::size_t> running;
    Clock::time_point since;
    bool hung = false;
};

void write_all(int pipe, const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t n = ::write(pipe, bytes.data() + at, bytes.size() - at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) ::_exit(1);  // nobody listens any more
        at += static_cast<std::size_t>(n);
    }
}

std::string message(std::size_t index, std::uint32_t state, const std::string& text) {
    const Header header{static_cast<std::uint32_t>(index), state, static_cast<std::uint32_t>(text.size())};
    std::string bytes(sizeof header, '\0');
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes + text;
}

[[noreturn]] void work(const std::vector<const Scenario*>& scenarios, RunOptions options,
                       const std::deque<std::size_t>& todo, int pipe) {
    options.scratch /= std::to_string(::getpid());
    for (const std::size_t index : todo) {
        write_all(pipe, message(index, 0, {}));
        const Outcome outcome = run_scenario(*scenarios[index], options);
        write_all(pipe, message(index, 1 + static_cast<std::uint32_t>(outcome.level), outcome.message));
    }
    std::error_code ignored;
    std::filesystem::remove_all(options.scratch, ignored);
    ::_exit(0);
}

void start(Worker& worker, const std::vector<const Scenario*>& scenarios, const RunOptions& options) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    const pid_t pid = ::fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid == 0) {
        ::close(ends[0]);
        work(scenarios, options, worker.todo, ends[1]);
    }
    ::close(ends[1]);
    worker.pid = pid;
    worker.pipe = ends[0];
    worker.buffer.clear();
    worker.since = Clock::now();
    worker.hung = false;
}

std::string cause_of_death(int status, bool hung) {
    if (hung) return "took too long; its process was ended";
    if (WIFSIGNALED(status)) return std::string("crashed: ") + strsignal(WTERMSIG(status));
    return "its process ended with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

std::vector<Outcome> run_in_workers(const std::vector<const Scenario*>& scenarios, const RunOptions& options,
                                    unsigned workers, std::chrono::seconds scenario_time,
                                    const std::function<void(std::size_t)>& done) {
    std::vector<Outcome> outcomes(scenarios.size());
    std::vector<Worker> pool(std::max<std::size_t>(1, std::min<std::size_t>(workers, scenarios.size())));
    for (std::size_t i = 0; i < scenarios.size(); ++i) pool[i % pool.size()].todo.push_back(i);
    for (Worker& worker : pool)
        if (!worker.todo.empty()) start(worker, scenarios, options);

    const auto finish = [&](Worker& worker, std::size_t index, Outcome outcome) {
        outcomes[index] = std::move(outcome);
        worker.todo.pop_front();
        worker.running.reset();
        done(index);
    };
    const auto take_messages = [&](Worker& worker) {
        Header header;
        while (worker.buffer.size() >= sizeof header) {
            std::memcpy(&header, worker.buffer.data(), sizeof header);
            if (worker.buffer.size() < sizeof header + header.message_size) return;
            worker.since = Clock::now();
            if (header.state == 0)
                worker.running = header.index;
            else
                finish(
                    worker, header.index,
                    {static_cast<Level>(header.state - 1), worker.buffer.substr(sizeof header, header.message_size)});
            worker.buffer.erase(0, sizeof header + header.message_size);
        }
    };
    const auto bury = [&](Worker& worker) {
        int status = 0;
        while (::waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
        }
        ::close(worker.pipe);
        worker.pipe = -1;
        std::error_code ignored;
        std::filesystem::remove_all(options.scratch / std::to_string(worker.pid), ignored);
        if (worker.running)
            finish(worker, *worker.running, {Level::nothing, cause_of_death(status, worker.hung)});
        else if (!worker.todo.empty())
            finish(worker, worker.todo.front(), {Level::nothing, cause_of_death(status, false)});
        if (!worker.todo.empty()) start(worker, scenarios, options);
    };

    for (;;) {
        std::vector<pollfd> waits;
        for (const Worker& worker : pool) waits.push_back({worker.pipe, POLLIN, 0});  // poll skips -1
        if (std::all_of(pool.begin(), pool.end(), [](const Worker& worker) { return worker.pipe < 0; }))
            return outcomes;
        ::poll(waits.data(), waits.size(), 1000);
        for (std::size_t i = 0; i < pool.size(); ++i) {
            Worker& worker = pool[i];
            if (worker.pipe < 0) continue;
            if (waits[i].revents != 0) {
                char bytes[65536];
                const ssize_t n = ::read(worker.pipe, bytes, sizeof bytes);
                if (n > 0) {
                    worker.buffer.append(bytes, static_cast<std::size_t>(n));
                    take_messages(worker);
                } else if (n == 0) {
                    bury(worker);
                }
            } else if (!worker.hung && Clock::now() - worker.since > scenario_time) {
                worker.hung = true;
                ::kill(worker.pid, SIGKILL);
            }
        }
    }
}

}  // namespace mainstay::tck
