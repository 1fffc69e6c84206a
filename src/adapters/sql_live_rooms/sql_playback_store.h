#pragma once
#include "adapters/sql/database.h"
#include "ports/playback_store.h"

namespace syncwatch::sql {

/// Where films stand, in an SQL database.
class SqlPlaybackStore final : public PlaybackStore {
public:
    explicit SqlPlaybackStore(Database& database) : database_(database) {}

    Async<std::optional<SavedPlayback>> load(RoomCode room) override;
    Async<> save(std::vector<SavedPlayback> states) override;

private:
    Database& database_;
};

}  // namespace syncwatch::sql
