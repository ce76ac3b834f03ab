#pragma once

#include "exec/eval.hpp"

#include <span>
#include <vector>

namespace mainstay::exec {

// Conditions `n.key op value`, op a comparison, IN, IS NULL, CONTAINS and kin, on the nodes of a scan, tested on
// segment columns in place: a dictionary's entries once each instead of every slot, whole segments by their zone maps.
// Dirty slots are read one by one.
class ColumnFilter {
public:
    // Whether a condition is of a form this can test, if `slot` holds the scanned node.
    static bool can_test(const bound::Expr& condition, Slot slot);

    // Borrows the conditions, each of which can be tested.
    ColumnFilter(std::span<const bound::ExprPtr> conditions, Slot slot, StatementContext& context, const View& view);

    // Evaluates the values to compare with, on a row; false: nothing can pass (a value is null).
    bool start(const Row& row);
    // Keeps those nodes of the segment, all of which it holds, that pass.
    void filter(std::uint32_t segment, std::vector<NodeId>& nodes);
    // Keeps those rows whose node passes; ids[row] is its id, no_id is null. Quick when neighbouring nodes follow each
    // other.
    void select(std::span<const std::uint32_t> ids, std::vector<std::uint32_t>& rows);
    const View& view() const noexcept { return view_; }

private:
    struct Test {
        enum class Kind : std::uint8_t { compare, in, is_null, is_not_null, text } kind;
        bound::ComparisonOp op{};
        bound::StringOp text_op{};  // not `matches`
        bound::KeyRef key{};
        const bound::Expr* value = nullptr;  // none of null tests
        KeyId key_id = no_key;
        Value constant;
    };
    static std::optional<Test> make_test(const bound::Expr& condition, Slot slot);
    static bool passes(const Test& test, const Value& value);
    static bool passes_text(const Test& test, std::string_view text);  // requires is_of_text
    static bool is_of_text(const Test& test);
    void filter(const Test& test, std::uint32_t segment, std::vector<NodeId>& nodes);
    void select(const Test& test, std::span<const std::uint32_t> ids, std::vector<std::uint32_t>& rows);

    StatementContext& context_;
    const View& view_;
    std::vector<Test> tests_;
    std::vector<std::uint8_t> entry_passes_;
};

}  // namespace mainstay::exec
