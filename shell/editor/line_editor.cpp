#include "editor/line_editor.hpp"

#include "text/width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace mainstay::shell {
namespace {

// How long the rest of an escape sequence may take. A lone Escape is recognised after it.
constexpr std::chrono::milliseconds sequence_wait{60};
constexpr std::size_t menu_rows_max = 8;

}  // namespace

LineEditor::LineEditor(Terminal& terminal, History& history, Palette palette, Hooks hooks)
    : terminal_(terminal), history_(history), screen_(terminal, palette), hooks_(std::move(hooks)) {}

ReadResult LineEditor::read(const std::string& prompt, const std::string& continuation) {
    prompt_ = prompt;
    continuation_ = continuation;
    buffer_.reset();
    draft_.clear();
    history_at_ = history_.size();
    menu_.reset();
    search_.reset();
    terminal_.enter_raw();

    std::vector<Key> keys = std::exchange(queued_, {});
    Step step = Step::go_on;
    while (true) {
        std::size_t used = 0;
        while (used < keys.size() && step == Step::go_on) step = handle(keys[used++]);
        if (step != Step::go_on) {
            queued_.assign(std::make_move_iterator(keys.begin() + static_cast<std::ptrdiff_t>(used)),
                           std::make_move_iterator(keys.end()));
            break;
        }
        screen_.draw(frame());
        std::optional<std::chrono::milliseconds> timeout;
        if (decoder_.is_waiting()) timeout = sequence_wait;
        const TerminalInput input = terminal_.read(timeout);
        keys.clear();
        switch (input.kind) {
            case TerminalInput::Kind::bytes: keys = decoder_.feed(input.bytes); break;
            case TerminalInput::Kind::timed_out: keys = decoder_.give_up(); break;
            case TerminalInput::Kind::resized: screen_.reflow(); break;
            case TerminalInput::Kind::ended: step = Step::end; break;
        }
    }
    menu_.reset();
    search_.reset();
    screen_.finish(frame());
    terminal_.leave_raw();
    switch (step) {
        case Step::submit: history_.add(buffer_.text()); return {ReadResult::Kind::text, buffer_.text()};
        case Step::interrupt: return {ReadResult::Kind::interrupted, {}};
        default: return {ReadResult::Kind::ended, {}};
    }
}

LineEditor::Step LineEditor::handle(const Key& key) {
    if (search_) {
        if (const std::optional<Step> step = handle_search(key)) return *step;
    }
    if (menu_ && handle_menu(key)) return Step::go_on;
    if (key.with_alt) return handle_alt(key);
    switch (key.code) {
        case KeyCode::text:
        case KeyCode::paste: buffer_.insert(key.text); break;
        case KeyCode::enter:
            if (!hooks_.submits || hooks_.submits(buffer_.text(), buffer_.cursor())) return Step::submit;
            buffer_.insert("\n");
            break;
        case KeyCode::tab: complete(false); break;
        case KeyCode::backspace: buffer_.erase_before(); break;
        case KeyCode::erase: buffer_.erase_after(); break;
        case KeyCode::left: key.with_control ? buffer_.move_word_left() : buffer_.move_left(); break;
        case KeyCode::right: key.with_control ? buffer_.move_word_right() : buffer_.move_right(); break;
        case KeyCode::up:
            if (!buffer_.move_up()) go_older();
            break;
        case KeyCode::down:
            if (!buffer_.move_down()) go_newer();
            break;
        case KeyCode::home: buffer_.move_line_begin(); break;
        case KeyCode::end: buffer_.move_line_end(); break;
        case KeyCode::page_up: go_older(); break;
        case KeyCode::page_down: go_newer(); break;
        case KeyCode::control: return handle_control(key.letter);
        case KeyCode::back_tab:
        case KeyCode::escape:
        case KeyCode::unknown: break;
    }
    return Step::go_on;
}

LineEditor::Step LineEditor::handle_control(char letter) {
    switch (letter) {
        case 'a': buffer_.move_line_begin(); break;
        case 'b': buffer_.move_left(); break;
        case 'c': return Step::interrupt;
        case 'd':
            if (buffer_.text().empty()) return Step::end;
            buffer_.erase_after();
            break;
        case 'e': buffer_.move_line_end(); break;
        case 'f': buffer_.move_right(); break;
        case 'k': buffer_.kill_to_line_end(); break;
        case 'l': screen_.clear(); break;
        case 'n':
            if (!buffer_.move_down()) go_newer();
            break;
        case 'o': buffer_.insert("\n"); break;
        case 'p':
            if (!buffer_.move_up()) go_older();
            break;
        case 'r': search_ = Search{{}, history_.size(), false, buffer_.text()}; break;
        case 't': buffer_.swap_characters(); break;
        case 'u': buffer_.kill_to_line_begin(); break;
        case 'w': buffer_.kill_word_before(); break;
        case 'y': buffer_.yank(); break;
        case 'z':
            screen_.finish(frame());
            terminal_.suspend();
            break;
        case '_': buffer_.undo(); break;
        default: break;
    }
    return Step::go_on;
}

