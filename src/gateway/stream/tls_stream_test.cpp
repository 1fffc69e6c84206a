#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/unique_fd.h"
#include "gateway/stream/tls_context.h"
#include "harness/certificate.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

/// The client's end, non-blocking, over the other half of a socket pair.
class TlsClient {
public:
    explicit TlsClient(int fd, int version = TLS1_3_VERSION)
        : context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_)) {
        SSL_set_fd(ssl_, fd);
        SSL_set_connect_state(ssl_);
        SSL_set_max_proto_version(ssl_, version);
    }
    ~TlsClient() {
        SSL_free(ssl_);
        SSL_CTX_free(context_);
    }
    SSL* ssl() { return ssl_; }
    std::string read(std::size_t most = 64 * 1024) {
        std::string buffer(most, '\0');
        std::size_t got = 0;
        if (SSL_read_ex(ssl_, buffer.data(), buffer.size(), &got) != 1) got = 0;
        buffer.resize(got);
        return buffer;
    }

private:
    SSL_CTX* context_;
    SSL* ssl_;
};

class TlsStreamTest : public testing::Test {
protected:
    TlsStreamTest() : made_(harness::make_certificate(folder_.path())) {
        context_ = TlsContext::load({made_.certificate, made_.key}).value();
        connect();
    }
    void connect() {
        int ends[2];
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
        server_end_ = UniqueFd(ends[0]);
        client_end_ = UniqueFd(ends[1]);
        stream_ = context_->accept(server_end_.get());
        client_ = std::make_unique<TlsClient>(client_end_.get());
    }
    void shake_hands() {
        for (int i = 0; i < 10; ++i) {
            const bool client = SSL_do_handshake(client_->ssl()) == 1;
            if (stream_->handshake().state == Moved::State::Done && client) return;
        }
        FAIL() << "the handshake does not end";
    }

    TempFolder folder_;
    harness::Certificate made_;
    std::unique_ptr<TlsContext> context_;
    UniqueFd server_end_;
    UniqueFd client_end_;
    std::unique_ptr<Stream> stream_;
    std::unique_ptr<TlsClient> client_;
};

TEST_F(TlsStreamTest, BytesGoBothWaysAndPiecesLeaveAsOneRecord) {
    shake_hands();
    std::string a = "hello ";
    std::string b = "world";
    const iovec pieces[] = {{a.data(), a.size()}, {b.data(), b.size()}};
    EXPECT_EQ(stream_->write_pieces(pieces).bytes, 11u);
    EXPECT_EQ(client_->read(), "hello world");
    ASSERT_EQ(SSL_write(client_->ssl(), "back", 4), 4);
    std::string buffer(100, '\0');
    const Moved moved = stream_->read_some(buffer);
    EXPECT_EQ(buffer.substr(0, moved.bytes), "back");
    EXPECT_EQ(stream_->read_some(buffer).state, Moved::State::WantRead);
}

