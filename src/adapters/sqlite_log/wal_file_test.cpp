#include "adapters/sqlite_log/wal_file.h"

#include <fstream>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/sqlite/connection.h"
#include "harness/contents_of.h"
#include "harness/must.h"
#include "harness/temp_folder.h"

namespace syncwatch::sqlite {
namespace {

/// A log of a few commits of a real database with pages as small as they get, and what is in it.
class WalFileTest : public testing::Test {
protected:
    WalFileTest() : db_(must(Connection::open(path(), Connection::Mode::ReadWrite))) {
        must(
            db_.script("PRAGMA page_size = 512; PRAGMA journal_mode = WAL;"
                       "PRAGMA wal_autocheckpoint = 0; CREATE TABLE t(i INTEGER, x BLOB)"));
        for (int i = 0; i < 6; ++i) {
            must(db_.run("INSERT INTO t VALUES(?, randomblob(?))", i, 300 + i * 200));
        }
        bytes_ = contents_of(path() + "-wal");
        const WalFile file = must(WalFile::open(path() + "-wal"));
        header_ = must(file.header());
        whole_ = must(file.last_commit(header_, start()));
        ends_.push_back(start());
        for (const CommitEnd& end :
             must(file.read(header_, start(), whole_.frames, 1 << 20)).commits) {
            ends_.push_back(
                {header_.epoch, end.frames, must(file.checksum_at(header_, end.frames)).value()});
        }
    }

    std::string path() const { return folder_.path() / "test.db"; }
    LogPlace start() const { return {header_.epoch, 0, header_.checksum}; }
    bool is_end_of_commit(const LogPlace& place) const {
        return std::find(ends_.begin(), ends_.end(), place) != ends_.end();
    }
    WalFile file_of(const std::string& bytes) const {
        const std::string name = folder_.path() / "changed-wal";
        std::ofstream(name, std::ios::binary | std::ios::trunc) << bytes;
        return must(WalFile::open(name));
    }

    TempFolder folder_;
    Connection db_;
    std::string bytes_;
    WalHeader header_;
    LogPlace whole_;
    std::vector<LogPlace> ends_;
};

TEST_F(WalFileTest, EveryFrameIsReadAndEveryCommitSeen) {
    EXPECT_EQ(header_.page_bytes, 512u);
    EXPECT_EQ(bytes_.size(), kWalHeaderBytes + whole_.frames * header_.frame_bytes());
    EXPECT_EQ(ends_.size(), 8u);
    EXPECT_EQ(ends_.back(), whole_);
}

TEST_F(WalFileTest, AFlippedBitAnywhereIsRefusedOrEndsTheLogAtACommitBeforeIt) {
    std::mt19937 chance(7);
    const WalFile file = file_of(bytes_);
    std::fstream out(folder_.path() / "changed-wal",
                     std::ios::in | std::ios::out | std::ios::binary);
    const auto put = [&out](std::size_t at, char byte) {
        out.seekp(static_cast<std::streamoff>(at)).put(byte).flush();
    };
    // Each byte of the head and of the first frame's, and some of all the others.
    constexpr std::size_t kEach = kWalHeaderBytes + 64;
    for (std::size_t at = 0; at < bytes_.size(); at += at < kEach ? 1 : 11) {
        put(at, static_cast<char>(bytes_[at] ^ (1 << chance() % 8)));
        if (at < kWalHeaderBytes) {
            ASSERT_FALSE(file.header()) << at;
        } else {
            const std::size_t frame = (at - kWalHeaderBytes) / header_.frame_bytes();
            const LogPlace end = must(file.last_commit(header_, start()));
            ASSERT_TRUE(is_end_of_commit(end)) << at;
            ASSERT_LE(end.frames, frame) << "damage is before the end, at " << at;
            const auto read = file.read(header_, start(), whole_.frames, 1 << 20);
            ASSERT_FALSE(read) << at;
            ASSERT_EQ(read.error().code, ErrorCode::Corrupt);
        }
        put(at, bytes_[at]);
    }
    EXPECT_EQ(must(file.last_commit(header_, start())), whole_);
}

TEST_F(WalFileTest, ATornTailEndsAtTheLastWholeCommit) {
    for (std::size_t size = kWalHeaderBytes; size < bytes_.size(); size += 37) {
        const WalFile file = file_of(bytes_.substr(0, size));
        const auto end = file.last_commit(header_, start());
        ASSERT_TRUE(end) << size;
        const std::size_t whole_frames = (size - kWalHeaderBytes) / header_.frame_bytes();
        auto expected = ends_.front();
        for (const LogPlace& each : ends_) {
            if (each.frames <= whole_frames) expected = each;
        }
        ASSERT_EQ(*end, expected) << size;
        EXPECT_FALSE(file.read(header_, start(), whole_.frames, 1 << 20)) << size;
    }
}

TEST_F(WalFileTest, WithoutAHeaderThereIsNoLog) {
    EXPECT_EQ(file_of("").header().error().code, ErrorCode::Corrupt);
    EXPECT_EQ(file_of(bytes_.substr(0, 31)).header().error().code, ErrorCode::Corrupt);
    EXPECT_EQ(WalFile::open(folder_.path() / "none").error().code, ErrorCode::NotFound);
}

TEST_F(WalFileTest, PiecesPutTogetherAreTheWhole) {
    const WalFile file = must(WalFile::open(path() + "-wal"));
    std::string together;
    LogPlace at = start();
    while (at.frames < whole_.frames) {
        const FrameRun run = must(file.read(header_, at, whole_.frames, 1));
        ASSERT_EQ(run.frames.size(), header_.frame_bytes()) << "one at least";
        together += run.frames;
        at = run.end;
    }
    EXPECT_EQ(at, whole_);
    EXPECT_EQ(together, bytes_.substr(kWalHeaderBytes));
}

}  // namespace
}  // namespace syncwatch::sqlite
