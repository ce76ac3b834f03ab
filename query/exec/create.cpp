#include "exec/operators.hpp"
#include "exec/write.hpp"

namespace mainstay::exec {
namespace {

class Create final : public Writer {
public:
    using Writer::Writer;

protected:
    void write(std::vector<Batch>& batches) override {
        const bound::Pattern& pattern = *std::get<plan::Create>(node_.op).pattern;
        for (Batch& batch : batches)
            for (std::uint32_t row = 0; row < batch.rows; ++row) {
                context_.work(64);
                create_pattern(pattern, batch, row, context_, Creating::create);
            }
    }
};

class Set final : public Writer {
public:
    using Writer::Writer;

protected:
    void write(std::vector<Batch>& batches) override {
        const auto& items = *std::get<plan::Set>(node_.op).items;
        for (Batch& batch : batches)
            for (std::uint32_t row = 0; row < batch.rows; ++row) {
                context_.work(64);
                apply_items(items, batch, row, context_);
            }
    }
};

}  // namespace

OperatorPtr make_create(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Create>(n, c, std::move(child));
}
OperatorPtr make_set(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Set>(n, c, std::move(child));
}

}  // namespace mainstay::exec
