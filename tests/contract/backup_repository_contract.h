#pragma once
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "harness/contents_of.h"
#include "harness/must.h"
#include "harness/temp_folder.h"
#include "ports/backup_repository.h"

namespace syncwatch {

/// What every BackupRepository keeps. `Made` is default-constructible, empty at first, and has
/// `BackupRepository& repository()`.
template <class Made>
class BackupRepositoryContract : public testing::Test {
protected:
    Result<> create(const std::string& name, const std::string& bytes) {
        return run_to_end(repository().create(name, bytes));
    }
    Result<std::uint64_t> create_from(const std::string& name, const std::filesystem::path& file) {
        return run_to_end(repository().create_from(name, file));
    }
    std::string content(const std::string& name) {
        const auto bytes = run_to_end(repository().read(name));
        return bytes ? *bytes : "no: " + bytes.error().message;
    }
    auto list(const std::string& prefix) { return must(run_to_end(repository().list(prefix))); }
    std::filesystem::path file(const std::string& bytes) {
        const auto path = new_path();
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
    std::filesystem::path new_path() { return folder_.path() / ("file" + std::to_string(next_++)); }
    /// Bytes that are not all alike.
    static std::string many_bytes(std::size_t size, std::uint32_t seed) {
        std::string bytes(size, '\0');
        for (char& each : bytes) {
            seed = seed * 1664525u + 1013904223u;
            each = static_cast<char>(seed >> 24);
        }
        return bytes;
    }
    BackupRepository& repository() { return made_.repository(); }

    Made made_;
    TempFolder folder_;
    int next_ = 0;
};

/// What a listing gives.
using Entries = std::vector<BackupRepository::Entry>;

TYPED_TEST_SUITE_P(BackupRepositoryContract);

TYPED_TEST_P(BackupRepositoryContract, WhatIsCreatedComesBack) {
    const std::string bytes("a\0b\r\n\xff", 6);
    ASSERT_TRUE(this->create("v1/cluster/x/1.json", bytes));
    EXPECT_EQ(this->content("v1/cluster/x/1.json"), bytes);
    ASSERT_TRUE(this->create("empty", ""));
    EXPECT_EQ(this->content("empty"), "");
    const std::string longest = std::string(200, 'a') + "/" + std::string(200, 'b') + "/c";
    ASSERT_TRUE(this->create(longest, "long"));
    EXPECT_EQ(this->content(longest), "long");
}

TYPED_TEST_P(BackupRepositoryContract, NothingIsReplaced) {
    ASSERT_TRUE(this->create("v/a", "first"));
    EXPECT_TRUE(this->create("v/a", "first")) << "the answer of the first may have been lost";
    for (const std::string& bytes : {std::string("other"), std::string("second"), std::string()}) {
        const auto refused = this->create("v/a", bytes);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
        const auto from_file = this->create_from("v/a", this->file(bytes));
        ASSERT_FALSE(from_file);
        EXPECT_EQ(from_file.error().code, ErrorCode::Conflict);
        EXPECT_EQ(this->content("v/a"), "first");
    }
    EXPECT_EQ(this->create_from("v/a", this->file("first")).value(), 5u);
    ASSERT_TRUE(this->create("v/empty", ""));
    EXPECT_TRUE(this->create("v/empty", ""));
    EXPECT_EQ(this->create("v/empty", "x").error().code, ErrorCode::Conflict);
}

TYPED_TEST_P(BackupRepositoryContract, OfManyWhoCreateOneNameOneWins) {
    constexpr std::size_t kWriters = 8;
    std::vector<std::thread> threads;
    std::vector<Result<>> outcomes(kWriters);
    for (std::size_t i = 0; i < kWriters; ++i) {
        threads.emplace_back([&, i] { outcomes[i] = this->create("v/one", fmt::format("{}", i)); });
    }
    for (std::thread& each : threads) each.join();
    const std::string winner = this->content("v/one");
    for (std::size_t i = 0; i < kWriters; ++i) {
        const bool won = fmt::format("{}", i) == winner;
        EXPECT_EQ(outcomes[i].has_value(), won) << i << " of " << winner;
        if (outcomes[i]) continue;
        EXPECT_EQ(outcomes[i].error().code, ErrorCode::Conflict);
    }
}

TYPED_TEST_P(BackupRepositoryContract, AFileGoesInAndStays) {
    const auto path = this->file("backup");
    EXPECT_EQ(this->create_from("v/a", path).value(), 6u);
    EXPECT_EQ(contents_of(path), "backup");
    EXPECT_EQ(this->content("v/a"), "backup");
    EXPECT_EQ(this->create_from("v/b", this->new_path()).error().code, ErrorCode::NotFound);
    EXPECT_EQ(this->create_from("v/empty", this->file("")).value(), 0u);
    EXPECT_EQ(this->list("v"), (Entries{{"v/a", 6}, {"v/empty", 0}}));
}

TYPED_TEST_P(BackupRepositoryContract, AFileOfAnySizeGoesThereAndBack) {
    const std::string bytes = this->many_bytes((20u << 20) + 7, 1);
    const auto path = this->file(bytes);
    ASSERT_EQ(this->create_from("v/big", path).value(), bytes.size());
    EXPECT_EQ(this->create_from("v/big", path).value(), bytes.size()) << "the same again";
    EXPECT_EQ(
        this->create_from("v/big", this->file(this->many_bytes(bytes.size(), 2))).error().code,
        ErrorCode::Conflict);
    const auto back = this->new_path();
    ASSERT_EQ(run_to_end(this->repository().fetch("v/big", back)).value(), bytes.size());
    EXPECT_TRUE(contents_of(back) == bytes) << "quietly: nobody wants to see them";
}

TYPED_TEST_P(BackupRepositoryContract, NoFileIsReplacedOrLeftByAFetch) {
    ASSERT_TRUE(this->create("v/a", "backup"));
    const auto taken = this->file("mine");
    EXPECT_EQ(run_to_end(this->repository().fetch("v/a", taken)).error().code, ErrorCode::Conflict);
    EXPECT_EQ(contents_of(taken), "mine");
    const auto path = this->new_path();
    EXPECT_EQ(run_to_end(this->repository().fetch("v/b", path)).error().code, ErrorCode::NotFound);
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_EQ(run_to_end(this->repository().fetch("v/a", path / "nowhere" / "x")).error().code,
              ErrorCode::InvalidInput)
        << "what is missing here is not missing there";
    EXPECT_EQ(run_to_end(this->repository().fetch("v/a", path)).value(), 6u);
}

TYPED_TEST_P(BackupRepositoryContract, AListingIsSortedAndOfThatFolderAlone) {
    for (const char* name : {"v/10/a", "v/1/b/c", "v/1-", "w", "v/1/a", "v/1.json"}) {
        ASSERT_TRUE(this->create(name, name));
    }
    EXPECT_EQ(this->list("v/1"), (Entries{{"v/1/a", 5}, {"v/1/b/c", 7}}));
    EXPECT_EQ(
        this->list(""),
        (Entries{
            {"v/1-", 4}, {"v/1.json", 8}, {"v/1/a", 5}, {"v/1/b/c", 7}, {"v/10/a", 6}, {"w", 1}}));
    EXPECT_EQ(this->list("v/2"), Entries());
    EXPECT_EQ(this->list("w"), Entries()) << "an object is no folder";
    const auto folders = [this](const std::string& prefix) {
        return must(run_to_end(this->repository().folders(prefix)));
    };
    EXPECT_EQ(folders("v"), (std::vector<std::string>{"1", "10"}));
    EXPECT_EQ(folders("v/1"), std::vector<std::string>{"b"});
    EXPECT_TRUE(folders("x").empty());
    EXPECT_TRUE(folders("w").empty()) << "an object is no folder";
}

TYPED_TEST_P(BackupRepositoryContract, WhatIsRemovedIsGoneAndItsNameIsFree) {
    EXPECT_TRUE(run_to_end(this->repository().remove("v/a"))) << "absent is success";
    ASSERT_TRUE(this->create("v/deep/a", "old"));
    ASSERT_TRUE(this->create("v/b", "stays"));
    ASSERT_TRUE(run_to_end(this->repository().remove("v/deep/a")));
    EXPECT_TRUE(run_to_end(this->repository().remove("v/deep/a")));
    EXPECT_EQ(run_to_end(this->repository().read("v/deep/a")).error().code, ErrorCode::NotFound);
    EXPECT_EQ(this->list(""), (Entries{{"v/b", 5}}));
    ASSERT_TRUE(this->create("v/deep/a", "new"));
    EXPECT_EQ(this->content("v/deep/a"), "new");
}

TYPED_TEST_P(BackupRepositoryContract, WhatIsTooLargeToBeReadIsFetched) {
    const auto path = this->file("");
    std::filesystem::resize_file(path, BackupRepository::kMostRead + 1);
    ASSERT_TRUE(this->create_from("v/big", path));
    EXPECT_EQ(run_to_end(this->repository().read("v/big")).error().code, ErrorCode::TooLarge);
    EXPECT_EQ(run_to_end(this->repository().fetch("v/big", this->new_path())).value(),
              BackupRepository::kMostRead + 1);
}

TYPED_TEST_P(BackupRepositoryContract, NoNameLeadsAnywhereElse) {
    const auto path = this->file("mine");
    for (const char* name :
         {"", "/", "/etc/passwd", "a//b", "a/", "../x", "a/../../x", "a/..", ".", "./a", "a/./b",
          "a b", "a\\b", "a%2fb", "ü", "a:b", "~", "*", ".tmp/x"}) {
        EXPECT_EQ(this->create(name, "x").error().code, ErrorCode::InvalidInput) << name;
        EXPECT_EQ(this->create_from(name, path).error().code, ErrorCode::InvalidInput);
        EXPECT_EQ(run_to_end(this->repository().read(name)).error().code, ErrorCode::InvalidInput);
        EXPECT_EQ(run_to_end(this->repository().fetch(name, this->new_path())).error().code,
                  ErrorCode::InvalidInput);
        EXPECT_EQ(run_to_end(this->repository().remove(name)).error().code,
                  ErrorCode::InvalidInput);
        if (*name == '\0') continue;
        EXPECT_EQ(run_to_end(this->repository().list(name)).error().code, ErrorCode::InvalidInput);
    }
    EXPECT_EQ(this->create(std::string(600, 'a'), "x").error().code, ErrorCode::InvalidInput);
    EXPECT_FALSE(this->repository().place().empty());
}

REGISTER_TYPED_TEST_SUITE_P(BackupRepositoryContract, WhatIsCreatedComesBack, NothingIsReplaced,
                            OfManyWhoCreateOneNameOneWins, AFileGoesInAndStays,
                            AFileOfAnySizeGoesThereAndBack, NoFileIsReplacedOrLeftByAFetch,
                            AListingIsSortedAndOfThatFolderAlone,
                            WhatIsRemovedIsGoneAndItsNameIsFree, WhatIsTooLargeToBeReadIsFetched,
                            NoNameLeadsAnywhereElse);

}  // namespace syncwatch
