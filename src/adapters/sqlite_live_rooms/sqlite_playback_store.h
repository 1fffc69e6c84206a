#pragma once
#include "adapters/sqlite/database.h"
#include "ports/playback_store.h"

namespace syncwatch::sqlite {

/// Where films stand, in the embedded database.
class SqlitePlaybackStore final : public PlaybackStore {
public:
    explicit SqlitePlaybackStore(Database& database) : database_(database) {}

    Async<std::optional<SavedPlayback>> load(RoomCode room) override;
    Async<> save(std::vector<SavedPlayback> states) override;

private:
    Database& database_;
};

}  // namespace syncwatch::sqlite
