// The part of LiveRoom that plays: controls, reports, holds, what comes next.
#include <algorithm>
#include <cmath>

#include "domain/room/rights.h"
#include "services/rooms/live_room.h"

namespace syncwatch {
namespace {

/// A report with so much film ready stands ready, seconds.
constexpr double kReadySeconds = 2;

bool is_ready(const MemberReport& report) {
    return report.state == MemberState::Playing ||
           (report.state == MemberState::Paused && report.buffered >= kReadySeconds);
}

}  // namespace

void LiveRoom::control(RoomLine& line, const std::string& id, const RoomControl& control) {
    if (!begin(line, id)) return;
    const UserId user = line.grant.who.user;
    const Result<> outcome = do_control(line, control);
    if (outcome) powers_.metrics.controls.fetch_add(1);
    settle(user, id, outcome);
    tell_playback();
}

Result<> LiveRoom::do_control(RoomLine& line, const RoomControl& control) {
    const Member& who = line.notes.member->shown;
    if (!may_control(room_.control, standing(line), who.host)) {
        return fail(ErrorCode::Forbidden, "may not control this room");
    }
    look_at_lead();
    switch (control.action) {
        case RoomControl::Action::Play: return screening_.command(Play(), who.id, moment());
        case RoomControl::Action::Pause:
            return screening_.command(Pause{control.position}, who.id, moment());
        case RoomControl::Action::Seek:
            return screening_.command(Seek{control.position.value_or(0)}, who.id, moment());
        case RoomControl::Action::Rate:
            return screening_.command(SetRate{control.rate}, who.id, moment());
        case RoomControl::Action::Select: return go_to(control.item, who.id);
        case RoomControl::Action::Next: break;
    }
    const auto current = screening_.playback().item;
    if (!current) return fail(ErrorCode::Conflict, "nothing is on", "nothing_on");
    const auto next = next_after(queue_.queue(), *current);
    if (!next) return fail(ErrorCode::Conflict, "nothing comes next", "nothing_next");
    SW_CHECK(go_to(*next, who.id));
    put_in_order(*current, *next);
    return {};
}

PutOn LiveRoom::choice_of(const QueueItem& item) const {
    return {item.id, item.video, queue_.extent_of(item.video)};
}

Result<> LiveRoom::go_to(ItemId item, std::optional<UserId> by) {
    const QueueItem* chosen = queue_.queue().find(item);
    if (chosen == nullptr) return fail(ErrorCode::NotFound, "no such item", "no_such_item");
    screening_.put_on(choice_of(*chosen), Screening::Start::AsBefore, by, moment());
    return {};
}

/// What was voted to come first stands behind what was on, so that the others still come.
void LiveRoom::put_in_order(ItemId current, ItemId next) {
    if (with_next(queue_.queue(), current, next) == queue_.queue()) return;
    RoomQueue::Change change;
    change.op = RoomQueue::Change::Op::Follow;
    change.item = next;
    change.before = current;
    if (queue_.enqueue(std::move(change))) work_on_queue();
}

void LiveRoom::report(RoomLine& line, const MemberReport& report, bool knows_drift) {
    Present& member = *line.notes.member;
    const WallTime room_now = powers_.time.now();
    const Instant now = powers_.clock.now();
    if (const auto delay = delay_of(report.at, room_now)) member.delay.add(*delay, room_now);
    if (report.jump) member.jump = *report.jump;
    const bool state_changed = member.shown.state != report.state;
    member.shown.state = report.state;
    if (knows_drift) {
        constexpr double kTenths = 10;
        member.shown.drift_ms = std::round(report.drift_ms * kTenths) / kTenths;
        if (report.state == MemberState::Playing) powers_.metrics.drift.observe(report.drift_ms);
    }
    if (state_changed) {
        news_.changed(member.shown.id, now);
    } else if (news_.drifted(member)) {
        peer_speaker_.drifted(member.shown.id);
    }
    line.notes.ready_once = line.notes.ready_once || is_ready(report);
    // A second tab that opens makes nobody wait, whatever the first one may do.
    if (report.state != MemberState::Buffering || line.notes.ready_once) {
        const bool is_news = state_changed || report.state == MemberState::Buffering ||
                             screening_.is_held() || !member.report ||
                             is_ready(report) != is_ready(*member.report);
        member.report = report;
        if (is_news) {
            member.report_unsaid = true;
            peer_speaker_.member(member.shown.id);
        }
        screening_.heard(member.shown.id, report, moment());
    }
    tell_playback();
}

void LiveRoom::screening_changed(Screening::Urgency urgency) {
    playback_untold_ = film_unsaid_ = true;
    host_.save(*this, urgency);
}

void LiveRoom::waiting_changed(bool waits, bool timed_out) {
    if (waits) powers_.metrics.holds.fetch_add(1);
    if (!waits && timed_out) powers_.metrics.holds_timed_out.fetch_add(1);
}

void LiveRoom::tell_playback() {
    if (!std::exchange(playback_untold_, false)) return;
    queue_.expect(screening_.playback());
    speaker_.playback(*audience_, screening_.playback(), screening_.hold());
    if (std::exchange(film_unsaid_, false)) peer_speaker_.film();
}

void LiveRoom::on_end(WallTime end) {
    const ItemId current = screening_.playback().item.value();
    const auto next = next_after(queue_.queue(), current);
    const QueueItem* item = next ? queue_.queue().find(*next) : nullptr;
    if (item == nullptr) {
        screening_.stop_at_end(end, moment());
        return;
    }
    Screening::Moment later = moment();
    later.lead.start = rules_.autoplay_lead;
    screening_.follow(choice_of(*item), later);
    put_in_order(current, *next);
}

/// Something is on whenever the queue is not empty.
void LiveRoom::fit_film_to_queue(const Queue& before) {
    // What is on may be out of a queue that is not read yet.
    if (!screening_.is_issuing() || queue_.version() < film_queue_) return;
    const auto current = screening_.playback().item;
    const Queue& now = queue_.queue();
    if (current && now.find(*current) != nullptr) return;
    if (now.items.empty()) {
        if (current) screening_.take_off(std::nullopt, moment());
        return;
    }
    const QueueItem* heir = nullptr;
    Queue left = before;
    // What followed it may be gone as well.
    for (auto next = current ? heir_of(left, *current) : std::nullopt; next && heir == nullptr;) {
        heir = now.find(*next);
        left = with_removed(std::move(left), *next).value();
        next = heir_of(left, *current);
    }
    if (heir == nullptr) heir = &now.items.front();
    screening_.put_on(choice_of(*heir), Screening::Start::Standing, std::nullopt, moment());
}

}  // namespace syncwatch
