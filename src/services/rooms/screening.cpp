#include "services/rooms/screening.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

namespace syncwatch {
namespace {

/// The film is stopped so long before what there is of it ends, so that no player runs dry …
constexpr double kStarvedSeconds = 1;
/// … and goes on once there is so much more.
constexpr double kFedSeconds = 6;
/// States younger than this may not have been saved when a server died.
constexpr auto kUnsaved = std::chrono::seconds(2);

}  // namespace

Screening::Screening(Listener& listener, std::string node, Holds::Options holds)
    : listener_(listener), node_(std::move(node)), holds_(holds) {}

void Screening::begin() {
    playback_ = nothing_on(playback_, {});
    // The least stamp there is: a state that nobody made and nobody keeps is behind every other,
    // also behind those of an earlier life of this room. It is the same in all its lives.
    playback_.stamp = {0, 0, node_};
}

void Screening::restore(const SavedPlayback& saved, Moment moment,
                        std::chrono::microseconds patience) {
    playback_ = saved.playback;
    held_ = saved.held;
    least_stamp_ = saved.saved_at + kUnsaved;
    if (saved.saved_at > moment.now + Stamp::kMostAhead) {
        // The clock went back meanwhile: nobody can say for how long it was away.
        re_anchor(saved.saved_at, moment);
    } else if (wants_to_run() && moment.now - saved.saved_at > patience) {
        stand_where_it_was(saved.saved_at, moment);
    } else {
        unsettled_ = playback_.stamp;
    }
}

void Screening::settle(bool alone, Moment moment) {
    const auto restored = std::exchange(unsettled_, std::nullopt);
    // Whatever came meanwhile is newer.
    if (!alone || restored != playback_.stamp) return;
    if (held_) return set_held(false, std::nullopt, moment);
    // A state that was told and not saved is over: under a new stamp, everybody takes this one.
    publish(playback_, std::nullopt, moment.now, Urgency::Soon);
}

void Screening::set_issuing(bool issuing, Moment moment) {
    if (std::exchange(issuing_, issuing) == issuing) return;
    if (issuing) tick(moment);
}

Screening::Told Screening::told(const RoomCode& room, WallTime now) const {
    Told told{saved(room, now), over_, std::nullopt};
    if (const Holds::Active* waits = hold()) told.hold = *waits;
    return told;
}

Result<bool> Screening::merge(const Told& theirs, Moment moment) {
    const Playback& next = theirs.state.playback;
    SW_CHECK(check_not_ahead(next.stamp, moment.now));
    if (next.stamp <= playback_.stamp) return false;
    const bool commanded_here = playback_.by && playback_.stamp.node == node_;
    if (commanded_here && !next.by && theirs.over < playback_.stamp) {
        Playback again = playback_;
        const auto by = again.by;
        playback_.stamp = next.stamp;
        publish(std::move(again), by, moment.now, Urgency::Now);
        return false;
    }
    const bool went_on = held_ && !theirs.state.held;
    const bool other_film = playback_.item != next.item;
    playback_ = next;
    held_ = theirs.state.held;
    told_hold_ = theirs.hold;
    over_ = theirs.over;
    if (other_film) starved_ = false;
    if (went_on && !playback_.paused && playback_.by && !other_film) {
        holds_.go_on_without(moment.now);
    } else if (went_on || other_film) {
        holds_.drop(moment.now);
    }
    note_waiting(false);
    return true;
}

const Holds::Active* Screening::hold() const {
    const auto& shown = issuing_ ? holds_.active() : told_hold_;
    if (!shown || (!issuing_ && !held_)) return nullptr;
    return &*shown;
}

/// Says the same by the clock as it is now: the film was where it was at `last`.
void Screening::re_anchor(WallTime last, Moment moment) {
    Playback next = playback_;
    if (next.is_on()) next.position = position_at(last);
    next.paused = !wants_to_run();
    next.at = next.paused ? moment.now : moment.now + moment.lead.start;
    held_ = false;
    publish(std::move(next), std::nullopt, moment.now, Urgency::Now);
}

void Screening::stand_where_it_was(WallTime last, Moment moment) {
    if (!wants_to_run()) return;
    Playback next = playback_;
    next.position = position_at(last);
    next.paused = true;
    next.at = moment.now;
    held_ = starved_ = false;
    holds_.drop(moment.now);
    publish(std::move(next), std::nullopt, moment.now, Urgency::Now);
}

/// No film begins before there is something of it: then only other nodes know of this one.
bool Screening::is_film_unknown() const {
    const bool began = wants_to_run() || playback_.position > 0;
    return began && !film_.complete && film_.playable_until <= 0;
}

/// What there is of the film, also if another node alone knows it yet: it was put where it is by
/// somebody who knew that there is film.
FilmExtent Screening::extent() const {
    FilmExtent extent = film_;
    if (extent.complete) return extent;
    extent.playable_until = std::max(extent.playable_until, playback_.position);
    if (is_film_unknown()) extent.playable_until = std::numeric_limits<double>::infinity();
    return extent;
}

double Screening::position_at(WallTime now) const {
    return std::clamp(playback_.position_at(now), 0.0, extent().limit());
}

Result<> Screening::command(const PlaybackCommand& command, std::optional<UserId> by,
                            Moment moment) {
    if (held_ && std::holds_alternative<Play>(command)) {
        holds_.go_on_without(moment.now);
        follow_waits(by, moment);
        return {};
    }
    if (held_ && std::holds_alternative<Pause>(command)) {
        // It stands where it is; now because somebody wants it to.
        held_ = starved_ = false;
        holds_.drop(moment.now);
        note_waiting(false);
        publish(playback_, by, moment.now, Urgency::Now);
        return {};
    }
    if (std::holds_alternative<Seek>(command) && is_film_unknown()) {
        return fail(ErrorCode::Conflict, "how much there is of the film is not known here yet",
                    "not_playable");
    }
    SW_TRY(Playback next, apply(playback_, command, {moment.now, moment.lead, extent()}));
    if (next == playback_ && !std::holds_alternative<Seek>(command)) return {};
    publish(std::move(next), by, moment.now, Urgency::Now);
    if (!starved_) return {};
    // There may be enough of the film where it is now: that it goes on there is theirs as well.
    starved_ = is_starved(moment.now);
    if (issuing_) follow_waits(by, moment);
    return {};
}

void Screening::put_on(const PutOn& choice, Start start, std::optional<UserId> by, Moment moment) {
    Playback before = playback_;
    // A room that waits means to play.
    before.paused = start == Start::Standing || (playback_.paused && !held_);
    held_ = starved_ = false;
    holds_.drop(moment.now);
    note_waiting(false);
    film_ = choice.film;
    // A PutOn is never refused.
    publish(apply(before, choice, {moment.now, moment.lead, film_}).value(), by, moment.now,
            Urgency::Now);
}

void Screening::follow(const PutOn& choice, Moment moment) {
    Playback before = playback_;
    before.paused = false;
    film_ = choice.film;
    publish(apply(before, choice, {moment.now, moment.lead, film_}).value(), std::nullopt,
            moment.now, Urgency::Now);
}

void Screening::take_off(std::optional<UserId> by, Moment moment) {
    held_ = starved_ = false;
    holds_.drop(moment.now);
    note_waiting(false);
    film_ = {};
    publish(nothing_on(playback_, moment.now), by, moment.now, Urgency::Now);
}

void Screening::stop_at_end(WallTime end, Moment moment) {
    publish(stopped_at_end(playback_, film_, end), std::nullopt, moment.now, Urgency::Now);
}

void Screening::heard(UserId member, const MemberReport& report, Moment moment) {
    Holds::Scene scene;
    scene.now = moment.now;
    scene.running = playback_.is_running(moment.now);
    scene.since = playback_.at;
    scene.limit = film_.limit();
    const Holds::Active before = holds_.active().value_or(Holds::Active());
    holds_.heard(member, report, scene);
    const bool same = before == holds_.active().value_or(Holds::Active());
    reconcile(moment);
    // Whom the room waits for is part of what everybody sees.
    if (!same && issuing_ && held_ && holds_.active() && playback_.at != moment.now) {
        publish(playback_, std::nullopt, moment.now, Urgency::Soon);
    }
}

void Screening::tick(Moment moment) {
    starved_ = is_starved(moment.now);
    const bool waited = holds_.active().has_value();
    holds_.tick(moment.now);
    if (waited && !holds_.active()) note_waiting(true);
    reconcile(moment);
}

void Screening::reconcile(Moment moment) {
    if (issuing_) follow_waits(std::nullopt, moment);
    note_waiting(false);
}

void Screening::follow_waits(std::optional<UserId> by, Moment moment) {
    const bool wants_to_stand = holds_.active() || starved_;
    if (!held_ && wants_to_stand && playback_.is_running(moment.now)) set_held(true, by, moment);
    if (held_ && !wants_to_stand) set_held(false, by, moment);
    note_waiting(false);
}

/// True while the film must stand for want of film: from where it ran up to the end of what there
/// is, until there is enough more.
bool Screening::is_starved(WallTime now) const {
    if (film_.complete || is_film_unknown()) return false;
    const double ahead = film_.limit() - playback_.position_at(now);
    return wants_to_run() && ahead < (starved_ ? kFedSeconds : kStarvedSeconds);
}

void Screening::set_held(bool held, std::optional<UserId> by, Moment moment) {
    held_ = held;
    Playback next = playback_;
    if (held) {
        next.position = position_at(moment.now);
        next.at = moment.now;
    } else {
        next.at = moment.now + moment.lead.start;
    }
    next.paused = held;
    publish(std::move(next), by, moment.now, by ? Urgency::Now : Urgency::Soon);
}

void Screening::note_waiting(bool timed_out) {
    const bool waits = holds_.active().has_value();
    if (waits == waiting_) return;
    waiting_ = waits;
    listener_.waiting_changed(waits, timed_out);
}

void Screening::publish(Playback next, std::optional<UserId> by, WallTime now, Urgency urgency) {
    over_ = playback_.stamp;
    next.stamp = next_stamp(playback_.stamp, std::max(now, least_stamp_), node_);
    next.by = by;
    playback_ = std::move(next);
    listener_.screening_changed(urgency);
}

SavedPlayback Screening::saved(const RoomCode& room, WallTime now) const {
    return {room, playback_, held_, now};
}

}  // namespace syncwatch
