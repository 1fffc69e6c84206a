#include "apps/backup/late_repository.h"

namespace syncwatch::apps {

Result<BackupRepository*> LateRepository::open() {
    if (!opened_) {
        SW_TRY(opened_, OpenRepository::open(place_, powers_));
    }
    return &opened_->get();
}

Async<> LateRepository::create(std::string name, std::string bytes) {
    SW_CO_TRY(BackupRepository* const to, open());
    co_return co_await to->create(std::move(name), std::move(bytes));
}

Async<std::uint64_t> LateRepository::create_from(std::string name, std::filesystem::path file) {
    SW_CO_TRY(BackupRepository* const to, open());
    co_return co_await to->create_from(std::move(name), std::move(file));
}

Async<std::string> LateRepository::read(std::string name) {
    SW_CO_TRY(BackupRepository* const from, open());
    co_return co_await from->read(std::move(name));
}

Async<std::uint64_t> LateRepository::fetch(std::string name, std::filesystem::path to) {
    SW_CO_TRY(BackupRepository* const from, open());
    co_return co_await from->fetch(std::move(name), std::move(to));
}

Async<std::vector<BackupRepository::Entry>> LateRepository::list(std::string prefix) {
    SW_CO_TRY(BackupRepository* const from, open());
    co_return co_await from->list(std::move(prefix));
}

Async<std::vector<std::string>> LateRepository::folders(std::string prefix) {
    SW_CO_TRY(BackupRepository* const from, open());
    co_return co_await from->folders(std::move(prefix));
}

Async<> LateRepository::remove(std::string name) {
    SW_CO_TRY(BackupRepository* const from, open());
    co_return co_await from->remove(std::move(name));
}

}  // namespace syncwatch::apps
