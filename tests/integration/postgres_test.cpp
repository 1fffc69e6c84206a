#include <gtest/gtest.h>

#include "apps/lab/postgres_server.h"
#include "harness/eventually.h"
#include "harness/http_client.h"
#include "harness/must.h"
#include "harness/process.h"
#include "harness/temp_folder.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::HttpClient;
using harness::run_syncwatch;
using harness::Server;

class PostgresTest : public testing::Test {
protected:
    std::filesystem::path data() const { return folder_.path() / "data"; }
    Server::Options on_postgres(const std::string& database = "postgres") const {
        Server::Options options;
        options.arguments = {"--database-url", postgres->url(database)};
        return options;
    }
    /// What a node depends on takes a moment to be back.
    static bool makes_rooms_again(HttpClient& client) {
        return harness::eventually([&] {
            return client.post("/api/v1/rooms", {{"name", "Film night"}}).status == 201;
        });
    }

    TempFolder engine_;
    TempFolder folder_;
    const std::unique_ptr<lab::PostgresServer> postgres =
        must(lab::PostgresServer::make({engine_.path()}));
};

boost::json::value database_of(HttpClient& client) {
    return client.get("/health").json().at("components").at("database");
}

TEST_F(PostgresTest, AccountsAndRoomsSurviveWhenNodeAndDatabaseAreKilledAtOnce) {
    std::string token;
    std::string code;
    {
        Server server(data(), on_postgres());
        HttpClient client(server.port());
        token = client.account("alice");
        code = client.as(token).post("/api/v1/rooms", {{"name", "Film night"}}).text_at("code");
        postgres->kill();
        server.kill();
    }
    ASSERT_TRUE(postgres->start());
    Server again(data(), on_postgres());
    HttpClient client(again.port());
    const auto room = client.as(token).get("/api/v1/rooms/" + code);
    EXPECT_EQ(room.status, 200);
    EXPECT_EQ(room.text_at("name"), "Film night");
}

TEST_F(PostgresTest, WhileItIsAwayTheNodeStaysReadyAndSaysWhatCannotBeDone) {
    Server server(data(), on_postgres());
    HttpClient client(server.port());
    client.as(client.account("alice"));
    postgres->kill();
    const auto refused = client.post("/api/v1/rooms", {{"name", "Film night"}});
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.text_at("code"), "unavailable");
    EXPECT_EQ(refused.text_at("component"), "database");
    EXPECT_FALSE(refused.field("Retry-After").empty());
    EXPECT_EQ(client.get("/health/ready").status, 200);
    const auto health = client.get("/health");
    EXPECT_EQ(health.status, 200);
    EXPECT_EQ(health.text_at("status"), "degraded");
    EXPECT_EQ(database_of(client).at("status"), "down");

    ASSERT_TRUE(postgres->start());
    EXPECT_TRUE(makes_rooms_again(client));
    EXPECT_EQ(client.get("/metrics").body.find("syncwatch_breaker_open{component=\"database\"} 1"),
              std::string::npos);
}

TEST_F(PostgresTest, ADatabaseThatHangsIsAnsweredForInTime) {
    Server server(data(), on_postgres());
    HttpClient client(server.port());
    client.as(client.account("alice"));
    postgres->hang();
    for (int i = 0; i < 3; ++i) {
        const auto refused = client.post("/api/v1/rooms", {{"name", "Film night"}});
        EXPECT_EQ(refused.status, 503) << refused.body;
    }
    EXPECT_EQ(client.get("/health/ready").status, 200);
    postgres->wake();
    EXPECT_TRUE(makes_rooms_again(client));
}

