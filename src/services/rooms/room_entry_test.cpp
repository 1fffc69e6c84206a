#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include "harness/room_world.h"
#include "ports/topics.h"
#include "services/rooms/room_directory.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

class RoomEntryTest : public testing::Test {
protected:
    RoomEntryTest() : host_(world_.account("hosty")), guest_(world_.guest("Bo")) {}

    RoomView locked() {
        RoomDirectory::NewRoom wanted;
        wanted.password = "popcorn";
        return world_.room_of(host_, wanted);
    }
    RoomView small(int capacity) {
        RoomDirectory::NewRoom wanted;
        wanted.capacity = capacity;
        return world_.room_of(host_, wanted);
    }
    std::string reason(const Result<RoomDirectory::Joined>& joined) {
        return joined ? "joined" : std::string(joined.error().reason);
    }

    RoomWorld world_;
    Principal host_;
    Principal guest_;
};

TEST_F(RoomEntryTest, AJoinGivesATicketThatSaysWhoAndAsWhat) {
    const RoomView room = world_.room_of(host_);
    const auto joined = world_.join(guest_, room, std::nullopt, "2001:db8::5");
    ASSERT_TRUE(joined);
    const auto grant = world_.tickets.redeem(joined->ticket);
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->room, room.room.code);
    EXPECT_EQ(grant->who.user, guest_.user);
    EXPECT_EQ(grant->role, Role::Viewer);
    EXPECT_EQ(grant->address, "2001:db8::/64");
    EXPECT_EQ(world_.join(host_, room)->grant.role, Role::Owner);
}

TEST_F(RoomEntryTest, AGuestWhoseAccountIsStillToBeWrittenIsLetIn) {
    Principal unwritten = guest_;
    unwritten.user = world_.random.make_id<UserId>(world_.clock.wall());
    const auto joined = world_.join(unwritten, world_.room_of(host_));
    ASSERT_TRUE(joined) << joined.error().message;
    EXPECT_EQ(joined->grant.role, Role::Viewer);
}

TEST_F(RoomEntryTest, APasswordLetsInWhoKnowsItAndTheOwnerAnyway) {
    const RoomView room = locked();
    EXPECT_EQ(reason(world_.join(guest_, room)), "wrong_password");
    EXPECT_EQ(reason(world_.join(guest_, room, "popcorm")), "wrong_password");
    EXPECT_EQ(reason(world_.join(guest_, room, "popcorn")), "joined");
    EXPECT_EQ(reason(world_.join(host_, room)), "joined");
}

TEST_F(RoomEntryTest, FiveWrongTriesLockThatAddressOutOfThatRoomForAWhile) {
    const RoomView room = locked();
    const RoomView other = locked();
    for (int i = 0; i < 5; ++i) {
        const Principal each = world_.guest("Bo");
        ASSERT_EQ(reason(world_.join(each, room, "wrong")), "wrong_password");
    }
    const auto out = world_.join(guest_, room, "popcorn");
    EXPECT_EQ(reason(out), "locked_out");
    EXPECT_EQ(out.error().retry_after, 60s);
    EXPECT_EQ(reason(world_.join(guest_, room, "popcorn", "198.51.100.1")), "joined");
    EXPECT_EQ(reason(world_.join(guest_, other, "popcorn")), "joined");
    EXPECT_EQ(reason(world_.join(host_, room)), "joined") << "the owner has no password to guess";
    world_.clock.advance(60s);
    EXPECT_EQ(reason(world_.join(guest_, room, "popcorn")), "joined");
}

TEST_F(RoomEntryTest, LookingWithoutAPasswordIsNoTry) {
    const RoomView room = locked();
    for (int i = 0; i < 20; ++i) ASSERT_EQ(reason(world_.join(guest_, room)), "wrong_password");
    EXPECT_EQ(reason(world_.join(guest_, room, "popcorn")), "joined");
}

