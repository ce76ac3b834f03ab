#pragma once

// Small random graphs: with a class model (B is a kind of A, A and C are kinds of Thing), or without one.

#include "query/reference/value.hpp"

#include <map>
#include <random>
#include <string>
#include <vector>

namespace mainstay::test::reference {

using Random = std::mt19937_64;
inline int below(Random& random, int limit) { return static_cast<int>(random() % static_cast<std::uint64_t>(limit)); }
inline bool chance(Random& random, int percent) { return below(random, 100) < percent; }

struct Graph {
    struct Node {
        std::vector<std::string> labels;
        std::map<std::string, Val> properties;  // id, x, y: integer; s: text; f: floating; b: boolean
    };
    struct Rel {
        std::size_t from = 0, to = 0;
        std::string type;
        std::map<std::string, Val> properties;  // id, w: integer
    };
    bool with_model = false;
    std::vector<Node> nodes;
    std::vector<Rel> rels;

    bool has_label(std::size_t node, const std::string& label) const;
    // Whether a step of a pattern that says `type` may travel the relationship along, or against, its direction.
    // DEPENDENCY: from dependent to provider (T: the source depends, U: the target). IS_T_OF is T the other way round.
    bool allows(const Rel& rel, const std::string& type, bool forward) const;

    // What makes it, in two parts, between which one may fold: the second changes, deletes and adds.
    std::vector<std::string> first, second;
    void write_statements(Random& random);
};

Graph random_graph(Random& random, bool with_model);
extern const char* const model_json;

}  // namespace mainstay::test::reference
