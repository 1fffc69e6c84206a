#include "apps/backup/keyed_repository.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "apps/backup/kept_key.h"

namespace syncwatch::apps {
namespace {

Error refused(const std::string& message, const char* reason) {
    Error error = fail_unavailable("backup", message, std::chrono::seconds(60)).value();
    error.reason = reason;
    return error;
}

}  // namespace

KeyedRepository::KeyedRepository(std::unique_ptr<BackupRepository> plain, std::optional<Lock> lock,
                                 net::thread_pool& pool)
    : plain_(std::move(plain)), lock_(std::move(lock)), pool_(pool) {
    if (lock_) encrypted_.emplace(*plain_, lock_->key, pool);
}

Async<> KeyedRepository::look() {
    SW_CO_TRY(const auto kept, co_await kept_keys(*plain_));
    if (!lock_) {
        if (kept.empty()) co_return Result<>();
        co_return fail(
            refused(plain_->place() + " is encrypted, and no key of it is named", "encrypted"));
    }
    const std::string id = lock_->key.id();
    // Whatever else somebody put there: a mark that is not ours keeps nobody from what is.
    if (std::ranges::find(kept, id) != kept.end()) co_return Result<>();
    if (!kept.empty()) {
        co_return fail(refused(fmt::format("{} is encrypted with the key {}, and the one that is "
                                           "named is {}",
                                           plain_->place(), kept.front(), id),
                               "another_key"));
    }
    SW_CO_TRY(const bool is_there, co_await is_kept(*plain_, id));
    if (is_there) co_return Result<>();
    SW_CO_TRY(const auto others, co_await plain_->folders("v1"));
    // What is left of a beginning that was cut off, or of a probe.
    const bool is_new = std::ranges::all_of(
        others, [](const auto& each) { return each == "key" || each == "probe"; });
    if (is_new) co_return Result<>();
    co_return fail(refused(plain_->place() + " has backups that are not encrypted, and a key of it "
                                             "is named",
                           "not_encrypted"));
}

Async<BackupRepository*> KeyedRepository::admitted() {
    if (!is_admitted_) {
        SW_CO_CHECK(co_await look());
        is_admitted_ = true;
    }
    co_return &behind();
}

Async<BackupRepository*> KeyedRepository::to_create() {
    SW_CO_TRY(BackupRepository* const behind, co_await admitted());
    if (!lock_ || is_kept_) co_return behind;
    SW_CO_TRY(const auto before, co_await kept_keys(*plain_));
    SW_CO_CHECK(co_await keep_key(*plain_, lock_->key, lock_->recipients, pool_));
    if (before.empty()) {
        SW_CO_CHECK(co_await expect_first());
    }
    is_kept_ = true;
    co_return behind;
}

/// Somebody may have begun it with another key at the same moment: both see both, and one goes on.
Async<> KeyedRepository::expect_first() {
    SW_CO_TRY(const auto kept, co_await kept_keys(*plain_));
    const std::string id = lock_->key.id();
    if (kept.empty() || *std::ranges::min_element(kept) == id) co_return Result<>();
    SW_CO_CHECK(co_await forget_key(*plain_, id));
    co_return fail(
        refused(plain_->place() + " was begun with another key at the same moment", "another_key"));
}

Async<> KeyedRepository::create(std::string name, std::string bytes) {
    SW_CO_TRY(BackupRepository* const to, co_await to_create());
    co_return co_await to->create(std::move(name), std::move(bytes));
}

Async<std::uint64_t> KeyedRepository::create_from(std::string name, std::filesystem::path file) {
    SW_CO_TRY(BackupRepository* const to, co_await to_create());
    co_return co_await to->create_from(std::move(name), std::move(file));
}

Async<std::string> KeyedRepository::read(std::string name) {
    SW_CO_TRY(BackupRepository* const from, co_await admitted());
    co_return co_await from->read(std::move(name));
}

Async<std::uint64_t> KeyedRepository::fetch(std::string name, std::filesystem::path to) {
    SW_CO_TRY(BackupRepository* const from, co_await admitted());
    co_return co_await from->fetch(std::move(name), std::move(to));
}

Async<std::vector<BackupRepository::Entry>> KeyedRepository::list(std::string prefix) {
    SW_CO_TRY(BackupRepository* const from, co_await admitted());
    co_return co_await from->list(std::move(prefix));
}

Async<std::vector<std::string>> KeyedRepository::folders(std::string prefix) {
    SW_CO_TRY(BackupRepository* const from, co_await admitted());
    co_return co_await from->folders(std::move(prefix));
}

Async<> KeyedRepository::remove(std::string name) {
    SW_CO_TRY(BackupRepository* const from, co_await admitted());
    co_return co_await from->remove(std::move(name));
}

}  // namespace syncwatch::apps
