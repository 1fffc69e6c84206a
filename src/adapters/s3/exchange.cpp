#include "adapters/s3/exchange.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "base/log/log.h"

namespace syncwatch::s3 {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Kind = Verdict::Kind;

constexpr milliseconds kFirstPause = 100ms;
constexpr milliseconds kFirstSlowerPause = 500ms;
constexpr milliseconds kLongestPause = 5s;
constexpr auto kMostRetryAfter = 10s;
constexpr std::uint64_t kSlowestUpload = 256 * 1024;  ///< Bytes per second.
/// A download that moves may take long; one that does not is ended by the stall's patience.
constexpr milliseconds kDownloadPatience = 10min;
/// What S3 calls "several minutes", for the completion of an upload in thousands of parts.
constexpr milliseconds kLatePatience = 10min;

std::uint64_t arrived(const S3Request& request) {
    return request.download ? request.download->size() : 0;
}

std::chrono::seconds retry_after(const HttpAnswer& answer) {
    const std::string_view text = answer.header("retry-after");
    int seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::clamp(std::chrono::seconds(seconds), std::chrono::seconds(0),
                      std::chrono::seconds(kMostRetryAfter));
}

/// The request that led here, as W3C Trace Context says it; empty: none did.
std::string trace_parent() {
    constexpr std::size_t kTrace = 32;
    constexpr std::size_t kSpan = 16;
    const std::string_view request = log::current_request();
    const bool is_traced = request.size() == kTrace + 1 + kSpan && request[kTrace] == '-';
    return is_traced ? fmt::format("00-{}-01", request) : std::string();
}

HttpClient::Options http_options(const Exchange::Options& options) {
    HttpClient::Options http = options.http;
    http.ca_file = options.location.ca_file;
    return http;
}

}  // namespace

const std::string kEmptyPayload =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// How far one request has come.
struct Exchange::Attempt {
    Credentials who;
    Instant until;
    Instant begun;
    int of_all = 1;            ///< Attempts so far, this one included.
    int number = 1;            ///< Since something last arrived.
    std::uint64_t before = 0;  ///< Bytes that had arrived when it began.
    std::string etag;          ///< Of the object whose bytes they are.
    milliseconds pause{0};     ///< Before the next.
};

Exchange::Exchange(Options options, Powers powers)
    : options_(std::move(options)), powers_(powers), http_(http_options(options_)) {}

Result<Credentials> Exchange::credentials() const {
    return options_.credentials().map_error([](Error error) {
        return fail_unavailable("objects", std::move(error.message), 60s).value();
    });
}

std::string Exchange::url_of(const std::string& path, const std::string& query) const {
    const Location& at = options_.location;
    std::string url = at.scheme + "://" + at.asked_host() + percent_encode(path, Slashes::Keep);
    if (!query.empty()) url.append("?").append(query);
    return url;
}

HttpRequest Exchange::signed_request(const S3Request& request, const Attempt& attempt) const {
    const Location& at = options_.location;
    const WallTime now = powers_.clock.wall();
    const std::string path = at.path_of(request.name);
    Pairs headers = request.headers;
    headers.emplace_back("host", at.asked_host());
    headers.emplace_back("x-amz-content-sha256", request.payload);
    headers.emplace_back("x-amz-date", amz_date(now));
    if (!attempt.who.session_token.empty()) {
        headers.emplace_back("x-amz-security-token", attempt.who.session_token);
    }
    if (attempt.before > 0) {
        headers.emplace_back("range", fmt::format("bytes={}-", attempt.before));
        headers.emplace_back("if-match", attempt.etag);
    }
    HttpRequest http;
    http.method = request.method;
    http.url = url_of(path, canonical_query(request.query));
    const SignedRequest to_sign{request.method, path, request.query, headers, request.payload};
    const SigningScope scope{at.region, now};
    http.headers = std::move(headers);
    http.headers.emplace_back("authorization", authorization(to_sign, attempt.who, scope));
    // Not signed, as what proxies on the way add is not: no store asks for more than its own
    // fields.
    if (std::string trace = trace_parent(); !trace.empty()) {
        http.headers.emplace_back("traceparent", std::move(trace));
    }
    http.body = request.body;
    http.download = request.download;
    http.answers_late = request.answers_late;
    const auto left = std::chrono::ceil<milliseconds>(attempt.until - powers_.clock.now());
    http.patience = request.download ? kDownloadPatience : std::max<milliseconds>(left, 1ms);
    return http;
}

milliseconds Exchange::random_below(milliseconds most) {
    std::array<std::uint8_t, 8> bytes{};
    powers_.random.fill(bytes);
    std::uint64_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof(number));
    return milliseconds(number % static_cast<std::uint64_t>(most.count() + 1));
}

