#pragma once
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "harness/seeded_random.h"
#include "ports/account_store.h"
#include "ports/room_store.h"

namespace syncwatch {

/// What every RoomStore keeps. `Made` is default-constructible and has `RoomStore& rooms()` and
/// `AccountStore& accounts()` over one database, empty at first.
template <class Made>
class RoomStoreContract : public testing::Test {
protected:
    static constexpr WallTime kNow = from_micros(1'790'000'000'000'000);
    static constexpr std::chrono::hours kHour{1};

    UserId user(std::string name) {
        Account made;
        made.id = random_.make_id<UserId>(kNow);
        made.display_name = std::move(name);
        made.created_at = kNow;
        EXPECT_TRUE(run_to_end(made_.accounts().add(made)));
        return made.id;
    }
    Room room(UserId owner, WallTime created_at = kNow) {
        std::array<std::uint8_t, RoomCode::kLength> bytes{};
        random_.fill(bytes);
        Room made;
        made.code = RoomCode::make(bytes);
        made.name = "Film night";
        made.owner = owner;
        made.created_at = created_at;
        return made;
    }
    Room added(UserId owner, WallTime created_at = kNow) {
        const Room made = room(owner, created_at);
        EXPECT_TRUE(run_to_end(rooms().add(made)));
        return made;
    }
    Ban ban(const Room& room, std::optional<UserId> user, std::string address) {
        Ban made;
        made.id = random_.make_id<BanId>(kNow);
        made.room = room.code;
        made.user = user;
        made.address = std::move(address);
        made.name = "Bo";
        made.made_by = room.owner;
        made.created_at = kNow;
        return made;
    }
    std::vector<RoomCode> codes(Result<std::vector<ListedRoom>> listed) {
        std::vector<RoomCode> out;
        for (const auto& each : listed.value()) out.push_back(each.room.code);
        return out;
    }
    RoomStore& rooms() { return made_.rooms(); }

    Made made_;
    SeededRandom random_;
};

TYPED_TEST_SUITE_P(RoomStoreContract);

TYPED_TEST_P(RoomStoreContract, ARoomComesBackAsItWasAddedWithItsOwner) {
    const UserId owner = this->user("Bo 🔥");
    Room added = this->room(owner);
    added.name = "Ünïcode 'quoted\"";
    added.control = Control::Moderators;
    added.visibility = Visibility::Public;
    added.hold = Hold::Host;
    added.capacity = 7;
    added.password_hash = "$argon2id$";
    ASSERT_TRUE(run_to_end(this->rooms().add(added)));
    const auto found = run_to_end(this->rooms().find(added.code));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->owner_name, "Bo 🔥");
    EXPECT_EQ(found->room.name, added.name);
    EXPECT_EQ(found->room.owner, owner);
    EXPECT_EQ(found->room.control, Control::Moderators);
    EXPECT_EQ(found->room.visibility, Visibility::Public);
    EXPECT_EQ(found->room.hold, Hold::Host);
    EXPECT_EQ(found->room.capacity, 7);
    EXPECT_EQ(found->room.password_hash, added.password_hash);
    EXPECT_EQ(found->room.created_at, added.created_at);
    EXPECT_EQ(run_to_end(this->rooms().role(added.code, owner)), Role::Owner);
}

TYPED_TEST_P(RoomStoreContract, ATakenCodeAndAnUnknownOwnerAreRefused) {
    const UserId owner = this->user("Bo");
    const Room first = this->added(owner);
    EXPECT_EQ(run_to_end(this->rooms().add(first)).error().code, ErrorCode::Conflict);
    EXPECT_EQ(run_to_end(this->rooms().add(this->room(UserId{}))).error().code,
              ErrorCode::NotFound);
}

TYPED_TEST_P(RoomStoreContract, AnUnknownRoomIsNotFoundEverywhere) {
    const UserId user = this->user("Bo");
    const Room none = this->room(user);
    auto& rooms = this->rooms();
    EXPECT_EQ(run_to_end(rooms.find(none.code)).error().reason, "no_such_room");
    EXPECT_EQ(run_to_end(rooms.change(none.code, {})).error().reason, "no_such_room");
    EXPECT_EQ(run_to_end(rooms.remove(none.code)).error().reason, "no_such_room");
    EXPECT_EQ(run_to_end(rooms.remember(none.code, user, this->kNow)).error().reason,
              "no_such_room");
    EXPECT_EQ(run_to_end(rooms.set_role(none.code, user, Role::Moderator, this->kNow)).error().code,
              ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(rooms.add_ban(this->ban(none, user, ""))).error().code,
              ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(rooms.role(none.code, user)), Role::Viewer);
}

TYPED_TEST_P(RoomStoreContract, MyRoomsAreThoseIOwnOrWasInTheLatestFirst) {
    const UserId owner = this->user("owner");
    const UserId guest = this->user("guest");
    const Room older = this->added(owner, this->kNow);
    const Room newer = this->added(owner, this->kNow + this->kHour);
    auto& rooms = this->rooms();
    EXPECT_EQ(this->codes(run_to_end(rooms.rooms_of(owner, 10))),
              (std::vector<RoomCode>{newer.code, older.code}));
    EXPECT_TRUE(this->codes(run_to_end(rooms.rooms_of(guest, 10))).empty());
    EXPECT_EQ(run_to_end(rooms.remember(older.code, guest, this->kNow)), Role::Viewer);
    EXPECT_EQ(run_to_end(rooms.remember(older.code, owner, this->kNow + 2 * this->kHour)),
              Role::Owner);
    EXPECT_EQ(this->codes(run_to_end(rooms.rooms_of(guest, 10))),
              std::vector<RoomCode>{older.code});
    EXPECT_EQ(this->codes(run_to_end(rooms.rooms_of(owner, 10))),
              (std::vector<RoomCode>{older.code, newer.code}));
    EXPECT_EQ(this->codes(run_to_end(rooms.rooms_of(owner, 1))), std::vector<RoomCode>{older.code});
    EXPECT_EQ(run_to_end(rooms.owned_by(owner))->size(), 2u);
    EXPECT_TRUE(run_to_end(rooms.owned_by(guest))->empty());
}

TYPED_TEST_P(RoomStoreContract, OnlyPublicRoomsAreListedForStrangers) {
    const UserId owner = this->user("owner");
    this->added(owner);
    const Room shown = this->added(owner, this->kNow + this->kHour);
    RoomChanges open;
    open.visibility = Visibility::Public;
    ASSERT_TRUE(run_to_end(this->rooms().change(shown.code, open)));
    EXPECT_EQ(this->codes(run_to_end(this->rooms().public_rooms(10))),
              std::vector<RoomCode>{shown.code});
    EXPECT_EQ(run_to_end(this->rooms().all_rooms(10))->size(), 2u);
}

TYPED_TEST_P(RoomStoreContract, AChangeTouchesWhatItNamesAndCanTakeThePasswordAway) {
    const Room room = this->added(this->user("owner"));
    RoomChanges changes;
    changes.capacity = 3;
    changes.password_hash = "$x";
    auto changed = run_to_end(this->rooms().change(room.code, changes));
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->capacity, 3);
    EXPECT_EQ(changed->name, room.name);
    EXPECT_TRUE(changed->has_password());
    RoomChanges open;
    open.password_hash = "";
    changed = run_to_end(this->rooms().change(room.code, open));
    EXPECT_FALSE(changed->has_password());
    EXPECT_EQ(changed->capacity, 3);
}

