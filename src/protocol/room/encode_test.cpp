#include "protocol/room/encode.h"

#include <cmath>
#include <limits>
#include <map>

#include <gtest/gtest.h>

#include "harness/golden_frames.h"

namespace syncwatch::room_protocol {
namespace {

namespace json = boost::json;

template <class IdType>
IdType id(std::string_view text) {
    return IdType::parse(text).value();
}
const UserId kAda = id<UserId>("01939f2e-6f00-7000-8000-000000000001");
const UserId kBo = id<UserId>("01939f2e-6f00-7000-8000-000000000002");
const VideoId kVideo = id<VideoId>("01939f2e-7000-7abc-8def-0123456789ab");
const VideoId kOtherVideo = id<VideoId>("01939f2e-7001-7abc-8def-0123456789ab");
const ItemId kItem = id<ItemId>("01939f2e-7100-7abc-8def-0123456789ab");
const ItemId kOtherItem = id<ItemId>("01939f2e-7200-7abc-8def-0123456789ab");
const MessageId kMessage = id<MessageId>("01939f2e-8000-7abc-8def-0123456789ab");
const MessageId kReply = id<MessageId>("01939f2e-8100-7abc-8def-0123456789ab");
constexpr std::int64_t kNow = 1763887330000000;
const std::string kMedia = "/media/TOKEN/01939f2e-7000-7abc-8def-0123456789ab/";

/// The values that the goldens were written from.
struct World {
    World() {
        ada = {kAda, "Ada", UserKind::User, Role::Owner, true, MemberState::Playing, 0.4, {}};
        bo = {kBo,
              "Bo 🎬",
              UserKind::Guest,
              Role::Viewer,
              false,
              MemberState::Joining,
              {},
              VoiceState{true, false, false}};
        room.code = RoomCode::parse("7K3QX9ZT0B").value();
        room.name = "Friday film";
        room.owner = kAda;
        room.created_at = parse_rfc3339("2025-11-23T08:42:10Z").value();
        playing.item = kItem;
        playing.video = kVideo;
        playing.paused = false;
        playing.position = 12.5;
        playing.at = from_micros(kNow);
        playing.stamp = {kNow, 0, "n1"};
        playing.by = kAda;
        nothing.at = from_micros(kNow);
        nothing.stamp = {kNow, 0, "n1"};
        item = {kItem, kVideo, kAda, "", {kAda, kBo}};
        film.video = kVideo;
        film.title = "Big Buck Bunny";
        film.duration = 596.458;
        film.playable_until = 64;
        film.status = VideoStatus::Transcoding;
        film.master = kMedia + "master.m3u8";
        film.sprite = kMedia + "sprite.vtt";
        film.poster = kMedia + "poster.jpg";
        other_item = {kOtherItem, kVideo, kBo, "", {}};
        other_film.video = kVideo;
        other_film.title = "holiday.mov";
        other_film.status = VideoStatus::Probing;
        said = {kMessage,
                kAda,
                "Ada",
                "watch the squirrel 12:34\n👀",
                {},
                12.5,
                from_micros(kNow + 1000)};
        reply = {kReply, kBo, "Bo 🎬", "ha", kMessage, {}, from_micros(kNow + 2000)};
    }
    std::vector<ShownItem> queue() const { return {{&item, &film}, {&other_item, &other_film}}; }

