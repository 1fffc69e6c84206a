#include "services/rooms/room_shard.h"

#include <algorithm>
#include <utility>

#include <boost/asio/append.hpp>
#include <boost/asio/as_tuple.hpp>

#include "base/log/log.h"
#include "base/log/task_fault.h"
#include "ports/topics.h"
#include "services/rooms/store_tries.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// How often rooms look at the clock: the finest of what they do by themselves.
constexpr auto kTick = 250ms;
constexpr auto kSaveEvery = 1s;
/// Before people see a room that came from another node, all nodes have the time to say who is in
/// it.
constexpr auto kPeersAnswer = 500ms;
/// Notices for one room that wait while it is read.
constexpr std::size_t kMostEarly = 64;

}  // namespace

RoomShard::Entry::Entry(const net::any_io_executor& executor) : read(executor) {
    read.expires_at(net::steady_timer::time_point::max());
}

RoomShard::RoomShard(net::any_io_executor executor, RoomPowers& powers, const RoomRules& rules,
                     std::unique_ptr<RoomSpeaker> speaker)
    : executor_(std::move(executor)),
      powers_(powers),
      rules_(rules),
      speaker_(std::move(speaker)),
      tasks_(executor_, log::task_fault("rooms.task_fault")) {
    subscribe();
}

RoomShard::~RoomShard() = default;

void RoomShard::subscribe() {
    const auto on = [this](const std::string& topic, auto act) {
        auto handle = [this, act](const std::string& payload) {
            for (const auto& [code, entry] : rooms_) {
                if (entry->room) act(*entry->room, payload);
            }
        };
        subscriptions_.push_back(powers_.bus.subscribe(topic, executor_, std::move(handle)));
    };
    on(topics::kAccountChanged, [](LiveRoom& room, const std::string& payload) {
        if (const auto user = UserId::parse(payload)) room.account_changed(*user);
    });
    on(topics::kAccountDeleted, [](LiveRoom& room, const std::string& payload) {
        if (const auto user = UserId::parse(payload)) room.account_deleted(*user);
    });
    on(topics::kVideoChanged, [](LiveRoom& room, const std::string& payload) {
        if (const auto video = VideoId::parse(payload)) room.video_changed(*video);
    });
    auto ended = [this](const std::string& payload) {
        const auto session = SessionId::parse(payload);
        if (!session) return;
        for (const auto& [code, entry] : rooms_) {
            if (entry->room) entry->room->session_ended(*session);
        }
        // Those on their way in are in no room yet.
        for (const auto& [serial, line] : std::map(lines_.begin(), lines_.end())) {
            if (line->notes.room != nullptr || line->grant.who.session != *session) continue;
            lines_.erase(serial);
            line->end(Ending::WhoAreYou);
        }
    };
    subscriptions_.push_back(
        powers_.bus.subscribe(topics::kSessionEnded, executor_, std::move(ended)));
    auto back = [this] {
        for (const auto& [code, entry] : rooms_) {
            if (entry->room) entry->room->bus_is_back();
        }
    };
    subscriptions_.push_back(powers_.bus.on_gap(executor_, std::move(back)));
}

void RoomShard::run(std::string name, net::awaitable<void> task) {
    tasks_.spawn(std::move(name), std::move(task));
}

void RoomShard::open(RoomLine& line) {
    if (draining_) return line.end(Ending::Restarting);
    line.notes.serial = ++last_serial_;
    lines_[line.notes.serial] = &line;
    silent_.emplace_back(powers_.clock.now() + rules_.hello_within, line.notes.serial);
    ensure_ticking();
}

void RoomShard::notice(const std::string& code, bool active) {
    const bool news = active ? notices_.insert(code).second : notices_.erase(code) > 0;
    if (!news || draining_) return;
    for (const auto& [room, entry] : rooms_) {
        if (entry->room) entry->room->tell_notice(code, active);
    }
}

void RoomShard::wake(const RoomCode& room) {
    if (!draining_ && !rooms_.contains(room)) tasks_.spawn("room.wake", bring_to_life(room));
}

net::awaitable<void> RoomShard::bring_to_life(RoomCode room) {
    const auto found = co_await live(room);
    if (found || found.error().code != ErrorCode::NotFound || powers_.spool == nullptr) co_return;
    std::vector<MessageId> nobodys;
    for (const ChatDraft& each : powers_.spool->waiting(room)) nobodys.push_back(each.message.id);
    powers_.spool->done(room, nobodys);
}

RoomLine* RoomShard::find(std::uint64_t serial) {
    const auto found = lines_.find(serial);
    return found == lines_.end() ? nullptr : found->second;
}

void RoomShard::hello(RoomLine& line, const Arrival& arrival) {
    if (find(line.notes.serial) == nullptr) return;
    line.notes.hello = true;
    tasks_.spawn("room.admit", admit(line.notes.serial, arrival));
}

void RoomShard::close(RoomLine& line, bool leaving) {
    lines_.erase(line.notes.serial);
    if (line.notes.room != nullptr) line.notes.room->drop(line, leaving);
}

