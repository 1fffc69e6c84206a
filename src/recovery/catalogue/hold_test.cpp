#include "recovery/catalogue/hold.h"

#include <functional>

#include <gtest/gtest.h>

#include "harness/catalogue_world.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

/// Keys that may read and no more.
class ReadingRepository final : public PassingRepository {
public:
    using PassingRepository::PassingRepository;
    Async<> create(std::string, std::string) override {
        co_return fail_unavailable("backup", "these keys may only read", 60s);
    }
};

/// Something happens when the note of an expiry has been written.
class NotingRepository final : public PassingRepository {
public:
    NotingRepository(BackupRepository& kept, std::function<void()> noted)
        : PassingRepository(kept), noted_(std::move(noted)) {}
    Async<> create(std::string name, std::string bytes) override {
        const bool is_note = name.find("/expired/") != std::string::npos;
        SW_CO_CHECK(co_await PassingRepository::create(std::move(name), std::move(bytes)));
        if (is_note) noted_();
        co_return Result<>();
    }

private:
    const std::function<void()> noted_;
};

class HoldTest : public CatalogueWorld {
protected:
    Holder holder(const std::string& component, std::vector<Place> places) {
        Hold hold;
        hold.component = component;
        hold.reader = random_.make_id<ReaderId>(clock_.wall());
        hold.by = "a restore on db1";
        return {catalogue_.names(), std::move(places), std::move(hold)};
    }
    Holder holder(const std::string& component = "sqlite") {
        return holder(component, {{"near", near_.get()}, {"far", far_.get()}});
    }
    /// What expires of five, of which two would be kept.
    Expiry decided() { return expire(survey().history_of("sqlite"), {2min, 1}, clock_.wall()); }
    std::size_t said_in(BackupRepository& place) {
        return must(run_to_end(place.list(catalogue_.names().holds()))).size();
    }
};

TEST_F(HoldTest, WhatIsSaidIsReadAndItsNameAloneIsEnough) {
    Hold hold;
    hold.component = "pg";
    hold.reader = random_.make_id<ReaderId>(clock_.wall());
    hold.until = parse_rfc3339("2026-11-30T04:05:06.789Z").value();
    hold.by = "a restore on \xc3\xbc";
    EXPECT_EQ(read_hold(write_hold(hold)).value(), hold);
    EXPECT_EQ(read_hold("{").error().code, ErrorCode::Corrupt);
    const std::string name =
        catalogue_.names().hold(hold.component, hold.reader.text(), hold.until);
    EXPECT_TRUE(name.ends_with("/hold/pg/" + hold.reader.text() + "/20261130T040506.789Z.json"));
    const auto named = hold_named(name);
    ASSERT_TRUE(named);
    EXPECT_EQ(named->component, "pg");
    EXPECT_EQ(named->reader, hold.reader);
    EXPECT_EQ(named->until, hold.until);
    for (const char* other : {"", "hold.json", "a/hold/pg/x/20261130T040506.789Z.json",
                              "20261130T040506.789Z.json", "a/b/c/d/2026.json"}) {
        EXPECT_FALSE(hold_named(other)) << other;
    }
}

