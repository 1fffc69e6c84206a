// Three nodes on PostgreSQL, Redis and an S3 store; everybody in a room sits on one of them. Then
// PostgreSQL is killed, or hangs, and a guest comes through the others.
#include <chrono>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <thread>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "apps/lab/postgres_server.h"
#include "apps/lab/redis_server.h"
#include "base/encoding.h"
#include "harness/clips.h"
#include "harness/http_client.h"
#include "harness/object_store.h"
#include "harness/process.h"
#include "harness/temp_folder.h"
#include "harness/websocket_client.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using harness::HttpAnswer;
using harness::HttpClient;
using harness::Server;
using harness::WebSocketClient;
using Timer = std::chrono::steady_clock;
using Texts = std::vector<std::string>;

template <class T>
std::unique_ptr<T> must(Result<std::unique_ptr<T>> made) {
    if (!made) throw std::runtime_error(made.error().message);
    return *std::move(made);
}

Texts texts_of(const boost::json::value& messages) {
    Texts texts;
    for (const auto& each : messages.as_array()) texts.emplace_back(each.at("text").as_string());
    return texts;
}

/// A socket in a room.
class Inside {
public:
    Inside(std::uint16_t port, const std::string& ws) {
        harness::ClientStream::Options to;
        to.port = port;
        socket_ = std::make_unique<WebSocketClient>(to, ws);
        socket_->send({{"type", "hello"}, {"protocol", 1}});
        welcome = socket_->receive_type("welcome");
    }
    bool ask(boost::json::object frame) {
        frame["id"] = "r" + std::to_string(++requests_);
        const boost::json::value id = frame["id"];
        socket_->send(frame);
        const auto until = Timer::now() + 15s;
        while (Timer::now() < until) {
            const auto frame_back = socket_->receive(15s);
            if (!frame_back) return false;
            const auto read = boost::json::parse(*frame_back);
            if (read.at("type") == "error") return false;
            if (read.at("type") == "ack" && read.at("id") == id) return true;
        }
        return false;
    }
    bool say(const std::string& text) { return ask({{"type", "chat"}, {"text", text}}); }
    bool hears(const std::string& text) {
        for (;;) {
            const auto frame = socket_->receive_type("chat", 15s);
            if (frame.is_null()) return false;
            if (frame.at("message").at("text").as_string() == text) return true;
        }
    }
    boost::json::value receive_type(const std::string& type) { return socket_->receive_type(type); }

    boost::json::value welcome;

private:
    std::unique_ptr<WebSocketClient> socket_;
    int requests_ = 0;
};