net::awaitable<void> RoomShard::admit(std::uint64_t serial, Arrival arrival) {
    RoomLine* line = find(serial);
    if (line == nullptr) co_return;
    const JoinGrant grant = line->grant;
    const auto room = co_await live(grant.room);
    line = find(serial);
    if (line == nullptr) co_return;
    if (!room) {
        lines_.erase(serial);
        const bool missing = room.error().code == ErrorCode::NotFound;
        co_return line->end(missing ? Ending::NoSuchRoom : Ending::Overloaded);
    }
    const auto busy = (*room)->stay();
    // The ticket was good when it was made; a ban since then would not have reached this line.
    Result<std::optional<Ban>> ban = fail_unavailable("database", "it is away", 1s);
    if ((*room)->is_sure()) {
        ban = co_await powers_.rooms.ban_on(grant.room, grant.who.user, grant.address,
                                            powers_.clock.wall());
    }
    auto messages = co_await (*room)->messages_for(arrival.last_message);
    line = find(serial);
    if (line == nullptr) co_return;
    const bool banned = ban ? ban->has_value() : is_known_ban(grant);
    if (banned && grant.role != Role::Owner) {
        lines_.erase(serial);
        co_return line->end(Ending::Kicked);
    }
    let_in(*line, **room, arrival, std::move(messages).value_or(std::vector<ChatMessage>()));
}

/// While the store is away.
bool RoomShard::is_known_ban(const JoinGrant& grant) const {
    if (powers_.known == nullptr) return false;
    return powers_.known->ban_on(grant.room, grant.who.user, grant.address, powers_.clock.wall())
        .has_value();
}

void RoomShard::let_in(RoomLine& line, LiveRoom& room, const Arrival& arrival,
                       std::vector<ChatMessage> messages) {
    if (room.is_gone() || draining_) {
        lines_.erase(line.notes.serial);
        return line.end(room.is_gone() ? Ending::NoSuchRoom : Ending::Restarting);
    }
    // A ticket holds a place until it is used; several of the last ones may have been used at once.
    if (!room.has_place_for(line.grant.who.user)) {
        lines_.erase(line.notes.serial);
        return line.end(Ending::Overloaded);
    }
    room.enter(line, arrival.resume == line.grant.who.user, std::move(messages));
}

Async<> RoomShard::fetch(RoomCode room) {
    SW_CO_CHECK(co_await live(room, From::Peers));
    co_return Result<>();
}

std::optional<RoomCopy> RoomShard::copy(const RoomCode& room) {
    const auto found = rooms_.find(room);
    if (found == rooms_.end() || !found->second->room) return std::nullopt;
    return found->second->room->copy();
}

Async<std::shared_ptr<LiveRoom>> RoomShard::live(RoomCode code, From from) {
    if (draining_) co_return fail_unavailable("rooms", "the node is ending", 1s);
    auto& entry = rooms_[code];
    if (!entry) {
        entry = std::make_shared<Entry>(executor_);
        ensure_ticking();
        co_return co_await read(code, entry, from);
    }
    const std::shared_ptr<Entry> reading = entry;
    if (!reading->room && !reading->failed) {
        co_await reading->read.async_wait(net::as_tuple(net::use_awaitable));
    }
    if (reading->failed) co_return fail(*reading->failed);
    co_return reading->room;
}

Async<std::shared_ptr<LiveRoom>> RoomShard::read(RoomCode code, std::shared_ptr<Entry> entry,
                                                 From from) {
    // Before the reading: what changes meanwhile is heard.
    auto handle = [this, code](const std::string& payload) { heard(code, payload); };
    entry->notices = powers_.bus.subscribe(topics::room(code), executor_, std::move(handle));
    Result<std::shared_ptr<LiveRoom>> room = fail_unavailable("database", "it is away", 1s);
    if (from == From::Stores) room = co_await read_stores(code);
    if (!room && store_is_away(room.error()) && powers_.peers != nullptr) {
        auto theirs = co_await read_peers(code);
        if (theirs) room = std::move(theirs);
    }
    if (room) {
        entry->room = *room;
        for (const std::string& each : std::exchange(entry->early, {})) hear(**room, each);
    } else {
        entry->failed = room.error();
        rooms_.erase(code);
        if (room.error().code != ErrorCode::NotFound) {
            log::warning("room.not_read", {{"room", code.text()}, {"error", room.error().message}});
        }
    }
    entry->read.cancel();
    co_return room;
}

Async<std::shared_ptr<LiveRoom>> RoomShard::read_stores(RoomCode code) {
    SW_CO_TRY(auto listed, co_await powers_.rooms.find(code));
    RoomHost& host = *this;
    auto room = std::make_shared<LiveRoom>(std::move(listed), powers_, rules_, *speaker_, host);
    SW_CO_CHECK(co_await room->load());
    co_return room;
}

