#include "recovery/embedded/expiry.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/uuid.h"
#include "recovery/catalogue/hold.h"
#include "recovery/embedded/layout.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

constexpr auto kUnfinished = 48h;

std::string base_folder(std::string_view cluster, const BaseManifest& base) {
    return generation_folder(cluster, base.generation) + "/base/" + base.base;
}

/// The copies that stay: those from within the time, the newest from before it, and the last ones.
std::set<std::string> kept_copies(const std::vector<Generation>& generations, const KeepRule& rule,
                                  WallTime now) {
    std::vector<const BaseManifest*> all;
    for (const Generation& generation : generations) {
        for (const BaseManifest& base : generation.bases) all.push_back(&base);
    }
    std::ranges::sort(all, {}, [](const BaseManifest* each) { return each->whole_from; });
    const WallTime horizon = now - rule.keep;
    const auto after = std::ranges::find_if(
        all, [horizon](const BaseManifest* each) { return each->whole_from > horizon; });
    auto from = static_cast<std::size_t>(after - all.begin());
    if (from > 0) --from;
    const std::size_t last = all.size() - std::min<std::size_t>(all.size(), rule.copies);
    std::set<std::string> kept;
    for (std::size_t i = std::min(from, last); i < all.size(); ++i) kept.insert(all[i]->base);
    return kept;
}

/// When a copy was begun, going by its name.
WallTime begun(std::string_view base) {
    const auto id = Uuid::parse(base);
    return id ? id->made_at().value_or(WallTime{}) : WallTime{};
}

Async<std::uint64_t> remove_all(BackupRepository& repository, std::vector<std::string> names) {
    std::uint64_t removed = 0;
    for (const std::string& name : names) {
        SW_CO_CHECK(co_await repository.remove(name));
        ++removed;
    }
    co_return removed;
}

Async<std::uint64_t> remove_folder(BackupRepository& repository, std::string folder) {
    SW_CO_TRY(const auto entries, co_await repository.list(std::move(folder)));
    std::vector<std::string> names;
    for (const auto& each : entries) names.push_back(each.name);
    co_return co_await remove_all(repository, std::move(names));
}

/// Folders of copies that have no manifest and were begun long ago.
Async<std::vector<std::string>> unfinished(BackupRepository& repository, std::string folder,
                                           WallTime now) {
    std::set<std::string> finished;
    std::set<std::string> found;
    SW_CO_TRY(const auto entries, co_await repository.list(folder));
    for (const auto& each : entries) {
        const std::string::size_type name = each.name.rfind('/');
        const std::string copy = each.name.substr(0, name);
        found.insert(copy);
        if (each.name.substr(name + 1) == kManifestName) finished.insert(copy);
    }
    std::vector<std::string> left;
    for (const std::string& copy : found) {
        const WallTime since = begun(std::string_view(copy).substr(copy.rfind('/') + 1));
        if (!finished.contains(copy) && now - since > kUnfinished) left.push_back(copy);
    }
    co_return left;
}

}  // namespace

Expired expired(const std::vector<Generation>& generations, std::string_view cluster,
                const KeepRule& rule, WallTime now) {
    const std::set<std::string> kept = kept_copies(generations, rule, now);
    Expired gone;
    for (const Generation& generation : generations) {
        // A copy that cannot be read may be needed by somebody who can mend it.
        if (!generation.damaged.empty()) continue;
        const bool is_newest = &generation == &generations.back();
        std::optional<std::uint64_t> needed_from;
        for (const BaseManifest& base : generation.bases) {
            if (kept.contains(base.base)) {
                needed_from = std::min(needed_from.value_or(base.from_piece), base.from_piece);
                continue;
            }
            const std::string folder = base_folder(cluster, base);
            gone.manifests.push_back(folder + "/" + std::string(kManifestName));
            gone.copies.push_back(folder);
        }
        if (!needed_from && is_newest) continue;
        const std::string folder = generation_folder(cluster, generation.id);
        for (const KnownPiece& piece : generation.pieces) {
            if (needed_from && piece.name.last() >= *needed_from) break;
            gone.pieces.push_back(folder + "/" + piece.name.path());
        }
        for (const PieceName& name : generation.packed) {
            if (needed_from && name.number >= *needed_from) break;
            gone.pieces.push_back(folder + "/" + name.path());
        }
    }
    return gone;
}

Async<bool> embedded_is_read(BackupRepository& repository, std::string cluster, WallTime now) {
    SW_CO_TRY(const RepositoryNames names, RepositoryNames::of(cluster));
    std::string folder = names.holds(kEmbeddedComponent);
    SW_CO_TRY(const std::vector<Hold> holds, co_await holds_in(repository, std::move(folder), now));
    co_return !holds.empty();
}

Async<std::uint64_t> expire_embedded(BackupRepository& repository, std::string cluster,
                                     KeepRule rule, WallTime now) {
    SW_CO_TRY(const auto generations, co_await survey(repository, cluster));
    Expired gone = expired(generations, cluster, rule, now);
    SW_CO_TRY(const bool is_read, co_await embedded_is_read(repository, cluster, now));
    if (is_read) co_return std::uint64_t{0};
    SW_CO_TRY(std::uint64_t removed, co_await remove_all(repository, std::move(gone.manifests)));
    for (const Generation& generation : generations) {
        const std::string bases = generation_folder(cluster, generation.id) + "/base";
        SW_CO_TRY(const auto left, co_await unfinished(repository, bases, now));
        gone.copies.insert(gone.copies.end(), left.begin(), left.end());
    }
    for (const std::string& folder : gone.copies) {
        SW_CO_TRY(const std::uint64_t parts, co_await remove_folder(repository, folder));
        removed += parts;
    }
    SW_CO_TRY(const std::uint64_t pieces, co_await remove_all(repository, std::move(gone.pieces)));
    co_return removed + pieces;
}

}  // namespace syncwatch::recovery
