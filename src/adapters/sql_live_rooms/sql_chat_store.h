#pragma once
#include "adapters/sql/database.h"
#include "ports/chat_store.h"

namespace syncwatch::sql {

/// Chat in an SQL database.
class SqlChatStore final : public ChatStore {
public:
    explicit SqlChatStore(Database& database) : database_(database) {}

    Async<KeptChat> append(RoomCode room, std::vector<ChatDraft> drafts) override;
    Async<ChatPage> before(RoomCode room, std::optional<MessageId> before, int limit) override;
    Async<ChatPage> after(RoomCode room, MessageId after, int limit) override;

private:
    Database& database_;
};

}  // namespace syncwatch::sql
