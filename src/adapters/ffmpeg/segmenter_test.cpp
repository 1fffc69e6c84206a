#include "adapters/ffmpeg/segmenter.h"

#include <gtest/gtest.h>

#include "harness/sample_flags.h"

namespace syncwatch::ffmpeg {
namespace {

using namespace std::chrono_literals;

TranscodePlan plan() {
    TranscodePlan made;
    made.rate = {24, 1};
    made.segment_frames = 4;
    return made;
}

InitSegment init(std::uint32_t timescale) {
    InitSegment made;
    made.bytes = "init";
    made.timescale = timescale;
    return made;
}

CodedSample sample(std::int64_t at, std::uint32_t duration, std::uint32_t flags = kSync,
                   std::int32_t shown_after = 0) {
    static const std::uint8_t byte = 'x';
    CodedSample made;
    made.decode_time = at;
    made.duration = duration;
    made.flags = flags;
    made.shown_after = shown_after;
    made.bytes = ByteView(&byte, 1);
    return made;
}

class SegmenterTest : public testing::Test {
protected:
    Segmenter segmenter(Segmenter::Kind kind, int first = 0) {
        Segmenter::Rule rule;
        rule.kind = kind;
        rule.plan = &plan_;
        rule.first_segment = first;
        return Segmenter(rule);
    }

