// Any text is a package index: packages, clauses and problems.

#include "fuzz.hpp"
#include "readers/debian.hpp"

#include "mainstay/core/error.hpp"

using namespace mainstay;
using namespace mainstay::connect;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Model model = debian_model(Model::built_in());
    std::vector<ImportProblem> problems;
    ClassRules rules{model};
    Observations observations{rules, problems};
    const std::uint32_t file = observations.add_file("Packages");
    const std::uint64_t stanzas = read_debian(fuzz::text_of(data, size), observations, file, [](std::uint64_t) {});
    fuzz::require(stanzas <= size, "no more stanzas than bytes");
    for (const auto& rel : observations.rels()) {
        fuzz::require(rel.from.node == End::no_node || rel.from.node < observations.nodes().size(),
                      "a source is a node");
        fuzz::require(rel.to.node == End::no_node || rel.to.node < observations.nodes().size(), "a target is a node");
    }
    return 0;
}
