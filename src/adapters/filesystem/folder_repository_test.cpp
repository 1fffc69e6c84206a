#include "adapters/filesystem/folder_repository.h"

#include <csignal>
#include <fstream>

#include <boost/asio/thread_pool.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/unique_fd.h"
#include "contract/backup_repository_contract.h"
#include "harness/must.h"
#include "harness/small_disk.h"

namespace syncwatch {
namespace {

using filesystem::FolderRepository;
namespace fs = std::filesystem;

struct MadeFolder {
    BackupRepository& repository() { return *opened; }
    TempFolder folder;
    net::thread_pool pool{4};
    std::unique_ptr<FolderRepository> opened =
        FolderRepository::open(folder.path() / "backups", pool).value();
};

INSTANTIATE_TYPED_TEST_SUITE_P(Folder, BackupRepositoryContract, MadeFolder);

/// A process that is killed, without a word, when it has written the first megabyte of four.
void die_while_creating(const fs::path& root) {
    const ::pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const ::rlimit no_core{0, 0};
        const ::rlimit one_megabyte{1 << 20, 1 << 20};
        ::setrlimit(RLIMIT_CORE, &no_core);
        ::setrlimit(RLIMIT_FSIZE, &one_megabyte);
        std::signal(SIGXFSZ, SIG_DFL);
        net::thread_pool pool(1);
        const auto repository = FolderRepository::open(root, pool);
        if (repository) {
            (void)run_to_end((*repository)->create("v/a", std::string(4 << 20, 'a')));
        }
        ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it lived";
}

TEST(FolderRepositoryTest, WhatAKilledProcessLeftIsNeverSeenAndGoesAtTheNextStart) {
    TempFolder folder;
    die_while_creating(folder.path());
    EXPECT_FALSE(fs::is_empty(folder.path() / ".tmp")) << "it died too early for this test";
    net::thread_pool pool(1);
    const auto repository = must(FolderRepository::open(folder.path(), pool));
    EXPECT_TRUE(fs::is_empty(folder.path() / ".tmp"));
    EXPECT_TRUE(must(run_to_end(repository->list(""))).empty());
    EXPECT_EQ(run_to_end(repository->read("v/a")).error().code, ErrorCode::NotFound);
    EXPECT_TRUE(run_to_end(repository->create("v/a", std::string("whole"))));
}

TEST(FolderRepositoryTest, WhatIsBeingWrittenIsLeftAloneByWhoOpensTheFolder) {
    TempFolder folder;
    net::thread_pool pool(1);
    ASSERT_TRUE(FolderRepository::open(folder.path(), pool));
    const fs::path theirs = folder.path() / ".tmp" / "1-1";
    const UniqueFd writer(::open(theirs.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
    ASSERT_EQ(::flock(writer.get(), LOCK_EX | LOCK_NB), 0);
    ASSERT_TRUE(FolderRepository::open(folder.path(), pool));
    EXPECT_TRUE(fs::exists(theirs));
    ASSERT_EQ(::flock(writer.get(), LOCK_UN), 0);
    ASSERT_TRUE(FolderRepository::open(folder.path(), pool));
    EXPECT_FALSE(fs::exists(theirs));
}

TEST(FolderRepositoryTest, AFullDiskIsSaidAndNothingHalfIsThere) {
    SmallDisk disk;
    if (!disk.mounted()) GTEST_SKIP() << "cannot mount a tmpfs here: " << disk.why_not();
    TempFolder elsewhere;
    net::thread_pool pool(1);
    const auto repository = must(FolderRepository::open(disk.path() / "backups", pool));
    ASSERT_TRUE(run_to_end(repository->create("v/a", std::string(3'000'000, 'a'))));
    const fs::path file = elsewhere.path() / "file";
    std::ofstream(file) << std::string(3'000'000, 'b');
    const auto from_memory = run_to_end(repository->create("v/b", std::string(3'000'000, 'b')));
    const auto from_file = run_to_end(repository->create_from("v/b", file));
    for (const Error& full : {from_memory.error(), from_file.error()}) {
        EXPECT_EQ(full.code, ErrorCode::Unavailable);
        EXPECT_EQ(full.component, "backup");
        EXPECT_EQ(full.reason, "disk_full");
    }
    EXPECT_EQ(must(run_to_end(repository->list(""))).size(), 1u);
    EXPECT_TRUE(fs::is_empty(disk.path() / "backups" / ".tmp")) << "the failed half is gone";
    ASSERT_TRUE(run_to_end(repository->remove("v/a")));
    EXPECT_TRUE(run_to_end(repository->create_from("v/b", file))) << "and it goes on";

    const fs::path back = disk.path() / "back";
    const auto no_room = run_to_end(repository->fetch("v/b", back));
    EXPECT_EQ(no_room.error().reason, "disk_full");
    EXPECT_FALSE(fs::exists(back));
}

TEST(FolderRepositoryTest, AFolderThatIsAwayIsNeverAnEmptyOne) {
    TempFolder folder;
    net::thread_pool pool(1);
    const fs::path root = folder.path() / "mounted";
    const auto missing = FolderRepository::open(folder.path() / "no" / "disk", pool);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::Unavailable);
    EXPECT_FALSE(fs::exists(folder.path() / "no"));

    const auto repository = must(FolderRepository::open(root, pool));
    ASSERT_TRUE(run_to_end(repository->create("v/a", std::string("x"))));
    // Away, and then an empty folder as where a disk is not mounted.
    fs::rename(root, folder.path() / "away");
    for (const bool is_empty_there : {false, true}) {
        if (is_empty_there) fs::create_directory(root);
        EXPECT_EQ(run_to_end(repository->read("v/a")).error().code, ErrorCode::Unavailable);
        EXPECT_EQ(run_to_end(repository->list("v")).error().code, ErrorCode::Unavailable);
        EXPECT_EQ(run_to_end(repository->list("")).error().code, ErrorCode::Unavailable);
        EXPECT_EQ(run_to_end(repository->remove("v/a")).error().code, ErrorCode::Unavailable);
        EXPECT_EQ(run_to_end(repository->fetch("v/a", folder.path() / "x")).error().code,
                  ErrorCode::Unavailable);
        EXPECT_EQ(run_to_end(repository->create("v/b", std::string("x"))).error().code,
                  ErrorCode::Unavailable);
    }
    fs::remove(root);
    fs::rename(folder.path() / "away", root);
    EXPECT_EQ(must(run_to_end(repository->read("v/a"))), "x");
}

TEST(FolderRepositoryTest, WhatIsNotOursIsNotListed) {
    TempFolder folder;
    net::thread_pool pool(1);
    const auto repository = must(FolderRepository::open(folder.path(), pool));
    fs::create_directory(folder.path() / "lost+found");
    std::ofstream(folder.path() / "a b") << "x";
    fs::create_symlink("/etc/hostname", folder.path() / "link");
    EXPECT_TRUE(must(run_to_end(repository->list(""))).empty());
    EXPECT_FALSE(run_to_end(repository->read("link"))) << "a link is not followed";
}

TEST(FolderRepositoryTest, NothingLiesUnderAnObject) {
    TempFolder folder;
    net::thread_pool pool(1);
    const auto repository = must(FolderRepository::open(folder.path(), pool));
    ASSERT_TRUE(run_to_end(repository->create("v/a/b", std::string("x"))));
    EXPECT_EQ(run_to_end(repository->create("v/a", std::string("x"))).error().code,
              ErrorCode::Conflict);
    EXPECT_EQ(run_to_end(repository->create("v/a/b/c", std::string("x"))).error().code,
              ErrorCode::Conflict);
    EXPECT_EQ(run_to_end(repository->read("v/a/b/c")).error().code, ErrorCode::NotFound);
}

/// Who may not do everything: nobody, where the tests run as root.
class AsNobody {
public:
    explicit AsNobody(const fs::path& owned) {
        constexpr ::uid_t kNobody = 65534;
        if (!is_root_) return;
        EXPECT_EQ(::chown(owned.c_str(), kNobody, kNobody), 0);
        EXPECT_EQ(::seteuid(kNobody), 0);
    }
    AsNobody(const AsNobody&) = delete;
    AsNobody& operator=(const AsNobody&) = delete;
    ~AsNobody() {
        if (!is_root_) return;
        EXPECT_EQ(::seteuid(0), 0);
    }

private:
    const bool is_root_ = ::geteuid() == 0;
};

TEST(FolderRepositoryTest, AFolderThatIsNotOursToClearSaysSo) {
    TempFolder folder;
    net::thread_pool pool(1);
    const AsNobody nobody(folder.path());
    const auto repository = must(FolderRepository::open(folder.path(), pool));
    ASSERT_TRUE(run_to_end(repository->create("v/a", std::string("x"))));
    fs::permissions(folder.path() / "v", fs::perms::owner_read | fs::perms::owner_exec);
    const auto refused = run_to_end(repository->remove("v/a"));
    fs::permissions(folder.path() / "v", fs::perms::owner_all);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
    EXPECT_EQ(refused.error().reason, "no_delete");
}

}  // namespace
}  // namespace syncwatch
