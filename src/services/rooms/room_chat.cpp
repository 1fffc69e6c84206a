#include "services/rooms/room_chat.h"

#include <algorithm>
#include <utility>

#include "services/rooms/store_tries.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostPendingLines = 512;
constexpr std::size_t kMostAtOnce = 64;
constexpr std::size_t kMostRecent = 64;
/// Of text in a welcome: a slow reader takes it in one go.
constexpr std::size_t kMostHistoryBytes = 64 * 1024;

}  // namespace

RoomChat::RoomChat(RoomCode room, RoomPowers& powers, const RoomRules& rules, Listener& listener)
    : room_(room), powers_(powers), rules_(rules), listener_(listener) {}

Async<> RoomChat::load() {
    SW_CO_TRY(auto page, co_await powers_.chat.before(room_, std::nullopt, rules_.history));
    for (ChatMessage& each : page.messages) {
        told_until_ = last_time_ = each.sent_at;
        recent_.push_back(std::move(each));
    }
    co_return Result<>();
}

Result<> RoomChat::say(ChatDraft draft) {
    if (pending_.size() >= kMostPendingLines) {
        return fail(ErrorCode::Exhausted, "too many messages wait to be stored");
    }
    last_time_ = std::max(powers_.time.now(), last_time_ + 1us);
    draft.message.sent_at = last_time_;
    pending_.push_back(std::move(draft));
    return {};
}

net::awaitable<void> RoomChat::work() {
    do {
        if (!pending_.empty()) co_await keep_some();
        if (behind_) co_await catch_up();
    } while (!pending_.empty());
}

net::awaitable<void> RoomChat::keep_some() {
    std::vector<ChatDraft> batch;
    while (!pending_.empty() && batch.size() < kMostAtOnce) {
        batch.push_back(std::move(pending_.front()));
        pending_.pop_front();
    }
    const auto kept = co_await append(batch);
    listener_.chat_store_worked(kept || !store_is_away(kept.error()));
    for (std::size_t i = 0; i < batch.size(); ++i) {
        listener_.chat_settled(batch[i],
                               kept.map([i](const auto& all) { return all.messages[i].id; }));
    }
    if (!kept) {
        behind_ = true;
        co_return;
    }
    take(*kept);
    listener_.chat_kept(*kept);
}

void RoomChat::heard(const KeptChat& kept) {
    if (kept.messages.empty() || kept.messages.back().sent_at <= told_until_) return;
    take(kept);
}

/// Tells what follows what was told; if something lies between, all of it is read.
void RoomChat::take(const KeptChat& kept) {
    const MessageId last = recent_.empty() ? MessageId() : recent_.back().id;
    behind_ = behind_ || kept.newest_before != last;
    if (behind_) return;
    for (const ChatMessage& each : kept.messages) tell(each);
}

/// Stores a batch; where that fails, tries again, which does no harm: a message is kept once.
Async<KeptChat> RoomChat::append(std::vector<ChatDraft> batch) {
    const Instant last = powers_.clock.now() + kStoreTriesWithin;
    for (int attempt = 1;; ++attempt) {
        auto stored = co_await powers_.chat.append(room_, batch);
        if (stored || attempt == kStoreTries || !store_is_away(stored.error())) co_return stored;
        if (powers_.clock.now() > last) co_return stored;
        co_await powers_.clock.sleep_until(powers_.clock.now() + attempt * kStorePause);
    }
}

/// Tells what became durable and was never told, in its order.
net::awaitable<void> RoomChat::catch_up() {
    // A nil id is unknown: then it is the newest of all.
    const MessageId last = recent_.empty() ? MessageId() : recent_.back().id;
    const auto page = co_await powers_.chat.after(room_, last, rules_.missed_most);
    if (!page) co_return;
    behind_ = false;
    for (const ChatMessage& each : page->messages) tell(each);
}

void RoomChat::tell(const ChatMessage& message) {
    // A repeated one was told when it came first, or stood in everybody's history.
    if (message.sent_at <= told_until_) return;
    told_until_ = message.sent_at;
    recent_.push_back(message);
    if (recent_.size() > kMostRecent) recent_.pop_front();
    listener_.chat_told(message);
}

std::vector<ChatMessage> RoomChat::history() const {
    std::size_t bytes = 0;
    auto first = recent_.end();
    while (first != recent_.begin() && recent_.end() - first < rules_.history) {
        const std::size_t size = std::prev(first)->text.size();
        if (bytes + size > kMostHistoryBytes) break;
        bytes += size;
        --first;
    }
    return {first, recent_.end()};
}

Async<std::vector<ChatMessage>> RoomChat::missed(MessageId last) const {
    const auto known = std::ranges::find(recent_, last, &ChatMessage::id);
    if (known != recent_.end()) {
        co_return std::vector<ChatMessage>(std::next(known), recent_.end());
    }
    SW_CO_TRY(auto page, co_await powers_.chat.after(room_, last, rules_.missed_most));
    std::vector<ChatMessage> messages = std::move(page.messages);
    // What is durable and not told yet will be told; what was told meanwhile belongs to it.
    std::erase_if(messages, [&](const auto& each) { return each.sent_at > told_until_; });
    const WallTime read_until = messages.empty() ? WallTime() : messages.back().sent_at;
    for (const ChatMessage& each : recent_) {
        if (each.sent_at > read_until) messages.push_back(each);
    }
    co_return messages;
}

}  // namespace syncwatch
