// Two nodes whose PostgreSQL hangs and dies: chat, guests and sessions go on, and nothing that was
// acknowledged is lost or doubled, whoever is killed.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <thread>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "harness/eventually.h"
#include "harness/nodes.h"
#include "harness/room_chat.h"
#include "harness/websocket_client.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::eventually;
using harness::HttpAnswer;
using harness::HttpClient;
using harness::Texts;
using harness::WebSocketClient;
using Timer = std::chrono::steady_clock;

/// Somebody in a room, who comes back through whichever node is there.
class Person {
public:
    Person(std::string token, std::string code)
        : token_(std::move(token)), code_(std::move(code)) {}

    /// False: the node does not let them in just now.
    bool come(std::uint16_t port) {
        HttpClient client(port);
        client.as(token_);
        const HttpAnswer joined =
            client.post("/api/v1/rooms/" + code_ + "/join", boost::json::object());
        if (joined.status != 200) return false;
        harness::ClientStream::Options to;
        to.port = port;
        socket_ = std::make_unique<WebSocketClient>(to, joined.text_at("ws"));
        socket_->send({{"type", "hello"}, {"protocol", 1}});
        const auto welcome = socket_->receive_type("welcome", 5s);
        if (welcome.is_null()) return false;
        for (const auto& each : welcome.at("messages").as_array()) take(each);
        return true;
    }
    void leave() { socket_.reset(); }

    /// Says it; under the same words, the same request. How long it took to be acknowledged;
    /// nullopt: it was not.
    std::optional<std::chrono::milliseconds> say(const std::string& text,
                                                 std::chrono::milliseconds patience = 5s) {
        const auto begun = Timer::now();
        if (!socket_ || !socket_->send({{"type", "chat"}, {"id", text}, {"text", text}})) {
            return std::nullopt;
        }
        const auto so_far = [&] {
            return std::chrono::duration_cast<std::chrono::milliseconds>(Timer::now() - begun);
        };
        while (so_far() < patience) {
            const auto frame = socket_->receive(patience - so_far());
            if (!frame) return std::nullopt;
            const auto read = boost::json::parse(*frame);
            if (read.at("type") == "chat") take(read.at("message"));
            if (read.at("type") == "error") return std::nullopt;
            if (read.at("type") == "ack" && read.at("id").as_string() == text) return so_far();
        }
        return std::nullopt;
    }
    bool hears(const std::string& text) {
        const auto until = Timer::now() + 10s;
        while (!heard_.contains(text) && Timer::now() < until) {
            const auto frame = socket_->receive_type("chat", 10s);
            if (frame.is_null()) return false;
            take(frame.at("message"));
        }
        return heard_.contains(text);
    }
    /// As a page shows it.
    Texts shown() const {
        Texts texts;
        for (const auto& [place, text] : by_time_) texts.push_back(text);
        return texts;
    }

private:
    void take(const boost::json::value& message) {
        const std::string text(message.at("text").as_string());
        const std::string id(message.at("id").as_string());
        if (!ids_.insert(id).second) return;
        heard_.insert(text);
        by_time_[{message.at("sent_at").as_int64(), id}] = text;
    }

    const std::string token_;
    const std::string code_;
    std::unique_ptr<WebSocketClient> socket_;
    std::set<std::string> ids_;
    std::set<std::string> heard_;
    std::map<std::pair<std::int64_t, std::string>, std::string> by_time_;
};

class NodesWithoutDatabaseTest : public testing::Test, protected harness::Nodes {
protected:
    NodesWithoutDatabaseTest() : Nodes(Shared{.arguments = {"--media-work", "false"}}) {
        for (const char* name : {"a", "b"}) start(name);
        alice_ = at("a").account("alice");
        code_ = at("a").as(alice_).post("/api/v1/rooms", {{"name", "Film night"}}).text_at("code");
        bo_ = at("b").guest("Bo");
        for (const char* name : {"a", "b"}) {
            EXPECT_TRUE(becomes(name, "syncwatch_bus_well 1"));
            for (const std::string& token : {alice_, bo_}) {
                EXPECT_EQ(at(name).as(token).get("/api/v1/me").status, 200);
            }
        }
    }

    Texts kept(const std::string& name) { return harness::kept_chat(at(name).as(alice_), code_); }
    bool is_spool_empty(const std::string& name) {
        return has(name, "syncwatch_chat_spool_messages 0");
    }

    std::string alice_;
    std::string bo_;
    std::string code_;
};

