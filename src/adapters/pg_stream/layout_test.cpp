#include "adapters/pg_stream/layout.h"

#include <gtest/gtest.h>

#include "adapters/pg_stream/description.h"
#include "adapters/pg_stream/log_store.h"
#include "adapters/pg_stream/stream_backups.h"
#include "adapters/pg_stream/streamer.h"

namespace syncwatch::pg_stream {
namespace {

const wal::Segment kThird{1, 3};

TEST(LogNamesTest, NamesAreReadAsTheyAreWritten) {
    const LogNames names("v1/log", "731");
    EXPECT_EQ(names.segment(kThird), "v1/log/731/whole/00000001/000000010000000000000003.zst");
    EXPECT_EQ(parse_segment(names.segment(kThird)), kThird);
    const auto piece = parse_piece(names.piece(kThird, {0x10, 0x1000000}));
    ASSERT_TRUE(piece);
    EXPECT_EQ(piece->segment, kThird);
    EXPECT_EQ(piece->piece, (Piece{0x10, 0x1000000}));
    EXPECT_EQ(parse_history(names.history(10)), 10u);
    for (const char* each : {"", "/", "x.zst", "000000010000000000000003/0-1.zst",
                             "000000010000000000000003/00000010-00000010.zst",
                             "000000010000000000000003/00000010-01000001.zst",
                             "000000010000000000000003/00000010-00000020"})
        EXPECT_FALSE(parse_piece(each)) << each;
    EXPECT_FALSE(parse_segment("000000010000000000000003"));
}

TEST(StoredLogTest, OfASegmentThatWasBegunItsBeginningCounts) {
    StoredLog log;
    log.whole = {{1, 1}, {1, 2}};
    log.begun[kThird] = {{0, 10}, {0, 25}, {20, 30}, {40, 50}};
    EXPECT_EQ(log.bytes_of(kThird), 30u);
    EXPECT_TRUE(log.ends_with(kThird));
    EXPECT_FALSE(log.ends_with({1, 2}));
    const auto described = describe_log(log, WallTime{}, {});
    ASSERT_EQ(described.size(), 1u);
    const wal::Lsn end{kThird.begin().value + 30};
    EXPECT_EQ(described[0].held,
              (std::vector<DatabaseBackups::Span>{{wal::Segment{1, 1}.begin(), end}}));
}

TEST(StoredLogTest, ABranchSaysWhereItLeftAndAHoleIsSeen) {
    StoredLog log;
    log.whole = {{1, 1}, {1, 3}, {2, 3}};
    const auto described = describe_log(log, WallTime{}, {{2, "1\t0/3000100\tno reason\n"}});
    ASSERT_EQ(described.size(), 2u);
    EXPECT_EQ(described[0].held.size(), 2u);
    EXPECT_EQ(described[1].parent, 1u);
    EXPECT_EQ(described[1].begins, wal::Lsn{0x3000100});
    const auto chain = read_chain("1\t0/3000100\tno\n\n# x\n2\t0/5000000\twhy\n");
    ASSERT_EQ(chain.size(), 2u);
    EXPECT_EQ(chain[1].timeline, 2u);
    EXPECT_EQ(chain[1].at, wal::Lsn{0x5000000});
}

TEST(DescriptionTest, ItIsReadAsItWasWritten) {
    Description description;
    description.backup.label = "one";
    description.backup.timeline = 2;
    description.backup.begins = {0x2000028};
    description.backup.ends = {0x2000100};
    description.backup.annotations = {{"syncwatch", "one"}};
    description.parts = {{10, "aa"}, {5, "bb"}};
    const auto read = read_description(write_description(description));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->backup.label, "one");
    EXPECT_EQ(read->backup.timeline, 2u);
    EXPECT_EQ(read->backup.ends, wal::Lsn{0x2000100});
    EXPECT_EQ(read->backup.annotations, description.backup.annotations);
    ASSERT_EQ(read->parts.size(), 2u);
    EXPECT_EQ(read->parts[1].sha256, "bb");
    for (const char* each : {"", "{}", "[]", R"({"schema":2})", R"({"schema":1,"label":"x"})"})
        EXPECT_FALSE(read_description(each)) << each;
}

TEST(RecoverySettingsTest, TheServerIsToldWhereToEndAndNeverToArchive) {
    DatabaseBackups::Restoration restoration;
    restoration.timeline = 2;
    restoration.fetch = "get '%f' \"%p\"";
    restoration.target.kind = DatabaseBackups::Target::Kind::Time;
    restoration.target.time = from_micros(1'790'000'000'123'456);
    const std::string text = recovery_settings(restoration);
    for (const char* each :
         {"recovery_target_time = '2026-09-21 14:13:20.123456+00'\n",
          "recovery_target_action = 'promote'\n", "recovery_target_timeline = '2'\n",
          "restore_command = 'get ''%f'' \"%p\"'\n", "archive_mode = 'off'\n"}) {
        EXPECT_NE(text.find(each), std::string::npos) << each << text;
    }
    restoration.target.kind = DatabaseBackups::Target::Kind::Immediate;
    EXPECT_NE(recovery_settings(restoration).find("recovery_target_timeline = 'current'"),
              std::string::npos);
}

TEST(DescriptionTest, TheEndOfAManifestSaysWhichLogIsNeeded) {
    const auto needed = read_needed_log(
        "...],\n\"WAL-Ranges\": [\n{ \"Timeline\": 3, \"Start-LSN\": \"0/2000028\", "
        "\"End-LSN\": \"0/2000100\" }\n],\n\"Manifest-Checksum\": \"ab\"}\n" +
        std::string(1024, '\0'));
    ASSERT_TRUE(needed);
    EXPECT_EQ(needed->timeline, 3u);
    EXPECT_EQ(needed->from, wal::Lsn{0x2000028});
    EXPECT_EQ(needed->to, wal::Lsn{0x2000100});
    EXPECT_FALSE(read_needed_log("\"WAL-Ranges\": ["));
    EXPECT_FALSE(read_needed_log(""));
}

}  // namespace
}  // namespace syncwatch::pg_stream
