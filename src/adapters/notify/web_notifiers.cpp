#include "adapters/notify/web_notifiers.h"

#include <utility>

#include <fmt/format.h>

#include "adapters/notify/secret_lines.h"
#include "adapters/notify/web_bodies.h"
#include "base/plain_line.h"

namespace syncwatch::notify {
namespace {

constexpr const char* kJson = "Content-Type: application/json";
constexpr const char* kPagerDuty = "https://events.pagerduty.com";
constexpr int kTooMany = 429;
constexpr int kTookTooLong = 408;

WebCall json_call(std::string url, std::string body, const std::string& ca_file) {
    return {std::move(url), {kJson, "User-Agent: SyncWatch"}, std::move(body), ca_file};
}

}  // namespace

Result<> heard(const Result<WebAnswer>& answer) {
    constexpr int kFirstGood = 200;
    constexpr int kBehindGood = 300;
    constexpr int kServersFault = 500;
    constexpr std::size_t kWords = 200;
    if (!answer) return fail(answer.error());
    if (answer->status >= kFirstGood && answer->status < kBehindGood) return {};
    const bool passes = answer->status >= kServersFault || answer->status == kTooMany ||
                        answer->status == kTookTooLong;
    Error error;
    error.code = passes ? ErrorCode::Unavailable : ErrorCode::Forbidden;
    error.message =
        fmt::format("it answers {} {}", answer->status, plain_line(answer->body, kWords));
    error.retry_after = answer->retry_after;
    return fail(std::move(error));
}

Async<> WebhookNotifier::tell(Notice notice) {
    std::string body = webhook_body(notice);
    std::string signed_by;
    if (!reach_.credentials_file.empty()) {
        SW_CO_TRY(const auto lines, secret_lines(reach_.credentials_file, 1));
        signed_by = "X-SyncWatch-Signature: " + signature(lines.front(), clock_.wall(), body);
    }
    WebCall call = json_call(reach_.url, std::move(body), reach_.ca_file);
    if (!signed_by.empty()) call.headers.push_back(std::move(signed_by));
    const auto answer = co_await caller_.call(std::move(call));
    co_return heard(answer);
}

Async<> SlackNotifier::tell(Notice notice) {
    SW_CO_TRY(const auto lines, secret_lines(reach_.credentials_file, 1));
    WebCall call = json_call(lines.front(), slack_body(notice), reach_.ca_file);
    const auto answer = co_await caller_.call(std::move(call));
    co_return heard(answer);
}

Async<> PagerDutyNotifier::send(std::string path, std::string body) {
    std::string url = reach_.url.empty() ? kPagerDuty : reach_.url;
    while (url.ends_with('/')) url.pop_back();
    WebCall call = json_call(url + path, std::move(body), reach_.ca_file);
    const auto answer = co_await caller_.call(std::move(call));
    co_return heard(answer);
}

Async<> PagerDutyNotifier::tell(Notice notice) {
    SW_CO_TRY(const auto lines, secret_lines(reach_.credentials_file, 1));
    const std::string& key = lines.front();
    const bool is_once = notice.turn == Notice::Turn::Once;
    if (is_once && notice.severity == Severity::News) {
        std::string path = "/v2/change/enqueue";
        std::string change = pager_change(notice, key);
        co_return co_await send(std::move(path), std::move(change));
    }
    if (notice.turn != Notice::Turn::Ends) {
        std::string path = "/v2/enqueue";
        std::string event = pager_event(notice, PagerAction::Trigger, key);
        SW_CO_CHECK(co_await send(std::move(path), std::move(event)));
    }
    // What has no end stays open for nobody.
    if (notice.turn != Notice::Turn::Ends && !is_once) co_return Result<>();
    std::string path = "/v2/enqueue";
    std::string event = pager_event(notice, PagerAction::Resolve, key);
    co_return co_await send(std::move(path), std::move(event));
}

}  // namespace syncwatch::notify
