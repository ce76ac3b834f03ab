// Bytes that the store keeps, beside its parts: any bytes are a value, a change, a log record or a schema entry, or
// corrupt. What is read is written and read again equal.

#include "account_table.hpp"
#include "change.hpp"
#include "delta.hpp"
#include "fuzz.hpp"
#include "head.hpp"
#include "log.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/storage/value_codec.hpp"

using namespace mainstay;

namespace {

void read_value(std::string_view bytes) {
    const char* at = bytes.data();
    const Value value = decode_value(at, bytes.data() + bytes.size());
    fuzz::require(at <= bytes.data() + bytes.size(), "reading ends in the bytes");
    const char* skipped = bytes.data();
    skip_value(skipped, bytes.data() + bytes.size());
    fuzz::require(skipped == at, "a value is skipped as it is read");
    std::string again;
    encode_value(value, again);
    const char* begin = again.data();
    fuzz::require(equivalent(decode_value(begin, again.data() + again.size()), value), "a value reads back equal");
    fuzz::require(begin == again.data() + again.size(), "what is written is read whole");
    (void)index_value_is_exact(encode_index_value(value));
}

template <typename Change>
void check_again(const Change& change, Change (*decode)(std::string_view)) {
    std::string bytes, again;
    encode(change, bytes);
    encode(decode(bytes), again);
    fuzz::require(again == bytes, "a change reads back equal");
}

template <typename Row, typename Change>
void check_row(std::string_view bytes, Change (*decode)(std::string_view)) {
    const Change whole = decode(bytes);
    check_again(whole, decode);
    const Row row(bytes);
    for (const auto& [key, value] : whole.properties) {
        const auto found = row.find(key);
        fuzz::require(found && identical(*found, value), "a property of a row is that of the change");
    }
}

void read_log(std::string_view bytes) {
    const LogRecord record = decode_log_record(TxNumber{1}, bytes);
    fuzz::require(encode(decode_log_record(TxNumber{1}, encode(record))) == encode(record),
                  "a record reads back equal");
    for_each_operation(record, [](LogOperation, std::string_view) {});
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string bytes(fuzz::text_of(data + 1, size - 1));
    try {
        constexpr std::uint8_t new_kinds = 0xF0;  // what came later, so that inputs kept mean what they meant
        switch (data[0] >= new_kinds ? 8 + data[0] - new_kinds : data[0] % 8) {
            case 0: read_value(bytes); break;
            case 1: check_row<NodeRow>(bytes, decode_node_change); break;
            case 2: check_row<RelRow>(bytes, decode_rel_change); break;
            case 3: read_log(bytes); break;
            case 4: (void)encode(decode_schema_entry(bytes)); break;
            case 5: (void)decode_figures(bytes); break;
            case 6: (void)decode_load_segments(bytes); break;
            case 8: fuzz::require(encode(decode_account(bytes)).size() <= bytes.size(), "an account reads back"); break;
            case 9: fuzz::require(encode(decode_token(bytes)).size() <= bytes.size(), "a token reads back"); break;
            default: (void)delta::adjacency_row(bytes.substr(0, bytes.size() / 2), bytes.substr(bytes.size() / 2));
        }
    } catch (const Error& error) {
        fuzz::require(error.code() == Code::corrupt || error.code() == Code::newer_format,
                      "bytes that cannot be read are corrupt: " + error.message());
    }
    return 0;
}
