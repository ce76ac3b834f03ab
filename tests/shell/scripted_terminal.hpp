#pragma once

// A terminal whose keys are a script and whose screen can be looked at: it understands the few escape sequences the
// editor writes.

#include "editor/terminal.hpp"
#include "text/width.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

namespace mainstay::shell {

class ScriptedTerminal final : public Terminal {
public:
    ScriptedTerminal() : ScriptedTerminal(TerminalSize{40, 12}) {}
    explicit ScriptedTerminal(TerminalSize size) : size_(size), rows_(size.rows) {}

    ScriptedTerminal& type(std::string bytes) {
        script_.push_back({TerminalInput::Kind::bytes, std::move(bytes)});
        return *this;
    }
    ScriptedTerminal& pause() {  // long enough for a lone Escape to be told
        script_.push_back({TerminalInput::Kind::timed_out, {}});
        return *this;
    }
    ScriptedTerminal& resize(TerminalSize size) {
        script_.push_back({TerminalInput::Kind::resized, {}});
        new_sizes_.push_back(size);
        return *this;
    }

    void enter_raw() override { is_raw_ = true; }
    void leave_raw() override { is_raw_ = false; }
    bool is_raw() const { return is_raw_; }
    TerminalInput read(std::optional<std::chrono::milliseconds>) override {
        shown_.push_back(screen());
        if (script_.empty()) return {TerminalInput::Kind::ended, {}};
        TerminalInput input = script_.front();
        script_.pop_front();
        if (input.kind == TerminalInput::Kind::resized) {
            size_ = new_sizes_.front();
            new_sizes_.pop_front();
            rows_.resize(size_.rows);
        }
        return input;
    }
    TerminalSize size() const override { return size_; }
    void suspend() override { ++suspended_; }
    int suspended() const { return suspended_; }

    void write(std::string_view text) override {
        written_ += text;
        for (std::size_t at = 0; at < text.size();) {
            if (text[at] == '\x1b') {
                at = escape(text, at);
            } else if (text[at] == '\r') {
                column_ = 0;
                ++at;
            } else if (text[at] == '\n') {
                line_feed();
                ++at;
            } else {
                const Cluster cluster = cluster_at(text, at);
                put(std::string{text.substr(at, cluster.end - at)}, cluster.width);
                at = cluster.end;
            }
        }
    }
    const std::string& written() const { return written_; }

    // The rows from the top, without spaces at their ends, without empty rows at the end.
    std::string screen() const {
        std::vector<std::string> lines;
        for (const auto& row : rows_) {
            std::string line;
            for (const std::string& cell : row) line += cell;
            line.erase(line.find_last_not_of(' ') + 1);
            lines.push_back(line);
        }
        while (!lines.empty() && lines.back().empty()) lines.pop_back();
        std::string text;
        for (const std::string& line : lines) text += line + "\n";
        return text;
    }
    // The screen as it was each time the editor waited for a key.
    const std::vector<std::string>& shown() const { return shown_; }
    std::size_t row() const { return row_; }
    std::size_t column() const { return column_; }

private:
    void line_feed() {
        if (row_ + 1 < rows_.size()) {
            ++row_;
        } else {
            rows_.erase(rows_.begin());
            rows_.emplace_back();
        }
    }
    void put(const std::string& cell, std::size_t width) {
        if (column_ + width > size_.columns) {
            column_ = 0;
            line_feed();
        }
        auto& row = rows_[row_];
        if (row.size() < column_ + width) row.resize(column_ + width, " ");
        row[column_] = cell;
        for (std::size_t i = 1; i < width; ++i) row[column_ + i] = "";
        column_ += width;
    }
    std::size_t escape(std::string_view text, std::size_t at) {
        std::size_t end = at + 2;
        while (end < text.size() && (text[end] < 0x40 || text[end] == '[')) ++end;
        const std::size_t number =
            static_cast<std::size_t>(std::max(1, std::atoi(std::string{text.substr(at + 2)}.c_str())));
        switch (text[end]) {
            case 'A': row_ -= std::min(row_, number); break;
            case 'C': column_ = std::min(column_ + number, size_.columns - 1); break;
            case 'H': row_ = column_ = 0; break;
            case 'J':
                if (text[end - 1] == '2') {
                    for (auto& row : rows_) row.clear();
                } else {
                    if (rows_[row_].size() > column_) rows_[row_].resize(column_);
                    for (std::size_t i = row_ + 1; i < rows_.size(); ++i) rows_[i].clear();
                }
                break;
            default: break;
        }
        return end + 1;
    }

    TerminalSize size_;
    std::deque<TerminalInput> script_;
    std::deque<TerminalSize> new_sizes_;
    std::vector<std::vector<std::string>> rows_;
    std::size_t row_ = 0, column_ = 0;
    std::string written_;
    std::vector<std::string> shown_;
    bool is_raw_ = false;
    int suspended_ = 0;
};

}  // namespace mainstay::shell
