// Frames give the same bytes and end the same way in whatever pieces they come. The first byte says the size of the
// pieces.

#include "fuzz.hpp"

#include "net/websocket_frames.hpp"

#include <algorithm>
#include <string>

using namespace mainstay;
using namespace mainstay::server;

namespace {

std::string read(std::string_view bytes, std::size_t piece) {
    WebSocketReader reader;
    std::string said, payload;
    while (!bytes.empty()) {
        std::string_view some = bytes.substr(0, piece);
        bytes.remove_prefix(some.size());
        while (!some.empty()) {
            const auto before = some.size();
            switch (reader.take(some, payload)) {
                case WebSocketReader::Sees::nothing_yet: break;
                case WebSocketReader::Sees::data: said += payload; break;
                case WebSocketReader::Sees::ping:
                    fuzz::require(payload.size() <= 125, "a ping is short");
                    said += "[ping " + payload + "]";
                    break;
                case WebSocketReader::Sees::closed: return said + "[closed]";
                case WebSocketReader::Sees::text: return said + "[text]";
                case WebSocketReader::Sees::broken: return said + "[broken]";
            }
            fuzz::require(some.size() < before, "it goes on");
        }
    }
    return said;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
    fuzz::require(read(bytes, bytes.size()) == read(bytes, data[0] % 64 + 1U), "frames do not depend on their pieces");
    std::string frame;
    append_frame(WebSocketOpcode::binary, bytes, frame);
    fuzz::require(frame.ends_with(bytes) && frame.size() <= bytes.size() + 10, "a frame is its head and its payload");
    return 0;
}
