#include "domain/playback/holds.h"

#include <algorithm>

#include "domain/playback/lead.h"

namespace syncwatch {
namespace {

using std::chrono::microseconds;

/// This close to the end of what there is, nothing more can be buffered, seconds.
constexpr double kNearEnd = 0.5;

/// True if the report tells of a time before `since`; what is no room time cannot be told.
bool made_before(const MemberReport& report, WallTime since, WallTime now) {
    return delay_of(report.at, now) && report.at < since;
}

}  // namespace

void Holds::joined(UserId member, WallTime now) {
    Account account;
    account.budget = options_.budget;
    account.refilled = now;
    accounts_.insert_or_assign(member, account);
    if (active_) stop_waiting_for(member, now);
}

void Holds::left(UserId member, WallTime now) {
    stop_waiting_for(member, now);
    accounts_.erase(member);
}

void Holds::rule(Hold policy, std::optional<UserId> host, WallTime now) {
    policy_ = policy;
    host_ = host;
    if (!active_) return;
    const std::vector<UserId> waiting = active_->waiting;
    for (const UserId member : waiting) {
        if (!is_waited_for(member, accounts_[member])) stop_waiting_for(member, now);
    }
}

void Holds::heard(UserId member, const MemberReport& report, const Scene& scene) {
    const auto found = accounts_.find(member);
    if (found == accounts_.end()) return;
    Account& account = found->second;
    const bool ready = is_ready(report, scene);
    account.counts = account.counts || ready;

    if (report.state != MemberState::Playing) {
        account.playing_since.reset();
    } else if (!account.playing_since) {
        account.playing_since = scene.now;
    } else if (account.excluded && scene.now - *account.playing_since >= options_.readmit_after) {
        account.excluded = false;
    }

    if (report.state == MemberState::Buffering) {
        // What was true before the film was put where it is now says nothing.
        const bool stale = scene.running && made_before(report, scene.since, scene.now);
        if ((scene.running || active_) && !stale && is_waited_for(member, account)) {
            begin_or_add(member, account, scene.now);
        }
        return;
    }
    if (!active_ || made_before(report, active_->began, scene.now)) return;
    // Whoever looks away does not want to be waited for.
    if (ready || report.state == MemberState::Away) stop_waiting_for(member, scene.now);
}

void Holds::tick(WallTime now) {
    if (active_ && now >= active_->until) go_on_without(now);
}

void Holds::go_on_without(WallTime now) {
    if (!active_) return;
    for (const UserId member : active_->waiting) accounts_[member].excluded = true;
    end(now);
}

void Holds::drop(WallTime now) {
    if (active_) end(now);
}

bool Holds::is_excluded(UserId member) const {
    const auto found = accounts_.find(member);
    return found != accounts_.end() && found->second.excluded;
}

bool Holds::is_waited_for(UserId member, const Account& account) const {
    if (!account.counts || account.excluded) return false;
    return policy_ == Hold::Everyone || (policy_ == Hold::Host && host_ == member);
}

bool Holds::is_ready(const MemberReport& report, const Scene& scene) const {
    if (report.state == MemberState::Playing) return true;
    if (report.state != MemberState::Paused && report.state != MemberState::Ended) return false;
    return report.buffered >= options_.ready_seconds ||
           (scene.limit > 0 && report.position + report.buffered >= scene.limit - kNearEnd);
}

void Holds::begin_or_add(UserId member, Account& account, WallTime now) {
    refill(account, now);
    if (account.budget <= microseconds(0)) {
        account.excluded = true;
        return;
    }
    if (!active_) {
        active_ = Active{now, now + options_.deadline, {}};
    }
    auto& waiting = active_->waiting;
    if (std::ranges::find(waiting, member) != waiting.end()) return;
    waiting.push_back(member);
    // What is charged at the end counts from here.
    account.refilled = now;
}

void Holds::refill(Account& account, WallTime now) const {
    const auto passed = static_cast<double>((now - account.refilled).count());
    account.budget = std::min(
        options_.budget,
        account.budget + microseconds(static_cast<std::int64_t>(passed * options_.refill)));
    account.refilled = now;
}

void Holds::stop_waiting_for(UserId member, WallTime now) {
    if (!active_) return;
    auto& waiting = active_->waiting;
    const auto found = std::ranges::find(waiting, member);
    if (found == waiting.end()) return;
    Account& account = accounts_[member];
    account.budget -= now - account.refilled;
    account.refilled = now;
    waiting.erase(found);
    if (waiting.empty()) active_.reset();
}

void Holds::end(WallTime now) {
    while (active_) stop_waiting_for(active_->waiting.front(), now);
}

}  // namespace syncwatch
