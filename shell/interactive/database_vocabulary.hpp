#pragma once

#include "interactive/vocabulary.hpp"

#include "mainstay/query/database.hpp"

namespace mainstay::shell {

// A Vocabulary from an open database. Every question is answered from a view of its own, so that what a statement has
// just made is there, and no view is held between them.
class DatabaseVocabulary final : public Vocabulary {
public:
    // Both borrowed.
    DatabaseVocabulary(Database& database, const Parameters& parameters)
        : database_(database), parameters_(parameters) {}
    std::vector<std::string> classes() const override;
    std::vector<std::string> types() const override;
    std::vector<std::string> attributes() const override;
    std::vector<std::string> attributes_of(std::string_view class_name) const override;
    std::vector<std::string> procedures() const override;
    std::vector<std::string> parameters() const override;
    std::vector<std::string> values(std::string_view class_name, std::string_view attribute, std::string_view prefix,
                                    std::size_t limit) const override;

private:
    Database& database_;
    const Parameters& parameters_;
};

}  // namespace mainstay::shell
