#include "access.hpp"

#include "mainstay/core/error.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

namespace mainstay::server {
namespace {

using namespace std::chrono_literals;

// So many mistakes are free, of a name from an address and of an address as a whole; then each doubles the wait.
constexpr std::uint32_t free_failures_of_name = 3, free_failures_of_address = 20, doublings_max = 6;
constexpr auto known_time = 60s, forgotten_after = 900s;
constexpr std::size_t entries_max = 10'000;

}  // namespace

Access::Access(Database& database, ServerLog& log, Clock clock)
    : database_(database), log_(log), clock_(std::move(clock)), secret_(crypto_generichash_KEYBYTES, '\0') {
    if (sodium_init() < 0) throw Error{Code::internal, "no random numbers can be had"};
    randombytes_buf(secret_.data(), secret_.size());
}

bool Access::asks() const { return database_.store().accounts().any(); }

void Access::require_still(const Principal& principal) const {
    if (!principal.verified) {
        if (asks())
            throw Error{Code::not_signed_in, "this database has accounts now"}.with_hint("connect again and sign in");
        return;
    }
    (void)database_.store().accounts().require(principal);
}

// What was right a moment ago is known by it, without being kept.
std::string Access::fingerprint(const Credentials& credentials) const {
    const std::string text = fmt::format("{}:{}:{}{}", static_cast<int>(credentials.scheme), credentials.name.size(),
                                         credentials.name, credentials.secret);
    std::string hash(crypto_generichash_BYTES, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       reinterpret_cast<const unsigned char*>(secret_.data()), secret_.size());
    return hash;
}

void Access::require_patience(const std::string& key) const {
    const auto found = failures_.find(key);
    if (found == failures_.end()) return;
    const auto left = found->second.until - clock_();
    if (left <= 0s) return;
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
    throw Error{Code::rate_limited, fmt::format("too many failed sign-ins; wait {} s", seconds)};
}

void Access::note_failure(const std::string& key, std::uint32_t free_failures) {
    const auto now = clock_();
    if (failures_.size() >= entries_max)
        std::erase_if(failures_, [&](const auto& each) { return each.second.until + 60s < now; });
    if (failures_.size() >= entries_max) failures_.clear();
    Failures& failures = failures_[key];
    if (failures.until + forgotten_after < now) failures.count = 0;
    ++failures.count;
    const std::uint32_t beyond = failures.count > free_failures ? failures.count - free_failures : 0;
    failures.until = now + (beyond == 0 ? 0s : std::chrono::seconds{1U << std::min(beyond - 1, doublings_max)});
}

void Access::require_rate(std::string_view client, std::uint32_t a_second) {
    if (a_second == 0) return;
    const std::lock_guard lock(mutex_);
    const auto now = clock_();
    if (buckets_.size() >= entries_max) buckets_.clear();
    const double most = 2.0 * a_second;
    auto found = buckets_.find(client);
    if (found == buckets_.end()) found = buckets_.emplace(client, Bucket{most, now}).first;
    Bucket& bucket = found->second;
    bucket.left = std::min(most, bucket.left + std::chrono::duration<double>(now - bucket.at).count() * a_second);
    bucket.at = now;
    if (bucket.left < 1.0)
        throw Error{Code::rate_limited, fmt::format("more than {} requests a second come from this address", a_second)}
            .with_hint("wait a second, or ask for more at once");
    bucket.left -= 1.0;
}

Principal Access::sign_in(const Credentials& credentials, std::string_view client) {
    Accounts& accounts = database_.store().accounts();
    if (!accounts.any()) return {};
    const std::string by_name = fmt::format("{}\n{}", client, credentials.name), by_address{client};
    const bool is_token = credentials.scheme == Credentials::Scheme::bearer;
    std::string known;
    if (credentials.scheme == Credentials::Scheme::none)
        throw Error{Code::not_signed_in, "this database has accounts: sign in with a name and a password, or a token"};
    {
        const std::lock_guard lock(mutex_);
        // Nobody guesses a token, and trying one costs nothing: who has one does not wait for others' mistakes.
        if (!is_token) require_patience(by_name);
        if (!is_token) require_patience(by_address);
        // For a token too, which is as quick to check: not every request is worth a line of the log.
        known = fingerprint(credentials);
        const auto found = known_.find(known);
        if (found != known_.end() && found->second.until > clock_()) {
            if (auto principal = accounts.renew(found->second.principal)) {
                failures_.erase(by_name);
                failures_.erase(by_address);
                return *std::move(principal);
            }
        }
    }
    const auto principal = is_token ? accounts.verify_token(credentials.secret)
                                    : accounts.verify_password(credentials.name, credentials.secret);
    const auto scheme = is_token ? "token" : "password";
    const std::lock_guard lock(mutex_);
    if (!principal) {
        log_.say(ServerEvent::Severity::warning, "sign_in_failed",
                 {{"user", credentials.name}, {"client", std::string{client}}, {"by", scheme}});
        if (!is_token) note_failure(by_name, free_failures_of_name);
        if (!is_token) note_failure(by_address, free_failures_of_address);
        throw Error{Code::not_signed_in, "the name or the password, or the token, is wrong"};
    }
    failures_.erase(by_name);
    failures_.erase(by_address);
    if (known_.size() >= entries_max) known_.clear();
    known_[known] = {*principal, clock_() + known_time};
    log_.say(ServerEvent::Severity::info, "sign_in",
             {{"user", principal->name},
              {"role", std::string{name_of(principal->role)}},
              {"client", std::string{client}},
              {"by", scheme}});
    return *principal;
}

}  // namespace mainstay::server
