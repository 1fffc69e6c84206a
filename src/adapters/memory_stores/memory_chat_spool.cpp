#include "adapters/memory_stores/memory_chat_spool.h"

#include <algorithm>
#include <utility>

namespace syncwatch {

Async<> MemoryChatSpool::append(RoomCode room, std::vector<ChatDraft> drafts) {
    if (level().messages + drafts.size() > most_) {
        co_return fail_unavailable("chat", "the chat spool is full", std::chrono::seconds(5));
    }
    for (ChatDraft& each : drafts) drafts_[room].push_back(std::move(each));
    co_return Result<>();
}

std::vector<ChatDraft> MemoryChatSpool::waiting(const RoomCode& room) const {
    const auto found = drafts_.find(room);
    return found == drafts_.end() ? std::vector<ChatDraft>() : found->second;
}

std::vector<RoomCode> MemoryChatSpool::rooms() const {
    std::vector<RoomCode> codes;
    for (const auto& [room, drafts] : drafts_) codes.push_back(room);
    return codes;
}

void MemoryChatSpool::done(const RoomCode& room, const std::vector<MessageId>& ids) {
    const auto found = drafts_.find(room);
    if (found == drafts_.end()) return;
    std::erase_if(found->second, [&](const ChatDraft& each) {
        return std::ranges::find(ids, each.message.id) != ids.end();
    });
    if (found->second.empty()) drafts_.erase(found);
}

ChatSpool::Level MemoryChatSpool::level() const {
    Level level;
    for (const auto& [room, drafts] : drafts_) {
        level.messages += drafts.size();
        for (const ChatDraft& each : drafts) {
            level.bytes += each.message.text.size();
            const WallTime said = each.message.sent_at;
            level.oldest = std::min(level.oldest.value_or(said), said);
        }
    }
    return level;
}

}  // namespace syncwatch
