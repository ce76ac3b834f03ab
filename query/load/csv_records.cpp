#include "load/csv_records.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/core/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace mainstay {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 17;

bool is_line_end(int c) noexcept { return c == '\n' || c == '\r'; }

}  // namespace

CsvRecords::CsvRecords(OpenFile file, std::string name, std::optional<char> delimiter)
    : file_(std::move(file)), name_(std::move(name)), delimiter_(delimiter.value_or(',')) {
    buffer_.resize(buffer_bytes);
    read_start(delimiter.has_value());
}

bool CsvRecords::fill() {
    at_ = 0;
    filled_ = file_.read(buffer_.data(), buffer_.size());
    return filled_ > 0;
}

// What the first bytes say of the file.
void CsvRecords::read_start(bool is_delimiter_given) {
    constexpr std::size_t wanted = 16;
    while (filled_ < wanted) {
        const std::size_t more = file_.read(buffer_.data() + filled_, buffer_.size() - filled_);
        if (more == 0) break;
        filled_ += more;
    }
    using namespace std::string_view_literals;
    std::string_view start{buffer_.data(), filled_};
    const auto unreadable = [&](const char* why) {
        throw Error{Code::input_unreadable, fmt::format("{} cannot be read: {}", quoted(name_), why)};
    };
    if (start.starts_with("\x1F\x8B"sv)) unreadable("it is compressed; decompress it first");
    if (start.starts_with("PK\x03\x04"sv))
        unreadable("it is an archive or a spreadsheet, not text; unpack it, or save the sheet as CSV");
    if (start.starts_with("\xFF\xFE"sv) || start.starts_with("\xFE\xFF"sv))
        unreadable("it is UTF-16; save it as UTF-8");
    if (start.starts_with("\xEF\xBB\xBF"sv)) {
        start.remove_prefix(3);
        at_ = 3;
    }
    if (!is_delimiter_given && start.size() > 5 && start.starts_with("sep=") && is_line_end(start[5]) &&
        start[4] != '"') {
        delimiter_ = start[4];
        at_ += 5;
        take_line_end();
    }
}

void CsvRecords::refuse(std::uint64_t line, const std::string& why) const {
    throw Error{Code::input_invalid, fmt::format("{}, line {}: {}", quoted(name_), line, why)};
}

std::string_view CsvRecords::take_line_end() {
    const char c = buffer_[at_++];
    ++here_;
    if (c == '\n') return "\n";
    if (peek() != '\n') return "\r";
    ++at_;
    return "\r\n";
}

bool CsvRecords::skip_blank_lines() {
    for (;;) {
        const int c = peek();
        if (c == end) return false;
        if (!is_line_end(c)) return true;
        take_line_end();
    }
}

void CsvRecords::require_room(std::size_t more) {
    bytes_ += more;
    if (bytes_ > record_bytes_max)
        refuse(line_, fmt::format("a record of more than {} MB begins here: a quote is opened and not closed?",
                                  record_bytes_max >> 20));
}

void CsvRecords::read_quoted(Cell& cell) {
    cell.is_quoted = true;
    ++at_;
    for (;;) {
        const int c = peek();
        if (c == end) refuse(line_, "a quote is opened here and never closed");
        if (is_line_end(c)) {
            cell.text += take_line_end();
            require_room(2);
        } else if (c == '"') {
            ++at_;
            if (peek() != '"') return;
            cell.text += '"';
            ++at_;
            require_room(1);
        } else {
            const char *const begin = buffer_.data() + at_, *const full = buffer_.data() + filled_;
            const char* const stop = std::find_if(begin, full, [](char b) { return b == '"' || is_line_end(b); });
            const auto size = static_cast<std::size_t>(stop - begin);
            require_room(size);
            cell.text.append(begin, size);
            at_ += size;
        }
    }
}

void CsvRecords::read_plain(Cell& cell) {
    for (;;) {
        const int c = peek();
        if (c == end || is_line_end(c) || c == static_cast<unsigned char>(delimiter_)) return;
        const char *const begin = buffer_.data() + at_, *const full = buffer_.data() + filled_;
        const char* const stop =
            std::find_if(begin, full, [this](char b) { return b == delimiter_ || is_line_end(b); });
        const auto size = static_cast<std::size_t>(stop - begin);
        require_room(size);
        cell.text.append(begin, size);
        at_ += size;
    }
}

void CsvRecords::require_text() const {
    for (std::size_t i = 0; i < count_; ++i) {
        const std::string& text = cells_[i].text;
        if (text.find('\0') != std::string::npos)
            refuse(line_, fmt::format("cell {} holds a zero byte: the file is damaged, or is no text in UTF-8", i + 1));
        if (first_invalid_utf8(text))
            throw Error{Code::input_invalid,
                        fmt::format("{}, line {}: cell {} is not UTF-8", quoted(name_), line_, i + 1)}
                .with_hint("save the file as UTF-8; `mainstay import` reads Latin-1 if its mapping says so");
    }
}

bool CsvRecords::next() {
    do {
        if (!skip_blank_lines()) return false;
        read_record();
    } while (count_ == 1 && !cells_[0].is_quoted && cells_[0].text.find_first_not_of(' ') == std::string::npos);
    require_text();
    return true;
}

void CsvRecords::read_record() {
    count_ = bytes_ = 0;
    line_ = here_;
    for (;;) {
        if (count_ == cells_.size()) cells_.emplace_back();
        Cell& cell = cells_[count_++];
        cell.text.clear();
        cell.is_quoted = false;
        require_room(sizeof(Cell));
        if (peek() == '"') {
            read_quoted(cell);
            while (delimiter_ != ' ' && peek() == ' ') ++at_;
            const int c = peek();
            if (c != end && !is_line_end(c) && c != static_cast<unsigned char>(delimiter_))
                refuse(here_, "there is text after a closing quote (a quote inside a quoted cell is written twice)");
        } else {
            read_plain(cell);
        }
        const int c = peek();
        if (c == end) break;
        if (is_line_end(c)) {
            take_line_end();
            break;
        }
        ++at_;
    }
}

}  // namespace mainstay
