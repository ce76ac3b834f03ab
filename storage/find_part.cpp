// Parts of a snapshot, found by their keys. That one is absent is believed only if no part beside its place may be it.

#include "store_impl.hpp"

#include <bit>

namespace mainstay {

std::optional<std::string_view> StoreImpl::find_part(const lmdb::Transaction& txn, const PartKey& key) const {
    const auto blob = txn.get(key.number());
    if (!blob) confirm_absent(txn, key.number(), txn.keys_beside(key.number()), ~std::uint64_t{0});
    return blob;
}

bool StoreImpl::has_column(const lmdb::Transaction& txn, ElementKind kind, KeyId key) const {
    // One look for the first part: those of one column stand together.
    constexpr std::uint64_t column_bits = ~std::uint64_t{0} << 32;
    const auto first = PartKey{kind, column_part(key), 0}.number();
    const auto beside = txn.keys_beside(first);
    if (beside.after && ((first ^ *beside.after) & column_bits) == 0) return true;
    confirm_absent(txn, first, beside, column_bits);
    return false;
}

void StoreImpl::confirm_absent(const lmdb::Transaction& txn, std::uint64_t key, const lmdb::Transaction::Beside& beside,
                               std::uint64_t bits) const {
    for (const auto& other : {beside.before, beside.after})
        if (other && std::has_single_bit((key ^ *other) & bits))
            if (const auto blob = txn.get(*other)) checked_.require_own_key(PartKey::from(*other), *blob);
}

}  // namespace mainstay
