#pragma once
#include <memory>

#include "adapters/system/sodium_sealer.h"
#include "adapters/turn/turn_ice_provider.h"
#include "apps/config/settings.h"
#include "apps/node/accounts_part.h"
#include "apps/node/powers.h"
#include "base/async/shards.h"
#include "gateway/api/room_api.h"
#include "gateway/metrics/text.h"
#include "gateway/rooms/gateway_metrics.h"
#include "gateway/rooms/room_socket.h"
#include "gateway/rooms/room_talk_api.h"
#include "services/rooms/live_rooms.h"
#include "services/rooms/now_on.h"
#include "services/rooms/room_directory.h"
#include "services/rooms/room_reader.h"
#include "services/rooms/time_keeper.h"

namespace syncwatch::apps {

/// Rooms: which there are, who may come in, and what happens inside.
class RoomsPart {
public:
    /// What other parts give. They outlive this one.
    struct Neighbours {
        AccountsPart& accounts;
        RoomFilms& films;    ///< How rooms see the library.
        ChatSpool* spool;    ///< As in RoomPowers.
        PeerAnswers* peers;  ///< The same.
    };

    /// `ticket_key`: seals tickets.
    RoomsPart(Powers& powers, const config::Settings& settings, Shards& shards,
              Neighbours neighbours, KeyStore::Key ticket_key);

    RoomDirectory& directory() { return directory_; }
    LiveRooms& live() { return *live_; }
    const IceProvider& ice() const { return ice_; }

    void add_routes(http::Router& router);
    void write_metrics(metrics::Text& text) const;
    /// Reads the clock that all nodes share, if there is one.
    net::awaitable<void> find_time();
    /// Follows the clock that all nodes share, if there is one, until it is cancelled.
    net::awaitable<void> keep_time();
    /// Brings what waits in the spool into the store once it answers, until it is cancelled.
    net::awaitable<void> replay_chat();
    /// Says goodbye to everybody who is inside, and saves. Blocks; not from a shard.
    void drain(std::chrono::milliseconds spread) { live_->drain(spread); }

private:
    std::unique_ptr<LiveRooms> make_live(Powers& powers, const config::Settings& settings,
                                         Shards& shards, Neighbours neighbours);
    /// Rooms that are live here come to other nodes, and theirs here, while the database is away.
    void share_rooms(PeerAnswers& peers);
    std::unique_ptr<TimeKeeper> keeper_of(Powers& powers);
    /// nullptr: the database is away only when the data folder is.
    KnownRooms* known() { return postgres_ == nullptr ? nullptr : &known_rooms_; }
    void write_drift(metrics::Text& text) const;
    void write_spool(metrics::Text& text) const;

    Clock& clock_;
    ChatSpool* const spool_;
    const postgres::Database* const postgres_;  ///< nullptr: the database is SQLite.
    const TurnIceProvider ice_;
    SodiumSealer sealer_;
    Tickets tickets_;
    std::unique_ptr<Bus::Subscription> tickets_heard_;
    PresenceBoard presence_;
    KnownRooms known_rooms_;
    RoomDirectory directory_;
    RoomTime time_;
    const std::unique_ptr<TimeKeeper> keeper_;  ///< nullptr: this node is the only one.
    RoomMetrics metrics_;
    room_gateway::Metrics socket_metrics_;
    std::unique_ptr<LiveRooms> live_;
    RoomReader reader_;
    NowOn now_on_;
    http::RoomApi api_;
    room_gateway::RoomSocket socket_;
    room_gateway::RoomTalkApi talk_;
};

}  // namespace syncwatch::apps
