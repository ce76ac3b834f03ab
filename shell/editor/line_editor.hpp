#pragma once

// Edits statements on a terminal: several lines, history, colours as you type, completion. One thread.
//
// Keys: arrows, Home, End, Ctrl-A/E/B/F/P/N as in other shells; Alt- or Ctrl-arrows and Alt-B/F by words; Ctrl-K/U/W,
// Alt-D kill, Ctrl-Y yanks; Ctrl-T swaps; Ctrl-_ undoes; Tab completes and steps through the menu; Ctrl-R searches the
// history; Alt-Enter and Ctrl-O break the line; Ctrl-L clears the screen; Ctrl-C drops the statement; Ctrl-D on an
// empty one ends; Ctrl-Z suspends.

#include "editor/buffer.hpp"
#include "editor/completion.hpp"
#include "editor/history.hpp"
#include "editor/key.hpp"
#include "editor/menu.hpp"
#include "editor/screen.hpp"
#include "editor/terminal.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mainstay::shell {

struct ReadResult {
    enum class Kind { text, interrupted, ended };
    Kind kind = Kind::ended;
    std::string text;
};

class LineEditor {
public:
    struct Hooks {
        // Whether Enter at `cursor` hands `text` in rather than break the line.
        std::function<bool(std::string_view text, std::size_t cursor)> submits;
        std::function<std::vector<InkSpan>(std::string_view text)> highlight;
        Completer* completer = nullptr;  // borrowed; may be null
    };

    // All borrowed; they must outlive the editor.
    LineEditor(Terminal& terminal, History& history, Palette palette, Hooks hooks);

    // Reads one statement; it is added to the history.
    ReadResult read(const std::string& prompt, const std::string& continuation);

private:
    enum class Step { go_on, submit, interrupt, end };
    struct Menu {
        Completions completions;
        std::optional<std::size_t> selected;
        std::string original;  // the text before the first candidate was put in
        std::size_t original_cursor = 0;
    };
    struct Search {
        std::string text;
        std::size_t found = 0;  // entry; history_.size(): none
        bool is_failing = false;
        std::string original;
    };

    Step handle(const Key& key);
    Step handle_control(char letter);
    Step handle_alt(const Key& key);
    bool handle_menu(const Key& key);                   // true: the key is used up
    std::optional<Step> handle_search(const Key& key);  // nullopt: the key goes on to the text
    void complete(bool backwards);
    void select(std::size_t index);
    void find_older();
    void go_older();
    void go_newer();
    Frame frame() const;
    Frame search_frame() const;

    Terminal& terminal_;
    History& history_;
    Screen screen_;
    Hooks hooks_;
    KeyDecoder decoder_;
    std::vector<Key> queued_;  // typed ahead of the prompt they are meant for
    EditBuffer buffer_;
    std::string prompt_, continuation_;
    std::size_t history_at_ = 0;  // entry shown; history_.size(): what is being written
    std::string draft_;
    std::optional<Menu> menu_;
    std::optional<Search> search_;
};

}  // namespace mainstay::shell
