#include "asker.hpp"

#include <utility>

namespace mainstay::tck {
namespace {

std::string phase_name(Phase phase) {
    return phase == Phase::compile_time ? "compile time" : phase == Phase::runtime ? "runtime" : "any time";
}

Level level_of(const Error& error, bool had_rows, const ExpectedError& expect) {
    // Statement, data and model errors are the client's; what stands after them in the table is a limit, the file or a
    // bug, and "not executed yet" is no verdict on the statement.
    if (error.code() >= Code::time_out || error.code() == Code::unsupported) return Level::nothing;
    if (error.type() != expect.type) return Level::fails;
    if (expect.detail != "*" && error.detail() != expect.detail) return Level::type;
    const bool in_phase = expect.phase == "any time" || expect.phase == phase_name(error.phase());
    return !in_phase || (expect.phase == "compile time" && had_rows) ? Level::detail : Level::phase;
}

class LibraryAsker final : public Asker {
public:
    LibraryAsker(Database& database, ExecuteOptions options) : database_(database), options_(std::move(options)) {}

    Answer ask(std::string_view statement, const std::vector<TextEntry>& parameters) override {
        Parameters given;
        for (const auto& [name, value] : parameters) given[name] = to_engine(value);
        Answer answer;
        try {
            const auto result = database_.run(statement, given, options_);
            answer.columns = result->columns();
            while (const std::vector<Value>* row = result->next()) {
                std::vector<TextValue>& cells = answer.rows.emplace_back();
                for (const Value& value : *row) cells.push_back(from_engine(value));
            }
        } catch (const Error& error) {
            const bool had_rows = !answer.rows.empty();
            answer.failure =
                Failure{std::string(error.type()) + ": " + std::string(error.detail()) + " at " +
                            phase_name(error.phase()) + ": " + describe(error, statement),
                        [error, had_rows](const ExpectedError& expect) { return level_of(error, had_rows, expect); }};
        }
        return answer;
    }

private:
    Database& database_;
    ExecuteOptions options_;
};

}  // namespace

std::unique_ptr<Asker> make_library_asker(Database& database, ExecuteOptions options) {
    return std::make_unique<LibraryAsker>(database, std::move(options));
}

}  // namespace mainstay::tck
