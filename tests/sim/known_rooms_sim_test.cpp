// Rooms that are live on one node only, while the database is away: people come in at every node.
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/live_room_world.h"
#include "harness/somebody.h"
#include "sim/sim_server.h"

namespace syncwatch::sim {
namespace {

using namespace std::chrono_literals;

class KnownRoomsSim : public testing::Test {
protected:
    struct Site {
        explicit Site(KnownRoomsSim& test, std::size_t index) : clock(test.world_) {
            RoomRules rules;
            rules.node = "n" + std::to_string(index);
            rules.alone = false;
            Faults database{test.world_};
            database.outage = &test.outage_;
            server = std::make_unique<SimServer>(test.world_, test.disk_, spool,
                                                 SimServer::Harm{database, database, {test.world_}},
                                                 clock, test.net_.join(index), rules);
        }
        SiteClock clock;
        MemoryChatSpool spool;
        std::unique_ptr<SimServer> server;
    };

    KnownRoomsSim() {
        for (std::size_t i = 0; i < 3; ++i) sites_.push_back(std::make_unique<Site>(*this, i));
        Room room;
        room.code = code_ = RoomCode::parse("7K3F9-QZ0XM").value();
        room.name = "Film night";
        room.owner = ada_.user;
        room.password_hash = "quick:popcorn";
        room.hold = Hold::None;
        disk_.data.rooms[code_] = room;
        disk_.data.visits[{code_, ada_.user}] = {{ada_.user, Role::Owner, world_.wall()},
                                                 world_.wall()};
        disk_.data.visits[{code_, mo_.user}] = {{mo_.user, Role::Moderator, world_.wall()},
                                                world_.wall()};
        Ban ban;
        ban.room = code_;
        ban.user = banned_.user;
        disk_.data.bans.push_back(ban);
        RoomFilm film;
        film.video = world_.make_id<VideoId>(world_.wall());
        film.title = "Film";
        film.duration = film.playable_until = 600;
        film.status = VideoStatus::Ready;
        film.master = "/media/T/master.m3u8";
        disk_.films.films[film.video] = {film, ada_.user};
        video_ = film.video;
    }
    ~KnownRoomsSim() override {
        for (auto& each : sites_) {
            net::co_spawn(world_.executor(), each->server->shard().drain(0ms), net::detached);
        }
        world_.run_for(5s);
        for (auto& each : sessions_) each->on_closed();
        sessions_.clear();
    }

    Principal somebody(const std::string& name, UserKind kind = UserKind::Guest) {
        return syncwatch::somebody(disk_.data, world_, name, kind);
    }
    SimServer& node(std::size_t index) { return *sites_.at(index)->server; }
    template <class Value>
    Result<Value> wait(net::awaitable<Result<Value>> work) {
        std::optional<Result<Value>> done;
        auto keep = [](net::awaitable<Result<Value>> task,
                       std::optional<Result<Value>>* to) -> net::awaitable<void> {
            to->emplace(co_await std::move(task));
        };
        net::co_spawn(world_.executor(), keep(std::move(work), &done), net::detached);
        world_.run_for(2s);
        return done ? *std::move(done) : fail(ErrorCode::Timeout, "no answer");
    }
    /// What a try to come in gives; "" with a socket that is inside.
    std::string join(std::size_t index, const Principal& who, const RoomCode& code,
                     std::optional<std::string> password = std::nullopt,
                     std::optional<std::size_t> socket_at = std::nullopt) {
        auto joined = wait(node(index).directory.join(who, code, std::move(password), "192.0.2.9"));
        if (!joined && joined.error().code == ErrorCode::Unavailable) return "unavailable";
        if (!joined) return std::string(joined.error().reason);
        // The load balancer may send the socket to another node.
        SimServer& home = node(socket_at.value_or(index));
        auto grant = home.tickets.redeem(joined->ticket);
        if (!grant) return "bad ticket";
        clients_.push_back(std::make_unique<TestClient>(who));
        sessions_.push_back(std::make_unique<DirectSession>(*clients_.back(), *grant, home.rooms,
                                                            home.shard(), home.gateway));
        home.shard().open(*sessions_.back());
        clients_.back()->say(R"({"type":"hello","protocol":1})");
        world_.run_for(2s);
        return clients_.back()->last("welcome") ? "" : "no welcome";
    }
    TestClient& newest() { return *clients_.back(); }
    std::string ask(TestClient& client, TestClient::Frame frame) {
        const std::string id = client.ask(std::move(frame));
        world_.run_for(3s);
        return client.answer(id);
    }
    /// Ada and Mo are in the room at the first node, and it runs.
    TestClient& begin() {
        EXPECT_EQ(join(0, mo_, code_, "popcorn"), "");
        EXPECT_EQ(join(0, ada_, code_), "");
        TestClient& ada = newest();
        EXPECT_EQ(ask(ada, {{"type", "queue"}, {"op", "add"}, {"video", video_.text()}}), "ack");
        EXPECT_EQ(ask(ada, TestClient::kPlay), "ack");
        EXPECT_EQ(ask(ada, {{"type", "chat"}, {"text", "before"}}), "ack");
        return ada;
    }
    std::vector<std::string> kept() const {
        std::vector<std::string> texts;
        for (const auto& each : disk_.data.chat.at(code_)) texts.push_back(each.message.text);
        return texts;
    }
    static std::vector<std::string> texts(const boost::json::value& messages) {
        std::vector<std::string> found;
        for (const auto& each : messages.as_array()) {
            found.emplace_back(each.at("text").as_string());
        }
        return found;
    }

