#include "gateway/rooms/room_socket.h"

#include <thread>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "adapters/memory/memory_bus.h"
#include "adapters/sql_accounts/sql_account_store.h"
#include "adapters/sql_live_rooms/sql_chat_store.h"
#include "adapters/sql_live_rooms/sql_playback_store.h"
#include "adapters/sql_live_rooms/sql_queue_store.h"
#include "adapters/sql_rooms/sql_room_store.h"
#include "adapters/system/sodium_sealer.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "base/async/run_to_end.h"
#include "gateway/http/server.h"
#include "gateway/rooms/frame_speaker.h"
#include "harness/room_twins.h"
#include "harness/socket_client.h"
#include "harness/temp_database.h"
#include "ports/topics.h"
#include "services/rooms/room_notices.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr std::string_view kHello = R"({"type":"hello","protocol":1})";

/// The real thing but for the accounts: sockets, threads, SQLite.
class RoomSocketTest : public testing::Test {
protected:
    RoomSocketTest() {
        socket_.add_routes(router_);
        EXPECT_TRUE(server_.listen());
        server_.start();
        shards_.run();
        Account account;
        account.id = ada_.user;
        account.display_name = "Ada";
        EXPECT_TRUE(run_to_end(accounts_.add(account)));
        Room room;
        room.code = room_;
        room.name = "Film night";
        room.owner = ada_.user;
        EXPECT_TRUE(run_to_end(rooms_store_.add(room)));
    }
    ~RoomSocketTest() override {
        rooms_.drain(0ms);
        server_.drain(1s);
        shards_.stop();
    }
    static http::Server::Options options() {
        http::Server::Options options;
        options.port = 0;
        return options;
    }
    static Principal somebody(const std::string& name) {
        SystemRandom random;
        Principal who;
        who.user = random.make_id<UserId>(SystemClock().wall());
        who.session = random.make_id<SessionId>(SystemClock().wall());
        who.display_name = name;
        return who;
    }
    static RoomCode some_code() {
        SystemRandom random;
        std::array<std::uint8_t, RoomCode::kLength> bytes{};
        random.fill(bytes);
        return RoomCode::make(bytes);
    }

    std::string target(const Principal& who) {
        JoinGrant grant;
        grant.room = room_;
        grant.who = who;
        return "/api/v1/rooms/" + room_.text() + "/ws?ticket=" + tickets_.issue(grant);
    }
    SocketClient inside(const Principal& who) {
        SocketClient client(server_.port());
        EXPECT_EQ(client.upgrade(target(who)), 101);
        client.send_text(kHello);
        EXPECT_NE(client.wait_for("welcome"), "");
        return client;
    }

    Shards shards_{2};
    TempDatabase database_;
    SystemClock clock_;
    SystemRandom random_;
    MemoryBus bus_;
    sql::SqlAccountStore accounts_{database_.get()};
    sql::SqlRoomStore rooms_store_{database_.get()};
    sql::SqlChatStore chat_{database_.get()};
    sql::SqlQueueStore queues_{database_.get()};
    sql::SqlPlaybackStore playback_{database_.get()};
    SaidFilms films_;
    SaidIce ice_;
    HeardAudit audit_;
    SodiumSealer sealer_{{}, random_};
    Tickets tickets_{clock_, sealer_, bus_};
    RoomTime time_{clock_};
    PresenceBoard presence_;
    RoomMetrics metrics_;
    room_gateway::Metrics gateway_;
    const Principal ada_ = somebody("Ada");
    const RoomCode room_ = some_code();
    LiveRooms rooms_{{shards_.executor(0), shards_.executor(1)},
                     {rooms_store_, accounts_, chat_, queues_, playback_, films_, ice_, audit_,
                      bus_, tickets_, clock_, random_, time_, presence_, metrics_},
                     {},
                     [this] { return std::make_unique<room_gateway::FrameSpeaker>(gateway_); }};
    room_gateway::RoomSocket socket_{rooms_, tickets_, gateway_};
    http::Router router_;
    http::Server server_{shards_, router_, random_, options()};
};

