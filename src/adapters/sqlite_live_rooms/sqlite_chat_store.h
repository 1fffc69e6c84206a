#pragma once
#include "adapters/sqlite/database.h"
#include "ports/chat_store.h"

namespace syncwatch::sqlite {

/// Chat in the embedded database.
class SqliteChatStore final : public ChatStore {
public:
    explicit SqliteChatStore(Database& database) : database_(database) {}

    Async<std::vector<ChatMessage>> append(RoomCode room, std::vector<ChatDraft> drafts) override;
    Async<ChatPage> before(RoomCode room, std::optional<MessageId> before, int limit) override;
    Async<ChatPage> after(RoomCode room, MessageId after, int limit) override;

private:
    Database& database_;
};

}  // namespace syncwatch::sqlite
