#pragma once
#include <memory>
#include <string>
#include <vector>

#include "apps/backup/open_repository.h"

namespace syncwatch::apps {

/// A place for backups that is opened when it is there: until then every call is Unavailable, and
/// tries once. All calls on one thread.
class LateRepository final : public BackupRepository {
public:
    /// `powers` outlive it.
    LateRepository(recovery::Repository place, OpenRepository::Powers powers)
        : place_(std::move(place)), powers_(powers) {}

    Async<> create(std::string name, std::string bytes) override;
    Async<std::uint64_t> create_from(std::string name, std::filesystem::path file) override;
    Async<std::string> read(std::string name) override;
    Async<std::uint64_t> fetch(std::string name, std::filesystem::path to) override;
    Async<std::vector<Entry>> list(std::string prefix) override;
    Async<std::vector<std::string>> folders(std::string prefix) override;
    Async<> remove(std::string name) override;
    std::string place() const override { return place_.url; }
    /// Ends what is under way: callers get Cancelled.
    void stop() {
        if (opened_) opened_->stop();
    }

private:
    Result<BackupRepository*> open();

    const recovery::Repository place_;
    const OpenRepository::Powers powers_;
    std::unique_ptr<OpenRepository> opened_;
};

}  // namespace syncwatch::apps
