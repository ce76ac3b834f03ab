#include "mainstay/core/model.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

namespace mainstay {

TEST_CASE("the models shown in docs/model.md are accepted", "[model]") {
    std::ifstream file{std::string{MAINSTAY_SOURCE_DIR} + "/docs/model.md"};
    std::stringstream stream;
    stream << file.rdbuf();
    const std::string text = stream.str();
    int count = 0;
    for (std::size_t at = 0; (at = text.find("```json\n", at)) != std::string::npos; ++count) {
        at += 8;
        const std::string json = text.substr(at, text.find("```", at) - at);
        REQUIRE_NOTHROW(Model::empty().merged_with(Model::from_json(json)));
    }
    REQUIRE(count > 0);
}

}  // namespace mainstay