TEST_F(HoldTest, WhileSomebodyReadsNothingExpiresAndItIsSaidWhy) {
    std::vector<BackupId> ids;
    for (int i = 0; i < 5; ++i) ids.push_back(add(stored()));
    ASSERT_EQ(decided().goes.size(), 2u);
    Holder reader = holder();
    Holder other = holder("pg");
    EXPECT_TRUE(must(run_to_end(reader.hold_until(clock_.wall() + 1h))).empty());
    EXPECT_TRUE(must(run_to_end(other.hold_until(clock_.wall() + 2h))).empty());
    const Expiry held = decided();
    EXPECT_TRUE(held.goes.empty());
    ASSERT_EQ(held.stays.size(), 5u);
    EXPECT_EQ(held.stays[0].backup, ids[0]);
    EXPECT_EQ(held.stays[0].why, std::vector{"a restore on db1 reads here, until " +
                                             format_rfc3339(clock_.wall() + 1h) + " at most"});
    EXPECT_NE(held.stays[4].why, held.stays[0].why) << "it stays for itself";
    const auto refused = run_to_end(catalogue_.remove("sqlite", {ids[0]}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "held");
    EXPECT_EQ(survey().history_of("sqlite").records.size(), 5u) << "not so much as a note";

    must(run_to_end(reader.let_go()));
    EXPECT_EQ(decided().goes.size(), 2u);
    EXPECT_TRUE(must(run_to_end(catalogue_.remove("sqlite", {ids[0]}))).empty());
}

TEST_F(HoldTest, OneThatWasKilledIsForgottenWhenItsTimeHasComeAndOneThatLivesIsNot) {
    for (int i = 0; i < 5; ++i) add(stored());
    Holder killed = holder();
    Holder alive = holder();
    must(run_to_end(killed.hold_until(clock_.wall() + 1h)));
    must(run_to_end(alive.hold_until(clock_.wall() + 1h)));
    clock_.advance(50min);
    must(run_to_end(alive.hold_until(clock_.wall() + 1h)));
    EXPECT_EQ(said_in(*near_), 2u) << "what was said before it is gone";
    clock_.advance(20min);
    EXPECT_EQ(survey().holds.size(), 1u);
    EXPECT_TRUE(decided().goes.empty());
    must(run_to_end(alive.let_go()));
    EXPECT_EQ(said_in(*near_), 1u);
    EXPECT_FALSE(decided().goes.empty());
    must(run_to_end(catalogue_.forget_old_holds()));
    EXPECT_EQ(said_in(*near_), 1u) << "it may be asked about";
    clock_.advance(25h);
    must(run_to_end(catalogue_.forget_old_holds()));
    EXPECT_EQ(said_in(*near_) + said_in(*far_), 0u);
}

TEST_F(HoldTest, OnePlaceIsEnoughAndDamageHoldsNoLonger) {
    add(stored());
    take_away("far");
    Holder reader = holder();
    const auto missing = must(run_to_end(reader.hold_until(clock_.wall() + 1h)));
    ASSERT_EQ(missing.size(), 1u);
    EXPECT_EQ(missing[0].place, "far");
    EXPECT_EQ(survey().holds.size(), 1u) << "of the place that is away nobody knows";
    bring_back("far");
    EXPECT_EQ(survey().holds.size(), 1u);
    const auto said = must(run_to_end(near_->list(catalogue_.names().holds())));
    overwrite(std::filesystem::path(near_->place()) / said.at(0).name, "?");
    ASSERT_EQ(survey().holds.size(), 1u);
    EXPECT_EQ(survey().holds[0].by, "somebody");
    clock_.advance(61min);
    EXPECT_TRUE(survey().holds.empty());
}

TEST_F(HoldTest, WhereKeysOnlyReadItIsSaidAndWhereTheyCannotDeleteItEndsByItself) {
    ReadingRepository reading(*near_);
    Holder mute = holder("sqlite", {{"near", &reading}});
    const auto missing = must(run_to_end(mute.hold_until(clock_.wall() + 1h)));
    ASSERT_EQ(missing.size(), 1u);
    EXPECT_EQ(missing[0].what, "these keys may only read");
    KeepingRepository keeping(*near_);
    Holder reader = holder("sqlite", {{"near", &keeping}});
    must(run_to_end(reader.hold_until(clock_.wall() + 1h)));
    EXPECT_FALSE(run_to_end(reader.let_go()));
    clock_.advance(61min);
    EXPECT_TRUE(survey().holds.empty());
}

/// Between the look whether anybody reads and the first removal there is a note. Whoever begins to
/// read in between is seen; what was noted goes with the next call.
TEST_F(HoldTest, WhoBeginsInTheMiddleLosesNothingAndNothingIsLeftForEver) {
    const BackupRecord old = stored();
    add(old);
    add(stored());
    Holder reader = holder("sqlite", {{"near", near_.get()}});
    NotingRepository noting(*near_,
                            [&] { must(run_to_end(reader.hold_until(clock_.wall() + 1h))); });
    Catalogue racing = open({{"near", &noting}});
    const auto refused = run_to_end(racing.remove("sqlite", {old.id}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "held");
    EXPECT_TRUE(has(*near_, catalogue_.names().record(old)));
    EXPECT_TRUE(has(*near_, catalogue_.names().data(old, "base")));
    EXPECT_TRUE(found(survey(), old.id).is_expired) << "and whoever comes now knows";
    must(run_to_end(reader.let_go()));
    EXPECT_TRUE(must(run_to_end(racing.remove("sqlite", {old.id}))).empty());
    EXPECT_FALSE(has(*near_, catalogue_.names().record(old)));
}

}  // namespace
}  // namespace syncwatch::recovery
