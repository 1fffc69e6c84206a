#include "gateway/api/account_api.h"

#include <gtest/gtest.h>

#include "harness/api_world.h"
#include "harness/json_text.h"

namespace syncwatch::http {
namespace {

namespace json = boost::json;

std::vector<std::string> wrong_fields(const RouterClient::Answer& answer) {
    std::vector<std::string> fields;
    for (const auto& each : answer.at("errors").as_array())
        fields.push_back(text(each.at("field")));
    return fields;
}

const json::value kAlice{{"username", "Alice"}, {"password", "correct horse"}};

TEST(AccountApiTest, RegisteringSignsInByTokenAndByCookie) {
    ApiWorld world;
    const auto made = world.client().post("/api/v1/auth/register", kAlice);
    ASSERT_EQ(made.status, 201) << made.text;
    EXPECT_EQ(made.at("user").at("username"), "Alice");
    EXPECT_EQ(made.at("user").at("kind"), "user");
    EXPECT_EQ(made.at("user").at("admin"), true);
    const std::string token = text(made.at("token"));
    EXPECT_EQ(made.field("Set-Cookie"),
              "syncwatch_session=" + token + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400");
    EXPECT_EQ(made.field("Cache-Control"), "no-store");

    const auto me = world.client(token).get("/api/v1/me");
    EXPECT_EQ(me.status, 200);
    EXPECT_EQ(me.at("username"), "Alice");
    EXPECT_EQ(me.at("user").at("id"), me.at("id"));
    const auto by_cookie =
        world.client().with("Cookie", "syncwatch_session=" + token).get("/api/v1/me");
    EXPECT_EQ(by_cookie.at("id"), me.at("id"));
}

TEST(AccountApiTest, EveryWrongFieldIsNamedAtOnce) {
    ApiWorld world;
    auto client = world.client();
    struct Row {
        json::value body;
        std::vector<std::string> fields;
    };
    const Row rows[] = {
        {json::object{}, {"username", "password"}},
        {{{"username", 7}, {"password", false}}, {"username", "password"}},
        {{{"username", "a"}, {"password", "short"}, {"display_name", "\u202e"}},
         {"username", "password", "display_name"}},
        {{{"username", "alice"}, {"password", "correct horse"}, {"invitation", 7}}, {"invitation"}},
    };
    for (const Row& row : rows) {
        const auto answer = client.post("/api/v1/auth/register", row.body);
        EXPECT_EQ(answer.status, 422);
        EXPECT_EQ(answer.code(), "invalid");
        EXPECT_EQ(wrong_fields(answer), row.fields) << answer.text;
    }
}

TEST(AccountApiTest, ABodyThatIsNoJsonIsInvalidAndOneOverTheLimitTooLarge) {
    ApiWorld world;
    auto client = world.client();
    for (const char* body : {"{", "[]", "7", "\xff"}) {
        EXPECT_EQ(client.call(Method::Post, "/api/v1/auth/login", body).status, 422) << body;
    }
    const std::string huge = R"({"username":")" + std::string(70'000, 'a') + "\"}";
    const auto answer = client.call(Method::Post, "/api/v1/auth/login", huge);
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.code(), "too_large");
}

TEST(AccountApiTest, LoginTellsNothingAboutWhichOfTheTwoWasWrong) {
    ApiWorld world;
    (void)world.token_of("alice");
    auto client = world.client();
    const json::value wrong_password{{"username", "alice"}, {"password", "wrong horse"}};
    const json::value wrong_name{{"username", "bob"}, {"password", "correct horse"}};
    const auto a = client.post("/api/v1/auth/login", wrong_password);
    const auto b = client.post("/api/v1/auth/login", wrong_name);
    EXPECT_EQ(a.status, 401);
    EXPECT_EQ(a.text, b.text);
    EXPECT_EQ(a.code(), "wrong_credentials");
    const auto right = client.post("/api/v1/auth/login", kAlice);
    EXPECT_EQ(right.status, 200);
    EXPECT_FALSE(text(right.at("token")).empty());
}

TEST(AccountApiTest, WrongPasswordsLockOutWithTheTimeLeft) {
    ApiWorld world;
    (void)world.token_of("alice");
    auto client = world.client();
    const json::value wrong{{"username", "alice"}, {"password", "wrong horse"}};
    for (int i = 0; i < 5; ++i) (void)client.post("/api/v1/auth/login", wrong);
    const auto answer = client.post("/api/v1/auth/login", kAlice);
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(answer.code(), "locked_out");
    EXPECT_GT(std::stoi(answer.field("Retry-After")), 0);
}

TEST(AccountApiTest, AGuestNeedsANameAlone) {
    ApiWorld world;
    const auto made = world.client().post("/api/v1/auth/guest", {{"display_name", "Bö"}});
    ASSERT_EQ(made.status, 201) << made.text;
    EXPECT_EQ(made.at("user").at("kind"), "guest");
    EXPECT_TRUE(made.at("user").at("username").is_null());
    EXPECT_EQ(made.at("user").at("display_name"), "Bö");
}

TEST(AccountApiTest, LogoutKillsTheTokenAndTakesTheCookieBack) {
    ApiWorld world;
    const std::string token = world.token_of("alice");
    auto client = world.client(token);
    const auto out = client.call(Method::Post, "/api/v1/auth/logout", "");
    EXPECT_EQ(out.status, 204);
    EXPECT_EQ(out.field("Set-Cookie"),
              "syncwatch_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    EXPECT_EQ(client.get("/api/v1/me").status, 401);
}

TEST(AccountApiTest, AWriteByCookieFromAnotherSiteIsRefused) {
    ApiWorld world;
    const std::string token = world.token_of("alice");
    auto client = world.client();
    client.with("Cookie", "syncwatch_session=" + token).with("Host", "films.example");
    client.with("Origin", "https://evil.example");
    for (const char* target : {"/api/v1/auth/logout", "/api/v1/invitations", "/api/v1/rooms"}) {
        const auto answer = client.post(target, {{"name", "x"}});
        EXPECT_EQ(answer.status, 403) << target;
        EXPECT_EQ(answer.code(), "bad_origin") << target;
    }
    EXPECT_EQ(client.post("/api/v1/auth/login", kAlice).status, 403)
        << "nor may it sign anybody in";
    EXPECT_EQ(client.patch("/api/v1/me", {{"display_name", "x"}}).status, 403);
    EXPECT_EQ(client.remove("/api/v1/me").status, 403);
    client.with("Origin", "http://films.example");
    EXPECT_EQ(client.patch("/api/v1/me", {{"display_name", "x"}}).status, 200);
}

TEST(AccountApiTest, TheCookieIsSecureBehindTls) {
    ApiWorld world;
    Authenticator authenticator(*world.service, {"https://films.example"});
    AccountApi api(*world.service, authenticator, {});
    Router router;
    api.add_routes(router);
    const auto made = RouterClient(router).post("/api/v1/auth/register", kAlice);
    EXPECT_TRUE(made.field("Set-Cookie").ends_with("; Secure"));
}

TEST(AccountApiTest, MyNameAndPasswordChange) {
    ApiWorld world;
    auto client = world.client(world.token_of("alice"));
    const auto named = client.patch("/api/v1/me", {{"display_name", "Al"}, {"unknown", 1}});
    EXPECT_EQ(named.status, 200);
    EXPECT_EQ(named.at("display_name"), "Al");
    const json::value wrong{{"password", "new password"}, {"current_password", "no"}};
    const auto refused = client.patch("/api/v1/me", wrong);
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.code(), "wrong_password");
    const json::value bad{{"password", "new"}, {"display_name", ""}};
    EXPECT_EQ(wrong_fields(client.patch("/api/v1/me", bad)),
              (std::vector<std::string>{"display_name", "password"}));
}

TEST(AccountApiTest, DeletingMeEndsTheSession) {
    ApiWorld world;
    auto client = world.client(world.token_of("alice"));
    EXPECT_EQ(client.remove("/api/v1/me").status, 204);
    EXPECT_EQ(client.get("/api/v1/me").status, 401);
}

TEST(AccountApiTest, SetupTellsWhatAFirstVisitorNeedsToKnow) {
    AccountService::Options options;
    options.setup_token_required = true;
    options.sign_up = SignUp::Invitation;
    ApiWorld world(options);
    const auto before = world.client().get("/api/v1/setup");
    EXPECT_EQ(before.at("needs_first_account"), true);
    EXPECT_EQ(before.at("needs_setup_token"), true);
    EXPECT_EQ(before.at("sign_up"), "invitation");
    EXPECT_EQ(before.at("max_upload_bytes").to_number<int>(), 1000);
    EXPECT_EQ(before.at("version"), "1.2.3");
    const std::string token = *run_to_end(world.service->setup_token_if_needed()).value();

    auto client = world.client();
    EXPECT_EQ(client.post("/api/v1/auth/register", kAlice).code(), "setup_token_required");
    json::object body = kAlice.as_object();
    body["setup_token"] = token;
    EXPECT_EQ(client.post("/api/v1/auth/register", body).status, 201);
    EXPECT_EQ(client.get("/api/v1/setup").at("needs_first_account"), false);
}

TEST(AccountApiTest, NobodyTakesTheFirstAccountByAnotherNameOrThroughAProxy) {
    ApiWorld world;
    auto rebound = world.client();
    rebound.with("Host", "evil.example:8080").with("Origin", "http://evil.example:8080");
    EXPECT_EQ(rebound.post("/api/v1/auth/register", kAlice).code(), "setup_token_required");
    auto passed_on = world.client();
    passed_on.with("Host", "127.0.0.1:8080").with("X-Forwarded-For", "192.0.2.9");
    EXPECT_EQ(passed_on.post("/api/v1/auth/register", kAlice).code(), "setup_token_required");
    auto own = world.client();
    own.with("Host", "localhost:8080").with("Origin", "http://localhost:8080");
    EXPECT_EQ(own.post("/api/v1/auth/register", kAlice).status, 201);
    const json::object bob{{"username", "bob"}, {"password", "correct horse"}};
    EXPECT_EQ(rebound.post("/api/v1/auth/register", bob).status, 201) << "sign-up is open";
}

TEST(AccountApiTest, AnInvitationLetsOneNewAccountIn) {
    AccountService::Options options;
    options.sign_up = SignUp::Invitation;
    ApiWorld world(options);
    auto admin = world.client(world.token_of("alice"));
    const auto invited = admin.post("/api/v1/invitations", json::object());
    ASSERT_EQ(invited.status, 201);
    EXPECT_TRUE(parse_rfc3339(text(invited.at("expires_at"))));
    json::object body{{"username", "bob"}, {"password", "correct horse"}};
    auto stranger = world.client();
    EXPECT_EQ(stranger.post("/api/v1/auth/register", body).code(), "invitation_required");
    body["invitation"] = invited.at("token");
    const auto bob = stranger.post("/api/v1/auth/register", body);
    EXPECT_EQ(bob.status, 201);
    EXPECT_EQ(
        world.client(text(bob.at("token"))).post("/api/v1/invitations", json::object()).status,
        403);
}

}  // namespace
}  // namespace syncwatch::http
