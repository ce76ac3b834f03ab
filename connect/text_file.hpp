#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace mainstay::connect {

// The largest file, after decompression, that a reader takes.
inline constexpr std::uint64_t text_bytes_max = std::uint64_t{16} << 30;

enum class Encoding : std::uint8_t { utf8, latin1 };

// A file's text as UTF-8, without a byte order mark. A gzip file is decompressed (known by its first bytes, not its
// name); UTF-16 is recognised by its mark or by its zero bytes and converted. Latin-1 is converted if asked for, its
// bytes 0x80 to 0x9F as Windows-1252 has them, as what calls itself Latin-1 mostly is. Otherwise the bytes are handed
// on unchecked: readers refuse the cell that is not UTF-8, not the file. Throws Error(input_unreadable): no such file,
// a directory, damaged compression, too large, an archive or spreadsheet, UTF-32, UTF-16 cut off, UTF-8 where Latin-1
// is asked for.
std::string read_text(const std::filesystem::path& file, Encoding encoding);

// What is wrong with a text, to follow its name ("is not UTF-8"); "" if it is UTF-8.
std::string_view not_utf8(std::string_view text) noexcept;

std::string_view trimmed(std::string_view text) noexcept;  // without ASCII white space at both ends

}  // namespace mainstay::connect
