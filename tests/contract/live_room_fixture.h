#pragma once
#include <array>
#include <string>

#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "harness/seeded_random.h"
#include "ports/account_store.h"
#include "ports/room_store.h"

namespace syncwatch {

/// What the suites of the live rooms' stores stand on: a room, and people. `Made` is
/// default-constructible and has `AccountStore& accounts()`, `RoomStore& rooms()`,
/// `ChatStore& chat()`, `QueueStore& queues()` and `PlaybackStore& playback()` over one database,
/// empty at first.
template <class Made>
class LiveRoomFixture : public testing::Test {
protected:
    static constexpr WallTime kNow = from_micros(1'790'000'000'000'000);

    UserId user(std::string name) {
        Account made;
        made.id = random_.make_id<UserId>(kNow);
        made.display_name = std::move(name);
        made.created_at = kNow;
        EXPECT_TRUE(run_to_end(made_.accounts().add(made)));
        return made.id;
    }
    RoomCode code() {
        std::array<std::uint8_t, RoomCode::kLength> bytes{};
        random_.fill(bytes);
        return RoomCode::make(bytes);
    }
    RoomCode room(UserId owner) {
        Room made;
        made.code = code();
        made.name = "Film night";
        made.owner = owner;
        made.created_at = kNow;
        EXPECT_TRUE(run_to_end(made_.rooms().add(made)));
        return made.code;
    }

    Made made_;
    SeededRandom random_;
    const UserId ada_ = user("Ada");
    const UserId bo_ = user("Bo");
    const RoomCode room_ = room(ada_);
};

}  // namespace syncwatch
