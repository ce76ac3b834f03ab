#include "plan_cache.hpp"

namespace mainstay {

std::shared_ptr<const Compiled> PlanCache::find(std::string_view text, const View& view) {
    const std::lock_guard lock{mutex_};
    const auto found = by_text_.find(text);
    if (found == by_text_.end()) return nullptr;
    const auto entry = found->second;
    if (!(*entry)->suits(view)) {
        by_text_.erase(found);
        order_.erase(entry);
        return nullptr;
    }
    order_.splice(order_.begin(), order_, entry);
    return *entry;
}

void PlanCache::put(std::shared_ptr<const Compiled> compiled) {
    constexpr std::size_t text_bytes_max = 64 << 10;  // long texts are rarely run twice
    if (entries_max_ == 0 || compiled->text.size() > text_bytes_max) return;
    const std::lock_guard lock{mutex_};
    if (const auto found = by_text_.find(compiled->text); found != by_text_.end()) {
        const auto entry = found->second;
        by_text_.erase(found);
        order_.erase(entry);
    }
    order_.push_front(std::move(compiled));
    by_text_.emplace(order_.front()->text, order_.begin());
    if (order_.size() > entries_max_) {
        by_text_.erase(order_.back()->text);
        order_.pop_back();
    }
}

}  // namespace mainstay
