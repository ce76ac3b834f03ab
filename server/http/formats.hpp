#pragma once

// In which form a client wants a result: `?format=NAME`, the member "format" of the body, or the header Accept.

#include "http/response.hpp"
#include "http/routes.hpp"

#include "mainstay/connect/writers.hpp"
#include "mainstay/query/database.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::server {

// What a reader of the form is told when something goes wrong behind the first rows.
enum class ErrorForm : std::uint8_t { json_member, json_line, cut };

struct ResultFormat {
    std::string_view name, media_type;
    ErrorForm error_form;
    std::unique_ptr<ResultWriter> (*make)(TextSink&);
};
std::span<const ResultFormat> result_formats();
// Throws Error(Code::input_invalid) for a name that there is none of; `accept` that fits none means JSON.
const ResultFormat& result_format(std::string_view name, std::string_view accept);

// The rows as they come: what is wrong before the first of them are sent is thrown, what is wrong later is said in the
// body. `rows_max`: an error beyond; 0: all.
HttpResponse result_response(std::unique_ptr<Result> result, const ResultFormat& format, std::uint64_t rows_max,
                             std::unique_ptr<StatementWatch> watch);
// Rows in hand, as JSON.
HttpResponse rows_response(const std::vector<std::string>& columns, const std::vector<std::vector<Value>>& rows,
                           const std::vector<Notice>& notices);
// Runs it for `asked`, whose principal and limits `options` has.
HttpResponse run_statement(const Asked& asked, std::string_view statement, const Parameters& parameters,
                           const ExecuteOptions& options, const ResultFormat& format, std::uint64_t rows_max = 0);

}  // namespace mainstay::server
