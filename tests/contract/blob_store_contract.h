#pragma once
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/async/run_to_end.h"
#include "base/encoding.h"
#include "harness/contents_of.h"
#include "harness/temp_folder.h"
#include "ports/blob_store.h"

namespace syncwatch {

/// What every BlobStore keeps. `Made` is default-constructible, empty at first, and has
/// `BlobStore& blobs()`.
template <class Made>
class BlobStoreContract : public testing::Test {
protected:
    std::string content(const std::string& key) {
        auto blob = run_to_end(blobs().open(key));
        if (!blob) return "no: " + blob.error().message;
        std::string bytes(blob->size, '\0');
        EXPECT_EQ(::pread(blob->fd.get(), bytes.data(), bytes.size(), 0),
                  static_cast<ssize_t>(bytes.size()));
        return bytes;
    }
    std::filesystem::path file(const std::string& bytes) {
        const auto path = folder_.path() / ("file" + std::to_string(next_++));
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
    BlobStore& blobs() { return made_.blobs(); }

    Made made_;
    TempFolder folder_;
    int next_ = 0;
};

TYPED_TEST_SUITE_P(BlobStoreContract);

TYPED_TEST_P(BlobStoreContract, WhatIsPutComesBack) {
    const std::string bytes("a\0b\r\n\xff", 6);
    const auto stored = run_to_end(this->blobs().put("videos/x/1.m4s", bytes));
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->key, "videos/x/1.m4s");
    EXPECT_EQ(stored->size, 6u);
    EXPECT_EQ(stored->sha256, sha256(as_bytes(bytes)));
    EXPECT_EQ(this->content("videos/x/1.m4s"), bytes);
    ASSERT_TRUE(run_to_end(this->blobs().put("videos/x/1.m4s", std::string("new"))));
    EXPECT_EQ(this->content("videos/x/1.m4s"), "new");
    ASSERT_TRUE(run_to_end(this->blobs().put("empty", std::string())));
    EXPECT_EQ(this->content("empty"), "");
}

TYPED_TEST_P(BlobStoreContract, WhoReadsAnObjectReadsOnWhenItIsReplacedOrRemoved) {
    ASSERT_TRUE(run_to_end(this->blobs().put("a", std::string("old"))));
    const auto before = run_to_end(this->blobs().open("a"));
    ASSERT_TRUE(before);
    ASSERT_TRUE(run_to_end(this->blobs().put("a", std::string("newer"))));
    ASSERT_TRUE(run_to_end(this->blobs().remove("a")));
    std::string bytes(before->size, '\0');
    EXPECT_EQ(::pread(before->fd.get(), bytes.data(), bytes.size(), 0), 3);
    EXPECT_EQ(bytes, "old");
}

TYPED_TEST_P(BlobStoreContract, AFileMovesIn) {
    const auto path = this->file("film");
    const auto stored = run_to_end(this->blobs().put_file("v/original", path));
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->sha256, sha256(as_bytes("film")));
    EXPECT_EQ(stored->size, 4u);
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_EQ(this->content("v/original"), "film");
}

TYPED_TEST_P(BlobStoreContract, AFileIsAdoptedUnreadAndMeasuredLater) {
    const auto path = this->file("long film");
    EXPECT_EQ(run_to_end(this->blobs().adopt_file("v/original", path)).value(), 9u);
    EXPECT_FALSE(std::filesystem::exists(path));
    const auto measured = run_to_end(this->blobs().measure("v/original"));
    ASSERT_TRUE(measured);
    EXPECT_EQ(measured->size, 9u);
    EXPECT_EQ(measured->sha256, sha256(as_bytes("long film")));
    EXPECT_EQ(run_to_end(this->blobs().measure("v/other")).error().code, ErrorCode::NotFound);
}