TEST_F(RoomSocketTest, ATicketOpensOneSocketAndTheProtocolIsNamed) {
    const std::string once = target(ada_);
    SocketClient client(server_.port());
    ASSERT_EQ(client.upgrade(once), 101);
    EXPECT_NE(client.head().find("Sec-WebSocket-Protocol: syncwatch.v1"), std::string::npos);
    client.send_text(kHello);
    const json::value welcome = json::parse(client.wait_for("welcome"));
    EXPECT_EQ(welcome.at("you").at("name").as_string(), "Ada");

    SocketClient again(server_.port());
    EXPECT_EQ(again.upgrade(once), 401);
}

TEST_F(RoomSocketTest, WithoutAGoodTicketTheAnswerIsAProblemDocument) {
    const std::string path = "/api/v1/rooms/" + room_.text() + "/ws";
    const std::string elsewhere = target(ada_);
    for (const std::string& bad :
         {path, path + "?ticket=", path + "?ticket=nonsense",
          std::string("/api/v1/rooms/nonsense/ws?ticket=x"),
          "/api/v1/rooms/" + some_code().text() + elsewhere.substr(elsewhere.find("/ws"))}) {
        SocketClient client(server_.port());
        EXPECT_EQ(client.upgrade(bad), 401) << bad;
        EXPECT_NE(client.head().find("application/problem+json"), std::string::npos);
        EXPECT_EQ(gateway_.sockets.load(), 0);
    }
}

TEST_F(RoomSocketTest, AClientThatSpeaksAnotherProtocolIsRefusedAndOneThatNamesNoneIsNot) {
    SocketClient other(server_.port());
    EXPECT_EQ(other.upgrade(target(ada_), "chat.v9"), 422);
    SocketClient none(server_.port());
    EXPECT_EQ(none.upgrade(target(ada_), ""), 101);
    EXPECT_EQ(none.head().find("Sec-WebSocket-Protocol"), std::string::npos);
}

TEST_F(RoomSocketTest, WhatOneSaysAllHearAndItIsDurableBeforeItsAck) {
    SocketClient ada = inside(ada_);
    SocketClient bo = inside(somebody("Bo"));
    bo.send_text(R"({"type":"chat","id":"m1","text":"hello 👀"})");
    const json::value ack = json::parse(bo.wait_for("ack"));
    const auto kept = run_to_end(chat_.before(room_, std::nullopt, 10));
    ASSERT_EQ(kept->messages.size(), 1u);
    EXPECT_EQ(ack.at("message").as_string(), kept->messages[0].id.text());
    const json::value heard = json::parse(ada.wait_for("chat"));
    EXPECT_EQ(heard.at("message").at("text").as_string(), "hello 👀");
    EXPECT_EQ(json::parse(bo.wait_for("chat")), heard) << "the sender hears it, too";
}

TEST_F(RoomSocketTest, FramesThatAreHugeBinaryOrNotUtf8AreBadFrames) {
    const std::string huge =
        R"({"type":"chat","id":"m","text":")" + std::string(70'000, 'x') + "\"}";
    for (const std::string& bytes :
         {SocketClient::frame(1, huge), SocketClient::frame(2, "binary"),
          SocketClient::frame(1, "\xff\xfe"), SocketClient::frame(1, "not json")}) {
        SocketClient client = inside(ada_);
        client.send_bytes(bytes);
        EXPECT_NE(client.wait_for("error"), "");
        EXPECT_EQ(client.wait_for_close(), 4400);
    }
    SocketClient client = inside(ada_);
    client.send_bytes(std::string("\x81\x02hi", 4));  // without a mask
    EXPECT_EQ(client.wait_for_close(), 1002);
}

