#include "recovery/plan/channel.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "base/digest.h"

namespace syncwatch::recovery {

std::string_view word(Channel::Kind kind) {
    switch (kind) {
        case Channel::Kind::Webhook: return "webhook";
        case Channel::Kind::Slack: return "slack";
        case Channel::Kind::PagerDuty: return "pagerduty";
        case Channel::Kind::Email: return "email";
    }
    return "";
}

const std::vector<Channel::Kind>& channel_kinds() {
    static const std::vector<Channel::Kind> kKinds{Channel::Kind::Webhook, Channel::Kind::Slack,
                                                   Channel::Kind::PagerDuty, Channel::Kind::Email};
    return kKinds;
}

const std::vector<Severity>& severities() {
    static const std::vector<Severity> kSeverities{Severity::Critical, Severity::Warning,
                                                   Severity::News};
    return kSeverities;
}

Address address_of(std::string_view url) {
    constexpr std::string_view kMark = "://";
    const std::size_t mark = url.find(kMark);
    if (mark == std::string_view::npos) return {};
    Address address;
    address.scheme = url.substr(0, mark);
    const std::string_view rest = url.substr(mark + kMark.size());
    const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
    std::string_view authority = rest.substr(0, end);
    const std::size_t at = authority.rfind('@');
    address.has_user = at != std::string_view::npos;
    if (address.has_user) authority.remove_prefix(at + 1);
    address.place = authority;
    address.has_more = rest.size() > end + 1;
    const std::string_view host = authority.substr(0, authority.rfind(':'));
    address.is_near =
        host == "localhost" || host == "[::1]" || host.starts_with("127.") || authority == "[::1]";
    return address;
}

std::string shown_address(const std::string& url) {
    const Address address = address_of(url);
    const bool is_whole = !address.has_more && !address.has_user && !address.place.empty();
    if (url.empty() || is_whole) return url;
    constexpr std::size_t kMarkBytes = 4;
    const Sha256Sum sum = sha256(as_bytes(url));
    return fmt::format("{}://{}/… ({})", address.scheme, address.place,
                       encode_hex(std::span(sum).first(kMarkBytes)));
}

std::string shown_beat(const Heartbeat& heartbeat) {
    return heartbeat.url.empty() ? "the address in " + heartbeat.url_file
                                 : shown_address(heartbeat.url);
}

}  // namespace syncwatch::recovery
