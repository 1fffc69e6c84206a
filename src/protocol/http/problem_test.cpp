#include "protocol/http/problem.h"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace syncwatch::http {
namespace {

using namespace std::chrono_literals;

struct Case {
    const char* name;
    ErrorCode error;
    std::string_view reason;
    int status;
    std::string_view code;
};

const Case kCases[] = {
    {"NobodyKnown", ErrorCode::Unauthenticated, "", 401, "unauthenticated"},
    {"NotAllowed", ErrorCode::Forbidden, "", 403, "forbidden"},
    {"WrongPassword", ErrorCode::Forbidden, "wrong_password", 403, "wrong_password"},
    {"Banned", ErrorCode::Forbidden, "banned", 403, "banned"},
    {"Missing", ErrorCode::NotFound, "", 404, "not_found"},
    {"MissingRoom", ErrorCode::NotFound, "no_such_room", 404, "not_found"},
    {"Full", ErrorCode::Exhausted, "room_full", 409, "room_full"},
    {"Changed", ErrorCode::Conflict, "", 409, "conflict"},
    {"NameTaken", ErrorCode::Conflict, "username_taken", 409, "username_taken"},
    {"TooBig", ErrorCode::TooLarge, "", 413, "too_large"},
    {"Wrong", ErrorCode::InvalidInput, "", 422, "invalid"},
    {"LockedOut", ErrorCode::Exhausted, "locked_out", 429, "locked_out"},
    {"TooMany", ErrorCode::Exhausted, "", 429, "too_many_requests"},
    {"Down", ErrorCode::Unavailable, "", 503, "unavailable"},
    {"Slow", ErrorCode::Timeout, "", 503, "unavailable"},
    {"ReadOnly", ErrorCode::Unavailable, "read_only", 503, "read_only"},
    {"Fault", ErrorCode::Internal, "", 500, "internal"},
    {"UnlistedReason", ErrorCode::Conflict, "queue_changed", 409, "queue_changed"},
};

class ProblemTest : public testing::TestWithParam<Case> {};

TEST_P(ProblemTest, HasTheStatusAndWordOfTheContract) {
    const Case& c = GetParam();
    Error error;
    error.code = c.error;
    error.reason = c.reason;
    error.message = "internal: secret detail";
    const Problem problem = problem_of(error);
    EXPECT_EQ(problem.status, c.status);
    EXPECT_EQ(problem.code, c.code);
    const std::string json = problem_json(problem, "r-1");
    EXPECT_EQ(json.find("secret"), std::string::npos) << "logs are not for strangers";
    const auto body = boost::json::parse(json).as_object();
    for (const char* key : {"type", "title", "status", "code", "detail", "request_id"}) {
        EXPECT_TRUE(body.contains(key)) << key;
    }
    EXPECT_FALSE(body.at("title").as_string().empty());
    EXPECT_FALSE(body.at("detail").as_string().empty());
}

INSTANTIATE_TEST_SUITE_P(Errors, ProblemTest, testing::ValuesIn(kCases),
                         [](const auto& row) { return row.param.name; });

TEST(ProblemJsonTest, AWrongFieldIsNamed) {
    const auto error = fail_field("name", "is missing").value();
    const auto body = boost::json::parse(problem_json(problem_of(error), "r")).as_object();
    const auto& errors = body.at("errors").as_array();
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].as_object().at("field").as_string(), "name");
    EXPECT_EQ(errors[0].as_object().at("message").as_string(), "is missing");
}

TEST(ProblemJsonTest, WhatIsDownIsNamedWithATimeToTryAgain) {
    const auto error = fail_unavailable("database", "busy", 5s).value();
    const Problem problem = problem_of(error);
    EXPECT_EQ(problem.component, "database");
    EXPECT_EQ(problem.retry_after, 5s);
    const auto body = boost::json::parse(problem_json(problem, "r")).as_object();
    EXPECT_EQ(body.at("component").as_string(), "database");
}

TEST(ProblemJsonTest, EveryRefusalThatPassesSaysWhenToReturn) {
    EXPECT_GE(problem_of(fail(ErrorCode::Exhausted, "x").value()).retry_after, 1s);
    EXPECT_GE(problem_of(fail(ErrorCode::Unavailable, "x").value()).retry_after, 1s);
    EXPECT_EQ(problem_of(fail(ErrorCode::NotFound, "x").value()).retry_after, 0s);
}

TEST(ProblemStatusTest, AStatusAloneHasItsUsualWord) {
    EXPECT_EQ(problem_of_status(404).code, "not_found");
    EXPECT_EQ(problem_of_status(405).code, "method_not_allowed");
    EXPECT_EQ(problem_of_status(429).code, "too_many_requests");
    EXPECT_EQ(problem_of_status(503).code, "unavailable");
    EXPECT_EQ(problem_of_status(400).code, "bad_request");
    EXPECT_EQ(problem_of_status(500).code, "internal");
}

}  // namespace
}  // namespace syncwatch::http
