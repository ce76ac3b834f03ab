#pragma once

// The node of the graph that stands for who has an account: those a CMDB has anyway.

#include "mainstay/storage/transaction.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay {

// Where users are kept: the class, and the attributes that may hold an account's name, best first.
struct UserClass {
    std::string name;
    std::vector<std::string> attributes;
    std::vector<std::string> given;  // those that a new node gets, with the name as value
};

// User if the class model has such a class, else Person; without a model the label User.
// Throws Error(Code::unknown_label) if the model has neither.
UserClass user_class_of(const Model& model);

// The node of the class, or of one below it, that has the name. Throws Error(Code::invalid_argument_value) if several
// do. By an index where there is one, else all nodes are looked at.
std::optional<NodeId> find_user(const View& view, const UserClass& users, std::string_view account_name);
NodeId make_user(Transaction& transaction, const UserClass& users, std::string_view account_name);

}  // namespace mainstay
