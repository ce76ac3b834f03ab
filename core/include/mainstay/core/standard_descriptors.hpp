#pragma once

namespace mainstay {

// Opens /dev/null, for reading only, on those of the descriptors 0, 1 and 2 that are closed. Where standard output or
// error was closed (`>&-`, a daemon), the next file that is opened gets its number, and what is printed goes into that
// file. Printing fails afterwards (EBADF), and is seen to fail. Store::open does it; a program that opens other files
// before does it first of all. Throws Error(Code::io_error) if one stays closed.
void hold_standard_descriptors();

}  // namespace mainstay