    TranscodePlan plan_ = plan();
};

using Kind = Segmenter::Kind;

TEST_F(SegmenterTest, EncodedPicturesAreCutByCounting) {
    auto made = segmenter(Kind::EncodedPictures);
    ASSERT_TRUE(made.on_init(init(24'000)));
    for (int i = 0; i < 10; ++i) {
        // Two frames late, as an encoder with B-frames is.
        ASSERT_TRUE(
            made.on_sample(sample(i * 1000 - 2000, 1000, i % 4 == 0 ? kSync : kOther, 2000)));
    }
    EXPECT_EQ(made.take_segments().size(), 2u);
    made.finish();
    const auto last = made.take_segments();
    ASSERT_EQ(last.size(), 1u);
    EXPECT_EQ(last[0].number, 2);
    EXPECT_EQ(last[0].start, 333'333us);
    EXPECT_EQ(last[0].end, 416'667us);
    EXPECT_EQ(made.end(), 416'667us);
}

TEST_F(SegmenterTest, ASegmentOfEncodedPicturesIsThereWithItsLastFrame) {
    auto made = segmenter(Kind::EncodedPictures);
    ASSERT_TRUE(made.on_init(init(24'000)));
    for (int i = 0; i < 4; ++i) {
        EXPECT_TRUE(made.take_segments().empty());
        ASSERT_TRUE(made.on_sample(sample(i * 1000, 1000, i == 0 ? kSync : kOther)));
    }
    EXPECT_EQ(made.take_segments().size(), 1u);
    made.finish();
    EXPECT_TRUE(made.take_segments().empty());
}

TEST_F(SegmenterTest, ARunInTheMiddleMustBeginWithItsOwnFrame) {
    auto right = segmenter(Kind::EncodedPictures, 5);
    ASSERT_TRUE(right.on_init(init(24'000)));
    EXPECT_TRUE(right.on_sample(sample(18'000, 1000, kSync, 2000)));
    right.finish();
    const auto made = right.take_segments();
    ASSERT_EQ(made.size(), 1u);
    EXPECT_EQ(made[0].number, 5);
    EXPECT_EQ(made[0].start, 833'333us);

    auto wrong = segmenter(Kind::EncodedPictures, 5);
    ASSERT_TRUE(wrong.on_init(init(24'000)));
    EXPECT_FALSE(wrong.on_sample(sample(19'000, 1000, kSync, 2000)));
}

TEST_F(SegmenterTest, AKeyframeOutOfPlaceIsAnError) {
    auto late = segmenter(Kind::EncodedPictures);
    ASSERT_TRUE(late.on_init(init(24'000)));
    for (int i = 0; i < 4; ++i) {
        ASSERT_TRUE(late.on_sample(sample(i * 1000, 1000, i == 0 ? kSync : kOther)));
    }
    EXPECT_FALSE(late.on_sample(sample(4000, 1000, kOther)));
}

TEST_F(SegmenterTest, CopiedPicturesAreCutAtKeyframesFarEnoughApart) {
    auto made = segmenter(Kind::CopiedPictures);
    ASSERT_TRUE(made.on_init(init(1000)));
    // Keyframes at 0, 100, 200, 600 ms; a segment is 167 ms as a rule.
    for (int at = 0; at < 1000; at += 50) {
        const bool sync = at == 0 || at == 100 || at == 200 || at == 600;
        ASSERT_TRUE(made.on_sample(sample(at, 50, sync ? kSync : kOther)));
    }
    made.finish();
    std::vector<std::chrono::microseconds> ends;
    for (const auto& each : made.take_segments()) ends.push_back(each.end);
    EXPECT_EQ(ends, (std::vector<std::chrono::microseconds>{200ms, 600ms, 1s}));
}

TEST_F(SegmenterTest, CopiedPicturesBeginAtZeroOrAreNotCopied) {
    auto near = segmenter(Kind::CopiedPictures);
    ASSERT_TRUE(near.on_init(init(90'000)));
    EXPECT_TRUE(near.on_sample(sample(-3000, 3000, kSync, 3300)));
    EXPECT_TRUE(near.on_sample(sample(0, 3000, kOther, 3300)));
    near.finish();
    EXPECT_EQ(near.end(), 66'667us);
    auto far = segmenter(Kind::CopiedPictures);
    ASSERT_TRUE(far.on_init(init(90'000)));
    const auto refused = far.on_sample(sample(3000, 3000, kSync));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "cannot_copy");
    auto no_key = segmenter(Kind::CopiedPictures);
    ASSERT_TRUE(no_key.on_init(init(90'000)));
    EXPECT_FALSE(no_key.on_sample(sample(0, 3000, kOther)));
}

TEST_F(SegmenterTest, SoundBeforeZeroIsDroppedAndTheRestKeepsItsPlace) {
    auto made = segmenter(Kind::Sound);
    ASSERT_TRUE(made.on_init(init(48'000)));
    for (int i = -1; i < 20; ++i) ASSERT_TRUE(made.on_sample(sample(i * 1024 + 100, 1024)));
    made.finish();
    auto segments = made.take_segments();
    ASSERT_EQ(segments.size(), 3u);
    EXPECT_EQ(segments[0].start, 0us);
    EXPECT_EQ(segments[0].end, segments[1].start);
    // The first packet at or after 166.7 ms.
    EXPECT_EQ(segments[0].end, 172'750us);
    EXPECT_EQ(made.end(), std::chrono::microseconds(20 * 1024 * 1'000'000ll / 48'000 + 2084));
}

/// 'x' for each frame of the encoder's, '-' for silence. They must follow one another.
class FrameKinds final : public FragmentReader::Sink {
public:
    Result<> on_init(InitSegment) override { return {}; }
    Result<> on_sample(const CodedSample& sample) override {
        EXPECT_EQ(sample.decode_time, static_cast<std::int64_t>(kinds.size()) * 1024);
        EXPECT_EQ(sample.duration, 1024u);
        kinds += sample.bytes.size() == 1 ? 'x' : '-';
        return {};
    }
    std::string kinds;
};

class WholeSoundTest : public testing::Test {
protected:
    WholeSoundTest() : segmenter_(rule()) { EXPECT_TRUE(segmenter_.on_init(init(48'000))); }

    Segmenter::Rule rule() {
        Segmenter::Rule made;
        made.kind = Kind::Sound;
        made.plan = &plan_;
        made.fill_channels = 2;
        made.longest = 1min;
        return made;
    }
    void give(std::initializer_list<std::int64_t> places) {
        for (const std::int64_t each : places) {
            // The muxer says of a frame before a hole that it lasts through it.
            EXPECT_TRUE(segmenter_.on_sample(sample(each, 9999))) << each;
        }
    }
    std::string made_until(std::chrono::microseconds film_end = {}) {
        segmenter_.finish(film_end);
        FrameKinds sink;
        FragmentReader reader(sink, FragmentReader::Start::Fragment);
        int number = 0;
        for (const MadeSegment& each : segmenter_.take_segments()) {
            EXPECT_EQ(each.number, number++);
            EXPECT_TRUE(reader.feed(as_bytes(each.bytes)));
        }
        return sink.kinds;
    }

    TranscodePlan plan_ = plan();
    Segmenter segmenter_;
};

TEST_F(WholeSoundTest, SoundThatBeginsLateBeginsWithSilence) {
    give({4096, 5120});
    EXPECT_EQ(made_until(), "----xx");
}

TEST_F(WholeSoundTest, WhatLiesBeforeTheFilmIsDropped) {
    give({-2048, -1024, 0, 1024});
    EXPECT_EQ(made_until(), "xx");
}

TEST_F(WholeSoundTest, AFrameIsHalfAFrameFromItsTimeAtMost) {
    give({-512, 512, 1536, 3000});
    EXPECT_EQ(made_until(), "xxxx");
}

TEST_F(WholeSoundTest, HolesBecomeSilenceOfTheSameLength) {
    give({0, 1024, 4000, 5024});
    EXPECT_EQ(made_until(), "xx--xx");
}

TEST_F(WholeSoundTest, WhatIsToldTwiceIsHeardOnce) {
    give({0, 1024, 0, 1024, 2048});
    EXPECT_EQ(made_until(), "xxx");
}

TEST_F(WholeSoundTest, SilenceLastsUntilTheFilmEnds) {
    give({0});
    EXPECT_EQ(made_until(107ms), "x----");
}

TEST_F(WholeSoundTest, WhereThereIsNoSoundAtAllNoneIsMade) {
    EXPECT_EQ(made_until(1s), "");
}

TEST_F(WholeSoundTest, ATimeBeyondEveryFilmIsNotFilledUpTo) {
    give({0});
    const auto far = segmenter_.on_sample(sample(std::int64_t{1} << 50, 1024));
    ASSERT_FALSE(far);
    EXPECT_EQ(far.error().reason, "too_long");
    EXPECT_EQ(made_until(50ms), "x-");
}

}  // namespace
}  // namespace syncwatch::ffmpeg
