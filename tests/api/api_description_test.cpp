// docs/api.yaml against the program: its routes, its codes, and what it really answers.

#include <filesystem>
#include <fstream>
#include <regex>

#include <gtest/gtest.h>

#include "api/outline.h"
#include "apps/config/load.h"
#include "apps/node/node.h"
#include "apps/plan/plan_source.h"
#include "base/encoding.h"
#include "harness/eventually.h"
#include "harness/http_client.h"
#include "harness/temp_folder.h"
#include "protocol/http/problem.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;
using harness::HttpAnswer;
using harness::HttpClient;

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(c));
    return text;
}

class ApiDescriptionTest : public testing::Test {
protected:
    ApiDescriptionTest() { start({}); }
    void start(std::map<std::string, std::string> more) {
        node_.reset();
        config::Sources sources;
        sources.flags = {{"server.listen", "127.0.0.1:0"},
                         {"data.dir", (folder_.path() / "data").string()},
                         {"media.work", "false"}};
        sources.flags.merge(more);
        node_ = std::move(Node::start(config::load(sources).settings)).value();
    }
    HttpClient client() { return HttpClient(node_->port()); }
    /// The file of a plan with a place for backups.
    std::string plan() const {
        const auto near = folder_.path() / "near";
        std::filesystem::create_directory(near);
        const auto file = folder_.path() / "plan.toml";
        std::ofstream(file) << plan_text({}).value().toml
                            << "\n[repository.near]\nurl = \"file:" << near.string() << "\"\n";
        return file.string();
    }

    /// Fields that a schema describes, and which of them are always there.
    struct Fields {
        std::set<std::string> all;
        std::set<std::string> required;
        void add(const Fields& more) {
            all.insert(more.all.begin(), more.all.end());
            required.insert(more.required.begin(), more.required.end());
        }
    };
    Fields fields_of(const std::string& schema) const {
        const Outline::Path at{"components", "schemas", schema};
        const auto below = [&at](const char* key) {
            Outline::Path path = at;
            path.emplace_back(key);
            return path;
        };
        Fields fields{outline_.keys(below("properties")), outline_.words(below("required"))};
        for (const auto& each : outline_.references(below("allOf"))) fields.add(fields_of(each));
        // What allOf adds beside the schemas that it names is the noun itself.
        Outline::Path beside = below("allOf");
        beside.emplace_back("-");
        beside.emplace_back("properties");
        fields.add({outline_.keys(beside), outline_.keys(beside)});
        return fields;
    }
    void expect_described(const json::value& answer, const std::string& schema) const {
        ASSERT_TRUE(answer.is_object()) << schema;
        const Fields fields = fields_of(schema);
        ASSERT_FALSE(fields.all.empty()) << "no schema " << schema;
        std::set<std::string> given;
        for (const auto& [key, value] : answer.as_object()) {
            EXPECT_TRUE(fields.all.contains(key)) << schema << " says nothing of " << key;
            given.insert(key);
        }
        for (const std::string& each : fields.required) {
            EXPECT_TRUE(given.contains(each)) << schema << " promises " << each;
        }
    }
    void expect_described(const HttpAnswer& answer, int status, const std::string& schema) const {
        ASSERT_EQ(answer.status, status) << schema << ": " << answer.body;
        expect_described(answer.json(), schema);
    }

    const Outline outline_{std::string(SW_FIXTURES) + "/../../docs/api.yaml"};
    TempFolder folder_;
    std::unique_ptr<Node> node_;
};

TEST_F(ApiDescriptionTest, HasEveryRouteAndNoOther) {
    std::set<std::string> described;
    for (const std::string& path : outline_.keys({"paths"})) {
        for (const std::string& key : outline_.keys({"paths", path})) {
            if (key != "parameters") described.insert(key + " " + path);
        }
    }
    std::set<std::string> served;
    const std::regex parameter(R"(\{[a-z.]+\})");
    for (const http::Route& route : node_->router().routes()) {
        const std::string path = std::regex_replace(route.pattern, parameter, "x");
        const std::string method(http::name(route.method));
        // Some routes are there only to refuse a method in the words of their protocol.
        const auto answer = client().request(
            method, path, {},
            {{"Tus-Resumable", "1.0.0"},
             {"X-HTTP-Method-Override",
              method == "POST" && path.ends_with("/uploads/x") ? "PATCH" : method}});
        if (answer.status == 405) continue;
        const std::string pattern =
            std::regex_replace(route.pattern, std::regex(R"(\.\.\.\})"), "}");
        served.insert(lower(method) + " " + pattern);
    }
    EXPECT_GT(served.size(), 35u);
    EXPECT_EQ(described, served);
}

TEST_F(ApiDescriptionTest, EveryCallHasANameAndAnswers) {
    std::set<std::string> names;
    for (const std::string& path : outline_.keys({"paths"})) {
        for (const std::string& key : outline_.keys({"paths", path})) {
            if (key == "parameters") continue;
            const std::string name = outline_.value({"paths", path, key, "operationId"});
            EXPECT_TRUE(names.insert(name).second) << path << ": " << name;
            EXPECT_NE(outline_.value({"paths", path, key, "summary"}), "") << path;
            EXPECT_FALSE(outline_.keys({"paths", path, key, "responses"}).empty()) << path;
        }
    }
}

