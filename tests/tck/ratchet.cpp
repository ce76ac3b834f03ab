#include "ratchet.hpp"

#include <fstream>
#include <stdexcept>

namespace mainstay::tck {

std::set<std::string> read_known_failures(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error(file.string() + " cannot be read");
    std::set<std::string> failures;
    for (std::string line; std::getline(in, line);)
        if (!line.empty() && line.front() != '#') failures.insert(line);
    return failures;
}

void write_known_failures(const std::filesystem::path& file, const std::set<std::string>& failures,
                          std::size_t passed) {
    std::ofstream out(file);
    out << "# Scenarios of the conformance suite that fail: " << failures.size() << "; " << passed
        << " pass. Written by mainstay-tck --write-ratchet; it only shrinks.\n";
    for (const std::string& id : failures) out << id << '\n';
    if (!out) throw std::runtime_error(file.string() + " cannot be written");
}

}  // namespace mainstay::tck
