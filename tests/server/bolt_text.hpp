#pragma once

// Bolt messages for tests: requests from values, answers as text that can be compared.

#include "bolt/chunks.hpp"
#include "bolt/packstream.hpp"
#include "bolt/values.hpp"

#include "mainstay/core/value.hpp"

#include <fmt/core.h>

#include <string>
#include <vector>

namespace mainstay::test {

inline std::string bolt_message(std::uint8_t tag, const std::vector<Value>& fields, server::ValueForm form = {}) {
    std::string message;
    server::PackWriter out{message};
    out.structure(tag, fields.size());
    for (const Value& field : fields) server::write_value(field, form, out);
    return message;
}

// What was packed, structures as "4E(…)".
inline std::string text_of(server::PackReader& in) {
    using server::PackKind;
    const auto several = [&](std::uint32_t count, const auto& each) {
        std::string text;
        for (std::uint32_t i = 0; i < count; ++i) text += (i ? ", " : "") + each();
        return text;
    };
    const auto one = [&] { return text_of(in); };
    switch (in.peek()) {
        case PackKind::null: in.null(); return "null";
        case PackKind::boolean: return in.boolean() ? "true" : "false";
        case PackKind::integer: return std::to_string(in.integer());
        case PackKind::floating: return print_float(in.floating());
        case PackKind::string: return fmt::format("'{}'", in.string());
        case PackKind::bytes: return fmt::format("{} bytes", in.bytes().size());
        case PackKind::list: return "[" + several(in.list(), one) + "]";
        case PackKind::map:
            return "{" +
                   several(in.map(),
                           [&] {
                               const std::string key{in.string()};
                               return key + ": " + text_of(in);
                           }) +
                   "}";
        case PackKind::structure: {
            const auto [tag, fields] = in.structure();
            return fmt::format("{:02X}(", tag) + several(fields, one) + ")";
        }
    }
    return {};
}

// All messages of a chunked stream.
inline std::vector<std::string> answers_in(std::string_view bytes) {
    server::ChunkReader chunks{std::size_t{1} << 30};
    std::vector<std::string> answers;
    for (std::string message; chunks.take(bytes, message) == server::ChunkReader::Sees::message;) {
        server::PackReader in{message};
        answers.push_back(text_of(in));
    }
    return answers;
}

}  // namespace mainstay::test
