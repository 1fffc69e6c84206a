#include "adapters/sql_live_rooms/sql_chat_store.h"

#include <algorithm>
#include <utility>

#include "adapters/sql_live_rooms/room_rows.h"

namespace syncwatch::sql {
namespace {

using namespace std::chrono_literals;

#define SW_MESSAGE_SELECT \
    "SELECT id, author, name, text, reply_to, position, sent_at FROM room_messages"

ChatMessage message_from(const Row& row) {
    ChatMessage message;
    message.id = row.id<MessageId>(0);
    message.by = row.id<UserId>(1);
    message.name = row.text(2);
    message.text = row.text(3);
    message.reply_to = row.optional_id<MessageId>(4);
    message.position = row.optional_real(5);
    message.sent_at = row.time(6);
    return message;
}

/// What was kept when the draft, or the one it repeats, came before.
Result<std::optional<ChatMessage>> kept(Connection& db, const RoomCode& room,
                                        const ChatDraft& draft) {
    SW_TRY(auto same, db.query_one(SW_MESSAGE_SELECT " WHERE id = ? AND room = ?", message_from,
                                   draft.message.id, room.compact()));
    if (same || !draft.may_repeat) return same;
    return db.query_one(SW_MESSAGE_SELECT
                        " WHERE room = ? AND author = ? AND request = ? AND text = ?"
                        " AND sent_at >= ?"
                        " ORDER BY sent_at DESC LIMIT 1",
                        message_from, room.compact(), draft.message.by, draft.request,
                        draft.message.text, draft.repeats_since);
}

/// The newest there is.
struct Newest {
    MessageId id;
    WallTime sent_at{};
};

Result<ChatMessage> keep(Connection& db, const RoomCode& room, const ChatDraft& draft,
                         std::optional<Newest>& newest) {
    SW_TRY(auto before, kept(db, room, draft));
    if (before) return *std::move(before);
    ChatMessage message = draft.message;
    if (newest) message.sent_at = std::max(message.sent_at, newest->sent_at + 1us);
    newest = Newest{message.id, message.sent_at};
    SW_CHECK(
        db.run("INSERT INTO room_messages (id, room, sent_at, author, name, text, reply_to,"
               " position, request) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
               message.id, room.compact(), message.sent_at, message.by, message.name, message.text,
               message.reply_to, message.position, draft.request));
    return message;
}

/// From one more than `limit`, the newest first.
ChatPage page_from(std::vector<ChatMessage> newest_first, int limit) {
    ChatPage page;
    page.more = newest_first.size() > static_cast<std::size_t>(limit);
    if (page.more) newest_first.pop_back();
    std::ranges::reverse(newest_first);
    page.messages = std::move(newest_first);
    return page;
}

Result<std::optional<WallTime>> time_of(Connection& db, const RoomCode& room, MessageId id) {
    return db.query_one(
        "SELECT sent_at FROM room_messages WHERE id = ? AND room = ?",
        [](const Row& row) { return row.time(0); }, id, room.compact());
}

}  // namespace

Async<KeptChat> SqlChatStore::append(RoomCode room, std::vector<ChatDraft> drafts) {
    auto work = [room, drafts = std::move(drafts)](Connection& db) -> Result<KeptChat> {
        SW_CHECK(check_room(db, room));
        // Two nodes that do this at once cannot both have read the same: the transactions are
        // serializable.
        SW_TRY(auto newest, db.query_one(
                                "SELECT id, sent_at FROM room_messages WHERE room = ?"
                                " ORDER BY sent_at DESC, id DESC LIMIT 1",
                                [](const Row& row) {
                                    return Newest{row.id<MessageId>(0), row.time(1)};
                                },
                                room.compact()));
        KeptChat stored;
        if (newest) stored.newest_before = newest->id;
        for (const ChatDraft& draft : drafts) {
            SW_TRY(auto message, keep(db, room, draft, newest));
            stored.messages.push_back(std::move(message));
        }
        return stored;
    };
    co_return co_await database_.write(std::move(work));
}

Async<ChatPage> SqlChatStore::before(RoomCode room, std::optional<MessageId> before, int limit) {
    auto work = [room, before, limit](Connection& db) -> Result<ChatPage> {
        std::optional<WallTime> until;
        if (before) {
            SW_TRY(until, time_of(db, room, *before));
            if (!until) return ChatPage();
        }
        SW_TRY(auto found, db.query(SW_MESSAGE_SELECT
                                    " WHERE room = ? AND sent_at < coalesce(?, 9223372036854775807)"
                                    " ORDER BY sent_at DESC, id DESC LIMIT ?",
                                    message_from, room.compact(), until, limit + 1));
        return page_from(std::move(found), limit);
    };
    co_return co_await database_.read(std::move(work));
}

Async<ChatPage> SqlChatStore::after(RoomCode room, MessageId after, int limit) {
    auto work = [room, after, limit](Connection& db) -> Result<ChatPage> {
        SW_TRY(const auto since, time_of(db, room, after));
        SW_TRY(auto found, db.query(SW_MESSAGE_SELECT
                                    " WHERE room = ? AND sent_at > coalesce(?, CAST(-1 AS BIGINT))"
                                    " ORDER BY sent_at DESC, id DESC LIMIT ?",
                                    message_from, room.compact(), since, limit + 1));
        return page_from(std::move(found), limit);
    };
    co_return co_await database_.read(std::move(work));
}

}  // namespace syncwatch::sql
