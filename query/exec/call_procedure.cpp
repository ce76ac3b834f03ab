#include "exec/eval.hpp"
#include "exec/operators.hpp"
#include "procedures.hpp"

#include <fmt/format.h>

namespace mainstay::exec {
namespace {

// The rows of a procedure, called once for each row. A procedure without outputs leaves the row as it is.
class CallProcedure final : public RowExpander {
public:
    CallProcedure(const plan::Node& node, StatementContext& context, OperatorPtr child,
                  const bound::CallProcedure& call, std::vector<Slot> own)
        : RowExpander(node, context, std::move(child), std::move(own)), call_(call) {}

protected:
    void start_row(const Batch& in, std::uint32_t row) override {
        results_.clear();
        position_ = 0;
        std::vector<Value> arguments;
        for (std::size_t i = 0; i < call_.arguments.size(); ++i)
            arguments.push_back(fit(evaluate(*call_.arguments[i], Row{in, row}, context_), i));
        bool any = false;
        call_.procedure->run(context_, arguments, [&](std::vector<Value> values) {
            any = true;
            context_.work(16);
            results_.push_back(std::move(values));
        });
        const bool is_void = call_.procedure->outputs.empty();
        if (is_void) results_.assign(1, {});
        if (!any && !is_void && call_.optional) results_.assign(1, std::vector<Value>(call_.procedure->outputs.size()));
    }

    std::uint32_t extend(const Batch&, std::uint32_t, Batch& out, std::uint32_t room, bool& done) override {
        std::uint32_t added = 0;
        for (; added < room && position_ < results_.size(); ++added, ++position_)
            for (const bound::ColumnSlot& output : call_.outputs)
                out[output.slot].push(results_[position_].at(output.column));
        done = position_ >= results_.size();
        return added;
    }

private:
    // An argument as the signature wants it: integers pass for floats; other types are refused.
    Value fit(Value v, std::size_t i) const {
        const ProcedureColumn& input = call_.procedure->inputs.at(i);
        const auto is = [&](std::string_view type) { return input.type.starts_with(type); };
        if (v.is_null()) return v;
        bool fits = true;
        if (is("FLOAT")) {
            if (v.is(ValueType::integer)) return static_cast<double>(v.as_int());
            fits = v.is(ValueType::floating);
        } else if (is("INTEGER")) {
            fits = v.is(ValueType::integer);
        } else if (is("NUMBER")) {
            fits = v.is_number();
        } else if (is("STRING")) {
            fits = v.is(ValueType::string);
        } else if (is("BOOLEAN")) {
            fits = v.is(ValueType::boolean);
        } else if (is("LIST")) {
            fits = v.is(ValueType::list);
        } else if (is("MAP")) {
            fits = v.is(ValueType::map);
        }
        if (!fits)
            throw Error{Code::invalid_argument_type, call_.arguments[i]->span,
                        fmt::format("argument `{}` of {} must be {}, not {}", input.name, call_.procedure->name,
                                    input.type, name_of(v.type()))}
                .with_phase(Phase::runtime);
        return v;
    }

    const bound::CallProcedure& call_;
    std::vector<std::vector<Value>> results_;
    std::size_t position_ = 0;
};

}  // namespace

OperatorPtr make_call_procedure(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    const bound::CallProcedure& call = *std::get<plan::CallProcedure>(n.op).call;
    std::vector<Slot> own;
    for (const bound::ColumnSlot& output : call.outputs) own.push_back(output.slot);
    return std::make_unique<CallProcedure>(n, c, std::move(child), call, std::move(own));
}

}  // namespace mainstay::exec
