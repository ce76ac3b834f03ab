#include "mainstay/core/model.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "model/default_model.hpp"

namespace mainstay {

TEST_CASE("the embedded model is default_model.json", "[model]") {
    std::ifstream file{std::string{MAINSTAY_SOURCE_DIR} + "/core/model/default_model.json"};
    std::stringstream text;
    text << file.rdbuf();
    REQUIRE(text.str() == default_model_text);
}

TEST_CASE("the built-in model has 41 concrete classes of configuration items and 61 in all", "[model]") {
    const Model& model = Model::built_in();
    const auto concrete = [&](const std::string& top) {
        const auto names = model.descendants(top);
        return std::count_if(names.begin(), names.end(),
                             [&](const auto& name) { return !model.find_class(name)->is_abstract; });
    };
    REQUIRE(concrete("ConfigurationItem") == 41);
    REQUIRE(concrete("Item") == 61);
}

TEST_CASE("services and assets are separate branches of the built-in model", "[model]") {
    const Model& model = Model::built_in();
    REQUIRE(model.is_a("BusinessService", "ConfigurationItem"));
    REQUIRE(model.is_a("HardwareAsset", "Asset"));
    REQUIRE_FALSE(model.is_a("HardwareAsset", "ConfigurationItem"));
}

TEST_CASE("redundancy groups and clusters are gates; only a redundancy group must have members", "[model]") {
    const Model& model = Model::built_in();
    REQUIRE(model.is_gate("RedundancyGroup"));
    REQUIRE(model.is_gate("Cluster"));
    REQUIRE(model.is_gate("KubernetesCluster"));
    REQUIRE_FALSE(model.is_gate("Server"));
    REQUIRE(model.requires_of("RedundancyGroup") == std::vector<std::string>{"MEMBER_OF"});
    REQUIRE(model.requires_of("Cluster").empty());
    REQUIRE(model.find_type("MEMBER_OF")->depends == DependsEnd::target);
    REQUIRE(model.find_type("MEMBER_OF")->grouped->attribute == "need");
}

TEST_CASE("every relationship type of the built-in model reads both ways", "[model]") {
    for (const auto& type : Model::built_in().types()) REQUIRE(Model::built_in().find_inverse(type.inverse) == &type);
}

TEST_CASE("who embodies and covers what is dated", "[model]") {
    for (const auto& type : Model::built_in().types()) {
        REQUIRE(type.dated == (type.name == "EMBODIED_BY" || type.name == "COVERED_BY"));
    }
}

TEST_CASE("ownership, money and process carry no impact", "[model]") {
    for (const char* name :
         {"OWNED_BY", "MANAGED_BY", "COVERED_BY", "LICENSED_BY", "ALLOCATED_TO", "AFFECTS", "BACKED_UP_BY"}) {
        REQUIRE(Model::built_in().find_type(name)->depends == DependsEnd::none);
    }
}

TEST_CASE("the built-in model prints and reads back equal", "[model]") {
    const std::string text = Model::built_in().to_json();
    REQUIRE(Model::empty().merged_with(Model::from_json(text)).to_json() == text);
}

}  // namespace mainstay
