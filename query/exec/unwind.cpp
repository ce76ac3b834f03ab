#include "exec/eval.hpp"
#include "exec/operators.hpp"

namespace mainstay::exec {
namespace {

// A row an item; none of null or an empty list; a value that is no list counts as a list of itself.
class Unwind final : public RowExpander {
public:
    Unwind(const plan::Node& node, StatementContext& context, OperatorPtr child, const plan::Unwind& unwind)
        : RowExpander(node, context, std::move(child), {unwind.variable}), unwind_(unwind) {}

protected:
    void start_row(const Batch& in, std::uint32_t row) override {
        list_ = evaluate(*unwind_.list, Row{in, row}, context_);
        position_ = 0;
    }

    std::uint32_t extend(const Batch&, std::uint32_t, Batch& out, std::uint32_t room, bool& done) override {
        done = true;
        if (list_.is_null()) return 0;
        if (!list_.is(ValueType::list)) {
            out[unwind_.variable].push(list_);
            return 1;
        }
        const ValueList& items = list_.as_list();
        std::uint32_t added = 0;
        while (added < room && position_ < items.size()) {
            out[unwind_.variable].push(items[position_++]);
            ++added;
        }
        done = position_ >= items.size();
        context_.work(added);
        return added;
    }

private:
    const plan::Unwind& unwind_;
    Value list_;
    std::size_t position_ = 0;
};

}  // namespace

OperatorPtr make_unwind(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Unwind>(n, c, std::move(child), std::get<plan::Unwind>(n.op));
}

}  // namespace mainstay::exec
