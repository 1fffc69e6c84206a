#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "ports/notice.h"

namespace syncwatch::notify {

/// The body of our own webhooks: JSON, `schema` "syncwatch.notice.v1". Fields are only ever added.
std::string webhook_body(const Notice& notice);
/// The value of X-SyncWatch-Signature: "t=SECONDS,v1=HEX", HMAC-SHA256 over "SECONDS.BODY".
std::string signature(std::string_view secret, WallTime now, std::string_view body);

/// What Slack's incoming webhooks take, and whatever imitates them: {"text": …}.
std::string slack_body(const Notice& notice);

/// An event of PagerDuty's Events API v2: one that wakes somebody until it is resolved.
enum class PagerAction : std::uint8_t { Trigger, Resolve };
std::string pager_event(const Notice& notice, PagerAction action, std::string_view routing_key);
/// A change event: seen beside the others, and wakes nobody.
std::string pager_change(const Notice& notice, std::string_view routing_key);

}  // namespace syncwatch::notify
