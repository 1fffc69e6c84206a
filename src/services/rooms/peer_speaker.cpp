#include "services/rooms/peer_speaker.h"

#include <iterator>
#include <utility>

#include "ports/topics.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// How often a node says in short what it has; and while it knows of no other.
constexpr auto kBeat = 1s;
constexpr auto kLonelyBeat = 2s;
/// People's news are gathered for so long.
constexpr auto kPeoplePause = 50ms;
constexpr auto kEverythingPause = 200ms;
/// Of chat in one message; of more it is only said that it is there.
constexpr std::size_t kMostChatBytes = 32 * 1024;
/// Of reactions in one message.
constexpr std::size_t kMostReactions = 256;

std::size_t size_of(const KeptChat& chat) {
    std::size_t size = 0;
    for (const ChatMessage& each : chat.messages) size += each.text.size();
    return size;
}

PeerMember member_of(const Present& member, bool with_report) {
    PeerMember out;
    out.shown = member.shown;
    out.joined = member.joined;
    out.dropped = member.lines.empty();
    if (!member.lines.empty()) out.address = member.lines.front()->grant.address;
    if (with_report) out.report = member.report;
    return out;
}

}  // namespace

PeerSpeaker::PeerSpeaker(Scene scene, RoomPowers& powers, const RoomRules& rules)
    : scene_(scene),
      powers_(powers),
      rules_(rules),
      life_(powers.random.make_id<ItemId>(powers.clock.wall()).text()) {}

void PeerSpeaker::say(PeerNews news) {
    if (rules_.alone) return;
    news.life = life_;
    news.node = rules_.node;
    news.number = ++said_;
    news.now = powers_.time.now();
    if (!reactions_.empty()) {
        news.reaction = std::move(reactions_.front());
        news.more_reactions.assign(std::make_move_iterator(reactions_.begin() + 1),
                                   std::make_move_iterator(reactions_.end()));
        reactions_.clear();
    }
    powers_.bus.publish(topics::room(scene_.room), text(news));
}

void PeerSpeaker::ask(std::string whom) {
    PeerNews news;
    news.ask = std::move(whom);
    say(std::move(news));
}

void PeerSpeaker::film() {
    film_said_ = powers_.clock.now();
    PeerNews news;
    news.film = film_now();
    say(std::move(news));
}

void PeerSpeaker::everything() {
    const Instant now = powers_.clock.now();
    all_unsaid_ = now - all_said_ < kEverythingPause;
    if (rules_.alone || all_unsaid_) return;
    all_said_ = now;
    PeerNews news;
    news.film = film_now();
    news.summary = summary_now();
    news.people.emplace().all = true;
    for (const auto& each : scene_.roster.present()) {
        if (each->here) news.people->here.push_back(member_of(*each, true));
    }
    unsaid_.clear();
    drifted_.clear();
    left_.clear();
    say(std::move(news));
    spooled(scene_.chat.spooled());
}

void PeerSpeaker::member(UserId user) {
    if (rules_.alone) return;
    const Present* member = scene_.roster.find(user);
    if (member != nullptr && member->here) {
        unsaid_.insert(user);
    } else {
        unsaid_.erase(user);
        left_.push_back(user);
    }
    const Instant now = powers_.clock.now();
    if (now - people_said_ >= kPeoplePause) people(now);
}

void PeerSpeaker::drifted(UserId user) {
    if (!rules_.alone) drifted_.insert(user);
}

void PeerSpeaker::people(Instant now) {
    if (unsaid_.empty() && left_.empty()) return;
    people_said_ = now;
    PeerNews news;
    news.people.emplace().left = std::exchange(left_, {});
    for (const UserId user : std::exchange(unsaid_, {})) {
        Present* member = scene_.roster.find(user);
        if (member == nullptr || !member->here) continue;
        drifted_.erase(user);
        const bool with_report = std::exchange(member->report_unsaid, false);
        news.people->here.push_back(member_of(*member, with_report));
    }
    say(std::move(news));
}

void PeerSpeaker::summary() {
    PeerNews news;
    news.summary = summary_now();
    say(std::move(news));
}

void PeerSpeaker::chat(const KeptChat& kept) {
    if (size_of(kept) > kMostChatBytes) return summary();
    PeerNews news;
    news.chat = kept;
    say(std::move(news));
}

void PeerSpeaker::spooled(const std::vector<ChatDraft>& drafts) {
    if (rules_.alone) return;
    PeerNews news;
    std::size_t size = 0;
    for (const ChatDraft& each : drafts) {
        size += each.message.text.size();
        if (size > kMostChatBytes && !news.spooled.empty()) {
            say(std::exchange(news, {}));
            size = each.message.text.size();
        }
        news.spooled.push_back(each);
    }
    if (!news.spooled.empty()) say(std::move(news));
}

bool PeerSpeaker::reaction(PeerReaction reaction) {
    if (rules_.alone) return false;
    reactions_.push_back(std::move(reaction));
    if (reactions_.size() == kMostReactions) reactions_now();
    return reactions_.size() == 1;
}

void PeerSpeaker::reactions_now() {
    if (!reactions_.empty()) say({});
}

void PeerSpeaker::signal(PeerSignal signal) {
    PeerNews news;
    news.signal = std::move(signal);
    say(std::move(news));
}

void PeerSpeaker::tick(bool anybody_here, bool lonely) {
    if (rules_.alone) return;
    const Instant now = powers_.clock.now();
    if (all_unsaid_) everything();
    people(now);
    if (!anybody_here || now - beat_ < (lonely ? kLonelyBeat : kBeat)) return;
    beat_ = now;
    PeerNews news;
    news.summary = summary_now();
    for (const UserId user : std::exchange(drifted_, {})) {
        const Present* member = scene_.roster.find(user);
        if (member == nullptr || !member->here) continue;
        if (!news.people) news.people.emplace();
        news.people->here.push_back(member_of(*member, false));
    }
    say(std::move(news));
}

PeerFilm PeerSpeaker::film_now() const {
    PeerFilm film;
    film.told = scene_.screening.told(scene_.room, powers_.time.now());
    film.queue = scene_.queue.version();
    film.settled = settled_;
    return film;
}

PeerSummary PeerSpeaker::summary_now() const {
    PeerSummary summary;
    const Roster::Reach reach = scene_.roster.reach(powers_.time.now());
    summary.stamp = scene_.screening.playback().stamp;
    summary.chat_until = scene_.chat.told_until();
    summary.queue = scene_.queue.version();
    summary.delay = reach.delay;
    summary.jump = reach.jump;
    return summary;
}

}  // namespace syncwatch
