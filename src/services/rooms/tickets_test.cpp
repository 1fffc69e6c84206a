#include "services/rooms/tickets.h"

#include <gtest/gtest.h>

#include "harness/manual_clock.h"
#include "harness/seeded_random.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

class TicketsTest : public testing::Test {
protected:
    static JoinGrant grant(std::string address) {
        JoinGrant made;
        made.role = Role::Moderator;
        made.address = std::move(address);
        return made;
    }

    ManualClock clock_;
    SeededRandom random_;
};

TEST_F(TicketsTest, ATicketWorksOnce) {
    Tickets tickets(clock_, random_);
    const std::string ticket = tickets.issue(grant("192.0.2.1"));
    const auto first = tickets.redeem(ticket);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->address, "192.0.2.1");
    EXPECT_EQ(first->role, Role::Moderator);
    const auto second = tickets.redeem(ticket);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Unauthenticated);
}

TEST_F(TicketsTest, ATicketIsDeadAfterItsLifetime) {
    Tickets tickets(clock_, random_);
    const std::string ticket = tickets.issue(grant("a"));
    const std::string later = tickets.issue(grant("b"));
    clock_.advance(29s);
    EXPECT_TRUE(tickets.redeem(ticket));
    clock_.advance(1s);
    EXPECT_FALSE(tickets.redeem(later));
}

TEST_F(TicketsTest, OverItsCapacityTheOldestTicketsGo) {
    Tickets::Options options;
    options.capacity = 2;
    Tickets tickets(clock_, random_, options);
    const std::string first = tickets.issue(grant("a"));
    const std::string second = tickets.issue(grant("b"));
    const std::string third = tickets.issue(grant("c"));
    EXPECT_FALSE(tickets.redeem(first));
    EXPECT_TRUE(tickets.redeem(second));
    EXPECT_TRUE(tickets.redeem(third));
}

TEST_F(TicketsTest, WhoHoldsATicketIsKnownUntilItIsUsedOrExpires) {
    Tickets tickets(clock_, random_);
    JoinGrant alice = grant("a");
    alice.who.user = random_.make_id<UserId>(clock_.wall());
    JoinGrant bobby = grant("b");
    bobby.who.user = random_.make_id<UserId>(clock_.wall());
    const std::string first = tickets.issue(alice);
    const std::string again = tickets.issue(alice);
    (void)tickets.issue(bobby);
    EXPECT_EQ(tickets.holders(alice.room).size(), 2u) << "people, not tickets";
    ASSERT_TRUE(tickets.redeem(first));
    EXPECT_EQ(tickets.holders(alice.room).size(), 2u);
    ASSERT_TRUE(tickets.redeem(again));
    EXPECT_EQ(tickets.holders(alice.room), std::vector<UserId>{bobby.who.user});
    clock_.advance(30s);
    EXPECT_TRUE(tickets.holders(alice.room).empty());
}

TEST_F(TicketsTest, ABanVoidsTicketsThatWereNotUsedYet) {
    Tickets tickets(clock_, random_);
    JoinGrant named = grant("192.0.2.1");
    named.who.user = random_.make_id<UserId>(clock_.wall());
    JoinGrant owner = grant("192.0.2.2");
    owner.role = Role::Owner;
    const std::string of_named = tickets.issue(named);
    const std::string of_neighbour = tickets.issue(grant("192.0.2.2"));
    const std::string of_owner = tickets.issue(owner);
    const std::string of_other = tickets.issue(grant("192.0.2.3"));
    tickets.revoke(named.room, named.who.user, "192.0.2.2");
    EXPECT_FALSE(tickets.redeem(of_named));
    EXPECT_FALSE(tickets.redeem(of_neighbour));
    EXPECT_TRUE(tickets.redeem(of_owner));
    EXPECT_TRUE(tickets.redeem(of_other));
}

TEST_F(TicketsTest, WhatWasNeverIssuedIsNoTicket) {
    Tickets tickets(clock_, random_);
    EXPECT_FALSE(tickets.redeem(""));
    EXPECT_FALSE(tickets.redeem(std::string(100'000, 'A')));
    EXPECT_FALSE(tickets.redeem(std::string_view("\0\0", 2)));
}

}  // namespace
}  // namespace syncwatch
