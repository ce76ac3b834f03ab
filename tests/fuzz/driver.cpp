// Runs a fuzz target without libFuzzer: COUNT inputs made from the files of SEEDS by random changes. Input K depends on
// the seed and K alone, so what a crash prints is enough to see it again.
//   fuzz-NAME SEEDS COUNT [SEED [K]]       with K: that input alone, printed before it runs

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

volatile std::uint64_t current_seed = 0, current_input = 0;

void report_input() { std::fprintf(stderr, "fuzz: seed %lu, input %lu\n", current_seed, current_input); }

extern "C" void on_signal(int signal) {
    report_input();
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}
extern "C" void __asan_on_error() { report_input(); }  // ASan's own hook

std::vector<std::string> read_seeds(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> seeds{""};
    for (const auto& path : paths) {
        std::ifstream in(path, std::ios::binary);
        seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return seeds;
}

std::string make_input(const std::vector<std::string>& seeds, std::uint64_t seed, std::uint64_t number) {
    std::mt19937_64 random(seed * 0x9E3779B97F4A7C15U + number);
    const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(random() % limit); };
    std::string text = seeds[below(seeds.size())];
    for (std::size_t changes = below(8); changes > 0; --changes) {
        const std::size_t at = below(text.size() + 1);
        const std::string& other = seeds[below(seeds.size())];
        switch (below(6)) {
            case 0: text.insert(at, 1, static_cast<char>(random())); break;
            case 1: text.insert(at, 1, "\"'`()[]{}<>,;:.|\\\n\t #$-+0e"[below(27)]); break;
            case 2: text.erase(at, below(16)); break;
            case 3: text.insert(at, text.substr(below(text.size() + 1), below(32))); break;
            case 4: text.insert(at, other.substr(below(other.size() + 1), below(64))); break;
            default:
                if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        }
    }
    return text;
}

void run(const std::string& input) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 3) return 2;
    const std::vector<std::string> seeds = read_seeds(arguments[1]);
    const std::uint64_t inputs = std::strtoull(arguments[2], nullptr, 10);
    current_seed = count > 3 ? std::strtoull(arguments[3], nullptr, 10) : 1;
    for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL}) std::signal(signal, on_signal);
    if (count > 4) {
        current_input = std::strtoull(arguments[4], nullptr, 10);
        const std::string input = make_input(seeds, current_seed, current_input);
        std::fwrite(input.data(), 1, input.size(), stderr);
        std::fputc('\n', stderr);
        run(input);
        return 0;
    }
    for (std::uint64_t i = 0; i < inputs; ++i) {
        current_input = i;
        run(make_input(seeds, current_seed, i));
    }
    std::printf("%lu inputs from seed %lu\n", inputs, current_seed);
}