TEST_F(NodesWithoutDatabaseTest, ChatGoesOnWhileItHangsAndGuestsComeIn) {
    Person ada(alice_, code_);
    Person bo(bo_, code_);
    ASSERT_TRUE(ada.come(port("a")));
    ASSERT_TRUE(bo.come(port("b")));
    Texts said{"before"};
    ASSERT_TRUE(ada.say("before"));
    ASSERT_TRUE(bo.hears("before"));

    postgres().hang();
    std::chrono::milliseconds slowest{0};
    for (int i = 0; i < 10; ++i) {
        for (auto* each : {&ada, &bo}) {
            said.push_back((each == &ada ? "ada " : "bo ") + std::to_string(i));
            const auto took = each->say(said.back());
            ASSERT_TRUE(took) << said.back();
            slowest = std::max(slowest, *took);
            // Whoever answers has read it: what nobody could have read yet has no order.
            ASSERT_TRUE((each == &ada ? bo : ada).hears(said.back())) << said.back();
        }
    }
    std::printf("the slowest was acknowledged after %d ms\n", static_cast<int>(slowest.count()));
    EXPECT_TRUE(bo.hears("bo 9")) << "a sender hears it behind the answer";
    EXPECT_EQ(ada.shown(), said);
    EXPECT_EQ(bo.shown(), said);

    EXPECT_EQ(at("a").as(alice_).get("/api/v1/me").text_at("username"), "alice");
    HttpClient stranger = at("a");
    HttpAnswer let_in;
    EXPECT_TRUE(eventually([&] {
        let_in = stranger.post("/api/v1/auth/guest", {{"display_name", "Cy"}});
        return let_in.status == 201;
    })) << let_in.body;
    const std::string cy_token = let_in.text_at("token");
    Person cy(cy_token, code_);
    EXPECT_TRUE(eventually([&] { return cy.come(port("a")); }));
    EXPECT_EQ(cy.shown(), said) << "they see what was said meanwhile";
    said.push_back("cy");
    EXPECT_TRUE(cy.say("cy"));
    EXPECT_TRUE(bo.hears("cy"));
    const boost::json::object dora{{"username", "dora"}, {"password", "correct horse"}};
    const boost::json::object ada_again{{"username", "alice"}, {"password", "correct horse"}};
    const boost::json::object another{{"name", "Another"}};
    const std::vector<std::pair<std::string, const boost::json::object*>> refusals{
        {"/api/v1/auth/register", &dora},
        {"/api/v1/auth/login", &ada_again},
        {"/api/v1/rooms", &another}};
    for (const auto& [path, body] : refusals) {
        const HttpAnswer refused = at("a").as(alice_).post(path, *body);
        EXPECT_EQ(refused.status, 503) << path;
        EXPECT_FALSE(refused.field("Retry-After").empty()) << path;
    }
    EXPECT_FALSE(is_spool_empty("a"));

    postgres().wake();
    // Each node finds out for itself that it is back.
    for (const char* name : {"a", "b"}) {
        EXPECT_TRUE(eventually([&] { return kept(name) == said; })) << name;
    }
    EXPECT_TRUE(eventually([&] { return is_spool_empty("a") && is_spool_empty("b"); }));
    EXPECT_EQ(at("b").as(cy_token).get("/api/v1/me").text_at("display_name"), "Cy");
    EXPECT_TRUE(cy.say("after"));
    EXPECT_TRUE(ada.hears("after"));
    EXPECT_EQ(bo.say("last").has_value(), true);
    EXPECT_TRUE(ada.hears("last"));
    said.insert(said.end(), {"after", "last"});
    EXPECT_EQ(ada.shown(), said) << "nothing came twice";
}

TEST_F(NodesWithoutDatabaseTest, ChatGoesOnWhileItTakesNoWrites) {
    Person ada(alice_, code_);
    Person bo(bo_, code_);
    ASSERT_TRUE(ada.come(port("a")));
    ASSERT_TRUE(bo.come(port("b")));
    Texts said{"before"};
    ASSERT_TRUE(ada.say("before"));
    ASSERT_TRUE(bo.hears("before"));
    const std::string end_sessions =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name LIKE 'syncwatch%'";
    ASSERT_TRUE(postgres().sql("ALTER DATABASE postgres SET default_transaction_read_only = on"));
    ASSERT_TRUE(postgres().sql(end_sessions));
    for (int i = 0; i < 5; ++i) {
        for (auto* each : {&ada, &bo}) {
            said.push_back((each == &ada ? "ada " : "bo ") + std::to_string(i));
            ASSERT_TRUE(each->say(said.back())) << said.back();
            ASSERT_TRUE((each == &ada ? bo : ada).hears(said.back())) << said.back();
        }
    }
    EXPECT_TRUE(eventually([&] {
        const auto refused = at("a").as(alice_).post("/api/v1/rooms", {{"name", "Another"}});
        return refused.status == 503 && refused.text_at("code") == "read_only";
    }));
    EXPECT_FALSE(is_spool_empty("a"));
    Person cy(bo_, code_);
    EXPECT_TRUE(eventually([&] { return cy.come(port("a")); })) << "a standby keeps nobody out";
    EXPECT_EQ(cy.shown(), said);

    ASSERT_TRUE(
        postgres().sql("ALTER DATABASE postgres RESET default_transaction_read_only", "template1"));
    // Each node finds out for itself that it is back.
    for (const char* name : {"a", "b"}) {
        EXPECT_TRUE(eventually([&] { return kept(name) == said; })) << name;
    }
    EXPECT_TRUE(eventually([&] { return is_spool_empty("a") && is_spool_empty("b"); }));
    EXPECT_EQ(ada.shown(), said) << "nothing came twice";
}