bool Exchange::again(const Verdict& verdict, const HttpAnswer& answer, const S3Request& request,
                     Attempt& attempt) {
    // A range that nobody resumes with is the caller's own.
    const bool final_anew = verdict.kind == Kind::Anew && attempt.before == 0;
    if (verdict.kind == Kind::Final || final_anew) return false;
    if (verdict.kind == Kind::Keys) {
        // They may have been replaced a moment ago; the same ones are refused again.
        const auto fresh = credentials();
        if (!fresh || *fresh == attempt.who) return false;
    }
    // Without its tag nobody knows whether the rest would be of the same object.
    if (answer.status == 200) attempt.etag = answer.header("etag");
    const bool anew = verdict.kind == Kind::Anew || attempt.etag.empty();
    const auto now = powers_.clock.now();
    if (anew && arrived(request) > 0) {
        if (!request.download->restart()) return false;
    } else if (arrived(request) > attempt.before) {
        attempt.number = 0;
        attempt.until = now + options_.deadline;
    }
    attempt.before = arrived(request);

    const auto first = verdict.kind == Kind::Slower ? kFirstSlowerPause : kFirstPause;
    const auto most = std::min(kLongestPause, first * (1 << std::min(attempt.number, 6)));
    attempt.pause = std::max<milliseconds>(random_below(most), retry_after(answer));
    return ++attempt.number <= options_.attempts && now + attempt.pause < attempt.until;
}

void Exchange::tell_breaker(const Verdict& verdict) {
    if (verdict.reached) return powers_.breaker.succeeded();
    powers_.breaker.failed(powers_.clock.now(), verdict.error.message);
}

void Exchange::tell_log(const std::string& asked, const HttpAnswer& answer, const Verdict& verdict,
                        const Attempt& attempt) const {
    const std::chrono::duration<double> took = powers_.clock.now() - attempt.begun;
    log::debug("objects.call", {{"asked", asked},
                                {"status", answer.status},
                                {"attempts", attempt.of_all},
                                {"seconds", took.count()},
                                {"error", verdict.error.message}});
}

Async<HttpAnswer> Exchange::ask(S3Request request) {
    if (!powers_.breaker.admit(powers_.clock.now())) {
        const std::string why = powers_.breaker.status().why;
        co_return fail_unavailable("objects", "the store did not answer a moment ago: " + why, 5s);
    }
    const std::string asked = request.method + " " + request.name;
    Attempt attempt;
    const std::chrono::seconds for_body(request.body.size / kSlowestUpload);
    attempt.begun = powers_.clock.now();
    attempt.until = attempt.begun + options_.deadline + for_body;
    if (request.answers_late) attempt.until += kLatePatience;
    for (;;) {
        auto who = credentials();
        if (!who) {
            powers_.breaker.failed(powers_.clock.now(), who.error().message);
            co_return fail(std::move(who).error());
        }
        attempt.who = *std::move(who);
        HttpRequest http = signed_request(request, attempt);
        const HttpAnswer answer = co_await http_.perform(std::move(http));
        Verdict verdict = judge(asked, answer);
        if (verdict.denied && request.may_be_denied) {
            verdict.reached = true;
            verdict.error = fail(ErrorCode::Forbidden, std::move(verdict.error.message)).value();
        }
        const bool more = verdict.kind != Kind::Good && again(verdict, answer, request, attempt);
        if (!more) tell_breaker(verdict);
        if (!more) tell_log(asked, answer, verdict, attempt);
        if (verdict.kind == Kind::Good) co_return answer;
        if (!more && verdict.kind == Kind::Keys && verdict.error.code == ErrorCode::Unavailable) {
            verdict.error.reason = options_.keys_refused;
        }
        if (!more) co_return fail(std::move(verdict.error));
        log::debug("objects.again", {{"error", verdict.error.message}});
        co_await powers_.clock.sleep_until(powers_.clock.now() + attempt.pause);
        ++attempt.of_all;
    }
}

Result<std::string> Exchange::presigned_get(const std::string& name,
                                            std::chrono::seconds lifetime) {
    SW_TRY(const Credentials who, credentials());
    const Location& at = options_.location;
    const std::string path = at.path_of(name);
    // Signed as of a while ago, so that the address stays the same for a while and what was read
    // from it can be kept.
    const auto step = std::max(lifetime / 2, std::chrono::seconds(1));
    const auto since = powers_.clock.wall().time_since_epoch();
    const SigningScope scope{at.region, powers_.clock.wall() - since % step};
    return url_of(path, presigned_query("GET", at.asked_host(), path, lifetime, who, scope));
}

}  // namespace syncwatch::s3
