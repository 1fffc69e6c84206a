#include "adapters/s3/verdict.h"

#include <gtest/gtest.h>

namespace syncwatch::s3 {
namespace {

using Kind = Verdict::Kind;

HttpAnswer answered(int status, const std::string& code = "") {
    HttpAnswer answer;
    answer.outcome = HttpAnswer::Outcome::Answered;
    answer.status = status;
    if (!code.empty()) answer.body = "<Error><Code>" + code + "</Code><Message/></Error>";
    return answer;
}

TEST(VerdictTest, EveryAnswerHasItsMeaning) {
    struct Case {
        int status;
        const char* code;
        Kind kind;
        ErrorCode error;
        bool reached;
    };
    for (const Case& each : {
             Case{404, "NoSuchKey", Kind::Final, ErrorCode::NotFound, true},
             Case{404, "", Kind::Final, ErrorCode::NotFound, true},
             Case{404, "NoSuchBucket", Kind::Final, ErrorCode::Unavailable, false},
             Case{500, "InternalError", Kind::Again, ErrorCode::Unavailable, false},
             Case{502, "", Kind::Again, ErrorCode::Unavailable, false},
             Case{503, "", Kind::Slower, ErrorCode::Unavailable, false},
             Case{503, "SlowDown", Kind::Slower, ErrorCode::Unavailable, false},
             Case{504, "", Kind::Again, ErrorCode::Unavailable, false},
             Case{400, "RequestTimeout", Kind::Again, ErrorCode::Unavailable, false},
             Case{409, "OperationAborted", Kind::Again, ErrorCode::Unavailable, false},
             Case{403, "SignatureDoesNotMatch", Kind::Keys, ErrorCode::Unavailable, false},
             Case{403, "InvalidAccessKeyId", Kind::Keys, ErrorCode::Unavailable, false},
             Case{403, "", Kind::Keys, ErrorCode::Unavailable, false},
             Case{403, "RequestTimeTooSkewed", Kind::Final, ErrorCode::Unavailable, false},
             Case{301, "PermanentRedirect", Kind::Final, ErrorCode::Unavailable, false},
             Case{307, "", Kind::Final, ErrorCode::Unavailable, false},
             Case{400, "InvalidArgument", Kind::Final, ErrorCode::Internal, true},
             Case{409, "ConditionalRequestConflict", Kind::Again, ErrorCode::Unavailable, false},
             Case{501, "NotImplemented", Kind::Final, ErrorCode::InvalidInput, true},
             Case{501, "", Kind::Again, ErrorCode::Unavailable, false},
             Case{412, "PreconditionFailed", Kind::Anew, ErrorCode::Conflict, true},
             Case{416, "InvalidRange", Kind::Anew, ErrorCode::Conflict, true},
         }) {
        const Verdict verdict = judge("GET k", answered(each.status, each.code));
        EXPECT_EQ(verdict.kind, each.kind) << each.status << each.code;
        EXPECT_EQ(verdict.error.code, each.error) << each.status << each.code;
        EXPECT_EQ(verdict.reached, each.reached) << each.status << each.code;
        if (each.error == ErrorCode::Unavailable) {
            EXPECT_EQ(verdict.error.component, "objects");
            EXPECT_GT(verdict.error.retry_after.count(), 0);
        }
    }
    EXPECT_EQ(judge("GET k", answered(206)).kind, Kind::Good);
}

TEST(VerdictTest, TheErrorSaysWhatWasAskedAndWhatToDo) {
    EXPECT_EQ(judge("PUT films/a", answered(403, "SignatureDoesNotMatch")).error.message,
              "PUT films/a: 403 SignatureDoesNotMatch (the secret key is not the one of the "
              "access key)");
    // Stores say no more to a HEAD, AWS 400 where a session has expired.
    for (const int status : {400, 401, 403}) {
        const Verdict verdict = judge("HEAD films/a", answered(status));
        EXPECT_EQ(verdict.kind, Kind::Keys) << status;
        EXPECT_NE(verdict.error.message.find("it has expired"), std::string::npos) << status;
    }
    EXPECT_EQ(judge("PUT films/a", answered(400, "ExpiredToken")).kind, Kind::Keys);
}

TEST(VerdictTest, WithoutAnAnswerItDependsOnWhy) {
    using Outcome = HttpAnswer::Outcome;
    const auto without = [](Outcome outcome) {
        HttpAnswer answer;
        answer.outcome = outcome;
        answer.trouble = "why";
        return judge("GET k", answer);
    };
    EXPECT_EQ(without(Outcome::NoAnswer).kind, Kind::Again);
    EXPECT_EQ(without(Outcome::Refused).kind, Kind::Final);
    EXPECT_FALSE(without(Outcome::Refused).reached);
    EXPECT_EQ(without(Outcome::Full).kind, Kind::Slower);
    EXPECT_TRUE(without(Outcome::Full).reached) << "a crowd here is no fault there";
    EXPECT_EQ(without(Outcome::Stopped).error.code, ErrorCode::Cancelled);
    EXPECT_EQ(without(Outcome::FileFailed).error.message, "GET k: why");
}

}  // namespace
}  // namespace syncwatch::s3
