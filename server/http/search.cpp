#include "http/search.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace mainstay::server {
namespace {

constexpr std::array<std::string_view, 15> attributes = {
    "name",          "id",      "key", "hostname", "fqdn", "serial", "asset_tag", "ip_address",
    "management_ip", "address", "ip",  "mac",      "uuid", "number", "email"};

constexpr auto lower_ascii = [] {
    std::array<char, 256> table{};
    for (int i = 0; i < 256; ++i)
        table[static_cast<std::size_t>(i)] = static_cast<char>(i >= 'A' && i <= 'Z' ? i + 32 : i);
    return table;
}();
char lower_of(char c) noexcept { return lower_ascii[static_cast<unsigned char>(c)]; }

bool is_ascii(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// As toLower() of the language has it; bytes that are no UTF-8 stay.
std::string lower(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        utf8proc_int32_t code = -1;
        const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                           static_cast<utf8proc_ssize_t>(text.size()), &code);
        if (size <= 0) {
            result += text.front();
            text.remove_prefix(1);
            continue;
        }
        std::array<utf8proc_uint8_t, 4> bytes{};
        const auto written = utf8proc_encode_char(utf8proc_tolower(code), bytes.data());
        result.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(written));
        text.remove_prefix(static_cast<std::size_t>(size));
    }
    return result;
}

// What is looked for, made ready once.
class Needle {
public:
    explicit Needle(std::string_view text)
        : text_(lower(text)),
          is_ascii_(is_ascii(text_)),
          is_digits_(text_.find_first_not_of("-0123456789") == std::string::npos) {}

    bool may_be_integer() const noexcept { return is_digits_; }
    Fit fit_of(std::string_view value) const {
        if (value.size() < text_.size() && is_ascii_) return Fit::none;
        if (is_ascii_) return fit_in(value);
        return is_ascii(value) ? Fit::none : fit_in(lower(value));
    }

private:
    Fit fit_in(std::string_view value) const noexcept {
        Fit best = Fit::none;
        const std::size_t size = text_.size();
        for (std::size_t at = 0; at + size <= value.size(); ++at) {
            if (lower_of(value[at]) != text_[0] ||
                !std::equal(text_.begin() + 1, text_.end(), value.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                            [](char wanted, char c) { return wanted == lower_of(c); }))
                continue;
            if (at == 0) return value.size() == size ? Fit::whole : Fit::beginning;
            if (!is_of_word(value[at - 1])) return Fit::word;
            best = Fit::inside;
        }
        return best;
    }
    static bool is_of_word(char c) noexcept {
        const char low = lower_of(c);
        return (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9') || static_cast<unsigned char>(c) >= 0x80;
    }

    std::string text_;
    bool is_ascii_, is_digits_;
};

std::optional<std::string> text_of(const Value& value) {
    if (value.is(ValueType::string)) return std::string{value.as_string()};
    if (value.is(ValueType::integer)) return std::to_string(value.as_int());
    return std::nullopt;
}

bool is_of_class(const View& view, ShapeId shape, std::string_view class_name) {
    return std::any_of(view.names().labels_of(shape).begin(), view.names().labels_of(shape).end(), [&](LabelId label) {
        const std::string_view name = view.names().label(label);
        return name == class_name || view.model().is_a(name, class_name);
    });
}

void require_class(const View& view, std::string_view class_name) {
    if (class_name.empty() || view.model().find_class(class_name) || view.names().find_label(class_name) != no_label)
        return;
    std::vector<std::string> known;
    for (const ClassDeclaration& each : view.model().classes()) known.push_back(each.name);
    throw Error{Code::unknown_label, "there is no class " + quoted(class_name)}.with_hint(nearest(class_name, known));
}

// As people sort names: `book` and `Book` stand together.
int order_of(std::string_view a, std::string_view b) noexcept {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const auto left = static_cast<unsigned char>(lower_of(a[i])),
                   right = static_cast<unsigned char>(lower_of(b[i]));
        if (left != right) return left < right ? -1 : 1;
    }
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    return a.compare(b);
}

