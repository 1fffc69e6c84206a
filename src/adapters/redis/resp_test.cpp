#include "adapters/redis/resp.h"

#include <gtest/gtest.h>

namespace syncwatch::redis {
namespace {

Reply text(std::string value) {
    return {Reply::Kind::Text, std::move(value)};
}
Reply integer(std::int64_t value) {
    return {Reply::Kind::Integer, "", value};
}
Reply error(std::string value) {
    return {Reply::Kind::Error, std::move(value)};
}
Reply list(std::vector<Reply> values, Reply::Kind kind = Reply::Kind::List) {
    return {kind, "", 0, std::move(values)};
}

struct ReplyRow {
    const char* what;
    std::string bytes;
    Reply reply;
};

std::vector<ReplyRow> replies() {
    return {
        {"a state", "+OK\r\n", text("OK")},
        {"an empty state", "+\r\n", text("")},
        {"an error", "-READONLY You can't\r\n", error("READONLY You can't")},
        {"a number", ":-42\r\n", integer(-42)},
        {"a text", "$5\r\nhello\r\n", text("hello")},
        {"a text of any bytes", std::string("$4\r\n\0\r\n\xff\r\n", 10),
         text(std::string("\0\r\n\xff", 4))},
        {"an empty text", "$0\r\n\r\n", text("")},
        {"no text", "$-1\r\n", {}},
        {"no list", "*-1\r\n", {}},
        {"nothing in RESP 3", "_\r\n", {}},
        {"true", "#t\r\n", integer(1)},
        {"false", "#f\r\n", integer(0)},
        {"a number that is not whole", ",3.25\r\n", text("3.25")},
        {"a big number", "(3492890328409238509324850943850943825024385\r\n",
         text("3492890328409238509324850943850943825024385")},
        {"a long error", "!9\r\nSYNTAX it\r\n", error("SYNTAX it")},
        {"a text with its format", "=8\r\ntxt:some\r\n", text("txt:some")},
        {"a list", "*2\r\n$1\r\na\r\n:1\r\n", list({text("a"), integer(1)})},
        {"an empty list", "*0\r\n", list({})},
        {"a list in a list", "*1\r\n*1\r\n_\r\n", list({list({Reply()})})},
        {"a set", "~1\r\n:1\r\n", list({integer(1)})},
        {"a map", "%1\r\n+a\r\n:1\r\n", list({text("a"), integer(1)})},
        {"a push", ">2\r\n+message\r\n+x\r\n",
         list({text("message"), text("x")}, Reply::Kind::Push)},
    };
}

TEST(RespTest, EveryKindOfReplyIsRead) {
    for (const ReplyRow& row : replies()) {
        ReplyReader reader;
        reader.feed(row.bytes);
        const auto read = reader.next();
        ASSERT_TRUE(read) << row.what << ": " << read.error().message;
        ASSERT_TRUE(read->has_value()) << row.what;
        EXPECT_EQ(**read, row.reply) << row.what;
        EXPECT_EQ(reader.next().value(), std::nullopt) << row.what;
    }
}

TEST(RespTest, RepliesMayBeCutAnywhere) {
    std::string all;
    for (const ReplyRow& row : replies()) all += row.bytes;
    for (std::size_t piece = 1; piece < 9; ++piece) {
        ReplyReader reader;
        std::vector<Reply> read;
        for (std::size_t at = 0; at < all.size(); at += piece) {
            reader.feed(std::string_view(all).substr(at, piece));
            for (;;) {
                auto next = reader.next();
                ASSERT_TRUE(next);
                if (!*next) break;
                read.push_back(**std::move(next));
            }
        }
        ASSERT_EQ(read.size(), replies().size()) << piece;
        for (std::size_t i = 0; i < read.size(); ++i) EXPECT_EQ(read[i], replies()[i].reply);
    }
}

TEST(RespTest, WhatNoServerSaysIsRefused) {
    const std::pair<const char*, std::string> rows[] = {
        {"HTTP", "HTTP/1.1 400 Bad Request\r\n"},
        {"a number that is none", ":12a\r\n"},
        {"a number that is too great", ":99999999999999999999\r\n"},
        {"a length that is none", "$x\r\n"},
        {"a length below nothing", "$-2\r\n"},
        {"a length without end", "$4194305\r\n"},
        {"a count below nothing", "*-7\r\n"},
        {"a count without end", "*65537\r\n"},
        {"a map that doubles its count", "%40000\r\n"},
        {"lists whose sum is too long", "*2\r\n*65535\r\n"},
        {"a text without its end", "$1\r\nab\r\n"},
        {"a truth that is neither", "#x\r\n"},
        {"a line without end", "+" + std::string(70'000, 'x')},
        {"lists in lists in lists", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"},
    };
    for (const auto& [what, bytes] : rows) {
        ReplyReader reader;
        reader.feed(bytes);
        const auto read = reader.next();
        ASSERT_FALSE(read) << what;
        EXPECT_EQ(read.error().code, ErrorCode::Corrupt) << what;
    }
}

TEST(RespTest, ACommandIsAListOfTexts) {
    EXPECT_EQ(encode_command({"PUBLISH", "c", std::string("\0\r", 2)}),
              "*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n$2\r\n" + std::string("\0\r\r\n", 4));
    ReplyReader reader;
    reader.feed(encode_command({"GET", ""}));
    EXPECT_EQ(reader.next().value().value(), list({text("GET"), text("")}));
}

TEST(RespTest, ElementsAreAskedForByPlace) {
    const Reply reply = list({text("a"), integer(1)});
    EXPECT_EQ(reply.text_at(0), "a");
    EXPECT_EQ(reply.text_at(1), "");
    EXPECT_EQ(reply.text_at(2), "");
}

}  // namespace
}  // namespace syncwatch::redis
