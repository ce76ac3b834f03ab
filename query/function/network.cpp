// Addresses of the Internet Protocol, versions 4 and 6, as texts in one canonical form: dotted, or as RFC 5952 writes
// them.

#include "function/rows.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

namespace mainstay::function {
namespace {

using Arguments = std::span<const Value>;

struct Address {
    int family = AF_INET;
    std::array<std::uint8_t, 16> bytes{};  // of version 4: the first four
    int bits() const noexcept { return family == AF_INET ? 32 : 128; }
    std::span<const std::uint8_t> used() const noexcept { return std::span{bytes}.first(family == AF_INET ? 4 : 16); }
};
struct Network {
    Address first;
    int prefix = 0;
};

std::optional<Address> address_of(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) return std::nullopt;
    const std::string ended{text};
    Address address;
    address.family = ended.find(':') == std::string::npos ? AF_INET : AF_INET6;
    if (::inet_pton(address.family, ended.c_str(), address.bytes.data()) != 1) return std::nullopt;
    return address;
}

std::string text_of(const Address& address) {
    char text[INET6_ADDRSTRLEN];
    ::inet_ntop(address.family, address.bytes.data(), text, sizeof(text));
    return text;
}

bool agree(const Address& a, const Address& b, int prefix) {
    for (int i = 0; i < prefix; i += 8) {
        const int bits = std::min(8, prefix - i);
        const auto mask = static_cast<std::uint8_t>(0xFF << (8 - bits));
        const auto byte = static_cast<std::size_t>(i / 8);
        if ((a.bytes[byte] & mask) != (b.bytes[byte] & mask)) return false;
    }
    return true;
}

// `address/prefix`; an address alone is the network of itself. Bits behind the prefix become zero.
std::optional<Network> network_of(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = address_of(text.substr(0, slash));
    if (!address) return std::nullopt;
    Network network{*address, address->bits()};
    if (slash != std::string_view::npos) {
        const std::string_view number = text.substr(slash + 1);
        const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), network.prefix);
        const bool is_plain = !number.empty() && number.size() <= 3 && number[0] >= '0' && number[0] <= '9' &&
                              (number[0] != '0' || number.size() == 1);
        if (!is_plain || problem != std::errc{} || end != number.data() + number.size() ||
            network.prefix > address->bits())
            return std::nullopt;
    }
    for (int bit = network.prefix; bit < address->bits(); ++bit)
        network.first.bytes[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(0x80 >> (bit % 8)));
    return network;
}

Value ip(Arguments arguments, Context&) {
    const auto address = address_of(arguments[0].as_string());
    return address ? Value{text_of(*address)} : Value{};
}

Value cidr(Arguments arguments, Context&) {
    const auto network = network_of(arguments[0].as_string());
    return network ? Value{fmt::format("{}/{}", text_of(network->first), network->prefix)} : Value{};
}

Value is_in(Arguments arguments, Context&) {
    const auto inner = network_of(arguments[0].as_string()), outer = network_of(arguments[1].as_string());
    if (!inner || !outer) return {};
    return inner->first.family == outer->first.family && inner->prefix >= outer->prefix &&
           agree(inner->first, outer->first, outer->prefix);
}

// Version 4 before 6, then by number, then the wider network first.
Value key(Arguments arguments, Context&) {
    const auto network = network_of(arguments[0].as_string());
    if (!network) return {};
    std::string text = network->first.family == AF_INET ? "4:" : "6:";
    for (const std::uint8_t byte : network->first.used()) text += fmt::format("{:02x}", byte);
    return Value{text + fmt::format("/{:03}", network->prefix)};
}

constexpr Function of_text(std::string_view name, std::string_view parameter, Body body, std::string_view help) {
    return {.name = name,
            .parameters = {{{parameter, ValueType::string}}},
            .arguments_min = 1,
            .arguments_max = 1,
            .result = ValueType::string,
            .category = Category::string,
            .body = body,
            .help = help};
}

constexpr Function network_rows[] = {
    of_text("ip", "text", ip, "An IPv4 or IPv6 address in its canonical form, or null if the text is none."),
    of_text("cidr", "text", cidr, "A network, `address/prefix`, in its canonical form, or null if the text is none."),
    of_text("ip.key", "address", key, "A text by which addresses and networks sort in the order of their numbers."),
    {.name = "ip.isIn",
     .parameters = {{{"address", ValueType::string}, {"network", ValueType::string}}},
     .arguments_min = 2,
     .arguments_max = 2,
     .result = ValueType::boolean,
     .category = Category::string,
     .body = is_in,
     .help = "Whether an address, or a whole network, lies in a network; null if a text is neither."},
};

}  // namespace

std::span<const Function> network_functions() noexcept { return network_rows; }

}  // namespace mainstay::function
