#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "harness/certificate.h"
#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::HttpClient;

class TlsTest : public testing::Test {
protected:
    TlsTest() : made_(harness::make_certificate(folder_.path())) {}

    harness::Server start() {
        harness::Server::Options options;
        options.tls = true;
        options.authority_file = made_.certificate.string();
        options.arguments = {"--tls-cert", made_.certificate.string(), "--tls-key",
                             made_.key.string()};
        return {folder_.path() / "data", options};
    }

    TempFolder folder_;
    harness::Certificate made_;
};

TEST_F(TlsTest, HttpsIsServedWithASecureCookieAndHsts) {
    auto server = start();
    HttpClient client(server.to());
    const auto answer = client.post("/api/v1/auth/register",
                                    {{"username", "alice"}, {"password", "correct horse"}});
    ASSERT_EQ(answer.status, 201);
    EXPECT_TRUE(answer.field("Set-Cookie").ends_with("; Secure")) << answer.field("Set-Cookie");
    EXPECT_EQ(answer.field("Strict-Transport-Security"), "max-age=31536000");

    client.with("Cookie", "syncwatch_session=" + answer.text_at("token"));
    const std::string host = "localhost:" + std::to_string(server.port());
    client.with("Origin", "http://" + host);
    EXPECT_EQ(client.post("/api/v1/rooms", {{"name", "x"}}).text_at("code"), "bad_origin")
        << "a page that came without TLS is another site";
    client.with("Origin", "https://" + host);
    EXPECT_EQ(client.post("/api/v1/rooms", {{"name", "x"}}).status, 201);
    EXPECT_EQ(server.stop(), 0);
}

TEST_F(TlsTest, PlainHttpIsToldToSpeakTls) {
    auto server = start();
    const auto answer = HttpClient(server.port()).get("/api/v1/setup");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body, "This port speaks HTTPS.\r\n");
}

TEST_F(TlsTest, AHangUpTakesTheNewCertificateUpWithoutARestart) {
    auto server = start();
    EXPECT_EQ(HttpClient(server.to()).get("/api/v1/setup").status, 200);
    harness::make_certificate(folder_.path(), "renewed");
    // The client trusts the new file alone, so it gets through once the server shows it.
    server.process().signal(SIGHUP);
    int status = 0;
    for (int i = 0; i < 200 && status != 200; ++i) {
        try {
            status = HttpClient(server.to()).get("/api/v1/setup").status;
        } catch (const std::runtime_error&) {
            std::this_thread::sleep_for(20ms);
        }
    }
    EXPECT_EQ(status, 200);
}

TEST_F(TlsTest, TheEndOfTheCertificateIsToldAndSaidWhenItHasCome) {
    const std::string name = "\nsyncwatch_certificate_end_time_seconds ";
    {
        auto server = start();
        const std::string metrics = HttpClient(server.to()).get("/metrics").body;
        const std::size_t found = metrics.find(name);
        ASSERT_NE(found, std::string::npos);
        const std::chrono::duration<double> now =
            std::chrono::system_clock::now().time_since_epoch();
        EXPECT_NEAR(std::stod(metrics.substr(found + name.size())) - now.count(), 365.0 * 24 * 3600,
                    600);
        EXPECT_EQ(server.process().err().find("tls.certificate_"), std::string::npos);
    }
    made_ = harness::make_certificate(folder_.path(), "old", harness::Validity::Expired);
    auto server = start();
    const auto said = [&] {
        return server.process().err().find("tls.certificate_has_ended") != std::string::npos;
    };
    for (int i = 0; i < 500 && !said(); ++i) std::this_thread::sleep_for(20ms);
    EXPECT_TRUE(said()) << server.process().err();
}

TEST_F(TlsTest, FilesThatCannotBeUsedAreSaid) {
    std::ofstream(made_.key) << "no key";
    const auto ran = harness::run_syncwatch(
        {"serve", "--listen", "127.0.0.1:0", "--data-dir", (folder_.path() / "data").string(),
         "--tls-cert", made_.certificate.string(), "--tls-key", made_.key.string()});
    EXPECT_EQ(ran.exit, 2);
    EXPECT_TRUE(ran.err.starts_with("syncwatch: the private key " + made_.key.string())) << ran.err;
    EXPECT_NE(ran.err.find("HINT: "), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "data"));
}

}  // namespace
}  // namespace syncwatch
