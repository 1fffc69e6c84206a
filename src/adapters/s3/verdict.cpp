#include "adapters/s3/verdict.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "adapters/s3/xml.h"

namespace syncwatch::s3 {
namespace {

using namespace std::chrono_literals;
using Kind = Verdict::Kind;

/// What an operator does about a refusal.
struct Advice {
    std::string_view code;
    Kind kind;
    std::string_view words;
};

constexpr std::array kAdvice{
    Advice{"SignatureDoesNotMatch", Kind::Keys, "the secret key is not the one of the access key"},
    Advice{"InvalidAccessKeyId", Kind::Keys, "the store does not know the access key"},
    Advice{"ExpiredToken", Kind::Keys, "the credentials have expired"},
    Advice{"InvalidToken", Kind::Keys, "the session token is not valid"},
    Advice{"AccessDenied", Kind::Keys, "the access key may not do this; look at its policy"},
    Advice{"RequestTimeTooSkewed", Kind::Final, "this machine's clock and the store's differ"},
    Advice{"AuthorizationHeaderMalformed", Kind::Final, "the region is another one"},
    Advice{"PermanentRedirect", Kind::Final, "the bucket is in another region or at another host"},
    Advice{"TemporaryRedirect", Kind::Final, "the bucket is at another host for now"},
    Advice{"NoSuchBucket", Kind::Final, "the bucket does not exist; create it first"},
};

constexpr std::array<std::string_view, 7> kPassing{
    "InternalError",       "RequestTimeout", "OperationAborted",          "ServiceUnavailable",
    "InternalServerError", "BadGateway",     "ConditionalRequestConflict"};

Error unavailable_objects(std::string message, std::chrono::seconds retry_after) {
    return fail_unavailable("objects", std::move(message), retry_after).value();
}

/// S3's own word for what is wrong; its message may be empty and is not for programs.
std::string error_code(const HttpAnswer& answer) {
    if (answer.body.empty()) return {};
    const auto xml = parse_xml(answer.body);
    return xml && xml->name == "Error" ? std::string(xml->text_of("Code")) : std::string();
}

Verdict refused_keys(const std::string& said) {
    return {Kind::Keys, false,
            unavailable_objects(said + "(the store refuses the access key: it has expired, is not "
                                       "known any more, or may not do this)",
                                60s)};
}

Verdict judge_status(std::string_view asked, const HttpAnswer& answer) {
    const std::string code = error_code(answer);
    const std::string said = fmt::format("{}: {} {}", asked, answer.status, code);
    for (const Advice& each : kAdvice) {
        if (code != each.code) continue;
        return {each.kind, false,
                unavailable_objects(fmt::format("{} ({})", said, each.words), 60s),
                code == "AccessDenied"};
    }
    if (code == "SlowDown" || answer.status == 503 || answer.status == 429) {
        return {Kind::Slower, false, unavailable_objects(said, 10s)};
    }
    // A HEAD is refused without a word; AWS says 400 of a session that has expired.
    if (answer.status == 400 && answer.body.empty() && asked.starts_with("HEAD ")) {
        return refused_keys(said);
    }
    // A condition, say, that this store does not know: it never will.
    if (code == "NotImplemented") {
        return {Kind::Final, true, fail(ErrorCode::InvalidInput, said).value()};
    }
    const bool passing = std::ranges::find(kPassing, code) != kPassing.end();
    if (passing || answer.status >= 500) {
        return {Kind::Again, false, unavailable_objects(said, 5s)};
    }
    switch (answer.status) {
        case 404: return {Kind::Final, true, fail(ErrorCode::NotFound, said).value()};
        case 412:
        case 416: return {Kind::Anew, true, fail(ErrorCode::Conflict, said).value()};
        case 401:
        case 403: return refused_keys(said);
        case 301:
        case 307:
            return {Kind::Final, false,
                    unavailable_objects(said + " (the bucket is elsewhere)", 60s)};
        default: return {Kind::Final, true, fail(ErrorCode::Internal, said).value()};
    }
}

}  // namespace

Verdict judge(std::string_view asked, const HttpAnswer& answer) {
    const auto said = [&] { return fmt::format("{}: {}", asked, answer.trouble); };
    switch (answer.outcome) {
        case HttpAnswer::Outcome::Answered:
            if (answer.status >= 200 && answer.status < 300) return {};
            return judge_status(asked, answer);
        case HttpAnswer::Outcome::NoAnswer:
            return {Kind::Again, false, unavailable_objects(said(), 5s)};
        case HttpAnswer::Outcome::Refused:
            return {Kind::Final, false, unavailable_objects(said(), 60s)};
        case HttpAnswer::Outcome::FileFailed:
            return {Kind::Final, true, unavailable_objects(said(), 60s)};
        case HttpAnswer::Outcome::Full:
            return {Kind::Slower, true, unavailable_objects(said(), 1s)};
        case HttpAnswer::Outcome::Stopped: break;
    }
    return {Kind::Final, true, fail(ErrorCode::Cancelled, said()).value()};
}

}  // namespace syncwatch::s3
