#include "sim/rules_watcher.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include <boost/json/parse.hpp>

#include "harness/json_text.h"

namespace syncwatch::sim {
namespace {

namespace json = boost::json;

/// A hold stops the film where it is, and starts it a moment later.
constexpr double kMostMoved = 1;
/// A node that has just read a room lets people in with what the database knows of it, and hears
/// what the others know better within half a second and the way between them.
constexpr auto kReadLately = std::chrono::milliseconds(700);

Playback state_of(const json::value& playback) {
    Playback state;
    state.stamp = Stamp::parse(text(playback.at("stamp"))).value();
    if (const auto& item = playback.at("item"); !item.is_null()) {
        state.item = ItemId::parse(text(item)).value();
    }
    if (const auto& by = playback.at("by"); !by.is_null()) {
        state.by = UserId::parse(text(by)).value();
    }
    state.paused = playback.at("paused").as_bool();
    state.rate = playback.at("rate").to_number<double>();
    state.position = playback.at("position").to_number<double>();
    state.at = from_micros(playback.at("at_us").as_int64());
    return state;
}

bool has_type(std::string_view frame, std::string_view type) {
    return frame.substr(9, type.size()) == type && frame[9 + type.size()] == '"';
}

}  // namespace

void RulesWatcher::reading(std::uint64_t link, const std::string& frame) {
    reading_.reset();
    tell(link, "->", frame);
    if (frame.find(R"("type":"control")") == std::string::npos) return;
    const Line& line = lines_[link];
    Reading now;
    now.link = link;
    now.id = text(json::parse(frame).at("id"));
    now.may = may_control(line);
    now.repeated = acked_.contains({line.life, line.user, now.id});
    reading_ = std::move(now);
}

void RulesWatcher::read(std::uint64_t link) {
    if (!reading_ || reading_->link != link) return;
    const Reading was = *std::exchange(reading_, std::nullopt);
    if (was.acked) ++done_;
    if (!was.acked) ++refused_;
    if (was.repeated && was.changed_playback) complain("a control was done twice");
    // Whoever might when it was done is answered again, whatever they may now.
    if (was.may || was.repeated) return;
    if (was.acked) complain("a control of somebody who may not was acknowledged");
    if (was.changed_playback) complain("a control of somebody who may not had an effect");
}

void RulesWatcher::said(std::uint64_t link, std::string_view frame) {
    trace_.add(frame);
    tell(link, "<-", frame);
    Line& line = lines_[link];
    if (has_type(frame, "welcome")) {
        const json::value welcome = json::parse(frame);
        compare_with_last_words(welcome);
        line.control = text(welcome.at("room").at("control"));
        line.last = state_of(welcome.at("playback"));
        line.welcomed = world_.now();
        take_queue(welcome.at("queue").as_array(), line);
        line.members.clear();
        for (const auto& each : welcome.at("members").as_array()) {
            line.members[text(each.at("id"))] = each.as_object();
        }
    } else if (has_type(frame, "members")) {
        const json::value news = json::parse(frame);
        for (const auto& each : news.at("left").as_array()) line.members.erase(text(each));
        for (const char* list : {"joined", "changed"}) {
            for (const auto& each : news.at(list).as_array()) {
                line.members[text(each.at("id"))] = each.as_object();
            }
        }
    } else if (has_type(frame, "queue")) {
        take_queue(json::parse(frame).at("queue").as_array(), line);
    } else if (has_type(frame, "ack")) {
        const std::string id = text(json::parse(frame).at("id"));
        if (reading_ && reading_->link == link && reading_->id == id) reading_->acked = true;
        acked_.emplace(line.life, line.user, id);
    } else if (has_type(frame, "playback")) {
        const json::value playback = json::parse(frame).at("playback");
        take_state(playback, line);
        if (!reading_ || reading_->link != link) return;
        const auto& by = playback.at("by");
        if (!by.is_null() && text(by) == line.user) reading_->changed_playback = true;
    }
}

void RulesWatcher::take_state(const json::value& playback, Line& line) {
    const Playback state = state_of(playback);
    const auto before = std::exchange(line.last, state);
    if (before && before->stamp == state.stamp) return;
    if (before && state.stamp < before->stamp) complain("a state older than the last");
    const bool read_lately = world_.now() - line.welcomed < kReadLately;
    if (before && no_jumps_ && !read_lately) compare(state, *before, line);
    if (several_ || (last_state_ && last_state_->stamp == state.stamp)) return;
    if (last_state_ && state.stamp < last_state_->stamp) complain("a state older than the last");
    last_state_ = Told{state.stamp, state.by.has_value(), world_.now()};
}

void RulesWatcher::take_queue(const json::array& queue, Line& line) {
    for (const auto& each : queue) {
        const ItemId item = ItemId::parse(text(each.at("id"))).value();
        line.playable[item] = each.at("playable_until").to_number<double>();
    }
}

/// What the room does by itself goes on from where the film is.
void RulesWatcher::compare(const Playback& after, const Playback& before, const Line& line) {
    if (after.by || before.item != after.item || before.rate != after.rate) return;
    // A film that ran out stands since then, whenever that was noticed.
    const WallTime when = after.paused ? after.at : world_.wall();
    const auto told = after.item ? line.playable.find(*after.item) : line.playable.end();
    const double playable =
        told == line.playable.end() ? std::numeric_limits<double>::infinity() : told->second;
    // Nobody sees more of a film than there is, as they were told or as somebody knew who put it
    // there.
    const double most = std::max({playable, before.position, after.position});
    const double moved =
        std::min(after.position_at(when), most) - std::min(before.position_at(when), most);
    if (std::abs(moved) > kMostMoved) {
        complain("the room moved the film by " + std::to_string(moved) +
                 " s: " + before.stamp.text() + " to " + after.stamp.text());
    }
}

/// The same film at the same place, to a second; as if nothing had happened after a short absence,
/// standing where it was after a long one.
void RulesWatcher::compare_with_last_words(const json::value& welcome) {
    if (!expected_) return;
    const LastWords words = *std::exchange(expected_, std::nullopt);
    const Playback& before = words.saved.playback;
    const json::value& now = welcome.at("playback");
    const WallTime at = from_micros(welcome.at("now_us").as_int64());
    // It may have ended meanwhile.
    if (before.item && !before.paused && before.position_at(at) > words.duration - 1) return;
    const bool same_item =
        before.item ? !now.at("item").is_null() && text(now.at("item")) == before.item->text()
                    : now.at("item").is_null();
    if (!same_item) return complain("another film is on after a restart");
    if (!before.item) return;
    using Seconds = std::chrono::duration<double>;
    const double away = Seconds(world_.now() - words.ended).count();
    const bool ran = !before.paused;
    const bool is_paused = now.at("paused").as_bool();
    if (away > 62 && !is_paused) return complain("a film runs after a long absence");
    if (away > 55) return;
    if (ran && !words.saved.held && is_paused) return;  // its end, or what there is of it, came
    const Playback after = state_of(now);
    const double moved = after.position_at(at) - before.position_at(at);
    // What waited goes on by itself once the server is there,
    // whoever comes first.
    const bool went_on = words.saved.held && !is_paused;
    const double ran_since =
        went_on ? after.rate * Seconds(world_.now() - words.began_again).count() : 0;
    if (moved < -1 || moved > 1 + ran_since) {
        complain("the film moved by " + std::to_string(moved) + " s over a restart");
    }
}

bool RulesWatcher::may_control(const Line& line) const {
    if (line.control == "everyone") return true;
    const auto self = line.members.find(line.user);
    if (self == line.members.end()) return false;
    const std::string role = text(self->second.at("role"));
    if (self->second.at("host").as_bool() || role == "owner") return true;
    return line.control == "moderators" && role == "moderator";
}

void RulesWatcher::tell(std::uint64_t link, const char* arrow, std::string_view frame) {
    if (!talkative_) return;
    const std::chrono::duration<double> now = world_.now().time_since_epoch();
    std::printf("%.3f %s line %llu %.*s\n", now.count(), arrow,
                static_cast<unsigned long long>(link), static_cast<int>(frame.size()),
                frame.data());
}

void RulesWatcher::complain(std::string what) {
    if (complaint_.empty()) complaint_ = std::move(what);
}

}  // namespace syncwatch::sim
