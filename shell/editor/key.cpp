#include "editor/key.hpp"

#include <algorithm>
#include <utility>

namespace mainstay::shell {
namespace {

constexpr std::string_view paste_begin = "\x1b[200~";
constexpr std::string_view paste_end = "\x1b[201~";
constexpr std::size_t sequence_bytes_max = 32;  // longer ones are noise

std::size_t size_of_character(unsigned char first) noexcept {
    if (first >= 0xF0 && first < 0xF8) return 4;
    if (first >= 0xE0) return first < 0xF0 ? 3 : 1;
    return first >= 0xC2 ? 2 : 1;
}

Key plain(KeyCode code) { return Key{code, {}, 0, false, false}; }

KeyCode code_of_letter(char final) noexcept {
    switch (final) {
        case 'A': return KeyCode::up;
        case 'B': return KeyCode::down;
        case 'C': return KeyCode::right;
        case 'D': return KeyCode::left;
        case 'H': return KeyCode::home;
        case 'F': return KeyCode::end;
        case 'Z': return KeyCode::back_tab;
        default: return KeyCode::unknown;
    }
}

KeyCode code_of_number(int number) noexcept {
    switch (number) {
        case 1:
        case 7: return KeyCode::home;
        case 3: return KeyCode::erase;
        case 4:
        case 8: return KeyCode::end;
        case 5: return KeyCode::page_up;
        case 6: return KeyCode::page_down;
        default: return KeyCode::unknown;
    }
}

// ESC [ first ; modifiers final. xterm: modifiers - 1 is a bit set of shift 1, alt 2, control 4.
Key key_of_sequence(std::string_view parameters, char final) {
    int first = 0, modifiers = 0;
    int* number = &first;
    for (const char c : parameters) {
        if (c == ';')
            number = &modifiers;
        else if (c >= '0' && c <= '9' && *number < 1000)
            *number = *number * 10 + (c - '0');
    }
    Key key = plain(final == '~' ? code_of_number(first) : code_of_letter(final));
    if (modifiers > 0) {
        key.with_alt = ((modifiers - 1) & 2) != 0;
        key.with_control = ((modifiers - 1) & 4) != 0;
    }
    return key;
}

std::string with_plain_newlines(std::string text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r') {
            result += '\n';
            if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
        } else if (static_cast<unsigned char>(text[i]) >= 0x20 || text[i] == '\n' || text[i] == '\t') {
            result += text[i];
        }
    }
    return result;
}

}  // namespace

std::vector<Key> KeyDecoder::feed(std::string_view bytes) {
    pending_ += bytes;
    std::vector<Key> keys;
    while (!pending_.empty()) {
        std::optional<Key> key = take();
        if (!key) break;
        // Text that comes in one piece is inserted in one piece.
        if (key->code == KeyCode::text && !key->with_alt && !keys.empty() && keys.back().code == KeyCode::text &&
            !keys.back().with_alt)
            keys.back().text += key->text;
        else
            keys.push_back(std::move(*key));
    }
    return keys;
}

std::vector<Key> KeyDecoder::give_up() {
    if (is_pasting_) return {};
    std::vector<Key> keys;
    if (pending_.starts_with('\x1b')) keys.push_back(plain(KeyCode::escape));
    pending_.clear();
    return keys;
}

std::optional<Key> KeyDecoder::take() {
    if (is_pasting_) {
        const std::size_t end = pending_.find(paste_end);
        if (end == std::string::npos) {
            // The end mark may be split between two reads: keep as many bytes as it may have begun with.
            const std::size_t keep = std::min(pending_.size(), paste_end.size() - 1);
            pasted_ += pending_.substr(0, pending_.size() - keep);
            pending_.erase(0, pending_.size() - keep);
            return std::nullopt;
        }
        pasted_ += pending_.substr(0, end);
        pending_.erase(0, end + paste_end.size());
        is_pasting_ = false;
        Key key = plain(KeyCode::paste);
        key.text = with_plain_newlines(std::exchange(pasted_, {}));
        return key;
    }
    const auto first = static_cast<unsigned char>(pending_.front());
    if (first == 0x1b) return take_escape();
    if (first >= 0x80) {
        const std::size_t size = size_of_character(first);
        if (pending_.size() < size) return std::nullopt;
        Key key = plain(KeyCode::text);
        const bool is_sound = size > 1 && std::all_of(pending_.begin() + 1, pending_.begin() + static_cast<long>(size),
                                                      [](char c) { return (c & 0xC0) == 0x80; });
        key.text = is_sound ? pending_.substr(0, size) : "\xEF\xBF\xBD";
        pending_.erase(0, is_sound ? size : 1);
        return key;
    }
    pending_.erase(0, 1);
    switch (first) {
        case '\r':
        case '\n': return plain(KeyCode::enter);
        case '\t': return plain(KeyCode::tab);
        case 0x7F:
        case 0x08: return plain(KeyCode::backspace);
        default: break;
    }
    if (first < 0x20) {
        Key key = plain(KeyCode::control);
        key.letter = first >= 1 && first <= 26 ? static_cast<char>('a' + first - 1) : first == 0x1F ? '_' : '\\';
        return key;
    }
    Key key = plain(KeyCode::text);
    key.text = std::string(1, static_cast<char>(first));
    return key;
}

std::optional<Key> KeyDecoder::take_escape() {
    if (pending_.size() < 2) return std::nullopt;
    if (pending_.starts_with(paste_begin)) {
        pending_.erase(0, paste_begin.size());
        is_pasting_ = true;
        return take();
    }
    const char second = pending_[1];
    if (second == '[' || second == 'O') {
        std::size_t final = 2;
        while (final < pending_.size() && pending_[final] >= 0x20 && pending_[final] < 0x40) ++final;
        if (final >= pending_.size()) {
            if (pending_.size() < sequence_bytes_max) return std::nullopt;
            pending_.clear();
            return plain(KeyCode::unknown);
        }
        const Key key = key_of_sequence(std::string_view{pending_}.substr(2, final - 2), pending_[final]);
        pending_.erase(0, final + 1);
        return key;
    }
    if (second == '\x1b') {  // Escape, then another sequence
        pending_.erase(0, 1);
        return plain(KeyCode::escape);
    }
    pending_.erase(0, 1);
    std::optional<Key> key = take();
    if (!key)
        pending_.insert(pending_.begin(), '\x1b');
    else
        key->with_alt = true;
    return key;
}

}  // namespace mainstay::shell
