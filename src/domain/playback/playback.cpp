#include "domain/playback/playback.h"

#include <algorithm>
#include <cmath>

namespace syncwatch {
namespace {

using std::chrono::microseconds;

/// Closer to the end than this, playing means from the beginning, seconds.
constexpr double kAtTheEnd = 0.25;
constexpr double kMicros = 1e6;

double bounded(double position, const FilmExtent& film) {
    return std::clamp(position, 0.0, film.limit());
}

Result<> check_on(const Playback& playback) {
    if (playback.is_on()) return {};
    return fail(ErrorCode::Conflict, "nothing is on", "nothing_on");
}

Result<Playback> step(Playback state, const Play&, const Circumstances& c) {
    SW_CHECK(check_on(state));
    if (!state.paused) return state;
    if (c.film.limit() <= 0) {
        return fail(ErrorCode::Conflict, "no part of the film can be played", "not_playable");
    }
    const bool over = c.film.complete && state.position >= c.film.limit() - kAtTheEnd;
    state.position = over ? 0 : bounded(state.position, c.film);
    state.paused = false;
    state.at = c.now + c.lead.start;
    return state;
}

Result<Playback> step(Playback state, const Pause& pause, const Circumstances& c) {
    SW_CHECK(check_on(state));
    if (state.paused) return state;
    const double here = bounded(state.position_at(c.now), c.film);
    const bool plausible = pause.position && std::abs(*pause.position - here) <= kPlausible;
    state.position = plausible ? bounded(*pause.position, c.film) : here;
    state.paused = true;
    state.at = c.now;
    return state;
}

Result<Playback> step(Playback state, const Seek& seek, const Circumstances& c) {
    SW_CHECK(check_on(state));
    if (!std::isfinite(seek.position) || seek.position < 0) {
        return fail_field("position", "must not be negative");
    }
    state.position = bounded(seek.position, c.film);
    state.at = state.paused ? c.now : c.now + c.lead.seek;
    return state;
}

Result<Playback> step(Playback state, const SetRate& change, const Circumstances& c) {
    SW_CHECK(check_on(state));
    // Written so that a NaN is refused, too.
    if (!(change.rate >= kSlowestRate && change.rate <= kFastestRate)) {
        return fail_field("rate", "must be from 0.25 to 4");
    }
    if (change.rate == state.rate) return state;
    // A start that lies further ahead stays where it is.
    const WallTime when = state.paused ? c.now : std::max(c.now + c.lead.start, state.at);
    state.position = bounded(state.position_at(when), c.film);
    state.rate = change.rate;
    state.at = when;
    return state;
}

Result<Playback> step(Playback state, const PutOn& choice, const Circumstances& c) {
    // A film that cannot begin yet does not begin by itself at some odd moment.
    state.paused = state.paused || choice.film.limit() <= 0;
    state.item = choice.item;
    state.video = choice.video;
    state.position = 0;
    state.at = state.paused ? c.now : c.now + c.lead.start;
    return state;
}

}  // namespace

double Playback::position_at(WallTime now) const {
    if (paused || now <= at) return position;
    return position + rate * (static_cast<double>((now - at).count()) / kMicros);
}

std::optional<WallTime> Playback::reaches(double target) const {
    if (!is_on() || paused || target < position) return std::nullopt;
    return at + microseconds(std::llround((target - position) / rate * kMicros));
}

double FilmExtent::limit() const {
    return complete && duration ? *duration : playable_until;
}

Result<Playback> apply(const Playback& before, const PlaybackCommand& command,
                       const Circumstances& circumstances) {
    return std::visit([&](const auto& each) { return step(before, each, circumstances); }, command);
}

std::optional<WallTime> end_of(const Playback& playback, const FilmExtent& film) {
    if (!film.complete) return std::nullopt;
    // What is past the end already ended when it began.
    if (playback.position >= film.limit() && playback.is_on() && !playback.paused) {
        return playback.at;
    }
    return playback.reaches(film.limit());
}

Playback stopped_at_end(const Playback& before, const FilmExtent& film, WallTime end) {
    Playback after = before;
    after.paused = true;
    after.position = film.limit();
    after.at = end;
    return after;
}

Playback nothing_on(const Playback& before, WallTime now) {
    Playback after;
    after.rate = before.rate;
    after.stamp = before.stamp;
    after.at = now;
    return after;
}

}  // namespace syncwatch
