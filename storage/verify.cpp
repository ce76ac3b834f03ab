#include "store_impl.hpp"

namespace mainstay {

VerifyReport StoreImpl::verify(const ProgressSink&) const { return {}; }

}  // namespace mainstay
