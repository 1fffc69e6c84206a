#include "adapters/ffmpeg/diagnosis.h"

#include <gtest/gtest.h>

#include "adapters/ffmpeg/progress_reader.h"

namespace syncwatch::ffmpeg {
namespace {

program::End code(int value) {
    program::End end;
    end.code = value;
    return end;
}

TEST(DiagnosisTest, ComplaintsHaveMeanings) {
    struct Row {
        const char* errors;
        bool film;
        MediaFailure means;
    };
    const Row rows[] = {
        {"[mov] moov atom not found\nfile:x: Invalid data found when processing input\n", true,
         MediaFailure::Damaged},
        {"file:x: Invalid data found when processing input\n", false, MediaFailure::NotAVideo},
        {"[hls] Format not on whitelist 'mov'\n", true, MediaFailure::NotAVideo},
        {"Decoder (codec vvc) not found for input stream #0:0\n", true,
         MediaFailure::UnsupportedCodec},
        {"file:x: No such file or directory\n", true, MediaFailure::OriginalMissing},
        {"Error while decoding stream #0:0: Invalid data found\n", true, MediaFailure::Damaged},
        {"something nobody has seen before\n", true, MediaFailure::TranscodeFailed},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(diagnose(row.errors, code(1), row.film), row.means) << row.errors;
    }
    program::End killed;
    killed.signal = 9;
    EXPECT_EQ(diagnose("Invalid data found", killed, true), MediaFailure::TranscodeFailed);
}

TEST(DiagnosisTest, FilmsAreKnownByTheirFirstBytes) {
    EXPECT_TRUE(
        begins_like_a_film(std::string_view("\0\0\0\x20"
                                            "ftypisom",
                                            12)));
    EXPECT_TRUE(begins_like_a_film("\x1a\x45\xdf\xa3 and so on"));
    EXPECT_TRUE(begins_like_a_film("RIFF....AVI LIST"));
    EXPECT_FALSE(begins_like_a_film("RIFF....WAVEfmt "));
    EXPECT_FALSE(begins_like_a_film("#EXTM3U\n"));
    EXPECT_FALSE(begins_like_a_film(""));
}

TEST(DiagnosisTest, DamageIsCountedByLineHoweverTheyCome) {
    DamageCount count;
    for (const char* piece :
         {"[error] Error while deco", "ding stream #0:0\nfine\n[h264] conceal", "ing 12 DC\n"}) {
        count.feed(piece);
    }
    EXPECT_EQ(count.count(), 2);
    EXPECT_EQ(last_complaint(count.tail()), "[h264] concealing 12 DC");
    count.feed(std::string(1 << 20, 'x'));
    EXPECT_LE(count.tail().size(), 8u << 10);
    EXPECT_LE(last_complaint(count.tail()).size(), 300u);
}

TEST(ProgressReaderTest, BlocksAreReadInPieces) {
    ProgressReader reader;
    EXPECT_FALSE(reader.feed("frame=12\nout_time_us=N/A\nspe"));
    EXPECT_TRUE(reader.feed("ed= 1.5x\nprogress=continue\nframe=24\n"));
    EXPECT_EQ(reader.frames(), 24);
    EXPECT_DOUBLE_EQ(reader.speed(), 1.5);
    EXPECT_FALSE(reader.is_ended());
    EXPECT_TRUE(reader.feed("out_time_us=1000000\nprogress=end\n"));
    EXPECT_EQ(reader.position_us(), 1'000'000);
    EXPECT_TRUE(reader.is_ended());
}

}  // namespace
}  // namespace syncwatch::ffmpeg
