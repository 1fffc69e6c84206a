#include "recovery/signals/teller.h"

#include <gtest/gtest.h>

#include "adapters/sql_notices/sql_told_store.h"
#include "base/async/run_to_end.h"
#include "harness/manual_clock.h"
#include "harness/temp_database.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;
using Said = std::vector<std::string>;

/// Somebody who hears, unless they do not.
class Ear final : public Notifier {
public:
    Async<> tell(Notice notice) override {
        ++asked;
        if (deaf) co_return fail(*deaf);
        said.push_back(std::string(word(notice.turn)) + " " + notice.key);
        co_return Result<>();
    }

    std::optional<Error> deaf;
    int asked = 0;
    Said said;
};

/// A store that can be read, and not written to while it is `full`.
class FullStore final : public ToldStore {
public:
    explicit FullStore(ToldStore& inner) : inner_(inner) {}
    Async<std::vector<Told>> of(std::string channel) override {
        return inner_.of(std::move(channel));
    }
    Async<> keep(Told told) override {
        if (full) co_return fail(ErrorCode::Unavailable, "the disk is full");
        co_return co_await inner_.keep(std::move(told));
    }
    Async<> forget(std::string channel, std::string key) override {
        if (full) co_return fail(ErrorCode::Unavailable, "the disk is full");
        co_return co_await inner_.forget(std::move(channel), std::move(key));
    }

    bool full = false;

private:
    ToldStore& inner_;
};

class TellerTest : public testing::Test {
protected:
    Teller teller(Ear& ear) {
        Audience ops{"ops", {Severity::Critical, Severity::Warning}, "one", "node"};
        return Teller(std::move(ops), {ear, store_, clock_, [this] { return observed_; }});
    }
    void go(Teller& teller, std::chrono::seconds later = 15s) {
        clock_.advance(later);
        run_to_end(teller.go_round());
    }
    void begin(const char* key) {
        Condition condition;
        condition.key = key;
        condition.since = clock_.wall();
        observed_->standing.push_back(std::move(condition));
    }

    TempDatabase database_;
    sql::SqlToldStore rows_{database_.get()};
    FullStore store_{rows_};
    ManualClock clock_;
    std::optional<Observed> observed_ = Observed{{}, true};
};

TEST_F(TellerTest, AChangeIsToldOnceWhoeverLeads) {
    Ear ear;
    Teller first = teller(ear);
    begin("late");
    for (int i = 0; i < 5; ++i) go(first);
    EXPECT_EQ(ear.said, Said{"begins late"});
    Teller second = teller(ear);  // Another node leads now.
    for (int i = 0; i < 5; ++i) go(second);
    EXPECT_EQ(ear.said, Said{"begins late"});
    observed_->standing.clear();
    go(second);
    go(second);
    EXPECT_EQ(ear.said, (Said{"begins late", "ends late"}));
    EXPECT_EQ(second.status().told, 1U);
}

TEST_F(TellerTest, WhoDoesNotLeadSaysNothing) {
    Ear ear;
    Teller one = teller(ear);
    begin("late");
    ear.deaf = Error{ErrorCode::Timeout, "it hangs"};
    go(one);
    EXPECT_EQ(one.status().trouble, "it hangs");
    observed_.reset();
    go(one);
    EXPECT_EQ(one.status().trouble, "");
    EXPECT_EQ(one.status().waiting, 0U);
    EXPECT_EQ(ear.asked, 1);
}

TEST_F(TellerTest, AChannelThatFailsIsAskedLaterAndLater) {
    Ear ear;
    Teller one = teller(ear);
    begin("late");
    begin("damage");
    ear.deaf = Error{ErrorCode::Unavailable, "nobody answers"};
    for (int i = 0; i < 4 * 60; ++i) go(one);  // An hour.
    EXPECT_LE(ear.asked, 8);
    EXPECT_GE(ear.asked, 6);
    auto status = one.status();
    EXPECT_EQ(status.trouble, "nobody answers");
    EXPECT_EQ(status.waiting, 2U);
    EXPECT_EQ(status.failures, static_cast<std::uint64_t>(ear.asked));
    ear.deaf.reset();
    go(one, 1h);
    EXPECT_EQ(ear.said, (Said{"begins late", "begins damage"}));
    status = one.status();
    EXPECT_EQ(status.trouble, "");
    EXPECT_EQ(status.waiting, 0U);
}

TEST_F(TellerTest, AChannelThatWasAwayHearsHowItIsNow) {
    Ear ear;
    Teller one = teller(ear);
    ear.deaf = Error{ErrorCode::Unavailable, "nobody answers"};
    begin("late");
    go(one);
    observed_->standing.clear();
    begin("damage");
    ear.deaf.reset();
    go(one, 1h);
    EXPECT_EQ(ear.said, Said{"begins damage"});
}

TEST_F(TellerTest, ItWaitsAsLongAsItIsToldTo) {
    Ear ear;
    Teller one = teller(ear);
    begin("late");
    ear.deaf = Error{ErrorCode::Unavailable, "not now"};
    ear.deaf->retry_after = 600s;
    go(one);
    go(one, 599s);
    EXPECT_EQ(ear.asked, 1);
    go(one, 1s);
    EXPECT_EQ(ear.asked, 2);
}

TEST_F(TellerTest, WhatCannotBeNotedIsNotSaidAgainAndAgain) {
    Ear ear;
    Teller one = teller(ear);
    begin("late");
    begin("damage");
    store_.full = true;
    for (int i = 0; i < 10; ++i) go(one);
    EXPECT_EQ(ear.said, Said{"begins late"});
    store_.full = false;
    go(one);
    EXPECT_EQ(ear.said, (Said{"begins late", "begins damage"}));
}

}  // namespace
}  // namespace syncwatch::recovery
