#pragma once

// A client of Bolt 5.4 for tests, over one TCP connection to this machine. It shares with the server how numbers and
// texts are packed and messages are cut, and nothing else.

#include "bolt/chunks.hpp"
#include "bolt/packstream.hpp"
#include "text_value.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::tck {

// Temporal values are read as the text that toString() gives. Throw std::runtime_error for what is no value of Bolt
// 5.4, and for elements where they are written.
TextValue read_bolt_value(server::PackReader& in);
void write_bolt_value(const TextValue& value, server::PackWriter& out);

struct BoltAnswer {
    enum class Kind : std::uint8_t { success, failure, ignored, record };
    Kind kind = Kind::ignored;
    TextValue content;  // a map; of a record the list of its values
    // An entry of the map; null if it is not there.
    const TextValue& at(std::string_view key) const;
};

// Every function throws std::runtime_error if the connection ends or what comes is no answer.
class BoltClient {
public:
    // Connects and signs in.
    explicit BoltClient(std::uint16_t port);
    ~BoltClient();
    BoltClient(const BoltClient&) = delete;
    BoltClient& operator=(const BoltClient&) = delete;

    // Requests may be sent before earlier ones are answered.
    void run(std::string_view statement, const std::vector<TextEntry>& parameters, const std::vector<TextEntry>& extra);
    void pull(std::int64_t rows);
    void reset();
    BoltAnswer receive();

private:
    void sign_in();
    void send(std::string_view bytes);
    void send_message(std::uint8_t tag, std::size_t fields, const std::function<void(server::PackWriter&)>& write);
    std::string read_some(std::size_t most);

    int socket_ = -1;
    server::ChunkReader chunks_;
    std::string unread_;
};

}  // namespace mainstay::tck
