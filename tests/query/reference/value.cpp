#include "query/reference/value.hpp"

#include <algorithm>
#include <cstdio>

namespace mainstay::test::reference {

Val integer(std::int64_t i) {
    Val v;
    v.kind = Val::Kind::integer;
    v.i = i;
    return v;
}
Val floating(double d) {
    Val v;
    v.kind = Val::Kind::floating;
    v.d = d;
    return v;
}
Val boolean(bool b) {
    Val v;
    v.kind = Val::Kind::boolean;
    v.i = b ? 1 : 0;
    return v;
}
Val text(std::string s) {
    Val v;
    v.kind = Val::Kind::text;
    v.s = std::move(s);
    return v;
}
Val list(std::vector<Val> items) {
    Val v;
    v.kind = Val::Kind::list;
    v.items = std::move(items);
    return v;
}
Val node(std::size_t number) {
    Val v = integer(static_cast<std::int64_t>(number));
    v.kind = Val::Kind::node;
    return v;
}
Val rel(std::size_t number) {
    Val v = integer(static_cast<std::int64_t>(number));
    v.kind = Val::Kind::rel;
    return v;
}
Val from_ternary(std::optional<bool> t) { return t ? boolean(*t) : Val{}; }
std::optional<bool> to_ternary(const Val& v) {
    if (v.kind != Val::Kind::boolean) return std::nullopt;
    return v.i != 0;
}

std::optional<bool> equal(const Val& a, const Val& b) {
    if (a.is_null() || b.is_null()) return std::nullopt;
    if (a.kind == Val::Kind::integer && b.kind == Val::Kind::integer) return a.i == b.i;
    if (a.is_number() && b.is_number()) return a.number() == b.number();
    if (a.kind != b.kind) return false;
    switch (a.kind) {
        case Val::Kind::text: return a.s == b.s;
        case Val::Kind::list:
        case Val::Kind::path: {
            if (a.items.size() != b.items.size()) return false;
            bool unknown = false;
            for (std::size_t i = 0; i < a.items.size(); ++i) {
                const auto same = equal(a.items[i], b.items[i]);
                if (same && !*same) return false;
                unknown = unknown || !same;
            }
            if (unknown) return std::nullopt;
            return true;
        }
        default: return a.i == b.i;
    }
}

namespace {

template <typename T>
int sign(const T& a, const T& b) {
    return a < b ? -1 : b < a ? 1 : 0;
}

}  // namespace

std::optional<int> compare(const Val& a, const Val& b) {
    if (a.kind == Val::Kind::integer && b.kind == Val::Kind::integer) return sign(a.i, b.i);
    if (a.is_number() && b.is_number()) return sign(a.number(), b.number());
    if (a.kind != b.kind) return std::nullopt;
    if (a.kind == Val::Kind::text) return sign(a.s, b.s);
    if (a.kind == Val::Kind::boolean) return sign(a.i, b.i);
    return std::nullopt;
}

int order(const Val& a, const Val& b) {
    if (a.is_null() || b.is_null()) return sign(a.is_null() ? 1 : 0, b.is_null() ? 1 : 0);
    if (a.kind == Val::Kind::list && b.kind == Val::Kind::list) {
        for (std::size_t i = 0; i < std::min(a.items.size(), b.items.size()); ++i)
            if (const int o = order(a.items[i], b.items[i]); o != 0) return o;
        return sign(a.items.size(), b.items.size());
    }
    if (const auto o = compare(a, b)) return *o;
    return sign(a.i, b.i);
}

std::string show(const Val& v) {
    switch (v.kind) {
        case Val::Kind::null: return "null";
        case Val::Kind::boolean: return v.i != 0 ? "true" : "false";
        case Val::Kind::integer: return std::to_string(v.i);
        case Val::Kind::floating: {
            char digits[40];
            std::snprintf(digits, sizeof digits, "%.17gf", v.d == 0 ? 0.0 : v.d);  // -0.0 equals 0.0
            return digits;
        }
        case Val::Kind::text: return "'" + v.s + "'";
        case Val::Kind::node: return "n" + std::to_string(v.i);
        case Val::Kind::rel: return "r" + std::to_string(v.i);
        default: break;
    }
    std::vector<std::string> items;
    for (const Val& item : v.items) items.push_back(show(item));
    if (v.bag) std::sort(items.begin(), items.end());
    std::string out;
    for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
    return v.kind == Val::Kind::path ? "<" + out + ">" : "[" + out + "]";
}

std::string literal(const Val& v) {
    if (v.kind == Val::Kind::floating) {
        char digits[40];
        std::snprintf(digits, sizeof digits, "%.1f", v.d);  // only halves are written
        return digits;
    }
    if (v.kind != Val::Kind::list) return show(v);
    std::string out = "[";
    for (std::size_t i = 0; i < v.items.size(); ++i) out += (i ? ", " : "") + literal(v.items[i]);
    return out + "]";
}

}  // namespace mainstay::test::reference
