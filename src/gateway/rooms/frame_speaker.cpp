#include "gateway/rooms/frame_speaker.h"

#include <algorithm>

#include "base/log/log.h"
#include "gateway/rooms/deliveries.h"
#include "gateway/rooms/frame_audience.h"
#include "gateway/rooms/room_session.h"
#include "protocol/room/codes.h"
#include "protocol/room/encode.h"

namespace syncwatch::room_gateway {
namespace {

using websocket::Delivery;

bool is_empty(const RoomAudience& audience) {
    return static_cast<const FrameAudience&>(audience).size() == 0;
}

std::vector<room_protocol::ShownItem> shown_items(std::span<const RoomSpeaker::Shown> queue) {
    std::vector<room_protocol::ShownItem> out;
    out.reserve(queue.size());
    for (const auto& each : queue) out.push_back({each.item, each.film});
    return out;
}

std::string notice_text(std::string_view code, bool active) {
    const auto entries = room_protocol::notices();
    const auto found = std::ranges::find(entries, code, &room_protocol::NoticeEntry::code);
    std::string_view message;
    if (found != entries.end()) message = active ? found->began : found->ended;
    return room_protocol::encode_notice(code, active, message);
}

}  // namespace

std::unique_ptr<RoomAudience> FrameSpeaker::gather() {
    return std::make_unique<FrameAudience>();
}

void FrameSpeaker::say(RoomAudience& to, const std::string& text, Delivery delivery) {
    auto& audience = static_cast<FrameAudience&>(to);
    metrics_.frames_out.fetch_add(audience.size(), std::memory_order_relaxed);
    audience.send(websocket::frame_text(text), delivery);
}

void FrameSpeaker::say(RoomLine& to, const std::string& text) {
    metrics_.frames_out.fetch_add(1, std::memory_order_relaxed);
    static_cast<RoomSession&>(to).transmit(websocket::frame_text(text), Delivery::ordered());
}

void FrameSpeaker::welcome(RoomLine& to, const Welcome& welcome) {
    room_protocol::Welcome frame;
    frame.you = &welcome.you;
    frame.room = &welcome.room;
    frame.members = welcome.members;
    frame.playback = &welcome.playback;
    frame.hold = welcome.hold;
    frame.queue = shown_items(welcome.queue);
    frame.messages = welcome.messages;
    frame.ice = welcome.ice;
    frame.now = welcome.now;
    say(to, room_protocol::encode_welcome(frame));
}

void FrameSpeaker::playback(RoomAudience& to, const Playback& playback, const Holds::Active* hold) {
    if (is_empty(to)) return;
    say(to, room_protocol::encode_playback(playback, hold), kPlaybackDelivery);
}

void FrameSpeaker::members(RoomAudience& to, const MembersNews& news) {
    if (is_empty(to)) return;
    say(to, room_protocol::encode_members(news.joined, news.left, news.changed),
        news.only_drift ? kDriftDelivery : Delivery::ordered());
}

void FrameSpeaker::queue(RoomAudience& to, std::span<const Shown> queue) {
    if (is_empty(to)) return;
    say(to, room_protocol::encode_queue(shown_items(queue)), kQueueDelivery);
}

void FrameSpeaker::room(RoomAudience& to, const Room& room, std::size_t present) {
    if (is_empty(to)) return;
    say(to, room_protocol::encode_room(room, present), kRoomDelivery);
}

void FrameSpeaker::chat(RoomAudience& to, const ChatMessage& message) {
    if (is_empty(to)) return;
    say(to, room_protocol::encode_chat(message));
}

void FrameSpeaker::reaction(RoomAudience& to, const Member& by, std::string_view emoji,
                            std::optional<double> position) {
    say(to, room_protocol::encode_react(by.id, by.name, emoji, position));
}

void FrameSpeaker::voice(RoomAudience& to, UserId member, const VoiceState& state) {
    say(to, room_protocol::encode_voice(member, state));
}

void FrameSpeaker::signal(Lines to, UserId from, std::string_view data) {
    const websocket::SharedFrame frame =
        websocket::frame_text(room_protocol::encode_signal(from, data));
    metrics_.frames_out.fetch_add(to.size(), std::memory_order_relaxed);
    for (RoomLine* each : to) {
        static_cast<RoomSession*>(each)->transmit(frame, Delivery::ordered());
    }
}

void FrameSpeaker::ack(RoomLine& to, std::string_view id, std::optional<MessageId> message) {
    say(to, room_protocol::encode_ack(id, message));
}

void FrameSpeaker::refusal(RoomLine& to, std::string_view id, const Error& why) {
    const auto words = room_protocol::words_of(why);
    if (why.code == ErrorCode::Internal || why.code == ErrorCode::Corrupt) {
        log::error("room.request_failed", {{"code", words.code}, {"error", why.message}});
    }
    say(to, room_protocol::encode_error(id, words.code, words.message));
}

void FrameSpeaker::notice(RoomAudience& to, std::string_view code, bool active) {
    say(to, notice_text(code, active));
}

void FrameSpeaker::notice(RoomLine& to, std::string_view code, bool active) {
    say(to, notice_text(code, active));
}

void FrameSpeaker::goodbye(RoomLine& to, std::chrono::milliseconds retry) {
    say(to, room_protocol::encode_goodbye("draining", retry));
}

}  // namespace syncwatch::room_gateway
