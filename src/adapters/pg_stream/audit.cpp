// What lies in a repository is read again, and what the log says of its own last moment.
#include <algorithm>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

#include "adapters/pg_stream/sealed.h"
#include "adapters/pg_stream/stream_backups.h"
#include "adapters/pgbackrest/read_log.h"
#include "base/async/offload.h"
#include "base/digest.h"

namespace syncwatch::pg_stream {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A database at rest writes little: as many pieces are looked into before nobody knows.
constexpr int kMostLookedAt = 8;

}  // namespace

Async<> StreamBackups::look_at_parts(std::size_t repository, Description description,
                                     Audit& audit) {
    const std::string& label = description.backup.label;
    bool is_sound = true;
    for (std::size_t i = 0; i < description.parts.size(); ++i) {
        std::string name = folder_of(label) + "/" + part_name(i + 1);
        auto sealed = co_await place(repository).read(std::move(name));
        if (!sealed && !is_verdict(sealed.error())) co_return fail(std::move(sealed).error());
        Result<std::string> raw;
        if (sealed) {
            auto unpack = [&sealed] { return unseal(*sealed, BackupRepository::kMostRead); };
            raw = co_await offload(powers_.pool, std::move(unpack));
        } else {
            raw = fail(std::move(sealed).error());
        }
        ++audit.files;
        const bool is_it = raw && encode_hex(sha256(as_bytes(*raw))) == description.parts[i].sha256;
        if (is_it) continue;
        is_sound = false;
        audit.faults.push_back(
            {label, fmt::format("part {} of {}: {}", i + 1, label,
                                raw ? "it is of another backup" : raw.error().message)});
    }
    if (is_sound) audit.sound.push_back(label);
    co_return Result<>();
}

Async<> StreamBackups::look_at_log(std::size_t repository, Audit& audit) {
    SW_CO_TRY(std::string system, co_await system_of(repository));
    if (system.empty()) co_return Result<>();
    LogStore log = store(repository, std::move(system));
    SW_CO_TRY(const StoredLog stored, co_await log.read());
    for (const wal::Segment& each : stored.whole) {
        const auto read = co_await log.whole(each);
        ++audit.segments;
        if (read) continue;
        if (!is_verdict(read.error())) co_return fail(read.error());
        audit.faults.push_back({"", read.error().message});
    }
    for (const auto& [segment, pieces] : stored.begun) {
        std::vector<Piece> all = pieces;
        const auto read = co_await log.begun(segment, std::move(all));
        // It may have become a whole one meanwhile.
        if (read || read.error().code == ErrorCode::NotFound) continue;
        if (!is_verdict(read.error())) co_return fail(read.error());
        audit.faults.push_back({"", read.error().message});
    }
    co_return Result<>();
}

Async<DatabaseBackups::Audit> StreamBackups::verify(std::size_t repository) {
    Audit audit;
    std::string folder = options_.data;
    SW_CO_TRY(const auto labels, co_await place(repository).folders(std::move(folder)));
    for (const std::string& label : labels) {
        auto description = co_await describe(repository, label);
        if (description) {
            SW_CO_CHECK(co_await look_at_parts(repository, *std::move(description), audit));
        } else if (description.error().code == ErrorCode::Corrupt) {
            audit.faults.push_back({label, description.error().message});
        } else if (description.error().code != ErrorCode::NotFound) {
            co_return fail(std::move(description).error());
        }
    }
    SW_CO_CHECK(co_await look_at_log(repository, audit));
    co_return audit;
}

Async<std::optional<WallTime>> StreamBackups::last_commit(std::size_t repository,
                                                          std::uint32_t timeline) {
    SW_CO_TRY(std::string system, co_await system_of(repository));
    if (system.empty()) co_return std::nullopt;
    LogStore log = store(repository, std::move(system));
    SW_CO_TRY(const StoredLog stored, co_await log.read());
    std::vector<wal::Segment> all;
    for (const wal::Segment& each : stored.whole) all.push_back(each);
    for (const auto& [segment, pieces] : stored.begun) {
        if (stored.bytes_of(segment) > 0) all.push_back(segment);
    }
    std::erase_if(all, [&](const wal::Segment& each) { return each.timeline != timeline; });
    std::ranges::sort(all, std::greater());
    if (all.size() > kMostLookedAt) all.resize(kMostLookedAt);
    for (const wal::Segment& each : all) {
        SW_CO_TRY(const std::string bytes, co_await log.padded(each, stored));
        const fs::path file = options_.scratch / each.name();
        std::ofstream(file, std::ios::binary) << bytes;
        program::Spec spec;
        spec.program = programs_.postgres_program("pg_waldump");
        spec.args = {"--rmgr=Transaction", file.string()};
        spec.environment = pgbackrest::Engine::environment({{"TZ", "UTC"}, {"LC_ALL", "C"}});
        program::Limits limits;
        limits.deadline = 60s;
        // It ends with an error where the log ends within the segment.
        const auto dumped = co_await program::run(std::move(spec), limits);
        std::error_code ignored;
        fs::remove(file, ignored);
        // It comes with the server: where that is not installed nobody knows.
        if (!dumped && dumped.error().reason == "not_installed") co_return std::nullopt;
        if (!dumped) co_return fail(dumped.error());
        if (const auto time = pgbackrest::last_commit_in(dumped->out)) co_return time;
    }
    co_return std::nullopt;
}

}  // namespace syncwatch::pg_stream
