#pragma once

// The benchmark's data folder: what gen_cmdb wrote, with the parameters and answers that every engine shares.

#include "mainstay/core/model.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::bench {

struct ClassBlock {
    std::string name;
    std::uint32_t first = 0, count = 0;  // ids of a class are one block, classes.csv is in order of ids
};

struct RelationshipType {
    std::string name, impact, need;  // impact: none, fwd, rev; need: all, any, k
};

struct Params {
    std::uint64_t nodes = 0, rels = 0;
    std::vector<std::string> r1_keys;
    std::vector<std::int64_t> r2_ids, r3_ids, r6a, r6b;
    std::vector<std::int64_t> r7;  // from, to
    std::int64_t r4a = 0, r4b = 0, r4c = 0, r5 = 0, r10 = 0;
};

struct Data {
    std::filesystem::path folder;
    std::vector<ClassBlock> classes;
    std::vector<RelationshipType> types;  // index: the type column of flat_edges.csv
    Params params;
    std::map<std::string, std::string, std::less<>> expected;  // operation -> answer

    const ClassBlock& block(std::string_view class_name) const;
};

// Throws std::runtime_error naming the file that is missing or wrong.
Data read_data(const std::filesystem::path& folder);

// A class for each of the data's under one root `CI`, identified by `key` and by `id`, and a relationship type for each
// with the failure semantics that OPS.md gives it: `all` is a hard dependency each; `any` a group that needs one; `k` a
// group that needs as many as the dependent's attribute n1 (the fourth class-specific column of a pool is its number of
// members).
Model model_of(const Data& data);

// A file mapped for reading; lines are taken from the front. Lives while views of its text are used.
class CsvFile {
public:
    explicit CsvFile(const std::filesystem::path& path);  // skips the header; throws std::runtime_error
    ~CsvFile();
    CsvFile(const CsvFile&) = delete;
    CsvFile& operator=(const CsvFile&) = delete;

    bool at_end() const noexcept { return at_ == end_; }
    std::string_view field();  // up to the next comma or line end, which is passed
    std::int64_t integer();    // a field of digits

private:
    const char* begin_ = nullptr;
    const char* at_ = nullptr;
    const char* end_ = nullptr;
};

}  // namespace mainstay::bench
