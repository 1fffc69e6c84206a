#include "recovery/postgres/gaps.h"

#include <algorithm>

#include <fmt/format.h>

namespace syncwatch::recovery {
namespace {

/// Segments that may wait for a moment without anything being wrong.
constexpr std::uint64_t kMayWait = 3;

}  // namespace

std::vector<std::string> archive_gaps(const DatabaseBackups::Server& server, const PgShelf& shelf) {
    std::vector<std::string> gaps;
    if (!server.is_archiving) gaps.emplace_back("PostgreSQL archives nothing: archive_mode is off");
    for (const std::string& each : holes_in(shelf.log)) {
        gaps.push_back(
            fmt::format("{} is missing in the middle of the log in {}", each, shelf.name));
    }
    const auto timeline =
        std::ranges::find(shelf.log, server.timeline, &DatabaseBackups::Timeline::number);
    const bool has_any = timeline != shelf.log.end() && !timeline->held.empty();
    const wal::Lsn held = has_any ? timeline->held.back().to : wal::Lsn();
    const auto said = wal::Segment::parse(server.last_archived.substr(0, 24));
    if (said && said->timeline == server.timeline && said->end() > held) {
        gaps.push_back(
            fmt::format("PostgreSQL was told that {} is archived, and {} has nothing "
                        "after {}",
                        said->name(), shelf.name, wal::text(held)));
    }
    if (server.last_failed_at > server.last_archived_at) {
        gaps.push_back(fmt::format("archiving fails: {} last, {} times so far", server.last_failed,
                                   server.failures));
    }
    const std::uint64_t behind =
        server.position > held ? (server.position.value - held.value) / wal::kSegmentBytes : 0;
    if (has_any && behind > kMayWait) {
        gaps.push_back(
            fmt::format("{} is {} pieces of the log behind the server", shelf.name, behind));
    }
    return gaps;
}

}  // namespace syncwatch::recovery