TEST_F(PostgresTest, AServerThatTakesNoWritesIsReadOnlyAndNoFault) {
    Server server(data(), on_postgres());
    HttpClient client(server.port());
    client.as(client.account("alice"));
    ASSERT_TRUE(postgres->sql("ALTER DATABASE postgres SET default_transaction_read_only = on"));
    ASSERT_TRUE(
        postgres->sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                      " WHERE application_name LIKE 'syncwatch%'"));
    const auto refused = client.post("/api/v1/rooms", {{"name", "Film night"}});
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.text_at("code"), "read_only");
    ASSERT_TRUE(
        postgres->sql("ALTER DATABASE postgres RESET default_transaction_read_only", "template1"));
    EXPECT_TRUE(makes_rooms_again(client));
}

TEST_F(PostgresTest, AnEmbeddedInstallationMovesAndGoesOn) {
    std::string token;
    std::string code;
    const std::string from = "sqlite:" + (data() / "syncwatch.db").string();
    ASSERT_TRUE(postgres->create_database("moved"));
    {
        Server server(data());
        HttpClient client(server.port());
        token = client.account("alice");
        code = client.as(token).post("/api/v1/rooms", {{"name", "Film night"}}).text_at("code");
        const auto refused = run_syncwatch(
            {"migrate", "--from", from, "--to", postgres->url("moved"), "--data-dir", data()});
        EXPECT_EQ(refused.exit, 8) << refused.err;
        EXPECT_EQ(server.stop(), 0);
    }
    const auto moved = run_syncwatch(
        {"migrate", "--from", from, "--to", postgres->url("moved"), "--data-dir", data()});
    EXPECT_EQ(moved.exit, 0) << moved.err;
    EXPECT_NE(moved.out.find("each compared with what was kept of it"), std::string::npos);
    const auto again = run_syncwatch(
        {"migrate", "--from", from, "--to", postgres->url("moved"), "--data-dir", data()});
    EXPECT_NE(again.exit, 0);
    EXPECT_NE(again.err.find("HINT: Make an empty database"), std::string::npos) << again.err;

    Server server(data(), on_postgres("moved"));
    HttpClient client(server.port());
    const auto room = client.as(token).get("/api/v1/rooms/" + code);
    EXPECT_EQ(room.status, 200) << room.body;
    EXPECT_EQ(room.text_at("name"), "Film night");
}

TEST_F(PostgresTest, AnOlderProgramRefusesANewerSchemaAndSaysWhich) {
    {
        Server server(data(), on_postgres());
        EXPECT_EQ(server.stop(), 0);
    }
    ASSERT_TRUE(postgres->sql("INSERT INTO schema_steps (version, name) VALUES (9999, 'later')"));
    const std::vector<std::vector<std::string>> commands{
        {"migrate"},
        {"user", "list"},
        {"serve", "--listen", "127.0.0.1:0"},
        {"worker", "--listen", "127.0.0.1:0", "--bus-url", "postgres:", "--objects-url",
         "s3:http://127.0.0.1:9/films", "--objects-credentials-file", data() / "none"}};
    for (auto command : commands) {
        SCOPED_TRACE(command[0]);
        command.insert(command.end(), {"--database-url", postgres->url(), "--data-dir", data()});
        const auto refused = run_syncwatch(std::move(command));
        EXPECT_EQ(refused.exit, 3);
        EXPECT_NE(refused.err.find("has schema 9999, this program knows up to "), std::string::npos)
            << refused.err;
        EXPECT_NE(refused.err.find("\nHINT: Use the newer syncwatch"), std::string::npos)
            << refused.err;
    }
}

TEST_F(PostgresTest, TheDoctorLooksAtIt) {
    const auto fine = run_syncwatch({"doctor", "--database-url", postgres->url(), "--data-dir",
                                     data(), "--server-listen", "127.0.0.1:0"});
    EXPECT_NE(fine.out.find("PostgreSQL "), std::string::npos) << fine.out;
    postgres->kill();
    const auto away = run_syncwatch({"doctor", "--database-url", postgres->url(), "--data-dir",
                                     data(), "--server-listen", "127.0.0.1:0"});
    EXPECT_NE(away.exit, 0);
    EXPECT_NE(away.out.find("database.url"), std::string::npos) << away.out;
}

}  // namespace
}  // namespace syncwatch
