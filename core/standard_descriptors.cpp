#include "mainstay/core/standard_descriptors.hpp"

#include "mainstay/core/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace mainstay {

void hold_standard_descriptors() {
    for (int standard = STDIN_FILENO; standard <= STDERR_FILENO; ++standard) {
        if (::fcntl(standard, F_GETFD) != -1) continue;
        // The system gives the smallest number that is free: another thread may have got this one meanwhile.
        const int fd = ::open("/dev/null", O_RDONLY);
        if (fd < 0)
            throw Error{Code::io_error,
                        std::string{"standard input, output or error is closed, and /dev/null cannot be "
                                    "opened in its place: "} +
                            std::strerror(errno)}
                .with_hint("start the program with all three open");
        if (fd > STDERR_FILENO) ::close(fd);
    }
}

}  // namespace mainstay
