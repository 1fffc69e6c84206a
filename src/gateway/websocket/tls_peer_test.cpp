#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "gateway/stream/tls_context.h"
#include "gateway/websocket/loop.h"
#include "harness/certificate.h"
#include "harness/temp_folder.h"

namespace syncwatch::websocket {
namespace {

using namespace std::chrono_literals;

class TextListener final : public PeerListener {
public:
    explicit TextListener(std::vector<std::string>& texts) : texts_(texts) {}
    void on_text(std::string_view message) override { texts_.emplace_back(message); }
    void on_violation(Violation) override {}
    void on_closed() override {}

private:
    std::vector<std::string>& texts_;
};

/// A loop with one peer behind TLS, and the client's end.
class TlsPeerTest : public testing::Test {
protected:
    TlsPeerTest() {
        const auto made = harness::make_certificate(folder_.path());
        tls_ = TlsContext::load({made.certificate, made.key}).value();
        net::ip::tcp::acceptor acceptor(context_, {net::ip::address_v4::loopback(), 0});
        client_.connect(acceptor.local_endpoint());
        net::ip::tcp::socket server = acceptor.accept();
        server.non_blocking(true);
        client_.non_blocking(true);
        auto stream = tls_->accept(server.native_handle());
        SSL_set_fd(ssl_.get(), client_.native_handle());
        SSL_set_connect_state(ssl_.get());
        for (bool done = false; !done;) {
            const bool ours = SSL_do_handshake(ssl_.get()) == 1;
            done = stream->handshake().state == Moved::State::Done && ours;
        }
        const auto accept = [this](Peer& peer) {
            peer_ = peer.weak_from_this();
            return std::make_unique<TextListener>(texts_);
        };
        loop_.adopt(UniqueFd(server.release()), std::move(stream), {}, accept);
    }
    static Options options() {
        Options options;
        options.send_buffer = 8 * 1024;
        options.max_queued = 1024 * 1024;
        return options;
    }
    void run() {
        context_.restart();
        context_.run_for(10ms);
    }
    /// What has come, and how many records it was.
    std::string client_reads(int* records = nullptr) {
        std::string all;
        std::string buffer(64 * 1024, '\0');
        for (std::size_t got = 0;
             SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &got) == 1;) {
            all.append(buffer, 0, got);
            if (records != nullptr) ++*records;
        }
        return all;
    }
    void client_sends(std::string_view text) {
        std::string frame("\x81", 1);
        frame.push_back(static_cast<char>(0x80 | text.size()));
        frame.append(4, '\0').append(text);
        std::size_t sent = 0;
        ASSERT_EQ(SSL_write_ex(ssl_.get(), frame.data(), frame.size(), &sent), 1);
    }

    template <auto Function>
    struct Free {
        template <class T>
        void operator()(T* thing) const {
            Function(thing);
        }
    };
    TempFolder folder_;
    std::unique_ptr<TlsContext> tls_;
    net::io_context context_{1};
    net::ip::tcp::socket client_{context_};
    std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>> client_context_{SSL_CTX_new(TLS_client_method())};
    std::unique_ptr<SSL, Free<SSL_free>> ssl_{SSL_new(client_context_.get())};
    std::vector<std::string> texts_;
    std::weak_ptr<Peer> peer_;
    Loop loop_{context_.get_executor(), options()};
};

TEST_F(TlsPeerTest, FramesOfOneTurnAreOneRecord) {
    for (const char* text : {"a", "b", "c"}) peer_.lock()->send(frame_text(text));
    run();
    int records = 0;
    EXPECT_EQ(client_reads(&records),
              "\x81\x01"
              "a\x81\x01"
              "b\x81\x01"
              "c");
    EXPECT_EQ(records, 1);
}

TEST_F(TlsPeerTest, ManyMessagesAtOnceAreAllHeard) {
    for (int i = 0; i < 100; ++i) client_sends("m" + std::to_string(i));
    // Read in several turns; a busy machine takes its time for them.
    for (int i = 0; i < 1000 && texts_.size() < 100; ++i) run();
    ASSERT_EQ(texts_.size(), 100u);
    EXPECT_EQ(texts_.back(), "m99");
}

TEST_F(TlsPeerTest, ASlowReaderGetsEveryOrderedFrameAndTheNewestState) {
    // Frames whose bytes tell where each of them begins, until the socket takes no more.
    std::string expected;
    for (int i = 0; i < 200; ++i) {
        const std::string text = std::to_string(i) + std::string(4000, 'x');
        const SharedFrame frame = frame_text(text);
        expected += frame->bytes();
        peer_.lock()->send(frame);
        run();
    }
    for (int i = 0; i < 50; ++i) {
        peer_.lock()->send(frame_text("state " + std::to_string(i)), Delivery::newest_of(1));
        run();
    }
    std::string received;
    for (int i = 0; i < 400; ++i) {
        received += client_reads();
        run();
    }
    ASSERT_TRUE(received.starts_with(expected)) << "nothing ordered is lost or torn";
    received.erase(0, expected.size());
    EXPECT_TRUE(received.ends_with("state 49"));
    EXPECT_LT(received.size(), 5 * frame_text("state 49")->bytes().size());
}

TEST_F(TlsPeerTest, TheEndIsSaidBeforeTheSocketGoes) {
    peer_.lock()->close(1000, "bye");
    run();
    EXPECT_EQ(client_reads().substr(0, 2), "\x88\x05");
    const std::string answer("\x88\x82\0\0\0\0\x03\xe8", 8);
    std::size_t sent = 0;
    SSL_write_ex(ssl_.get(), answer.data(), answer.size(), &sent);
    run();
    EXPECT_TRUE(peer_.expired());
    (void)client_reads();
    EXPECT_EQ(SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
}

}  // namespace
}  // namespace syncwatch::websocket
