#pragma once

// Who may come in, the same for every door: somebody with an account, if the database has any; otherwise whoever
// reaches the port, as administrator.

#include "log.hpp"

#include "mainstay/query/database.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace mainstay::server {

struct Credentials {
    enum class Scheme : std::uint8_t { none, basic, bearer };
    Scheme scheme = Scheme::none;
    std::string name, secret;  // bearer: the secret is a token
};

// Thread-safe. The database and the log must live longer.
class Access {
public:
    using Clock = std::function<std::chrono::steady_clock::time_point()>;
    Access(Database& database, ServerLog& log, Clock clock = std::chrono::steady_clock::now);

    // Whether who comes must say who it is. Microseconds.
    bool asks() const;
    // On a worker: a password takes 100 ms, but one that was right within the last minute. `client`: the address, by
    // which failures are counted together with the name. Throws Error: not_signed_in, rate_limited (with how long to
    // wait).
    Principal sign_in(const Credentials& credentials, std::string_view client);
    // Counts a request; throws Error(Code::rate_limited) if the address has made more than `a_second` of them, and
    // twice as many at once. 0: any.
    void require_rate(std::string_view client, std::uint32_t a_second);
    // Of somebody who signed in before: what it may do now. Throws Error(Code::not_signed_in). Who came in while there
    // were no accounts has to sign in once there are.
    void require_still(const Principal& principal) const;

private:
    struct Failures {
        std::uint32_t count = 0;
        std::chrono::steady_clock::time_point until{};  // nothing is tried before
    };
    struct Known {
        Principal principal;
        std::chrono::steady_clock::time_point until;
    };
    struct Bucket {
        double left;
        std::chrono::steady_clock::time_point at;
    };
    void require_patience(const std::string& key) const;  // requires the mutex
    void note_failure(const std::string& key, std::uint32_t free_failures);
    std::string fingerprint(const Credentials& credentials) const;

    Database& database_;
    ServerLog& log_;
    Clock clock_;
    std::string secret_;  // of the fingerprints, of this process
    mutable std::mutex mutex_;
    std::map<std::string, Failures, std::less<>> failures_;
    std::map<std::string, Known, std::less<>> known_;
    std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace mainstay::server
