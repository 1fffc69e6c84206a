#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/uuid.h"
#include "ports/backup_repository.h"
#include "ports/clock.h"
#include "recovery/catalogue/names.h"
#include "recovery/catalogue/shelves.h"

namespace syncwatch::recovery {

using ReaderId = Id<struct ReaderTag>;

/// That somebody reads backups of a component: nothing of it expires until then, whoever wants it
/// to. Whoever reads for long says it anew; one that was killed is forgotten when its time has
/// come. Its end is in its name: one that cannot be read holds as long.
struct Hold {
    std::string component;
    ReaderId reader;
    WallTime until{};
    std::string by;  ///< For people: "a restore on db1".

    bool operator==(const Hold&) const = default;
};

std::string write_hold(const Hold& hold);
/// Errors: Corrupt.
Result<Hold> read_hold(std::string_view text);

/// All but who it is, from its name. nullopt: it is no such name.
std::optional<Hold> hold_named(std::string_view name);

/// Those of a folder of holds in this place that have not ended by `now`. Errors: as list().
Async<std::vector<Hold>> holds_in(BackupRepository& place, std::string folder, WallTime now);
/// Removes what is left there of those that ended long ago.
Async<> forget_old_holds(BackupRepository& place, std::string folder, WallTime now);

/// "a restore on db1 reads here, until 2026-11-29T16:00:00.000Z at most".
std::string describe(const Hold& hold);

/// Says a hold in all places, anew, and no more.
class Holder {
public:
    /// `places` outlive it.
    Holder(RepositoryNames names, std::vector<Place> places, Hold hold)
        : names_(std::move(names)), places_(std::move(places)), hold_(std::move(hold)) {}

    /// Says it until then, in the place of what was said before. Gives the places that did not
    /// take it: there the backups may expire meanwhile.
    Async<std::vector<Trouble>> hold_until(WallTime until);
    /// Says it anew, well before it ends, each time for so long from then on: until it is
    /// cancelled.
    net::awaitable<void> keep(Clock& clock, std::chrono::seconds span);
    /// Nobody reads any more. What cannot be removed ends by itself.
    Async<> let_go();

private:
    Async<> remove(WallTime until);

    const RepositoryNames names_;
    const std::vector<Place> places_;
    Hold hold_;
};

}  // namespace syncwatch::recovery
