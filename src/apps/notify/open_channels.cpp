#include "apps/notify/open_channels.h"

#include <algorithm>
#include <utility>

#include "adapters/notify/http_pulse.h"
#include "adapters/notify/mail_notifier.h"
#include "adapters/notify/web_notifiers.h"

namespace syncwatch::apps {
namespace {

using recovery::Channel;

/// Each may hang without holding the others up, as long as there are not too many of them.
notify::Caller::Options caller_options(const recovery::Plan& plan) {
    constexpr std::size_t kMostThreads = 8;
    notify::Caller::Options options;
    options.threads = std::min(plan.channels.size() + 1, kMostThreads);
    return options;
}

}  // namespace

OpenChannels::OpenChannels(const recovery::Plan& plan, Clock& clock)
    : caller_(caller_options(plan)) {
    for (const Channel& each : plan.channels) outlets_.push_back({each, open(each, clock)});
    if (!plan.heartbeat) return;
    const recovery::Heartbeat& beat = *plan.heartbeat;
    notify::HttpPulse::Options options{beat.url, beat.url_file, beat.fail_url, beat.ca_file};
    pulse_ = std::make_unique<notify::HttpPulse>(std::move(options), caller_);
}

std::unique_ptr<Notifier> OpenChannels::open(const Channel& channel, Clock& clock) {
    notify::Reach reach{channel.url, channel.credentials_file, channel.ca_file};
    switch (channel.kind) {
        case Channel::Kind::Webhook:
            return std::make_unique<notify::WebhookNotifier>(std::move(reach), caller_, clock);
        case Channel::Kind::Slack:
            return std::make_unique<notify::SlackNotifier>(std::move(reach), caller_);
        case Channel::Kind::PagerDuty:
            return std::make_unique<notify::PagerDutyNotifier>(std::move(reach), caller_);
        case Channel::Kind::Email: break;
    }
    notify::MailNotifier::Addresses addresses{channel.from, channel.to, channel.encrypted};
    return std::make_unique<notify::MailNotifier>(std::move(reach), std::move(addresses), caller_);
}

}  // namespace syncwatch::apps
