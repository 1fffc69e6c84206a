#include <fstream>

#include <unistd.h>

#include "adapters/pg_stream/stream_backups.h"
#include "adapters/pgbackrest/scratch_server.h"

namespace syncwatch::pg_stream {
namespace {

DatabaseBackups::Rehearsal failed_rehearsal(std::string words) {
    DatabaseBackups::Rehearsal seen;
    seen.faults.push_back(std::move(words));
    return seen;
}

}  // namespace

Async<> StreamBackups::lay_log(std::size_t repository, Description description,
                               std::filesystem::path into) {
    const Backup& backup = description.backup;
    LogStore log = store(repository, backup.system_id);
    SW_CO_TRY(const StoredLog stored, co_await log.read());
    SW_CO_TRY(const auto owner, pgbackrest::identity_of(options_.programs));
    auto segment = wal::Segment::holding(backup.timeline, backup.begins);
    for (; segment.begin() < backup.ends; ++segment.number) {
        SW_CO_TRY(const std::string bytes, co_await log.padded(segment, stored));
        const std::filesystem::path file = into / segment.name();
        std::ofstream(file, std::ios::binary) << bytes;
        std::error_code failed;
        const bool is_there = std::filesystem::file_size(file, failed) == bytes.size() && !failed;
        const bool is_given = !owner || ::lchown(file.c_str(), owner->user, owner->group) == 0;
        if (is_there && is_given) continue;
        co_return fail_unavailable("backup", "write " + file.string(), std::chrono::seconds(30));
    }
    co_return Result<>();
}

Async<DatabaseBackups::Rehearsal> StreamBackups::rehearse(std::size_t repository, std::string label,
                                                          std::filesystem::path scratch,
                                                          RestoredVisitor* visitor) {
    std::string name = label;
    const auto description = co_await describe(repository, std::move(name));
    if (!description) {
        if (!is_verdict(description.error())) co_return fail(description.error());
        co_return failed_rehearsal(description.error().message);
    }
    SW_CO_CHECK(pgbackrest::make_scratch_place(options_.programs, scratch));
    Restoration restoration;
    restoration.repository = repository;
    restoration.label = label;
    restoration.into = scratch / "data";
    restoration.target.kind = Target::Kind::Immediate;
    restoration.fetch = "false";
    const auto restored = co_await restore(std::move(restoration));
    if (!restored) {
        if (!is_verdict(restored.error())) co_return fail(restored.error());
        co_return failed_rehearsal(restored.error().message);
    }
    // The log that makes it whole is laid beside it: nothing has to be brought while it starts.
    const auto laid = co_await lay_log(repository, *description, scratch / "data" / "pg_wal");
    if (!laid) {
        if (!is_verdict(laid.error())) co_return fail(laid.error());
        co_return failed_rehearsal(laid.error().message);
    }
    co_return co_await pgbackrest::look_at_restored(programs_, std::move(scratch), visitor);
}

}  // namespace syncwatch::pg_stream
