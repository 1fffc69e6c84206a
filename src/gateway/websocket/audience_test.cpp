#include "gateway/websocket/audience.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "gateway/websocket/loop.h"

namespace syncwatch::websocket {
namespace {

using namespace std::chrono_literals;

/// What a listener does when its peer is gone.
using OnClosed = std::function<void(Peer&)>;

class ClosingListener final : public PeerListener {
public:
    ClosingListener(Peer& peer, const OnClosed& on_closed) : peer_(peer), on_closed_(on_closed) {}
    void on_text(std::string_view) override {}
    void on_violation(Violation) override {}
    void on_closed() override {
        if (on_closed_) on_closed_(peer_);
    }

private:
    Peer& peer_;
    const OnClosed& on_closed_;
};

/// A loop with clients; each frame in these tests has one byte of text.
class AudienceTest : public testing::Test {
protected:
    struct Client {
        net::ip::tcp::socket socket;
        std::shared_ptr<Peer> peer;
    };

    Client connect() {
        net::ip::tcp::acceptor acceptor(context_, {net::ip::address_v4::loopback(), 0});
        Client client{net::ip::tcp::socket(context_), nullptr};
        client.socket.connect(acceptor.local_endpoint());
        net::ip::tcp::socket server = acceptor.accept();
        const auto accept = [this, &client](Peer& peer) {
            client.peer = peer.shared_from_this();
            return std::make_unique<ClosingListener>(peer, on_closed_);
        };
        loop_.adopt(UniqueFd(server.release()), {}, accept);
        return client;
    }

    void turn() {
        context_.restart();
        context_.poll();
    }
    static std::string wire(Client& client) {
        std::string buffer(1 << 20, '\0');
        const ssize_t got =
            ::recv(client.socket.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        buffer.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return buffer;
    }
    /// The texts it got, in a row.
    static std::string heard(Client& client) {
        const std::string bytes = wire(client);
        std::string texts;
        for (std::size_t i = 2; i < bytes.size(); i += 3) texts += bytes[i];
        return texts;
    }

    net::io_context context_{1};
    OnClosed on_closed_;
    Loop loop_{context_.get_executor(), Options()};
    Audience audience_;
};

TEST_F(AudienceTest, EverybodyHearsWhatWasSaidInItsOrder) {
    Client a = connect();
    Client b = connect();
    audience_.add(*a.peer);
    audience_.add(*b.peer);
    for (const char* text : {"1", "2", "3"}) audience_.send(frame_text(text));
    turn();
    EXPECT_EQ(heard(a), "123");
    EXPECT_EQ(heard(b), "123");
}

TEST_F(AudienceTest, WhatIsSaidToOneAloneKeepsItsPlaceAmongTheRest) {
    Client a = connect();
    Client b = connect();
    audience_.add(*a.peer);
    audience_.add(*b.peer);
    audience_.send(frame_text("1"));
    a.peer->send(frame_text("x"));
    audience_.send(frame_text("2"));
    turn();
    EXPECT_EQ(heard(a), "1x2");
    EXPECT_EQ(heard(b), "12");
}

TEST_F(AudienceTest, WhoComesHearsOnlyWhatIsSaidLater) {
    Client a = connect();
    Client b = connect();
    audience_.add(*a.peer);
    audience_.send(frame_text("1"));
    b.peer->send(frame_text("w"));
    audience_.add(*b.peer);
    audience_.send(frame_text("2"));
    turn();
    EXPECT_EQ(heard(a), "12");
    EXPECT_EQ(heard(b), "w2");
}

TEST_F(AudienceTest, WhoLeavesHearsOnlyWhatWasSaidBefore) {
    Client a = connect();
    Client b = connect();
    audience_.add(*a.peer);
    audience_.add(*b.peer);
    audience_.send(frame_text("1"));
    audience_.remove(*a.peer);
    audience_.send(frame_text("2"));
    a.peer->close(4403, {});
    turn();
    EXPECT_EQ(wire(a),
              "\x81\x01"
              "1\x88\x02\x11\x33");
    EXPECT_EQ(heard(b), "12");
}

TEST_F(AudienceTest, ItsEndLosesNothingThatWasSaid) {
    Client a = connect();
    {
        Audience brief;
        brief.add(*a.peer);
        brief.send(frame_text("1"));
    }
    turn();
    EXPECT_EQ(heard(a), "1");
}

TEST_F(AudienceTest, ASlowReaderGetsEveryOrderedFrameAndOfStateTheNewest) {
    Client slow = connect();
    Client quick = connect();
    audience_.add(*slow.peer);
    audience_.add(*quick.peer);
    const SharedFrame big = frame_text(std::string(16 * 1024, 'x'));
    std::size_t sent = 0;
    std::string quick_got;
    // More than the kernel would still take, so that state waits behind it.
    while (slow.peer->queued_bytes() < 128 * 1024) {
        audience_.send(big);
        sent += big->bytes().size();
        turn();
        quick_got += wire(quick);
    }
    for (int i = 0; i < 50; ++i) {
        audience_.send(frame_text("s" + std::to_string(i)), Delivery::newest_of(1));
        turn();
        quick_got += wire(quick);
    }
    std::string slow_got;
    for (int i = 0; i < 4000 && !slow_got.ends_with("s49"); ++i) {
        slow_got += wire(slow);
        turn();
    }
    EXPECT_EQ(slow_got.size(), sent + 5);
    EXPECT_TRUE(slow_got.ends_with("s49"));
    EXPECT_TRUE(quick_got.ends_with("s49"));
    EXPECT_GT(quick_got.size(), sent + 100);
}

TEST_F(AudienceTest, AReaderThatNeverReadsIsClosedAndTheOthersGoOn) {
    Client stalled = connect();
    Client other = connect();
    audience_.add(*stalled.peer);
    audience_.add(*other.peer);
    const SharedFrame big = frame_text(std::string(16 * 1024, 'x'));
    std::size_t sent = 0;
    std::size_t got = 0;
    for (int i = 0; i < 2000 && stalled.peer->is_open(); ++i) {
        audience_.send(big);
        sent += big->bytes().size();
        turn();
        got += wire(other).size();
        EXPECT_LE(stalled.peer->queued_bytes(), 256u * 1024 + 17 * 1024);
    }
    EXPECT_FALSE(stalled.peer->is_open());
    EXPECT_TRUE(other.peer->is_open());
    for (int i = 0; i < 100; ++i) {
        turn();
        got += wire(other).size();
    }
    EXPECT_EQ(got, sent);
}

TEST_F(AudienceTest, MembersMayLeaveAndBeSpokenOfWhileOthersAreBeingToldOfIt) {
    std::vector<Client> clients;
    for (int i = 0; i < 8; ++i) clients.push_back(connect());
    for (Client& each : clients) audience_.add(*each.peer);
    on_closed_ = [this](Peer& gone) {
        audience_.remove(gone);
        audience_.send(frame_text("-"));
    };
    // A reset connection breaks at the next write.
    for (std::size_t i = 0; i < 8; i += 2) {
        clients[i].socket.set_option(net::socket_base::linger(true, 0));
        clients[i].socket.close();
    }
    audience_.send(frame_text("1"));
    for (int i = 0; i < 10; ++i) turn();
    for (std::size_t i = 1; i < 8; i += 2) EXPECT_EQ(heard(clients[i]), "1----");
    EXPECT_EQ(audience_.size(), 4u);
}

}  // namespace
}  // namespace syncwatch::websocket
