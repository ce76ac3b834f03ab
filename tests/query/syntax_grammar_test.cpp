// PEGTL's own analysis of the grammar. Slow to compile, so alone.

#include "syntax/grammar/statement.hpp"

#include <catch2/catch.hpp>
#include <tao/pegtl/contrib/analyze.hpp>

TEST_CASE("no rule of the grammar can recurse or repeat without consuming text", "[syntax]") {
    CHECK(tao::pegtl::analyze<mainstay::syntax::grammar::text>(1) == 0);
}
