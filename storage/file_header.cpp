#include "file_header.hpp"

#include "head.hpp"
#include "part.hpp"

namespace mainstay {

FileHeader read_file_header(const lmdb::Transaction& txn) {
    const auto bytes = txn.get(lmdb::Table::token, header_token);
    if (!bytes || bytes->size() != sizeof(FileHeader))
        throw Error{Code::corrupt, "the header of the database is not there, or of a wrong size"}.with_hint(
            "the file is damaged: restore a backup");
    return load<FileHeader>(*bytes, 0);
}

void write_file_header(lmdb::Transaction& txn, const FileHeader& header) {
    txn.put(lmdb::Table::token, header_token, {reinterpret_cast<const char*>(&header), sizeof header});
}

}  // namespace mainstay
