#include "adapters/memory_stores/memory_live_rooms.h"

#include <algorithm>
#include <utility>

namespace syncwatch {
namespace {

using Kept = std::vector<MemoryInstallation::KeptMessage>;

/// What was kept when the draft, or the one it repeats, came before.
const ChatMessage* kept_before(const Kept& kept, const ChatDraft& draft) {
    for (auto each = kept.rbegin(); each != kept.rend(); ++each) {
        const ChatMessage& message = each->message;
        const bool repeated =
            draft.may_repeat && message.by == draft.message.by && each->request == draft.request &&
            message.text == draft.message.text && message.sent_at >= draft.repeats_since;
        if (repeated || message.id == draft.message.id) return &message;
    }
    return nullptr;
}

/// The newest `limit` of the range [first, last).
ChatPage page_of(const Kept& kept, std::size_t first, std::size_t last, int limit) {
    ChatPage page;
    const std::size_t most = static_cast<std::size_t>(limit);
    page.more = last - first > most;
    for (std::size_t i = page.more ? last - most : first; i < last; ++i) {
        page.messages.push_back(kept[i].message);
    }
    return page;
}

std::optional<std::size_t> place_of(const Kept& kept, MessageId id) {
    const auto found =
        std::ranges::find_if(kept, [&](const auto& each) { return each.message.id == id; });
    if (found == kept.end()) return std::nullopt;
    return static_cast<std::size_t>(found - kept.begin());
}

}  // namespace

Async<KeptChat> MemoryChatStore::append(RoomCode room, std::vector<ChatDraft> drafts) {
    SW_CO_CHECK(data_.check_room(room));
    Kept& kept = data_.chat[room];
    KeptChat stored;
    if (!kept.empty()) stored.newest_before = kept.back().message.id;
    for (ChatDraft& draft : drafts) {
        if (const ChatMessage* before = kept_before(kept, draft)) {
            stored.messages.push_back(*before);
            continue;
        }
        ChatMessage& message = draft.message;
        if (!kept.empty()) {
            const WallTime least = kept.back().message.sent_at + std::chrono::microseconds(1);
            message.sent_at = std::max(message.sent_at, least);
        }
        stored.messages.push_back(message);
        kept.push_back({std::move(message), std::move(draft.request)});
    }
    co_return stored;
}

Async<ChatPage> MemoryChatStore::before(RoomCode room, std::optional<MessageId> before, int limit) {
    const Kept& kept = data_.chat[room];
    const auto until = before ? place_of(kept, *before) : kept.size();
    if (!until) co_return ChatPage();
    co_return page_of(kept, 0, *until, limit);
}

Async<ChatPage> MemoryChatStore::after(RoomCode room, MessageId after, int limit) {
    const Kept& kept = data_.chat[room];
    const auto since = place_of(kept, after);
    co_return page_of(kept, since ? *since + 1 : 0, kept.size(), limit);
}

Async<StoredQueue> MemoryQueueStore::load(RoomCode room) {
    SW_CO_CHECK(data_.check_room(room));
    co_return data_.queues[room];
}

Async<std::int64_t> MemoryQueueStore::save(RoomCode room, std::int64_t expected, Queue queue) {
    SW_CO_CHECK(data_.check_room(room));
    StoredQueue& stored = data_.queues[room];
    if (stored.version != expected) {
        co_return fail(ErrorCode::Conflict, "the queue is of another version");
    }
    for (QueueItem& each : queue.items) {
        const QueueItem* before = stored.queue.find(each.id);
        each.voters = before == nullptr ? std::vector<UserId>() : before->voters;
    }
    stored.queue = std::move(queue);
    co_return ++stored.version;
}

Async<std::int64_t> MemoryQueueStore::vote(RoomCode room, ItemId item, UserId voter) {
    SW_CO_CHECK(data_.check_room(room));
    StoredQueue& stored = data_.queues[room];
    SW_CO_TRY(Queue voted, with_vote(stored.queue, item, voter));
    if (voted == stored.queue) co_return stored.version;
    stored.queue = std::move(voted);
    co_return ++stored.version;
}

Async<std::optional<SavedPlayback>> MemoryPlaybackStore::load(RoomCode room) {
    const auto found = data_.playback.find(room);
    if (found == data_.playback.end()) co_return std::nullopt;
    co_return found->second;
}

Async<> MemoryPlaybackStore::save(std::vector<SavedPlayback> states) {
    for (const SavedPlayback& each : states) {
        if (!data_.rooms.contains(each.room)) continue;
        const auto [place, fresh] = data_.playback.try_emplace(each.room, each);
        if (!fresh && each.playback.stamp >= place->second.playback.stamp) place->second = each;
    }
    co_return Result<>();
}

}  // namespace syncwatch
