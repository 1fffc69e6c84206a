#include "adapters/postgres_bus/notify_link.h"

#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include "adapters/linked_bus/linked_bus.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/lab/ports.h"
#include "apps/lab/postgres_server.h"
#include "apps/lab/wait.h"
#include "contract/bus_contract.h"
#include "harness/bus_ear.h"
#include "harness/temp_folder.h"
#include "relay/relay_thread.h"

namespace syncwatch::postgres {
namespace {

using namespace std::chrono_literals;
using lab::wait_until;

/// One server for all tests of this program: making one takes a second.
lab::PostgresServer& server() {
    static const TempFolder folder;
    static const auto made = [] {
        auto server = lab::PostgresServer::make({folder.path() / "pg"});
        EXPECT_TRUE(server) << server.error().message;
        return *std::move(server);
    }();
    return *made;
}

/// A node whose bus goes over PostgreSQL alone.
struct NotifyNode {
    explicit NotifyNode(std::string url)
        : bus(clock, random, std::make_unique<NotifyLink>(random, options(std::move(url))), nullptr,
              patient()) {
        bus.start();
    }
    static NotifyLink::Options options(std::string url) {
        NotifyLink::Options options;
        options.url = std::move(url);
        return options;
    }
    /// On a machine with sanitizers two nodes come back to a server far apart.
    static LinkedBus::Options patient() {
        LinkedBus::Options options;
        options.outbox.keep = 60s;
        return options;
    }
    bool met() const {
        const auto status = bus.status();
        return status.connected && status.peers == 1 && status.primary.latency;
    }
    SystemClock clock;
    SystemRandom random;
    LinkedBus bus;
};

/// Two nodes on one server, each pair in a database of its own: channels are the database's.
struct MadeNotifyBus {
    MadeNotifyBus() {
        EXPECT_TRUE(wait_until([&] { return a.met() && b.met(); }, 30s));
    }
    static std::string make_database() {
        static int next = 0;
        const std::string name = "bus" + std::to_string(next++);
        EXPECT_TRUE(server().create_database(name));
        return server().url(name);
    }
    Bus& publisher() { return a.bus; }
    Bus& receiver() { return b.bus; }
    std::string url = make_database();
    NotifyNode a{url};
    NotifyNode b{url};
};
INSTANTIATE_TYPED_TEST_SUITE_P(Notify, BusContract, MadeNotifyBus);

TEST(NotifyLinkTest, LongMessagesComeInOnePieceAndInOrder) {
    MadeNotifyBus made;
    BusEar ear(made.receiver(), "t");
    std::vector<std::string> sent;
    for (const std::size_t size : {7000u, 900'000u, 3u, 20'000u}) {
        sent.emplace_back(size, static_cast<char>('a' + sent.size()));
        made.publisher().publish("t", sent.back());
    }
    EXPECT_TRUE(ear.wait([](const auto& heard) { return heard.size() == 4; }));
    EXPECT_EQ(ear.heard(), sent);
}

TEST(NotifyLinkTest, AServerThatIsKilledAndComesBackLosesNothingOfThePause) {
    MadeNotifyBus made;
    BusEar ear(made.receiver(), "t");
    made.publisher().publish("t", "before");
    EXPECT_TRUE(ear.wait_for("before"));
    server().kill();
    EXPECT_TRUE(wait_until([&] { return !made.a.bus.status().connected; }, 30s));
    made.publisher().publish("t", "meanwhile");
    ASSERT_TRUE(server().start());
    EXPECT_TRUE(ear.wait_for("meanwhile"));
    EXPECT_EQ(ear.heard(), (std::vector<std::string>{"before", "meanwhile"}));
}

TEST(NotifyLinkTest, AServerThatTakesConnectionsAndDoesNotAnswerIsLeftForTheNext) {
    MadeNotifyBus made;
    // A port that listens and never answers: the kernel takes the connection.
    boost::asio::io_context context;
    const boost::asio::ip::tcp::endpoint any(boost::asio::ip::address_v4::loopback(), 0);
    boost::asio::ip::tcp::acceptor silent(context, any);
    const std::string hosts =
        "postgres://postgres@127.0.0.1:" + std::to_string(silent.local_endpoint().port()) +
        ",127.0.0.1:" + std::to_string(server().port()) + "/" +
        made.url.substr(made.url.rfind('/') + 1);
    NotifyNode late(hosts);
    EXPECT_TRUE(wait_until([&] { return late.bus.status().connected; }, 30s));
    EXPECT_TRUE(late.bus.status().primary.link.at.ends_with(std::to_string(server().port())));
}

TEST(NotifyLinkTest, AServerThatHangsIsNoticedAndTakenBack) {
    // Its sessions are processes of their own, which go on without it: the network is silenced.
    MadeNotifyBus made;
    relay::RelayThread between(server().port());
    const std::string database = made.url.substr(made.url.rfind('/'));
    NotifyNode third("postgres://postgres@127.0.0.1:" + std::to_string(between.port()) + database);
    const auto connected = [&] { return third.bus.status().connected; };
    EXPECT_TRUE(wait_until(connected, 30s));
    between.with([](relay::FaultRelay& relay) { relay.cut(relay::FaultRelay::Cut::Silent); });
    EXPECT_TRUE(wait_until([&] { return !connected(); }, 30s));
    const auto why = [&] { return third.bus.status().primary.link.why; };
    EXPECT_TRUE(wait_until([&] { return why().find("in time") != std::string::npos; }, 30s));
    between.with([](relay::FaultRelay& relay) { relay.heal(); });
    EXPECT_TRUE(wait_until(connected, 30s));
}

TEST(NotifyLinkTest, AnOddUrlIsToldWithoutItsPassword) {
    NotifyNode node("postgres://u:secret@h:port:port/x?nonsense=1");
    const auto status = node.bus.status();
    EXPECT_FALSE(status.connected);
    EXPECT_FALSE(status.primary.link.why.empty());
    EXPECT_EQ(status.primary.link.why.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace syncwatch::postgres