TYPED_TEST_P(RoomStoreContract, ModeratorsStandInTheOrderTheyWereMade) {
    const UserId owner = this->user("owner");
    const UserId first = this->user("first");
    const UserId second = this->user("second");
    const Room room = this->added(owner);
    auto& rooms = this->rooms();
    const auto give = [&](UserId to, Role role, int hours) {
        EXPECT_TRUE(
            run_to_end(rooms.set_role(room.code, to, role, this->kNow + hours * this->kHour)));
    };
    give(first, Role::Moderator, 1);
    give(second, Role::Moderator, 2);
    give(first, Role::Moderator, 3);  // says nothing new: seniority stays
    const auto order = [&] {
        std::vector<UserId> users;
        const auto staff = run_to_end(rooms.staff(room.code));
        for (const auto& each : staff.value()) users.push_back(each.user);
        return users;
    };
    EXPECT_EQ(order(), (std::vector<UserId>{owner, first, second}));
    give(first, Role::Viewer, 4);
    EXPECT_EQ(order(), (std::vector<UserId>{owner, second}));
    EXPECT_EQ(run_to_end(rooms.role(room.code, first)), Role::Viewer);
    give(first, Role::Moderator, 5);
    EXPECT_EQ(order(), (std::vector<UserId>{owner, second, first}));
    EXPECT_EQ(run_to_end(rooms.remember(room.code, second, this->kNow)), Role::Moderator);
}

