// The relay on real sockets. Times have room for a busy machine upwards, none downwards.

#include <algorithm>
#include <array>
#include <functional>
#include <thread>

#include <gtest/gtest.h>

#include "harness/client_stream.h"
#include "relay/echo_target.h"
#include "relay/relay_thread.h"

namespace syncwatch::relay {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using harness::ClientStream;

ClientStream::Options at(std::uint16_t port, std::chrono::milliseconds patience = 15s) {
    ClientStream::Options options;
    options.port = port;
    options.patience = patience;
    return options;
}

bool eventually(const std::function<bool()>& holds) {
    const auto deadline = Clock::now() + 10s;
    while (!holds() && Clock::now() < deadline) std::this_thread::sleep_for(2ms);
    return holds();
}

/// Bytes of which every place can be told from its neighbours.
std::string pattern(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>('a' + (i * 7 + i / 251) % 20);
    return bytes;
}

std::string read_exactly(ClientStream& from, std::size_t size) {
    std::string all;
    while (all.size() < size) {
        const std::string some = from.read();
        if (some.empty()) break;
        all += some;
    }
    return all;
}

class FaultRelayTest : public testing::Test {
protected:
    void make_both(const Conditions& conditions) {
        relay_.set(Direction::Up, conditions);
        relay_.set(Direction::Down, conditions);
    }
    void cut(FaultRelay::Cut how) {
        relay_.with([how](FaultRelay& relay) { relay.cut(how); });
    }
    void heal() {
        relay_.with([](FaultRelay& relay) { relay.heal(); });
    }
    FaultRelay::Stats stats() {
        return relay_.with([](FaultRelay& relay) { return relay.stats(); });
    }
    static Duration round_trip(ClientStream& client) {
        const auto begun = Clock::now();
        client.write("p");
        EXPECT_EQ(client.read(), "p");
        return Clock::now() - begun;
    }
    Duration usual_round_trip(ClientStream& client) {
        std::array<Duration, 9> took{};
        for (auto& each : took) each = round_trip(client);
        std::ranges::nth_element(took, took.begin() + took.size() / 2);
        return took[took.size() / 2];
    }