TEST_F(RoomSocketTest, AMessageMayComeInPieces) {
    SocketClient client = inside(ada_);
    client.send_bytes(SocketClient::frame(1, R"({"type":"clo)", false) +
                      SocketClient::frame(9, "?") + SocketClient::frame(0, R"(ck","t0":7})"));
    EXPECT_NE(client.wait_for("clock"), "");
}

TEST_F(RoomSocketTest, TenThousandFramesAtOnceEndTheirSendersSocketAndNobodyElses) {
    SocketClient bo = inside(somebody("Bo"));
    SocketClient flooder = inside(somebody("Flo"));
    std::string flood;
    for (int i = 0; i < 10'000; ++i) flood += SocketClient::frame(1, R"({"type":"clock","t0":1})");
    flooder.send_bytes(flood);
    EXPECT_EQ(flooder.wait_for_close(), 4429);
    bo.send_text(R"({"type":"chat","id":"m1","text":"still here"})");
    EXPECT_NE(bo.wait_for("ack"), "");
}

TEST_F(RoomSocketTest, AReaderWhoIsTooSlowIsSentAwayAndTheOthersGoOn) {
    SocketClient talker = inside(ada_);
    const Principal slows = somebody("Slow");
    SocketClient slow = inside(slows);
    // Signals are as large as frames may be, and go to one receiver alone.
    const std::string data(60'000, 'x');
    const std::string to = slows.user.text();
    for (int i = 0; i < 200; ++i) {
        talker.send_text(R"({"type":"signal","to":")" + to + R"(","data":")" + data + "\"}");
    }
    talker.send_text(R"({"type":"chat","id":"m1","text":"still here"})");
    EXPECT_NE(talker.wait_for("ack"), "");
    EXPECT_EQ(slow.wait_for_close(), 4413);
}

TEST_F(RoomSocketTest, ALineThatTheRoomEndedIsForgottenWithItsSocket) {
    SocketClient bo = inside(somebody("Bo"));
    bus_.publish(topics::room(room_), deleted_notice());
    EXPECT_EQ(bo.wait_for_close(), 4404);
    while (gateway_.sockets.load() > 0) std::this_thread::sleep_for(1ms);
    rooms_.drain(0ms);  // Says goodbye to those who are known.
}

TEST_F(RoomSocketTest, ADrainSaysGoodbyeWithATimeToComeBack) {
    SocketClient ada = inside(ada_);
    rooms_.drain(0ms);
    const json::value goodbye = json::parse(ada.wait_for("goodbye"));
    EXPECT_EQ(goodbye.at("reason").as_string(), "draining");
    EXPECT_GE(goodbye.at("retry_ms").as_int64(), 250);
    EXPECT_EQ(ada.wait_for_close(), 1012);
    SocketClient late(server_.port());
    EXPECT_EQ(late.upgrade(target(ada_)), 503);
}

TEST_F(RoomSocketTest, WhoClosesWith1000HasLeft) {
    SocketClient ada = inside(ada_);
    ada.send_bytes(SocketClient::frame(8, "\x03\xe8"));
    EXPECT_EQ(ada.wait_for_close(), 1000);
    for (int i = 0; i < 200 && presence_.present(room_) > 0; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_EQ(presence_.present(room_), 0u);
}

TEST_F(RoomSocketTest, SocketsAreCountedWhileTheyAreOpen) {
    SocketClient ada = inside(ada_);
    EXPECT_EQ(gateway_.sockets.load(), 1);
    EXPECT_EQ(metrics_.lines.load(), 1);
    EXPECT_EQ(presence_.present(room_), 1u);
    ada.leave();
    for (int i = 0; i < 200 && gateway_.sockets.load() > 0; ++i) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(gateway_.sockets.load(), 0);
    EXPECT_EQ(metrics_.lines.load(), 0);
    EXPECT_EQ(presence_.present(room_), 1u) << "a dropped member has a grace";
}

}  // namespace
}  // namespace syncwatch
