#pragma once

#include "mainstay/storage/accounts.hpp"

#include <memory>

namespace mainstay {

class StoreImpl;

// Of a store, which lives longer.
std::unique_ptr<Accounts> make_accounts(StoreImpl& store);

}  // namespace mainstay
