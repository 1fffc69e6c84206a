#include "gateway/websocket/peer.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "gateway/websocket/loop.h"

namespace syncwatch::websocket {
namespace {

using namespace std::chrono_literals;

struct Heard {
    std::vector<std::string> texts;
    bool violated = false;
    bool closed = false;
};

class HearingListener final : public PeerListener {
public:
    explicit HearingListener(Heard& heard) : heard_(heard) {}
    void on_text(std::string_view message) override { heard_.texts.emplace_back(message); }
    void on_violation(Violation) override { heard_.violated = true; }
    void on_closed() override { heard_.closed = true; }

private:
    Heard& heard_;
};

/// A loop with one peer, and the client's end of its socket.
class PeerTest : public testing::Test {
protected:
    explicit PeerTest(Options options = {}) : loop_(context_.get_executor(), options) {
        // A real TCP pair: the options of a socketpair are not those of a connection.
        net::ip::tcp::acceptor acceptor(context_, {net::ip::address_v4::loopback(), 0});
        client_.connect(acceptor.local_endpoint());
        net::ip::tcp::socket server = acceptor.accept();
        const auto accept = [this](Peer& peer) {
            peer_ = peer.weak_from_this();
            return std::make_unique<HearingListener>(heard_);
        };
        loop_.adopt(UniqueFd(server.release()), {}, accept);
    }

