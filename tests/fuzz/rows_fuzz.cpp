// Readers of rows take any bytes: they give rows and problems, and end.

#include "fuzz.hpp"
#include "readers/csv.hpp"
#include "readers/json.hpp"

#include "mainstay/core/error.hpp"

using namespace mainstay;

namespace {

void drain(connect::RowReader& reader, std::size_t size) {
    connect::Row row;
    std::uint64_t rows = 0;
    while (reader.next(row)) fuzz::require(++rows <= size + 1, "no more rows than bytes");
    fuzz::require(rows <= reader.rows_read(), "a row given is a row read");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(fuzz::text_of(data, size));
    std::vector<ImportProblem> problems;
    const auto attempt = [&](auto&& body) {
        try {
            body();
        } catch (const Error& error) {
            fuzz::require(error.code() == Code::input_invalid || error.code() == Code::input_unreadable,
                          error.message());
        }
    };
    attempt([&] {
        connect::CsvReader reader(text, std::nullopt, connect::ProblemLog{"f", problems});
        drain(reader, size);
    });
    attempt([&] {
        connect::JsonReader reader(text, "", connect::ProblemLog{"f", problems});
        drain(reader, size);
    });
    attempt([&] {
        connect::JsonLinesReader reader(text, connect::ProblemLog{"f", problems});
        drain(reader, size);
    });
    return 0;
}
