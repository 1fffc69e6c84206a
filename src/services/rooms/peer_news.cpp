#include "services/rooms/peer_news.h"

#include <array>
#include <cstddef>
#include <exception>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "services/rooms/peer_shapes.h"

namespace syncwatch {
namespace peer_json {

void parts(auto& way, A<Holds::Active> auto& hold) {
    way("began", hold.began);
    way("until", hold.until);
    way("waiting", hold.waiting);
}

void parts(auto& way, A<PeerFilm> auto& film) {
    parts(way, film.told.state.playback);
    way.if_any("over", film.told.over);
    way("held", film.told.state.held);
    way("queue", film.queue);
    way("settled", film.settled);
    way("hold", film.told.hold);
}

void parts(auto& way, A<VoiceState> auto& voice) {
    way("joined", voice.joined);
    way("muted", voice.muted);
    way("speaking", voice.speaking);
}

void parts(auto& way, A<MemberReport> auto& report) {
    way("state", report.state);
    way("position", report.position);
    way("at", report.at);
    way("buffered", report.buffered);
}

void parts(auto& way, A<PeerMember> auto& member) {
    auto& shown = member.shown;
    way("id", shown.id);
    way("name", shown.name);
    way("guest", shown.kind);
    way("state", shown.state);
    way("drift_ms", shown.drift_ms);
    way("voice", shown.voice);
    way("joined", member.joined);
    way("address", member.address);
    way("dropped", member.dropped);
    way("report", member.report);
}

void parts(auto& way, A<PeerPeople> auto& people) {
    way("all", people.all);
    way("here", people.here);
    way("left", people.left);
}

void parts(auto& way, A<PeerSummary> auto& summary) {
    way("stamp", summary.stamp);
    way("chat_until", summary.chat_until);
    way("queue", summary.queue);
    way("delay", summary.delay);
    way("jump", summary.jump);
}

void parts(auto& way, A<KeptChat> auto& chat) {
    way("newest_before", chat.newest_before);
    way("messages", chat.messages);
}

void parts(auto& way, A<PeerReaction> auto& reaction) {
    way("by", reaction.by);
    way("emoji", reaction.emoji);
    way("position", reaction.position);
}

void parts(auto& way, A<PeerSignal> auto& signal) {
    way("from", signal.from);
    way("to", signal.to);
    way("data", signal.data);
}

void parts(auto& way, A<PeerNews> auto& news) {
    way("life", news.life);  // First: see is_said_by().
    way("node", news.node);
    way("number", news.number);
    way("now", news.now);
    way("ask", news.ask);
    way("film", news.film);
    way("people", news.people);
    way("summary", news.summary);
    way("chat", news.chat);
    way.if_any("spooled", news.spooled);
    way("reaction", news.reaction);
    way.if_any("more_reactions", news.more_reactions);
    way("signal", news.signal);
}

}  // namespace peer_json
namespace {

/// A few reactions, or what is said every second; and the tree of values that is read from it.
constexpr std::size_t kUsualBytes = 512;
constexpr std::size_t kUsualTree = 8192;

}  // namespace

std::string text(const PeerNews& news) {
    JsonText out(kUsualBytes);
    peer_json::write(out, news);
    return out.take();
}

bool is_said_by(std::string_view payload, std::string_view life) {
    // text() writes it first.
    constexpr std::string_view kHead = R"({"life":")";
    return payload.starts_with(kHead) && payload.substr(kHead.size()).starts_with(life) &&
           payload.substr(kHead.size() + life.size()).starts_with('"');
}

std::optional<PeerNews> parse_peer_news(std::string_view payload) {
    try {
        // What is usual needs no memory but this.
        std::array<unsigned char, kUsualTree> here;
        boost::json::monotonic_resource memory(here.data(), here.size());
        PeerNews news;
        peer_json::read(boost::json::parse(payload, &memory), news);
        return news;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace syncwatch
