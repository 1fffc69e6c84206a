#include <fstream>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/memory_stores/memory_media_store.h"
#include "adapters/sqlite/connection.h"
#include "adapters/system/system_clock.h"
#include "adapters/system/system_random.h"
#include "apps/doctor/looks.h"
#include "apps/lab/ports.h"
#include "apps/lab/redis_server.h"
#include "apps/node/powers.h"
#include "apps/node/storage.h"
#include "harness/certificate.h"
#include "harness/temp_folder.h"

namespace syncwatch::apps {
namespace {

using Level = Finding::Level;

class DoctorTest : public testing::Test {
protected:
    DoctorTest() {
        settings_.data.dir = folder_.path() / "data";
        settings_.server.port = 0;
        settings_.uploads.keep_free = 0;
    }
    void make_database() {
        const auto opened = Powers::open(settings_);
        ASSERT_TRUE(opened) << opened.error().message;
    }
    /// The worst of what was found about something, with what was said.
    std::pair<Level, std::string> worst(const std::string& subject) const {
        std::pair<Level, std::string> found{Level::Well, ""};
        for (const Finding& each : findings_.all()) {
            if (each.subject != subject || (each.level < found.first)) continue;
            found = {each.level, each.what};
            EXPECT_EQ(each.mend.empty(), each.level == Level::Well) << each.what;
        }
        return found;
    }

