#include "gateway/rooms/room_talk_api.h"

#include <gtest/gtest.h>

#include "adapters/sql_live_rooms/sql_chat_store.h"
#include "harness/api_world.h"
#include "harness/room_twins.h"

namespace syncwatch {
namespace {

namespace json = boost::json;

class RoomTalkApiTest : public testing::Test {
protected:
    RoomTalkApiTest() { api_.add_routes(world_.router); }

    RoomView room(const std::string& password = {}) {
        RoomDirectory::NewRoom wanted;
        wanted.password = password;
        return world_.room_of(world_.who(alices_).value(), wanted);
    }
    static std::string path(const RoomView& view, const std::string& rest) {
        return "/api/v1/rooms/" + view.room.code.text() + rest;
    }
    void say(const RoomView& view, int count) {
        std::vector<ChatDraft> drafts;
        for (int i = 0; i < count; ++i) {
            ChatDraft draft;
            draft.message.id = world_.random.make_id<MessageId>(world_.clock.wall());
            draft.message.by = view.room.owner;
            draft.message.name = "alice";
            draft.message.text = "line " + std::to_string(i);
            draft.message.sent_at = world_.clock.wall() + std::chrono::milliseconds(i);
            draft.request = std::to_string(i);
            drafts.push_back(draft);
        }
        ASSERT_TRUE(run_to_end(chat_.append(view.room.code, drafts)));
    }

    ApiWorld world_;
    const std::string alices_ = world_.token_of("alice");
    RouterClient alice_ = world_.client(alices_);
    RouterClient bob_ = world_.client(world_.token_of("bob"));
    sql::SqlChatStore chat_{world_.database.get()};
    SaidIce ice_;
    RoomReader reader_{
        {world_.rooms, world_.room_store, world_.presence, chat_, ice_, world_.clock}};
    room_gateway::RoomTalkApi api_{reader_, world_.authenticator};
};

TEST_F(RoomTalkApiTest, HistoryComesInPagesTheNewestLast) {
    const RoomView view = room();
    say(view, 5);
    const auto newest = bob_.get(path(view, "/messages?limit=2"));
    ASSERT_EQ(newest.status, 200) << newest.text;
    const auto& messages = newest.at("messages").as_array();
    ASSERT_EQ(messages.size(), 2u);
    EXPECT_EQ(messages[1].at("text"), "line 4");
    EXPECT_TRUE(parse_rfc3339(messages[1].at("sent_at").as_string()));
    EXPECT_TRUE(newest.at("more").as_bool());
    const std::string before(messages[0].at("id").as_string());
    const auto older = bob_.get(path(view, "/messages?limit=200&before=" + before));
    EXPECT_EQ(older.at("messages").as_array().size(), 3u);
    EXPECT_FALSE(older.at("more").as_bool());
}

TEST_F(RoomTalkApiTest, WrongValuesAreNamed) {
    const RoomView view = room();
    for (const char* query : {"?limit=0", "?limit=201", "?limit=x", "?before=x"}) {
        EXPECT_EQ(bob_.get(path(view, "/messages") + query).status, 422) << query;
    }
    EXPECT_EQ(bob_.get("/api/v1/rooms/nonsense/messages").status, 404);
    EXPECT_EQ(world_.client().get(path(view, "/messages")).status, 401);
}

TEST_F(RoomTalkApiTest, WhoIsKeptOutReadsNothing) {
    const RoomView locked = room("popcorn");
    say(locked, 1);
    EXPECT_EQ(bob_.get(path(locked, "/messages")).code(), "forbidden");
    EXPECT_EQ(bob_.get(path(locked, "/ice")).status, 403);
    EXPECT_EQ(alice_.get(path(locked, "/messages")).status, 200);
    const Principal bob = world_.who(world_.login("bob", "correct horse")->token).value();
    world_.enter(world_.join(bob, locked, "popcorn").value());
    EXPECT_EQ(bob_.get(path(locked, "/messages")).status, 200) << "who is inside may read";
    RoomDirectory::NewBan ban;
    ban.user = bob.user;
    ASSERT_TRUE(run_to_end(
        world_.rooms.ban(world_.who(alices_).value(), locked.room.code, ban, "192.0.2.1")));
    EXPECT_EQ(bob_.get(path(locked, "/messages")).code(), "banned");
}

TEST_F(RoomTalkApiTest, ServersForVoiceComeWithTheirTime) {
    const RoomView view = room();
    const auto none = bob_.get(path(view, "/ice"));
    ASSERT_EQ(none.status, 200) << none.text;
    EXPECT_TRUE(none.at("ice_servers").as_array().empty());
    EXPECT_TRUE(parse_rfc3339(none.at("expires_at").as_string()));
    ice_.servers = {{{"turn:turn.example"}, "name", "secret"}, {{"stun:turn.example"}, {}, {}}};
    const auto some = bob_.get(path(view, "/ice")).at("ice_servers").as_array();
    EXPECT_EQ(some.at(0).at("credential"), "secret");
    EXPECT_FALSE(some.at(1).as_object().contains("username"));
}

}  // namespace
}  // namespace syncwatch
