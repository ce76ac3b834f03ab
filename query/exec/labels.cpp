#include "exec/labels.hpp"

#include <algorithm>

namespace mainstay::exec {

using Kind = bound::LabelExpr::Kind;

bool LabelMatcher::evaluate(const bound::LabelExpr& e, std::span<const LabelId> labels) {
    switch (e.kind) {
        case Kind::name:
            return std::any_of(e.names.begin(), e.names.end(), [&](const std::string& name) {
                LabelId& id = ids_.try_emplace(name, no_label).first->second;
                if (id == no_label) id = names_.find_label(name);
                return id != no_label && std::binary_search(labels.begin(), labels.end(), id);
            });
        case Kind::any: return !labels.empty();
        case Kind::negation: return !evaluate(*e.operands[0], labels);
        case Kind::conjunction:
            return std::all_of(e.operands.begin(), e.operands.end(),
                               [&](const bound::LabelExprPtr& o) { return evaluate(*o, labels); });
        case Kind::disjunction:
            return std::any_of(e.operands.begin(), e.operands.end(),
                               [&](const bound::LabelExprPtr& o) { return evaluate(*o, labels); });
    }
    return false;
}

bool LabelMatcher::find_out(ShapeId shape) {
    const bool answer = evaluate(expression_, names_.labels_of(shape));
    if (known_.size() <= raw(shape)) known_.resize(raw(shape) + 1, unknown);
    known_[raw(shape)] = answer ? yes : no;
    return answer;
}

namespace {
bool evaluate_type(const bound::LabelExpr& e, std::string_view type) {
    const auto one = [&](const bound::LabelExprPtr& o) { return evaluate_type(*o, type); };
    switch (e.kind) {
        case Kind::name: return std::find(e.names.begin(), e.names.end(), type) != e.names.end();
        case Kind::any: return true;
        case Kind::negation: return !one(e.operands[0]);
        case Kind::conjunction: return std::all_of(e.operands.begin(), e.operands.end(), one);
        case Kind::disjunction: return std::any_of(e.operands.begin(), e.operands.end(), one);
    }
    return false;
}
}  // namespace

bool LabelMatcher::matches_type(std::string_view type) const { return evaluate_type(expression_, type); }

}  // namespace mainstay::exec
