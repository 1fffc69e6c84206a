// The part of LiveRoom that shares the room with other nodes. The film is a register: of two states
// the one with the greater stamp holds, so that they may come in any order, any number of times.
// People are the union of what the nodes say. Who is host, and which node commands what the room
// does by itself, is derived from that, never agreed on.
#include <algorithm>
#include <utility>

#include "base/log/log.h"
#include "services/rooms/live_room.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// A state that another node lacks is not said again before.
constexpr auto kFilmPause = 1s;
/// A room that was just read takes what it read for the newest after so long: whoever knows better
/// has had the time to say so, twice.
constexpr auto kSettleAfter = 500ms;

/// More than reactions, signals and questions.
bool tells_state(const PeerNews& news) {
    return news.people || news.film || news.summary || news.chat || !news.spooled.empty();
}

void note_fan_out(RoomMetrics& metrics, const Stamp& stamp, WallTime now) {
    // Clocks of two nodes agree to some milliseconds.
    const std::chrono::duration<double> way = now - from_micros(stamp.wall_us);
    metrics.fan_out.observe(std::max(0.0, way.count()));
}

}  // namespace

void LiveRoom::bus_is_back() {
    for (const QueueItem& each : queue_.queue().items) queue_.look_again(each.video);
    peer_speaker_.ask({});
    peer_speaker_.everything();
}

void LiveRoom::heard_peer(std::string_view payload) {
    if (rules_.alone || is_said_by(payload, peer_speaker_.life())) return;
    const auto news = parse_peer_news(payload);
    if (!news) powers_.metrics.bad_peer_news.fetch_add(1);
    if (!news) return;
    const Instant now = powers_.clock.now();
    powers_.metrics.peer_news.fetch_add(1);
    const RoomPeers::Order order = peers_.heard(*news, powers_.time.now(), now);
    if (order == RoomPeers::Order::Old) return;
    if (order == RoomPeers::Order::Gap) powers_.metrics.peer_gaps.fetch_add(1);
    if (news->people) take_people(news->life, *news->people);
    if (news->film) take_film(*news->film);
    if (news->chat) chat_.heard(*news->chat);
    if (!news->spooled.empty()) chat_.heard_spooled(news->spooled);
    if (news->summary) take_summary(*news->summary, news->life);
    const auto show = [this](const PeerReaction& reaction) {
        const Present* by = roster_.find(reaction.by);
        if (by == nullptr) return;
        speaker_.reaction(*audience_, by->shown, reaction.emoji, reaction.position);
    };
    if (news->reaction) show(*news->reaction);
    for (const PeerReaction& each : news->more_reactions) show(each);
    if (const auto& signal = news->signal) {
        const Present* to = roster_.find(signal->to);
        if (to != nullptr) speaker_.signal(to->lines, signal->from, signal->data);
    }
    const bool asked = news->ask && (news->ask->empty() || *news->ask == peer_speaker_.life());
    if (asked) peer_speaker_.everything();
    if (peers_.should_ask(news->life, now)) peer_speaker_.ask(news->life);
    // What comes in swarms changes nothing of what follows, which looks at everybody.
    if (!tells_state(*news)) return;
    look_for_host();
    work_on_chat();
    if (queue_.has_work()) work_on_queue();
    tell_playback();
}

void LiveRoom::take_people(const std::string& life, const PeerPeople& people) {
    for (const PeerMember& each : people.here) take_member(life, each);
    for (const UserId user : people.left) take_away(life, user);
    if (!people.all) return;
    peers_.is_complete(life);
    std::vector<UserId> not_named;
    for (const auto& each : roster_.present()) {
        const bool named = std::ranges::any_of(
            people.here, [&](const PeerMember& one) { return one.shown.id == each->shown.id; });
        if (!named && each->elsewhere.contains(life)) not_named.push_back(each->shown.id);
    }
    for (const UserId user : not_named) take_away(life, user);
}