TEST_F(TlsStreamTest, WhatIsEncryptedAlreadyIsGivenAgainAndNothingIsLostOrRepeated) {
    shake_hands();
    const int small = 4096;
    ::setsockopt(server_end_.get(), SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
    std::string all;
    for (int i = 0; all.size() < 300'000; ++i) all += std::to_string(i) + ",";
    std::string received;
    std::size_t sent = 0;
    bool was_blocked = false;
    while (received.size() < all.size()) {
        if (sent < all.size()) {
            std::string left = all.substr(sent);  // Elsewhere in memory each time.
            const Moved moved = stream_->write_some(left, false);
            sent += moved.bytes;
            if (moved.state == Moved::State::WantWrite) {
                was_blocked = true;
                EXPECT_GT(stream_->committed(), 0u);
            } else {
                EXPECT_EQ(stream_->committed(), 0u);
            }
        }
        received += client_->read(3000);
    }
    EXPECT_TRUE(was_blocked);
    EXPECT_EQ(received, all);
}

TEST_F(TlsStreamTest, AFileIsSentFromAnyOffset) {
    shake_hands();
    std::string content(50'000, '\0');
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7);
    std::ofstream(folder_.path() / "f", std::ios::binary) << content;
    const UniqueFd file(::open((folder_.path() / "f").c_str(), O_RDONLY));
    std::string received;
    std::size_t sent = 0;
    while (received.size() < 40'000) {
        if (sent < 40'000)
            sent += stream_->send_file(file.get(), 5'000 + sent, 40'000 - sent).bytes;
        received += client_->read();
    }
    EXPECT_EQ(received, content.substr(5'000, 40'000));
}

TEST_F(TlsStreamTest, AGoodbyeIsToldFromACut) {
    shake_hands();
    stream_->say_goodbye();
    EXPECT_EQ(client_->read(), "");
    EXPECT_EQ(SSL_get_shutdown(client_->ssl()) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
}

TEST_F(TlsStreamTest, OldVersionsAreRefused) {
    client_ = std::make_unique<TlsClient>(client_end_.get(), TLS1_1_VERSION);
    SSL_set_security_level(client_->ssl(), 0);
    (void)SSL_do_handshake(client_->ssl());
    EXPECT_EQ(stream_->handshake().state, Moved::State::Closed);
    connect();
    client_ = std::make_unique<TlsClient>(client_end_.get(), TLS1_2_VERSION);
    shake_hands();
}

TEST_F(TlsStreamTest, PlainHttpIsToldToSpeakTls) {
    constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    ASSERT_GT(::send(client_end_.get(), kRequest.data(), kRequest.size(), 0), 0);
    EXPECT_EQ(stream_->handshake().state, Moved::State::Closed);
    std::string answer(1000, '\0');
    const ssize_t got = ::recv(client_end_.get(), answer.data(), answer.size(), 0);
    ASSERT_GT(got, 0);
    answer.resize(static_cast<std::size_t>(got));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << answer;
    EXPECT_TRUE(answer.ends_with("This port speaks HTTPS.\r\n")) << answer;
}

TEST_F(TlsStreamTest, HttpIsChosenWhereTheClientOffersMore) {
    const unsigned char offered[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(client_->ssl(), offered, sizeof(offered) - 1);
    shake_hands();
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(client_->ssl(), &chosen, &size);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "http/1.1");
}

std::string subject_of(TlsClient& client) {
    X509* peer = SSL_get1_peer_certificate(client.ssl());
    char name[100];
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, name, sizeof(name));
    X509_free(peer);
    return name;
}

TEST_F(TlsStreamTest, ANewCertificateIsTakenUpAndABrokenOneIsNot) {
    shake_hands();
    EXPECT_EQ(subject_of(*client_), "localhost");
    harness::make_certificate(folder_.path(), "renewed");
    ASSERT_TRUE(context_->reload());
    EXPECT_EQ(subject_of(*client_), "localhost") << "an open connection keeps its own";
    connect();
    shake_hands();
    EXPECT_EQ(subject_of(*client_), "renewed");

    std::ofstream(made_.key) << "no key";
    const auto refused = context_->reload();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "tls_files");
    EXPECT_NE(refused.error().message.find(made_.key.string()), std::string::npos);
    connect();
    shake_hands();
    EXPECT_EQ(subject_of(*client_), "renewed");
}

TEST(TlsContextTest, TheEndOfTheCertificateIsKnown) {
    TempFolder folder;
    const auto made = harness::make_certificate(folder.path());
    const auto context = TlsContext::load({made.certificate, made.key}).value();
    const auto in_days = (context->expires_at() - from_micros(std::time(nullptr) * 1'000'000LL)) /
                         std::chrono::hours(24);
    EXPECT_NEAR(static_cast<double>(in_days), 365, 2);
}

TEST(TlsContextTest, FilesThatDoNotBelongTogetherAreRefused) {
    TempFolder a;
    TempFolder b;
    const auto first = harness::make_certificate(a.path());
    const auto second = harness::make_certificate(b.path());
    EXPECT_FALSE(TlsContext::load({first.certificate, second.key}));
    EXPECT_FALSE(TlsContext::load({"/no/such/file", first.key}));
    EXPECT_FALSE(TlsContext::load({first.key, first.certificate}));
}

}  // namespace
}  // namespace syncwatch
