#include "services/rooms/tickets.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "adapters/memory/memory_bus.h"
#include "adapters/system/sodium_sealer.h"
#include "domain/account/address_scope.h"
#include "domain/account/names.h"
#include "harness/manual_clock.h"
#include "harness/seeded_random.h"
#include "ports/topics.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// What a node has for tickets. All of them share the key.
struct TicketNode {
    explicit TicketNode(Bus& bus, std::uint64_t seed, Tickets::Options options = {})
        : random(seed), sealer({}, random), tickets(clock, sealer, bus, options) {}
    Tickets* operator->() { return &tickets; }

    ManualClock clock;
    SeededRandom random;
    SodiumSealer sealer;
    Tickets tickets;
};

class TicketsTest : public testing::Test {
protected:
    static JoinGrant grant(std::string address) {
        JoinGrant made;
        made.role = Role::Moderator;
        made.address = std::move(address);
        return made;
    }

    UserId somebody() { return random_.make_id<UserId>(clock_.wall()); }
    static JoinGrant grant_of(UserId user) {
        JoinGrant made = grant("192.0.2.1");
        made.role = Role::Viewer;
        made.who.user = user;
        return made;
    }

    ManualClock clock_;
    SeededRandom random_;
    SodiumSealer sealer_{{}, random_};
    MemoryBus bus_;
};

/// Two nodes with a load balancer before them.
class TicketsOfNodesTest : public TicketsTest {
protected:
    TicketsOfNodesTest() { connect(); }

    void connect() {
        heard_.push_back(a_->listen(context_.get_executor()));
        heard_.push_back(b_->listen(context_.get_executor()));
    }
    /// What is said from now on is lost.
    void part() { heard_.clear(); }
    void settle() {
        context_.restart();
        context_.poll();
    }
    void advance(std::chrono::microseconds by) {
        a_.clock.advance(by);
        b_.clock.advance(by);
    }

    boost::asio::io_context context_{1};
    TicketNode a_{bus_, 11};
    TicketNode b_{bus_, 22};
    std::vector<std::unique_ptr<Bus::Subscription>> heard_;
};

TEST_F(TicketsTest, ATicketWorksOnce) {
    Tickets tickets(clock_, sealer_, bus_);
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
    Tickets tickets(clock_, sealer_, bus_);
    const std::string ticket = tickets.issue(grant("a"));
    const std::string later = tickets.issue(grant("b"));
    clock_.advance(30s + Tickets::kClocksApart - 1ms);
    EXPECT_TRUE(tickets.redeem(ticket));
    clock_.advance(1ms);
    EXPECT_FALSE(tickets.redeem(later));
}

TEST_F(TicketsTest, AUsedTicketIsRememberedForAsLongAsItIsGood) {
    Tickets tickets(clock_, sealer_, bus_);
    const std::string ticket = tickets.issue(grant("a"));
    ASSERT_TRUE(tickets.redeem(ticket));
    for (int second = 0; second < 40; ++second) {
        (void)tickets.issue(grant("b"));
        EXPECT_FALSE(tickets.redeem(ticket)) << second;
        clock_.advance(1s);
    }
}

TEST_F(TicketsTest, OverItsCapacityTheOldestTicketsGo) {
    Tickets::Options options;
    options.capacity = 2;
    Tickets tickets(clock_, sealer_, bus_, options);
    std::vector<std::string> made;
    for (int i = 0; i < 6; ++i) {
        made.push_back(tickets.issue(grant_of(somebody())));
        clock_.advance(1ms);
    }
    EXPECT_EQ(tickets.holders(RoomCode()).size(), 2u) << "places are the newest ones'";
    for (const unsigned each : {1u, 2u, 3u, 4u}) EXPECT_TRUE(tickets.redeem(made[each])) << each;
    // 1 and 2 are not remembered any more: neither they nor what is older is good.
    for (const unsigned each : {0u, 1u, 2u, 3u, 4u})
        EXPECT_FALSE(tickets.redeem(made[each])) << each;
    EXPECT_TRUE(tickets.redeem(made[5]));
}

