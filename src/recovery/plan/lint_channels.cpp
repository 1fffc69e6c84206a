#include "recovery/plan/lint_channels.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace syncwatch::recovery {
namespace {

constexpr const char* kIntoAFile =
    "Plans are read and printed: put it into a file that only the service reads, and name that.";

/// "name@host", and nothing that would end a line of a mail.
bool is_mail_address(std::string_view text) {
    const std::size_t at = text.find('@');
    const bool is_plain = std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 127 && c != '<' && c != '>' && c != ',' && c != ';';
    });
    return is_plain && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
           text.find('@', at + 1) == std::string_view::npos;
}

/// What people call what belongs into a file.
bool names_a_secret(std::string_view url) {
    constexpr std::string_view kSecretWords[] = {"token=", "secret=", "key=", "password=", "sig="};
    return std::ranges::any_of(kSecretWords, [&](std::string_view each) {
        return url.find(each) != std::string_view::npos;
    });
}

class ChannelLinter {
public:
    explicit ChannelLinter(const Plan& plan) : plan_(plan) {}

    std::vector<Finding> look() {
        std::set<std::string> names;
        for (const Channel& each : plan_.channels) {
            where_ = fmt::format("notify.{}", each.name);
            if (!names.insert(each.name).second) {
                add(Finding::Kind::Fault, "name", "two have that name",
                    "Give each its own: what was said is kept by it.");
            }
            look_at(each);
        }
        look_at_all();
        look_at_heartbeat();
        return std::move(findings_);
    }

private:
    using Kind = Channel::Kind;

    void add(Finding::Kind kind, const char* key, std::string what, std::string hint) {
        const std::string where = *key == '\0' ? where_ : fmt::format("{}.{}", where_, key);
        findings_.push_back({kind, where, std::move(what), std::move(hint)});
    }
    void fault(const char* key, std::string what, std::string hint) {
        add(Finding::Kind::Fault, key, std::move(what), std::move(hint));
    }
    void warn(const char* key, std::string what, std::string hint) {
        add(Finding::Kind::Warning, key, std::move(what), std::move(hint));
    }

    void look_at(const Channel& channel) {
        switch (channel.kind) {
            case Kind::Webhook: return look_at_webhook(channel);
            case Kind::Slack: return look_at_slack(channel);
            case Kind::PagerDuty: return look_at_pagerduty(channel);
            case Kind::Email: return look_at_mail(channel);
        }
    }

    void look_at_web(const char* key, const std::string& url) {
        const Address address = address_of(url);
        if ((address.scheme != "https" && address.scheme != "http") || address.place.empty()) {
            return fault(key, "it is no address that can be asked", "It begins with https://.");
        }
        if (address.has_user || names_a_secret(url)) {
            return fault(key, "there is a secret in the plan", kIntoAFile);
        }
        if (address.scheme == "http" && !address.is_near) {
            warn(key, "anybody on the way can read it, and answer", "Begin it with https://.");
        }
    }

    void look_at_webhook(const Channel& channel) {
        look_at_web("url", channel.url);
        if (!channel.credentials_file.empty()) return;
        warn("credentials_file", "nobody can tell our messages from others'",
             "Name a file with a secret that they are signed with.");
    }

    void look_at_slack(const Channel& channel) {
        // Whoever has the address may speak.
        if (!channel.url.empty()) fault("url", "there is a secret in the plan", kIntoAFile);
        if (!channel.credentials_file.empty()) return;
        fault("credentials_file", "it is missing",
              "Name the file with the address of the incoming webhook, one line.");
    }

    void look_at_pagerduty(const Channel& channel) {
        if (!channel.url.empty()) look_at_web("url", channel.url);
        if (!channel.credentials_file.empty()) return;
        fault("credentials_file", "it is missing",
              "Name the file with the integration key of the service, one line.");
    }

    void look_at_mail(const Channel& channel) {
        const Address address = address_of(channel.url);
        if ((address.scheme != "smtps" && address.scheme != "smtp") || address.place.empty()) {
            fault("url", "it is no server for mail",
                  "It is smtps://HOST:465, or smtp://HOST:587, which turns to TLS.");
        }
        if (address.has_user) fault("url", "there is a secret in the plan", kIntoAFile);
        if (!is_mail_address(channel.from)) {
            fault("from", "it is no address of mail", "It is like \"syncwatch@example.org\".");
        }
        const bool are_addresses = std::ranges::all_of(channel.to, is_mail_address);
        if (channel.to.empty() || !are_addresses) {
            fault("to", "nobody is named, or one is no address of mail",
                  "It is like [\"ops@example.org\"].");
        }
        if (channel.encrypted) return;
        if (!channel.credentials_file.empty()) {
            fault("encrypted", "the password would be sent in the clear",
                  "Leave it out, or credentials_file.");
        } else if (!address.is_near) {
            warn("encrypted", "anybody on the way can read the mail",
                 "Leave it out: only a relay on this machine does well without.");
        }
    }

    void look_at_all() {
        where_ = "notify";
        if (plan_.channels.empty()) {
            return warn("", "nobody is told when a backup fails",
                        "Name where messages go, under [[notify]].");
        }
        const bool is_said = std::ranges::any_of(plan_.channels, [](const Channel& each) {
            return std::ranges::find(each.about, Severity::Critical) != each.about.end();
        });
        if (!is_said) {
            warn("", "nobody is told the worst", "One of them should be about \"critical\".");
        }
    }

    void look_at_heartbeat() {
        where_ = "heartbeat";
        if (!plan_.heartbeat) {
            return warn("", "nobody notices when nobody is left to say anything",
                        "Name an address outside that expects to be asked, under [heartbeat].");
        }
        const Heartbeat& beat = *plan_.heartbeat;
        if (beat.url.empty() == beat.url_file.empty()) {
            fault("url", "there has to be one address",
                  "Write url, or url_file with a file that the address stands in.");
        }
        if (!beat.url.empty()) look_at_web("url", beat.url);
        if (!beat.fail_url.empty()) look_at_web("fail_url", beat.fail_url);
    }

    const Plan& plan_;
    std::string where_;
    std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> lint_channels(const Plan& plan) {
    return ChannelLinter(plan).look();
}

}  // namespace syncwatch::recovery
