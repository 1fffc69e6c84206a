#pragma once
#include <vector>

#include <gtest/gtest.h>

#include "contract/media_fixture.h"

namespace syncwatch {

/// What every implementation of ObjectLedger keeps.
template <class Made>
class ObjectLedgerContract : public MediaFixture<Made> {};

TYPED_TEST_SUITE_P(ObjectLedgerContract);

TYPED_TEST_P(ObjectLedgerContract, TheLedgerKnowsAPrefixFromANameThatBeginsLikeIt) {
    EXPECT_EQ(run_to_end(this->ledger().find_object("x")).value(), std::nullopt);
    std::vector<StoredBlob> objects = {this->object("a/1/x"), this->object("a/1/y"),
                                       this->object("a/10/x"), this->object("a/1"),
                                       this->object("a/1-")};
    ASSERT_TRUE(run_to_end(this->ledger().record(objects, this->kNow)));
    const auto under = run_to_end(this->ledger().objects_under("a/1")).value();
    ASSERT_EQ(under.size(), 2u);
    EXPECT_EQ(under[0].key, "a/1/x");
    EXPECT_EQ(under[1].key, "a/1/y");
    ASSERT_TRUE(run_to_end(this->ledger().record({this->object("a/1/x", 8)}, this->kNow)));
    EXPECT_EQ(run_to_end(this->ledger().find_object("a/1/x")).value()->sha256[0], 8);
    ASSERT_TRUE(run_to_end(this->ledger().forget_doomed("a/1")));
    EXPECT_FALSE(run_to_end(this->ledger().find_object("a/1")).value());
    EXPECT_FALSE(run_to_end(this->ledger().find_object("a/1/y")).value());
    EXPECT_TRUE(run_to_end(this->ledger().find_object("a/10/x")).value());
    EXPECT_TRUE(run_to_end(this->ledger().find_object("a/1-")).value());
}

TYPED_TEST_P(ObjectLedgerContract, WhatIsLeftBehindIsKnownUntilItIsGone) {
    ASSERT_TRUE(run_to_end(
        this->ledger().record({this->object("v/1/a"), this->object("v/2/a")}, this->kNow)));
    for (int again = 0; again < 2; ++again) {
        ASSERT_TRUE(run_to_end(this->ledger().leave_behind("v/1", this->kNow)));
    }
    EXPECT_FALSE(run_to_end(this->ledger().find_object("v/1/a")).value());
    EXPECT_TRUE(run_to_end(this->ledger().find_object("v/2/a")).value());
    const auto later = this->kNow + this->kMinute;
    ASSERT_TRUE(run_to_end(this->ledger().leave_behind("v/0", later)));
    const auto left = run_to_end(this->ledger().left_behind("", 10)).value();
    ASSERT_EQ(left.size(), 2u);
    EXPECT_EQ(left[0].key, "v/0");
    EXPECT_EQ(left[1].left_at, this->kNow);
    EXPECT_EQ(run_to_end(this->ledger().left_behind("v/0", 10)).value().size(), 1u);
    EXPECT_EQ(run_to_end(this->ledger().left_behind("", 1)).value().size(), 1u);
    ASSERT_TRUE(run_to_end(this->ledger().forget_left("v/0")));
    ASSERT_TRUE(run_to_end(this->ledger().forget_left("v/0")));
    EXPECT_EQ(run_to_end(this->ledger().left_behind("", 10)).value().size(), 1u);
}

REGISTER_TYPED_TEST_SUITE_P(ObjectLedgerContract, TheLedgerKnowsAPrefixFromANameThatBeginsLikeIt,
                            WhatIsLeftBehindIsKnownUntilItIsGone);

}  // namespace syncwatch
