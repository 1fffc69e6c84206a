#include "recovery/signals/to_tell.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/plain_line.h"

namespace syncwatch::recovery {
namespace {

using namespace std::chrono_literals;

constexpr auto kSayAgain = 24h;

/// Also where a clock that was far ahead has been set right.
bool is_long_ago(WallTime at, WallTime now) {
    return now - at >= kSayAgain || at - now >= kSayAgain;
}

class Telltale {
public:
    Telltale(const Audience& audience, WallTime now) : audience_(audience), now_(now) {}

    Telling of(const Condition& condition, const Told* before) const {
        Telling telling;
        Notice& notice = telling.notice;
        notice = blank(condition.key, condition.severity);
        notice.turn = before == nullptr ? Notice::Turn::Begins : Notice::Turn::Stands;
        notice.component = condition.component;
        // It is kept in a row, and no error of somebody's may be in the way of that.
        notice.what = plain_line(condition.what);
        notice.next = condition.next;
        notice.doc = condition.doc;
        // A node that leads since a minute knows of nothing that is older.
        notice.since =
            before == nullptr ? condition.since : std::min(before->since, condition.since);
        telling.then =
            Told{audience_.channel, notice.key, notice.severity, notice.component, notice.what,
                 notice.since,      now_};
        return telling;
    }
    Telling end_of(const Told& told) const {
        Telling telling;
        telling.notice = blank(told.key, told.severity);
        telling.notice.turn = Notice::Turn::Ends;
        telling.notice.component = told.component;
        telling.notice.what = told.what;
        telling.notice.since = told.since;
        return telling;
    }

private:
    Notice blank(const std::string& key, Severity severity) const {
        Notice notice;
        notice.key = key;
        notice.severity = severity;
        notice.installation = audience_.installation;
        notice.site = audience_.site;
        notice.at = now_;
        return notice;
    }

    const Audience& audience_;
    const WallTime now_;
};

}  // namespace

std::vector<Telling> to_tell(const Audience& audience, const Observed& observed,
                             const std::vector<Told>& told, WallTime now) {
    const Telltale say(audience, now);
    std::vector<Telling> all;
    for (const Condition& each : observed.standing) {
        const auto before = std::ranges::find(told, each.key, &Told::key);
        const bool is_known = before != told.end();
        const bool is_wanted =
            std::ranges::find(audience.about, each.severity) != audience.about.end();
        if (is_known && is_long_ago(before->at, now)) all.push_back(say.of(each, &*before));
        if (!is_known && is_wanted && !each.is_fresh) all.push_back(say.of(each, nullptr));
    }
    for (const Told& each : told) {
        const bool stands = std::ranges::find(observed.standing, each.key, &Condition::key) !=
                            observed.standing.end();
        if (!stands && observed.is_whole) all.push_back(say.end_of(each));
    }
    const auto rank = [](const Telling& each) {
        return std::pair(each.notice.severity, each.notice.turn != Notice::Turn::Begins);
    };
    std::ranges::stable_sort(all, {}, rank);
    return all;
}

}  // namespace syncwatch::recovery
