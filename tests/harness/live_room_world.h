#pragma once
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/memory/memory_bus.h"
#include "adapters/memory_stores/memory_account_store.h"
#include "adapters/memory_stores/memory_live_rooms.h"
#include "adapters/memory_stores/memory_room_store.h"
#include "adapters/system/sodium_sealer.h"
#include "base/assert.h"
#include "gateway/rooms/frame_speaker.h"
#include "gateway/rooms/room_session.h"
#include "harness/room_twins.h"
#include "harness/sim_world.h"
#include "harness/somebody.h"
#include "ports/topics.h"
#include "services/rooms/live_rooms.h"

namespace syncwatch {

/// What the client's end of a line heard, and what it can say.
class TestClient {
public:
    using Frame = boost::json::object;
    static inline const Frame kPlay{{"type", "control"}, {"action", "play"}};

    explicit TestClient(Principal principal) : who(std::move(principal)) {}

    /// As text, or as an object.
    void say(std::string_view text) {
        if (session != nullptr) session->on_text(text);
    }
    void say(const Frame& frame) { say(boost::json::serialize(frame)); }
    /// Sends a request under an id of its own; gives the id.
    std::string ask(Frame frame) {
        std::string id = "r" + std::to_string(++requests_);
        frame["id"] = id;
        say(frame);
        return id;
    }

    /// Every frame of a kind, in order.
    std::vector<Frame> heard(std::string_view type) const {
        std::vector<Frame> found;
        for (const Frame& each : frames) {
            if (each.at("type").as_string() == type) found.push_back(each);
        }
        return found;
    }
    std::optional<Frame> last(std::string_view type) const {
        const auto all = heard(type);
        if (all.empty()) return std::nullopt;
        return all.back();
    }
    /// "ack", the code of the error, or "" if there was no answer; "twice" if there were two.
    std::string answer(const std::string& id) const {
        std::string found;
        for (const Frame& each : frames) {
            const auto* name = each.if_contains("id");
            const std::string type(each.at("type").as_string());
            if (name == nullptr || name->as_string() != id || (type != "ack" && type != "error")) {
                continue;
            }
            if (!found.empty()) return "twice";
            found = type == "ack" ? type : std::string(each.at("code").as_string());
        }
        return found;
    }
    Frame playback() const { return last("playback").value().at("playback").as_object(); }
    void forget() { frames.clear(); }

    Principal who;
    std::vector<Frame> frames;
    std::optional<int> closed;                     ///< The close code.
    room_gateway::RoomSession* session = nullptr;  ///< Null once the line is gone.

private:
    int requests_ = 0;
};

/// A session whose frames go straight to a client.
class DirectSession final : public room_gateway::RoomSession {
public:
    DirectSession(TestClient& client, JoinGrant allowed, LiveRooms& rooms, RoomShard& shard,
                  room_gateway::Metrics& metrics)
        : RoomSession(std::move(allowed), rooms, shard, metrics), client_(client) {
        client_.session = this;
    }
    void transmit(const websocket::SharedFrame& frame, websocket::Delivery) override {
        if (client_.closed) return;
        std::string_view bytes = frame->bytes();
        const std::size_t length = static_cast<unsigned char>(bytes[1]);
        bytes.remove_prefix(length == 127 ? 10 : length == 126 ? 4 : 2);
        client_.frames.push_back(boost::json::parse(bytes).as_object());
    }
    void hang_up(room_protocol::CloseCode code) override {
        if (!client_.closed) client_.closed = static_cast<int>(code);
    }

private:
    TestClient& client_;
};

/// Live rooms over stores in memory, in virtual time, with clients at hand.
class LiveRoomWorld {
public:
    explicit LiveRoomWorld(RoomRules rules = {}) : rules_(std::move(rules)) {
        ada = user("Ada", UserKind::User);
        start();
    }
    ~LiveRoomWorld() { stop(); }

    /// The server begins; or begins again on the same stores.
    void start() {
        RoomPowers powers{rooms_store, accounts, *chat_store, queues,  playback, films,
                          ice,         audit,    bus,         tickets, world,    world,
                          time,        presence, metrics,     spool};
        const std::vector<net::any_io_executor> executors{world.executor()};
        rooms = std::make_unique<LiveRooms>(executors, powers, rules_, [this] {
            return std::make_unique<room_gateway::FrameSpeaker>(gateway);
        });
    }
    /// SIGTERM: a drain, then nothing.
    void stop(std::chrono::milliseconds spread = std::chrono::milliseconds(0)) {
        if (!rooms) return;
        bool ended = false;
        auto done = [&ended](const std::exception_ptr&) { ended = true; };
        net::co_spawn(world.executor(), rooms->shard(0).drain(spread), std::move(done));
        for (int i = 0; i < 1000 && !ended; ++i) world.run_for(std::chrono::milliseconds(10));
        SW_ASSERT(ended);
        for (auto& each : sessions_) each->on_closed();
        for (auto& each : clients_) each->session = nullptr;
        sessions_.clear();
        rooms.reset();
    }

