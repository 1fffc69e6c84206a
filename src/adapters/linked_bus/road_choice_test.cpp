#include "adapters/linked_bus/road_choice.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

using Routes = RoadChoice::Routes;
constexpr Routes kPrimaryAlone{true, false};
constexpr Routes kSecondAlone{false, true};
constexpr Routes kBoth{true, true};

Instant after(std::chrono::milliseconds since) {
    return Instant(since);
}
BusBeat beat_of(PublisherId publisher, bool primary_loops, bool needs_second) {
    BusBeat beat;
    beat.publisher = publisher;
    beat.primary_loops = primary_loops;
    beat.needs_second = needs_second;
    return beat;
}

TEST(RoadChoiceTest, ItGoesByThePrimaryWhileThatIsTrusted) {
    RoadChoice choice({});
    EXPECT_EQ(choice.routes(), kPrimaryAlone);
    choice.update(false, after(1s));
    EXPECT_EQ(choice.routes(), kSecondAlone);
    EXPECT_TRUE(choice.needs_second());
    choice.update(true, after(5s));
    EXPECT_EQ(choice.routes(), kPrimaryAlone);
    EXPECT_FALSE(choice.needs_second());
}

TEST(RoadChoiceTest, ItGoesByBothWhileAPeerCannotHearThePrimary) {
    RoadChoice choice({});
    (void)choice.heard(beat_of(7, false, true), Road::Second, after(0ms));
    choice.update(true, after(0ms));
    EXPECT_EQ(choice.routes(), kBoth);
    EXPECT_FALSE(choice.needs_second()) << "others reach this node as before";
    choice.update(true, after(1600ms));
    EXPECT_EQ(choice.routes(), kBoth);
    choice.update(true, after(1700ms));
    EXPECT_EQ(choice.routes(), kPrimaryAlone) << "the peer is gone, or hears it again";
    (void)choice.heard(beat_of(7, false, true), Road::Second, after(2s));
    (void)choice.heard(beat_of(7, true, false), Road::Second, after(2500ms));
    (void)choice.heard(beat_of(7, true, false), Road::Primary, after(2500ms));
    choice.update(true, after(2500ms));
    EXPECT_EQ(choice.routes(), kPrimaryAlone);
}

TEST(RoadChoiceTest, TwoPrimariesAreNone) {
    // Both nodes do well, each with a master of its own: an old one came back, or a partition.
    RoadChoice choice({});
    for (auto now = 0ms; now <= 1900ms; now += 100ms) {
        (void)choice.heard(beat_of(7, true, false), Road::Second, after(now));
        choice.update(true, after(now));
        EXPECT_EQ(choice.routes(), kPrimaryAlone) << "it may have just begun";
    }
    for (auto now = 2100ms; now <= 9s; now += 100ms) {
        (void)choice.heard(beat_of(7, true, true), Road::Second, after(now));
        choice.update(true, after(now));
        EXPECT_EQ(choice.routes(), kSecondAlone);
    }
    (void)choice.heard(beat_of(7, true, true), Road::Primary, after(9s));
    choice.update(true, after(9s));
    EXPECT_TRUE(choice.routes().primary) << "they met again";
}

TEST(RoadChoiceTest, APeerWhoseOwnPrimaryIsAwaySplitsNobody) {
    RoadChoice choice({});
    for (auto now = 0ms; now <= 9s; now += 500ms) {
        (void)choice.heard(beat_of(7, false, true), Road::Second, after(now));
        choice.update(true, after(now));
        EXPECT_EQ(choice.routes(), kBoth);
    }
}

TEST(RoadChoiceTest, APeerThatConnectedAnewIsNoticedOnItsRoad) {
    RoadChoice choice({});
    BusBeat beat = beat_of(7, true, false);
    beat.connection = 1;
    EXPECT_FALSE(choice.heard(beat, Road::Primary, after(0ms))) << "they have just met";
    EXPECT_FALSE(choice.heard(beat, Road::Primary, after(1s)));
    EXPECT_FALSE(choice.heard(beat, Road::Second, after(1s)));
    beat.connection = 2;
    EXPECT_TRUE(choice.heard(beat, Road::Primary, after(2s)));
    EXPECT_FALSE(choice.heard(beat, Road::Primary, after(3s)));
}

TEST(RoadChoiceTest, APeerThatWasForgottenMeanwhileConnectedAnewAsWell) {
    RoadChoice choice({});
    BusBeat beat = beat_of(7, true, false);
    beat.connection = 1;
    EXPECT_FALSE(choice.heard(beat, Road::Primary, after(0ms)));
    choice.update(false, after(20s));
    EXPECT_EQ(choice.peers(after(20s)), 0u);
    beat.connection = 2;
    EXPECT_TRUE(choice.heard(beat, Road::Primary, after(21s)));
    EXPECT_FALSE(choice.heard(beat, Road::Primary, after(22s)));
}

TEST(RoadChoiceTest, PeersAreCountedWhileTheyLiveAndBounded) {
    RoadChoice::Options options;
    options.max_peers = 3;
    RoadChoice choice(options);
    for (PublisherId each = 1; each <= 5; ++each) {
        (void)choice.heard(beat_of(each, true, false), Road::Primary,
                           after(std::chrono::seconds(each)));
    }
    EXPECT_EQ(choice.peers(after(3s)), 3u);
    EXPECT_EQ(choice.peers(after(5s)), 2u) << "the others said nothing for too long";
    choice.update(true, after(60s));
    EXPECT_EQ(choice.peers(after(5s)), 0u);
}

}  // namespace
}  // namespace syncwatch
