#include "services/rooms/room_directory.h"

#include <gtest/gtest.h>

#include "harness/room_world.h"
#include "ports/topics.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

class RoomDirectoryTest : public testing::Test {
protected:
    RoomDirectoryTest()
        : admin_(world_.account("admin")),
          host_(world_.account("hosty")),
          other_(world_.account("other")),
          guest_(world_.guest("Bo")) {}

    Result<RoomView> change(const Principal& who, const RoomView& room,
                            RoomDirectory::Patch patch) {
        return run_to_end(world_.rooms.change(who, room.room.code, std::move(patch)));
    }
    void make_moderator(const RoomView& room, const Principal& who) {
        ASSERT_TRUE(run_to_end(world_.room_store.set_role(room.room.code, who.user, Role::Moderator,
                                                          world_.clock.wall())));
    }

    RoomWorld world_;
    Principal admin_;
    Principal host_;
    Principal other_;
    Principal guest_;
};

TEST_F(RoomDirectoryTest, ARoomIsOpenToAllWithItsLinkUnlessItsOwnerSaysOtherwise) {
    const RoomView made = world_.room_of(host_);
    EXPECT_EQ(made.room.control, Control::Everyone);
    EXPECT_EQ(made.room.visibility, Visibility::Unlisted);
    EXPECT_EQ(made.room.hold, Hold::Everyone);
    EXPECT_EQ(made.room.capacity, 50);
    EXPECT_FALSE(made.room.has_password());
    EXPECT_TRUE(made.mine);
    const auto seen = run_to_end(world_.rooms.get(guest_, made.room.code, ""));
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->owner_name, "hosty");
    EXPECT_FALSE(seen->mine);
}

TEST_F(RoomDirectoryTest, ANameIsNeededAndGuestsMakeNoRooms) {
    RoomDirectory::NewRoom wanted;
    wanted.name = "  ";
    EXPECT_EQ(run_to_end(world_.rooms.create(host_, wanted)).error().fields.at(0).field, "name");
    wanted.name = "Film night";
    EXPECT_EQ(run_to_end(world_.rooms.create(guest_, wanted)).error().code, ErrorCode::Forbidden);
}

TEST_F(RoomDirectoryTest, NobodyFillsTheDatabaseWithRooms) {
    RoomDirectory::Options options;
    options.max_owned = 2;
    RoomWorld world({}, options);
    const Principal host = world.account("hosty");
    world.room_of(host);
    world.room_of(host);
    RoomDirectory::NewRoom wanted;
    wanted.name = "One more";
    EXPECT_EQ(run_to_end(world.rooms.create(host, wanted)).error().code, ErrorCode::Exhausted);
}

TEST_F(RoomDirectoryTest, TheListShowsMineFirstThenPublicOnesEachOnce) {
    RoomDirectory::NewRoom open;
    open.visibility = Visibility::Public;
    const RoomView shown = world_.room_of(other_, open);
    const RoomView hidden = world_.room_of(other_);
    world_.clock.advance(1s);
    const RoomView mine = world_.room_of(host_, open);
    const auto codes = [](const Result<std::vector<RoomView>>& list) {
        std::vector<RoomCode> out;
        for (const auto& each : list.value()) out.push_back(each.room.code);
        return out;
    };
    EXPECT_EQ(codes(run_to_end(world_.rooms.list(host_))),
              (std::vector<RoomCode>{mine.room.code, shown.room.code}));
    EXPECT_EQ(codes(run_to_end(world_.rooms.list(std::nullopt))).size(), 2u);
    world_.clock.advance(1s);
    ASSERT_TRUE(world_.join(host_, hidden));
    EXPECT_EQ(codes(run_to_end(world_.rooms.list(host_))).front(), hidden.room.code)
        << "rooms one was in are one's own list";
}

TEST_F(RoomDirectoryTest, StrangersSeeWhoIsInsideOnlyWithoutAPassword) {
    RoomDirectory::NewRoom locked;
    locked.password = "popcorn";
    for (const bool has_password : {false, true}) {
        const RoomView room =
            world_.room_of(host_, has_password ? locked : RoomDirectory::NewRoom());
        world_.enter(world_.join(host_, room).value());
        const auto seen = run_to_end(world_.rooms.get(std::nullopt, room.room.code, ""));
        ASSERT_TRUE(seen);
        EXPECT_EQ(seen->present, 1u);
        EXPECT_EQ(seen->members.empty(), has_password);
    }
}

TEST_F(RoomDirectoryTest, SettingsAreForTheStaffAndTheDoorIsForTheOwner) {
    const RoomView room = world_.room_of(host_);
    make_moderator(room, other_);
    const auto heard = world_.listen(topics::room(room.room.code));
    RoomDirectory::Patch rename;
    rename.name = "Matinée";
    rename.control = Control::Host;
    RoomDirectory::Patch lock;
    lock.password = "popcorn";
    EXPECT_EQ(change(guest_, room, rename).error().code, ErrorCode::Forbidden);
    EXPECT_EQ(change(other_, room, lock).error().code, ErrorCode::Forbidden);
    world_.deliver();
    EXPECT_TRUE(heard->payloads.empty());
    const auto renamed = change(other_, room, rename);
    ASSERT_TRUE(renamed);
    EXPECT_EQ(renamed->room.name, "Matinée");
    EXPECT_EQ(renamed->room.control, Control::Host);
    EXPECT_TRUE(change(host_, room, lock)->room.has_password());
    EXPECT_TRUE(change(admin_, room, rename));
    world_.deliver();
    EXPECT_EQ(heard->payloads, std::vector<std::string>(3, "settings"));
}

TEST_F(RoomDirectoryTest, APasswordCanBeTakenAway) {
    RoomDirectory::NewRoom locked;
    locked.password = "popcorn";
    const RoomView room = world_.room_of(host_, locked);
    EXPECT_FALSE(world_.join(guest_, room));
    RoomDirectory::Patch open;
    open.password = "";
    EXPECT_FALSE(change(host_, room, open)->room.has_password());
    EXPECT_TRUE(world_.join(guest_, room));
}

TEST_F(RoomDirectoryTest, TheHostAloneDeletesARoomAndItIsGone) {
    const RoomView room = world_.room_of(host_);
    make_moderator(room, other_);
    const auto heard = world_.listen(topics::room(room.room.code));
    const RoomCode code = room.room.code;
    EXPECT_EQ(run_to_end(world_.rooms.remove(other_, code, "")).error().code, ErrorCode::Forbidden);
    EXPECT_EQ(run_to_end(world_.rooms.remove(guest_, code, "")).error().code, ErrorCode::Forbidden);
    ASSERT_TRUE(run_to_end(world_.rooms.remove(host_, code, "")));
    world_.deliver();
    EXPECT_EQ(heard->payloads, std::vector<std::string>{"deleted"});
    EXPECT_EQ(run_to_end(world_.rooms.get(host_, code, "")).error().reason, "no_such_room");
    EXPECT_EQ(run_to_end(world_.rooms.remove(host_, code, "")).error().reason, "no_such_room");
    EXPECT_EQ(world_.join(guest_, room).error().reason, "no_such_room");
    EXPECT_EQ(world_.audited().back(), "room.deleted " + code.text());
}

}  // namespace
}  // namespace syncwatch
