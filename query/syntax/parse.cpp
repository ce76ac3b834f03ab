// The one translation unit that instantiates the grammar: it is the slowest of the layer to compile.

#include "syntax/parse.hpp"

#include "syntax/builder.hpp"
#include "syntax/grammar/statement.hpp"

namespace mainstay::syntax {

namespace pegtl = tao::pegtl;

Statement parse(std::string_view text, const ParseLimits& limits) {
    const Brackets brackets{text, limits};
    Builder builder{text, limits, brackets};
    using Input = pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf_crlf, const char*>;
    Input input{text.data(), text.data() + text.size(), ""};
    const bool complete = pegtl::parse<grammar::text, pegtl::nothing, grammar::control>(input, builder);
    MAINSTAY_ASSERT(complete);  // what fails has thrown
    return builder.take<Statement>();
}

}  // namespace mainstay::syntax
