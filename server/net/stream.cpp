#include "net/stream.hpp"

namespace mainstay::server {

namespace asio = boost::asio;

asio::awaitable<bool> read_all(Stream& stream, std::span<char> into) {
    while (!into.empty()) {
        const auto count = co_await stream.read_some(into);
        if (count == 0) co_return false;
        into = into.subspan(count);
    }
    co_return true;
}

}  // namespace mainstay::server
