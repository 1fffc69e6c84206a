#include <algorithm>

#include <fmt/format.h>

#include "adapters/pgbackrest/pgbackrest_backups.h"
#include "adapters/pgbackrest/scratch_server.h"

namespace syncwatch::pgbackrest {

namespace fs = std::filesystem;

Async<DatabaseBackups::Rehearsal> PgBackRestBackups::rehearse(std::size_t repository,
                                                              std::string label, fs::path scratch,
                                                              RestoredVisitor* visitor) {
    SW_CO_CHECK(make_scratch_place(options(), scratch));
    Restoration restoration;
    restoration.repository = repository;
    restoration.label = label;
    restoration.into = scratch / "data";
    restoration.target.kind = Target::Kind::Immediate;
    SW_CO_TRY(const auto backups, co_await list(repository));
    const auto found = std::ranges::find(backups, label, &Backup::label);
    if (found == backups.end()) co_return fail(ErrorCode::NotFound, label + " is not there");
    restoration.timeline = found->timeline;
    // Not in advance, as the real server's spool is the same. A failure cannot be taken for the end
    // of the log here: what is wanted is the end of the backup, and nothing less will do.
    restoration.fetch = fmt::format(
        "{} --config={} --stanza={} {} --no-archive-async --pg1-path={} archive-get %f \"%p\"",
        options().program, options().configuration().string(), options().stanza,
        repository_option(repository), restoration.into.string());
    if (const auto restored = co_await restore(std::move(restoration)); !restored) {
        const Error& error = restored.error();
        const bool is_away = error.code == ErrorCode::Cancelled ||
                             error.code == ErrorCode::Timeout || error.reason == "no_pgbackrest" ||
                             error.reason == "repository_away";
        if (is_away) co_return fail(error);
        Rehearsal seen;
        seen.faults.push_back(error.message);
        co_return seen;
    }
    co_return co_await look_at_restored(engine_, std::move(scratch), visitor);
}

}  // namespace syncwatch::pgbackrest