// The best hits so far, in a heap whose root is the worst of them.
class Best {
public:
    explicit Best(std::size_t size_max) : size_max_(size_max) {}

    void offer(NodeId node, Fit fit, std::string_view attribute, std::string value) {
        SearchHit hit{node, fit, attribute, std::move(value)};
        if (hits_.size() == size_max_) {
            if (!is_better(hit, hits_.front())) return;
            std::pop_heap(hits_.begin(), hits_.end(), is_better);
            hits_.pop_back();
        }
        hits_.push_back(std::move(hit));
        std::push_heap(hits_.begin(), hits_.end(), is_better);
    }
    // Whether the heap is full of better ones already, whatever the value.
    bool is_beyond(Fit fit) const noexcept { return hits_.size() == size_max_ && fit > hits_.front().fit; }
    std::vector<SearchHit> take() {
        std::sort_heap(hits_.begin(), hits_.end(), is_better);
        return std::move(hits_);
    }

private:
    static bool is_better(const SearchHit& a, const SearchHit& b) noexcept {
        if (a.fit != b.fit) return a.fit < b.fit;
        if (const int order = order_of(a.value, b.value); order != 0) return order < 0;
        return a.node < b.node;
    }
    std::size_t size_max_;
    std::vector<SearchHit> hits_;
};

class Search {
public:
    Search(const View& view, std::string_view text, std::string_view class_name, std::size_t hits_max)
        : view_(view), needle_(text), class_name_(class_name), best_(hits_max) {
        for (std::size_t i = 0; i < attributes.size(); ++i)
            if (const KeyId key = view.names().find_key(attributes.at(i)); key != no_key)
                keys_.emplace_back(key, static_cast<std::uint8_t>(i));
    }

    // What an index has for the text as it was written.
    void look_up(std::string_view text) {
        std::vector<Value> readings = {Value{text}};
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc{} && end == text.data() + text.size()) readings.emplace_back(number);
        for (const SchemaEntry& entry : view_.schema()) {
            if (entry.element != ElementKind::node || entry.kind == SchemaKind::exists || entry.keys.size() != 1)
                continue;
            const auto attribute = std::find(attributes.begin(), attributes.end(), entry.keys.front());
            if (attribute == attributes.end()) continue;
            for (const Value& reading : readings)
                for (const std::uint32_t id : view_.seek(entry.id, std::span{&reading, 1}))
                    if (is_wanted(view_.shape(NodeId{id})) && known_.insert(id).second)
                        best_.offer(NodeId{id}, Fit::whole, *attribute, std::string{text});
        }
    }

    // How many nodes of the segment were looked at.
    std::size_t walk(std::uint32_t segment) {
        shapes_.clear();
        for (const ShapeId shape : view_.shapes_in(segment))
            if (is_wanted(shape)) shapes_.push_back(shape);
        if (shapes_.empty()) return 0;
        nodes_.clear();
        view_.scan_nodes(segment, shapes_, nodes_);
        if (nodes_.empty()) return 0;
        fits_.fill(none);
        const DirtyNodes dirty = view_.dirty_nodes(segment);
        for (const auto& [key, attribute] : keys_) {
            if (const ColumnView* column = view_.node_column(segment, key)) walk_column(*column, dirty, attribute);
        }
        for (const NodeId node : nodes_)
            if (dirty.contains(slot_of(node))) walk_dirty(node);
        collect();
        return nodes_.size();
    }

    std::vector<SearchHit> take() { return best_.take(); }