TEST_F(ApiDescriptionTest, ListsEveryCodeOfAProblem) {
    std::set<std::string> codes;
    for (const std::string_view each : http::problem_codes()) codes.insert(std::string(each));
    EXPECT_EQ(outline_.words({"components", "schemas", "ProblemCode", "examples"}), codes);
}

TEST_F(ApiDescriptionTest, SaysWhatAccountsAnswer) {
    HttpClient alice = client();
    expect_described(alice.get("/api/v1/setup"), 200, "Setup");
    const auto made =
        alice.post("/api/v1/auth/register", {{"username", "alice"}, {"password", "correct horse"}});
    expect_described(made, 201, "SignedIn");
    expect_described(made.json().at("user"), "User");
    alice.as(made.text_at("token"));
    expect_described(alice.get("/api/v1/me"), 200, "UserAnswer");
    expect_described(alice.patch("/api/v1/me", {{"display_name", "Al"}}), 200, "UserAnswer");
    expect_described(alice.post("/api/v1/invitations", json::object()), 201, "Invitation");
    expect_described(client().post("/api/v1/auth/guest", {{"display_name", "Gus"}}), 201,
                     "SignedIn");
    expect_described(client().get("/api/v1/me"), 401, "Problem");
    expect_described(client().post("/api/v1/auth/guest", json::object()), 422, "Problem");
}

TEST_F(ApiDescriptionTest, SaysWhatRoomsAnswer) {
    HttpClient alice = client();
    alice.as(alice.account("alice"));
    const auto made = alice.post("/api/v1/rooms", {{"name", "Night"}});
    expect_described(made, 201, "RoomAnswer");
    expect_described(made.json().at("room"), "Room");
    const std::string path = "/api/v1/rooms/" + made.text_at("code");
    const auto door = client().get(path);
    expect_described(door, 200, "DoorAnswer");
    expect_described(door.json().at("room"), "Door");
    const auto list = alice.get("/api/v1/rooms");
    expect_described(list, 200, "RoomList");
    expect_described(list.json().at("rooms").at(0), "Room");
    expect_described(alice.patch(path, {{"name", "Late"}}), 200, "RoomAnswer");
    const auto joined = alice.post(path + "/join", json::object());
    expect_described(joined, 200, "Joined");
    expect_described(joined.json().at("member"), "Member");
    expect_described(alice.get(path + "/messages"), 200, "MessagePage");
    expect_described(alice.get(path + "/ice"), 200, "Ice");
    const auto ban = alice.post(path + "/bans", {{"address", "192.0.2.9"}});
    expect_described(ban, 201, "BanAnswer");
    expect_described(ban.json().at("ban"), "Ban");
    expect_described(alice.get(path + "/bans"), 200, "BanList");
}

TEST_F(ApiDescriptionTest, SaysWhatFilmsAnswer) {
    HttpClient alice = client();
    alice.as(alice.account("alice"));
    const auto begun =
        alice.request("POST", "/api/v1/uploads", {},
                      {{"Tus-Resumable", "1.0.0"},
                       {"Upload-Length", "10"},
                       {"Upload-Metadata", "filename " + encode_base64(as_bytes("Film.mkv"))}});
    ASSERT_EQ(begun.status, 201) << begun.body;
    const std::string path = "/api/v1/videos/" + begun.field("SyncWatch-Video");
    const auto film = alice.get(path);
    expect_described(film, 200, "VideoAnswer");
    expect_described(film.json().at("video"), "Video");
    const auto list = alice.get("/api/v1/videos");
    expect_described(list, 200, "VideoList");
    expect_described(list.json().at("videos").at(0), "Video");
    const auto with = alice.request("POST", path + "/subtitles?language=en",
                                    "1\n00:00:01,000 --> 00:00:02,000\nHello\n");
    expect_described(with, 201, "VideoAnswer");
    expect_described(with.json().at("subtitles").at(0), "Subtitles");
}

TEST_F(ApiDescriptionTest, SaysWhatOperationAnswers) {
    expect_described(client().get("/health/live"), 200, "Phase");
    expect_described(client().get("/health/ready"), 200, "Phase");
    const auto health = client().get("/health");
    expect_described(health, 200, "Health");
    const json::value body = health.json();
    for (const auto& [name, state] : body.at("components").as_object()) {
        expect_described(state, "Component");
    }
}

TEST_F(ApiDescriptionTest, SaysWhatAdminsAreToldOfRecovery) {
    start({{"recovery.plan", plan()}});
    ASSERT_TRUE(harness::eventually(
        [&] { return client().get("/health").body.find("config: as of") != std::string::npos; }));
    HttpClient admin = client();
    admin.as(admin.account("alice"));
    const auto outlook = admin.get("/api/v1/admin/recovery");
    expect_described(outlook, 200, "RecoveryOutlook");
    const json::value body = outlook.json();
    expect_described(body.at("summary"), "RecoverySummary");
    expect_described(body.at("repositories").at(0), "RecoveryRepository");
    for (const json::value& each : body.at("components").as_array()) {
        expect_described(each, "RecoveryComponent");
        if (each.at("component") != "config") continue;
        expect_described(each.at("recoverable"), "Recoverable");
        EXPECT_FALSE(each.at("backed_up").is_null());
    }
    expect_described(client().get("/api/v1/admin/recovery"), 401, "Problem");
}

}  // namespace
}  // namespace syncwatch::apps
