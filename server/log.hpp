#pragma once

// What the server says of itself: to operators, and for audits.

#include "mainstay/server/server.hpp"

#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace mainstay::server {

// Thread-safe. Nothing of a statement's data is in it but what a slow statement's text says.
class ServerLog {
public:
    explicit ServerLog(ServerOptions::Log to) : to_(std::move(to)) {}
    void say(ServerEvent::Severity severity, std::string_view name,
             std::initializer_list<std::pair<std::string_view, std::string>> fields) {
        if (!to_) return;
        ServerEvent event{severity, std::string{name}, {}};
        for (const auto& [key, value] : fields) event.fields.emplace_back(key, value);
        const std::lock_guard lock(mutex_);
        to_(event);
    }

private:
    ServerOptions::Log to_;
    std::mutex mutex_;
};

}  // namespace mainstay::server
