#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "ports/clock.h"
#include "recovery/backups/component.h"
#include "recovery/postgres/reach.h"

namespace syncwatch::recovery {

/// PostgreSQL as a component that is backed up. Its bytes stay in the engine's repositories; a
/// record says under which labels, in its annotations: "label.near", "label.far".
class PgComponent : public BackupComponent {
public:
    /// They outlive it. `scratch` is a folder for restores that are thrown away: it needs room for
    /// the whole database, and others must be able to enter it. `visitor` uses what was restored;
    /// nullptr: nobody does.
    PgComponent(DatabaseBackups& engine, Clock& clock, std::filesystem::path scratch,
                RestoredVisitor* visitor = nullptr)
        : engine_(engine), clock_(clock), scratch_(std::move(scratch)), visitor_(visitor) {}

    const std::string& name() const override { return name_; }
    std::vector<BackupKind> kinds() const override {
        return {BackupKind::Full, BackupKind::Differential, BackupKind::Incremental};
    }
    Async<BackupRecord> run(Request request) override;
    Async<std::vector<BackupRecord>> unrecorded(BackupHistory history, MakeId make_id) override;
    Async<Verification> verify(BackupRecord record, VerifyLevel level, TellProgress tell) override;
    Async<std::vector<Window>> windows(BackupHistory history) override;
    Async<> forget(std::vector<BackupRecord> gone) override;

private:
    /// Where one backup is.
    struct Copy {
        std::size_t repository = 0;
        std::string label;
    };
    std::vector<Copy> copies_of(const BackupRecord& record) const;
    Async<DatabaseBackups::Server> ready_server();
    Async<std::vector<BackupId>> parents_of(std::size_t repository, BackupKind& kind,
                                            BackupHistory history);
    /// What is wrong with a backup, and what else was seen.
    struct Words {
        std::vector<std::string> faults;
        std::vector<std::string> seen;
    };
    Async<Words> look(Copy copy, BackupRecord record, VerifyLevel level, Verification& seen);
    Async<Words> rehearse(Copy copy, BackupRecord record, Verification& seen);

    DatabaseBackups& engine_;
    Clock& clock_;
    const std::filesystem::path scratch_;
    RestoredVisitor* const visitor_;
    const std::string name_ = "pg";
};

}  // namespace syncwatch::recovery