TEST_F(TicketsTest, AForgottenBanVoidsWhatIsAsOld) {
    Tickets::Options options;
    options.capacity = 2;
    Tickets elsewhere(clock_, sealer_, bus_);
    Tickets tickets(clock_, sealer_, bus_, options);
    const UserId banned = somebody();
    const std::string of_banned = elsewhere.issue(grant_of(banned));
    for (const UserId each : {banned, somebody(), somebody(), somebody()}) {
        tickets.revoke(RoomCode(), each, {});
        clock_.advance(1ms);
    }
    EXPECT_FALSE(tickets.redeem(of_banned));
    clock_.advance(Tickets::kClocksApart);
    EXPECT_TRUE(tickets.redeem(elsewhere.issue(grant_of(somebody()))));
}

TEST_F(TicketsTest, TheLongestTicketFitsIntoAnAddress) {
    Tickets tickets(clock_, sealer_, bus_);
    JoinGrant longest = grant(address_scope("2001:1db8:1111:2222:3333:4444:5555:6666"));
    std::string face;
    for (int i = 0; i < 64; ++i) face += "\U0001F600";
    longest.who.display_name = valid_display_name(face).value();
    const std::string ticket = tickets.issue(longest);
    EXPECT_LT(ticket.size(), Tickets::kMaxLength);
    EXPECT_EQ(ticket.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-_"),
              std::string::npos);
    const auto read = tickets.redeem(ticket);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->who.display_name, face);
}

TEST_F(TicketsTest, NothingInATicketCanBeRead) {
    Tickets tickets(clock_, sealer_, bus_);
    JoinGrant made = grant("192.0.2.1");
    made.who.display_name = "Ada Lovelace";
    const auto bytes = decode_base64url(tickets.issue(made)).value();
    const std::string text(bytes.begin(), bytes.end());
    EXPECT_EQ(text.find("Lovelace"), std::string::npos);
    EXPECT_EQ(text.find("192.0.2.1"), std::string::npos);
}

