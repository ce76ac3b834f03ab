// Other files made of a store: backups and compacted ones.

#include "store_impl.hpp"

#include "mainstay/core/error.hpp"

#include <fmt/format.h>

namespace mainstay {
namespace {

lmdb::Environment::CopyProgress copying(const ProgressSink& progress) {
    if (!progress) return {};
    constexpr std::uint64_t megabyte = 1'000'000;
    return [&progress](std::uint64_t done, std::uint64_t total) {
        progress({"copying megabytes", done / megabyte, total / megabyte + 1});
    };
}

}  // namespace

void StoreImpl::backup(const std::filesystem::path& target, const ProgressSink& progress) const {
    if (std::filesystem::exists(target))
        throw Error{Code::input_invalid, fmt::format("{} exists already", target.string())}.with_hint(
            "choose another name");
    env_->copy_to(target, lmdb::Environment::CopyKind::whole, copying(progress));
}

void StoreImpl::compact(const ProgressSink& progress) {
    if (progress) progress({"folding", 0, 0});
    become_writer();
    fold_all();
    {
        const std::lock_guard lock(write_mutex_);  // no commit between the copy and the new name
        if (env_.use_count() > 1)
            throw Error{Code::writer_locked, fmt::format("{} is in use in this process", path().string())}.with_hint(
                "close its views and other stores first");
        env_->compact_in_place(copying(progress));
    }
}

void StoreImpl::compact_to(const std::filesystem::path& target, const ProgressSink& progress) {
    if (std::filesystem::exists(target))
        throw Error{Code::input_invalid, fmt::format("{} exists already", target.string())}.with_hint(
            "choose another name");
    if (progress) progress({"folding", 0, 0});
    try {
        fold_all();
    } catch (const Error& error) {
        if (error.code() != Code::writer_locked) throw;
        // Another process writes: the copy has its changes as they are.
    }
    env_->copy_to(target, lmdb::Environment::CopyKind::compacted, copying(progress));
}

}  // namespace mainstay
