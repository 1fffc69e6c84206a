#include "services/rooms/members_news.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// Members whose drift is told at once.
constexpr std::size_t kMostDrifts = 64;
/// A drift that moved by less than both is no news.
constexpr double kLeastDriftMs = 3;
constexpr double kLeastDriftShare = 0.15;

}  // namespace

std::chrono::milliseconds MembersNews::pause() const {
    const std::size_t members = roster_.size();
    if (members <= 20) return 0ms;
    if (members <= 100) return 250ms;
    return members <= 400 ? 500ms : 1000ms;
}

std::chrono::milliseconds MembersNews::drift_pause() const {
    const std::size_t members = roster_.size();
    if (members <= 20) return 1000ms;
    return members <= 100 ? 2000ms : 5000ms;
}

void MembersNews::joined(UserId member, Instant now) {
    const auto found = std::ranges::find(waiting_, member, &std::pair<UserId, Kind>::first);
    if (found == waiting_.end()) {
        waiting_.emplace_back(member, Kind::Joined);
    } else {
        found->second = Kind::Joined;  // gone and back before anybody heard of it
    }
    tick(now);
}

void MembersNews::left(UserId member, Instant now) {
    std::erase(drifting_, member);
    const auto found = std::ranges::find(waiting_, member, &std::pair<UserId, Kind>::first);
    if (found == waiting_.end()) {
        waiting_.emplace_back(member, Kind::Left);
    } else {
        found->second = Kind::Left;
    }
    tick(now);
}

void MembersNews::changed(UserId member, Instant now) {
    const auto found = std::ranges::find(waiting_, member, &std::pair<UserId, Kind>::first);
    if (found == waiting_.end()) waiting_.emplace_back(member, Kind::Changed);
    tick(now);
}

bool MembersNews::drifted(Present& member) {
    const UserId id = member.shown.id;
    if (!member.shown.drift_ms || !std::isfinite(*member.shown.drift_ms)) return false;
    const double drift = *member.shown.drift_ms;
    if (member.told_drift) {
        const double moved = std::abs(drift - *member.told_drift);
        if (moved < std::max(kLeastDriftMs, kLeastDriftShare * std::abs(*member.told_drift)))
            return false;
    }
    if (std::ranges::find(drifting_, id) == drifting_.end()) drifting_.push_back(id);
    return true;
}

void MembersNews::tick(Instant now) {
    if (!waiting_.empty() && now - told_ >= pause()) flush(now);
    if (!drifting_.empty() && now - drift_told_ >= drift_pause()) tell_drift(now);
}

void MembersNews::flush(Instant now) {
    if (waiting_.empty()) return;
    told_ = now;
    RoomSpeaker::MembersNews news;
    for (const auto& [id, kind] : std::exchange(waiting_, {})) {
        Present* member = roster_.find(id);
        if (member == nullptr) {
            if (kind == Kind::Left) news.left.push_back(id);
        } else if (kind == Kind::Joined) {
            news.joined.push_back(&member->shown);
        } else {
            news.changed.push_back(&member->shown);
        }
        if (member != nullptr && member->shown.drift_ms) {
            member->told_drift = *member->shown.drift_ms;
            std::erase(drifting_, id);
        }
    }
    speaker_.members(audience_, news);
}

void MembersNews::tell_drift(Instant now) {
    drift_told_ = now;
    RoomSpeaker::MembersNews news;
    news.only_drift = true;
    const std::size_t count = std::min(drifting_.size(), kMostDrifts);
    for (std::size_t i = 0; i < count; ++i) {
        Present* member = roster_.find(drifting_[i]);
        if (member == nullptr || !member->shown.drift_ms) continue;
        member->told_drift = *member->shown.drift_ms;
        news.changed.push_back(&member->shown);
    }
    drifting_.erase(drifting_.begin(), drifting_.begin() + static_cast<std::ptrdiff_t>(count));
    if (!news.changed.empty()) speaker_.members(audience_, news);
}

}  // namespace syncwatch
