#pragma once

// What a database knows that may be typed: the completer's view of it. An interface, so that completion is tested
// without a database.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::shell {

class Vocabulary {
public:
    virtual ~Vocabulary() = default;
    virtual std::vector<std::string> classes() const = 0;     // and labels
    virtual std::vector<std::string> types() const = 0;       // relationship types and their inverses
    virtual std::vector<std::string> attributes() const = 0;  // of anything
    virtual std::vector<std::string> attributes_of(std::string_view class_name) const = 0;  // empty: unknown class
    virtual std::vector<std::string> procedures() const = 0;
    virtual std::vector<std::string> parameters() const = 0;
    // At most `limit` string values of an attribute that begin with `prefix`, of a class if one is named. Bounded work:
    // may miss some where there is no index.
    virtual std::vector<std::string> values(std::string_view class_name, std::string_view attribute,
                                            std::string_view prefix, std::size_t limit) const = 0;
};

}  // namespace mainstay::shell
