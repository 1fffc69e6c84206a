// The example configurations of the engines, each by the real server that it is for. Only
// addresses, ports, folders and secrets are made this machine's.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/lab/certificates.h"
#include "apps/lab/ports.h"
#include "apps/lab/postgres_server.h"
#include "apps/lab/server_process.h"
#include "apps/lab/wait.h"
#include "deploy/project.h"
#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"
#include "harness/websocket_client.h"

namespace syncwatch::deploy {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kPatience = 30s;

/// A folder of servers, and what they need of this machine.
class ServersTest : public ::testing::Test {
protected:
    ServersTest() {
        // Root's servers run as somebody else, who has to get in.
        ::chmod(folder_.path().c_str(), 0711);
    }

    fs::path place(const std::string& name) {
        const fs::path made = folder_.path() / name;
        fs::create_directories(made);
        EXPECT_TRUE(lab::hand_over(made));
        return made;
    }
    static std::string port() { return std::to_string(lab::free_port().value_or(0)); }
    static bool is_here(const std::string& program) {
        return run("command -v " + program).status == 0;
    }
    /// The programs of an engine are there, or the test is left out aloud.
    static std::string missing(const std::string& program) {
        return is_here(program) ? std::string() : program + " is not here: its example is not run";
    }

    /// Starts a server in `folder`, which has its files, and waits until it takes connections.
    void start(std::vector<std::string> command, const fs::path& folder, const std::string& port) {
        ASSERT_TRUE(lab::hand_over(folder));
        lab::Launch launch;
        launch.command = std::move(command);
        launch.folder = folder;
        launch.log = folder / "server.log";
        const auto pid = lab::start(launch);
        ASSERT_TRUE(pid) << pid.error().message;
        servers_.emplace_back(*pid);
        const auto at = static_cast<std::uint16_t>(std::stoi(port));
        const auto settled = [&] { return lab::is_open(at) || !servers_.back().alive(); };
        (void)lab::wait_until(settled, kPatience);
        ASSERT_TRUE(lab::is_open(at)) << run("tail -30 '" + launch.log.string() + "'").said;
    }
    void write(const fs::path& file, const std::string& text) const {
        std::ofstream(file) << text;
        ::chmod(file.c_str(), 0600);
    }
    /// ca.crt, server.crt, server.key, server.pem.
    fs::path certificates() {
        const fs::path made = place("certificates");
        lab::Launch like;
        like.log = made / "openssl.log";
        EXPECT_TRUE(lab::make_server_certificate(made, like));
        return made;
    }

    TempFolder folder_;
    std::vector<lab::ServerProcess> servers_;
};

class HaproxyExampleTest : public ServersTest {
protected:
    void SetUp() override {
        if (const auto why = missing("haproxy"); !why.empty()) GTEST_SKIP() << why;
        https_ = port();
        http_ = port();
        facts_ = port();
    }
    std::string example(const std::string& first, const std::string& second) {
        const fs::path here = place("proxy");
        const fs::path keys = certificates();
        return changed(read("deploy/haproxy/haproxy.cfg"),
                       {{"log /dev/log", "log 127.0.0.1:1"},
                        {"    chroot /var/lib/haproxy\n    user haproxy\n    group haproxy\n", ""},
                        {"/run/haproxy/admin.sock", (here / "admin.sock").string()},
                        {"maxconn 40000", "maxconn 400"},
                        {"maxconn 20000", "maxconn 200"},
                        {"/etc/haproxy/certs/films.pem", (keys / "server.pem").string()},
                        {":::80 v4v6", "127.0.0.1:" + http_},
                        {":::443 v4v6", "127.0.0.1:" + https_},
                        {"127.0.0.1:8404", "127.0.0.1:" + facts_},
                        {"192.0.2.11:8080", "127.0.0.1:" + first},
                        {"192.0.2.12:8080", "127.0.0.1:" + second},
                        // Nobody is there.
                        {"192.0.2.13:8080", "127.0.0.1:1"}});
    }
    void start_proxy(const std::string& text) {
        const fs::path here = place("proxy");
        write(here / "haproxy.cfg", text);
        // "-dW": a warning is a fault.
        start({"haproxy", "-dW", "-db", "-f", "haproxy.cfg"}, here, https_);
    }
    harness::ClientStream::Options https() const {
        harness::ClientStream::Options to;
        to.port = static_cast<std::uint16_t>(std::stoi(https_));
        to.tls = true;
        to.authority_file = folder_.path() / "certificates/ca.crt";
        return to;
    }
    int ready() { return harness::HttpClient(https()).get("/health/ready").status; }
    bool wait_until_ready() {
        return lab::wait_until([&] { return ready() == 200; }, kPatience, 50ms);
    }
    /// A node behind the proxy.
    std::unique_ptr<harness::Process> node(const std::string& name, const std::string& port) {
        harness::Process::Options options;
        options.command = {harness::program(),  "serve",      "--listen",
                           "127.0.0.1:" + port, "--data-dir", folder_.path() / name};
        options.environment = {{"SYNCWATCH_SERVER_TRUSTED_PROXIES", "127.0.0.1"}};
        auto process = std::make_unique<harness::Process>(options);
        const bool up = process->wait_for_out("SyncWatch is at", kPatience);
        EXPECT_TRUE(up) << process->err();
        return process;
    }

