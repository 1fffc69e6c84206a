#include "gateway/api/recovery_api.h"

#include <gtest/gtest.h>

#include "harness/api_world.h"

namespace syncwatch::http {
namespace {

namespace json = boost::json;

class RecoveryApiTest : public testing::Test {
protected:
    RecoveryApiTest() { api_.add_routes(world_.router); }

    Async<json::object> tell() {
        ++asked_;
        if (error_) co_return fail(*error_);
        co_return json::object{{"as_of", "2026-01-01T00:00:00.000Z"}};
    }
    RouterClient::Answer ask(const std::string& token) {
        return world_.client(token).get("/api/v1/admin/recovery");
    }

    ApiWorld world_;
    RecoveryApi api_{world_.authenticator, [this] { return tell(); }};
    const std::string admin_ = world_.token_of("alice");
    int asked_ = 0;
    std::optional<Error> error_;
};

TEST_F(RecoveryApiTest, AnAdminIsToldAndNobodyMayKeepIt) {
    const auto answer = ask(admin_);
    ASSERT_EQ(answer.status, 200) << answer.text;
    EXPECT_EQ(answer.at("as_of"), "2026-01-01T00:00:00.000Z");
    EXPECT_EQ(answer.field("Cache-Control"), "no-store");
}

TEST_F(RecoveryApiTest, NobodyElseIsToldAndNothingIsAskedForThem) {
    EXPECT_EQ(ask("").status, 401);
    EXPECT_EQ(ask(world_.token_of("bob")).code(), "forbidden");
    EXPECT_EQ(ask(world_.guest_token("Gus")).code(), "forbidden");
    EXPECT_EQ(asked_, 0);
}

TEST_F(RecoveryApiTest, WhatIsAwayIsNamedAndItsMessageIsNot) {
    error_ = Error{ErrorCode::Unavailable, "cannot reach secret-host:5432"};
    error_->component = "backup";
    const auto answer = ask(admin_);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.at("component"), "backup");
    EXPECT_FALSE(answer.field("Retry-After").empty());
    EXPECT_EQ(answer.text.find("secret-host"), std::string::npos);
}

}  // namespace
}  // namespace syncwatch::http
