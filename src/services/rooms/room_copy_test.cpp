#include "services/rooms/room_copy.h"

#include <gtest/gtest.h>

#include "harness/numbered.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

RoomCopy rich_copy() {
    RoomCopy copy;
    Room& room = copy.listed.room;
    room.code = RoomCode::parse("7K3F9-QZ0XM").value();
    room.name = "Film \"night\" 🎬";
    room.owner = numbered<UserId>(1);
    room.control = Control::Moderators;
    room.visibility = Visibility::Public;
    room.hold = Hold::Host;
    room.capacity = 7;
    room.password_hash = "$argon2id$v=19$…";
    room.created_at = from_micros(11);
    copy.listed.owner_name = "Ada";
    copy.staff = {{numbered<UserId>(1), Role::Owner, from_micros(12)},
                  {numbered<UserId>(2), Role::Moderator, from_micros(13)}};
    Ban ban;
    ban.user = numbered<UserId>(3);
    ban.address = "192.0.2.0/24";
    ban.until = from_micros(14);
    copy.bans = {ban, Ban()};
    ChatMessage message;
    message.id = numbered<MessageId>(4);
    message.by = numbered<UserId>(5);
    message.name = "Bo";
    message.text = "Hä?\n";
    message.reply_to = numbered<MessageId>(6);
    message.position = 1.5;
    message.sent_at = from_micros(15);
    copy.chat.kept = {message};
    copy.chat.last_kept = message.id;
    copy.chat.told_until = message.sent_at;
    ChatDraft draft;
    draft.message = message;
    draft.message.id = numbered<MessageId>(7);
    draft.request = "m1";
    draft.may_repeat = true;
    draft.repeats_since = from_micros(16);
    copy.chat.unkept = {draft};
    QueueItem item;
    item.id = numbered<ItemId>(8);
    item.video = numbered<VideoId>(9);
    item.added_by = numbered<UserId>(1);
    item.request = "q1";
    item.voters = {numbered<UserId>(5), numbered<UserId>(2)};
    copy.queue.queue.items = {item};
    copy.queue.version = 17;
    RoomFilm film;
    film.video = item.video;
    film.title = "Film";
    film.duration = 600;
    film.playable_until = 599.5;
    film.status = VideoStatus::Failed;
    film.progress = 0.5;
    film.error = VideoError{"damaged", "It is damaged"};
    film.master = "/media/T/master.m3u8";
    film.sprite = "/media/T/sprite.vtt";
    film.poster = "/media/T/poster.jpg";
    film.door_poster = "/media/D/poster.jpg";
    film.subtitles = {{"s1", "de", "Deutsch", "/media/T/subtitles/s1.vtt"}};
    film.paths_until = from_micros(18);
    copy.films = {film};
    SavedPlayback& saved = copy.playback.emplace();
    saved.room = room.code;
    saved.playback.item = item.id;
    saved.playback.video = item.video;
    saved.playback.paused = false;
    saved.playback.position = 12;
    saved.playback.at = from_micros(19);
    saved.playback.stamp = {20, 1, "n1"};
    saved.playback.by = numbered<UserId>(1);
    saved.held = true;
    saved.saved_at = from_micros(21);
    return copy;
}

TEST(RoomCopyTest, WhatIsToldIsWhatIsRead) {
    const RoomCopy copy = rich_copy();
    const auto read = parse_room_copy(text(copy));
    ASSERT_TRUE(read);
    const Room& room = read->listed.room;
    EXPECT_EQ(room.code, copy.listed.room.code);
    EXPECT_EQ(room.name, copy.listed.room.name);
    EXPECT_EQ(room.owner, copy.listed.room.owner);
    EXPECT_EQ(room.control, Control::Moderators);
    EXPECT_EQ(room.visibility, Visibility::Public);
    EXPECT_EQ(room.hold, Hold::Host);
    EXPECT_EQ(room.capacity, 7);
    EXPECT_EQ(room.password_hash, copy.listed.room.password_hash);
    EXPECT_EQ(read->listed.owner_name, "Ada");
    ASSERT_EQ(read->staff.size(), 2U);
    EXPECT_EQ(read->staff[1].role, Role::Moderator);
    EXPECT_EQ(read->staff[1].since, from_micros(13));
    ASSERT_EQ(read->bans.size(), 2U);
    EXPECT_EQ(read->bans[0].user, numbered<UserId>(3));
    EXPECT_EQ(read->bans[0].address, "192.0.2.0/24");
    EXPECT_EQ(read->bans[0].until, from_micros(14));
    EXPECT_FALSE(read->bans[1].user || read->bans[1].until);
    EXPECT_EQ(read->chat.kept, copy.chat.kept);
    EXPECT_EQ(read->chat.last_kept, copy.chat.last_kept);
    EXPECT_EQ(read->chat.told_until, copy.chat.told_until);
    ASSERT_EQ(read->chat.unkept.size(), 1U);
    EXPECT_EQ(read->chat.unkept[0].message, copy.chat.unkept[0].message);
    EXPECT_EQ(read->chat.unkept[0].request, "m1");
    EXPECT_EQ(read->queue.queue, copy.queue.queue);
    EXPECT_EQ(read->queue.version, 17);
    EXPECT_EQ(read->films, copy.films);
    EXPECT_EQ(read->playback, copy.playback);
    // Said again, it is the same to the letter: nothing is forgotten.
    EXPECT_EQ(text(*read), text(copy));
}

TEST(RoomCopyTest, ARoomInWhichNothingEverHappened) {
    RoomCopy copy;
    copy.listed.room.code = RoomCode::parse("7K3F9-QZ0XM").value();
    const auto read = parse_room_copy(text(copy));
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->playback);
    EXPECT_TRUE(read->chat.last_kept.is_nil());
}

TEST(RoomCopyTest, WhatIsDamagedOrOfAnotherVersionIsNone) {
    const std::string whole = text(rich_copy());
    for (std::size_t cut = 0; cut < whole.size(); cut += 7) {
        EXPECT_FALSE(parse_room_copy(std::string_view(whole).substr(0, cut)));
    }
    std::string newer = whole;
    newer.replace(newer.find("\"version\":1"), 11, "\"version\":2");
    EXPECT_FALSE(parse_room_copy(newer));
    std::string other = whole;
    other.replace(other.find("moderators"), 10, "astronauts");
    EXPECT_FALSE(parse_room_copy(other)) << "who may do what is not guessed";
    std::string vast = whole;
    vast.replace(vast.find("\"capacity\":7"), 12, "\"capacity\":4294967303");
    EXPECT_FALSE(parse_room_copy(vast)) << "cut to 32 bits it would be 7";
}

}  // namespace
}  // namespace syncwatch
