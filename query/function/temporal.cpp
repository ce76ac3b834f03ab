#include "function/rows.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/core/temporal_functions.hpp"

// Constructors, clocks, truncation and distances of temporal values: thin rows over core/temporal.

namespace mainstay::function {
namespace {

using Arguments = std::span<const Value>;

enum class Clock : std::uint8_t { statement, transaction, realtime };

DateTime read(Clock clock, const Context& context) {
    switch (clock) {
        case Clock::transaction: return context.transaction_now;
        case Clock::realtime:
            if (context.realtime) return context.realtime();
            break;
        case Clock::statement: break;
    }
    return context.statement_now;
}

template <ValueType type>
Value make(Arguments a, Context& context) {
    if (a.empty()) return current_temporal(type, context.statement_now);
    // A map of the zone alone means the clock there.
    if (a[0].is(ValueType::map) && a[0].as_map().size() == 1 && a[0].as_map()[0].first == "timezone" &&
        a[0].as_map()[0].second.is(ValueType::string))
        return current_temporal(type, context.statement_now, a[0].as_map()[0].second.as_string());
    return make_temporal(type, a[0], context.statement_now);
}

template <ValueType type, Clock clock>
Value now(Arguments a, Context& context) {
    if (a.empty()) return current_temporal(type, read(clock, context));
    if (a[0].is(ValueType::string)) return current_temporal(type, read(clock, context), a[0].as_string());
    const Value& zone = a[0].at("timezone");
    if (a[0].as_map().size() != 1 || !zone.is(ValueType::string))
        throw Error{Code::invalid_temporal, "a clock takes a time zone and nothing else"}.with_hint(
            "write it like date.transaction('Europe/Stockholm')");
    return current_temporal(type, read(clock, context), zone.as_string());
}

template <ValueType type>
Value truncate(Arguments a, Context& context) {
    return truncate_temporal(type, a[0].as_string(),
                             a.size() > 1 ? a[1] : current_temporal(type, context.statement_now),
                             a.size() > 2 ? a[2] : Value{}, context.statement_now);
}

Value from_epoch(Arguments a, Context&) { return datetime_from_epoch(a[0].as_int(), a.size() > 1 ? a[1].as_int() : 0); }
Value from_epoch_millis(Arguments a, Context&) { return datetime_from_epoch_millis(a[0].as_int()); }

Value timestamp(Arguments, Context& context) {
    return context.statement_now.seconds * 1000 + std::int64_t{context.statement_now.nanos} / 1'000'000;
}

Value duration(Arguments a, Context&) { return make_duration(a[0]); }
Value between(Arguments a, Context&) { return duration_between(a[0], a[1]); }
Value in_months(Arguments a, Context&) { return duration_in_months(a[0], a[1]); }
Value in_days(Arguments a, Context&) { return duration_in_days(a[0], a[1]); }
Value in_seconds(Arguments a, Context&) { return duration_in_seconds(a[0], a[1]); }

constexpr Types described = ValueType::string | ValueType::map;

constexpr Function constructor(std::string_view name, ValueType type, Body body, std::string_view help) {
    return {.name = name,
            .parameters = {{{"value", described | instant}}},
            .arguments_max = 1,
            .result = type,
            .purity = Purity::statement,
            .category = Category::temporal,
            .body = body,
            .help = help};
}

constexpr Function clock(std::string_view name, ValueType type, Purity purity, Body body, std::string_view help) {
    return {.name = name,
            .parameters = {{{"timezone", described}}},
            .arguments_max = 1,
            .result = type,
            .purity = purity,
            .category = Category::temporal,
            .body = body,
            .help = help};
}

constexpr Function truncation(std::string_view name, ValueType type, Body body) {
    return {.name = name,
            .parameters = {{{"unit", ValueType::string}, {"value", instant}, {"components", ValueType::map}}},
            .arguments_min = 1,
            .arguments_max = 3,
            .result = type,
            .purity = Purity::statement,
            .category = Category::temporal,
            .body = body,
            .help = "A temporal value with everything below a unit at its start, then the given components set."};
}

constexpr Function distance(std::string_view name, Body body, std::string_view help) {
    return {.name = name,
            .parameters = {{{"from", instant}, {"to", instant}}},
            .arguments_min = 2,
            .arguments_max = 2,
            .result = ValueType::duration,
            .category = Category::temporal,
            .body = body,
            .help = help};
}

constexpr std::string_view transaction_help = "The clock as it stood when the transaction began, in a time zone.";
constexpr std::string_view statement_help = "The clock as it stood when the statement began, in a time zone.";
constexpr std::string_view realtime_help = "The clock as it stands now, in a time zone.";

constexpr Function temporal_rows[] = {
    constructor("date", ValueType::date, make<ValueType::date>,
                "A Date from a text, a map of components or another temporal value; without argument, today in UTC."),
    constructor(
        "localtime", ValueType::local_time, make<ValueType::local_time>,
        "A LocalTime from a text, a map of components or another temporal value; without argument, now in UTC."),
    constructor("time", ValueType::time, make<ValueType::time>,
                "A Time from a text, a map of components or another temporal value; without argument, now in UTC."),
    constructor(
        "localdatetime", ValueType::local_datetime, make<ValueType::local_datetime>,
        "A LocalDateTime from a text, a map of components or another temporal value; without argument, now in UTC."),
    constructor("datetime", ValueType::datetime, make<ValueType::datetime>,
                "A DateTime from a text, a map of components or another temporal value; without argument, now in UTC."),

    clock("date.transaction", ValueType::date, Purity::statement, now<ValueType::date, Clock::transaction>,
          transaction_help),
    clock("date.statement", ValueType::date, Purity::statement, now<ValueType::date, Clock::statement>, statement_help),
    clock("date.realtime", ValueType::date, Purity::random, now<ValueType::date, Clock::realtime>, realtime_help),
    clock("localtime.transaction", ValueType::local_time, Purity::statement,
          now<ValueType::local_time, Clock::transaction>, transaction_help),
    clock("localtime.statement", ValueType::local_time, Purity::statement, now<ValueType::local_time, Clock::statement>,
          statement_help),
    clock("localtime.realtime", ValueType::local_time, Purity::random, now<ValueType::local_time, Clock::realtime>,
          realtime_help),
    clock("time.transaction", ValueType::time, Purity::statement, now<ValueType::time, Clock::transaction>,
          transaction_help),
    clock("time.statement", ValueType::time, Purity::statement, now<ValueType::time, Clock::statement>, statement_help),
    clock("time.realtime", ValueType::time, Purity::random, now<ValueType::time, Clock::realtime>, realtime_help),
    clock("localdatetime.transaction", ValueType::local_datetime, Purity::statement,
          now<ValueType::local_datetime, Clock::transaction>, transaction_help),
    clock("localdatetime.statement", ValueType::local_datetime, Purity::statement,
          now<ValueType::local_datetime, Clock::statement>, statement_help),
    clock("localdatetime.realtime", ValueType::local_datetime, Purity::random,
          now<ValueType::local_datetime, Clock::realtime>, realtime_help),
    clock("datetime.transaction", ValueType::datetime, Purity::statement, now<ValueType::datetime, Clock::transaction>,
          transaction_help),
    clock("datetime.statement", ValueType::datetime, Purity::statement, now<ValueType::datetime, Clock::statement>,
          statement_help),
    clock("datetime.realtime", ValueType::datetime, Purity::random, now<ValueType::datetime, Clock::realtime>,
          realtime_help),

    truncation("date.truncate", ValueType::date, truncate<ValueType::date>),
    truncation("localtime.truncate", ValueType::local_time, truncate<ValueType::local_time>),
    truncation("time.truncate", ValueType::time, truncate<ValueType::time>),
    truncation("localdatetime.truncate", ValueType::local_datetime, truncate<ValueType::local_datetime>),
    truncation("datetime.truncate", ValueType::datetime, truncate<ValueType::datetime>),

    {.name = "datetime.fromepoch",
     .parameters = {{{"seconds", ValueType::integer}, {"nanoseconds", ValueType::integer}}},
     .arguments_min = 1,
     .arguments_max = 2,
     .result = ValueType::datetime,
     .category = Category::temporal,
     .body = from_epoch,
     .help = "The DateTime in UTC that lies so many seconds and nanoseconds after 1970-01-01T00:00Z."},
    {.name = "datetime.fromepochmillis",
     .parameters = {{{"milliseconds", ValueType::integer}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::datetime,
     .category = Category::temporal,
     .body = from_epoch_millis,
     .help = "The DateTime in UTC that lies so many milliseconds after 1970-01-01T00:00Z."},
    {.name = "timestamp",
     .result = ValueType::integer,
     .purity = Purity::statement,
     .category = Category::temporal,
     .body = timestamp,
     .help = "Milliseconds from 1970-01-01T00:00Z to the statement's start."},
    {.name = "duration",
     .parameters = {{{"value", described | ValueType::duration}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::duration,
     .category = Category::temporal,
     .body = duration,
     .help = "A Duration from a text or a map of units."},
    distance("duration.between", between,
             "The Duration from one temporal value to another, in months, days and seconds."),
    distance("duration.inMonths", in_months, "The whole months from one temporal value to another."),
    distance("duration.inDays", in_days, "The whole days from one temporal value to another."),
    distance("duration.inSeconds", in_seconds, "The seconds from one temporal value to another."),
};

}  // namespace

std::span<const Function> temporal_functions() noexcept { return temporal_rows; }

}  // namespace mainstay::function
