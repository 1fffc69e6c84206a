#pragma once
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "harness/numbered.h"
#include "ports/sign_out_spool.h"

namespace syncwatch {

/// What every SignOutSpool keeps. `Made` is default-constructible, empty at first, takes three, and
/// has `SignOutSpool& spool()` and `restart()`: a new process finds what the old one left.
template <class Made>
class SignOutSpoolContract : public testing::Test {
protected:
    SessionId session(std::uint8_t number) { return numbered<SessionId>(number); }
    Result<> keep(std::uint8_t number) { return run_to_end(made_.spool().keep(session(number))); }
    Result<> done(std::uint8_t number) { return run_to_end(made_.spool().done(session(number))); }
    std::vector<SessionId> waiting() {
        std::vector<SessionId> found = made_.spool().waiting();
        std::ranges::sort(found);
        return found;
    }

    Made made_;
};

TYPED_TEST_SUITE_P(SignOutSpoolContract);

TYPED_TEST_P(SignOutSpoolContract, WhatIsKeptOutlivesAProcessUntilItIsDone) {
    using Sessions = std::vector<SessionId>;
    EXPECT_TRUE(this->waiting().empty());
    ASSERT_TRUE(this->keep(1));
    ASSERT_TRUE(this->keep(2));
    ASSERT_TRUE(this->keep(1)) << "said twice";
    this->made_.restart();
    EXPECT_EQ(this->waiting(), (Sessions{this->session(1), this->session(2)}));
    ASSERT_TRUE(this->done(1));
    ASSERT_TRUE(this->done(3)) << "nobody knows it";
    EXPECT_EQ(this->waiting(), Sessions{this->session(2)});
    this->made_.restart();
    EXPECT_EQ(this->waiting(), Sessions{this->session(2)});
}

TYPED_TEST_P(SignOutSpoolContract, ItTakesSoManyAndNoMore) {
    for (std::uint8_t i = 1; i <= 3; ++i) ASSERT_TRUE(this->keep(i));
    const Result<> refused = this->keep(4);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(refused.error().component, "sign_outs");
    ASSERT_TRUE(this->done(2));
    EXPECT_TRUE(this->keep(4));
}

REGISTER_TYPED_TEST_SUITE_P(SignOutSpoolContract, WhatIsKeptOutlivesAProcessUntilItIsDone,
                            ItTakesSoManyAndNoMore);

}  // namespace syncwatch
