#include "services/rooms/peer_news.h"

#include <exception>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "services/rooms/peer_json.h"

namespace syncwatch {
namespace {

namespace json = boost::json;
using namespace peer_json;

json::object film_object(const PeerFilm& film) {
    json::object out;
    const Playback& playback = film.told.state.playback;
    put(out, "item", playback.item);
    put(out, "video", playback.video);
    put(out, "paused", playback.paused);
    put(out, "rate", playback.rate);
    put(out, "position", playback.position);
    put(out, "at", playback.at);
    put(out, "stamp", playback.stamp);
    if (film.told.over != Stamp()) put(out, "over", film.told.over);
    put(out, "by", playback.by);
    put(out, "held", film.told.state.held);
    put(out, "queue", film.queue);
    put(out, "settled", film.settled);
    if (!film.told.hold) return out;
    json::object hold;
    put(hold, "began", film.told.hold->began);
    put(hold, "until", film.told.hold->until);
    hold["waiting"] = ids_of(film.told.hold->waiting);
    out["hold"] = std::move(hold);
    return out;
}

PeerFilm read_film(const json::object& from) {
    PeerFilm film;
    Playback& playback = film.told.state.playback;
    take(from, "item", playback.item);
    take(from, "video", playback.video);
    take(from, "paused", playback.paused);
    take(from, "rate", playback.rate);
    take(from, "position", playback.position);
    take(from, "at", playback.at);
    take(from, "stamp", playback.stamp);
    if (from.contains("over")) take(from, "over", film.told.over);
    take(from, "by", playback.by);
    take(from, "held", film.told.state.held);
    take(from, "queue", film.queue);
    take(from, "settled", film.settled);
    if (const json::value* hold = from.if_contains("hold")) {
        const json::object& parts = hold->as_object();
        Holds::Active active;
        take(parts, "began", active.began);
        take(parts, "until", active.until);
        active.waiting = read_ids<UserTag>(parts.at("waiting"));
        film.told.hold = std::move(active);
    }
    return film;
}

json::object member_object(const PeerMember& member) {
    json::object out;
    const Member& shown = member.shown;
    put(out, "id", shown.id);
    put(out, "name", shown.name);
    put(out, "guest", shown.kind == UserKind::Guest);
    put(out, "state", shown.state);
    put(out, "drift_ms", shown.drift_ms);
    if (shown.voice) {
        json::object voice;
        put(voice, "joined", shown.voice->joined);
        put(voice, "muted", shown.voice->muted);
        put(voice, "speaking", shown.voice->speaking);
        out["voice"] = std::move(voice);
    }
    put(out, "joined", member.joined);
    put(out, "address", member.address);
    put(out, "dropped", member.dropped);
    if (member.report) {
        json::object report;
        put(report, "state", member.report->state);
        put(report, "position", member.report->position);
        put(report, "at", member.report->at);
        put(report, "buffered", member.report->buffered);
        out["report"] = std::move(report);
    }
    return out;
}

PeerMember read_member(const json::object& from) {
    PeerMember member;
    Member& shown = member.shown;
    bool guest = false;
    take(from, "id", shown.id);
    take(from, "name", shown.name);
    take(from, "guest", guest);
    shown.kind = guest ? UserKind::Guest : UserKind::User;
    take(from, "state", shown.state);
    take(from, "drift_ms", shown.drift_ms);
    if (const json::value* voice = from.if_contains("voice")) {
        const json::object& parts = voice->as_object();
        take(parts, "joined", shown.voice.emplace().joined);
        take(parts, "muted", shown.voice->muted);
        take(parts, "speaking", shown.voice->speaking);
    }
    take(from, "joined", member.joined);
    take(from, "address", member.address);
    take(from, "dropped", member.dropped);
    if (const json::value* report = from.if_contains("report")) {
        const json::object& parts = report->as_object();
        take(parts, "state", member.report.emplace().state);
        take(parts, "position", member.report->position);
        take(parts, "at", member.report->at);
        take(parts, "buffered", member.report->buffered);
    }
    return member;
}

json::object summary_object(const PeerSummary& summary) {
    json::object out;
    put(out, "stamp", summary.stamp);
    put(out, "chat_until", summary.chat_until);
    put(out, "queue", summary.queue);
    put(out, "delay", summary.delay);
    put(out, "jump", summary.jump);
    return out;
}

PeerSummary read_summary(const json::object& from) {
    PeerSummary summary;
    take(from, "stamp", summary.stamp);
    take(from, "chat_until", summary.chat_until);
    take(from, "queue", summary.queue);
    take(from, "delay", summary.delay);
    take(from, "jump", summary.jump);
    return summary;
}

json::object message_object(const ChatMessage& message) {
    json::object out;
    put(out, "id", message.id);
    put(out, "by", message.by);
    put(out, "name", message.name);
    put(out, "text", message.text);
    put(out, "reply_to", message.reply_to);
    put(out, "position", message.position);
    put(out, "sent_at", message.sent_at);
    return out;
}

ChatMessage read_message(const json::object& from) {
    ChatMessage message;
    take(from, "id", message.id);
    take(from, "by", message.by);
    take(from, "name", message.name);
    take(from, "text", message.text);
    take(from, "reply_to", message.reply_to);
    take(from, "position", message.position);
    take(from, "sent_at", message.sent_at);
    return message;
}

json::object people_object(const PeerPeople& people) {
    json::object out;
    put(out, "all", people.all);
    out["here"] = list_of(people.here, member_object);
    out["left"] = ids_of(people.left);
    return out;
}

PeerPeople read_people(const json::object& from) {
    PeerPeople people;
    take(from, "all", people.all);
    for (const json::value& each : from.at("here").as_array()) {
        people.here.push_back(read_member(each.as_object()));
    }
    people.left = read_ids<UserTag>(from.at("left"));
    return people;
}

json::object chat_object(const KeptChat& chat) {
    json::object out;
    put(out, "newest_before", chat.newest_before);
    out["messages"] = list_of(chat.messages, message_object);
    return out;
}

KeptChat read_chat(const json::object& from) {
    KeptChat chat;
    take(from, "newest_before", chat.newest_before);
    for (const json::value& each : from.at("messages").as_array()) {
        chat.messages.push_back(read_message(each.as_object()));
    }
    return chat;
}

json::object draft_object(const ChatDraft& draft) {
    json::object out = message_object(draft.message);
    put(out, "request", draft.request);
    put(out, "may_repeat", draft.may_repeat);
    put(out, "repeats_since", draft.repeats_since);
    return out;
}

ChatDraft read_draft(const json::object& from) {
    ChatDraft draft;
    draft.message = read_message(from);
    take(from, "request", draft.request);
    take(from, "may_repeat", draft.may_repeat);
    take(from, "repeats_since", draft.repeats_since);
    return draft;
}

json::object reaction_object(const PeerReaction& reaction) {
    json::object out;
    put(out, "by", reaction.by);
    put(out, "emoji", reaction.emoji);
    put(out, "position", reaction.position);
    return out;
}

PeerReaction read_reaction(const json::object& from) {
    PeerReaction reaction;
    take(from, "by", reaction.by);
    take(from, "emoji", reaction.emoji);
    take(from, "position", reaction.position);
    return reaction;
}

json::object signal_object(const PeerSignal& signal) {
    json::object out;
    put(out, "from", signal.from);
    put(out, "to", signal.to);
    put(out, "data", signal.data);
    return out;
}

PeerSignal read_signal(const json::object& from) {
    PeerSignal signal;
    take(from, "from", signal.from);
    take(from, "to", signal.to);
    take(from, "data", signal.data);
    return signal;
}

template <class Part>
void put_part(json::object& out, std::string_view name, const std::optional<Part>& part,
              json::object (*write)(const Part&)) {
    if (part) out[name] = write(*part);
}
template <class Part>
void take_part(const json::object& from, std::string_view name, std::optional<Part>& part,
               Part (*read_one)(const json::object&)) {
    if (const json::value* found = from.if_contains(name)) part = read_one(found->as_object());
}

PeerNews read_news(const json::object& from) {
    PeerNews news;
    std::int64_t number = 0;
    take(from, "life", news.life);
    take(from, "node", news.node);
    take(from, "number", number);
    news.number = static_cast<std::uint64_t>(number);
    take(from, "now", news.now);
    take(from, "ask", news.ask);
    take_part(from, "film", news.film, read_film);
    take_part(from, "people", news.people, read_people);
    take_part(from, "summary", news.summary, read_summary);
    take_part(from, "chat", news.chat, read_chat);
    if (const json::value* spooled = from.if_contains("spooled")) {
        for (const json::value& each : spooled->as_array()) {
            news.spooled.push_back(read_draft(each.as_object()));
        }
    }
    take_part(from, "reaction", news.reaction, read_reaction);
    take_part(from, "signal", news.signal, read_signal);
    return news;
}

}  // namespace

std::string text(const PeerNews& news) {
    json::object out;
    put(out, "life", news.life);
    put(out, "node", news.node);
    put(out, "number", static_cast<std::int64_t>(news.number));
    put(out, "now", news.now);
    put(out, "ask", news.ask);
    put_part(out, "film", news.film, film_object);
    put_part(out, "people", news.people, people_object);
    put_part(out, "summary", news.summary, summary_object);
    put_part(out, "chat", news.chat, chat_object);
    if (!news.spooled.empty()) out["spooled"] = list_of(news.spooled, draft_object);
    put_part(out, "reaction", news.reaction, reaction_object);
    put_part(out, "signal", news.signal, signal_object);
    return json::serialize(out);
}

bool is_said_by(std::string_view payload, std::string_view life) {
    // text() writes it first.
    constexpr std::string_view kHead = R"({"life":")";
    return payload.starts_with(kHead) && payload.substr(kHead.size()).starts_with(life) &&
           payload.substr(kHead.size() + life.size()).starts_with('"');
}

std::optional<PeerNews> parse_peer_news(std::string_view payload) {
    try {
        return read_news(json::parse(payload).as_object());
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace syncwatch