    EchoTarget target_;
    RelayThread relay_{target_.port()};
};

TEST_F(FaultRelayTest, PassesOnWithoutDelayUntilTold) {
    ClientStream client(at(relay_.port()));
    EXPECT_LT(round_trip(client), 1s);
    EXPECT_LT(usual_round_trip(client), 5ms);
}

TEST_F(FaultRelayTest, DelayIsAddedInBothDirections) {
    Conditions slow;
    slow.delay = 50ms;
    make_both(slow);
    ClientStream client(at(relay_.port()));
    (void)round_trip(client);
    const Duration usual = usual_round_trip(client);
    EXPECT_GE(usual, 100ms);
    EXPECT_LE(usual, 106ms);
}

TEST_F(FaultRelayTest, AConnectionCostsARoundTripToMake) {
    Conditions slow;
    slow.delay = 50ms;
    make_both(slow);
    ClientStream client(at(relay_.port()));
    const Duration first = round_trip(client);
    EXPECT_GE(first, 195ms);
}

TEST_F(FaultRelayTest, ConditionsChangeWhileItRuns) {
    ClientStream client(at(relay_.port()));
    EXPECT_LT(usual_round_trip(client), 20ms);
    Conditions slow;
    slow.delay = 80ms;
    relay_.set(Direction::Down, slow);
    const Duration usual = usual_round_trip(client);
    EXPECT_GE(usual, 80ms);
    EXPECT_LE(usual, 90ms);
    relay_.set(Direction::Down, {});
    EXPECT_LT(usual_round_trip(client), 20ms);
}

TEST_F(FaultRelayTest, NothingIsLostOrReorderedByJitterAndLosses) {
    Conditions bad;
    bad.delay = 10ms;
    bad.jitter = 10ms;
    bad.loss = 0.002;
    bad.pause = 30ms;
    make_both(bad);
    ClientStream client(at(relay_.port(), 60s));
    const std::string sent = pattern(1'000'000);
    std::thread writer([&] { client.write(sent); });
    const std::string back = read_exactly(client, sent.size());
    writer.join();
    EXPECT_TRUE(back == sent);
    EXPECT_GT(stats().stalls, 0u);
    EXPECT_EQ(stats().bytes_up, sent.size());
    EXPECT_EQ(stats().bytes_down, sent.size());
}

TEST_F(FaultRelayTest, ALostPacketStallsAConnection) {
    Conditions bad;
    bad.loss = 1;
    bad.pause = 40ms;
    relay_.set(Direction::Up, bad);
    ClientStream client(at(relay_.port()));
    (void)round_trip(client);
    // Lost four times at most: 40 + 80 + 160 + 320.
    EXPECT_GE(round_trip(client), 600ms);
}

TEST_F(FaultRelayTest, TheRateIsKept) {
    Conditions narrow;
    narrow.bytes_per_second = 1'000'000;
    relay_.set(Direction::Down, narrow);
    ClientStream client(at(relay_.port()));
    client.write("D");
    (void)read_exactly(client, 100'000);
    const auto begun = Clock::now();
    const std::size_t got = read_exactly(client, 1'500'000).size();
    const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    EXPECT_NEAR(static_cast<double>(got) / seconds, 1e6, 0.05e6);
}

TEST_F(FaultRelayTest, ConnectionsShareTheRateEvenly) {
    Conditions narrow;
    narrow.bytes_per_second = 1'000'000;
    relay_.set(Direction::Down, narrow);
    std::array<std::size_t, 2> got{};
    const auto until = Clock::now() + 1500ms;
    std::vector<std::thread> readers;
    for (auto& mine : got) {
        readers.emplace_back([&mine, until, port = relay_.port()] {
            ClientStream client(at(port));
            client.write("D");
            while (Clock::now() < until) mine += client.read().size();
        });
    }
    for (auto& each : readers) each.join();
    EXPECT_NEAR(static_cast<double>(got[0] + got[1]), 1.5e6, 0.15e6);
    EXPECT_NEAR(static_cast<double>(got[0]), static_cast<double>(got[1]), 0.2e6);
}

TEST_F(FaultRelayTest, AnEndReachesTheOtherSide) {
    {
        ClientStream client(at(relay_.port()));
        (void)round_trip(client);
    }
    EXPECT_TRUE(eventually([&] { return target_.ended() == 1; }));
    EXPECT_TRUE(eventually([&] { return stats().open == 0; }));
}

TEST_F(FaultRelayTest, AResetEndsWhatThereIsAndWelcomesNew) {
    ClientStream client(at(relay_.port()));
    (void)round_trip(client);
    relay_.with([](FaultRelay& relay) { relay.reset(); });
    EXPECT_EQ(client.read(), "");
    EXPECT_FALSE(client.timed_out());
    EXPECT_TRUE(eventually([&] { return target_.ended() == 1; }));
    ClientStream again(at(relay_.port()));
    EXPECT_LT(round_trip(again), 1s);
}

TEST_F(FaultRelayTest, ACutByResetsRefusesUntilItHeals) {
    cut(FaultRelay::Cut::Reset);
    {
        ClientStream refused(at(relay_.port()));
        refused.write("p");
        EXPECT_EQ(refused.read(), "");
        EXPECT_FALSE(refused.timed_out());
    }
    heal();
    ClientStream again(at(relay_.port()));
    EXPECT_LT(round_trip(again), 1s);
}

TEST_F(FaultRelayTest, SilenceHoldsEverythingBackUntilItHeals) {
    ClientStream client(at(relay_.port(), 200ms));
    client.write("p");
    EXPECT_EQ(client.read(), "p");
    cut(FaultRelay::Cut::Silent);
    client.write("q");
    EXPECT_EQ(client.read(), "");
    EXPECT_TRUE(client.timed_out());
    EXPECT_EQ(target_.ended(), 0);
    heal();
    client.set_patience(15s);
    EXPECT_EQ(client.read(), "q");
}

TEST_F(FaultRelayTest, NewConnectionsInSilenceGetThroughAfterIt) {
    cut(FaultRelay::Cut::Silent);
    ClientStream client(at(relay_.port(), 200ms));
    client.write("p");
    EXPECT_EQ(client.read(), "");
    EXPECT_EQ(target_.accepted(), 0);
    heal();
    client.set_patience(15s);
    EXPECT_EQ(client.read(), "p");
}

TEST_F(FaultRelayTest, SilenceCanBeInOneDirection) {
    ClientStream client(at(relay_.port(), 200ms));
    (void)round_trip(client);
    relay_.with([](FaultRelay& relay) { relay.cut(FaultRelay::Cut::Silent, Direction::Down); });
    client.write("q");
    EXPECT_EQ(client.read(), "");
    EXPECT_EQ(stats().bytes_up, 2u);
    heal();
    client.set_patience(15s);
    EXPECT_EQ(client.read(), "q");
}

TEST_F(FaultRelayTest, AHalfOpenConnectionSwallowsWhatIsSentAndIsResetWhenHealed) {
    ClientStream client(at(relay_.port(), 200ms));
    (void)round_trip(client);
    relay_.with([](FaultRelay& relay) { relay.half_open(); });
    EXPECT_TRUE(eventually([&] { return target_.ended() == 1; }));
    EXPECT_TRUE(client.write("q"));
    EXPECT_EQ(client.read(), "");
    EXPECT_TRUE(client.timed_out());
    EXPECT_TRUE(client.write("r"));
    heal();
    client.set_patience(15s);
    EXPECT_EQ(client.read(), "");
    EXPECT_FALSE(client.timed_out());
}

TEST_F(FaultRelayTest, GoesToAnotherTargetWhenTold) {
    EchoTarget other;
    relay_.with([&](FaultRelay& relay) { relay.set_target(other.port()); });
    ClientStream client(at(relay_.port()));
    (void)round_trip(client);
    EXPECT_EQ(other.accepted(), 1);
    EXPECT_EQ(target_.accepted(), 0);
}

class DatagramTest : public FaultRelayTest {
protected:
    DatagramTest() {
        socket_.connect({net::ip::address_v4::loopback(), relay_.port()});
        timeval patience{};
        patience.tv_usec = 400'000;
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    }
    void send(const std::string& bytes) { socket_.send(net::buffer(bytes)); }
    /// Empty: none came.
    std::string receive() {
        std::array<char, 1500> buffer{};
        // Not Asio's: it would wait for good in spite of SO_RCVTIMEO.
        const ssize_t got = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), 0);
        return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
    }

