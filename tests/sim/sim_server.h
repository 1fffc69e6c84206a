#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "adapters/memory_stores/memory_account_store.h"
#include "adapters/memory_stores/memory_live_rooms.h"
#include "adapters/memory_stores/memory_room_store.h"
#include "adapters/system/sodium_sealer.h"
#include "gateway/rooms/frame_speaker.h"
#include "services/rooms/live_rooms.h"
#include "services/rooms/room_directory.h"
#include "sim/flaky_stores.h"
#include "sim/sim_bus.h"

namespace syncwatch::sim {

/// A hash of everything that was said, in its order: two runs of one seed must end with the same.
class Trace {
public:
    void add(std::string_view what) {
        for (const char byte : what) {
            hash_ = (hash_ ^ static_cast<std::uint8_t>(byte)) * 1099511628211ull;
        }
    }
    std::uint64_t hash() const { return hash_; }

private:
    std::uint64_t hash_ = 1469598103934665603ull;
};

/// What outlives a server: the database, the library.
struct Disk {
    MemoryInstallation data;
    MemoryAccountStore accounts{data};
    MemoryRoomStore rooms{data};
    MemoryChatStore chat{data};
    MemoryQueueStore queues{data};
    MemoryPlaybackStore playback{data};
    SaidFilms films;
    HeardAudit audit;
};

/// The time as one machine has it: its time of day may be any.
class SiteClock final : public Clock {
public:
    explicit SiteClock(SimWorld& world) : world_(world) {}

    Instant now() const override { return world_.now(); }
    WallTime wall() const override { return world_.wall() + ahead_; }
    net::awaitable<void> sleep_until(Instant when) override { return world_.sleep_until(when); }
    void step(SimWorld::Duration by) { ahead_ += by; }

private:
    SimWorld& world_;
    SimWorld::Duration ahead_{0};
};

/// One life of a server process: everything but the sockets, with the dependencies it has.
class SimServer {
public:
    /// What befalls its dependencies.
    struct Harm {
        Faults database;
        Faults saving;  ///< Of playback states.
        Faults spooling;
    };

    SimServer(SimWorld& world, Disk& disk, ChatSpool& kept_spool, Harm harm, SiteClock& clock,
              std::shared_ptr<SimBusEnd> joined, const RoomRules& rules)
        : end(std::move(joined)),
          bus(*end),
          faults(harm.database),
          saving_faults(harm.saving),
          spool_faults(harm.spooling),
          spool(spool_faults, kept_spool),
          chat(faults, disk.chat),
          queues(faults, disk.queues),
          playback(saving_faults, disk.playback),
          films(faults, disk.films),
          room_store(faults, disk.rooms),
          sealer({}, world),
          peers(rules.alone ? nullptr : make_peers(clock, world)),
          tickets(clock, sealer, bus),
          tickets_heard(tickets.listen(world.executor())),
          time(clock),
          directory({room_store, disk.accounts, hasher, disk.audit, bus, clock, world, tickets,
                     presence, &known},
                    {}),
          rooms({world.executor()},
                {room_store, disk.accounts, chat, queues, playback, films, ice, disk.audit, bus,
                 tickets, clock, world, time, presence, metrics, &spool, &known, peers.get()},
                rules, [this] { return std::make_unique<room_gateway::FrameSpeaker>(gateway); }) {
        if (peers) share_rooms(world);
        replay_chat(world);
    }

    RoomShard& shard() { return rooms.shard(0); }
    /// SIGKILL: it reaches nothing any more.
    void kill() { faults.alive = saving_faults.alive = spool_faults.alive = end->alive = false; }
    void end_harm() {
        faults.end();
        saving_faults.end();
        spool_faults.end();
    }

    std::shared_ptr<SimBusEnd> end;
    Bus& bus;
    Faults faults;
    Faults saving_faults;
    Faults spool_faults;
    FlakyChatSpool spool;
    FlakyChatStore chat;
    FlakyQueueStore queues;
    FlakyPlaybackStore playback;
    FlakyFilms films;
    FlakyRoomStore room_store;
    QuickHasher hasher;
    SaidIce ice;
    SodiumSealer sealer;
    std::unique_ptr<PeerAnswers> peers;  ///< nullptr: there are no other nodes.
    Tickets tickets;
    std::unique_ptr<Bus::Subscription> tickets_heard;
    RoomTime time;
    PresenceBoard presence;
    KnownRooms known;
    RoomMetrics metrics;
    room_gateway::Metrics gateway;
    RoomDirectory directory;
    LiveRooms rooms;
    std::unique_ptr<Bus::Subscription> peers_heard;
    bool accepting = true;
    bool ended = false;

private:
    std::unique_ptr<PeerAnswers> make_peers(SiteClock& clock, SimWorld& world) {
        return std::make_unique<PeerAnswers>(PeerAnswers::Powers{bus, sealer, clock, world});
    }
    /// As apps/node does it.
    void share_rooms(SimWorld& world) {
        known.fetch_by([this](RoomCode room) { return rooms.fetch(room); });
        auto has = [this](const std::string& subject) {
            const auto code = RoomCode::parse(subject);
            return code && known.find(*code);
        };
        auto tell = [this](const std::string& subject, PeerAnswers::Told told) {
            if (const auto code = RoomCode::parse(subject)) rooms.copy(*code, std::move(told));
        };
        peers->serve(kRoomKind, std::move(has), std::move(tell));
        peers_heard = peers->listen(world.executor());
    }
    void replay_chat(SimWorld& world) {
        world.after(std::chrono::seconds(1), [this, &world] {
            if (ended || !faults.alive) return;
            for (const RoomCode& each : spool.rooms()) rooms.wake(each);
            replay_chat(world);
        });
    }
};

}  // namespace syncwatch::sim