TEST_F(NodesWithoutDatabaseTest, ANodeThatIsKilledMeanwhileReplaysWhatItAcknowledged) {
    Person ada(alice_, code_);
    Person bo(bo_, code_);
    ASSERT_TRUE(ada.come(port("a")));
    ASSERT_TRUE(bo.come(port("b")));
    postgres().kill();
    Texts said;
    for (int i = 0; i < 5; ++i) {
        said.push_back("ada " + std::to_string(i));
        ASSERT_TRUE(ada.say(said.back()));
        said.push_back("bo " + std::to_string(i));
        ASSERT_TRUE(bo.say(said.back()));
    }
    // What b does not hear any more is in a's spool alone.
    redis().kill();
    said.push_back("alone");
    ASSERT_TRUE(ada.say("alone"));
    node("a").kill();
    ASSERT_TRUE(redis().start());
    EXPECT_TRUE(eventually([&] { return ada.come(port("b")); })) << "their session is known at b";
    EXPECT_TRUE(ada.say("ada 4")) << "asked again: the same message";
    node("b").kill();
    ASSERT_TRUE(postgres().start());
    start("b");
    start("a");
    EXPECT_TRUE(eventually([&] { return is_spool_empty("a") && is_spool_empty("b"); }));
    Texts found = kept("a");
    EXPECT_TRUE(eventually([&] { return kept("b") == found; }));
    std::ranges::sort(found);
    std::ranges::sort(said);
    EXPECT_EQ(found, said);
}

TEST_F(NodesWithoutDatabaseTest, NothingIsLostOrDoubledOverRandomKills) {
    const char* const long_tests = std::getenv("SYNCWATCH_LONG_TESTS");
    const int wanted = long_tests != nullptr && std::string(long_tests) == "yes" ? 100 : 10;
    const auto seed = static_cast<unsigned>(Timer::now().time_since_epoch().count());
    std::mt19937 chance(seed);
    const auto draw = [&](int most) {
        return std::uniform_int_distribution<int>(0, most - 1)(chance);
    };
    Person ada(alice_, code_);
    Person bo(bo_, code_);
    std::set<std::string> acked;
    std::set<std::string> open;
    int lines = 0;
    int kills = 0;
    while (kills < wanted) {
        const bool hangs = draw(2) == 0;
        const char* const dies = draw(3) == 0 ? nullptr : draw(2) == 0 ? "a" : "b";
        const bool redis_dies = draw(2) == 0;
        ASSERT_TRUE(eventually([&] { return ada.come(port("a")); }));
        ASSERT_TRUE(eventually([&] { return bo.come(port("b")); }));
        const auto database_dies = std::chrono::milliseconds(draw(400));
        const auto node_dies = database_dies + std::chrono::milliseconds(draw(1500));
        std::thread harm([&] {
            std::this_thread::sleep_for(database_dies);
            hangs ? postgres().hang() : postgres().kill();
            if (redis_dies) redis().kill();
            std::this_thread::sleep_for(node_dies - database_dies);
            if (dies != nullptr) node(dies).kill();
        });
        const auto until = Timer::now() + 2500ms;
        while (Timer::now() < until) {
            for (auto* each : {&ada, &bo}) {
                const std::string text = "line " + std::to_string(++lines);
                (each->say(text, 3s) ? acked : open).insert(text);
            }
            std::this_thread::sleep_for(20ms);
        }
        harm.join();
        if (hangs) postgres().wake();
        const bool back = hangs || postgres().start().has_value();
        ASSERT_TRUE(back);
        const bool redis_back = !redis_dies || redis().start().has_value();
        ASSERT_TRUE(redis_back);
        if (dies != nullptr) start(dies);
        kills += 1 + (redis_dies ? 1 : 0) + (dies != nullptr ? 1 : 0);
    }
    EXPECT_TRUE(eventually([&] { return is_spool_empty("a") && is_spool_empty("b"); }));
    std::map<std::string, int> found;
    std::string before;
    for (bool more = true; more;) {
        HttpAnswer answer;
        const bool read = eventually([&] {
            answer =
                at("a").as(alice_).get("/api/v1/rooms/" + code_ + "/messages?limit=100" + before);
            return answer.status == 200;
        });
        ASSERT_TRUE(read) << answer.status << answer.body;
        const auto page = answer.json();
        const auto& messages = page.at("messages").as_array();
        for (const auto& each : messages) ++found[std::string(each.at("text").as_string())];
        more = page.at("more").as_bool() && !messages.empty();
        if (more) before = "&before=" + std::string(messages.front().at("id").as_string());
    }
    int lost = 0;
    int doubled = 0;
    for (const std::string& each : acked) lost += found.contains(each) ? 0 : 1;
    for (const auto& [text, count] : found) doubled += count > 1 ? 1 : 0;
    EXPECT_EQ(lost, 0);
    EXPECT_EQ(doubled, 0);
    EXPECT_GT(acked.size(), 50U);
    std::printf("seed %u: %d kills, %zu lines acknowledged, %zu not; %d lost, %d doubled\n", seed,
                kills, acked.size(), open.size(), lost, doubled);
}

}  // namespace
}  // namespace syncwatch
