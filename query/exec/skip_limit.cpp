#include "exec/eval.hpp"
#include "exec/operators.hpp"

#include <algorithm>
#include <numeric>

namespace mainstay::exec {
namespace {

class Skip final : public Operator {
public:
    Skip(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context), child_(std::move(child)) {}
    void open(const Batch* argument) override {
        child_->open(argument);
        left_ = evaluate_count(*std::get<plan::Skip>(node_.op).count, context_, "SKIP");
    }

protected:
    bool produce(Batch& out) override {
        while (child_->next(out)) {
            if (left_ == 0) return true;
            if (out.rows <= left_) {
                left_ -= out.rows;
                continue;
            }
            std::vector<std::uint32_t> rest(out.rows - left_);
            std::iota(rest.begin(), rest.end(), static_cast<std::uint32_t>(left_));
            left_ = 0;
            out.keep(rest);
            return true;
        }
        return false;
    }

private:
    OperatorPtr child_;
    std::uint64_t left_ = 0;
};

class Limit final : public Operator {
public:
    Limit(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Operator(node, context), child_(std::move(child)) {}
    void open(const Batch* argument) override {
        child_->open(argument);
        left_ = evaluate_count(*std::get<plan::Limit>(node_.op).count, context_, "LIMIT");
        is_drained_ = false;
    }

protected:
    bool produce(Batch& out) override {
        const bool drain = std::get<plan::Limit>(node_.op).drain;
        if (left_ == 0) {
            if (drain && !is_drained_) {
                is_drained_ = true;
                while (child_->next(out)) context_.check();
                out.clear();
            }
            return false;
        }
        if (!child_->next(out)) {
            is_drained_ = true;
            left_ = 0;
            return false;
        }
        if (out.rows > left_) {
            for (Column& column : out.columns) column.truncate(left_);
            out.rows = static_cast<std::uint32_t>(left_);
        }
        left_ -= out.rows;
        return true;
    }

private:
    OperatorPtr child_;
    std::uint64_t left_ = 0;
    bool is_drained_ = false;
};

}  // namespace

OperatorPtr make_skip(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Skip>(n, c, std::move(child));
}
OperatorPtr make_limit(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Limit>(n, c, std::move(child));
}

}  // namespace mainstay::exec
