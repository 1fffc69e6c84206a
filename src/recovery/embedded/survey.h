#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ports/backup_repository.h"
#include "recovery/embedded/layout.h"
#include "recovery/embedded/manifest.h"
#include "recovery/window/window.h"

namespace syncwatch::recovery {

/// A piece, or a pack of pieces, that lies in the repository.
struct KnownPiece {
    PieceName name;
    std::uint64_t bytes = 0;
};

/// What lies there of a generation.
struct Generation {
    std::string id;
    std::vector<KnownPiece> pieces;      ///< By number; some may be missing, none is twice.
    std::vector<PieceName> packed;       ///< Those that still lie there beside a pack of them.
    std::vector<std::string> manifests;  ///< Names of finished copies' manifests.
    std::vector<BaseManifest> bases;     ///< Them, read; by `whole_from`.
    std::vector<std::string> damaged;  ///< Manifests that cannot be read: what is wrong with each.

    /// The last piece before the first that is missing; null: there is none.
    const KnownPiece* last_in_row() const;
};

/// What has to be read for a moment.
struct RestorePlan {
    const Generation* generation = nullptr;
    const BaseManifest* base = nullptr;
    std::vector<KnownPiece> pieces;  ///< In order, up to the one that is whole until it.
    /// Number of the piece, or of the pack's first piece, that its last commit ends in.
    std::uint64_t last_commit_in = 0;
    WallTime moment{};
};

/// A cluster's generations, oldest first, as far as names say: without `bases`.
Async<std::vector<Generation>> list_generations(BackupRepository& repository, std::string cluster);
/// The same with the manifests of their copies.
Async<std::vector<Generation>> survey(BackupRepository& repository, std::string cluster);

/// What is wrong with them, as far as names and manifests say: a manifest that cannot be read, and
/// a hole in the log, behind which only later copies reach. A log that ends is no hole.
std::vector<std::string> faults(const std::vector<Generation>& generations);

/// By time; those that touch are one.
std::vector<Window> windows(const std::vector<Generation>& generations);

/// "2026-11-29T16:00:00.000Z to 2026-11-29T17:00:00.000Z, …", or "none".
std::string describe(const std::vector<Window>& windows);

/// Chooses the newest copy before `moment`, which is in one of the windows. The plan points into
/// `generations`. Errors: InvalidInput (reason "moment_unreachable"; the message says the windows).
Result<RestorePlan> plan_restore(const std::vector<Generation>& generations, WallTime moment);

/// The folder of a generation.
std::string generation_folder(std::string_view cluster, std::string_view generation);

}  // namespace syncwatch::recovery
