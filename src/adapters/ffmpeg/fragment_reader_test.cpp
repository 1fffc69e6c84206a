#include "adapters/ffmpeg/fragment_reader.h"

#include <gtest/gtest.h>

#include "adapters/ffmpeg/mp4_box.h"
#include "adapters/ffmpeg/segment_writer.h"
#include "harness/clips.h"
#include "harness/made_film.h"
#include "harness/sample_flags.h"

namespace syncwatch::ffmpeg {
namespace {

struct Read {
    std::int64_t decode_time;
    std::uint32_t duration;
    std::uint32_t flags;
    std::int32_t shown_after;
    std::string bytes;
    bool operator==(const Read&) const = default;
};

class Collector final : public FragmentReader::Sink {
public:
    Result<> on_init(InitSegment made) override {
        init = std::move(made);
        return {};
    }
    Result<> on_sample(const CodedSample& each) override {
        samples.push_back({each.decode_time, each.duration, each.flags, each.shown_after,
                           std::string(each.bytes.begin(), each.bytes.end())});
        return {};
    }
    InitSegment init;
    std::vector<Read> samples;
};

/// What ffmpeg writes: a head, then fragments.
const std::string& encoded() {
    static const std::string bytes =
        output_of("ffmpeg -v error -nostdin -i " + clip("silent.mp4").string() +
                  " -c copy -movflags +empty_moov+default_base_moof+frag_keyframe -f mp4 -");
    return bytes;
}

std::string head() {
    return encoded().substr(0, encoded().find("moof") - 4);
}

TEST(FragmentReaderTest, WhatTheWriterWritesIsReadBack) {
    const std::vector<std::vector<Read>> cases = {
        {{1000, 10, kSync, 0, "a"}, {1010, 10, kOther, 0, "bc"}, {1020, 10, kOther, 0, ""}},
        {{0, 10, kSync, 20, "a"}, {10, 10, kOther, -10, "b"}, {20, 30, kOther, 0, "c"}},
        {{5, 10, kSync, 0, "a"},
         {15, 10, kOther, 0, "b"},
         {25, 10, kSync, 0, "c"},
         {35, 10, kOther, 0, "d"}},
        {{1ll << 40, 1024, kSync, 0, "a"}, {(1ll << 40) + 1024, 1024, kSync, 0, "b"}},
        {{7, 3, kSync, 0, "alone"}},
    };
    for (const auto& samples : cases) {
        SegmentWriter writer;
        for (const Read& each : samples) {
            CodedSample sample;
            sample.decode_time = each.decode_time;
            sample.duration = each.duration;
            sample.flags = each.flags;
            sample.shown_after = each.shown_after;
            sample.bytes = as_bytes(each.bytes);
            writer.add(sample);
        }
        Collector read;
        FragmentReader reader(read);
        ASSERT_TRUE(reader.feed(as_bytes(head())));
        ASSERT_TRUE(reader.feed(as_bytes(writer.finish(0))));
        EXPECT_EQ(read.samples, samples);
    }
}

TEST(FragmentReaderTest, TheStreamMayComeInAnyPieces) {
    Collector whole;
    FragmentReader reader(whole);
    ASSERT_TRUE(reader.feed(as_bytes(encoded())));
    EXPECT_EQ(whole.samples.size(), 48u);
    EXPECT_EQ(whole.init.codecs.substr(0, 7), "avc1.42");
    EXPECT_EQ(whole.init.bytes.find("edts"), std::string::npos);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
        Collector parts;
        FragmentReader again(parts);
        for (std::size_t at = 0; at < encoded().size(); at += piece) {
            ASSERT_TRUE(again.feed(as_bytes(std::string_view(encoded()).substr(at, piece))));
        }
        EXPECT_EQ(parts.samples, whole.samples);
        EXPECT_EQ(parts.init.bytes, whole.init.bytes);
    }
}

TEST(FragmentReaderTest, AFragmentThatIsCutOffGivesNothing) {
    const std::size_t last = encoded().rfind("moof") - 4;
    Collector read;
    FragmentReader reader(read);
    ASSERT_TRUE(reader.feed(as_bytes(std::string_view(encoded()).substr(0, last + 2000))));
    Collector before;
    FragmentReader shorter(before);
    ASSERT_TRUE(shorter.feed(as_bytes(std::string_view(encoded()).substr(0, last))));
    EXPECT_EQ(read.samples, before.samples);
}

TEST(FragmentReaderTest, NonsenseIsAnErrorAndNothingWorse) {
    for (const std::string& bad : {std::string(64, '\xff'), std::string(64, '\0'),
                                   std::string("\0\0\0\x02moof", 8) + std::string(64, ' '),
                                   std::string("\0\0\0\x10moof\0\0\0\x08traf", 16)}) {
        Collector read;
        FragmentReader reader(read);
        EXPECT_FALSE(reader.feed(as_bytes(bad)));
    }
    // One byte changed at a time, anywhere in the head and in the first fragment's tables.
    const std::string good = encoded().substr(0, encoded().find("mdat") + 100);
    for (std::size_t at = 0; at < good.size(); ++at) {
        std::string bad = good;
        bad[at] = static_cast<char>(~bad[at]);
        Collector read;
        FragmentReader reader(read);
        (void)reader.feed(as_bytes(bad));
    }
}

}  // namespace
}  // namespace syncwatch::ffmpeg
