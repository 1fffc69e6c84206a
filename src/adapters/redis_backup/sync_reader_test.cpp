#include "adapters/redis_backup/sync_reader.h"

#include <gtest/gtest.h>

namespace syncwatch::redis {
namespace {

const std::string kId(40, 'a');
const std::string kMark = "0123456789abcdef0123456789abcdef01234567";

/// What comes of a whole answer when its bytes come in pieces of `piece`.
struct Outcome {
    std::string rdb;
    bool ended = false;
    std::optional<Error> error;
};
Outcome read(const std::string& bytes, std::size_t piece) {
    SyncReader reader;
    Outcome out;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        const auto part = reader.feed(std::string_view(bytes).substr(at, piece));
        if (!part) {
            out.error = part.error();
            return out;
        }
        out.rdb += *part;
    }
    out.ended = reader.at() == SyncReader::At::End;
    return out;
}

TEST(SyncReaderTest, WhatIsSentIsFoundHoweverItIsCut) {
    const std::string head = "\n\n+FULLRESYNC " + kId + " 42\r\n\n";
    const std::string rdb = "REDIS0010 with a \n and \r\n$EOF: in it";
    const struct {
        const char* what;
        std::string bytes;
    } cases[] = {
        {"a length", head + "$" + std::to_string(rdb.size()) + "\r\n" + rdb + "*1\r\n$4\r\nPING"},
        {"a mark", head + "$EOF:" + kMark + "\r\n" + rdb + kMark},
        {"lines behind the mark", head + "$EOF:" + kMark + "\r\n" + rdb + kMark + "\n\n\n"},
    };
    for (const auto& each : cases) {
        for (const std::size_t piece : {1, 2, 3, 7, 39, 40, 41, 1000}) {
            const Outcome out = read(each.bytes, piece);
            EXPECT_EQ(out.rdb, rdb) << each.what << " in pieces of " << piece;
            EXPECT_TRUE(out.ended) << each.what << " in pieces of " << piece;
        }
    }
}

TEST(SyncReaderTest, WhereItIsOfAndUpToIsKept) {
    SyncReader reader;
    ASSERT_TRUE(reader.feed("+FULLRESYNC " + kId + " 12345\r\n$5\r\n"));
    EXPECT_EQ(reader.replid(), kId);
    EXPECT_EQ(reader.offset(), 12345);
    EXPECT_EQ(reader.length(), 5U);
}

TEST(SyncReaderTest, OneThatIsCutOffHasNotEnded) {
    const std::string head = "+FULLRESYNC " + kId + " 42\r\n";
    EXPECT_FALSE(read(head + "$10\r\nREDIS0010", 4).ended);
    EXPECT_FALSE(read(head + "$EOF:" + kMark + "\r\nREDIS0010" + kMark.substr(0, 39), 4).ended);
    EXPECT_FALSE(read(head, 4).ended);
}

TEST(SyncReaderTest, WhatIsNoAnswerIsRefused) {
    const std::string head = "+FULLRESYNC " + kId + " 42\r\n";
    const struct {
        std::string bytes;
        ErrorCode code;
    } cases[] = {
        {"-NOMASTERLINK Can't SYNC while not connected with my master\r\n", ErrorCode::Unavailable},
        {"-NOPERM this user has no permissions\r\n", ErrorCode::Forbidden},
        {"-NOAUTH Authentication required.\r\n", ErrorCode::Forbidden},
        {"HTTP/1.1 400 Bad Request\r\n", ErrorCode::Corrupt},
        {"+CONTINUE\r\n", ErrorCode::Corrupt},
        {"+FULLRESYNC short 42\r\n", ErrorCode::Corrupt},
        {"+FULLRESYNC " + kId + "\r\n", ErrorCode::Corrupt},
        {"+FULLRESYNC " + kId + " -7\r\n", ErrorCode::Corrupt},
        {"+FULLRESYNC " + std::string(40, 'z') + " 7\r\n", ErrorCode::Corrupt},
        {head + "$-1\r\n", ErrorCode::Corrupt},
        {head + "$99999999999999999999\r\n", ErrorCode::Corrupt},
        {head + "$EOF:short\r\n", ErrorCode::Corrupt},
        {head + "REDIS0010\r\n", ErrorCode::Corrupt},
        {std::string(10'000, 'x'), ErrorCode::Corrupt},
    };
    for (const auto& each : cases) {
        const Outcome out = read(each.bytes, 5);
        ASSERT_TRUE(out.error) << each.bytes;
        EXPECT_EQ(out.error->code, each.code) << each.bytes;
    }
}

}  // namespace
}  // namespace syncwatch::redis
