#pragma once
#include <string>

#include "harness/catalogue_world.h"
#include "harness/file_snapshot.h"
#include "recovery/backups/backups.h"
#include "recovery/snapshots/snapshot_component.h"

namespace syncwatch {

/// Something small that is backed up into two places.
class SnapshotWorld : public CatalogueWorld {
protected:
    SnapshotWorld() { write("one\ntwo\nend\n"); }

    void write(const std::string& text) { overwrite(folder_.path() / "source", text); }
    recovery::Backups::Made run(bool even_unchanged = false) {
        clock_.advance(std::chrono::minutes(1));
        return must(run_to_end(backups_.run({"lines", std::nullopt, even_unchanged}, {})));
    }
    recovery::Backups::Looked look(recovery::BackupId id, recovery::VerifyLevel level) {
        clock_.advance(std::chrono::minutes(1));
        return must(run_to_end(backups_.verify(id, level, {})));
    }
    std::filesystem::path stored_file(const std::string& place,
                                      const recovery::BackupRecord& record) const {
        return folder_.path() / place / catalogue_.names().data(record, "lines.txt");
    }

    FileSnapshot source_{folder_.path() / "source", clock_};
    recovery::SnapshotFiles files_{must(recovery::RepositoryNames::of("main")),
                                   {{"near", near_.get()}, {"far", far_.get()}},
                                   pool_};
    recovery::SnapshotComponent lines_{"lines",
                                       {source_, files_, clock_, folder_.path() / "scratch"}};
    recovery::Backups backups_{{catalogue_, {&lines_}, clock_, random_, "node-1", "1.0"}};
};

}  // namespace syncwatch
