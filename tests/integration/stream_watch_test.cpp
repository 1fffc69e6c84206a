// PostgreSQL's log is to be streamed, and nobody does it: who hears of it, and how.
#include <csignal>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "harness/scripted_server.h"
#include "harness/stream_nodes.h"

namespace syncwatch {
namespace {

namespace json = boost::json;
using harness::eventually;
using harness::StreamNodes;

/// Hears what a plan says by webhook.
class Hook {
public:
    Hook() { server_.says(ScriptedServer::answer(200, "")); }
    std::string lines() const {
        return "[[notify]]\nkind = \"webhook\"\nurl = \"http://127.0.0.1:" +
               std::to_string(server_.port()) + "/\"\n";
    }
    /// "begins backup.pg.kept".
    bool heard(const std::string& words) const {
        for (const std::string& each : server_.requests()) {
            const json::value body = json::parse(each.substr(each.find("\r\n\r\n") + 4));
            const std::string said = std::string(body.at("turn").as_string()) + " " +
                                     std::string(body.at("key").as_string());
            if (said == words) return true;
        }
        return false;
    }

private:
    ScriptedServer server_;
};

/// Whether the node's health has these words of backups soon.
bool health_says(StreamNodes& world, const std::string& words) {
    return eventually([&] {
        const std::string detail(world.nodes().component("a", "backup").at("detail").as_string());
        return detail.find(words) != std::string::npos;
    });
}

TEST(StreamWatchTest, AStreamThatDiedIsSaidEverywhereAndSoIsThatItGoesOn) {
    const Hook hook;
    StreamNodes world(hook.lines(), {"--recovery-pg-stream-on-nodes", "false"});
    must(world.server().sql("ALTER SYSTEM SET max_slot_wal_keep_size = '64MB'"));
    must(world.server().sql("SELECT pg_reload_conf()"));
    auto& nodes = world.nodes();
    nodes.start("a");
    const auto says = [&](const char* words) { return health_says(world, words); };
    ASSERT_TRUE(nodes.becomes("a", "syncwatch_backup_log_stopped 1")) << "nobody ever began";
    auto streamer = world.start({"wal-stream"});
    ASSERT_TRUE(nodes.becomes("a", "syncwatch_backup_log_stopped 0")) << streamer->err();
    const harness::Ran made = world.run({"backup", "run", "--component", "pg"});
    ASSERT_EQ(made.exit, 0) << made.err;
    const json::value well = world.standing();
    EXPECT_TRUE(well.at("stream").at("active").as_bool());
    EXPECT_EQ(well.at("stream").at("places").at(0).at("name"), "near");
    EXPECT_NE(well.at("reason"), "not_followed");
    EXPECT_TRUE(says("log: streamed; near "));

    streamer->signal(SIGKILL);
    must(
        world.server().sql("CREATE TABLE much AS SELECT string_agg(md5(random()::text), '') AS t "
                           "FROM generate_series(1, 15000) AS a, generate_series(1, 80) AS b "
                           "GROUP BY a"));
    ASSERT_TRUE(nodes.becomes("a", "syncwatch_backup_log_stopped 1"));
    EXPECT_GT(nodes.sample("a", "syncwatch_backup_log_kept_bytes"), 33e6);
    EXPECT_EQ(nodes.sample("a", "syncwatch_backup_log_kept_most_bytes"), 64 << 20);
    EXPECT_GT(nodes.sample("a", "syncwatch_backup_log_behind_bytes{place=\"near\"}"), 33e6);
    EXPECT_TRUE(eventually([&] {
        return nodes.sample("a", "syncwatch_backup_log_behind_seconds{place=\"near\"}") > 0;
    }));
    EXPECT_TRUE(says("nobody streams PostgreSQL's log"));
    EXPECT_EQ(nodes.component("a", "backup").at("status"), "degraded");
    const json::value dead = world.standing();
    EXPECT_EQ(dead.at("reason"), "not_followed");
    EXPECT_EQ(dead.at("state"), "at_risk");
    EXPECT_FALSE(dead.at("stream").at("active").as_bool());
    EXPECT_GT(dead.at("stream").at("places").at(0).at("behind_bytes").to_number<double>(), 33e6);
    const std::string said = world.run({"status"}).out;
    EXPECT_NE(said.find("the log of PostgreSQL: not streamed; near all but "), std::string::npos)
        << said;
    EXPECT_NE(said.find("syncwatch wal-stream --drop-slot"), std::string::npos) << said;
    EXPECT_TRUE(eventually([&] { return hook.heard("begins backup.pg.kept"); }));

    streamer = world.start({"wal-stream"});
    EXPECT_TRUE(nodes.becomes("a", "syncwatch_backup_log_stopped 0")) << streamer->err();
    EXPECT_TRUE(eventually([&] { return hook.heard("ends backup.pg.kept"); }));
    // The node writes all the time: something may be on its way at each look.
    EXPECT_TRUE(eventually([&] {
        return nodes.sample("a", "syncwatch_backup_log_behind_bytes{place=\"near\"}") < 1e6;
    }));
}

TEST(StreamWatchTest, AServerThatCannotBeAskedIsNotCalledDead) {
    StreamNodes world("", {"--recovery-pg-url", "postgres://nobody@127.0.0.1:1/postgres"});
    auto& nodes = world.nodes();
    nodes.start("a");
    ASSERT_TRUE(nodes.becomes("a", "syncwatch_backup_log_unseen 1"));
    EXPECT_TRUE(nodes.has("a", "syncwatch_backup_log_stopped 0"));
    EXPECT_TRUE(health_says(world, "nobody can see whether PostgreSQL's log is streamed"));
}

}  // namespace
}  // namespace syncwatch
