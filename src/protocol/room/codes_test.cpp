#include "protocol/room/codes.h"

#include <gtest/gtest.h>

namespace syncwatch::room_protocol {
namespace {

TEST(CodesTest, EveryCloseCodeSaysWhy) {
    for (const CloseEntry& each : close_codes()) {
        EXPECT_EQ(close_reason(each.code), each.reason);
        EXPECT_FALSE(each.reason.empty());
        EXPECT_LE(each.reason.size(), 123u) << "it must fit into a close frame";
    }
}

TEST(CodesTest, AnErrorHasTheWordOfTheContractAndTheWordsOfTheRoom) {
    const auto words = words_of(fail(ErrorCode::Forbidden, "for the log alone").value());
    EXPECT_EQ(words.code, "forbidden");
    EXPECT_EQ(words.message, "You may not do this here.");
    EXPECT_EQ(words_of(fail(ErrorCode::Conflict, "", "nothing_on").value()).code, "nothing_on");
    EXPECT_EQ(words_of(fail(ErrorCode::Exhausted, "").value()).code, "too_many_requests");
    EXPECT_EQ(words_of(fail(ErrorCode::NotFound, "", "no_such_room").value()).code, "not_found");
    EXPECT_EQ(words_of(fail(ErrorCode::Internal, "/secret/path").value()).code, "internal");
}

TEST(CodesTest, AWrongValueIsNamed) {
    const auto words = words_of(fail_field("text", "must say something").value());
    EXPECT_EQ(words.code, "invalid");
    EXPECT_EQ(words.message, "text must say something");
}

}  // namespace
}  // namespace syncwatch::room_protocol
