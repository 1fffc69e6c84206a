// Rooms in virtual time: the whole server minus sockets, a seed per story.
//   sim.rooms.test --seeds 1000    so many seeds, from 1 on; CMakeLists.txt says how many else
//   sim.rooms.test --seed 17       that one again, with what happened in it
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <gtest/gtest.h>

#include "sim/room_scene.h"

namespace syncwatch::sim {
namespace {

struct Wanted {
    std::uint64_t first = 1;
    std::uint64_t count = SW_SIM_SEEDS;
    bool talkative = false;
};
Wanted wanted;

/// Plays each seed twice; what must be true is true, and both times the same happens.
RoomScene::Tally play(std::size_t least_nodes, std::size_t most_nodes) {
    RoomScene::Tally all;
    for (std::uint64_t i = 0; i < wanted.count; ++i) {
        const std::uint64_t seed = wanted.first + i;
        const std::size_t nodes = least_nodes + seed % (most_nodes - least_nodes + 1);
        std::uint64_t traces[2] = {0, 0};
        for (std::uint64_t& trace : traces) {
            RoomScene scene(seed, nodes);
            if (wanted.talkative && &trace == &traces[0]) scene.be_talkative();
            const std::string wrong = scene.play();
            trace = scene.trace();
            EXPECT_EQ(wrong, "") << "seed=" << seed << "; play it again with --seed " << seed;
            if (!wrong.empty()) return all;
            if (&trace != &traces[0]) continue;
            all.acked_chat += scene.tally().acked_chat;
            all.acked_controls += scene.tally().acked_controls;
            all.refused_controls += scene.tally().refused_controls;
            all.resumes += scene.tally().resumes;
            all.restarts += scene.tally().restarts;
            all.holds += scene.tally().holds;
            all.cuts += scene.tally().cuts;
            all.peer_gaps += scene.tally().peer_gaps;
            all.outages += scene.tally().outages;
            all.moved += scene.tally().moved;
        }
        EXPECT_EQ(traces[0], traces[1]) << "seed=" << seed << " does not play the same way twice";
    }
    const auto shown = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
    std::printf(
        "%llu seeds: %llu messages, %llu controls and %llu refused, %llu resumes, "
        "%llu restarts, %llu holds, %llu cuts, %llu gaps, %llu outages, %llu moved\n",
        shown(wanted.count), shown(all.acked_chat), shown(all.acked_controls),
        shown(all.refused_controls), shown(all.resumes), shown(all.restarts), shown(all.holds),
        shown(all.cuts), shown(all.peer_gaps), shown(all.outages), shown(all.moved));
    return all;
}

// A simulation in which nothing happens proves nothing.
void expect_much_of(const RoomScene::Tally& all) {
    if (wanted.count < 100) return;
    EXPECT_GT(all.acked_chat, wanted.count * 5);
    EXPECT_GT(all.acked_controls, wanted.count * 5);
    EXPECT_GT(all.refused_controls, wanted.count);
    EXPECT_GT(all.resumes, wanted.count);
    EXPECT_GT(all.restarts, wanted.count / 2);
    EXPECT_GT(all.holds, wanted.count / 10);
    EXPECT_GT(all.outages, wanted.count / 2);
}

TEST(RoomsSim, WhatMustBeTrueIsTrueForEverySeed) {
    expect_much_of(play(1, 1));
}

TEST(RoomsSim, AndSoItIsWhenSeveralNodesShareTheRoom) {
    const RoomScene::Tally all = play(3, 5);
    expect_much_of(all);
    if (wanted.count < 100) return;
    EXPECT_GT(all.cuts, wanted.count / 2);
    EXPECT_GT(all.peer_gaps, wanted.count);
}

}  // namespace
}  // namespace syncwatch::sim

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        const std::uint64_t value = std::strtoull(argv[i + 1], nullptr, 10);
        if (name == "--seed") {
            syncwatch::sim::wanted = {value, 1, true};
        } else if (name == "--seeds") {
            syncwatch::sim::wanted.count = value;
        }
    }
    return RUN_ALL_TESTS();
}