    std::string https_;
    std::string http_;
    std::string facts_;
};

TEST_F(HaproxyExampleTest, HttpsReachesANodeAndWhatIsNotForStrangersIsKept) {
    const auto node_port = port();
    const auto one = node("one", node_port);
    start_proxy(example(node_port, "1"));
    ASSERT_TRUE(wait_until_ready());
    harness::HttpClient client(https());
    EXPECT_EQ(client.get("/metrics").status, 404);
    // The node knows from the proxy that its people came by https.
    EXPECT_FALSE(client.get("/").field("Strict-Transport-Security").empty());

    const auto plain = static_cast<std::uint16_t>(std::stoi(http_));
    const auto moved = harness::HttpClient(plain).get("/room");
    EXPECT_EQ(moved.status, 308);
    EXPECT_TRUE(moved.field("Location").starts_with("https://"));
    const auto facts = static_cast<std::uint16_t>(std::stoi(facts_));
    EXPECT_NE(harness::HttpClient(facts).get("/metrics").body.find("haproxy_server_status"),
              std::string::npos);
}

TEST_F(HaproxyExampleTest, ANodeThatDrainsSaysGoodbyeAndNobodyIsTurnedAway) {
    const auto first = port();
    const auto second = port();
    auto one = node("one", first);
    start_proxy(example(first, second));
    ASSERT_TRUE(wait_until_ready());
    // The first account is made at the machine itself.
    harness::HttpClient there(static_cast<std::uint16_t>(std::stoi(first)));
    harness::HttpClient alice(https());
    alice.as(there.account("alice"));
    const auto code = alice.post("/api/v1/rooms", {{"name", "Night"}}).text_at("code");
    const auto joined = alice.post("/api/v1/rooms/" + code + "/join", boost::json::object());
    ASSERT_EQ(joined.status, 200) << joined.body;
    harness::WebSocketClient socket(https(), joined.text_at("ws"));
    ASSERT_TRUE(socket.is_open());
    socket.send({{"type", "hello"}, {"protocol", 1}});
    EXPECT_TRUE(socket.receive_type("welcome").is_object());

    const auto two = node("two", second);
    // Until the proxy has seen that it is ready.
    const auto up = [&] {
        harness::HttpClient facts(static_cast<std::uint16_t>(std::stoi(facts_)));
        const auto state = all(facts.get("/metrics").body,
                               "haproxy_server_status\\{proxy=\"nodes\",server=\"node-2\","
                               "state=\"UP\"\\} ([01])");
        return state.contains("1");
    };
    ASSERT_TRUE(lab::wait_until(up, kPatience, 100ms));
    one->signal(SIGTERM);
    // The proxy may still choose it, whose readiness then says 503: people ask for pages.
    int asked = 0;
    while (one->running()) {
        EXPECT_EQ(harness::HttpClient(https()).get("/").status, 200) << "after " << asked;
        ++asked;
    }
    EXPECT_GT(asked, 0);
    EXPECT_EQ(ready(), 200);
    EXPECT_EQ(socket.receive_type("goodbye").at("reason"), "draining");
    EXPECT_FALSE(socket.receive());
    EXPECT_EQ(socket.close_code(), 1012) << "the proxy cut it off";
}

class RedisExampleTest : public ServersTest {
protected:
    void SetUp() override {
        if (const auto why = missing("redis-server"); !why.empty()) GTEST_SKIP() << why;
    }
    /// Starts a server with the example; `master`: the port of whom it follows, or nothing.
    std::string redis(const std::string& name, const std::string& master = {}) {
        const fs::path here = place(name);
        const std::string at = port();
        std::string text = changed(read("deploy/redis/redis.conf"),
                                   {{"bind 192.0.2.21 127.0.0.1 -::1", "bind 127.0.0.1"},
                                    {"\nport 6379", "\nport " + at},
                                    {"/etc/redis", here.string()},
                                    {"/var/lib/redis", here.string()}});
        if (!master.empty()) {
            text = changed(text, {{"#replicaof 192.0.2.21 6379", "replicaof 127.0.0.1 " + master}});
        }
        write(here / "redis.conf", text);
        write(here / "users.acl", read("deploy/redis/users.acl"));
        start({"redis-server", (here / "redis.conf").string()}, here, at);
        return at;
    }
    std::string sentinel(const std::string& name, const std::string& master) {
        const fs::path here = place(name);
        const std::string at = port();
        write(here / "sentinel.conf", changed(read("deploy/redis/sentinel.conf"),
                                              {{"bind 192.0.2.31 127.0.0.1 -::1", "bind 127.0.0.1"},
                                               {"\nport 26379", "\nport " + at},
                                               {"/var/lib/redis", here.string()},
                                               {"192.0.2.21 6379", "127.0.0.1 " + master},
                                               {"films 3000", "films 1000"}}));
        start({"redis-server", (here / "sentinel.conf").string(), "--sentinel"}, here, at);
        return at;
    }
    static std::string ask(const std::string& at, const std::string& who,
                           const std::string& words) {
        return run("redis-cli --no-auth-warning -p " + at + " " + who + " " + words).said;
    }
    static constexpr const char* kNode = "--user syncwatch -a CHANGE-ME-BUS";
    static constexpr const char* kBackup = "--user backup -a CHANGE-ME-BACKUP";
    static constexpr const char* kSentinels = "-a CHANGE-ME-SENTINELS";
};

TEST_F(RedisExampleTest, NodesMayTalkThroughItAndDoNothingElse) {
    const std::string at = redis("redis");
    EXPECT_EQ(ask(at, kNode, "PUBLISH syncwatch:bus hello"), "0\n");
    EXPECT_TRUE(ask(at, kNode, "ROLE").starts_with("master"));
    EXPECT_TRUE(ask(at, kNode, "PUBLISH other hello").starts_with("NOPERM"));
    EXPECT_TRUE(ask(at, kNode, "SET a b").starts_with("NOPERM"));
    EXPECT_TRUE(ask(at, kNode, "CONFIG GET dir").starts_with("NOPERM"));
    EXPECT_TRUE(ask(at, kBackup, "INFO").find("redis_version") != std::string::npos);
    EXPECT_TRUE(ask(at, kBackup, "GET a").starts_with("NOPERM"));
    EXPECT_TRUE(ask(at, "", "PING").starts_with("NOAUTH"));
    EXPECT_TRUE(ask(at, "-a wrong", "PING").find("NOAUTH") != std::string::npos ||
                ask(at, "-a wrong", "PING").find("WRONGPASS") != std::string::npos);
}

TEST_F(RedisExampleTest, SentinelsMakeTheReplicaTheMasterWhenTheMasterIsGone) {
    const std::string first = redis("first");
    const std::string second = redis("second", first);
    // Sentinels ask a master for its replicas when they first see it, and then every ten seconds.
    const auto follows = [&] {
        return ask(second, kNode, "ROLE").find("\nconnected\n") != std::string::npos;
    };
    ASSERT_TRUE(lab::wait_until(follows, kPatience, 50ms)) << ask(second, kNode, "ROLE");
    std::vector<std::string> sentinels;
    for (const char* each : {"one", "two", "three"}) sentinels.push_back(sentinel(each, first));
    const auto complete = [&] {
        const std::string known = ask(sentinels[0], kSentinels, "SENTINEL MASTER films");
        return known.find("num-slaves\n1\n") != std::string::npos &&
               known.find("num-other-sentinels\n2\n") != std::string::npos;
    };
    ASSERT_TRUE(lab::wait_until(complete, kPatience, 100ms))
        << ask(sentinels[0], kSentinels, "SENTINEL MASTER films");
    EXPECT_TRUE(ask(sentinels[0], "", "PING").starts_with("NOAUTH"));
    servers_.front().kill();
    const auto taken_over = [&] { return ask(second, kNode, "ROLE").starts_with("master"); };
    EXPECT_TRUE(lab::wait_until(taken_over, kPatience, 100ms)) << ask(second, kNode, "ROLE");
}

class CoturnExampleTest : public ServersTest {};

TEST_F(CoturnExampleTest, ItKnowsWhoseCredentialsAreGoodAndRelaysToNobodyNearby) {
    if (const auto why = missing("turnserver"); !why.empty()) GTEST_SKIP() << why;
    const fs::path here = place("turn");
    const fs::path keys = certificates();
    const std::string at = port();
    write(here / "turnserver.conf",
          changed(read("deploy/coturn/turnserver.conf"),
                  {{"\nlistening-port=3478", "\nlistening-port=" + at},
                   {"tls-listening-port=5349", "tls-listening-port=" + port()},
                   {"\nmin-port=49152", "\nmin-port=48000"},
                   {"\nmax-port=65535", "\nmax-port=48100"},
                   {"/etc/coturn/chain.pem", (keys / "server.crt").string()},
                   {"/etc/coturn/key.pem", (keys / "server.key").string()},
                   {"\nsyslog", "\nsimple-log"}}) +
              fmt::format("listening-ip=127.0.0.1\nrelay-ip=127.0.0.1\nuserdb={0}/db\n"
                          "pidfile={0}/pid\nlog-file={0}/turn.log\n",
                          here.string()));
    start({"turnserver", "-c", "turnserver.conf"}, here, at);
    const std::string ask =
        "U=$(($(date +%s) + 600)):bob; P=$(printf %s \"$U\" | openssl dgst -sha1 "
        "-hmac CHANGE-ME -binary | base64); turnutils_uclient -y -n 1 -m 1 -u "
        "\"$U\" -p " +
        at;
    const std::string good = run(ask + " -w \"$P\" 127.0.0.1").said;
    EXPECT_NE(good.find("403 (Forbidden IP)"), std::string::npos) << good;
    EXPECT_EQ(good.find("Cannot complete Allocation"), std::string::npos) << good;
    const std::string wrong = run(ask + " -w wrong 127.0.0.1").said;
    EXPECT_NE(wrong.find("Cannot complete Allocation"), std::string::npos) << wrong;
    // What it does not know it names, and goes on.
    const std::string said = run("cat '" + (here / "server.log").string() + "'").said;
    EXPECT_EQ(said.find("Bad configuration format"), std::string::npos) << said;
    EXPECT_EQ(said.find("WARNING: cannot"), std::string::npos) << said;
}

class PostgresExampleTest : public ServersTest {
protected:
    void SetUp() override {
        if (const auto found = lab::postgres_programs(); found) {
            programs_ = *found;
        } else {
            GTEST_SKIP() << "PostgreSQL is not here: its example is not run";
        }
    }
    /// As the superuser, over the socket in `here`.
    Ended sql(const fs::path& here, const std::string& arguments) const {
        return run(fmt::format("{}/psql -X -q -v ON_ERROR_STOP=1 -h '{}' -p {} -U postgres {}",
                               programs_.string(), here.string(), port_, arguments));
    }
    Ended as_node(const std::string& database, const std::string& tls) const {
        return run(
            fmt::format("PGPASSWORD=secret {}/psql -X -q -c 'SELECT 1' "
                        "'postgres://syncwatch@127.0.0.1:{}/{}?sslmode={}'",
                        programs_.string(), port_, database, tls));
    }
    /// What both examples promise of a server that runs.
    void expect_a_home_for_nodes(const fs::path& here) {
        const Ended made = sql(here, "-f '" SW_SOURCE_ROOT "/deploy/postgresql/syncwatch.sql'");
        ASSERT_EQ(made.status, 0) << made.said;
        EXPECT_EQ(sql(here, "-c \"ALTER ROLE syncwatch PASSWORD 'secret'\"").status, 0);
        EXPECT_EQ(as_node("syncwatch", "require").status, 0)
            << as_node("syncwatch", "require").said;
        EXPECT_NE(as_node("syncwatch", "disable").status, 0) << "passwords travel by TLS alone";
        EXPECT_NE(as_node("postgres", "require").status, 0) << "only its own database";
        const std::string odd = sql(here,
                                    "-At -c 'SELECT error FROM pg_file_settings WHERE error "
                                    "IS NOT NULL UNION ALL SELECT error FROM "
                                    "pg_hba_file_rules WHERE error IS NOT NULL'")
                                    .said;
        EXPECT_EQ(odd, "");
    }
    /// Of both: whoever runs this is no user of the system named postgres.
    static std::vector<std::pair<std::string, std::string>> of_this_machine() {
        return {{"192.0.2.0/24", "127.0.0.0/8 "}, {"peer", "trust"}};
    }

