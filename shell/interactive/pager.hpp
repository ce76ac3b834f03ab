#pragma once

#include "output/output.hpp"

#include <cstddef>
#include <string>

#include <sys/types.h>

namespace mainstay::shell {

// Output to a terminal that goes through a pager as soon as it is taller than the screen. Up to then it is kept back,
// so call finish(). If the user leaves the pager, write() throws OutputClosed. A pager that cannot be started costs
// only the paging.
class PagedOutput final : public Output {
public:
    // `command`: for `sh -c`; "" never pages. `rows`, `columns`: of the terminal; longer lines count as several.
    PagedOutput(Output& terminal, std::string command, std::size_t rows, std::size_t columns);
    PagedOutput(const PagedOutput&) = delete;
    PagedOutput& operator=(const PagedOutput&) = delete;
    ~PagedOutput() override;
    void write(std::string_view text) override;
    void flush() override {}
    // Writes what is kept, or waits until the user has left the pager.
    void finish();
    bool is_paging() const noexcept { return pager_ > 0; }

    // $PAGER, else less where it is installed, else "".
    static std::string usual_command();

private:
    void start();
    void send(std::string_view text);

    Output& terminal_;
    std::string command_;
    std::size_t rows_, columns_;
    std::string kept_;
    std::size_t kept_rows_ = 0;
    pid_t pager_ = 0;
    int pipe_ = -1;
};

}  // namespace mainstay::shell
