#include "procedures.hpp"

#include "exec/context.hpp"
#include "procedure/rows.hpp"

#include <algorithm>

namespace mainstay {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 32);
    return out;
}

}  // namespace

TableProcedure::TableProcedure(Procedure procedure) : Procedure(std::move(procedure)) {
    run = [call = body](exec::StatementContext& statement, std::span<const Value> arguments, const Row& row) {
        call(statement.view(), {arguments.begin(), arguments.end()}, row);
    };
}

TableProcedure::TableProcedure(std::string_view name_, std::vector<ProcedureColumn> inputs_,
                               std::vector<ProcedureColumn> outputs_, std::string_view help_, Run run_, Mode mode_)
    : Procedure{std::string{name_}, std::move(inputs_), std::move(outputs_), std::string{help_}, {}},
      run(std::move(run_)),
      mode(mode_) {}

std::size_t TableProcedure::inputs_min() const noexcept {
    std::size_t count = inputs.size();
    while (count > 0 && inputs[count - 1].default_value) --count;
    return count;
}

std::string TableProcedure::signature() const {
    const auto columns = [](const std::vector<ProcedureColumn>& list) {
        std::string text;
        for (const ProcedureColumn& c : list) {
            text += (text.empty() ? "" : ", ") + c.name;
            if (c.default_value) text += " = " + print(*c.default_value);
            text += " :: " + c.type;
        }
        return "(" + text + ")";
    };
    return name + columns(inputs) + (outputs.empty() ? "" : " :: " + columns(outputs));
}

ProcedureTable::ProcedureTable(std::vector<Procedure> added, OpenMode mode, RunningTransactions& running) {
    const auto add = [this](std::unique_ptr<TableProcedure> p) {
        const std::string name = lower(p->name);
        const bool known = std::any_of(pointers_.begin(), pointers_.end(),
                                       [&](const TableProcedure* other) { return lower(other->name) == name; });
        if (known) return;
        pointers_.push_back(p.get());
        procedures_.push_back(std::move(p));
    };
    for (Procedure& p : added) add(std::make_unique<TableProcedure>(std::move(p)));
    for (const auto& rows :
         {procedure::names(), procedure::indexes(), procedure::model(), procedure::schema(), procedure::database(mode),
          procedure::users(), procedure::transactions(running), procedure::catalogue(*this)})
        for (const TableProcedure& p : rows) add(std::make_unique<TableProcedure>(p));
}

std::vector<const TableProcedure*> ProcedureTable::listed() const {
    std::vector<const TableProcedure*> result;
    for (const TableProcedure* p : pointers_)
        if (!p->is_hidden()) result.push_back(p);
    std::sort(result.begin(), result.end(),
              [](const TableProcedure* a, const TableProcedure* b) { return a->name < b->name; });
    return result;
}

}  // namespace mainstay
