#include "mainstay/core/error.hpp"
#include "mainstay/core/value.hpp"

#include <cstring>
#include <limits>
#include <new>

namespace mainstay {
namespace {

constexpr std::size_t inline_size_max = 15;
constexpr unsigned char on_heap = 0xFF;

}  // namespace

// Followed by `size` bytes of text.
struct String::Rep {
    mutable std::atomic<std::uint32_t> refs;
    std::uint32_t size;
    const char* text() const noexcept { return reinterpret_cast<const char*>(this + 1); }
};

const String::Rep* String::rep() const noexcept {
    if (static_cast<unsigned char>(bytes_[15]) != on_heap) return nullptr;
    const Rep* rep;
    std::memcpy(&rep, bytes_, sizeof rep);
    return rep;
}

String::String() noexcept : bytes_{} {}

String::String(std::string_view text) : bytes_{} {
    if (text.size() <= inline_size_max) {
        if (!text.empty()) std::memcpy(bytes_, text.data(), text.size());
        bytes_[15] = static_cast<char>(text.size());
        return;
    }
    if (text.size() > std::numeric_limits<std::uint32_t>::max())
        throw Error{Code::memory_limit, "a string may have at most 4,294,967,295 bytes"};
    void* memory = ::operator new(sizeof(Rep) + text.size());
    const Rep* rep = new (memory) Rep{{1}, static_cast<std::uint32_t>(text.size())};
    std::memcpy(static_cast<char*>(memory) + sizeof(Rep), text.data(), text.size());
    std::memcpy(bytes_, &rep, sizeof rep);
    bytes_[15] = static_cast<char>(on_heap);
}

String::String(const String& other) noexcept {
    std::memcpy(bytes_, other.bytes_, sizeof bytes_);
    if (const Rep* shared = rep()) shared->refs.fetch_add(1, std::memory_order_relaxed);
}

String::String(String&& other) noexcept {
    std::memcpy(bytes_, other.bytes_, sizeof bytes_);
    std::memset(other.bytes_, 0, sizeof other.bytes_);
}

String& String::operator=(const String& other) noexcept {
    String copy{other};
    return *this = std::move(copy);
}

String& String::operator=(String&& other) noexcept {
    char mine[16];
    std::memcpy(mine, bytes_, sizeof mine);
    std::memcpy(bytes_, other.bytes_, sizeof bytes_);
    std::memcpy(other.bytes_, mine, sizeof mine);
    return *this;
}

String::~String() {
    const Rep* shared = rep();
    if (shared && shared->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        shared->~Rep();
        ::operator delete(const_cast<Rep*>(shared));
    }
}

std::string_view String::view() const noexcept {
    if (const Rep* shared = rep()) return {shared->text(), shared->size};
    return {bytes_, static_cast<unsigned char>(bytes_[15])};
}

}  // namespace mainstay
