#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ports/notice.h"

namespace syncwatch::recovery {

/// Somebody who is told what happens to backups: an entry `[[notify]]`.
struct Channel {
    enum class Kind : std::uint8_t {
        Webhook,    ///< JSON to an address of one's own, signed.
        Slack,      ///< Whatever takes Slack's incoming webhooks.
        PagerDuty,  ///< Its Events API, version 2, or what speaks that.
        Email,
    };

    Kind kind = Kind::Webhook;
    std::string name;  ///< Its own among all of them.
    std::string url;   ///< https: or http:; of mail smtps: or smtp:. Empty: the kind's own.
    /// What nobody else may read: the address of Slack's webhook, PagerDuty's key, the secret of a
    /// webhook's signature, user and password of mail.
    std::string credentials_file;
    std::string ca_file;  ///< PEM; empty: whom the system trusts.
    std::string from;     ///< Of mail.
    std::vector<std::string> to;
    bool encrypted = true;  ///< False: mail to a relay that has no TLS.
    std::vector<Severity> about{Severity::Critical, Severity::Warning, Severity::News};

    bool operator==(const Channel&) const = default;
};

std::string_view word(Channel::Kind kind);  ///< As plans have it: "pagerduty".
const std::vector<Channel::Kind>& channel_kinds();
const std::vector<Severity>& severities();  ///< The worst first.

/// An address that is asked for as long as all is well, `[heartbeat]`: whoever is behind it notices
/// when nobody does any more.
struct Heartbeat {
    std::string url;       ///< Empty: it stands in `url_file`.
    std::string url_file;  ///< Where the address itself is the secret.
    std::string fail_url;  ///< Asked instead while something is wrong; empty: nothing is.
    std::string ca_file;   ///< PEM; empty: whom the system trusts.

    bool operator==(const Heartbeat&) const = default;
};

/// The parts of an address that are looked at; of another form all are empty.
struct Address {
    std::string scheme;  ///< "https".
    std::string place;   ///< Host and perhaps port.
    bool has_user = false;
    bool is_near = false;   ///< On this machine.
    bool has_more = false;  ///< Something stands behind the host.
};
Address address_of(std::string_view url);

/// An address as it may be printed: what stands behind the host may be what nobody else may know.
/// Two that differ differ here, too: "https://hooks.example/… (1f0a33bc)".
std::string shown_address(const std::string& url);
/// Where the heart beats, in the same way.
std::string shown_beat(const Heartbeat& heartbeat);

}  // namespace syncwatch::recovery
