#include "adapters/postgres_bus/chunks.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace syncwatch::postgres {
namespace {

std::string bytes_of(std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(i * 7 + i / 251));
    return bytes;
}

TEST(ChunksTest, MessagesOfAnySizeComeBackAsTheyWere) {
    ChunkReader reader;
    std::uint64_t number = 0;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kChunkBytes - 1, kChunkBytes,
                                   kChunkBytes + 1, 3 * kChunkBytes, kMaxChunks * kChunkBytes}) {
        const std::string message = bytes_of(size);
        const auto chunks = to_chunks(5, ++number, message);
        ASSERT_FALSE(chunks.empty());
        for (std::size_t i = 0; i < chunks.size(); ++i) {
            EXPECT_LT(chunks[i].size(), 8000u);
            const auto whole = reader.take(chunks[i]);
            ASSERT_EQ(whole.has_value(), i + 1 == chunks.size()) << size;
            EXPECT_TRUE(!whole || *whole == message) << size;
        }
    }
    EXPECT_TRUE(to_chunks(5, 1, bytes_of(kMaxChunks * kChunkBytes + 1)).empty());
}

TEST(ChunksTest, PiecesOfSeveralSendersMayBeMixed) {
    const std::string a = bytes_of(2 * kChunkBytes);
    const std::string b = a + "b";
    const auto of_a = to_chunks(1, 1, a);
    const auto of_b = to_chunks(2, 1, b);
    ChunkReader reader;
    EXPECT_FALSE(reader.take(of_a[0]));
    EXPECT_FALSE(reader.take(of_b[0]));
    EXPECT_FALSE(reader.take(of_b[1]));
    EXPECT_EQ(reader.take(of_a[1]), a);
    EXPECT_EQ(reader.take(of_b[2]), b);
}

TEST(ChunksTest, WhatMissesAPieceIsForgotten) {
    const std::string message = bytes_of(3 * kChunkBytes);
    const auto chunks = to_chunks(1, 1, message);
    const auto later = to_chunks(1, 2, message);
    ChunkReader reader;
    EXPECT_FALSE(reader.take(chunks[1])) << "its beginning was before we listened";
    EXPECT_FALSE(reader.take(chunks[2]));
    EXPECT_FALSE(reader.take(chunks[0]));
    EXPECT_FALSE(reader.take(chunks[2])) << "one in between is missing";
    EXPECT_FALSE(reader.take(chunks[0]));
    EXPECT_FALSE(reader.take(later[1])) << "of another message";
    for (const std::size_t i : {0u, 1u}) EXPECT_FALSE(reader.take(later[i]));
    EXPECT_EQ(reader.take(later[2]), message);
}

TEST(ChunksTest, WhatIsNotOfOursIsPassedBy) {
    ChunkReader reader;
    for (const std::string& text :
         {std::string(), std::string("hello"), std::string("****"),
          encode_base64(as_bytes(std::string(19, 'x'))),
          encode_base64(as_bytes(std::string(16, '\0') + std::string("\0\1\0\1", 4))),
          encode_base64(as_bytes(std::string(16, '\0') + std::string("\0\0\xff\xff", 4)))}) {
        EXPECT_FALSE(reader.take(text)) << text;
    }
}

TEST(ChunksTest, WhatIsIncompleteIsBounded) {
    ChunkReader::Limits limits;
    limits.max_senders = 2;
    ChunkReader reader(limits);
    const std::string message = bytes_of(2 * kChunkBytes);
    for (std::uint64_t sender = 1; sender <= 3; ++sender) {
        EXPECT_FALSE(reader.take(to_chunks(sender, 1, message)[0]));
    }
    EXPECT_FALSE(reader.take(to_chunks(1, 1, message)[1])) << "forgotten with the others";
}

}  // namespace
}  // namespace syncwatch::postgres
