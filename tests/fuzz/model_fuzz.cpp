// Any text is a class model or an Error; a model reads back equal from what it prints.

#include "fuzz.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/core/model.hpp"

using namespace mainstay;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const std::string printed = Model::from_json(fuzz::text_of(data, size)).to_json();
        fuzz::require(Model::from_json(printed).to_json() == printed, "reads back equal: " + printed);
    } catch (const Error& error) {
        fuzz::require(error.code() == Code::model_invalid, "a wrong model is model_invalid: " + error.message());
    }
    return 0;
}
