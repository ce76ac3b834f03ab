#include "bolt/chunks.hpp"

#include <algorithm>
#include <utility>

namespace mainstay::server {

ChunkReader::Sees ChunkReader::take(std::string_view& bytes, std::string& message) {
    while (!bytes.empty()) {
        if (left_ > 0) {
            const auto count = std::min(left_, bytes.size());
            if (so_far_.size() + count > most_) return Sees::too_long;
            so_far_ += bytes.substr(0, count);
            bytes.remove_prefix(count);
            left_ -= count;
            continue;
        }
        const auto byte = static_cast<std::uint8_t>(bytes.front());
        bytes.remove_prefix(1);
        if (!high_byte_) {
            high_byte_ = byte;
            continue;
        }
        left_ = std::size_t{*std::exchange(high_byte_, std::nullopt)} << 8 | byte;
        if (left_ > 0 || so_far_.empty()) continue;
        message = std::exchange(so_far_, {});
        return Sees::message;
    }
    return Sees::nothing_yet;
}

}  // namespace mainstay::server
