#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "ports/chat_store.h"

namespace syncwatch {

/// Where a node keeps messages that the ChatStore cannot take just now, until it can. What is here
/// was acknowledged: it outlives the process and the machine's power. Bounded. Safe from any
/// thread. All pass tests/contract/chat_spool_contract.h.
class ChatSpool {
public:
    /// How full it is.
    struct Level {
        std::size_t messages = 0;
        std::uint64_t bytes = 0;  ///< On the disk, what is done and not removed yet included.
        std::optional<WallTime> oldest = {};  ///< When the first of them was said.
    };

    virtual ~ChatSpool() = default;

    /// Keeps messages, durable when it returns. After an error they may be there or not.
    /// Errors: Unavailable (component "chat"; reason "disk_full" where that is why).
    virtual Async<> append(RoomCode room, std::vector<ChatDraft> drafts) = 0;
    /// What waits for the store, in the order in which it came; also what an earlier process left.
    virtual std::vector<ChatDraft> waiting(const RoomCode& room) const = 0;
    virtual std::vector<RoomCode> rooms() const = 0;
    /// These are in the store, or nobody wants them any more. Never waits; after a crash they may
    /// be back, so a store is to take each of them twice.
    virtual void done(const RoomCode& room, const std::vector<MessageId>& ids) = 0;
    virtual Level level() const = 0;
};

}  // namespace syncwatch
