#pragma once
#include <string>

#include "domain/playback/holds.h"
#include "ports/account_store.h"
#include "ports/audit_log.h"
#include "ports/bus.h"
#include "ports/chat_spool.h"
#include "ports/chat_store.h"
#include "ports/clock.h"
#include "ports/ice_provider.h"
#include "ports/playback_store.h"
#include "ports/queue_store.h"
#include "ports/random.h"
#include "ports/room_store.h"
#include "services/peers/peer_answers.h"
#include "services/rooms/allowance.h"
#include "services/rooms/known_rooms.h"
#include "services/rooms/presence_board.h"
#include "services/rooms/room_films.h"
#include "services/rooms/room_metrics.h"
#include "services/rooms/room_time.h"
#include "services/rooms/tickets.h"

namespace syncwatch {

/// What live rooms stand on.
struct RoomPowers {
    RoomStore& rooms;
    AccountStore& accounts;
    ChatStore& chat;
    QueueStore& queues;
    PlaybackStore& playback;
    RoomFilms& films;
    const IceProvider& ice;
    AuditLog& audit;
    Bus& bus;
    Tickets& tickets;
    Clock& clock;
    Random& random;
    RoomTime& time;
    PresenceBoard& presence;
    RoomMetrics& metrics;
    /// Where chat goes while the store is away; nullptr: it is refused then.
    ChatSpool* spool = nullptr;
    /// What is to be known while the database is away; nullptr: nothing.
    KnownRooms* known = nullptr;
    /// Who is asked for rooms then; nullptr: there are no other nodes.
    PeerAnswers* peers = nullptr;
};

/// The rules of live rooms that an installation may set.
struct RoomRules {
    std::string node = "n1";  ///< Stands in every stamp; no two nodes may share one.
    /// No other node has these rooms: there is nobody to exchange them with.
    bool alone = true;
    /// A dropped member counts as present for so long.
    std::chrono::milliseconds grace = std::chrono::seconds(10);
    std::chrono::milliseconds hello_within = std::chrono::seconds(10);
    /// How long nobody may be inside before the film is put where they left it. A room that was
    /// without its server for longer is treated the same.
    std::chrono::milliseconds empty_patience = std::chrono::seconds(60);
    /// How long a next film is announced before it begins by itself.
    std::chrono::milliseconds autoplay_lead = std::chrono::seconds(2);
    int history = 50;       ///< Messages in a welcome.
    int missed_most = 200;  ///< Messages after a drop, at most.
    Rate chat{.burst = 60, .per_second = 5};
    Rate reactions{.burst = 30, .per_second = 5};
    Rate commands{.burst = 60, .per_second = 10};  ///< Controls, queue, roles, kicks.
    Holds::Options holds{};
};

}  // namespace syncwatch