    SimWorld world_;
    Disk disk_;
    SimBusNet net_{world_};
    Outage outage_;
    const Principal ada_ = somebody("Ada", UserKind::User);
    const Principal mo_ = somebody("Mo", UserKind::User);
    const Principal bo_ = somebody("Bo");
    const Principal banned_ = somebody("Cy");
    RoomCode code_;
    VideoId video_;
    std::vector<std::unique_ptr<Site>> sites_;
    std::vector<std::unique_ptr<TestClient>> clients_;
    std::vector<std::unique_ptr<DirectSession>> sessions_;
};

using Texts = std::vector<std::string>;

TEST_F(KnownRoomsSim, AGuestComesInAtANodeThatDoesNotHaveTheRoomAndSeesAllOfIt) {
    TestClient& ada = begin();
    outage_.away = true;
    EXPECT_EQ(ask(ada, {{"type", "chat"}, {"text", "spooled"}}), "ack");
    EXPECT_EQ(join(1, bo_, code_), "wrong_password");
    EXPECT_EQ(join(1, bo_, code_, "wrong"), "wrong_password");
    EXPECT_EQ(join(1, banned_, code_, "popcorn"), "banned");
    EXPECT_EQ(join(1, bo_, code_, "popcorn", 2), "") << "the socket at a third node";
    TestClient& bo = newest();
    const auto welcome = bo.last("welcome").value();
    EXPECT_EQ(welcome.at("room").at("name").as_string(), "Film night");
    EXPECT_EQ(welcome.at("members").as_array().size(), 3U);
    EXPECT_EQ(welcome.at("playback").at("video").as_string(), video_.text());
    EXPECT_FALSE(welcome.at("playback").at("paused").as_bool());
    EXPECT_EQ(welcome.at("queue").as_array().size(), 1U);
    EXPECT_EQ(texts(welcome.at("messages")), (Texts{"before", "spooled"}));
    EXPECT_EQ(ask(bo, {{"type", "chat"}, {"text", "hello"}}), "ack");
    EXPECT_EQ(ada.last("chat").value().at("message").at("text").as_string(), "hello");
    EXPECT_EQ(ask(bo, {{"type", "control"}, {"action", "pause"}}), "ack");
    EXPECT_TRUE(ada.playback().at("paused").as_bool());
    EXPECT_EQ(join(1, somebody("Di"), RoomCode::parse("00000-00001").value()), "unavailable");

    outage_.end();
    world_.run_for(10s);
    EXPECT_EQ(kept(), (Texts{"before", "spooled", "hello"}));
    EXPECT_TRUE(disk_.data.playback.at(code_).playback.paused);
    EXPECT_EQ(disk_.data.rooms.at(code_).password_hash, "quick:popcorn");
    EXPECT_EQ(bo.heard("chat").size(), 1U) << "nothing came twice";
}

TEST_F(KnownRoomsSim, WhatTheDatabaseSaysCountsWhenItIsBack) {
    begin();
    outage_.away = true;
    EXPECT_EQ(join(1, bo_, code_, "popcorn"), "");
    TestClient& bo = newest();
    const Principal di = somebody("Di");
    disk_.data.rooms[code_].name = "Another name";
    disk_.data.visits[{code_, bo_.user}] = {{bo_.user, Role::Moderator, world_.wall()},
                                            world_.wall()};
    Ban ban;
    ban.room = code_;
    ban.user = di.user;
    disk_.data.bans.push_back(ban);
    world_.run_for(5s);
    EXPECT_TRUE(bo.heard("room").empty());
    outage_.end();
    world_.run_for(5s);
    ASSERT_TRUE(bo.last("room"));
    EXPECT_EQ(bo.last("room")->at("room").at("name").as_string(), "Another name");
    const auto changed = bo.last("members");
    ASSERT_TRUE(changed);
    EXPECT_NE(boost::json::serialize(*changed).find("moderator"), std::string::npos);
    outage_.away = true;
    EXPECT_EQ(join(1, di, code_, "popcorn"), "banned");
}

TEST_F(KnownRoomsSim, ARoomThatWasDeletedMeanwhileGoes) {
    begin();
    outage_.away = true;
    EXPECT_EQ(join(1, bo_, code_, "popcorn"), "");
    disk_.data.remove_room(code_);
    outage_.end();
    world_.run_for(5s);
    EXPECT_EQ(newest().closed, 4404);
    EXPECT_EQ(join(1, bo_, code_, "popcorn"), "no_such_room");
}

TEST_F(KnownRoomsSim, ItGoesOnFromNodeToNode) {
    begin();
    outage_.away = true;
    EXPECT_EQ(join(1, bo_, code_, "popcorn"), "");
    node(0).kill();
    world_.run_for(15s);
    EXPECT_EQ(join(2, somebody("Di"), code_, "popcorn"), "");
    EXPECT_EQ(newest().last("welcome")->at("queue").as_array().size(), 1U);
    EXPECT_EQ(texts(newest().last("welcome")->at("messages")), Texts{"before"});
}

TEST_F(KnownRoomsSim, ABusThatLosesAThirdKeepsNobodyOut) {
    begin();
    outage_.away = true;
    net_.harm.lost_percent = 30;
    net_.harm.doubled_percent = 20;
    net_.harm.most_delay = 40'000us;
    int inside = 0;
    for (int i = 0; i < 5; ++i)
        inside += join(1, somebody("Guest"), code_, "popcorn") == "" ? 1 : 0;
    EXPECT_GE(inside, 4) << "whoever is refused tries again";
}

}  // namespace
}  // namespace syncwatch::sim