    TempFolder folder_;
    config::Settings settings_;
    SystemClock clock_;
    SystemRandom random_;
    Findings findings_;
};

TEST_F(DoctorTest, ANewFolderIsWell) {
    look_at_data_folder(settings_, findings_);
    look_at_database(settings_, clock_, findings_);
    EXPECT_EQ(findings_.count(Level::Problem), 0u);
    EXPECT_FALSE(std::filesystem::exists(settings_.data.dir)) << "a look changes nothing";
}

TEST_F(DoctorTest, AFileWhereTheFolderShouldBeIsAProblem) {
    std::ofstream(settings_.data.dir) << "x";
    look_at_data_folder(settings_, findings_);
    EXPECT_EQ(worst("data folder").first, Level::Problem);
}

TEST_F(DoctorTest, AFolderThatEverybodyReadsIsWorthAWord) {
    std::filesystem::create_directories(settings_.data.dir);
    ::chmod(settings_.data.dir.c_str(), 0755);
    look_at_data_folder(settings_, findings_);
    EXPECT_EQ(worst("data folder").first, Level::Advice);
}

TEST_F(DoctorTest, TooLittleSpaceIsAProblem) {
    settings_.uploads.keep_free = std::uint64_t{1} << 60;
    look_at_data_folder(settings_, findings_);
    EXPECT_EQ(worst("disk").first, Level::Problem);
}

TEST_F(DoctorTest, ADatabaseIsWholeOrDamaged) {
    make_database();
    look_at_database(settings_, clock_, findings_);
    EXPECT_EQ(worst("database").first, Level::Well);

    std::ofstream(settings_.database_path(), std::ios::binary) << std::string(8192, 'x');
    Findings damaged;
    look_at_database(settings_, clock_, damaged);
    EXPECT_TRUE(damaged.any_damage());
}

TEST_F(DoctorTest, TheSchemaIsNeitherOlderNorNewer) {
    make_database();
    const auto set_version = [&](const char* sql) {
        auto db = sqlite::Connection::open(settings_.database_path(),
                                           sqlite::Connection::Mode::ReadWrite);
        ASSERT_TRUE(db->script(sql));
    };
    set_version("PRAGMA user_version = 10");
    look_at_database(settings_, clock_, findings_);
    EXPECT_EQ(worst("database").first, Level::Advice);
    set_version("PRAGMA user_version = 99999");
    look_at_database(settings_, clock_, findings_);
    EXPECT_EQ(worst("database").first, Level::Problem);
}

TEST_F(DoctorTest, ATimeThatIsStillToComeIsAProblemOfTheClock) {
    make_database();
    {
        auto db = sqlite::Connection::open(settings_.database_path(),
                                           sqlite::Connection::Mode::ReadWrite);
        ASSERT_TRUE(
            db->run("INSERT INTO audit (at, actor, address, action, subject, detail)"
                    " VALUES (?, '', '', '', '', '')",
                    clock_.wall() + std::chrono::hours(1)));
    }
    look_at_database(settings_, clock_, findings_);
    EXPECT_EQ(worst("clock").first, Level::Problem);
}

TEST_F(DoctorTest, APortIsFreeTakenOrOurs) {
    look_at_port(settings_, findings_);
    EXPECT_EQ(worst("port").first, Level::Well);
    net::io_context context;
    const net::ip::tcp::acceptor other(context, {net::ip::address_v4::loopback(), 0});
    settings_.server.port = other.local_endpoint().port();
    look_at_port(settings_, findings_);
    EXPECT_EQ(worst("port").first, Level::Problem);

    make_database();
    MemoryInstallation data;
    MemoryMediaStore replicas(data);
    const auto storage = Storage::open(settings_, {clock_, random_, replicas});
    ASSERT_TRUE(storage);
    Findings served;
    look_at_port(settings_, served);
    EXPECT_EQ(served.count(Level::Problem), 0u);
}

TEST_F(DoctorTest, WithoutFfmpegNoFilmCanBePrepared) {
    settings_.media.ffmpeg = "/no/such/ffmpeg";
    look_at_programs(settings_, findings_);
    EXPECT_EQ(worst("ffmpeg").first, Level::Problem);
    settings_.media.work = false;
    Findings off;
    look_at_programs(settings_, off);
    EXPECT_EQ(off.count(Level::Problem), 0u);
}

TEST_F(DoctorTest, ACertificateIsGoodForAWhile) {
    const auto made = harness::make_certificate(folder_.path());
    settings_.tls.cert = made.certificate;
    settings_.tls.key = made.key;
    look_at_certificate(settings_, clock_, findings_);
    EXPECT_EQ(worst("certificate").first, Level::Well);
    const auto old =
        harness::make_certificate(folder_.path(), "localhost", harness::Validity::Expired);
    Findings ended;
    look_at_certificate(settings_, SystemClock(), ended);
    ASSERT_EQ(ended.count(Level::Problem), 1u);
    EXPECT_NE(ended.all().back().what.find("expired at"), std::string::npos);
    std::ofstream(old.key) << "no key";
    look_at_certificate(settings_, clock_, findings_);
    EXPECT_EQ(worst("certificate").first, Level::Problem);
}

TEST_F(DoctorTest, SettingsThatCannotBeUsedAreProblemsOneByOne) {
    config::Loaded loaded;
    loaded.problems = {{"a.b", "x", "is wrong"}, {"c.d", "y", "is wrong"}};
    look_at_settings(loaded, findings_);
    EXPECT_EQ(findings_.count(Level::Problem), 2u);
}

TEST_F(DoctorTest, PlainHttpBeyondThisMachineIsWorthAWord) {
    config::Loaded loaded;
    loaded.settings.server.address = "0.0.0.0";
    look_at_settings(loaded, findings_);
    EXPECT_EQ(worst("configuration").first, Level::Advice);
}

TEST_F(DoctorTest, AnIceServerThatIsSilentIsAProblem) {
    settings_.ice.servers = {"stun:127.0.0.1:9"};
    look_at_ice_servers(settings_, findings_);
    EXPECT_EQ(worst("voice").first, Level::Problem);
}

TEST_F(DoctorTest, MoreConnectionsThanFilesIsWorthAWord) {
    settings_.server.max_connections = 100'000'000;
    look_at_limits(settings_, findings_);
    EXPECT_EQ(worst("limits").first, Level::Advice);
}

TEST_F(DoctorTest, RedisLetsUsInOrTheReasonIsNamed) {
    look_at_bus(settings_, findings_);
    EXPECT_TRUE(findings_.all().empty()) << "there is one node";
    const auto home = folder_.path() / "redis";
    std::filesystem::create_directories(home);
    const auto certificate =
        harness::make_certificate(home, "redis of films", harness::Validity::Expired);
    const auto tls_port = lab::free_port().value();
    const auto server = lab::RedisServer::make(
        {home, fmt::format("requirepass secret\ntls-port {}\ntls-cert-file {}\ntls-key-file {}\n"
                           "tls-ca-cert-file {}\ntls-auth-clients no\n",
                           tls_port, certificate.certificate.string(), certificate.key.string(),
                           certificate.certificate.string())});
    ASSERT_TRUE(server) << server.error().message;
    settings_.bus.url = (*server)->url();
    settings_.bus.password = "secret";
    look_at_bus(settings_, findings_);
    EXPECT_EQ(worst("bus").first, Level::Well) << worst("bus").second;
    const auto problem = [&](const char* words) {
        Findings found;
        look_at_bus(settings_, found);
        ASSERT_EQ(found.count(Level::Problem), 1u);
        EXPECT_NE(found.all().front().what.find(words), std::string::npos)
            << found.all().front().what;
    };
    settings_.bus.password = "wrong";
    problem("WRONGPASS");
    settings_.bus.url = fmt::format("rediss://localhost:{}", tls_port);
    settings_.bus.ca_file = certificate.certificate;
    problem("/CN=redis of films ended at");
}

}  // namespace
}  // namespace syncwatch::apps
