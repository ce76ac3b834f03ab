#include "output/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mainstay::shell {
namespace {

constexpr std::size_t piece_size = 64 * 1024;

}  // namespace

FileOutput::~FileOutput() {
    try {
        flush();
    } catch (...) {  // destructors do not throw; flush() was there to be called
    }
}

void FileOutput::write(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= piece_size) flush();
}

void FileOutput::flush() {
    std::string_view left = buffer_;
    while (!left.empty()) {
        const ssize_t written = ::write(descriptor_, left.data(), left.size());
        if (written >= 0) {
            left.remove_prefix(static_cast<std::size_t>(written));
            continue;
        }
        if (errno == EINTR) continue;
        const int error = errno;
        buffer_.clear();
        if (if_it_fails_ == IfItFails::go_on) return;
        if (error == EPIPE) throw OutputClosed{};
        throw Error{Code::io_error, "cannot write to " + name_ + ": " + std::strerror(error)};
    }
    buffer_.clear();
}

OutputStreambuf::int_type OutputStreambuf::overflow(int_type c) {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char one = traits_type::to_char_type(c);
    output_.write({&one, 1});
    return c;
}

std::streamsize OutputStreambuf::xsputn(const char* text, std::streamsize count) {
    output_.write({text, static_cast<std::size_t>(count)});
    return count;
}

int OutputStreambuf::sync() {
    output_.flush();
    return 0;
}

}  // namespace mainstay::shell
