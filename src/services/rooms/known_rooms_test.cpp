// Who comes into a room while the database is away.
#include "services/rooms/known_rooms.h"

#include <gtest/gtest.h>

#include "harness/away_room_store.h"
#include "harness/room_world.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

class KnownRoomsTest : public testing::Test {
protected:
    /// As a live room does it.
    void know(const RoomView& view) {
        auto listed = run_to_end(world_.room_store.find(view.room.code)).value();
        auto bans = run_to_end(world_.room_store.bans(view.room.code, world_.clock.wall())).value();
        known_.put(std::move(listed), std::move(bans));
    }
    RoomView locked() {
        RoomDirectory::NewRoom wanted;
        wanted.password = "popcorn";
        return world_.room_of(host_, wanted);
    }
    static Async<> nothing_more() { co_return Result<>(); }
    std::string join(const Principal& who, const RoomView& view,
                     std::optional<std::string> password = std::nullopt,
                     std::string address = "192.0.2.1") {
        const auto joined =
            run_to_end(rooms_.join(who, view.room.code, std::move(password), std::move(address)));
        if (joined) return "joined";
        if (joined.error().code == ErrorCode::Unavailable) return "unavailable";
        return std::string(joined.error().reason);
    }

    RoomWorld world_;
    const Principal host_ = world_.account("hosty");
    const Principal guest_ = world_.guest("Bo");
    AwayRoomStore store_{world_.room_store};
    KnownRooms known_;
    RoomDirectory rooms_{{store_, world_.store, world_.hasher, world_.audit, world_.bus,
                          world_.clock, world_.random, world_.tickets, world_.presence, &known_},
                         {}};
};

TEST_F(KnownRoomsTest, PeopleComeIntoARoomThatIsLiveHereAndIntoNoOther) {
    const RoomView live = world_.room_of(host_);
    const RoomView other = world_.room_of(host_);
    know(live);
    store_.away = true;
    const auto joined = run_to_end(rooms_.join(guest_, live.room.code, std::nullopt, "192.0.2.1"));
    ASSERT_TRUE(joined);
    EXPECT_EQ(joined->room.room.name, live.room.name);
    EXPECT_EQ(joined->grant.role, Role::Viewer);
    EXPECT_EQ(world_.tickets.redeem(joined->ticket)->who.user, guest_.user);
    EXPECT_EQ(run_to_end(rooms_.join(host_, live.room.code, std::nullopt, "192.0.2.1"))->grant.role,
              Role::Owner);
    EXPECT_EQ(join(guest_, other), "unavailable");
    EXPECT_TRUE(run_to_end(rooms_.get(guest_, live.room.code, "192.0.2.1"))->open_to_asker);
    EXPECT_FALSE(run_to_end(rooms_.get(guest_, other.room.code, "192.0.2.1")));
    known_.forget(live.room.code);
    EXPECT_EQ(join(guest_, live), "unavailable");
}

TEST_F(KnownRoomsTest, ARoomThatIsLiveElsewhereIsFetchedOnce) {
    const RoomView elsewhere = locked();
    const RoomView nowhere = world_.room_of(host_);
    std::vector<RoomCode> fetched;
    known_.fetch_by([&](RoomCode code) -> Async<> {
        fetched.push_back(code);
        if (code == elsewhere.room.code) know(elsewhere);
        return nothing_more();
    });
    EXPECT_EQ(join(guest_, nowhere), "joined");
    EXPECT_TRUE(fetched.empty()) << "the database is there";
    store_.away = true;
    EXPECT_EQ(join(guest_, elsewhere), "wrong_password");
    EXPECT_EQ(join(guest_, elsewhere, "popcorn"), "joined");
    EXPECT_EQ(fetched, std::vector<RoomCode>{elsewhere.room.code});
    EXPECT_EQ(join(guest_, nowhere), "unavailable");
}

TEST_F(KnownRoomsTest, APasswordIsAskedForAndGuessesAreCounted) {
    const RoomView live = locked();
    know(live);
    store_.away = true;
    EXPECT_EQ(join(guest_, live), "wrong_password");
    EXPECT_EQ(join(guest_, live, "popcorn"), "joined");
    EXPECT_EQ(join(host_, live), "joined");
    for (int i = 0; i < 5; ++i) EXPECT_EQ(join(guest_, live, "wrong"), "wrong_password");
    EXPECT_EQ(join(guest_, live, "popcorn"), "locked_out");
}

TEST_F(KnownRoomsTest, ABanHoldsByIdAndByAddress) {
    const RoomView live = world_.room_of(host_);
    const Principal other = world_.guest("Cy");
    RoomDirectory::NewBan wanted;
    wanted.user = guest_.user;
    wanted.lasting = 60s;
    ASSERT_TRUE(run_to_end(rooms_.ban(host_, live.room.code, wanted, "192.0.2.1")));
    know(live);
    known_.ban(live.room.code, std::nullopt, "203.0.113.9");
    store_.away = true;
    EXPECT_EQ(join(guest_, live), "banned");
    EXPECT_EQ(join(other, live, std::nullopt, "203.0.113.9"), "banned");
    EXPECT_EQ(join(other, live), "joined");
    EXPECT_FALSE(run_to_end(rooms_.get(guest_, live.room.code, "192.0.2.1"))->open_to_asker);
    world_.clock.advance(61s);
    EXPECT_EQ(join(guest_, live), "joined") << "it was for a minute";
}

TEST_F(KnownRoomsTest, AFullRoomIsFull) {
    RoomDirectory::NewRoom wanted;
    wanted.capacity = 1;
    const RoomView live = world_.room_of(host_, wanted);
    know(live);
    store_.away = true;
    EXPECT_EQ(join(guest_, live), "joined");
    EXPECT_EQ(join(world_.guest("Cy"), live), "room_full");
}

}  // namespace
}  // namespace syncwatch