void LiveRoom::take_member(const std::string& life, const PeerMember& theirs) {
    const Instant now = powers_.clock.now();
    const UserId user = theirs.shown.id;
    Present* member = roster_.find(user);
    const bool fresh = member == nullptr;
    if (fresh) {
        Principal who;
        who.user = user;
        who.kind = theirs.shown.kind;
        who.display_name = theirs.shown.name;
        member = &roster_.add(who, theirs.joined);
        empty_since_.reset();
        screening_.holds().joined(user, powers_.time.now());
        news_.joined(user, now);
    }
    member->joined = std::min(member->joined, theirs.joined);
    member->elsewhere[life].dropped = theirs.dropped;
    // Of those who are here as well, our own line tells more.
    if (!member->lines.empty()) return;
    if (!theirs.address.empty()) remember_presence(*member, theirs.address);
    const bool changed =
        member->shown.state != theirs.shown.state || member->shown.name != theirs.shown.name;
    member->shown.state = theirs.shown.state;
    member->shown.name = theirs.shown.name;
    member->shown.drift_ms = theirs.shown.drift_ms;
    if (changed && !fresh) news_.changed(user, now);
    if (!changed) (void)news_.drifted(*member);
    if (theirs.shown.voice && member->shown.voice != theirs.shown.voice) {
        member->shown.voice = theirs.shown.voice;
        tell_voice(*member, now);
    }
    if (theirs.dropped) {
        hear_away(*member);
    } else if (theirs.report) {
        screening_.heard(user, *theirs.report, moment());
    }
}

void LiveRoom::take_away(const std::string& life, UserId user) {
    Present* member = roster_.find(user);
    if (member == nullptr || member->elsewhere.erase(life) == 0) return;
    if (member->here || !member->elsewhere.empty()) return;
    left_at_ = powers_.time.now();
    gone(*member, powers_.clock.now());
}

void LiveRoom::take_film(const PeerFilm& film) {
    vouched_ = vouched_ || film.settled;
    queue_.heard_version(film.queue);
    const auto merged = screening_.merge(film.told, moment());
    if (!merged) {
        powers_.metrics.refused_stamps.fetch_add(1);
        log::warning("room.peer_clock_ahead", {{"room", room_.code.text()},
                                               {"stamp", film.told.state.playback.stamp.text()}});
        return;
    }
    if (!*merged) return;
    // What was there before this node had the room is no news.
    if (settled_) note_fan_out(powers_.metrics, screening_.playback().stamp, powers_.time.now());
    film_queue_ = std::max(film_queue_, film.queue);
    const auto& video = screening_.playback().video;
    screening_.set_film(video ? queue_.extent_of(*video) : FilmExtent());
    playback_untold_ = true;
    film_unsaid_ = false;
    if (screening_.is_issuing()) host_.save(*this, Screening::Urgency::Soon);
}

void LiveRoom::take_summary(const PeerSummary& summary, const std::string& life) {
    const Stamp& ours = screening_.playback().stamp;
    const Instant now = powers_.clock.now();
    if (ours < summary.stamp) {
        const bool refused = !check_not_ahead(summary.stamp, powers_.time.now());
        if (!refused) peer_speaker_.ask(life);
    } else if (summary.stamp < ours && now - peer_speaker_.film_said() >= kFilmPause) {
        peer_speaker_.film();
    }
    chat_.heard_until(summary.chat_until);
    queue_.heard_version(summary.queue);
}

void LiveRoom::tick_peers(Instant now) {
    settle_in(now);
    if (rules_.alone) return;
    for (const std::string& life : peers_.forget_silent(rules_.grace, now)) {
        std::vector<UserId> theirs;
        for (const auto& each : roster_.present()) {
            if (each->elsewhere.contains(life)) theirs.push_back(each->shown.id);
        }
        for (const UserId user : theirs) take_away(life, user);
    }
    find_issuer();
    // Somebody may have chosen what another took out of the queue at the same moment.
    if (!queue_.has_work()) fit_film_to_queue(queue_.queue());
    peer_speaker_.tick(here_ > 0, peers_.empty());
}

/// What was read from the store is in force until it is known whether another node knows better.
void LiveRoom::settle_in(Instant now) {
    if (settled_) return;
    // The first question may have been asked before answers could come in.
    if (!rules_.alone && now - loaded_ < kSettleAfter) return peer_speaker_.ask({});
    settled_ = true;
    peer_speaker_.settled();
    look_for_host();
    screening_.settle(screening_.is_issuing() && !vouched_, moment());
    if (rules_.alone) fit_film_to_queue(queue_.queue());
}

void LiveRoom::find_issuer() {
    if (rules_.alone) return;
    const Instant now = powers_.clock.now();
    const std::string& life = peer_speaker_.life();
    const auto is_alive = [&](const std::string& other) { return peers_.is_alive(other, now); };
    const bool issuing = settled_ && roster_.issuer(life, is_alive) == life;
    if (issuing == screening_.is_issuing()) return;
    screening_.set_issuing(issuing, moment());
    if (issuing) fit_film_to_queue(queue_.queue());
}

}  // namespace syncwatch