/// As another node has it.
Async<std::shared_ptr<LiveRoom>> RoomShard::read_peers(RoomCode code) {
    SW_CO_TRY(const std::string told, co_await powers_.peers->ask(kRoomKind, code.compact()));
    std::optional<RoomCopy> copy = parse_room_copy(told);
    if (!copy || copy->listed.room.code != code) {
        powers_.metrics.bad_peer_news.fetch_add(1);
        co_return fail_unavailable("peers", "what was told is no copy of the room", 1s);
    }
    RoomHost& host = *this;
    auto room = std::make_shared<LiveRoom>(copy->listed, powers_, rules_, *speaker_, host);
    SW_CO_CHECK(co_await room->load(std::move(copy)));
    // It asked who is there, at all nodes.
    co_await powers_.clock.sleep_until(powers_.clock.now() + kPeersAnswer);
    log::info("room.read_from_peer", {{"room", code.text()}});
    co_return room;
}

void RoomShard::heard(const RoomCode& code, const std::string& payload) {
    const auto found = rooms_.find(code);
    if (found == rooms_.end()) return;
    Entry& entry = *found->second;
    if (entry.room) {
        hear(*entry.room, payload);
    } else {
        // Of what is lost the newest says that something is missing.
        if (entry.early.size() == kMostEarly) entry.early.pop_front();
        entry.early.push_back(payload);
    }
}

void RoomShard::hear(LiveRoom& room, const std::string& payload) {
    if (is_peer_news(payload)) return room.heard_peer(payload);
    if (const auto notice = parse_room_notice(payload)) room.noticed(*notice);
}

Async<> RoomShard::shelve(Principal by, RoomCode room, VideoId video) {
    SW_CO_TRY(const auto live_room, co_await live(room));
    const auto busy = live_room->stay();
    auto start = [live_room, by = std::move(by), video](auto handler) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        auto settled =
            [waiting, executor = net::get_associated_executor(*waiting)](const Result<>& outcome) {
                net::post(executor, net::append(std::move(*waiting), outcome));
            };
        live_room->shelve(by, video, std::move(settled));
    };
    co_return co_await net::async_initiate<const net::use_awaitable_t<>, void(Result<>)>(
        std::move(start), net::use_awaitable);
}

void RoomShard::ensure_ticking() {
    if (std::exchange(ticking_, true)) return;
    tasks_.spawn("rooms.tick", tick_while_needed());
}

net::awaitable<void> RoomShard::tick_while_needed() {
    while (!lines_.empty() || !rooms_.empty()) {
        co_await powers_.clock.sleep_until(powers_.clock.now() + kTick);
        tick(powers_.clock.now());
    }
    silent_.clear();
    ticking_ = false;
}

void RoomShard::tick(Instant now) {
    powers_.time.discipline();
    while (!silent_.empty() && silent_.front().first <= now) {
        RoomLine* line = find(silent_.front().second);
        silent_.pop_front();
        if (line == nullptr || line->notes.hello) continue;
        lines_.erase(line->notes.serial);
        line->end(Ending::NoHello);
    }
    for (auto each = rooms_.begin(); each != rooms_.end();) {
        const auto here = each++;
        const std::shared_ptr<LiveRoom> room = here->second->room;
        if (!room) continue;
        if (!room->is_gone()) room->tick(now);
        if (room->is_gone()) dirty_.erase(here->first);
        const bool kept = !saving_ && !dirty_.contains(here->first);
        if (room->may_go(now) && (kept || room->is_gone())) rooms_.erase(here);
    }
    if (now - saved_at_ < kSaveEvery) return;
    saved_at_ = now;
    // Of a film that runs it must be known until when: its state alone does not say.
    for (const auto& [code, entry] : rooms_) {
        if (entry->room && entry->room->is_playing()) dirty_.insert(code);
    }
    if (!dirty_.empty()) start_saving();
}

void RoomShard::save(LiveRoom& room, Screening::Urgency urgency) {
    dirty_.insert(room.code());
    if (urgency == Screening::Urgency::Now) start_saving();
}

void RoomShard::start_saving() {
    save_again_ = true;
    if (std::exchange(saving_, true)) return;
    tasks_.spawn("rooms.save", save_dirty());
}

net::awaitable<void> RoomShard::save_dirty() {
    // What happens in one turn of the loop is saved together.
    co_await net::post(executor_, net::use_awaitable);
    while (std::exchange(save_again_, false)) {
        const std::set<RoomCode> saved = std::exchange(dirty_, {});
        std::vector<SavedPlayback> states;
        for (const RoomCode& code : saved) {
            const auto found = rooms_.find(code);
            if (found != rooms_.end() && found->second->room) {
                states.push_back(found->second->room->saved());
            }
        }
        if (states.empty()) continue;
        const auto done = co_await powers_.playback.save(std::move(states));
        if (done) continue;
        powers_.metrics.failed_saves.fetch_add(1);
        log::warning("rooms.not_saved", {{"error", done.error().message}});
        // The next tick tries again.
        for (const RoomCode& code : saved) dirty_.insert(code);
        break;
    }
    saving_ = false;
}

}  // namespace syncwatch