TEST_F(RoomEntryTest, ANewPasswordKeepsTheOldOneOut) {
    const RoomView room = locked();
    ASSERT_EQ(reason(world_.join(guest_, room, "popcorn")), "joined");
    RoomDirectory::Patch patch;
    patch.password = "nachos";
    ASSERT_TRUE(run_to_end(world_.rooms.change(host_, room.room.code, patch)));
    EXPECT_EQ(reason(world_.join(guest_, room, "popcorn")), "wrong_password");
    EXPECT_EQ(reason(world_.join(guest_, room, "nachos")), "joined");
}

net::awaitable<void> come(RoomDirectory& rooms, Principal who, RoomCode code, int& joined) {
    const auto done = co_await rooms.join(who, code, "popcorn", "192.0.2.1");
    if (done) ++joined;
}

TEST_F(RoomEntryTest, ACrowdWithOneLinkIsHashedOnce) {
    auto options = Argon2Hasher::Options::cheap();
    options.max_under_way = 1;  // a second hash at once would be refused
    Argon2Hasher hasher(options);
    RoomDirectory rooms({world_.room_store, world_.store, hasher, world_.audit, world_.bus,
                         world_.clock, world_.random, world_.tickets, world_.presence},
                        {});
    const RoomView room = locked();
    net::io_context context(1);
    int joined = 0;
    std::vector<Principal> crowd;
    for (int i = 0; i < 40; ++i) crowd.push_back(world_.guest("Bo"));
    for (const Principal& each : crowd) {
        net::co_spawn(context, come(rooms, each, room.room.code, joined), net::detached);
    }
    context.run();
    EXPECT_EQ(joined, 40);
}

TEST_F(RoomEntryTest, AFullRoomTakesNobodyButItsOwner) {
    const RoomView room = small(2);
    world_.enter(world_.join(guest_, room).value());
    world_.enter(world_.join(world_.guest("Cy"), room).value());
    EXPECT_EQ(reason(world_.join(world_.guest("Di"), room)), "room_full");
    EXPECT_EQ(reason(world_.join(host_, room)), "joined");
    EXPECT_EQ(reason(world_.join(guest_, room)), "joined") << "who is inside may come back";
    world_.presence.entries.clear();
    world_.clock.advance(31s);
    EXPECT_EQ(reason(world_.join(world_.guest("Di"), room)), "joined");
}

TEST_F(RoomEntryTest, ATicketThatIsNotUsedYetHoldsASeatUntilItExpires) {
    const RoomView room = small(2);
    ASSERT_EQ(reason(world_.join(guest_, room)), "joined");
    ASSERT_EQ(reason(world_.join(guest_, room)), "joined") << "the same person, one seat";
    ASSERT_EQ(reason(world_.join(world_.guest("Cy"), room)), "joined");
    EXPECT_EQ(reason(world_.join(world_.guest("Di"), room)), "room_full");
    world_.clock.advance(30s);
    EXPECT_EQ(reason(world_.join(world_.guest("Di"), room)), "joined");
}

TEST_F(RoomEntryTest, ABanOfSomebodyPresentReachesTheirAddressToo) {
    const RoomView room = world_.room_of(host_);
    const PresentMember bo =
        world_.enter(world_.join(guest_, room, std::nullopt, "198.51.100.7").value());
    const auto heard = world_.listen(topics::room(room.room.code));
    RoomDirectory::NewBan wanted;
    wanted.user = bo.user;
    wanted.address_too = true;
    const auto ban = run_to_end(world_.rooms.ban(host_, room.room.code, wanted, ""));
    ASSERT_TRUE(ban);
    EXPECT_EQ(ban->name, "Bo");
    world_.deliver();
    EXPECT_EQ(heard->payloads,
              std::vector<std::string>{"banned user=" + bo.user.text() + " address=198.51.100.7"});
    EXPECT_EQ(reason(world_.join(guest_, room)), "banned");
    const Principal again = world_.guest("Bo, with a new token");
    EXPECT_EQ(reason(world_.join(again, room, std::nullopt, "198.51.100.7")), "banned");
    EXPECT_EQ(reason(world_.join(again, room, std::nullopt, "198.51.100.8")), "joined");
    EXPECT_EQ(reason(world_.join(host_, room, std::nullopt, "198.51.100.7")), "joined");

    ASSERT_TRUE(run_to_end(world_.rooms.lift_ban(host_, room.room.code, ban->id, "")));
    EXPECT_EQ(reason(world_.join(guest_, room)), "joined");
}

