#pragma once
#include <map>
#include <vector>

#include "ports/chat_spool.h"

namespace syncwatch {

/// A spool in memory, for simulation: it outlives the "server" that uses it. One thread; never
/// waits.
class MemoryChatSpool final : public ChatSpool {
public:
    explicit MemoryChatSpool(std::size_t most = 100'000) : most_(most) {}

    Async<> append(RoomCode room, std::vector<ChatDraft> drafts) override;
    std::vector<ChatDraft> waiting(const RoomCode& room) const override;
    std::vector<RoomCode> rooms() const override;
    void done(const RoomCode& room, const std::vector<MessageId>& ids) override;
    Level level() const override;

private:
    const std::size_t most_;
    std::map<RoomCode, std::vector<ChatDraft>> drafts_;
};

}  // namespace syncwatch
