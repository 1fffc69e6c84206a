#include "adapters/notify/web_bodies.h"

#include <fmt/format.h>

#include "adapters/notify/words.h"
#include "base/digest.h"
#include "base/json_text.h"
#include "base/plain_line.h"

namespace syncwatch::notify {
namespace {

constexpr std::size_t kUsualBody = 1024;

std::string_view pager_severity(Severity severity) {
    switch (severity) {
        case Severity::Critical: return "critical";
        case Severity::Warning: return "warning";
        case Severity::News: return "info";
    }
    return "info";
}

/// In Slack's texts these have a meaning: <!channel> would call everybody.
std::string escaped(const std::string& text) {
    std::string out;
    for (const char each : text) {
        switch (each) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            default: out += each;
        }
    }
    return out;
}

void set_details(JsonText& json, const Notice& notice) {
    json.name("custom_details");
    json.open_object();
    json.set("since", format_rfc3339(notice.since));
    json.set("next", plain_line(notice.next));
    json.set("doc", plain_line(notice.doc));
    json.set("installation", plain_line(notice.installation));
    json.close_object();
}

}  // namespace

std::string webhook_body(const Notice& notice) {
    JsonText json(kUsualBody);
    json.open_object();
    json.set("schema", "syncwatch.notice.v1");
    json.set("key", plain_line(notice.key));
    json.set("turn", word(notice.turn));
    json.set("severity", word(notice.severity));
    json.set("installation", plain_line(notice.installation));
    json.set("site", plain_line(notice.site));
    json.set("component", plain_line(notice.component));
    json.set("what", plain_line(notice.what));
    json.set("next", plain_line(notice.next));
    json.set("doc", plain_line(notice.doc));
    json.set("since", format_rfc3339(notice.since));
    json.set("at", format_rfc3339(notice.at));
    json.close_object();
    return json.take();
}

std::string signature(std::string_view secret, WallTime now, std::string_view body) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    const std::string signed_text = fmt::format("{}.{}", seconds, body);
    const Sha256Sum sum = hmac_sha256(as_bytes(secret), as_bytes(signed_text));
    return fmt::format("t={},v1={}", seconds, encode_hex(sum));
}

std::string slack_body(const Notice& notice) {
    JsonText json(kUsualBody);
    json.open_object();
    json.set("text", escaped("SyncWatch, " + headline(notice) + "\n" + details(notice)));
    json.close_object();
    return json.take();
}

std::string pager_event(const Notice& notice, PagerAction action, std::string_view routing_key) {
    constexpr std::size_t kMostSummary = 1000;
    const bool triggers = action == PagerAction::Trigger;
    JsonText json(kUsualBody);
    json.open_object();
    json.set("routing_key", routing_key);
    json.set("event_action", triggers ? "trigger" : "resolve");
    json.set("dedup_key",
             plain_line(fmt::format("syncwatch/{}/{}", notice.installation, notice.key), 250));
    if (triggers) {
        json.set("client", "SyncWatch");
        json.name("payload");
        json.open_object();
        json.set("summary", plain_line(notice.what, kMostSummary));
        json.set("source", plain_line(notice.site));
        json.set("severity", pager_severity(notice.severity));
        json.set("timestamp", format_rfc3339(notice.at));
        json.set("component", plain_line(notice.component));
        json.set("group", plain_line(notice.installation));
        json.set("class", "backup");
        set_details(json, notice);
        json.close_object();
    }
    json.close_object();
    return json.take();
}

std::string pager_change(const Notice& notice, std::string_view routing_key) {
    JsonText json(kUsualBody);
    json.open_object();
    json.set("routing_key", routing_key);
    json.name("payload");
    json.open_object();
    json.set("summary", plain_line(notice.what));
    json.set("source", plain_line(notice.site));
    json.set("timestamp", format_rfc3339(notice.at));
    set_details(json, notice);
    json.close_object();
    json.close_object();
    return json.take();
}

}  // namespace syncwatch::notify