LineEditor::Step LineEditor::handle_alt(const Key& key) {
    if (key.code == KeyCode::enter)
        buffer_.insert("\n");
    else if (key.code == KeyCode::left)
        buffer_.move_word_left();
    else if (key.code == KeyCode::right)
        buffer_.move_word_right();
    else if (key.code == KeyCode::backspace)
        buffer_.kill_word_before();
    else if (key.code == KeyCode::text && key.text == "b")
        buffer_.move_word_left();
    else if (key.code == KeyCode::text && key.text == "f")
        buffer_.move_word_right();
    else if (key.code == KeyCode::text && key.text == "d")
        buffer_.kill_word_after();
    else if (key.code == KeyCode::text && key.text == "<")
        buffer_.move_to(0);
    else if (key.code == KeyCode::text && key.text == ">")
        buffer_.move_to(buffer_.text().size());
    return Step::go_on;
}

// ---- completion

void LineEditor::complete(bool backwards) {
    if (!hooks_.completer) return;
    Completions completions = hooks_.completer->complete(buffer_.text(), buffer_.cursor());
    if (completions.candidates.empty()) return;
    const std::string_view stretch =
        std::string_view{buffer_.text()}.substr(completions.begin, completions.end - completions.begin);
    if (completions.candidates.size() == 1) {
        buffer_.replace(completions.begin, completions.end, completions.candidates.front().text);
        return;
    }
    const std::string prefix = common_prefix(completions.candidates);
    const bool extends = prefix.size() > stretch.size();
    if (extends) {
        buffer_.replace(completions.begin, completions.end, prefix);
        completions.end = completions.begin + prefix.size();
    }
    menu_ = Menu{std::move(completions), std::nullopt, buffer_.text(), buffer_.cursor()};
    if (backwards) select(menu_->completions.candidates.size() - 1);
}

void LineEditor::select(std::size_t index) {
    Completions& completions = menu_->completions;
    const std::string& text = completions.candidates[index].text;
    buffer_.replace(completions.begin, completions.end, text);
    completions.end = completions.begin + text.size();
    menu_->selected = index;
}

bool LineEditor::handle_menu(const Key& key) {
    const std::size_t count = menu_->completions.candidates.size();
    const std::optional<std::size_t> selected = menu_->selected;
    const bool is_next = key.code == KeyCode::tab || (selected && key.code == KeyCode::right && !key.with_control);
    const bool is_previous =
        key.code == KeyCode::back_tab || (selected && key.code == KeyCode::left && !key.with_control);
    if (is_next) {
        select(selected ? (*selected + 1) % count : 0);
        return true;
    }
    if (is_previous) {
        select(selected ? (*selected + count - 1) % count : count - 1);
        return true;
    }
    if (key.code == KeyCode::escape && selected) {
        buffer_.set(menu_->original);
        buffer_.move_to(menu_->original_cursor);
    }
    menu_.reset();
    // Enter takes what is selected and no more; every other key does its usual work.
    return key.code == KeyCode::escape || (key.code == KeyCode::enter && selected);
}

// ---- history

void LineEditor::go_older() {
    if (history_at_ == 0) return;
    if (history_at_ == history_.size()) draft_ = buffer_.text();
    buffer_.set(history_[--history_at_]);
}

void LineEditor::go_newer() {
    if (history_at_ == history_.size()) return;
    ++history_at_;
    buffer_.set(history_at_ == history_.size() ? draft_ : history_[history_at_]);
}

void LineEditor::find_older() {
    const auto found = history_.find_before(search_->found, search_->text);
    search_->is_failing = !found;
    if (found) {
        search_->found = *found;
        buffer_.set(history_[*found]);
    }
}

std::optional<LineEditor::Step> LineEditor::handle_search(const Key& key) {
    if (key.code == KeyCode::text && !key.with_alt) {
        search_->text += key.text;
        // The entry found may still do.
        if (search_->found < history_.size()) ++search_->found;
        find_older();
        return Step::go_on;
    }
    if (key.code == KeyCode::backspace) {
        search_->text.erase(previous_boundary(search_->text, search_->text.size()));
        search_->found = history_.size();
        if (!search_->text.empty()) find_older();
        return Step::go_on;
    }
    if (key.code == KeyCode::control && key.letter == 'r') {
        if (!search_->text.empty()) find_older();
        return Step::go_on;
    }
    const bool is_given_up =
        key.code == KeyCode::escape || (key.code == KeyCode::control && (key.letter == 'g' || key.letter == 'c'));
    if (is_given_up) buffer_.set(search_->original);
    if (!is_given_up && search_->found < history_.size()) history_at_ = search_->found;
    search_.reset();
    if (is_given_up) return Step::go_on;
    if (key.code == KeyCode::enter && !buffer_.text().empty()) return Step::submit;
    return std::nullopt;
}

// ---- what is shown

Frame LineEditor::search_frame() const {
    Frame frame;
    frame.prompt = fmt::format("({}search) `{}': ", search_->is_failing ? "nothing found, " : "",
                               printable(search_->text, Newlines::escape));
    frame.continuation = continuation_;
    frame.text = buffer_.text();
    frame.cursor = frame.text.size();
    if (hooks_.highlight) frame.inks = hooks_.highlight(frame.text);
    return frame;
}

Frame LineEditor::frame() const {
    if (search_) return search_frame();
    Frame frame;
    frame.prompt = prompt_;
    frame.continuation = continuation_;
    frame.text = buffer_.text();
    frame.cursor = buffer_.cursor();
    if (hooks_.highlight) frame.inks = hooks_.highlight(frame.text);
    if (menu_) {
        const TerminalSize size = terminal_.size();
        frame.below = menu_lines(menu_->completions.candidates, menu_->selected, size.columns,
                                 std::min(menu_rows_max, std::max<std::size_t>(size.rows / 2, 1)), screen_.palette());
    }
    return frame;
}

}  // namespace mainstay::shell
