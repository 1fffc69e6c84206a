#include "adapters/pgbackrest/program.h"

#include <gtest/gtest.h>

#include "base/async/run_to_end.h"

namespace syncwatch::pgbackrest {
namespace {

using namespace std::chrono_literals;

Result<ProgramRan> ran(const std::string& script, ProgramLimits limits = {}, HearLine hear = {}) {
    ProgramSpec spec;
    spec.program = "bash";
    spec.args = {"-c", script};
    return run_to_end(run_program(std::move(spec), limits, std::move(hear)));
}

TEST(ProgramTest, WhatItSaysAndHowItEndsIsKnown) {
    std::vector<std::string> lines;
    const auto said = ran("echo out; echo one >&2; printf 'two\\nthree' >&2; exit 3", {},
                          [&](std::string_view line) { lines.emplace_back(line); });
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_EQ(said->code, 3);
    EXPECT_EQ(said->out, "out\n");
    EXPECT_EQ(said->errors, "one\ntwo\nthree");
    EXPECT_EQ(lines, (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(ran("kill -9 $$").value().code, 137);
}

TEST(ProgramTest, ItIsEndedAtItsDeadlineWithAllThatItStarted) {
    ProgramLimits limits;
    limits.deadline = 300ms;
    const auto late = ran("trap '' TERM; sleep 1000 & echo $!; wait; wait", limits);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::Timeout);
    limits = {};
    limits.max_output = 1000;
    EXPECT_EQ(ran("yes", limits).error().code, ErrorCode::TooLarge);
}

TEST(ProgramTest, AProgramThatIsNotThereIsSaidToBeMissing) {
    ProgramSpec spec;
    spec.program = "no-such-program";
    const auto absent = run_to_end(run_program(std::move(spec), {}));
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(absent.error().reason, "not_installed");
}

TEST(ProgramTest, OptionsFromOurEnvironmentAreNotHandedOn) {
    ::setenv("PGBACKREST_REPO1_PATH", "/elsewhere", 1);
    EXPECT_EQ(ran("echo \"$PGBACKREST_REPO1_PATH\"").value().out, "\n");
    ::unsetenv("PGBACKREST_REPO1_PATH");
}

}  // namespace
}  // namespace syncwatch::pgbackrest