TYPED_TEST_P(BlobStoreContract, AFileThatIsMissingIsNotFoundAndLeavesNothing) {
    const auto nowhere = this->folder_.path() / "nowhere";
    EXPECT_EQ(run_to_end(this->blobs().put_file("v/x", nowhere)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(this->blobs().adopt_file("v/x", nowhere)).error().code,
              ErrorCode::NotFound);
    EXPECT_TRUE(run_to_end(this->blobs().list("v")).value().empty());
}

TYPED_TEST_P(BlobStoreContract, AnObjectHasAPathForPrograms) {
    ASSERT_TRUE(run_to_end(this->blobs().put("v/original", std::string("film"))));
    const auto path = run_to_end(this->blobs().local_path("v/original"));
    ASSERT_TRUE(path);
    EXPECT_EQ(contents_of(*path), "film");
    EXPECT_EQ(run_to_end(this->blobs().local_path("v/other")).error().code, ErrorCode::NotFound);
}

TYPED_TEST_P(BlobStoreContract, AbsentObjectsAreNotFoundAndEasilyRemoved) {
    EXPECT_EQ(run_to_end(this->blobs().open("v/x")).error().code, ErrorCode::NotFound);
    EXPECT_TRUE(run_to_end(this->blobs().remove("v/x")));
    EXPECT_TRUE(run_to_end(this->blobs().remove_all("v")));
    EXPECT_TRUE(run_to_end(this->blobs().list("v")).value().empty());
    ASSERT_TRUE(run_to_end(this->blobs().put("v/x", std::string("x"))));
    EXPECT_EQ(run_to_end(this->blobs().open("v")).error().code, ErrorCode::NotFound)
        << "a prefix is no object";
    EXPECT_EQ(run_to_end(this->blobs().open("v/x/y")).error().code, ErrorCode::NotFound);
}

TYPED_TEST_P(BlobStoreContract, WhatIsKeptNearbyMayBeForgotten) {
    ASSERT_TRUE(run_to_end(this->blobs().put("v/x", std::string("x"))));
    ASSERT_TRUE(run_to_end(this->blobs().refresh("v/x")));
    EXPECT_EQ(this->content("v/x"), "x");
    EXPECT_TRUE(run_to_end(this->blobs().refresh("v/y"))) << "absent is success";
}

TYPED_TEST_P(BlobStoreContract, APrefixGoesWholeAndItsNeighboursStay) {
    for (const char* key : {"v/1/a", "v/1/b/c", "v/10/a", "v/1-", "w"}) {
        ASSERT_TRUE(run_to_end(this->blobs().put(key, std::string(key))));
    }
    EXPECT_EQ(run_to_end(this->blobs().list("v/1")).value(),
              (std::vector<std::string>{"v/1/a", "v/1/b/c"}));
    ASSERT_TRUE(run_to_end(this->blobs().remove_all("v/1")));
    EXPECT_TRUE(run_to_end(this->blobs().list("v/1")).value().empty());
    EXPECT_EQ(this->content("v/10/a"), "v/10/a");
    EXPECT_EQ(this->content("v/1-"), "v/1-");
    ASSERT_TRUE(run_to_end(this->blobs().put("v/1/a", std::string("again"))));
    EXPECT_EQ(this->content("v/1/a"), "again");
    ASSERT_TRUE(run_to_end(this->blobs().remove("v/1/a")));
    EXPECT_EQ(run_to_end(this->blobs().open("v/1/a")).error().code, ErrorCode::NotFound);
}

TYPED_TEST_P(BlobStoreContract, NoKeyLeadsAnywhereElse) {
    const auto path = this->file("mine");
    for (const char* key :
         {"",      "/",   "/etc/passwd", "a//b", "a/",    "../x", "a/../../x", "a/..", ".", "./a",
          "a/./b", "a b", "a\\b",        "a\nb", "a%2fb", "ü",    "a\x01",     "a:b",  "~", "*"}) {
        EXPECT_EQ(run_to_end(this->blobs().put(key, std::string("x"))).error().code,
                  ErrorCode::InvalidInput)
            << key;
        EXPECT_EQ(run_to_end(this->blobs().put_file(key, path)).error().code,
                  ErrorCode::InvalidInput);
        EXPECT_EQ(run_to_end(this->blobs().open(key)).error().code, ErrorCode::InvalidInput);
        EXPECT_EQ(run_to_end(this->blobs().local_path(key)).error().code, ErrorCode::InvalidInput);
        EXPECT_EQ(run_to_end(this->blobs().remove(key)).error().code, ErrorCode::InvalidInput);
        EXPECT_EQ(run_to_end(this->blobs().remove_all(key)).error().code, ErrorCode::InvalidInput);
        EXPECT_EQ(run_to_end(this->blobs().list(key)).error().code, ErrorCode::InvalidInput);
    }
    EXPECT_EQ(run_to_end(this->blobs().open(std::string("a\0b", 3))).error().code,
              ErrorCode::InvalidInput);
    EXPECT_EQ(run_to_end(this->blobs().open(std::string(600, 'a'))).error().code,
              ErrorCode::InvalidInput);
    EXPECT_TRUE(std::filesystem::exists(path)) << "on error the file stays";
}

TYPED_TEST_P(BlobStoreContract, AListingHasEveryObjectOnceInTheOrderOfItsKey) {
    // A folder sorts as its keys do, by the slash behind its name.
    const std::vector<std::string> keys = {"v/1-/a", "v/1.a",  "v/1/a",   "v/1/b/c",
                                           "v/1/b0", "v/10/a", "v/1_/x.y"};
    for (const std::string& key : keys) {
        ASSERT_TRUE(run_to_end(this->blobs().put(key, std::string(key))));
    }
    ASSERT_TRUE(run_to_end(this->blobs().put("w", std::string("elsewhere"))));
    std::vector<std::string> listed;
    std::string from;
    for (bool more = true; more;) {
        const auto page = run_to_end(this->blobs().list_page("v", from));
        ASSERT_TRUE(page);
        for (const ListedBlob& each : page->all) {
            listed.push_back(each.key);
            EXPECT_EQ(each.size, each.key.size());
            EXPECT_GT(to_micros(each.stored_at), 0);
        }
        from = page->next;
        more = !from.empty();
    }
    EXPECT_EQ(listed, keys);
    const auto none = run_to_end(this->blobs().list_page("nothing", ""));
    ASSERT_TRUE(none);
    EXPECT_TRUE(none->all.empty());
    EXPECT_TRUE(none->next.empty());
    EXPECT_EQ(run_to_end(this->blobs().list_page("../v", "")).error().code,
              ErrorCode::InvalidInput);
}

TYPED_TEST_P(BlobStoreContract, TheStoreItselfIsAskedForASize) {
    ASSERT_TRUE(run_to_end(this->blobs().put("v/a", std::string("film"))));
    EXPECT_EQ(run_to_end(this->blobs().size_of("v/a")).value(), 4u);
    EXPECT_EQ(run_to_end(this->blobs().size_of("v/b")).error().code, ErrorCode::NotFound);
    EXPECT_EQ(run_to_end(this->blobs().size_of("v")).error().code, ErrorCode::NotFound);
    ASSERT_TRUE(run_to_end(this->blobs().remove("v/a")));
    EXPECT_EQ(run_to_end(this->blobs().size_of("v/a")).error().code, ErrorCode::NotFound);
}

TYPED_TEST_P(BlobStoreContract, ThereIsRoomAndSomebodyKnowsHowMuch) {
    EXPECT_GT(run_to_end(this->blobs().free_bytes()).value(), 0u);
}

REGISTER_TYPED_TEST_SUITE_P(BlobStoreContract, WhatIsPutComesBack,
                            WhoReadsAnObjectReadsOnWhenItIsReplacedOrRemoved, AFileMovesIn,
                            AFileIsAdoptedUnreadAndMeasuredLater,
                            AFileThatIsMissingIsNotFoundAndLeavesNothing,
                            AnObjectHasAPathForPrograms, AbsentObjectsAreNotFoundAndEasilyRemoved,
                            WhatIsKeptNearbyMayBeForgotten, APrefixGoesWholeAndItsNeighboursStay,
                            NoKeyLeadsAnywhereElse, AListingHasEveryObjectOnceInTheOrderOfItsKey,
                            TheStoreItselfIsAskedForASize, ThereIsRoomAndSomebodyKnowsHowMuch);

}  // namespace syncwatch
