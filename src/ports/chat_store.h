#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/async/async.h"
#include "domain/chat/chat.h"
#include "domain/room/room_code.h"

namespace syncwatch {

/// A message on its way into the store.
struct ChatDraft {
    ChatMessage message;
    std::string request;  ///< The id that its author gave it; with `message.by` it names it, too.
    /// The author may have sent it before without hearing of it: then it must not be kept twice.
    bool may_repeat = false;
    WallTime repeats_since{};  ///< Only what was kept since then counts as the same.
};

/// A piece of a room's chat, the newest last.
struct ChatPage {
    std::vector<ChatMessage> messages;
    bool more = false;  ///< Older ones lie before the first of these.
};

/// What append() did.
struct KeptChat {
    /// As they are kept, in the order of the drafts.
    std::vector<ChatMessage> messages;
    /// The newest that was there before them; nil: none. Whoever told that one last missed nothing.
    MessageId newest_before;
};

/// What was said in rooms. Words stay when their author is gone, under the name they had. All fail
/// with Unavailable (component "database"). All pass tests/contract/chat_store_contract.h.
class ChatStore {
public:
    virtual ~ChatStore() = default;

    /// Keeps messages, all or none, durable when it returns; gives them as they are kept: for one
    /// that is there already (by its id; where it may be repeated by author, request and text,
    /// too), what was kept then. A new one's time is later than that of all others in the room,
    /// whatever the clocks of those who say it: the order of times is the order in which messages
    /// became durable. Errors: NotFound (the room, reason "no_such_room").
    virtual Async<KeptChat> append(RoomCode room, std::vector<ChatDraft> drafts) = 0;
    /// The newest `limit` before `before`; nullopt: of all. An unknown `before`: none.
    virtual Async<ChatPage> before(RoomCode room, std::optional<MessageId> before, int limit) = 0;
    /// The newest `limit` after `after`. An unknown `after`: of all.
    virtual Async<ChatPage> after(RoomCode room, MessageId after, int limit) = 0;
};

}  // namespace syncwatch
