#include "services/rooms/answers.h"

#include <gtest/gtest.h>

namespace syncwatch {
namespace {

using Kind = Answers::Verdict::Kind;
using Lines = std::vector<std::uint64_t>;

Answers::Answer refused(ErrorCode code) {
    Answers::Answer answer;
    answer.error = fail(code, "no").value();
    return answer;
}

TEST(AnswersTest, ARequestIsDoneOnceAndAnsweredAsOftenAsItComes) {
    Answers answers;
    EXPECT_EQ(answers.ask("m1", 1, false, 7).kind, Kind::New);
    EXPECT_EQ(answers.settle("m1", {}), Lines{1});
    const auto again = answers.ask("m1", 1, false, 7);
    EXPECT_EQ(again.kind, Kind::Again);
    EXPECT_FALSE(again.answer->error);
    EXPECT_EQ(answers.ask("m1", 2, true, 7).kind, Kind::Again) << "after a drop";
}

TEST(AnswersTest, WhoAsksWhileItIsBeingDoneHearsOfItThen) {
    Answers answers;
    EXPECT_EQ(answers.ask("m1", 1, false, 7).kind, Kind::New);
    EXPECT_EQ(answers.ask("m1", 2, true, 7).kind, Kind::Busy);
    EXPECT_EQ(answers.settle("m1", {}), (Lines{1, 2}));
}

TEST(AnswersTest, AnotherPagesIdsMeanSomethingElse) {
    Answers answers;
    EXPECT_EQ(answers.ask("m1", 1, false, 7).kind, Kind::New);
    answers.settle("m1", {});
    EXPECT_EQ(answers.ask("m1", 2, false, 7).kind, Kind::Again) << "the very same";
    EXPECT_EQ(answers.ask("m1", 2, false, 8).kind, Kind::New);
    EXPECT_EQ(answers.settle("m1", refused(ErrorCode::Forbidden)), Lines{2});
    EXPECT_TRUE(answers.ask("m1", 3, true, 7).answer->error) << "the newest counts";
}

TEST(AnswersTest, ARefusalIsRememberedUnlessLaterMayWork) {
    Answers answers;
    (void)answers.ask("m1", 1, false, 7);
    answers.settle("m1", refused(ErrorCode::Forbidden));
    EXPECT_EQ(answers.ask("m1", 1, false, 7).kind, Kind::Again);
    (void)answers.ask("m2", 1, false, 7);
    answers.settle("m2", refused(ErrorCode::Timeout));
    const auto retried = answers.ask("m2", 1, false, 7);
    EXPECT_EQ(retried.kind, Kind::New);
    EXPECT_TRUE(retried.may_be_done);
}

TEST(AnswersTest, AfterARestartARepeatedRequestMayHaveBeenDone) {
    Answers answers;
    EXPECT_TRUE(answers.ask("m1", 1, true, 7).may_be_done);
    EXPECT_FALSE(answers.ask("m2", 2, false, 7).may_be_done);
}

TEST(AnswersTest, MemoryIsBoundedButWhatIsBeingDoneStays) {
    Answers answers;
    (void)answers.ask("busy", 1, false, 7);
    for (int i = 0; i < 1000; ++i) {
        (void)answers.ask(std::to_string(i), 1, false, 7);
        answers.settle(std::to_string(i), {});
    }
    EXPECT_EQ(answers.ask("busy", 1, false, 7).kind, Kind::Busy);
    EXPECT_EQ(answers.ask("999", 1, false, 7).kind, Kind::Again);
    EXPECT_EQ(answers.ask("0", 1, false, 7).kind, Kind::New);
}

}  // namespace
}  // namespace syncwatch
