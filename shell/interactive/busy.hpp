#pragma once

#include "commands/console.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace mainstay::shell {

// Says on the terminal that a statement is still running, from its second second on, until stop(). A thread of its own;
// it writes nothing unless stderr is a terminal.
class BusyIndicator {
public:
    BusyIndicator(const Console& console, bool is_wanted);
    ~BusyIndicator();
    BusyIndicator(const BusyIndicator&) = delete;
    BusyIndicator& operator=(const BusyIndicator&) = delete;
    void stop();  // clears the line; more than once does no harm

private:
    void run();
    const Console& console_;
    std::mutex mutex_;
    std::condition_variable wakes_;
    bool is_over_ = false;
    std::thread thread_;
};

// Stops the indicator before the first text goes out.
class BusyClearingOutput final : public Output {
public:
    BusyClearingOutput(Output& output, BusyIndicator& busy) : output_(output), busy_(busy) {}
    void write(std::string_view text) override {
        busy_.stop();
        output_.write(text);
    }
    void flush() override { output_.flush(); }

private:
    Output& output_;
    BusyIndicator& busy_;
};

}  // namespace mainstay::shell
