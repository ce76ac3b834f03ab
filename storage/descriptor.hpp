#pragma once

#include <unistd.h>

namespace mainstay {

// Closes a file's descriptor, if it is one.
struct Descriptor {
    int fd;
    explicit Descriptor(int f) noexcept : fd(f) {}
    ~Descriptor() {
        if (fd >= 0) ::close(fd);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
};

}  // namespace mainstay
