// The part of LiveRoom where people talk and choose films: chat, reactions, the queue.
#include <cmath>
#include <span>
#include <string>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/digest.h"
#include "domain/room/rights.h"
#include "services/rooms/live_room.h"

namespace syncwatch {
namespace {

/// The same words under the same id are the same message, if no more time lies between.
constexpr auto kRepeatedWithin = std::chrono::minutes(10);

/// The same whenever the request comes again, which a UUID of version 7 says by itself. Any other
/// request has the time of the tenth minute before it, so that one that is used anew later is
/// another message; repeated across that minute it has two ids, and only the store sees that.
WallTime made_at(const std::string& request, WallTime now) {
    const auto uuid = Uuid::parse(request);
    const auto made = uuid ? uuid->made_at() : std::nullopt;
    return made ? *made : now - now.time_since_epoch() % kRepeatedWithin;
}

/// The same for whatever counts as the same message, at every node: where two of them take it, as
/// its author heard of neither, people see it once.
MessageId id_of(const RoomCode& room, UserId by, const std::string& request,
                const std::string& text, WallTime now) {
    const std::string all =
        room.compact() + by.text() + std::to_string(request.size()) + ' ' + request + text;
    const Sha256Sum sum = sha256(as_bytes(all));
    const std::span<const std::uint8_t, 10> random(sum.data(), 10);
    return MessageId{Uuid::make_v7(made_at(request, now), random)};
}

}  // namespace

void LiveRoom::chat(RoomLine& line, const std::string& id, std::string text,
                    std::optional<MessageId> reply_to) {
    Present& member = *line.notes.member;
    ChatDraft draft;
    bool may_be_said = false;
    if (!begin(line, id, member.chat, rules_.chat, &may_be_said)) return;
    // Before a restart anybody may have said it, also who does not say that they dropped.
    draft.may_repeat = true;
    if (!may_be_said) draft.repeats_since = powers_.time.now() - kRepeatedWithin;
    const UserId user = member.shown.id;
    auto valid = valid_chat_text(std::move(text));
    if (!valid) return settle(user, id, fail(valid.error()));
    ChatMessage& message = draft.message;
    message.by = user;
    message.name = member.shown.name;
    message.text = *std::move(valid);
    message.id = id_of(room_.code, user, id, message.text, powers_.time.now());
    if (reply_to && !reply_to->is_nil()) message.reply_to = reply_to;
    if (screening_.playback().is_on()) {
        message.position = screening_.position_at(powers_.time.now());
    }
    draft.request = id;
    if (const auto taken = chat_.say(std::move(draft)); !taken) return settle(user, id, taken);
    work_on_chat();
}

void LiveRoom::work_on_chat() {
    if (chat_.has_to_spool() && !std::exchange(chat_spools_, true)) {
        auto spool = [](LiveRoom* room) -> net::awaitable<void> {
            co_await room->chat_.spool();
            room->chat_spools_ = false;
        };
        spawn("room.spool", spool(this));
    }
    if (!chat_.has_work() || std::exchange(chat_works_, true)) return;
    auto work = [](LiveRoom* room) -> net::awaitable<void> {
        co_await room->chat_.work();
        room->chat_works_ = false;
        // The store is away: what waits need not wait for the next look at the clock.
        if (room->chat_.has_to_spool()) room->work_on_chat();
    };
    spawn("room.chat", work(this));
}

void LiveRoom::chat_settled(const ChatDraft& draft, const Result<MessageId>& outcome) {
    Answers::Answer answer;
    if (outcome) {
        answer.message = *outcome;
        powers_.metrics.chat_messages.fetch_add(1);
    } else {
        answer.error = outcome.error();
    }
    settle(draft.message.by, draft.request, answer);
}

void LiveRoom::chat_told(const ChatMessage& message) {
    speaker_.chat(*audience_, message);
}

void LiveRoom::chat_kept(const KeptChat& kept) {
    peer_speaker_.chat(kept);
}

void LiveRoom::chat_spooled(const std::vector<ChatDraft>& drafts) {
    peer_speaker_.spooled(drafts);
}

void LiveRoom::store_worked(bool works) {
    if (degraded_ == !works) return;
    degraded_ = !works;
    speaker_.notice(*audience_, "database_degraded", degraded_);
}

void LiveRoom::tell_notice(const std::string& code, bool active) {
    speaker_.notice(*audience_, code, active);
}

Result<> LiveRoom::react(RoomLine& line, std::string emoji, std::optional<double> position) {
    Present& member = *line.notes.member;
    if (!member.reactions.take(rules_.reactions, powers_.clock.now())) {
        return fail(ErrorCode::Exhausted, "too many reactions");
    }
    SW_TRY(const std::string valid, valid_reaction(std::move(emoji)));
    powers_.metrics.reactions.fetch_add(1);
    speaker_.reaction(*audience_, member.shown, valid, position);
    if (!peer_speaker_.reaction({member.shown.id, valid, position})) return {};
    // What is said in one turn of the loop is one message to the other nodes: a message costs them
    // and us about as much as writing to ten people.
    auto tell = [](PeerSpeaker* speaker) -> net::awaitable<void> {
        co_await net::post(net::use_awaitable);
        speaker->reactions_now();
    };
    spawn("room.reactions", tell(&peer_speaker_));
    return {};
}

Result<> LiveRoom::check_queue_change(const RoomLine& line, const RoomQueue::Change& change) const {
    using Op = RoomQueue::Change::Op;
    const Member& who = line.notes.member->shown;
    if (change.op == Op::Vote || may_control(room_.control, standing(line), who.host)) return {};
    const QueueItem* item = queue_.queue().find(change.item);
    if (change.op == Op::Remove && item != nullptr && item->added_by == who.id) return {};
    return fail(ErrorCode::Forbidden, "may not change the queue of this room");
}

void LiveRoom::change_queue(RoomLine& line, const std::string& id, RoomQueue::Change change) {
    if (!begin(line, id, &change.may_be_done)) return;
    change.may_be_done = change.may_be_done || change.op == RoomQueue::Change::Op::Add;
    const UserId user = line.grant.who.user;
    Result<> taken = check_queue_change(line, change);
    if (taken) {
        change.by = line.grant.who;
        change.request = id;
        taken = queue_.enqueue(std::move(change));
    }
    if (!taken) return settle(user, id, taken);
    work_on_queue();
}

void LiveRoom::shelve(Principal by, VideoId video, std::function<void(const Result<>&)> settled) {
    const Role role = by.admin ? Role::Owner : roster_.role_of(by.user);
    const bool here = role != Role::Viewer || roster_.find(by.user) != nullptr;
    if (!here || !may_control(room_.control, role, roster_.host() == by.user)) {
        return settled(fail(ErrorCode::Forbidden, "may not change the queue of this room"));
    }
    RoomQueue::Change change;
    change.op = RoomQueue::Change::Op::Add;
    change.by = std::move(by);
    change.video = video;
    change.settled = settled;
    if (const auto taken = queue_.enqueue(std::move(change)); !taken) return settled(taken);
    work_on_queue();
}

void LiveRoom::work_on_queue() {
    if (std::exchange(queue_works_, true)) return;
    auto work = [](LiveRoom* room) -> net::awaitable<void> {
        co_await room->queue_.work();
        room->queue_works_ = false;
    };
    spawn("room.queue", work(this));
}

void LiveRoom::work_on_films() {
    if (!queue_.has_films_to_read() || std::exchange(films_work_, true)) return;
    auto work = [](LiveRoom* room) -> net::awaitable<void> {
        co_await room->queue_.read_films();
        room->films_work_ = false;
        if (room->queue_.has_work()) room->work_on_queue();
    };
    spawn("room.films", work(this));
}

void LiveRoom::queue_settled(const RoomQueue::Change& change, const Result<>& outcome) {
    if (!change.request.empty()) settle(change.by.user, change.request, outcome);
}

void LiveRoom::queue_changed(const Queue& before, bool ours) {
    if (const auto video = screening_.playback().video) {
        screening_.set_film(queue_.extent_of(*video));
    }
    fit_film_to_queue(before);
    queue_.expect(screening_.playback());
    speaker_.queue(*audience_, queue_.shown());
    if (ours) peer_speaker_.summary();
    tell_playback();
}

void LiveRoom::films_changed() {
    if (const auto video = screening_.playback().video) {
        screening_.set_film(queue_.extent_of(*video));
        screening_.tick(moment());
    }
    queue_.expect(screening_.playback());
    speaker_.queue(*audience_, queue_.shown());
    tell_playback();
}

void LiveRoom::video_changed(VideoId video) {
    queue_.look_again(video);
    work_on_films();
}

}  // namespace syncwatch
