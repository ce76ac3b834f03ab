#pragma once

// The text being edited and its cursor. Positions are bytes on grapheme cluster boundaries.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::shell {

class EditBuffer {
public:
    const std::string& text() const noexcept { return text_; }
    std::size_t cursor() const noexcept { return cursor_; }
    void set(std::string text);  // the cursor goes to the end; forgets nothing that undo() could bring back
    void reset();                // empty, and nothing to undo

    void insert(std::string_view text);
    void replace(std::size_t begin, std::size_t end, std::string_view text);  // the cursor goes behind it
    void erase_before();
    void erase_after();
    void kill_to_line_end();  // what is killed can be yanked; consecutive kills do not add up
    void kill_to_line_begin();
    void kill_word_before();
    void kill_word_after();
    void yank();
    void swap_characters();
    void undo();

    void move_to(std::size_t position);
    void move_left();
    void move_right();
    void move_word_left();
    void move_word_right();
    void move_line_begin();
    void move_line_end();
    // The line above, below, at the same column or its end; false: there is none.
    bool move_up();
    bool move_down();

private:
    struct Snapshot {
        std::string text;
        std::size_t cursor;
    };
    void remember();
    void kill(std::size_t begin, std::size_t end);
    std::size_t line_begin(std::size_t position) const noexcept;
    std::size_t line_end(std::size_t position) const noexcept;
    std::size_t word_before(std::size_t position) const noexcept;
    std::size_t word_after(std::size_t position) const noexcept;
    bool move_to_column(std::size_t line, std::size_t column);

    std::string text_;
    std::size_t cursor_ = 0;
    std::string killed_;
    std::vector<Snapshot> undo_;
    bool is_typing_ = false;  // letters typed one after another are undone together
};

}  // namespace mainstay::shell
