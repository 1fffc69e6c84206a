#include "apps/node/rooms_part.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/log/log.h"
#include "gateway/rooms/frame_speaker.h"

namespace syncwatch::apps {
namespace {

using namespace std::chrono_literals;

/// How often rooms that are not live are looked for in the spool.
constexpr auto kReplayEvery = 1s;

TurnIceProvider::Options ice_options(const config::Settings& settings) {
    TurnIceProvider::Options options;
    options.servers = settings.ice.servers;
    options.secret = settings.secret("ice.turn_secret", settings.ice.turn_secret);
    options.lifetime = settings.ice.lifetime;
    return options;
}

RoomDirectory::Options directory_options(const config::Settings& settings) {
    RoomDirectory::Options options;
    options.guests_may_create = settings.accounts.guests_may_create_rooms;
    return options;
}

/// In stamps: of two nodes that were given one name by mistake, and say something in the same
/// microsecond, one must still be the greater.
std::string unique_name(const config::Settings& settings, Random& random) {
    std::array<std::uint8_t, 4> chance{};
    random.fill(chance);
    return settings.node.name + "-" + encode_hex(chance);
}

RoomRules room_rules(const config::Settings& settings, Random& random) {
    const auto rate = [](const config::Rate& each) {
        return Rate{static_cast<float>(each.burst), static_cast<float>(each.per_second)};
    };
    RoomRules rules;
    rules.node = unique_name(settings, random);
    rules.alone = !settings.bus.on();
    rules.chat = rate(settings.limits.chat);
    rules.reactions = rate(settings.limits.reactions);
    rules.commands = rate(settings.limits.commands);
    return rules;
}

std::vector<net::any_io_executor> executors_of(Shards& shards) {
    std::vector<net::any_io_executor> executors;
    for (std::size_t i = 0; i < shards.size(); ++i) executors.push_back(shards.executor(i));
    return executors;
}

}  // namespace

RoomsPart::RoomsPart(Powers& powers, const config::Settings& settings, Shards& shards,
                     Neighbours neighbours, KeyStore::Key ticket_key)
    : clock_(powers.clock),
      spool_(neighbours.spool),
      postgres_(powers.postgres),
      ice_(ice_options(settings)),
      sealer_(ticket_key, powers.random),
      tickets_(powers.clock, sealer_, powers.bus()),
      tickets_heard_(tickets_.listen(shards.executor(0))),
      directory_({powers.rooms, powers.accounts, powers.hasher, powers.audit, powers.bus(),
                  powers.clock, powers.random, tickets_, presence_, known()},
                 directory_options(settings)),
      time_(powers.clock),
      keeper_(keeper_of(powers)),
      live_(make_live(powers, settings, shards, neighbours)),
      reader_({directory_, powers.rooms, presence_, powers.chat, ice_, powers.clock}),
      now_on_(powers.playback, neighbours.films),
      api_(directory_, now_on_, neighbours.accounts.authenticator(), powers.clock),
      socket_(*live_, tickets_, socket_metrics_),
      talk_(reader_, neighbours.accounts.authenticator()) {
    if (neighbours.peers != nullptr) share_rooms(*neighbours.peers);
}

void RoomsPart::share_rooms(PeerAnswers& peers) {
    known_rooms_.fetch_by([this](RoomCode room) { return live_->fetch(room); });
    auto has = [this](const std::string& subject) {
        const auto code = RoomCode::parse(subject);
        return code && known_rooms_.find(*code);
    };
    auto tell = [this](const std::string& subject, PeerAnswers::Told told) {
        if (const auto code = RoomCode::parse(subject)) live_->copy(*code, std::move(told));
    };
    peers.serve(kRoomKind, std::move(has), std::move(tell));
}

net::awaitable<void> RoomsPart::replay_chat() {
    for (;;) {
        co_await clock_.sleep_until(clock_.now() + kReplayEvery);
        const bool away = postgres_ != nullptr && !postgres_->breaker().closed();
        if (spool_ == nullptr || away) continue;
        for (const RoomCode& each : spool_->rooms()) live_->wake(each);
    }
}

std::unique_ptr<TimeKeeper> RoomsPart::keeper_of(Powers& powers) {
    if (!powers.reference) return nullptr;
    return std::make_unique<TimeKeeper>(*powers.reference, time_, powers.clock);
}

net::awaitable<void> RoomsPart::find_time() {
    if (!keeper_) co_return;
    const auto found = co_await keeper_->look();
    if (!found) log::warning("rooms.no_common_clock", {{"error", found.error().message}});
}

net::awaitable<void> RoomsPart::keep_time() {
    if (keeper_) co_await keeper_->run();
}

std::unique_ptr<LiveRooms> RoomsPart::make_live(Powers& powers, const config::Settings& settings,
                                                Shards& shards, Neighbours neighbours) {
    const RoomPowers room_powers{powers.rooms,    powers.accounts,  powers.chat,  powers.queues,
                                 powers.playback, neighbours.films, ice_,         powers.audit,
                                 powers.bus(),    tickets_,         powers.clock, powers.random,
                                 time_,           presence_,        metrics_,     neighbours.spool,
                                 known(),         neighbours.peers};
    const auto make_speaker = [this] {
        return std::make_unique<room_gateway::FrameSpeaker>(socket_metrics_);
    };
    return std::make_unique<LiveRooms>(executors_of(shards), room_powers,
                                       room_rules(settings, powers.random), make_speaker);
}

void RoomsPart::add_routes(http::Router& router) {
    api_.add_routes(router);
    socket_.add_routes(router);
    talk_.add_routes(router);
}

void RoomsPart::write_metrics(metrics::Text& text) const {
    const auto gauge = [&text](const char* name, const char* help, const auto& value) {
        text.gauge(name, help, static_cast<double>(value.load(std::memory_order_relaxed)));
    };
    const auto counter = [&text](const char* name, const char* help, const auto& value) {
        text.counter(name, help, static_cast<double>(value.load(std::memory_order_relaxed)));
    };
    const RoomMetrics& m = metrics_;
    gauge("syncwatch_rooms", "Rooms that are live.", m.rooms);
    gauge("syncwatch_room_members", "People in rooms, a grace after a drop included.", m.members);
    gauge("syncwatch_room_connections", "Sockets inside rooms.", m.lines);
    counter("syncwatch_room_joins_total", "People who came into a room.", m.joins);
    counter("syncwatch_room_resumes_total", "People who came back within the grace.", m.resumes);
    counter("syncwatch_room_losses_total", "People who dropped and did not come back in time.",
            m.lost);
    counter("syncwatch_room_kicks_total", "People who were sent away.", m.kicked);
    counter("syncwatch_room_controls_total", "Plays, pauses, seeks and the like.", m.controls);
    counter("syncwatch_room_refusals_total", "Frames that were answered with an error.", m.refused);
    counter("syncwatch_room_messages_total", "Chat messages.", m.chat_messages);
    counter("syncwatch_room_reactions_total", "Reactions.", m.reactions);
    counter("syncwatch_room_holds_total", "Times that a room waited for somebody.", m.holds);
    counter("syncwatch_room_hold_timeouts_total", "Waits that a deadline ended.",
            m.holds_timed_out);
    counter("syncwatch_room_refused_stamps_total", "States from a clock too far ahead.",
            m.refused_stamps);
    counter("syncwatch_room_failed_saves_total", "Playback states that could not be saved at once.",
            m.failed_saves);
    write_drift(text);
    write_spool(text);
    text.gauge("syncwatch_room_time_error_seconds",
               "How far the clock that rooms follow is ahead of the time they live by.",
               std::chrono::duration<double>(time_.error()).count());
    if (keeper_) {
        text.gauge("syncwatch_room_time_uncertainty_seconds",
                   "How far off the last reading of the common clock may be.",
                   std::chrono::duration<double>(keeper_->uncertainty()).count());
    }
    counter("syncwatch_room_peer_news_total", "What other nodes said of rooms that are live here.",
            m.peer_news);
    counter("syncwatch_room_bad_peer_news_total", "What another node said that could not be read.",
            m.bad_peer_news);
    counter("syncwatch_room_peer_gaps_total",
            "Times that something of what another node said was missing.", m.peer_gaps);
    text.histogram("syncwatch_room_fan_out_seconds",
                   "From a command at another node until it is known here.", m.fan_out.bounds(),
                   m.fan_out.counts(), m.fan_out.sum());
    const room_gateway::Metrics& s = socket_metrics_;
    gauge("syncwatch_websocket_connections", "WebSockets that are open.", s.sockets);
    counter("syncwatch_websocket_frames_received_total", "Frames from clients.", s.frames_in);
    counter("syncwatch_websocket_frames_sent_total",
            "Frames to clients: a broadcast to ten counts ten.", s.frames_out);
    counter("syncwatch_websocket_bad_frames_total", "Frames that are not of the protocol.",
            s.bad_frames);
    counter("syncwatch_websocket_bad_tickets_total", "Upgrades without a good ticket.",
            s.bad_tickets);
}

void RoomsPart::write_spool(metrics::Text& text) const {
    if (spool_ == nullptr) return;
    const ChatSpool::Level level = spool_->level();
    const auto waited = level.oldest ? clock_.wall() - *level.oldest : std::chrono::microseconds(0);
    text.gauge("syncwatch_chat_spool_messages", "Acknowledged messages that wait for the database.",
               static_cast<double>(level.messages));
    text.gauge("syncwatch_chat_spool_bytes", "What the chat spool takes on the disk.",
               static_cast<double>(level.bytes));
    text.gauge("syncwatch_chat_spool_oldest_seconds", "How long the oldest of them has waited.",
               std::max(0.0, std::chrono::duration<double>(waited).count()));
}

void RoomsPart::write_drift(metrics::Text& text) const {
    const auto& drift = metrics_.drift;
    std::array<double, RoomMetrics::Drift::kBoundsMs.size()> bounds{};
    for (std::size_t i = 0; i < bounds.size(); ++i) bounds[i] = drift.kBoundsMs[i] / 1000;
    std::vector<std::uint64_t> counts;
    for (const auto& each : drift.buckets) counts.push_back(each.load(std::memory_order_relaxed));
    text.histogram("syncwatch_room_drift_seconds",
                   "How far off the pictures of playing members are, as they report it.", bounds,
                   counts, static_cast<double>(drift.sum_us.load(std::memory_order_relaxed)) / 1e6);
}

}  // namespace syncwatch::apps
