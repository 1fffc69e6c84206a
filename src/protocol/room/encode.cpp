#include "protocol/room/encode.h"

#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/json_text.h"
#include "protocol/room/client_frames.h"
#include "protocol/room/shapes.h"

namespace syncwatch::room_protocol {
namespace {

constexpr std::size_t kUsualBytes = 256;
constexpr std::size_t kMemberBytes = 200;

/// A frame in the making, `type` first.
JsonText begin(std::string_view type, std::size_t expected_bytes = kUsualBytes) {
    JsonText frame(expected_bytes);
    frame.open_object();
    frame.set("type", type);
    return frame;
}

std::string finish(JsonText& frame) {
    frame.close_object();
    return frame.take();
}

template <class Range, class Put>
void set_each(JsonText& frame, std::string_view name, const Range& range, Put put_one) {
    frame.name(name);
    frame.open_array();
    for (const auto& each : range) put_one(each);
    frame.close_array();
}

void set_members(JsonText& frame, std::string_view name, std::span<const Member* const> members) {
    set_each(frame, name, members, [&frame](const Member* each) { put(frame, *each); });
}

void set_queue(JsonText& frame, std::span<const ShownItem> queue) {
    set_each(frame, "queue", queue, [&frame](const ShownItem& each) { put(frame, each); });
}

template <class Shape, class... More>
boost::json::object as_json(const Shape& shape, More... more) {
    JsonText text(kUsualBytes);
    put(text, shape, more...);
    return boost::json::parse(text.take()).as_object();
}

}  // namespace

std::string encode_welcome(const Welcome& welcome) {
    JsonText frame = begin("welcome", 2048 + kMemberBytes * welcome.members.size());
    frame.set("protocol", kVersion);
    frame.name("you");
    put_you(frame, *welcome.you);
    frame.name("room");
    put(frame, *welcome.room, welcome.members.size());
    set_members(frame, "members", welcome.members);
    frame.name("playback");
    put(frame, *welcome.playback, welcome.hold);
    set_queue(frame, welcome.queue);
    set_each(frame, "messages", welcome.messages,
             [&frame](const ChatMessage& each) { put(frame, each, TimeForm::RoomTime); });
    set_each(frame, "ice", welcome.ice, [&frame](const IceServer& each) { put(frame, each); });
    frame.set("now_us", to_micros(welcome.now));
    return finish(frame);
}

std::string encode_clock(std::string_view t0, WallTime received, WallTime sent) {
    // The most frequent frame, and it holds numbers alone.
    return fmt::format(R"({{"type":"clock","t0":{},"t1":{},"t2":{}}})", t0, to_micros(received),
                       to_micros(sent));
}

std::string encode_playback(const Playback& playback, const Holds::Active* hold) {
    JsonText frame = begin("playback", 2 * kUsualBytes);
    frame.name("playback");
    put(frame, playback, hold);
    return finish(frame);
}

std::string encode_members(std::span<const Member* const> joined, std::span<const UserId> left,
                           std::span<const Member* const> changed) {
    JsonText frame =
        begin("members", kUsualBytes + kMemberBytes * (joined.size() + changed.size()));
    set_members(frame, "joined", joined);
    set_each(frame, "left", left, [&frame](const UserId& each) { frame.value(each); });
    set_members(frame, "changed", changed);
    return finish(frame);
}

std::string encode_queue(std::span<const ShownItem> queue) {
    JsonText frame = begin("queue", 3 * kUsualBytes * (queue.size() + 1));
    set_queue(frame, queue);
    return finish(frame);
}

std::string encode_room(const Room& room, std::size_t present) {
    JsonText frame = begin("room", 2 * kUsualBytes);
    frame.name("room");
    put(frame, room, present);
    return finish(frame);
}

std::string encode_chat(const ChatMessage& message) {
    JsonText frame = begin("chat", kUsualBytes + message.text.size());
    frame.name("message");
    put(frame, message, TimeForm::RoomTime);
    return finish(frame);
}

std::string encode_react(UserId by, std::string_view name, std::string_view emoji,
                         std::optional<double> position) {
    JsonText frame = begin("react");
    frame.set("by", by);
    frame.set("name", name);
    frame.set("emoji", emoji);
    frame.set("position", position);
    return finish(frame);
}

std::string encode_voice(UserId member, const VoiceState& state) {
    JsonText frame = begin("voice");
    frame.set("member", member);
    frame.name("state");
    put(frame, state);
    return finish(frame);
}

std::string encode_signal(UserId from, std::string_view data) {
    JsonText frame = begin("signal", kUsualBytes + data.size());
    frame.set("from", from);
    frame.name("data");
    frame.json(data);
    return finish(frame);
}

std::string encode_ack(std::string_view id, std::optional<MessageId> message) {
    JsonText frame = begin("ack");
    frame.set("id", id);
    if (message) frame.set("message", *message);
    return finish(frame);
}

std::string encode_error(std::string_view id, std::string_view code, std::string_view message) {
    JsonText frame = begin("error");
    if (!id.empty()) frame.set("id", id);
    frame.set("code", code);
    frame.set("message", message);
    return finish(frame);
}

std::string encode_notice(std::string_view code, bool active, std::string_view message) {
    JsonText frame = begin("notice");
    frame.set("code", code);
    frame.set("active", active);
    frame.set("message", message);
    return finish(frame);
}

std::string encode_goodbye(std::string_view reason, std::chrono::milliseconds retry) {
    JsonText frame = begin("goodbye");
    frame.set("reason", reason);
    frame.set("retry_ms", std::int64_t{retry.count()});
    return finish(frame);
}

boost::json::object message_json(const ChatMessage& message, TimeForm form) {
    return as_json(message, form);
}

boost::json::object ice_server_json(const IceServer& server) {
    return as_json(server);
}

}  // namespace syncwatch::room_protocol
