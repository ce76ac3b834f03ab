#include "exec/eval.hpp"
#include "exec/key_table.hpp"
#include "exec/operators.hpp"
#include "plan/lower.hpp"

namespace mainstay::exec {
namespace {

// Keeps the right side's rows, by their keys; then each left row meets those with its keys. Without keys: all.
class Join final : public RowExpander {
public:
    Join(const plan::Node& node, StatementContext& context, OperatorPtr child, const plan::Join& join)
        : RowExpander(node, context, std::move(child), join.introduced),
          join_(join),
          right_(plan::lower(*join.right, context)),
          keys_(join.right_keys.size(), context),
          rows_(context.slot_count()),
          key_(join.right_keys.size()) {
        for (Slot slot : join.introduced)
            if (std::find(node.live.begin(), node.live.end(), slot) != node.live.end()) wanted_.push_back(slot);
    }
    ~Join() override { forget(); }

    void open(const Batch* argument) override {
        RowExpander::open(argument);
        forget();
        is_built_ = false;
        argument_ = argument;
    }

protected:
    void start_row(const Batch& in, std::uint32_t row) override {
        if (!is_built_) build();
        position_ = 0;
        current_ = &all_;
        if (join_.left_keys.empty()) return;
        current_ = nullptr;
        for (std::size_t i = 0; i < key_.size(); ++i) {
            key_[i] = evaluate(*join_.left_keys[i], Row{in, row}, context_);
            if (never_equal(key_[i])) return;
        }
        if (const std::uint32_t found = keys_.find(key_); found != no_id) current_ = &groups_[found];
    }

    std::uint32_t extend(const Batch&, std::uint32_t, Batch& out, std::uint32_t room, bool& done) override {
        done = true;
        if (!current_) return 0;
        const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(room, current_->size() - position_));
        for (Slot slot : wanted_) out[slot].append(rows_[slot], std::span{*current_}.subspan(position_, count));
        position_ += count;
        done = position_ >= current_->size();
        return count;
    }

private:
    static bool never_equal(const Value& v) { return equals(v, v) != Ternary::yes; }  // null, NaN, lists of such

    void forget() {
        context_.memory().release(charged_);
        charged_ = 0;
        keys_.clear();
        rows_.clear();
        groups_.clear();
        all_.clear();
    }

    void build() {
        is_built_ = true;
        right_->open(argument_);
        Batch in{context_.slot_count()};
        while (right_->next(in)) {
            context_.check();
            for (std::uint32_t r = 0; r < in.rows; ++r) {
                if (join_.right_keys.empty()) {
                    all_.push_back(rows_.rows + r);
                    continue;
                }
                bool usable = true;
                for (std::size_t i = 0; i < key_.size(); ++i) {
                    key_[i] = evaluate(*join_.right_keys[i], Row{in, r}, context_);
                    usable = usable && !never_equal(key_[i]);
                }
                if (!usable) continue;
                const auto place = keys_.find_or_add(key_);
                if (place.is_new) groups_.emplace_back();
                groups_[place.index].push_back(rows_.rows + r);
            }
            for (Slot slot : wanted_) rows_[slot].append_all(in[slot], in.rows);
            rows_.rows += in.rows;
            const std::uint64_t bytes = in.bytes() + in.rows * 8;
            charged_ += bytes;
            context_.memory().charge(bytes);
        }
        note_bytes(charged_ + keys_.bytes());
    }

    const plan::Join& join_;
    OperatorPtr right_;
    KeyTable keys_;
    Batch rows_;
    std::vector<Value> key_;
    std::vector<Slot> wanted_;
    std::vector<std::uint32_t> all_;
    std::vector<std::vector<std::uint32_t>> groups_;
    const std::vector<std::uint32_t>* current_ = nullptr;
    std::size_t position_ = 0;
    std::uint64_t charged_ = 0;
    const Batch* argument_ = nullptr;
    bool is_built_ = false;
};

}  // namespace

OperatorPtr make_join(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Join>(n, c, std::move(child), std::get<plan::Join>(n.op));
}

}  // namespace mainstay::exec
