#include "adapters/filesystem/file_uploads.h"

#include <thread>

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "contract/upload_files_contract.h"
#include "harness/small_disk.h"

namespace syncwatch {
namespace {

using filesystem::FileUploads;
using Kind = UploadFiles::Kind;

struct MadeUploads {
    UploadFiles& files() { return *uploads; }
    void restart(std::string boot = "boot 1") {
        uploads.reset();
        uploads = FileUploads::open(folder.path() / "uploads", pool, std::move(boot)).value();
    }
    MadeUploads() { restart(); }

    TempFolder folder;
    net::thread_pool pool{2};
    std::unique_ptr<FileUploads> uploads;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Files, UploadFilesContract, MadeUploads);

class FileUploadsTest : public testing::Test {
protected:
    UploadId created() {
        const auto id = random_.make_id<UploadId>(from_micros(1));
        EXPECT_TRUE(run_to_end(made_.files().create(id)));
        return id;
    }
    void write(UploadId id, std::string bytes) {
        const auto at = run_to_end(made_.files().size(id)).value();
        const auto writer = run_to_end(made_.files().begin(id, at, Kind::Final)).value();
        const std::size_t count = bytes.size();
        ASSERT_TRUE(run_to_end(made_.files().append(writer, std::move(bytes), count)));
    }

    MadeUploads made_;
    SeededRandom random_;
};

TEST_F(FileUploadsTest, AfterAPowerCutOnlyWhatReachedTheDiskCounts) {
    const UploadId id = created();
    write(id, std::string(65 << 20, 'a'));
    write(id, "and a little more");
    made_.restart("boot 1");
    EXPECT_EQ(run_to_end(made_.files().size(id)).value(), (65u << 20) + 17)
        << "the death of the process costs nothing";
    made_.restart("boot 2");
    EXPECT_EQ(run_to_end(made_.files().size(id)).value(), 65u << 20);
    write(id, "b");
    made_.restart("boot 2");
    EXPECT_EQ(run_to_end(made_.files().size(id)).value(), (65u << 20) + 1);
}

TEST_F(FileUploadsTest, AFinishedFileIsDurableWhole) {
    const UploadId id = created();
    write(id, "short");
    ASSERT_TRUE(run_to_end(made_.files().finish(id)));
    made_.restart("boot 2");
    EXPECT_EQ(run_to_end(made_.files().size(id)).value(), 5u);
}

TEST_F(FileUploadsTest, TheDigestCatchesUpAfterARestart) {
    const UploadId id = created();
    const std::string film(30 << 20, 'f');
    write(id, film);
    made_.restart();
    write(id, "end");
    EXPECT_EQ(run_to_end(made_.files().finish(id))->sha256, sha256(as_bytes(film + "end")));
}

TEST_F(FileUploadsTest, TabsThatFightOverAnUploadLeaveItWhole) {
    constexpr std::size_t kLength = 200'000;
    constexpr std::size_t kPiece = 1000;
    std::string film(kLength, '\0');
    for (std::size_t i = 0; i < film.size(); ++i) film[i] = static_cast<char>(i * 7 + i / 251);
    const UploadId id = created();
    const auto tab = [&] {
        for (;;) {
            const auto at = run_to_end(made_.files().size(id)).value();
            if (at >= kLength) return;
            auto writer = run_to_end(made_.files().begin(id, at, Kind::Final));
            for (std::uint64_t from = at; writer && from < kLength; from += kPiece) {
                const auto done =
                    run_to_end(made_.files().append(*writer, film.substr(from, kPiece), kPiece));
                if (!done) break;
            }
        }
    };
    std::vector<std::thread> tabs;
    for (int i = 0; i < 4; ++i) tabs.emplace_back(tab);
    for (std::thread& each : tabs) each.join();
    EXPECT_EQ(run_to_end(made_.files().size(id)).value(), kLength);
    EXPECT_EQ(run_to_end(made_.files().finish(id))->sha256, sha256(as_bytes(film)));
}

TEST(FileUploadsOnAFullDiskTest, WhatWasStoredStaysAndItGoesOnWhenThereIsRoom) {
    SmallDisk disk;
    if (!disk.mounted()) GTEST_SKIP() << "cannot mount a tmpfs here: " << disk.why_not();
    net::thread_pool pool(1);
    const auto files = FileUploads::open(disk.path() / "uploads", pool, "boot").value();
    const auto ballast = disk.path() / "ballast";
    std::ofstream(ballast) << std::string(2'000'000, 'x');
    SeededRandom random;
    const auto id = random.make_id<UploadId>(from_micros(1));
    ASSERT_TRUE(run_to_end(files->create(id)));
    const auto writer = run_to_end(files->begin(id, 0, Kind::Final)).value();
    ASSERT_TRUE(run_to_end(files->append(writer, std::string(1'000'000, 'a'), 1'000'000)));
    const auto full = run_to_end(files->append(writer, std::string(3'000'000, 'a'), 3'000'000));
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().reason, "disk_full");
    const std::uint64_t stored = run_to_end(files->size(id)).value();
    EXPECT_GE(stored, 1'000'000u);
    EXPECT_LT(stored, 4'000'000u);
    std::filesystem::remove(ballast);
    const auto again = run_to_end(files->begin(id, stored, Kind::Final)).value();
    const std::size_t left = 3'500'000 - stored;
    ASSERT_TRUE(run_to_end(files->append(again, std::string(left, 'a'), left)));
    EXPECT_EQ(run_to_end(files->finish(id))->sha256, sha256(as_bytes(std::string(3'500'000, 'a'))));
}

}  // namespace
}  // namespace syncwatch