class KnownRoomsTest : public testing::Test {
protected:
    KnownRoomsTest() {
        postgres_ = must(lab::PostgresServer::make({postgres_folder_.path()}));
        redis_ = must(lab::RedisServer::make({redis_folder_.path()}));
        std::ofstream(folder_.path() / "keys")
            << "[default]\naws_access_key_id = " << TestObjectStore::kAccessKey
            << "\naws_secret_access_key = " << TestObjectStore::kSecretKey << "\n";
        objects_ = TestObjectStore::url();
        for (const char* name : {"a", "b", "c"}) start(name);
        for (const char* name : {"a", "b", "c"}) {
            EXPECT_TRUE(eventually([&] {
                return client(name).get("/metrics").body.find("\nsyncwatch_bus_well 1\n") !=
                       std::string::npos;
            }));
        }
        alice_ = client("a").account("alice");
        code_ = at("a", alice_)
                    .post("/api/v1/rooms", {{"name", "Film night"}, {"password", "popcorn"}})
                    .text_at("code");
    }
    void start(const std::string& name) {
        Server::Options options;
        options.arguments = {"--database-url",
                             postgres_->url(),
                             "--bus-url",
                             redis_->url(),
                             "--objects-url",
                             objects_,
                             "--objects-credentials-file",
                             folder_.path() / "keys",
                             "--node-name",
                             name};
        if (name != "a") options.environment = {{"SYNCWATCH_MEDIA_WORK", "false"}};
        nodes_[name] = std::make_unique<Server>(folder_.path() / name, options);
    }
    std::uint16_t port(const std::string& name) { return nodes_.at(name)->port(); }
    HttpClient client(const std::string& name) { return HttpClient(port(name)); }
    HttpClient at(const std::string& name, const std::string& token) {
        HttpClient made = client(name);
        made.as(token);
        return made;
    }
    template <class Question>
    static bool eventually(Question question) {
        const auto until = Timer::now() + 60s;
        while (!question()) {
            if (Timer::now() > until) return false;
            std::this_thread::sleep_for(50ms);
        }
        return true;
    }
    /// Uploads at node "a", waits until it is ready; gives its id.
    std::string film() {
        const std::string bytes = contents_of(made_clips() / "ready.mp4");
        HttpClient at_a = at("a", alice_);
        const auto sent =
            at_a.request("POST", "/api/v1/uploads", bytes,
                         {{"Tus-Resumable", "1.0.0"},
                          {"Upload-Length", std::to_string(bytes.size())},
                          {"Content-Type", "application/offset+octet-stream"},
                          {"Upload-Metadata", "filename " + encode_base64(as_bytes("Film.mp4"))}});
        EXPECT_EQ(sent.status, 201) << sent.body;
        std::string id = sent.field("SyncWatch-Video");
        EXPECT_TRUE(eventually(
            [&] { return at_a.get("/api/v1/videos/" + id).text_at("status") == "ready"; }));
        return id;
    }
    HttpAnswer join(const std::string& name, const std::string& token, const std::string& code,
                    const std::string& password) {
        return at(name, token).post("/api/v1/rooms/" + code + "/join", {{"password", password}});
    }
    /// What it is once the node noticed that the database is away: until then it may be 503.
    HttpAnswer settled_join(const std::string& name, const std::string& token,
                            const std::string& password) {
        HttpAnswer answer;
        EXPECT_TRUE(eventually([&] {
            answer = join(name, token, code_, password);
            return answer.status != 503 && answer.status != 0;
        })) << answer.status
            << answer.body;
        return answer;
    }
    /// The bytes of the first segment of the first stream, as a player finds its way there.
    std::string first_segment(const std::string& name, const std::string& master) {
        HttpClient at_node = client(name);
        std::string path = master;
        while (!path.ends_with(".m4s")) {
            HttpAnswer list;
            if (!eventually([&] { return (list = at_node.get(path)).status == 200; })) {
                return "no list at " + name + ": " + list.body;
            }
            std::istringstream lines(list.body);
            const std::string base = path.substr(0, path.rfind('/') + 1);
            for (std::string line; std::getline(lines, line);) {
                if (line.empty() || line[0] == '#') continue;
                path = base + line;
                break;
            }
        }
        HttpAnswer piece;
        EXPECT_TRUE(eventually([&] { return (piece = at_node.get(path)).status == 200; }));
        return piece.body;
    }
    Texts kept(const std::string& name) {
        const auto answer = at(name, alice_).get("/api/v1/rooms/" + code_ + "/messages?limit=100");
        return answer.status == 200 ? texts_of(answer.json().at("messages")) : Texts();
    }

    void play(void (lab::PostgresServer::*harm)(), const std::function<bool()>& mend);

    TempFolder postgres_folder_;
    TempFolder redis_folder_;
    TempFolder folder_;
    std::unique_ptr<lab::PostgresServer> postgres_;
    std::unique_ptr<lab::RedisServer> redis_;
    std::string objects_;
    std::map<std::string, std::unique_ptr<Server>> nodes_;
    std::string alice_;
    std::string code_;
};