private:
    static constexpr std::uint8_t none = 0xFF;
    // Smaller is better: the fit, then the attribute.
    static constexpr std::uint8_t mark(Fit fit, std::uint8_t attribute) noexcept {
        return fit == Fit::none ? none : static_cast<std::uint8_t>(static_cast<unsigned>(fit) << 4U | attribute);
    }
    static_assert(attributes.size() <= 16);

    bool is_wanted(ShapeId shape) {
        if (class_name_.empty()) return true;
        const auto [at, is_new] = wanted_.try_emplace(raw(shape), false);
        if (is_new) at->second = is_of_class(view_, shape, class_name_);
        return at->second;
    }

    void note(std::uint32_t slot, Fit fit, std::uint8_t attribute) noexcept {
        fits_[slot] = std::min(fits_[slot], mark(fit, attribute));
    }

    void walk_column(const ColumnView& column, const DirtyNodes& dirty, std::uint8_t attribute) {
        const auto each = [&](const auto& fit_of) {
            for (const NodeId node : nodes_) {
                const std::uint32_t slot = slot_of(node);
                if (column.has(slot) && !dirty.contains(slot)) note(slot, fit_of(slot), attribute);
            }
        };
        switch (column.kind()) {
            case ColumnKind::text: each([&](std::uint32_t slot) { return needle_.fit_of(column.text(slot)); }); break;
            case ColumnKind::dictionary: {
                entry_fits_.resize(column.dictionary_size());
                for (std::uint32_t code = 0; code < column.dictionary_size(); ++code)
                    entry_fits_[code] = needle_.fit_of(column.entry(code));
                each([&](std::uint32_t slot) { return entry_fits_[column.code(slot)]; });
                break;
            }
            case ColumnKind::integer:
                if (!needle_.may_be_integer()) break;
                each([&](std::uint32_t slot) {
                    std::array<char, 24> digits{};
                    const auto end =
                        std::to_chars(digits.data(), digits.data() + digits.size(), column.integer(slot)).ptr;
                    return needle_.fit_of({digits.data(), static_cast<std::size_t>(end - digits.data())});
                });
                break;
            case ColumnKind::mixed:
                each([&](std::uint32_t slot) {
                    const auto text = text_of(column.get(slot));
                    return text ? needle_.fit_of(*text) : Fit::none;
                });
                break;
            case ColumnKind::boolean:
            case ColumnKind::floating:
            case ColumnKind::date:
            case ColumnKind::temporal: break;  // nothing is called by those
        }
    }

    void walk_dirty(NodeId node) {
        for (const auto& [key, attribute] : keys_)
            if (const auto text = text_of(view_.property(node, key)))
                note(slot_of(node), needle_.fit_of(*text), attribute);
    }

    void collect() {
        for (const NodeId node : nodes_) {
            const std::uint8_t found = fits_[slot_of(node)];
            if (found == none) continue;
            const Fit fit{static_cast<std::uint8_t>(found >> 4U)};
            if (best_.is_beyond(fit) || known_.contains(raw(node))) continue;
            const std::string_view attribute = attributes.at(found & 0xFU);
            const auto value = text_of(view_.property(node, view_.names().find_key(attribute)));
            best_.offer(node, fit, attribute, value.value_or(""));
        }
    }

    const View& view_;
    const Needle needle_;
    const std::string_view class_name_;
    std::vector<std::pair<KeyId, std::uint8_t>> keys_;  // and where in `attributes`
    Best best_;
    std::unordered_set<std::uint32_t> known_;         // found by an index
    std::unordered_map<std::uint32_t, bool> wanted_;  // by shape
    std::vector<ShapeId> shapes_;
    std::vector<NodeId> nodes_;
    std::vector<Fit> entry_fits_;
    std::array<std::uint8_t, segment_slots> fits_{};
};

}  // namespace

std::span<const std::string_view> search_attributes() noexcept { return attributes; }

SearchResult search(const View& view, std::string_view text, std::string_view class_name, std::size_t hits_max,
                    std::chrono::steady_clock::time_point deadline, const Cancellation* cancellation) {
    require_class(view, class_name);
    Search search{view, text, class_name, hits_max};
    search.look_up(text);
    SearchResult result;
    for (std::uint32_t segment = 0; segment < view.node_segments(); ++segment) {
        if (cancellation && cancellation->is_cancelled()) throw Error{Code::cancelled, "the search was cancelled"};
        if (std::chrono::steady_clock::now() >= deadline) {
            result.is_cut = true;
            break;
        }
        result.nodes_walked += search.walk(segment);
    }
    view.require_readable();
    result.hits = search.take();
    return result;
}

}  // namespace mainstay::server
