#include "recovery/embedded/rehearsal.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace syncwatch::recovery {
namespace {

/// The copy that a restore to that moment begins with.
Result<BackupId> copy_for(const std::vector<Generation>& generations,
                          std::optional<WallTime> moment) {
    const auto reachable = windows(generations);
    if (reachable.empty()) return fail(ErrorCode::NotFound, "there is no finished backup");
    SW_TRY(const RestorePlan plan, plan_restore(generations, moment.value_or(reachable.back().to)));
    return BackupId::parse(plan.base->base);
}

}  // namespace

std::map<BackupId, std::uint64_t> copies(const std::vector<Generation>& generations) {
    std::map<BackupId, std::uint64_t> all;
    for (const Generation& generation : generations) {
        for (const BaseManifest& base : generation.bases) {
            const auto id = BackupId::parse(base.base);
            if (id) all[*id] = base.bytes;
        }
    }
    return all;
}

Async<Rehearsed> rehearse(BackupRepository& repository, DatabaseRebuilder& rebuilder,
                          RestoreRequest request, Clock& clock) {
    const std::string cluster = request.cluster;
    SW_CO_TRY(auto generations, co_await survey(repository, cluster));
    if (!faults(generations).empty()) {
        // A piece that came while they were listed may look like the end of a hole.
        SW_CO_TRY(generations, co_await survey(repository, cluster));
    }
    const std::string faulty = fmt::format("{}", fmt::join(faults(generations), "; "));
    Rehearsed rehearsed;
    Verification& look = rehearsed.verification;
    const auto copy = copy_for(generations, request.moment);
    if (!copy && !faulty.empty()) {
        co_return fail(ErrorCode::Corrupt, fmt::format("{}: {}", copy.error().message, faulty));
    }
    SW_CO_TRY(look.backup, copy);
    look.level = VerifyLevel::Restore;
    const Instant begun = clock.now();
    auto restored = co_await restore(repository, rebuilder, std::move(request));
    look.took = std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - begun);
    if (!restored && restored.error().code != ErrorCode::Corrupt) {
        co_return tl::unexpected(restored.error());
    }
    look.sound = restored.has_value() && faulty.empty();
    look.words = faulty;
    if (restored) {
        look.bytes = restored->base_bytes + restored->log_bytes;
        rehearsed.restored = *std::move(restored);
    } else {
        look.words = restored.error().message + (faulty.empty() ? "" : "; " + faulty);
    }
    co_return rehearsed;
}

}  // namespace syncwatch::recovery
