#include "adapters/redis/tls.h"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/redis/connection.h"
#include "apps/lab/ports.h"
#include "apps/lab/redis_server.h"
#include "base/async/run_to_end.h"
#include "harness/certificate.h"
#include "harness/temp_folder.h"

namespace syncwatch::redis {
namespace {

/// What a server says to a PING over TLS.
Async<std::string> ping_over(TlsTrust trust, Endpoint endpoint) {
    Connection::Options options;
    options.trust = std::move(trust);
    auto connection = Connection::make(co_await net::this_coro::executor, std::move(options));
    SW_CO_CHECK(co_await connection->open(std::move(endpoint)));
    const ClosedAtEnd closing(connection);
    Words ping{"PING"};
    SW_CO_TRY(const Reply reply, co_await connection->ask(std::move(ping)));
    co_return reply.text;
}

/// A Redis that listens with TLS, too, with this certificate.
Result<std::unique_ptr<lab::RedisServer>> make_server(const std::filesystem::path& home,
                                                      const harness::Certificate& certificate,
                                                      std::uint16_t port) {
    return lab::RedisServer::make(
        {home,
         fmt::format("bind 127.0.0.1 127.0.0.2\ntls-port {}\ntls-cert-file {}\n"
                     "tls-key-file {}\ntls-ca-cert-file {}\ntls-auth-clients no\n",
                     port, certificate.certificate.string(), certificate.key.string(),
                     certificate.certificate.string()),
         false});
}

TEST(TlsTest, ACertificateThatHasEndedIsNamedWithItsDay) {
    const TempFolder folder;
    const auto home = folder.path() / "redis";
    std::filesystem::create_directories(home);
    const auto certificate =
        harness::make_certificate(home, "redis of films", harness::Validity::Expired);
    const auto port = lab::free_port();
    ASSERT_TRUE(port);
    const auto server = make_server(home, certificate, *port);
    ASSERT_TRUE(server) << server.error().message;
    const auto refused =
        run_to_end(ping_over(load_trust(certificate.certificate).value(), {"localhost", *port}));
    ASSERT_FALSE(refused);
    const std::string& why = refused.error().message;
    EXPECT_NE(why.find("TLS: the server's certificate /CN=redis of films ended at 2"),
              std::string::npos)
        << why;
}

TEST(TlsTest, AServerMustShowACertificateThatIsTrusted) {
    const TempFolder folder;
    const auto home = folder.path() / "redis";
    std::filesystem::create_directories(home);
    const auto certificate = harness::make_certificate(home);
    const auto port = lab::free_port();
    ASSERT_TRUE(port);
    const auto server = make_server(home, certificate, *port);
    ASSERT_TRUE(server) << server.error().message;

    const auto trusting = load_trust(certificate.certificate);
    ASSERT_TRUE(trusting);
    for (const char* host : {"localhost", "127.0.0.1"}) {
        const auto answer = run_to_end(ping_over(*trusting, {host, *port}));
        ASSERT_TRUE(answer) << host << ": " << answer.error().message;
        EXPECT_EQ(*answer, "PONG");
    }
    const auto of_system = load_trust({});
    ASSERT_TRUE(of_system);
    EXPECT_FALSE(run_to_end(ping_over(*of_system, {"localhost", *port})));
    const auto other = run_to_end(ping_over(*trusting, {"127.0.0.2", *port}));
    ASSERT_FALSE(other) << "another's name";
    EXPECT_NE(other.error().message.find("for another name"), std::string::npos);
    EXPECT_FALSE(run_to_end(ping_over(*trusting, {"127.0.0.1", (*server)->port()})))
        << "no TLS there";
}

TEST(TlsTest, AFileThatCannotBeReadIsAnError) {
    const auto none = load_trust("/nonexistent.pem");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::InvalidInput);
}

}  // namespace
}  // namespace syncwatch::redis
