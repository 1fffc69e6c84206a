#include "domain/room/rights.h"

#include <algorithm>
#include <tuple>

namespace syncwatch {
namespace {

bool goes_before(const Standing& a, const Standing& b) {
    if (a.role != b.role) return a.role > b.role;
    const auto since = [](const Standing& one) {
        return one.role == Role::Viewer ? one.joined : one.role_since;
    };
    return std::tuple(since(a), a.user) < std::tuple(since(b), b.user);
}

}  // namespace

std::optional<UserId> acting_host(std::span<const Standing> present) {
    const auto first = std::ranges::min_element(present, goes_before);
    if (first == present.end()) return std::nullopt;
    return first->user;
}

bool may_control(Control policy, Role role, bool acts_as_host) {
    if (acts_as_host || role == Role::Owner) return true;
    if (policy == Control::Everyone) return true;
    return policy == Control::Moderators && role >= Role::Moderator;
}

bool may_kick(Role by, Role whom) {
    return by >= Role::Moderator && whom < by;
}

}  // namespace syncwatch
