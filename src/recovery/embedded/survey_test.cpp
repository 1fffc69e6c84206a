#include "recovery/embedded/survey.h"

#include <gtest/gtest.h>

#include "harness/must.h"

namespace syncwatch::recovery {
namespace {

WallTime at(std::int64_t seconds) {
    return from_micros(seconds * 1'000'000);
}

/// Piece `number` has a commit at 10 × number + 1 and is whole until 10 × number + 9.
KnownPiece piece(std::uint64_t number, bool times_unknown = false) {
    const auto n = static_cast<std::int64_t>(number);
    return {{number, at(10 * n + 1), at(10 * n + 9), times_unknown}, 1};
}

KnownPiece unknown(std::uint64_t number, std::int64_t whole_until) {
    KnownPiece out = piece(number, true);
    out.name.whole_until = at(whole_until);
    return out;
}

BaseManifest base(const char* id, std::uint64_t from_piece, std::int64_t whole_from) {
    BaseManifest out;
    out.base = id;
    out.from_piece = from_piece;
    out.whole_from = at(whole_from);
    return out;
}

Generation generation(std::vector<KnownPiece> pieces, std::vector<BaseManifest> bases) {
    Generation out;
    out.id = "g";
    out.pieces = std::move(pieces);
    out.bases = std::move(bases);
    return out;
}

using Windows = std::vector<Window>;

TEST(SurveyTest, WhatCanBeRestored) {
    const Windows none;
    struct Row {
        const char* what;
        Generation generation;
        Windows windows;
    };
    const Row rows[] = {
        {"a log without a copy", generation({piece(1), piece(2)}, {}), none},
        {"a copy whose log did not come", generation({piece(1)}, {base("a", 1, 29)}), none},
        {"a copy and its log",
         generation({piece(1), piece(2), piece(3)}, {base("a", 1, 19)}),
         {{at(19), at(39)}}},
        {"a piece is missing",
         generation({piece(1), piece(2), piece(4)}, {base("a", 1, 19)}),
         {{at(19), at(29)}}},
        {"a piece is missing, and a newer copy is there",
         generation({piece(1), piece(2), piece(4), piece(5)}, {base("a", 1, 19), base("b", 4, 49)}),
         {{at(19), at(29)}, {at(49), at(59)}}},
        {"the first piece is missing", generation({piece(2), piece(3)}, {base("a", 1, 29)}), none},
        {"times are unknown after a kill",
         generation({piece(1), piece(2), piece(3, true), piece(4)}, {base("a", 1, 19)}),
         {{at(19), at(29)}, {at(39), at(49)}}},
        {"after a kill the log has not caught up yet",
         generation({piece(1), piece(2), unknown(3, 29)}, {base("a", 1, 19)}),
         {{at(19), at(29)}}},
        {"it catches up with the third piece",
         generation({piece(1), piece(2), unknown(3, 29), unknown(4, 29), piece(5)},
                    {base("a", 1, 19)}),
         {{at(19), at(29)}, {at(59), at(59)}}},
        {"a copy that became whole while times were unknown",
         generation({piece(1), unknown(2, 19), unknown(3, 35), piece(4)}, {base("a", 1, 35)}),
         {{at(35), at(49)}}},
        {"two copies of one log",
         generation({piece(1), piece(2), piece(3)}, {base("a", 1, 19), base("b", 2, 29)}),
         {{at(19), at(39)}}},
    };
    for (const Row& row : rows) EXPECT_EQ(windows({row.generation}), row.windows) << row.what;
}

TEST(SurveyTest, TheNewestCopyBeforeTheMomentIsTakenAndNoPieceMoreThanNeeded) {
    const std::vector<Generation> all = {
        generation({piece(1), piece(2), piece(3), piece(4)}, {base("a", 1, 19), base("b", 2, 29)})};
    const auto early = must(plan_restore(all, at(25)));
    EXPECT_EQ(early.base->base, "a");
    EXPECT_EQ(early.pieces.size(), 2u);
    const auto late = must(plan_restore(all, at(31)));
    EXPECT_EQ(late.base->base, "b");
    EXPECT_EQ(late.pieces.front().name.number, 2u);
    EXPECT_EQ(late.pieces.back().name.number, 3u);
    const auto between = must(plan_restore(all, at(40)));
    EXPECT_EQ(between.last_commit_in, 3u) << "4 begins at 41";
    EXPECT_EQ(between.pieces.back().name.number, 4u) << "which says that there is nothing between";
}

TEST(SurveyTest, AMomentThatCannotBeReachedIsRefusedWithThoseThatCan) {
    const std::vector<Generation> all = {
        generation({piece(1), piece(2), piece(3, true), piece(4)}, {base("a", 1, 19)})};
    for (const std::int64_t moment : {18, 30, 38, 50}) {
        const auto refused = plan_restore(all, at(moment));
        ASSERT_FALSE(refused) << moment;
        EXPECT_EQ(refused.error().reason, "moment_unreachable");
        EXPECT_NE(refused.error().message.find("1970-01-01T00:00:39.000Z to "
                                               "1970-01-01T00:00:49.000Z"),
                  std::string::npos)
            << refused.error().message;
    }
}

}  // namespace
}  // namespace syncwatch::recovery