TYPED_TEST_P(RoomStoreContract, ABanHoldsForItsUserAndForItsAddressAndForNobodyElse) {
    const Room room = this->added(this->user("owner"));
    const Room other = this->added(room.owner);
    const UserId bo = this->user("Bo");
    const UserId cy = this->user("Cy");
    auto& rooms = this->rooms();
    ASSERT_TRUE(run_to_end(rooms.add_ban(this->ban(room, bo, ""))));
    ASSERT_TRUE(run_to_end(rooms.add_ban(this->ban(room, std::nullopt, "192.0.2.7"))));
    const auto banned = [&](const Room& where, UserId who, const char* address) {
        return run_to_end(rooms.ban_on(where.code, who, address, this->kNow)).value().has_value();
    };
    EXPECT_TRUE(banned(room, bo, "198.51.100.1"));
    EXPECT_TRUE(banned(room, cy, "192.0.2.7"));
    EXPECT_FALSE(banned(room, cy, "198.51.100.1"));
    EXPECT_FALSE(banned(room, cy, "")) << "no address is not the same address";
    EXPECT_FALSE(banned(other, bo, "192.0.2.7"));
}

TYPED_TEST_P(RoomStoreContract, ABanEndsAtItsTimeOrWhenItIsLifted) {
    const Room room = this->added(this->user("owner"));
    const UserId bo = this->user("Bo");
    auto& rooms = this->rooms();
    Ban timed = this->ban(room, bo, "");
    timed.until = this->kNow + this->kHour;
    ASSERT_TRUE(run_to_end(rooms.add_ban(timed)));
    const auto found = run_to_end(rooms.ban_on(room.code, bo, "", this->kNow)).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, timed.id);
    EXPECT_EQ(found->until, timed.until);
    EXPECT_EQ(found->name, "Bo");
    EXPECT_EQ(run_to_end(rooms.ban_on(room.code, bo, "", *timed.until)).value().has_value(), false);
    EXPECT_TRUE(run_to_end(rooms.bans(room.code, *timed.until))->empty());

    const Ban for_good = this->ban(room, bo, "");
    ASSERT_TRUE(run_to_end(rooms.add_ban(for_good)));
    EXPECT_EQ(run_to_end(rooms.bans(room.code, this->kNow))->size(), 2u);
    EXPECT_EQ(run_to_end(rooms.lift_ban(room.code, for_good.id))->user, bo);
    EXPECT_EQ(run_to_end(rooms.lift_ban(room.code, for_good.id)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(rooms.bans(room.code, this->kNow))->size(), 1u);
}

TYPED_TEST_P(RoomStoreContract, ARemovedRoomTakesItsRolesAndBansAlong) {
    const Room room = this->added(this->user("owner"));
    const UserId bo = this->user("Bo");
    auto& rooms = this->rooms();
    ASSERT_TRUE(run_to_end(rooms.set_role(room.code, bo, Role::Moderator, this->kNow)));
    ASSERT_TRUE(run_to_end(rooms.add_ban(this->ban(room, bo, ""))));
    ASSERT_TRUE(run_to_end(rooms.remove(room.code)));
    ASSERT_TRUE(run_to_end(rooms.add(room))) << "the code is free again";
    EXPECT_EQ(run_to_end(rooms.role(room.code, bo)), Role::Viewer);
    EXPECT_TRUE(run_to_end(rooms.bans(room.code, this->kNow))->empty());
}

TYPED_TEST_P(RoomStoreContract, ABanOnAnAddressOutlivesTheUserItNamed) {
    const Room room = this->added(this->user("owner"));
    const UserId bo = this->user("Bo");
    const UserId cy = this->user("Cy");
    ASSERT_TRUE(run_to_end(this->rooms().add_ban(this->ban(room, bo, "192.0.2.7"))));
    ASSERT_TRUE(run_to_end(this->made_.accounts().remove(bo)));
    EXPECT_TRUE(
        run_to_end(this->rooms().ban_on(room.code, cy, "192.0.2.7", this->kNow))->has_value());
}

REGISTER_TYPED_TEST_SUITE_P(
    RoomStoreContract, ARoomComesBackAsItWasAddedWithItsOwner,
    ATakenCodeAndAnUnknownOwnerAreRefused, AnUnknownRoomIsNotFoundEverywhere,
    MyRoomsAreThoseIOwnOrWasInTheLatestFirst, OnlyPublicRoomsAreListedForStrangers,
    AChangeTouchesWhatItNamesAndCanTakeThePasswordAway, ModeratorsStandInTheOrderTheyWereMade,
    ABanHoldsForItsUserAndForItsAddressAndForNobodyElse, ABanEndsAtItsTimeOrWhenItIsLifted,
    ARemovedRoomTakesItsRolesAndBansAlong, ABanOnAnAddressOutlivesTheUserItNamed);

}  // namespace syncwatch
