#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ports/clock.h"
#include "ports/snapshot_source.h"
#include "recovery/backups/component.h"
#include "recovery/snapshots/snapshot_files.h"

namespace syncwatch::recovery {

/// A component whose backups are snapshots, one file each: Redis, the configuration, the secrets.
class SnapshotComponent final : public BackupComponent {
public:
    struct Powers {
        SnapshotSource& source;
        SnapshotFiles& files;
        Clock& clock;
        std::filesystem::path scratch;  ///< A folder of ours alone, with room for one snapshot.
    };
    /// All of `powers` outlive it.
    SnapshotComponent(std::string name, Powers powers)
        : name_(std::move(name)), powers_(std::move(powers)) {}

    const std::string& name() const override { return name_; }
    std::vector<BackupKind> kinds() const override { return {BackupKind::Snapshot}; }
    Async<std::string> fingerprint() override { return powers_.source.fingerprint(); }
    Async<BackupRecord> run(Request request) override;
    VerifyLevel deepest() const override {
        return powers_.source.can_rehearse() ? VerifyLevel::Restore : VerifyLevel::Structure;
    }
    Async<Verification> verify(BackupRecord record, VerifyLevel level, TellProgress tell) override;
    Async<std::vector<Window>> windows(BackupHistory history) override;
    Async<> forget(std::vector<BackupRecord> gone) override;

private:
    Async<bool> look_at_copies(BackupRecord record, std::filesystem::path whole,
                               std::shared_ptr<Verification> look);
    Async<> look_inside(BackupRecord record, VerifyLevel level, std::filesystem::path folder,
                        std::shared_ptr<Verification> look);

    const std::string name_;
    const Powers powers_;
};

}  // namespace syncwatch::recovery
