#include "adapters/encrypted_repository/encrypted_repository.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "adapters/filesystem/folder_repository.h"
#include "contract/backup_repository_contract.h"
#include "harness/contents_of.h"
#include "harness/seeded_random.h"

namespace syncwatch {
namespace {

using encrypted::EncryptedRepository;
using encrypted::RepositoryKey;
using filesystem::FolderRepository;
namespace fs = std::filesystem;

struct MadeEncrypted {
    BackupRepository& repository() { return made; }
    TempFolder folder;
    net::thread_pool pool{4};
    SeededRandom random;
    std::unique_ptr<FolderRepository> inner =
        FolderRepository::open(folder.path() / "backups", pool).value();
    EncryptedRepository made{*inner, RepositoryKey::make(random), pool};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Encrypted, BackupRepositoryContract, MadeEncrypted);

class EncryptedRepositoryTest : public testing::Test {
protected:
    fs::path stored(const std::string& name) { return made_.folder.path() / "backups" / name; }
    MadeEncrypted made_;
};

TEST_F(EncryptedRepositoryTest, WhoKeepsItReadsNothing) {
    const std::string film(100'000, 'f');
    ASSERT_TRUE(run_to_end(made_.made.create("v1/a", film)));
    const fs::path large = made_.folder.path() / "large";
    fs::create_directory(made_.folder.path() / "work");
    std::ofstream(large) << std::string(9u << 20, 'g');
    ASSERT_TRUE(run_to_end(made_.made.create_from("v1/b", large)));
    for (const char* name : {"v1/a", "v1/b"}) {
        const std::string there = contents_of(stored(name));
        EXPECT_EQ(there.find("ffff"), std::string::npos);
        EXPECT_EQ(there.find("gggg"), std::string::npos);
    }
    std::size_t beside = 0;
    for (const auto& each : fs::directory_iterator(made_.folder.path())) {
        beside += each.is_regular_file() ? 1 : 0;
    }
    EXPECT_EQ(beside, 1u) << "what was encrypted beside it is gone";
}

TEST_F(EncryptedRepositoryTest, WhatWasTamperedWithIsCorruptAndNoFileIsLeft) {
    ASSERT_TRUE(run_to_end(made_.made.create("v1/a", std::string("one"))));
    ASSERT_TRUE(run_to_end(made_.made.create("v1/b", std::string("two"))));
    fs::rename(stored("v1/a"), stored("v1/c"));
    std::ofstream(stored("v1/d")) << "made up";
    for (const char* name : {"v1/c", "v1/d"}) {
        EXPECT_EQ(run_to_end(made_.made.read(name)).error().code, ErrorCode::Corrupt) << name;
        const fs::path to = made_.folder.path() / "to";
        EXPECT_EQ(run_to_end(made_.made.fetch(name, to)).error().code, ErrorCode::Corrupt) << name;
        EXPECT_FALSE(fs::exists(to));
    }
    EXPECT_EQ(run_to_end(made_.made.read("v1/b")).value(), "two");
}

}  // namespace
}  // namespace syncwatch
