// Any text is a statement or an Error; what is printed parses again and prints the same.

#include "fuzz.hpp"
#include "syntax/parse.hpp"
#include "syntax/print.hpp"

#include "mainstay/core/error.hpp"

using namespace mainstay;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    std::string printed;
    try {
        printed = syntax::print(syntax::parse(text));
    } catch (const Error& error) {
        fuzz::require(error.span().has_value(), "an error of syntax has a place");
        fuzz::require(error.span()->begin <= text.size(), "the place is in the text");
        describe(error, text);
        return 0;
    }
    try {
        fuzz::require(syntax::print(syntax::parse(printed)) == printed, "printed again the same: " + printed);
    } catch (const Error& error) {
        if (error.code() != Code::nesting_too_deep) fuzz::require(false, "parses again: " + describe(error, printed));
    }
    return 0;
}