TEST_F(RoomEntryTest, ABanForATimeEnds) {
    const RoomView room = world_.room_of(host_);
    RoomDirectory::NewBan wanted;
    wanted.user = guest_.user;  // not present: named by user
    wanted.lasting = 600s;
    ASSERT_TRUE(run_to_end(world_.rooms.ban(host_, room.room.code, wanted, "")));
    const auto out = world_.join(guest_, room);
    EXPECT_EQ(reason(out), "banned");
    EXPECT_EQ(out.error().retry_after, 600s);
    EXPECT_EQ(run_to_end(world_.rooms.bans(host_, room.room.code))->size(), 1u);
    world_.clock.advance(600s);
    EXPECT_EQ(reason(world_.join(guest_, room)), "joined");
    EXPECT_TRUE(run_to_end(world_.rooms.bans(host_, room.room.code))->empty());
}

TEST_F(RoomEntryTest, ATicketInHandIsVoidOnceItsHolderIsBanned) {
    const RoomView room = world_.room_of(host_);
    const auto joined = world_.join(guest_, room);
    RoomDirectory::NewBan wanted;
    wanted.user = guest_.user;
    ASSERT_TRUE(run_to_end(world_.rooms.ban(host_, room.room.code, wanted, "")));
    EXPECT_FALSE(world_.tickets.redeem(joined->ticket));
}

TEST_F(RoomEntryTest, NobodyBansUpwards) {
    const RoomView room = world_.room_of(host_);
    const Principal first = world_.guest("first");
    const Principal second = world_.guest("second");
    for (const Principal& each : {first, second}) {
        ASSERT_TRUE(run_to_end(world_.room_store.set_role(room.room.code, each.user,
                                                          Role::Moderator, world_.clock.wall())));
    }
    const auto try_ban = [&](const Principal& by, UserId whom) {
        RoomDirectory::NewBan wanted;
        wanted.user = whom;
        return run_to_end(world_.rooms.ban(by, room.room.code, wanted, "")).has_value();
    };
    EXPECT_FALSE(try_ban(guest_, first.user)) << "a viewer bans nobody";
    EXPECT_FALSE(try_ban(first, host_.user));
    EXPECT_FALSE(try_ban(first, second.user));
    EXPECT_FALSE(try_ban(first, first.user));
    EXPECT_FALSE(try_ban(host_, host_.user));
    EXPECT_TRUE(try_ban(first, guest_.user));
    EXPECT_TRUE(try_ban(host_, second.user));
    EXPECT_EQ(run_to_end(world_.room_store.role(room.room.code, second.user)), Role::Viewer)
        << "who is banned comes back as a viewer";
    EXPECT_FALSE(run_to_end(world_.rooms.bans(guest_, room.room.code)));
}

TEST_F(RoomEntryTest, BansAreAudited) {
    const RoomView room = world_.room_of(host_);
    RoomDirectory::NewBan wanted;
    wanted.address = "192.0.2.9";
    const auto made = run_to_end(world_.rooms.ban(host_, room.room.code, wanted, ""));
    ASSERT_TRUE(made);
    EXPECT_EQ(world_.audited().back(), "ban.made 192.0.2.9");
    ASSERT_TRUE(run_to_end(world_.rooms.lift_ban(host_, room.room.code, made->id, "")));
    EXPECT_EQ(world_.audited().back(), "ban.lifted 192.0.2.9");
}

TEST_F(RoomEntryTest, ABanNamesSomebodyThatExists) {
    const RoomView room = world_.room_of(host_);
    RoomDirectory::NewBan nobody;
    EXPECT_EQ(run_to_end(world_.rooms.ban(host_, room.room.code, nobody, "")).error().code,
              ErrorCode::InvalidInput);
    RoomDirectory::NewBan unknown;
    unknown.user = world_.random.make_id<UserId>(world_.clock.wall());
    EXPECT_EQ(run_to_end(world_.rooms.ban(host_, room.room.code, unknown, "")).error().code,
              ErrorCode::NotFound);
}

}  // namespace
}  // namespace syncwatch
