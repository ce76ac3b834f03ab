#include "editor/buffer.hpp"

#include "text/width.hpp"

#include <algorithm>
#include <utility>

namespace mainstay::shell {
namespace {

constexpr std::size_t undo_max = 500;

bool is_word_byte(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

void EditBuffer::remember() {
    if (!undo_.empty() && undo_.back().text == text_) return;
    if (undo_.size() == undo_max) undo_.erase(undo_.begin());
    undo_.push_back({text_, cursor_});
}

void EditBuffer::set(std::string text) {
    remember();
    text_ = std::move(text);
    cursor_ = text_.size();
    is_typing_ = false;
}

void EditBuffer::reset() {
    text_.clear();
    cursor_ = 0;
    undo_.clear();
    is_typing_ = false;
}

void EditBuffer::insert(std::string_view text) {
    const bool is_word = !text.empty() && is_word_byte(text.front());
    if (!is_typing_ || !is_word) remember();
    is_typing_ = is_word;
    text_.insert(cursor_, text);
    cursor_ += text.size();
}

void EditBuffer::replace(std::size_t begin, std::size_t end, std::string_view text) {
    remember();
    is_typing_ = false;
    text_.replace(begin, end - begin, text);
    cursor_ = begin + text.size();
}

void EditBuffer::erase_before() {
    if (cursor_ > 0) replace(previous_boundary(text_, cursor_), cursor_, "");
}

void EditBuffer::erase_after() {
    if (cursor_ < text_.size()) replace(cursor_, next_boundary(text_, cursor_), "");
}

void EditBuffer::kill(std::size_t begin, std::size_t end) {
    if (begin >= end) return;
    killed_ = text_.substr(begin, end - begin);
    replace(begin, end, "");
}

void EditBuffer::kill_to_line_end() {
    const std::size_t end = line_end(cursor_);
    kill(cursor_, end == cursor_ && end < text_.size() ? end + 1 : end);  // at the end of a line: joins the next to it
}

void EditBuffer::kill_to_line_begin() { kill(line_begin(cursor_), cursor_); }
void EditBuffer::kill_word_before() { kill(word_before(cursor_), cursor_); }
void EditBuffer::kill_word_after() { kill(cursor_, word_after(cursor_)); }

void EditBuffer::yank() {
    if (!killed_.empty()) replace(cursor_, cursor_, killed_);
}

void EditBuffer::swap_characters() {
    std::size_t middle = cursor_ == text_.size() ? previous_boundary(text_, cursor_) : cursor_;
    if (middle == 0 || text_.empty()) return;
    const std::size_t begin = previous_boundary(text_, middle), end = next_boundary(text_, middle);
    replace(begin, end, text_.substr(middle, end - middle) + text_.substr(begin, middle - begin));
}

void EditBuffer::undo() {
    is_typing_ = false;
    while (!undo_.empty() && undo_.back().text == text_) undo_.pop_back();
    if (undo_.empty()) return;
    text_ = std::move(undo_.back().text);
    cursor_ = undo_.back().cursor;
    undo_.pop_back();
}

void EditBuffer::move_to(std::size_t position) {
    cursor_ = std::min(position, text_.size());
    is_typing_ = false;
}

void EditBuffer::move_left() { move_to(previous_boundary(text_, cursor_)); }
void EditBuffer::move_right() { move_to(next_boundary(text_, cursor_)); }
void EditBuffer::move_word_left() { move_to(word_before(cursor_)); }
void EditBuffer::move_word_right() { move_to(word_after(cursor_)); }
void EditBuffer::move_line_begin() { move_to(line_begin(cursor_)); }
void EditBuffer::move_line_end() { move_to(line_end(cursor_)); }

bool EditBuffer::move_up() {
    const std::size_t begin = line_begin(cursor_);
    if (begin == 0) return false;
    return move_to_column(line_begin(begin - 1), width_of(std::string_view{text_}.substr(begin, cursor_ - begin)));
}

bool EditBuffer::move_down() {
    const std::size_t begin = line_begin(cursor_), end = line_end(cursor_);
    if (end == text_.size()) return false;
    return move_to_column(end + 1, width_of(std::string_view{text_}.substr(begin, cursor_ - begin)));
}

bool EditBuffer::move_to_column(std::size_t line, std::size_t column) {
    const std::size_t end = line_end(line);
    std::size_t at = line, used = 0;
    while (at < end) {
        const Cluster cluster = cluster_at(text_, at);
        if (used + cluster.width > column) break;
        used += cluster.width;
        at = cluster.end;
    }
    move_to(at);
    return true;
}

std::size_t EditBuffer::line_begin(std::size_t position) const noexcept {
    const std::size_t newline = position == 0 ? std::string::npos : text_.rfind('\n', position - 1);
    return newline == std::string::npos ? 0 : newline + 1;
}

std::size_t EditBuffer::line_end(std::size_t position) const noexcept {
    return std::min(text_.find('\n', position), text_.size());
}

std::size_t EditBuffer::word_before(std::size_t position) const noexcept {
    while (position > 0 && !is_word_byte(text_[position - 1])) --position;
    while (position > 0 && is_word_byte(text_[position - 1])) --position;
    return position;
}

std::size_t EditBuffer::word_after(std::size_t position) const noexcept {
    while (position < text_.size() && !is_word_byte(text_[position])) ++position;
    while (position < text_.size() && is_word_byte(text_[position])) ++position;
    return position;
}

}  // namespace mainstay::shell
