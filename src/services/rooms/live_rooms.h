#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "services/rooms/room_shard.h"

namespace syncwatch {

/// The live rooms of a process: each on one of its shards, found by its code.
class LiveRooms {
public:
    using MakeSpeaker = std::function<std::unique_ptr<RoomSpeaker>()>;

    /// One shard per executor, each a thread of its own. `make_speaker` is called once for each.
    LiveRooms(const std::vector<net::any_io_executor>& executors, RoomPowers powers,
              RoomRules rules, const MakeSpeaker& make_speaker);
    /// After drain().
    ~LiveRooms();

    std::size_t shard_of(const RoomCode& room) const;
    /// To be used on that shard's thread alone.
    RoomShard& shard(std::size_t index) { return *shards_[index]; }

    /// Puts a film on a room's queue as somebody who may control the room and owns the film; they
    /// need not be inside. From any executor. Errors: NotFound (room or film), Forbidden,
    /// Exhausted, Unavailable.
    Async<> shelve(Principal by, RoomCode room, VideoId video);

    /// Makes the room live if it is not, so that what waits in the spool comes into the store. From
    /// any thread.
    void wake(const RoomCode& room);

    /// Makes the room live as another node has it, without the database. From any executor.
    /// Errors: Unavailable (no other node has it).
    Async<> fetch(RoomCode room);

    /// Gives `told` what another node needs to begin with the room, if it is live here and enough
    /// is known of it. From any thread.
    void copy(const RoomCode& room, PeerAnswers::Told told);

    /// Tells everybody in every room, and whoever comes, that a part of the service works less well
    /// ("bus_degraded"), or well again. Idempotent. From any thread.
    void notice(std::string code, bool active);

    /// Says goodbye to everybody within about `spread`, saves, ends. New ones are refused from the
    /// first moment on. Blocks for up to `spread` and a few seconds; not from a shard.
    void drain(std::chrono::milliseconds spread);
    bool is_draining() const { return draining_.load(std::memory_order_relaxed); }

    const RoomMetrics& metrics() const { return powers_.metrics; }
    const RoomTime& time() const { return powers_.time; }

private:
    RoomPowers powers_;
    const RoomRules rules_;
    std::vector<std::unique_ptr<RoomShard>> shards_;
    std::atomic<bool> draining_{false};
};

}  // namespace syncwatch
