#include <csignal>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "harness/eventually.h"
#include "harness/http_client.h"
#include "harness/process.h"
#include "harness/temp_folder.h"
#include "harness/viewer.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using harness::HttpClient;
using harness::Ran;

class CommandTest : public testing::Test {
protected:
    std::string data() const { return (folder_.path() / "data").string(); }
    Ran run(std::vector<std::string> arguments, std::string input = {}) const {
        arguments.insert(arguments.end(), {"--data-dir", data()});
        return harness::run_syncwatch(std::move(arguments), std::move(input));
    }
    /// The document that a command prints with --json.
    json::object document(std::vector<std::string> arguments, std::string input = {}) const {
        arguments.emplace_back("--json");
        const Ran ran = run(std::move(arguments), std::move(input));
        EXPECT_EQ(ran.err.find("\nHINT: ") != std::string::npos, ran.exit != 0) << ran.err;
        const json::object whole = json::parse(ran.out).as_object();
        for (const char* name : {"schema", "command", "ok", "exit", "code", "hint", "run_id"}) {
            EXPECT_TRUE(whole.contains(name)) << name;
        }
        EXPECT_EQ(whole.at("exit").to_number<int>(), ran.exit);
        EXPECT_EQ(whole.at("ok").as_bool(), ran.exit == 0);
        return whole;
    }
    /// What a command did is heard within a second or so.
    template <class Question>
    static bool soon(Question question) {
        return harness::eventually(question, 10s);
    }

    TempFolder folder_;
};

TEST_F(CommandTest, HelpIsEnoughToUseEveryCommand) {
    for (const std::vector<std::string>& command :
         std::vector<std::vector<std::string>>{{},
                                               {"serve"},
                                               {"migrate"},
                                               {"doctor"},
                                               {"user"},
                                               {"user", "add"},
                                               {"user", "remove"},
                                               {"room", "remove"},
                                               {"video", "show"}}) {
        std::vector<std::string> arguments = command;
        arguments.emplace_back("--help");
        const Ran ran = harness::run_syncwatch(arguments);
        EXPECT_EQ(ran.exit, 0) << ran.err;
        EXPECT_NE(ran.out.find("Usage: syncwatch"), std::string::npos) << ran.out;
        EXPECT_EQ(ran.err, "");
    }
    EXPECT_TRUE(harness::run_syncwatch({"--version"}).out.starts_with("syncwatch "));
    EXPECT_NE(harness::run_syncwatch({"serve", "--help"}).out.find("--tls-cert FILE"),
              std::string::npos);
}

TEST_F(CommandTest, AnOperatorCaresForAccountsWithoutAServer) {
    const Ran added = run({"user", "add", "alice"}, "correct horse\n");
    EXPECT_EQ(added.exit, 0) << added.err;
    EXPECT_EQ(added.out, "alice was added, an admin\n");
    EXPECT_EQ(run({"user", "add", "bob"}, "correct horse\n").out, "bob was added\n");

    const Ran again = run({"user", "add", "Alice"}, "correct horse\n");
    EXPECT_EQ(again.exit, 3);
    EXPECT_TRUE(again.err.starts_with("syncwatch: ")) << again.err;
    EXPECT_NE(again.err.find("\nHINT: "), std::string::npos) << again.err;
    EXPECT_EQ(run({"user", "add", "x"}, "correct horse\n").exit, 2) << "no name";
    EXPECT_EQ(run({"user", "add", "carol"}, "short\n").exit, 2) << "no password";
    EXPECT_EQ(run({"user", "add", "carol"}).exit, 2) << "nothing on stdin";

    EXPECT_EQ(run({"user", "admin", "bob"}).out, "bob is an admin\n");
    EXPECT_EQ(run({"user", "admin", "bob", "--off"}).out, "bob is no admin\n");
    EXPECT_EQ(run({"user", "password", "bob"}, "another horse\n").exit, 0);
    EXPECT_EQ(run({"user", "password", "nobody"}, "another horse\n").exit, 3);

    const auto listed = document({"user", "list"});
    ASSERT_EQ(listed.at("users").as_array().size(), 2u);
    EXPECT_EQ(listed.at("users").at(0).at("username"), "alice");
    EXPECT_EQ(listed.at("users").at(0).at("admin"), true);

    const Ran unsure = run({"user", "remove", "bob"});
    EXPECT_EQ(unsure.exit, 10);
    EXPECT_NE(unsure.err.find("--confirm bob"), std::string::npos) << unsure.err;
    EXPECT_EQ(run({"user", "remove", "bob", "--confirm", "alice"}).exit, 10);
    EXPECT_EQ(run({"user", "remove", "bob", "--confirm", "bob"}).exit, 0);
    EXPECT_EQ(document({"user", "list"}).at("users").as_array().size(), 1u);
}

TEST_F(CommandTest, PasswordsAreNeverArguments) {
    const Ran ran = run({"user", "add", "alice", "correct horse"});
    EXPECT_EQ(ran.exit, 2);
    EXPECT_EQ(run({"user", "add", "alice", "--password", "correct horse"}).exit, 2);
}

TEST_F(CommandTest, WhatACommandDoesCountsInARunningServerAtOnce) {
    harness::Server server(data());
    HttpClient alice(server.port());
    alice.as(alice.account("alice"));
    HttpClient bob(server.port());
    bob.as(bob.account("bob"));
    const std::string code = bob.post("/api/v1/rooms", {{"name", "Night"}}).text_at("code");
    harness::Viewer viewer(alice, code);

    EXPECT_EQ(run({"user", "admin", "bob"}).exit, 0);
    EXPECT_TRUE(
        soon([&] { return bob.post("/api/v1/invitations", json::object()).status == 201; }));

    const auto rooms = document({"room", "list"});
    ASSERT_EQ(rooms.at("rooms").as_array().size(), 1u);
    EXPECT_EQ(rooms.at("rooms").at(0).at("owner_name"), "bob");
    EXPECT_EQ(run({"room", "remove", code}).exit, 10);
    EXPECT_EQ(run({"room", "remove", code, "--confirm", code}).exit, 0);
    EXPECT_FALSE(viewer.socket->receive_type("nothing").is_object());
    EXPECT_EQ(viewer.socket->close_code(), 4404) << "who is inside hears of it";
    EXPECT_EQ(alice.get("/api/v1/rooms/" + code).status, 404);

    EXPECT_EQ(bob.get("/api/v1/me").status, 200);
    EXPECT_EQ(run({"user", "password", "bob"}, "another horse\n").exit, 0);
    EXPECT_TRUE(soon([&] { return bob.get("/api/v1/me").status == 401; }))
        << "every session has ended";
    EXPECT_EQ(server.stop(), 0);
}

TEST_F(CommandTest, FilmsThatAreNotThereAreSaid) {
    EXPECT_EQ(document({"video", "list"}).at("videos").as_array().size(), 0u);
    EXPECT_EQ(run({"video", "show", "nonsense"}).exit, 2);
    const auto none = document({"video", "show", "01a20e17-16c0-78dd-9067-fe74d130f0ae"});
    EXPECT_EQ(none.at("code"), "no_such_video");
    EXPECT_EQ(none.at("exit").to_number<int>(), 3);
}

TEST_F(CommandTest, MigratingTwiceChangesNothing) {
    const auto first = document({"migrate"});
    EXPECT_GT(first.at("applied").as_array().size(), 3u);
    const auto second = document({"migrate"});
    EXPECT_TRUE(second.at("applied").as_array().empty());
    EXPECT_EQ(first.at("schema_version"), second.at("schema_version"));
}

}  // namespace
}  // namespace syncwatch
