#include "store_impl.hpp"

namespace mainstay {

void StoreImpl::fold_some() {}
void StoreImpl::fold_all() {}

}  // namespace mainstay