    fs::path programs_;
    std::string port_ = port();
};

TEST_F(PostgresExampleTest, OneServerTakesNodesWithAPasswordOverTls) {
    const fs::path here = place("postgres");
    const fs::path keys = certificates();
    lab::Launch tool;
    tool.folder = here;
    tool.log = here / "initdb.log";
    tool.command = {programs_ / "initdb", "-D",           here / "data", "-U",
                    "postgres",           "--auth=trust", "--no-sync",   "--locale=C.UTF-8"};
    ASSERT_TRUE(lab::run_tool(tool, 60s));
    write(here / "data/pg_hba.conf",
          changed(read("deploy/postgresql/pg_hba.conf"), of_this_machine()));
    std::ofstream(here / "data/postgresql.conf", std::ios::app)
        << changed(read("deploy/postgresql/syncwatch.conf"),
                   {{"192.0.2.41,127.0.0.1", "127.0.0.1"},
                    {"shared_buffers = 1GB", "shared_buffers = 64MB"},
                    {"/etc/postgresql/films.pem", (keys / "server.crt").string()},
                    {"/etc/postgresql/films.key", (keys / "server.key").string()}})
        << fmt::format("port = {}\nunix_socket_directories = '{}'\nfsync = off\n", port_,
                       here.string());
    start({programs_ / "postgres", "-D", here / "data"}, here, port_);
    const auto ready = [&] { return sql(here, "-c 'SELECT 1'").status == 0; };
    ASSERT_TRUE(lab::wait_until(ready, kPatience, 100ms)) << sql(here, "-c 'SELECT 1'").said;
    expect_a_home_for_nodes(here);
}

TEST_F(PostgresExampleTest, PatroniMakesAPrimaryOfTheFirstMachine) {
    for (const char* program : {"patroni", "etcd"}) {
        if (const auto why = missing(program); !why.empty()) GTEST_SKIP() << why;
    }
    const fs::path here = place("patroni");
    const fs::path keys = certificates();
    const std::string etcd = port();
    const std::string rest = port();
    start({"etcd", "--data-dir", place("etcd"), "--listen-client-urls", "http://127.0.0.1:" + etcd,
           "--advertise-client-urls", "http://127.0.0.1:" + etcd, "--listen-peer-urls",
           "http://127.0.0.1:" + port()},
          place("etcd"), etcd);
    const std::string given = read("deploy/postgresql/patroni.yml");
    auto changes = of_this_machine();
    changes.emplace_back("    - data-checksums\n", "    - data-checksums\n    - no-sync\n");
    changes.emplace_back("loop_wait: 5", "loop_wait: 1");
    changes.insert(changes.end(),
                   {{"192.0.2.51:2379,192.0.2.52:2379,192.0.2.53:2379", "127.0.0.1:" + etcd},
                    {"192.0.2.41:8008", "127.0.0.1:" + rest},
                    {"192.0.2.41,127.0.0.1:5432", "127.0.0.1:" + port_},
                    {"192.0.2.41:5432", "127.0.0.1:" + port_},
                    {"/etc/postgresql/films.pem", (keys / "server.crt").string()},
                    {"/etc/postgresql/films.key", (keys / "server.key").string()},
                    {"/usr/lib/postgresql/15/bin", programs_.string()},
                    {"/var/lib/postgresql/15/films", (here / "data").string()},
                    {"/var/lib/postgresql/films.pgpass", (here / "pgpass").string()},
                    {"/var/run/postgresql", here.string()}});
    write(here / "patroni.yml", changed(given, changes));
    start({"patroni", "patroni.yml"}, here, rest);
    const auto primary = [&] {
        return run("curl -fsS http://127.0.0.1:" + rest + "/primary").status == 0;
    };
    ASSERT_TRUE(lab::wait_until(primary, kPatience, 100ms))
        << run("tail -30 '" + (here / "server.log").string() + "'").said;
    expect_a_home_for_nodes(here);
    EXPECT_EQ(sql(here, "-At -c 'SHOW wal_log_hints'").said, "on\n");
    // It ends PostgreSQL with itself, if it is asked to end.
    servers_.back().stop(SIGTERM, 20s);
}

}  // namespace
}  // namespace syncwatch::deploy