    Principal user(const std::string& name, UserKind kind = UserKind::Guest) {
        return somebody(data, world, name, kind);
    }
    /// A room of Ada's.
    RoomCode room(Hold hold = Hold::None, Control control = Control::Everyone) {
        std::array<std::uint8_t, RoomCode::kLength> bytes{};
        world.fill(bytes);
        Room made;
        made.code = RoomCode::make(bytes);
        made.name = "Film night";
        made.owner = ada.user;
        made.hold = hold;
        made.control = control;
        made.created_at = world.wall();
        data.rooms[made.code] = made;
        data.visits[{made.code, ada.user}] = {{ada.user, Role::Owner, made.created_at},
                                              made.created_at};
        return made.code;
    }
    /// A film that is whole, of Ada's.
    VideoId film(double duration = 600) {
        RoomFilm made;
        made.video = world.make_id<VideoId>(world.wall());
        made.title = "Film";
        made.duration = duration;
        made.playable_until = duration;
        made.status = VideoStatus::Ready;
        made.master = "/media/T/" + made.video.text() + "/master.m3u8";
        films.films[made.video] = {made, ada.user};
        return made.video;
    }
    void tell_video_changed(VideoId video) {
        bus.publish(topics::kVideoChanged, video.text());
        world.settle();
    }

    /// A socket opens; no hello yet.
    TestClient& open(const Principal& who, const RoomCode& code,
                     const std::string& address = "192.0.2.1") {
        clients_.push_back(std::make_unique<TestClient>(who));
        TestClient& client = *clients_.back();
        JoinGrant grant;
        grant.room = code;
        grant.who = who;
        grant.address = address;
        const auto visit = data.visits.find({code, who.user});
        if (visit != data.visits.end()) grant.role = visit->second.membership.role;
        RoomShard& shard = rooms->shard(0);
        sessions_.push_back(std::make_unique<DirectSession>(client, grant, *rooms, shard, gateway));
        shard.open(*sessions_.back());
        return client;
    }
    TestClient& join(const Principal& who, const RoomCode& code,
                     const std::string& address = "192.0.2.1") {
        TestClient& client = open(who, code, address);
        client.say(R"({"type":"hello","protocol":1})");
        world.settle();
        return client;
    }
    /// Comes back after a drop.
    TestClient& resume(const TestClient& before, const RoomCode& code, std::string last = {}) {
        TestClient& client = open(before.who, code);
        boost::json::object resume{{"member", before.who.user.text()}};
        if (!last.empty()) resume["last_message"] = last;
        client.say({{"type", "hello"}, {"protocol", 1}, {"resume", resume}});
        world.settle();
        return client;
    }
    /// The client closes, for the reason that `code` says.
    void leave(TestClient& client, std::uint16_t code = 1000) {
        client.session->on_goodbye(code);
        drop(client);
    }
    /// The socket is gone.
    void drop(TestClient& client) {
        const auto found = std::ranges::find_if(
            sessions_, [&](const auto& each) { return each.get() == client.session; });
        client.session = nullptr;
        if (found == sessions_.end()) return;
        (*found)->on_closed();
        sessions_.erase(found);
        world.settle();
    }
    /// Asks and waits for the answer.
    std::string ask(TestClient& client, TestClient::Frame frame) {
        const std::string id = client.ask(std::move(frame));
        world.settle();
        return client.answer(id);
    }
    /// Adds a film by somebody who may; gives its item.
    std::string add(TestClient& client, VideoId video) {
        SW_ASSERT(ask(client, {{"type", "queue"}, {"op", "add"}, {"video", video.text()}}) ==
                  "ack");
        const auto queue = client.last("queue").value().at("queue").as_array();
        return std::string(queue.back().at("id").as_string());
    }
    void run(std::chrono::microseconds span) { world.run_for(span); }

    SimWorld world;
    MemoryInstallation data;
    MemoryAccountStore accounts{data};
    MemoryRoomStore rooms_store{data};
    MemoryChatStore chat{data};
    ChatStore* chat_store = &chat;  ///< What the next start() takes, as the next.
    ChatSpool* spool = nullptr;
    MemoryQueueStore queues{data};
    MemoryPlaybackStore playback{data};
    SaidFilms films;
    SaidIce ice;
    HeardAudit audit;
    MemoryBus bus;
    SodiumSealer sealer{{}, world};
    Tickets tickets{world, sealer, bus};
    RoomTime time{world};
    PresenceBoard presence;
    RoomMetrics metrics;
    room_gateway::Metrics gateway;
    std::unique_ptr<LiveRooms> rooms;
    Principal ada;

private:
    const RoomRules rules_;
    std::vector<std::unique_ptr<TestClient>> clients_;
    std::vector<std::unique_ptr<DirectSession>> sessions_;
};

}  // namespace syncwatch
