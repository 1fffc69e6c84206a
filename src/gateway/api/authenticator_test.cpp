#include "gateway/api/authenticator.h"

#include <gtest/gtest.h>

#include "harness/account_world.h"

namespace syncwatch::http {
namespace {

struct OriginCase {
    const char* name;
    const char* origin;  ///< nullptr: none is sent.
    bool tls;
    const char* public_url;
    bool allowed;
};

class OriginTest : public testing::TestWithParam<OriginCase> {};

TEST_P(OriginTest, GuardsEveryWriteThatComesWithACookie) {
    const OriginCase& c = GetParam();
    AccountWorld world;
    const auto alice = world.register_as("alice");
    Authenticator authenticator(*world.service, {c.public_url});
    Request request;
    request.fields.add("Host", "watch.example:8080");
    request.fields.add("Cookie", "a=b; syncwatch_session=" + alice->token);
    if (c.origin != nullptr) request.fields.add("Origin", c.origin);
    request.tls = c.tls;
    for (const Method method : {Method::Post, Method::Patch, Method::Delete, Method::Put}) {
        request.method = method;
        const auto who = run_to_end(authenticator.principal(request));
        ASSERT_EQ(who.has_value(), c.allowed);
        if (!who) {
            EXPECT_EQ(who.error().code, ErrorCode::Forbidden);
        }
    }
    request.method = Method::Get;
    EXPECT_TRUE(run_to_end(authenticator.principal(request))) << "reading needs no Origin";
}

INSTANTIATE_TEST_SUITE_P(
    Origins, OriginTest,
    testing::Values(
        OriginCase{"Own", "http://watch.example:8080", false, "", true},
        OriginCase{"OwnInCapitals", "HTTP://Watch.Example:8080", false, "", true},
        OriginCase{"Missing", nullptr, false, "", false},
        OriginCase{"Null", "null", false, "", false}, OriginCase{"Empty", "", false, "", false},
        OriginCase{"OtherHost", "http://evil.example:8080", false, "", false},
        OriginCase{"OtherPort", "http://watch.example", false, "", false},
        OriginCase{"LongerHost", "http://watch.example:8080.evil.example", false, "", false},
        OriginCase{"PlainPageOnSecureSite", "http://watch.example:8080", true, "", false},
        OriginCase{"SecureBehindAProxy", "https://watch.example:8080", false, "", true},
        OriginCase{"PublicUrl", "https://films.example", false, "https://films.example/", true},
        OriginCase{"NotThePublicUrl", "https://films.example.evil", false, "https://films.example",
                   false}),
    [](const auto& row) { return row.param.name; });

class AuthenticatorTest : public testing::Test {
protected:
    AccountWorld world_;
    Authenticator authenticator_{*world_.service, {}};
};

TEST_F(AuthenticatorTest, ABearerTokenNeedsNoOrigin) {
    const auto alice = world_.register_as("alice");
    Request request;
    request.method = Method::Post;
    request.fields.add("Authorization", "bearer  " + alice->token);
    EXPECT_EQ(run_to_end(authenticator_.principal(request))->user, alice->account.id);
}

TEST_F(AuthenticatorTest, NobodyIsUnauthenticated) {
    ASSERT_TRUE(world_.register_as("alice"));
    for (const char* value : {"", "Bearer", "Bearer ", "Basic YTpi", "Bearer x y"}) {
        Request request;
        request.fields.add("Authorization", value);
        EXPECT_EQ(run_to_end(authenticator_.principal(request)).error().code,
                  ErrorCode::Unauthenticated)
            << value;
    }
}

TEST_F(AuthenticatorTest, SigningInFromAnotherSiteIsRefusedAndFromAProgramIsNot) {
    Request request;
    request.method = Method::Post;
    request.fields.add("Host", "watch.example");
    EXPECT_TRUE(authenticator_.check_origin(request));
    request.fields.add("Origin", "https://evil.example");
    EXPECT_FALSE(authenticator_.check_origin(request));
}

TEST_F(AuthenticatorTest, CookiesAreSecureWhereTheUserSeesHttps) {
    Request request;
    EXPECT_FALSE(authenticator_.secure(request));
    request.tls = true;
    EXPECT_TRUE(authenticator_.secure(request));
    Authenticator behind(*world_.service, {"https://films.example"});
    EXPECT_TRUE(behind.secure(Request()));
}

}  // namespace
}  // namespace syncwatch::http