void KnownRoomsTest::play(void (lab::PostgresServer::*harm)(), const std::function<bool()>& mend) {
    const std::string video = film();
    Inside ada(port("a"), join("a", alice_, code_, "").text_at("ws"));
    ASSERT_TRUE(ada.ask({{"type", "queue"}, {"op", "add"}, {"video", video}}));
    // The first film is on once the room knows that no other node has it. It is short.
    ASSERT_TRUE(eventually([&] {
        return ada.ask({{"type", "control"}, {"action", "rate"}, {"rate", 0.25}});
    }));
    ASSERT_TRUE(ada.ask({{"type", "control"}, {"action", "play"}}));
    ASSERT_TRUE(ada.say("before"));
    // A guest who is banned, and known at all nodes.
    const std::string cy = client("c").guest("Cy");
    const std::string cy_id = at("b", cy).get("/api/v1/me").text_at("id");
    ASSERT_EQ(at("c", cy).get("/api/v1/me").status, 200);
    ASSERT_EQ(at("a", alice_).post("/api/v1/rooms/" + code_ + "/bans", {{"user", cy_id}}).status,
              201);
    const std::string master = at("a", alice_).get("/api/v1/videos/" + video).text_at("master");
    const std::string piece = first_segment("a", master);
    ASSERT_GT(piece.size(), 1000U);

    ((*postgres_).*harm)();
    ASSERT_TRUE(ada.say("spooled"));
    HttpAnswer let_in;
    EXPECT_TRUE(eventually([&] {
        let_in = client("b").post("/api/v1/auth/guest", {{"display_name", "Bo"}});
        return let_in.status == 201;
    })) << let_in.body;
    const std::string bo_token = let_in.text_at("token");
    EXPECT_EQ(settled_join("b", bo_token, "wrong").text_at("code"), "wrong_password");
    EXPECT_EQ(settled_join("b", cy, "popcorn").text_at("code"), "banned");
    const auto begun = Timer::now();
    const HttpAnswer joined = settled_join("b", bo_token, "popcorn");
    ASSERT_EQ(joined.status, 200) << joined.body;
    // The load balancer sends the socket to yet another node.
    Inside bo(port("c"), joined.text_at("ws"));
    ASSERT_FALSE(bo.welcome.is_null());
    std::printf("inside %d ms after the right password\n",
                static_cast<int>((Timer::now() - begun) / 1ms));
    EXPECT_EQ(bo.welcome.at("room").at("name").as_string(), "Film night");
    EXPECT_EQ(bo.welcome.at("members").as_array().size(), 2U);
    EXPECT_EQ(bo.welcome.at("playback").at("video").as_string(), video);
    EXPECT_FALSE(bo.welcome.at("playback").at("paused").as_bool());
    ASSERT_EQ(bo.welcome.at("queue").as_array().size(), 1U);
    EXPECT_EQ(texts_of(bo.welcome.at("messages")), (Texts{"before", "spooled"}));
    const std::string theirs(bo.welcome.at("queue").at(0).at("master").as_string());
    for (const char* name : {"b", "c"}) {
        EXPECT_TRUE(first_segment(name, theirs) == piece) << "a picture at " << name;
    }
    EXPECT_TRUE(bo.say("hello"));
    EXPECT_TRUE(ada.hears("hello"));
    EXPECT_TRUE(ada.say("welcome"));
    EXPECT_TRUE(bo.hears("welcome"));
    const auto asked = Timer::now();
    const HttpAnswer unknown = join("b", bo_token, "00000-00001", "");
    EXPECT_EQ(unknown.status, 503) << unknown.body;
    EXPECT_FALSE(unknown.field("Retry-After").empty());
    EXPECT_LT(Timer::now() - asked, 10s);

    EXPECT_TRUE(
        eventually([&] { return at("b", cy).post("/api/v1/auth/logout", {}).status == 204; }));
    EXPECT_TRUE(eventually([&] { return at("c", cy).get("/api/v1/me").status != 200; }));

    ASSERT_TRUE(mend());
    const Texts said{"before", "spooled", "hello", "welcome"};
    EXPECT_TRUE(eventually([&] { return kept("a") == said; }));
    for (const char* name : {"b", "c"}) {
        EXPECT_TRUE(eventually([&] { return kept(name) == said; })) << name;
    }
    HttpAnswer me;
    EXPECT_TRUE(
        eventually([&] { return (me = at("c", bo_token).get("/api/v1/me")).status == 200; }));
    EXPECT_EQ(me.text_at("display_name"), "Bo");
    for (const char* name : {"a", "b", "c"}) {
        EXPECT_TRUE(eventually([&] { return at(name, cy).get("/api/v1/me").status == 401; }))
            << "who signed out stays so at " << name;
    }
    EXPECT_EQ(at("b", alice_).get("/api/v1/rooms/" + code_).text_at("name"), "Film night");
    EXPECT_EQ(settled_join("b", bo_token, "wrong").text_at("code"), "wrong_password");
    EXPECT_TRUE(bo.say("after"));
    EXPECT_TRUE(ada.hears("after"));
    // What is decided now holds for a room that came from a node.
    ASSERT_EQ(at("a", alice_).remove("/api/v1/rooms/" + code_).status, 204);
    EXPECT_EQ(join("c", bo_token, code_, "popcorn").status, 404);
}

TEST_F(KnownRoomsTest, AGuestComesInThroughAnyNodeWhileTheDatabaseIsDead) {
    play(&lab::PostgresServer::kill, [this] { return postgres_->start().has_value(); });
}

TEST_F(KnownRoomsTest, AndWhileItHangs) {
    play(&lab::PostgresServer::hang, [this] {
        postgres_->wake();
        return true;
    });
}

}  // namespace
}  // namespace syncwatch
