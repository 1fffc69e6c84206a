#pragma once
#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/async/run_to_end.h"
#include "ports/short_lived_store.h"

namespace syncwatch {

/// What every ShortLivedStore keeps. `Made` makes one: a default-constructible type with
/// `ShortLivedStore& first()` and `second()` (two nodes; the same object where there is one
/// process) and `void pass(milliseconds)`, after which that time has passed.
template <class Made>
class ShortLivedStoreContract : public testing::Test {
protected:
    using Text = std::optional<std::string>;
    using Span = ShortLivedStore::Span;

    void put(const std::string& key, const std::string& value, Span span) {
        const auto done = run_to_end(made_.first().put(key, value, span));
        EXPECT_TRUE(done) << done.error().message;
    }
    Text get(const std::string& key) { return run_to_end(made_.second().get(key)).value(); }
    Text take(const std::string& key) { return run_to_end(made_.second().take(key)).value(); }
    bool claim(const std::string& key, Span span) {
        return run_to_end(made_.second().claim(key, span)).value();
    }
    std::int64_t add(const std::string& key, std::int64_t by, Span span) {
        return run_to_end(made_.first().add(key, by, span)).value();
    }

    static constexpr Span kLong = std::chrono::hours(1);
    static constexpr Span kShort = std::chrono::milliseconds(400);
    Made made_;
};

TYPED_TEST_SUITE_P(ShortLivedStoreContract);

TYPED_TEST_P(ShortLivedStoreContract, AValueIsKeptForItsTime) {
    const std::string bytes("\0\r\n\xff", 4);
    EXPECT_EQ(this->get("k"), std::nullopt);
    this->put("k", "first", this->kLong);
    this->put("k", bytes, this->kLong);
    this->put("empty", "", this->kLong);
    this->put("brief", "x", this->kShort);
    EXPECT_EQ(this->get("k"), bytes);
    EXPECT_EQ(this->get("empty"), "");
    this->made_.pass(this->kShort);
    EXPECT_EQ(this->get("brief"), std::nullopt);
    EXPECT_EQ(this->get("k"), bytes);
    EXPECT_TRUE(run_to_end(this->made_.first().remove("k")));
    EXPECT_TRUE(run_to_end(this->made_.first().remove("nobody's")));
    EXPECT_EQ(this->get("k"), std::nullopt);
}

TYPED_TEST_P(ShortLivedStoreContract, ATicketIsGoodOnce) {
    this->put("ticket", "whose", this->kLong);
    EXPECT_EQ(this->take("ticket"), "whose");
    EXPECT_EQ(this->take("ticket"), std::nullopt);
    EXPECT_EQ(this->get("ticket"), std::nullopt);
}

TYPED_TEST_P(ShortLivedStoreContract, OfManyWhoTakeATicketOneGetsIt) {
    this->put("ticket", "x", this->kLong);
    std::vector<std::future<bool>> takers;
    for (int i = 0; i < 8; ++i) {
        ShortLivedStore& store = i % 2 == 0 ? this->made_.first() : this->made_.second();
        auto take = [&store] { return run_to_end(store.take("ticket")).value().has_value(); };
        takers.push_back(std::async(std::launch::async, take));
    }
    int taken = 0;
    for (auto& each : takers) taken += each.get() ? 1 : 0;
    EXPECT_EQ(taken, 1);
}

TYPED_TEST_P(ShortLivedStoreContract, AClaimIsTheFirstOnesUntilItsEnd) {
    EXPECT_TRUE(this->claim("job", this->kShort));
    EXPECT_FALSE(this->claim("job", this->kLong));
    this->made_.pass(this->kShort);
    EXPECT_TRUE(this->claim("job", this->kLong));
    EXPECT_TRUE(run_to_end(this->made_.first().remove("job")));
    EXPECT_TRUE(this->claim("job", this->kLong));
}

TYPED_TEST_P(ShortLivedStoreContract, ACountEndsWithTheTimeOfItsFirstAddition) {
    EXPECT_EQ(this->add("tries", 1, this->kLong), 1);
    EXPECT_EQ(this->add("tries", 4, this->kLong), 5);
    EXPECT_EQ(this->add("tries", -2, this->kLong), 3);
    EXPECT_EQ(this->add("others", 1, this->kShort), 1);
    EXPECT_EQ(this->add("others", 1, this->kLong), 2) << "the first addition's time counts";
    this->made_.pass(this->kShort);
    EXPECT_EQ(this->add("others", 1, this->kLong), 1);
    EXPECT_EQ(this->add("tries", 1, this->kLong), 4);
}

REGISTER_TYPED_TEST_SUITE_P(ShortLivedStoreContract, AValueIsKeptForItsTime, ATicketIsGoodOnce,
                            OfManyWhoTakeATicketOneGetsIt, AClaimIsTheFirstOnesUntilItsEnd,
                            ACountEndsWithTheTimeOfItsFirstAddition);

}  // namespace syncwatch
