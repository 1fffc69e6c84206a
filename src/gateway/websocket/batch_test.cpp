#include "gateway/websocket/batch.h"

#include <gtest/gtest.h>

namespace syncwatch::websocket {
namespace {

std::vector<Queued> waiting(std::initializer_list<SharedFrame> frames) {
    std::vector<Queued> out;
    for (const SharedFrame& each : frames) out.push_back({each});
    return out;
}

TEST(BatchTest, FramesStandInARowAndAreNotPutTogetherTwice) {
    Batch batch;
    const SharedFrame a = frame_text("a");
    const SharedFrame b = frame_text("b");
    const std::string_view first = batch.join(waiting({a, b}));
    EXPECT_EQ(first,
              "\x81\x01"
              "a\x81\x01"
              "b");
    EXPECT_EQ(batch.join(waiting({a, b})).data(), first.data());
}

TEST(BatchTest, WhoHasMoreToGetGetsTheirOwn) {
    Batch batch;
    const SharedFrame a = frame_text("a");
    const SharedFrame b = frame_text("b");
    const SharedFrame c = frame_text("c");
    (void)batch.join(waiting({a, b}));
    const std::string ab_and_c = std::string(batch.join(waiting({a, b, c})));
    EXPECT_EQ(ab_and_c.size(), 9u);
    EXPECT_TRUE(ab_and_c.ends_with("c"));
    EXPECT_TRUE(batch.join(waiting({a, b})).ends_with("b"));
}

TEST(BatchTest, OneFrameIsNotCopied) {
    Batch batch;
    const SharedFrame only = frame_text("only");
    EXPECT_EQ(batch.join(waiting({only})).data(), only->bytes().data());
}

TEST(BatchTest, WhatIsMuchIsNotCopied) {
    Batch batch;
    const SharedFrame big = frame_text(std::string(Batch::kMostBytes - 100, 'x'));
    EXPECT_TRUE(batch.join(waiting({big, big})).empty());
    const std::vector<Queued> many(Batch::kMostFrames + 1, {frame_text("x")});
    EXPECT_TRUE(batch.join(many).empty());
}

}  // namespace
}  // namespace syncwatch::websocket
