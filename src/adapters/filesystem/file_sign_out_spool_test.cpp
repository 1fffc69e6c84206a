#include "adapters/filesystem/file_sign_out_spool.h"

#include <fstream>

#include <gtest/gtest.h>

#include "contract/sign_out_spool_contract.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using filesystem::FileSignOutSpool;

struct MadeFileSignOuts {
    SignOutSpool& spool() { return *opened; }
    void restart() {
        FileSignOutSpool::Options options;
        options.folder = folder.path() / "spool";
        options.most = 3;
        opened = FileSignOutSpool::open(options, pool).value();
    }
    MadeFileSignOuts() { restart(); }
    ~MadeFileSignOuts() { pool.join(); }

    TempFolder folder;
    net::thread_pool pool{1};
    std::unique_ptr<FileSignOutSpool> opened;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Files, SignOutSpoolContract, MadeFileSignOuts);

TEST(FileSignOutSpoolTest, OtherFilesInTheFolderAreLeftAlone) {
    MadeFileSignOuts made;
    const auto folder = made.folder.path() / "spool";
    std::ofstream(folder / "00000001.log") << "chat";
    std::ofstream(folder / "not-an-id.ended") << "";
    made.restart();
    EXPECT_TRUE(made.spool().waiting().empty());
    EXPECT_TRUE(std::filesystem::exists(folder / "00000001.log"));
}

TEST(FileSignOutSpoolTest, WhatTheDiskRefusesIsSaid) {
    MadeFileSignOuts made;
    std::filesystem::remove_all(made.folder.path() / "spool");
    const Result<> refused = run_to_end(made.spool().keep(numbered<SessionId>(1)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().component, "sign_outs");
    EXPECT_TRUE(made.spool().waiting().empty());
}

}  // namespace
}  // namespace syncwatch
