#include "exec/key_table.hpp"
#include "exec/operators.hpp"

namespace mainstay::exec {
namespace {

class Distinct final : public Operator {
public:
    Distinct(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context),
          child_(std::move(child)),
          slots_(std::get<plan::Distinct>(node.op).slots),
          seen_(slots_.size(), context),
          key_(slots_.size()) {}

    void open(const Batch* argument) override {
        child_->open(argument);
        seen_.clear();
    }

protected:
    bool produce(Batch& out) override {
        while (child_->next(out)) {
            context_.check();
            selected_.clear();
            for (std::uint32_t row = 0; row < out.rows; ++row) {
                for (std::size_t i = 0; i < slots_.size(); ++i) key_[i] = out.get(slots_[i], row);
                if (seen_.find_or_add(key_).is_new) selected_.push_back(row);
            }
            note_bytes(seen_.bytes());
            if (selected_.empty()) continue;
            out.keep(selected_);
            return true;
        }
        return false;
    }

private:
    OperatorPtr child_;
    const std::vector<Slot>& slots_;
    KeyTable seen_;
    std::vector<Value> key_;
    std::vector<std::uint32_t> selected_;
};

}  // namespace

OperatorPtr make_distinct(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Distinct>(n, c, std::move(child));
}

}  // namespace mainstay::exec
