#pragma once
#include <string>
#include <utility>
#include <vector>

#include "recovery/backups/component.h"

namespace syncwatch::recovery {

/// A component whose backups another machine makes: PostgreSQL's, on its own. From here only the
/// catalogue tells whether it does.
class ElsewhereComponent final : public BackupComponent {
public:
    ElsewhereComponent(std::string name, std::vector<BackupKind> kinds)
        : name_(std::move(name)), kinds_(std::move(kinds)) {}

    const std::string& name() const override { return name_; }
    std::vector<BackupKind> kinds() const override { return kinds_; }
    Async<BackupRecord> run(Request) override { co_return elsewhere(); }
    Async<Verification> verify(BackupRecord, VerifyLevel, TellProgress) override {
        co_return elsewhere();
    }
    Async<std::vector<Window>> windows(BackupHistory) override { co_return elsewhere(); }
    Async<> forget(std::vector<BackupRecord>) override { co_return elsewhere(); }

private:
    tl::unexpected<Error> elsewhere() const {
        return fail(ErrorCode::Unavailable, name_ + " is backed up on its own machine");
    }

    const std::string name_;
    const std::vector<BackupKind> kinds_;
};

}  // namespace syncwatch::recovery
