#pragma once

// Who acts, and what that allows. The rules hold below every door: a transaction, a bulk load or a change of accounts
// that is begun for a principal does what its role allows and no more, and the committer asks again.

#include "mainstay/core/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mainstay {

// Each may do what those before it may. Stored in files: do not renumber.
enum class Role : std::uint8_t {
    reader = 1,  // reads
    editor = 2,  // writes data too, imports without a change of the class model included
    admin = 3    // class model, indexes and constraints, accounts
};
std::string_view name_of(Role role) noexcept;
std::optional<Role> parse_role(std::string_view name) noexcept;

// The default is what the library and local commands act as: somebody who may write the file, so an administrator,
// whose name nobody has checked. Others come from Accounts (accounts.hpp).
struct Principal {
    std::string name;  // author of what it commits; "": CommitInfo::author says who
    Role role = Role::admin;
    NodeId user = no_node;
    // Signed in with a password or token. Then every transaction, commit and statement asks whether the account is
    // still there and what it allows now; a commit's author is `name`, whatever else is asked for, and marked verified.
    bool verified = false;
    std::uint64_t secret = 0;  // the transaction that set the password, or made the account
    std::uint64_t token = 0;   // the token it signed in with; 0: none
};

// Throws Error(Code::forbidden) "ann is a reader; `what` needs the role editor" if the role is too low.
void require_role(const Principal& principal, Role needed, std::string_view what);

}  // namespace mainstay
