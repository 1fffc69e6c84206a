#include "adapters/s3/upload_chunks.h"

#include <gtest/gtest.h>

namespace syncwatch::s3 {
namespace {

std::uint64_t reach(const std::vector<std::string>& names) {
    return reach_of(chain_of(names));
}

TEST(UploadChunksTest, PiecesWithoutAGapCount) {
    EXPECT_EQ(reach({}), 0u);
    EXPECT_EQ(reach({std::string(kUploadMark)}), 0u);
    EXPECT_EQ(reach({chunk_name(0, 5, "a"), chunk_name(5, 3, "a")}), 8u);
    EXPECT_EQ(reach({chunk_name(5, 3, "a"), chunk_name(0, 5, "b")}), 8u);
    EXPECT_EQ(reach({chunk_name(0, 5, "a"), chunk_name(6, 3, "a")}), 5u) << "one is missing";
    EXPECT_EQ(reach({chunk_name(1, 5, "a")}), 0u);
}

TEST(UploadChunksTest, WritersThatCutDifferentlyMakeTheLongestChain) {
    const auto chain =
        chain_of({chunk_name(0, 5, "a"), chunk_name(5, 5, "a"), chunk_name(5, 2, "b"),
                  chunk_name(7, 9, "b"), chunk_name(10, 1, "a")});
    EXPECT_EQ(reach_of(chain), 16u);
    ASSERT_EQ(chain.size(), 3u);
    EXPECT_EQ(chain[1].name, chunk_name(5, 2, "b"));
}

TEST(UploadChunksTest, ProvisionalPiecesCountWhenTheirWriterWasAccepted) {
    const std::string piece = provisional_name(0, 5, "ab");
    EXPECT_EQ(reach({piece}), 0u);
    EXPECT_EQ(reach({piece, accepted_name("a")}), 0u);
    EXPECT_EQ(reach({accepted_name("ab"), piece}), 5u);
    EXPECT_EQ(reach({accepted_name("ab"), piece, chunk_name(5, 1, "ab")}), 6u);
}

TEST(UploadChunksTest, StrangeNamesArePassedOver) {
    for (const char* name :
         {"", "chunk-", "chunk-0000000000000000-0000000000000005", "chunk-0-5-a",
          "chunk-0000000000000000-0000000000000000-a", "chunk-000000000000000g-0000000000000005-a",
          "chunk-ffffffffffffffff-0000000000000005-a", "chunk-0000000000000000-0000000000000005a",
          "other"}) {
        EXPECT_EQ(reach({name}), 0u) << name;
    }
}

}  // namespace
}  // namespace syncwatch::s3