TEST_F(TicketsTest, WhoHoldsATicketIsKnownUntilItIsUsedOrExpires) {
    Tickets tickets(clock_, sealer_, bus_);
    const JoinGrant alice = grant_of(somebody());
    const JoinGrant bobby = grant_of(somebody());
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
    Tickets tickets(clock_, sealer_, bus_);
    const JoinGrant named = grant_of(somebody());
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

TEST_F(TicketsTest, WhoIsSentAwayMayComeBackAtOnce) {
    Tickets tickets(clock_, sealer_, bus_);
    boost::asio::io_context context(1);
    const auto heard = tickets.listen(context.get_executor());
    const JoinGrant kicked = grant_of(somebody());
    const std::string before = tickets.issue(kicked);
    tickets.revoke(kicked.room, kicked.who.user, {});
    const std::string after = tickets.issue(kicked);
    context.run();
    EXPECT_EQ(tickets.holders(kicked.room).size(), 1u) << "its own echo voids nothing";
    EXPECT_FALSE(tickets.redeem(before));
    EXPECT_TRUE(tickets.redeem(after));
}

TEST_F(TicketsTest, WhatWasNeverIssuedIsNoTicket) {
    Tickets tickets(clock_, sealer_, bus_);
    EXPECT_FALSE(tickets.redeem(""));
    EXPECT_FALSE(tickets.redeem(std::string(100'000, 'A')));
    EXPECT_FALSE(tickets.redeem(std::string_view("\0\0", 2)));
    const auto sealed = tickets.redeem(sealer_.seal(as_bytes("no grant")));
    ASSERT_FALSE(sealed);
    EXPECT_EQ(sealed.error().reason, "bad_ticket");
}

TEST_F(TicketsOfNodesTest, ATicketOfOneNodeIsGoodAtAnother) {
    JoinGrant made = grant_of(somebody());
    made.who.display_name = "Ada";
    const std::string ticket = a_->issue(made);
    const auto read = b_->redeem(ticket);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->who.user, made.who.user);
    EXPECT_EQ(read->who.display_name, "Ada");
    EXPECT_EQ(read->room, made.room);
}

TEST_F(TicketsOfNodesTest, UsedAtOneNodeItIsRefusedAtAllAndItsPlaceIsFree) {
    const JoinGrant made = grant_of(somebody());
    const std::string ticket = a_->issue(made);
    EXPECT_EQ(a_->holders(made.room).size(), 1u);
    ASSERT_TRUE(b_->redeem(ticket));
    settle();
    EXPECT_TRUE(a_->holders(made.room).empty());
    const auto again = a_->redeem(ticket);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().reason, "bad_ticket");
    EXPECT_FALSE(b_->redeem(ticket));
}

TEST_F(TicketsOfNodesTest, WithoutTheBusATicketIsGoodOnceAtEachNode) {
    part();
    const std::string ticket = a_->issue(grant_of(somebody()));
    EXPECT_TRUE(b_->redeem(ticket));
    EXPECT_FALSE(b_->redeem(ticket));
    EXPECT_TRUE(a_->redeem(ticket));
    EXPECT_FALSE(a_->redeem(ticket));
}

TEST_F(TicketsOfNodesTest, NobodyIsToldATicketItself) {
    std::vector<std::string> said;
    const auto ear = bus_.subscribe(topics::kTickets, context_.get_executor(),
                                    [&](const std::string& payload) { said.push_back(payload); });
    const std::string ticket = a_->issue(grant_of(somebody()));
    ASSERT_TRUE(b_->redeem(ticket));
    settle();
    ASSERT_EQ(said.size(), 1u);
    EXPECT_EQ(said[0].find(ticket.substr(0, 8)), std::string::npos);
}

TEST_F(TicketsOfNodesTest, ABanVoidsTicketsThatOtherNodesIssued) {
    const JoinGrant named = grant_of(somebody());
    JoinGrant near = grant_of(somebody());
    near.address = "192.0.2.2";
    JoinGrant owner = near;
    owner.role = Role::Owner;
    JoinGrant other = grant_of(somebody());
    other.address = "192.0.2.3";
    const std::string of_named = a_->issue(named);
    const std::string of_near = a_->issue(near);
    const std::string of_owner = a_->issue(owner);
    const std::string of_other = a_->issue(other);
    part();
    b_->revoke(named.room, named.who.user, "192.0.2.2");
    advance(20s);
    EXPECT_FALSE(b_->redeem(of_named));
    EXPECT_FALSE(b_->redeem(of_near));
    EXPECT_TRUE(b_->redeem(of_owner));
    EXPECT_TRUE(b_->redeem(of_other));
}

TEST_F(TicketsOfNodesTest, ABanIsHeardByTheNodeThatIssuedTheTicket) {
    const JoinGrant named = grant_of(somebody());
    const std::string ticket = a_->issue(named);
    b_->revoke(named.room, named.who.user, {});
    settle();
    EXPECT_TRUE(a_->holders(named.room).empty());
    EXPECT_FALSE(a_->redeem(ticket));
}

TEST_F(TicketsOfNodesTest, ATicketFromAfterABanIsGoodOnceTheClocksMustAgree) {
    const JoinGrant made = grant_of(somebody());
    b_->revoke(made.room, made.who.user, {});
    settle();
    EXPECT_TRUE(a_->redeem(a_->issue(made))) << "a node knows the order of its own";
    advance(Tickets::kClocksApart + 1ms);
    EXPECT_TRUE(b_->redeem(a_->issue(made)));
}

TEST_F(TicketsOfNodesTest, ClocksMayDifferALittle) {
    b_.clock.advance(Tickets::kClocksApart);
    const std::string early = a_->issue(grant_of(somebody()));
    const std::string ahead = b_->issue(grant_of(somebody()));
    EXPECT_TRUE(a_->redeem(ahead));
    advance(30s - 1ms);
    EXPECT_TRUE(b_->redeem(early)) << "lives its whole life where the clock is ahead";
    b_.clock.advance(1s);
    EXPECT_FALSE(a_->redeem(b_->issue(grant_of(somebody())))) << "from too far in the future";
}

TEST_F(TicketsOfNodesTest, NonsenseOnTheBusChangesNothing) {
    const JoinGrant made = grant_of(somebody());
    const std::string ticket = a_->issue(made);
    for (const char* each :
         {"", "used", "used issued=9 hash=00", "revoked issued=1790000000000000 room=?"}) {
        bus_.publish(topics::kTickets, each);
    }
    TicketNotice from_the_future;
    from_the_future.kind = TicketNotice::Kind::Revoked;
    from_the_future.issued = a_.clock.wall() + 1h;
    from_the_future.room = made.room;
    from_the_future.user = made.who.user;
    bus_.publish(topics::kTickets, text(from_the_future));
    settle();
    EXPECT_TRUE(a_->redeem(ticket));
}

}  // namespace
}  // namespace syncwatch
