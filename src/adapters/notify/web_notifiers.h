#pragma once
#include <string>

#include "adapters/notify/caller.h"
#include "ports/clock.h"
#include "ports/notifier.h"

namespace syncwatch::notify {

/// Where a notifier reaches somebody, and what nobody else may know of it.
struct Reach {
    std::string url;
    std::string credentials_file;
    std::string ca_file;
};

/// Our own JSON to any address, signed with the secret in `credentials_file`, if there is one.
class WebhookNotifier final : public Notifier {
public:
    WebhookNotifier(Reach reach, Caller& caller, Clock& clock)
        : reach_(std::move(reach)), caller_(caller), clock_(clock) {}
    Async<> tell(Notice notice) override;

private:
    const Reach reach_;
    Caller& caller_;
    Clock& clock_;
};

/// Slack, and whatever takes its incoming webhooks: Mattermost, Rocket.Chat, Zulip. The address is
/// in `credentials_file`.
class SlackNotifier final : public Notifier {
public:
    SlackNotifier(Reach reach, Caller& caller) : reach_(std::move(reach)), caller_(caller) {}
    Async<> tell(Notice notice) override;

private:
    const Reach reach_;
    Caller& caller_;
};

/// PagerDuty's Events API v2: what begins is triggered, what ends is resolved. News are change
/// events, which wake nobody. `url`: empty, or another region's: "https://events.eu.pagerduty.com".
class PagerDutyNotifier final : public Notifier {
public:
    PagerDutyNotifier(Reach reach, Caller& caller) : reach_(std::move(reach)), caller_(caller) {}
    Async<> tell(Notice notice) override;

private:
    Async<> send(std::string path, std::string body);

    const Reach reach_;
    Caller& caller_;
};

/// What an answer means. Errors: as Notifier's.
Result<> heard(const Result<WebAnswer>& answer);

}  // namespace syncwatch::notify
