// AS OF and FOR VALID_TIME: from values of the language to what the store is asked.

#include "exec/eval.hpp"

#include <fmt/format.h>

namespace mainstay::exec {
namespace {

std::int64_t micros_of(std::int64_t seconds, std::int64_t nanos, Span span) {
    std::int64_t result = 0;
    if (__builtin_mul_overflow(seconds, std::int64_t{1'000'000}, &result))
        throw Error{Code::bad_valid_time, span, "this instant is too far away"};
    return result + nanos / 1000;
}

// A date means its start, a local datetime is read, in UTC. Text in ISO 8601 stands for what it says.
std::int64_t instant_us(const Value& v, Span span) {
    switch (v.type()) {
        case ValueType::date: return micros_of(v.get<Date>().days * 86'400, 0, span);
        case ValueType::local_datetime:
            return micros_of(v.get<LocalDateTime>().seconds, v.get<LocalDateTime>().nanos, span);
        case ValueType::datetime: return micros_of(v.get<DateTime>().seconds, v.get<DateTime>().nanos, span);
        case ValueType::string:
            if (const auto date = parse_date(v.as_string())) return instant_us(Value{*date}, span);
            if (const auto zoned = parse_datetime(v.as_string())) return instant_us(Value{*zoned}, span);
            if (const auto local = parse_local_datetime(v.as_string())) return instant_us(Value{*local}, span);
            break;
        default: break;
    }
    throw Error{Code::bad_valid_time, span, fmt::format("{} is no instant", print(v))}.with_hint(
        "use a date or a datetime, e.g. date('2026-09-01')");
}

}  // namespace

Store::ViewOptions view_options(const bound::Time& time, StatementContext& context) {
    Store::ViewOptions options;
    const Store& store = context.view().store();
    if (time.as_of_transaction) {
        const Value v = evaluate_constant(*time.as_of_transaction, context);
        if (!v.is(ValueType::integer) || v.as_int() < 0)
            throw Error{Code::bad_valid_time, time.as_of_transaction->span,
                        "AS OF TRANSACTION needs a transaction's number"};
        options.as_of = TxNumber{static_cast<std::uint64_t>(v.as_int())};
        if (*options.as_of > store.last_tx())
            throw Error{
                Code::bad_valid_time, time.as_of_transaction->span,
                fmt::format("there is no transaction {} yet; the last one is {}", v.as_int(), raw(store.last_tx()))};
    }
    if (time.as_of_instant)
        options.as_of =
            store.tx_at(instant_us(evaluate_constant(*time.as_of_instant, context), time.as_of_instant->span));
    if (time.valid_all) {
        options.valid = ValidTime{};
    } else if (time.valid_at) {
        options.valid = ValidTime{instant_us(evaluate_constant(*time.valid_at, context), time.valid_at->span)};
    } else {
        options.valid = ValidTime{context.now_us()};
    }
    return options;
}

}  // namespace mainstay::exec