    net::io_context context_;
    net::ip::udp::socket socket_{context_, net::ip::udp::v4()};
};

TEST_F(DatagramTest, AreDelayed) {
    Conditions slow;
    slow.delay = 50ms;
    make_both(slow);
    std::array<Duration, 5> took{};
    for (auto& each : took) {
        const auto begun = Clock::now();
        send("ping");
        EXPECT_EQ(receive(), "ping");
        each = Clock::now() - begun;
    }
    std::ranges::sort(took);
    EXPECT_GE(took[2], 100ms);
    EXPECT_LE(took[2], 106ms);
}

TEST_F(DatagramTest, AreLostAndOvertakeEachOther) {
    Conditions bad;
    bad.delay = 20ms;
    bad.jitter = 20ms;
    bad.loss = 0.1;
    relay_.set(Direction::Up, bad);
    constexpr int kSent = 200;  // No more than a socket holds while nobody reads.
    for (int i = 0; i < kSent; ++i) {
        send(std::to_string(1000 + i));
        std::this_thread::sleep_for(200us);
    }
    std::vector<std::string> got;
    for (std::string one = receive(); !one.empty(); one = receive()) got.push_back(one);
    EXPECT_NEAR(static_cast<double>(got.size()), 180, 18);
    EXPECT_EQ(got.size() + stats().dropped, kSent);
    EXPECT_FALSE(std::ranges::is_sorted(got));
}

TEST_F(DatagramTest, ThatComeFasterThanTheRateAreLost) {
    Conditions narrow;
    narrow.bytes_per_second = 100'000;
    relay_.set(Direction::Up, narrow);
    for (int i = 0; i < 200; ++i) send(std::string(1000, 'x'));
    std::size_t got = 0;
    for (std::string one = receive(); !one.empty(); one = receive()) ++got;
    // What was saved (20 ms) and the queue (250 ms).
    EXPECT_NEAR(static_cast<double>(got), 27, 6);
}

TEST_F(DatagramTest, DoNotPassACut) {
    cut(FaultRelay::Cut::Silent);
    send("one");
    EXPECT_EQ(receive(), "");
    heal();
    send("two");
    EXPECT_EQ(receive(), "two");
}

}  // namespace
}  // namespace syncwatch::relay
