#pragma once

// Which slots expressions and plans read and write.

#include "plan/plan.hpp"

#include <functional>
#include <vector>

namespace mainstay::plan {

// A set of slots. Grows as needed.
class SlotSet {
public:
    void add(Slot slot) {
        const auto i = static_cast<std::uint32_t>(slot);
        if (i >= has_.size()) has_.resize(i + 1);
        has_[i] = true;
    }
    void remove(Slot slot) {
        const auto i = static_cast<std::uint32_t>(slot);
        if (i < has_.size()) has_[i] = false;
    }
    bool has(Slot slot) const {
        const auto i = static_cast<std::uint32_t>(slot);
        return i < has_.size() && has_[i];
    }
    void add(const SlotSet& other) {
        if (other.has_.size() > has_.size()) has_.resize(other.has_.size());
        for (std::size_t i = 0; i < other.has_.size(); ++i)
            if (other.has_[i]) has_[i] = true;
    }
    bool meets(const SlotSet& other) const {
        for (std::size_t i = 0; i < std::min(has_.size(), other.has_.size()); ++i)
            if (has_[i] && other.has_[i]) return true;
        return false;
    }
    std::vector<Slot> list() const {
        std::vector<Slot> slots;
        for (std::size_t i = 0; i < has_.size(); ++i)
            if (has_[i]) slots.push_back(Slot{static_cast<std::uint32_t>(i)});
        return slots;
    }

private:
    std::vector<bool> has_;
};

// Calls f for every direct operand of an expression.
void for_each_operand(const bound::Expr& e, const std::function<void(const ExprPtr&)>& f);
// Adds the slots an expression reads from its row; those of its own comprehension variables are left out.
void add_slots_read(const bound::Expr& e, SlotSet& slots);
SlotSet slots_read(const bound::Expr& e);
// Calls f for an expression and everything in it, subqueries' insides excepted.
void for_each_inside(const bound::Expr& e, const std::function<void(const bound::Expr&)>& f);
// The operands of nested ANDs, in order.
void split_conjunction(const ExprPtr& e, std::vector<ExprPtr>& out);
// Whether the value may differ from call to call or the graph is read: not to be moved or computed once.
bool is_volatile(const bound::Expr& e);

// Fills Node::live in a whole plan. `required`: what the root's rows must have.
void find_live_slots(Node& root, const SlotSet& required);

}  // namespace mainstay::plan
