#pragma once

// Where results go.

#include "mainstay/connect/writers.hpp"
#include "mainstay/core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <streambuf>
#include <string>
#include <string_view>

namespace mainstay::shell {

// The other end has gone (a pager that was quit, `| head`): nobody wants more. Not an error; whoever pulls rows stops.
class OutputClosed : public std::exception {
public:
    const char* what() const noexcept override { return "the reader of the output has gone"; }
};

// write() throws OutputClosed, or Error (disk_full, io_error) if the text cannot be written.
class Output : public TextSink {
public:
    virtual void flush() = 0;
};

class StringOutput final : public Output {
public:
    void write(std::string_view text) override { text_ += text; }
    void flush() override {}
    const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

// A file descriptor, borrowed, written in pieces of 64 KiB. What is left is written by flush(); the destructor tries,
// and says nothing if it fails, so call flush(). SIGPIPE must be ignored by the process.
class FileOutput final : public Output {
public:
    // `go_on`: for remarks. That nobody can be told of an error must not hide it from the exit status.
    enum class IfItFails : std::uint8_t { raise, go_on };
    FileOutput(int descriptor, std::string name, IfItFails if_it_fails = IfItFails::raise)
        : descriptor_(descriptor), if_it_fails_(if_it_fails), name_(std::move(name)) {}
    FileOutput(const FileOutput&) = delete;
    FileOutput& operator=(const FileOutput&) = delete;
    ~FileOutput() override;
    void write(std::string_view text) override;
    void flush() override;

private:
    int descriptor_;
    IfItFails if_it_fails_;
    std::string name_;
    std::string buffer_;
};

// An Output as a std::streambuf, for those who write to a std::ostream. Give the stream exceptions(badbit): then what
// Output throws passes through.
class OutputStreambuf final : public std::streambuf {
public:
    explicit OutputStreambuf(Output& output) : output_(output) {}

protected:
    int_type overflow(int_type c) override;
    std::streamsize xsputn(const char* text, std::streamsize count) override;
    int sync() override;

private:
    Output& output_;
};

}  // namespace mainstay::shell