    void run() {
        context_.restart();
        context_.run_for(20ms);
    }
    void client_sends(std::string_view text) {
        std::string frame("\x81", 1);
        frame.push_back(static_cast<char>(0x80 | text.size()));
        frame.append(4, '\0').append(text);
        ASSERT_EQ(::send(client_.native_handle(), frame.data(), frame.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(frame.size()));
    }
    std::string client_reads() {
        std::string buffer(1 << 20, '\0');
        const ssize_t got =
            ::recv(client_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        buffer.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return buffer;
    }
    static std::uint16_t close_code(std::string_view wire) {
        const std::size_t at = wire.rfind('\x88');
        if (at == std::string_view::npos) return 0;
        return static_cast<std::uint16_t>(static_cast<unsigned char>(wire[at + 2]) << 8 |
                                          static_cast<unsigned char>(wire[at + 3]));
    }

    net::io_context context_{1};
    Heard heard_;
    Loop loop_;
    net::ip::tcp::socket client_{context_};
    std::weak_ptr<Peer> peer_;
};

TEST_F(PeerTest, ATextReachesTheListenerAndAnAnswerTheClient) {
    client_sends("hello");
    run();
    EXPECT_EQ(heard_.texts, std::vector<std::string>{"hello"});
    peer_.lock()->send(frame_text("hi"));
    peer_.lock()->send(frame_text("you"));
    run();
    EXPECT_EQ(client_reads(), "\x81\x02hi\x81\x03you");
}

TEST_F(PeerTest, AClientThatLeavesIsReportedOnce) {
    client_.close();
    run();
    EXPECT_TRUE(heard_.closed);
    EXPECT_EQ(loop_.size(), 0u);
    EXPECT_TRUE(peer_.expired());
}

TEST_F(PeerTest, ABadFrameIsReportedThenClosedWith4400) {
    const std::string binary("\x82\x80\0\0\0\0", 6);
    ::send(client_.native_handle(), binary.data(), binary.size(), MSG_NOSIGNAL);
    run();
    EXPECT_TRUE(heard_.violated);
    EXPECT_EQ(close_code(client_reads()), kBadFrame);
}

TEST_F(PeerTest, AFloodIsClosedWith4429) {
    for (int i = 0; i < 1000; ++i) client_sends("x");
    run();
    EXPECT_EQ(close_code(client_reads()), kFlooding);
    EXPECT_LE(heard_.texts.size(), 420u);
}

TEST_F(PeerTest, AReaderThatNeverReadsIsClosedAndCostsNoMoreThanItsCap) {
    const auto big = frame_text(std::string(16 * 1024, 'x'));
    for (int i = 0; i < 2000 && heard_.closed == false; ++i) {
        const auto peer = peer_.lock();
        if (!peer || !peer->is_open()) break;
        peer->send(big);
        EXPECT_LE(peer->queued_bytes(), 256u * 1024 + 16 * 1024 + 64);
        context_.restart();
        context_.poll();
    }
    ASSERT_FALSE(peer_.expired());
    EXPECT_FALSE(peer_.lock()->is_open());
    std::string all;
    for (int i = 0; i < 200; ++i) {
        all += client_reads();
        context_.restart();
        context_.poll();
    }
    EXPECT_EQ(close_code(all), kTooSlow);
}

TEST_F(PeerTest, OfStateOnlyTheNewestWaitsForASlowReader) {
    const auto filler = frame_text(std::string(16 * 1024, 'x'));
    while (peer_.lock()->queued_bytes() == 0) {
        peer_.lock()->send(filler);
        context_.restart();
        context_.poll();
    }
    const std::size_t before = peer_.lock()->queued_bytes();
    for (int i = 0; i < 1000; ++i) {
        peer_.lock()->send(frame_text("state 12345"), Delivery::newest_of(1));
    }
    EXPECT_EQ(peer_.lock()->queued_bytes(), before + 13);
}

TEST_F(PeerTest, ACloseIsAnsweredWithTheSameCode) {
    const std::string close("\x88\x82\0\0\0\0\x03\xe8", 8);
    ::send(client_.native_handle(), close.data(), close.size(), MSG_NOSIGNAL);
    run();
    EXPECT_EQ(close_code(client_reads()), 1000);
    EXPECT_TRUE(heard_.closed);
}

TEST_F(PeerTest, APingIsAnsweredWithWhatItCarriedAlsoInsideAMessage) {
    // The masks are zero: what is sent is what is meant.
    const std::string bytes = std::string("\x01\x81\0\0\0\0h", 7) +
                              std::string(
                                  "\x89\x82\0\0\0\0"
                                  "42",
                                  8) +
                              std::string("\x80\x81\0\0\0\0i", 7);
    ::send(client_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    run();
    EXPECT_EQ(client_reads(),
              "\x8a\x02"
              "42");
    EXPECT_EQ(heard_.texts, std::vector<std::string>{"hi"});
}

TEST_F(PeerTest, ACloseWithoutACodeIsAnsweredWithTheUsualOne) {
    const std::string close("\x88\x80\0\0\0\0", 6);
    ::send(client_.native_handle(), close.data(), close.size(), MSG_NOSIGNAL);
    run();
    EXPECT_EQ(close_code(client_reads()), kNormalClosure);
    EXPECT_TRUE(heard_.closed);
}

TEST_F(PeerTest, ACloseWithACodeThatMayNotBeSentIsAProtocolError) {
    const std::string close("\x88\x82\0\0\0\0\x03\xed", 8);
    ::send(client_.native_handle(), close.data(), close.size(), MSG_NOSIGNAL);
    run();
    EXPECT_EQ(close_code(client_reads()), kProtocolError);
}

TEST_F(PeerTest, WhatComesBehindOurCloseIsNotHeard) {
    peer_.lock()->close(kGoingAway, "bye");
    run();
    EXPECT_EQ(close_code(client_reads()), kGoingAway);
    client_sends("late");
    run();
    EXPECT_TRUE(heard_.texts.empty());
    EXPECT_FALSE(heard_.closed) << "the client has not answered yet";
    const std::string close("\x88\x82\0\0\0\0\x03\xe9", 8);
    ::send(client_.native_handle(), close.data(), close.size(), MSG_NOSIGNAL);
    run();
    EXPECT_TRUE(heard_.closed);
}

TEST_F(PeerTest, AClientThatClosesItsHalfOfTheSocketIsGone) {
    client_.shutdown(net::ip::tcp::socket::shutdown_send);
    run();
    EXPECT_TRUE(heard_.closed);
}

class ImpatientPeerTest : public PeerTest {
protected:
    static Options impatient() {
        Options options;
        options.ping_interval = 1s;
        options.close_patience = 1s;
        return options;
    }
    ImpatientPeerTest() : PeerTest(impatient()) {}

    /// Until the connection is gone; ten seconds at most.
    std::string read_to_the_end() {
        std::string all;
        for (int i = 0; i < 1000 && !heard_.closed; ++i) {
            context_.restart();
            context_.run_for(10ms);
            all += client_reads();
        }
        return all;
    }
};

TEST_F(ImpatientPeerTest, ASilentClientIsAskedOnceAndThenGivenUp) {
    EXPECT_EQ(read_to_the_end(), std::string("\x89\0", 2)) << "one ping";
    EXPECT_TRUE(heard_.closed);
}

TEST_F(ImpatientPeerTest, AClientThatDoesNotAnswerAGoodbyeIsNotWaitedForLong) {
    peer_.lock()->close(kGoingAway, "bye");
    EXPECT_EQ(close_code(read_to_the_end()), kGoingAway);
    EXPECT_TRUE(heard_.closed);
}

}  // namespace
}  // namespace syncwatch::websocket
