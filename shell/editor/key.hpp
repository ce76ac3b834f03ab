#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::shell {

enum class KeyCode : std::uint8_t {
    text,     // Key::text is one or more whole characters
    paste,    // Key::text is what was pasted (bracketed paste), newlines as \n
    control,  // Key::letter with Ctrl, 'a' to 'z', '_' or '\\'
    enter,
    tab,
    back_tab,
    backspace,
    erase,  // the Delete key
    escape,
    left,
    right,
    up,
    down,
    home,
    end,
    page_up,
    page_down,
    unknown  // a sequence we have no use for
};

struct Key {
    KeyCode code = KeyCode::unknown;
    std::string text;
    char letter = 0;
    bool with_control = false;  // of arrows and the like
    bool with_alt = false;
};

// Bytes of a terminal (xterm's and VT220's sequences, UTF-8) into keys. Keeps what is incomplete.
class KeyDecoder {
public:
    std::vector<Key> feed(std::string_view bytes);
    // Something is incomplete: wait a moment for the rest, then call give_up().
    bool is_waiting() const noexcept { return !pending_.empty() && !is_pasting_; }
    // What stands incomplete is all there is: an Escape key, or broken UTF-8 which is dropped.
    std::vector<Key> give_up();

private:
    std::optional<Key> take();  // one key from pending_, nullopt if more bytes are needed
    std::optional<Key> take_escape();
    std::string pending_;
    std::string pasted_;
    bool is_pasting_ = false;
};

}  // namespace mainstay::shell
