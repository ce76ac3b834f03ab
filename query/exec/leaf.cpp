// Start and Argument: where rows come from.

#include "exec/operators.hpp"

namespace mainstay::exec {
namespace {

class Start final : public Operator {
public:
    using Operator::Operator;
    void open(const Batch*) override { done_ = false; }

protected:
    bool produce(Batch& out) override {
        if (done_) return false;
        done_ = true;
        out.rows = 1;
        return true;
    }

private:
    bool done_ = false;
};

class Argument final : public Operator {
public:
    using Operator::Operator;
    void open(const Batch* argument) override { argument_ = argument; }

protected:
    bool produce(Batch& out) override {
        if (!argument_) return false;
        for (Slot slot : node_.live) out[slot].append_all((*argument_)[slot], argument_->rows);
        out.rows = argument_->rows;
        argument_ = nullptr;
        return out.rows > 0;
    }

private:
    const Batch* argument_ = nullptr;
};

}  // namespace

OperatorPtr make_start(const plan::Node& n, StatementContext& c) { return std::make_unique<Start>(n, c); }
OperatorPtr make_argument(const plan::Node& n, StatementContext& c) { return std::make_unique<Argument>(n, c); }

}  // namespace mainstay::exec
