#include "mainstay/storage/principal.hpp"

#include "mainstay/core/error.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace mainstay {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 3> role_names = {
    {{Role::reader, "reader"}, {Role::editor, "editor"}, {Role::admin, "admin"}}};

std::string_view with_article(Role role) {
    switch (role) {
        case Role::reader: return "a reader";
        case Role::editor: return "an editor";
        case Role::admin: break;
    }
    return "an admin";
}

}  // namespace

std::string_view name_of(Role role) noexcept {
    for (const auto& [known, name] : role_names)
        if (known == role) return name;
    return "?";
}

std::optional<Role> parse_role(std::string_view name) noexcept {
    for (const auto& [role, known] : role_names)
        if (known == name) return role;
    return std::nullopt;
}

void require_role(const Principal& principal, Role needed, std::string_view what) {
    if (principal.role >= needed) return;
    const bool by_token = principal.token != 0;
    throw Error{Code::forbidden,
                fmt::format("{} is {}{}; {} needs the role {}", principal.name.empty() ? "who asks" : principal.name,
                            with_article(principal.role), by_token ? " here, by its token" : "", what, name_of(needed))}
        .with_hint(by_token ? "sign in with the password, or with a token that allows it"
                            : "an administrator can change it: mainstay user role");
}

}  // namespace mainstay
