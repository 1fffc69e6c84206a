#pragma once
#include "adapters/memory_stores/memory_installation.h"
#include "ports/chat_store.h"
#include "ports/playback_store.h"
#include "ports/queue_store.h"

namespace syncwatch {

/// Chat in memory, for simulation. One thread; never waits. So are the two below.
class MemoryChatStore final : public ChatStore {
public:
    explicit MemoryChatStore(MemoryInstallation& data) : data_(data) {}

    Async<KeptChat> append(RoomCode room, std::vector<ChatDraft> drafts) override;
    Async<ChatPage> before(RoomCode room, std::optional<MessageId> before, int limit) override;
    Async<ChatPage> after(RoomCode room, MessageId after, int limit) override;

private:
    MemoryInstallation& data_;
};

class MemoryQueueStore final : public QueueStore {
public:
    explicit MemoryQueueStore(MemoryInstallation& data) : data_(data) {}

    Async<StoredQueue> load(RoomCode room) override;
    Async<std::int64_t> save(RoomCode room, std::int64_t expected, Queue queue) override;
    Async<std::int64_t> vote(RoomCode room, ItemId item, UserId voter) override;

private:
    MemoryInstallation& data_;
};

class MemoryPlaybackStore final : public PlaybackStore {
public:
    explicit MemoryPlaybackStore(MemoryInstallation& data) : data_(data) {}

    Async<std::optional<SavedPlayback>> load(RoomCode room) override;
    Async<> save(std::vector<SavedPlayback> states) override;

private:
    MemoryInstallation& data_;
};

}  // namespace syncwatch
