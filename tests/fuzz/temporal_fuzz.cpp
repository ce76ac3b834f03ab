// Any text is a temporal value or none; a value's text reads back as the value.

#include "fuzz.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/core/temporal.hpp"

using namespace mainstay;

namespace {

template <typename Parse>
void check(std::string_view text, Parse parse) {
    const auto value = parse(text);
    if (!value) return;
    const auto again = parse(to_string(*value));
    fuzz::require(again && *again == *value, to_string(*value) + " reads back as itself");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    try {
        check(text, parse_date);
        check(text, parse_local_time);
        check(text, parse_time);
        check(text, parse_local_datetime);
        check(text, parse_datetime);
        check(text, parse_duration);
    } catch (const Error& error) {  // after 16,383 zone names no new one is taken
        fuzz::require(error.code() == Code::invalid_temporal, error.message());
    }
    return 0;
}
