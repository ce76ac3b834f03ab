#include "text_file.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/core/utf8.hpp"

#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <new>

namespace mainstay::connect {
namespace {

void append_utf8(std::string& out, std::uint32_t point) {
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xC0 | point >> 6);
        out += static_cast<char>(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        out += static_cast<char>(0xE0 | point >> 12);
        out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (point & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | point >> 18);
        out += static_cast<char>(0x80 | (point >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (point & 0x3F));
    }
}

// Windows-1252 from 0x80 on, where Latin-1 has controls (WHATWG Encoding, index-windows-1252).
constexpr std::array<std::uint16_t, 32> windows_1252{0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                     0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                     0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                     0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

std::string utf8_of_latin1(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 8);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        append_utf8(out, byte >= 0x80 && byte < 0xA0 ? windows_1252[byte - 0x80U] : byte);
    }
    return out;
}

// Text in Latin letters has a zero in every other byte of UTF-16. nullopt: it is something else.
enum class Endian : std::uint8_t { little, big };
std::optional<Endian> unmarked_utf16(std::string_view bytes) {
    constexpr std::size_t sample_bytes = 1'024;
    const std::string_view sample = bytes.substr(0, std::min(bytes.size(), sample_bytes));
    if (sample.size() < 4) return std::nullopt;
    std::array<std::size_t, 2> zeros{};
    for (std::size_t i = 0; i < sample.size(); ++i) zeros[i % 2] += sample[i] == '\0' ? 1 : 0;
    const std::size_t most = sample.size() / 2 - sample.size() / 20, least = sample.size() / 20;
    if (zeros[1] >= most && zeros[0] <= least) return Endian::little;
    if (zeros[0] >= most && zeros[1] <= least) return Endian::big;
    return std::nullopt;
}

// Half of a surrogate pair stays what it is, three bytes that are no UTF-8: readers refuse the cell.
std::string utf8_of_utf16(std::string_view bytes, Endian endian) {
    const auto unit = [&](std::size_t i) -> std::uint32_t {
        const auto first = static_cast<unsigned char>(bytes[i]), second = static_cast<unsigned char>(bytes[i + 1]);
        return endian == Endian::big ? std::uint32_t{first} << 8 | second : std::uint32_t{second} << 8 | first;
    };
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        std::uint32_t point = unit(i);
        if (point >= 0xD800 && point < 0xDC00 && i + 3 < bytes.size()) {
            const std::uint32_t low = unit(i + 2);
            if (low >= 0xDC00 && low < 0xE000) {
                point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        append_utf8(out, point);
    }
    return out;
}

[[noreturn]] void unreadable(const std::filesystem::path& file, std::string_view why) {
    throw Error{Code::input_unreadable, fmt::format("{} cannot be read: {}", mainstay::quoted(file.string()), why)};
}

// zlib reads plain files as they are and gzip files decompressed.
std::string read_bytes(const std::filesystem::path& file) {
    std::error_code failed;
    const auto status = std::filesystem::status(file, failed);
    if (status.type() == std::filesystem::file_type::not_found) unreadable(file, "there is no such file");
    if (status.type() == std::filesystem::file_type::directory) unreadable(file, "it is a directory");

    errno = 0;
    const std::unique_ptr<gzFile_s, int (*)(gzFile)> in{gzopen(file.c_str(), "rb"), gzclose};
    if (!in && (errno == ENOMEM || errno == 0)) throw std::bad_alloc{};
    if (!in) unreadable(file, std::strerror(errno));
    gzbuffer(in.get(), 1U << 18);

    std::string bytes;
    if (const auto size = std::filesystem::file_size(file, failed); !failed) bytes.reserve(size + 1);
    std::string chunk(1U << 18, '\0');
    for (;;) {
        const int count = gzread(in.get(), chunk.data(), static_cast<unsigned>(chunk.size()));
        if (count > 0) {
            bytes.append(chunk.data(), static_cast<std::size_t>(count));
            if (bytes.size() > text_bytes_max)
                unreadable(file, fmt::format("it holds more than {} GiB of text; split it", text_bytes_max >> 30));
            continue;
        }
        int code = Z_OK;
        const char* message = gzerror(in.get(), &code);
        if (code == Z_MEM_ERROR) throw std::bad_alloc{};
        if (code == Z_ERRNO) unreadable(file, std::strerror(errno));
        if (code != Z_OK) unreadable(file, fmt::format("its compression is damaged ({})", message));
        return bytes;
    }
}

}  // namespace

std::string read_text(const std::filesystem::path& file, Encoding encoding) {
    std::string bytes = read_bytes(file);
    const std::string_view view = bytes;
    using namespace std::string_view_literals;
    if (view.starts_with("PK\x03\x04"sv))
        unreadable(file, "it is an archive or a spreadsheet, not text; unpack it, or save the sheet as CSV");
    if (view.starts_with("\xFF\xFE\0\0"sv) || view.starts_with("\0\0\xFE\xFF"sv))
        unreadable(file, "it is UTF-32; save it as UTF-8");
    if (view.starts_with("\xEF\xBB\xBF")) return bytes.erase(0, 3);
    const auto from_utf16 = [&](std::string_view text, Endian endian) {
        if (text.size() % 2 != 0) unreadable(file, "its UTF-16 breaks off in the middle of a character: it is cut off");
        return utf8_of_utf16(text, endian);
    };
    if (view.starts_with("\xFF\xFE")) return from_utf16(view.substr(2), Endian::little);
    if (view.starts_with("\xFE\xFF")) return from_utf16(view.substr(2), Endian::big);
    if (const auto endian = unmarked_utf16(view)) return from_utf16(view, *endian);
    if (encoding == Encoding::utf8) return bytes;
    if (!first_invalid_utf8(view) && std::any_of(view.begin(), view.end(), [](char c) { return (c & 0x80) != 0; }))
        unreadable(file, "it is UTF-8, though the mapping says latin-1; leave its `encoding` out of the mapping");
    return utf8_of_latin1(view);
}

std::string_view not_utf8(std::string_view text) noexcept {
    const auto at = first_invalid_utf8(text);
    if (!at) return {};
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (*at + 1 < text.size() && byte(*at) == 0xED && byte(*at + 1) >= 0xA0 && byte(*at + 1) <= 0xBF)
        return "holds half of a pair of UTF-16 surrogates, which is no character";
    return "is not UTF-8";
}

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view space = " \t\r\n\f\v";
    const auto begin = text.find_first_not_of(space);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

}  // namespace mainstay::connect