    Member ada, bo;
    Room room;
    Playback playing, nothing;
    QueueItem item, other_item;
    RoomFilm film, other_film;
    ChatMessage said, reply;
};

std::string welcome(const World& w) {
    const std::vector<ChatMessage> messages{w.said, w.reply};
    const std::vector<IceServer> ice{
        {{"turn:127.0.0.1:3478?transport=udp"}, "1763890930:guest", "c2VjcmV0"}};
    return encode_welcome({&w.bo,
                           &w.room,
                           {&w.ada, &w.bo},
                           &w.playing,
                           nullptr,
                           w.queue(),
                           messages,
                           ice,
                           from_micros(kNow + 5000)});
}

std::string welcome_alone(World w) {
    w.ada.state = MemberState::Joining;
    w.ada.drift_ms.reset();
    return encode_welcome(
        {&w.ada, &w.room, {&w.ada}, &w.nothing, nullptr, {}, {}, {}, from_micros(kNow)});
}

std::string playback_held(World w) {
    w.playing.paused = true;
    w.playing.by.reset();
    w.playing.stamp.wall_us = kNow + 1'000'000;
    const Holds::Active hold{from_micros(kNow), from_micros(kNow + 5'000'000), {kBo}};
    return encode_playback(w.playing, &hold);
}

std::string playback_seek(World w) {
    w.playing.position = 300.25;
    w.playing.at = from_micros(kNow + 120'000);
    w.playing.stamp.counter = 1;
    return encode_playback(w.playing, nullptr);
}

std::string members_joined(const World& w) {
    const Member* joined[] = {&w.bo};
    return encode_members(joined, {}, {});
}

std::string members_changed(World w) {
    w.ada.state = MemberState::Buffering;
    w.ada.drift_ms = -120.5;
    const Member* changed[] = {&w.ada};
    return encode_members({}, {}, changed);
}

std::string members_left() {
    const UserId left[] = {kBo};
    return encode_members({}, left, {});
}

std::string queue_making(World w) {
    w.film.progress = 0.25;
    w.film.sprite.clear();
    const std::string subtitles = "01939f2e-7300-7abc-8def-0123456789ab";
    w.film.subtitles = {{subtitles, "en", "English", kMedia + "subtitles/" + subtitles + ".vtt"}};
    w.other_item.video = kOtherVideo;
    w.other_film.status = VideoStatus::Failed;
    w.other_film.error = VideoError{"no_video", "There is no picture in this file."};
    return encode_queue(w.queue());
}

std::string room_host_only(World w) {
    w.room.control = Control::Host;
    w.room.hold = Hold::None;
    return encode_room(w.room, 2);
}

/// What we say, by the name of the golden that says the same.
std::map<std::string, std::string> said() {
    const World w;
    return {
        {"welcome", welcome(w)},
        {"welcome.empty-room", welcome_alone(w)},
        {"clock", encode_clock("1234567", from_micros(kNow), from_micros(kNow + 40))},
        {"playback", encode_playback(w.playing, nullptr)},
        {"playback.held", playback_held(w)},
        {"playback.nothing-on", encode_playback(w.nothing, nullptr)},
        {"playback.scheduled-seek", playback_seek(w)},
        {"members", members_joined(w)},
        {"members.changed", members_changed(w)},
        {"members.left", members_left()},
        {"queue", encode_queue(w.queue())},
        {"queue.empty", encode_queue({})},
        {"queue.making", queue_making(w)},
        {"room", room_host_only(w)},
        {"chat", encode_chat(w.said)},
        {"chat.reply", encode_chat(w.reply)},
        {"react", encode_react(kAda, "Ada", "🔥", 12.5)},
        {"voice", encode_voice(kBo, {true, true, false})},
        {"signal", encode_signal(kBo, R"({"kind":"offer","sdp":"v=0\r\n"})")},
        {"ack", encode_ack("c7", {})},
        {"ack.chat", encode_ack("m1", kMessage)},
        {"error", encode_error("c7", "forbidden", "Only the host may do this.")},
        {"error.without-id", encode_error({}, "invalid", "That frame was not understood.")},
        {"notice",
         encode_notice("database_degraded", true, "Chat is being saved and will be sent.")},
        {"goodbye", encode_goodbye("draining", std::chrono::milliseconds(250))},
    };
}

bool is_nothing(const json::value& value) {
    return value.is_null() || (value.is_array() && value.get_array().empty());
}

/// The same values; what a golden leaves out may be there and say nothing. A time of day may have
/// more digits.
bool same(const json::value& golden, const json::value& ours, const std::string& where) {
    if (golden.is_number() && ours.is_number()) {
        return golden.to_number<double>() == ours.to_number<double>();
    }
    if (golden.is_array() && ours.is_array()) {
        const json::array& a = golden.get_array();
        const json::array& b = ours.get_array();
        if (a.size() != b.size()) return false;
        for (std::size_t i = 0; i < a.size(); ++i) {
            if (!same(a[i], b[i], where)) return false;
        }
        return true;
    }
    if (golden.is_object() && ours.is_object()) {
        for (const auto& [name, value] : golden.get_object()) {
            const json::value* other = ours.get_object().if_contains(name);
            if (other == nullptr || !same(value, *other, std::string(name))) return false;
        }
        for (const auto& [name, value] : ours.get_object()) {
            if (!golden.get_object().contains(name) && !is_nothing(value)) return false;
        }
        return true;
    }
    if (where == "created_at") {
        return parse_rfc3339(golden.as_string()).value() == parse_rfc3339(ours.as_string()).value();
    }
    return golden == ours;
}

TEST(EncodeTest, WeSayWhatTheGoldenMessagesSay) {
    std::map<std::string, std::string> ours = said();
    for (const Golden& golden : goldens("server")) {
        if (!golden.valid) continue;
        ASSERT_TRUE(ours.contains(golden.name)) << "nothing is encoded like " << golden.name;
        EXPECT_TRUE(same(golden.frame, json::parse(ours[golden.name]), ""))
            << golden.name << ": " << ours[golden.name];
        ours.erase(golden.name);
    }
    for (const auto& [name, text] : ours) ADD_FAILURE() << "no golden message for " << name;
}

TEST(EncodeTest, TheTypeComesFirst) {
    for (const auto& [name, text] : said()) {
        EXPECT_TRUE(text.starts_with(R"({"type":")" + name.substr(0, name.find('.')) + "\""))
            << text;
    }
}

TEST(EncodeTest, WhatIsNoNumberIsNull) {
    World w;
    w.ada.drift_ms = std::numeric_limits<double>::quiet_NaN();
    const Member* changed[] = {&w.ada};
    const json::value frame = json::parse(encode_members({}, {}, changed));
    EXPECT_TRUE(frame.at("changed").at(0).at("drift_ms").is_null());
}

TEST(EncodeTest, TextIsEscaped) {
    const std::string nasty = "\"\\\n\x01</script>\u2028";
    const json::value frame = json::parse(encode_react(kAda, nasty, "🔥", {}));
    EXPECT_EQ(frame.at("name").as_string(), nasty);
}

TEST(EncodeTest, AMessageInHttpSaysTheTimeOfDay) {
    const World w;
    const json::object message = message_json(w.said, TimeForm::Rfc3339);
    EXPECT_EQ(message.at("sent_at").as_string(), "2025-11-23T08:42:10.001Z");
}

}  // namespace
}  // namespace syncwatch::room_protocol
