#include "services/rooms/room_chat.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "services/rooms/store_tries.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostPendingLines = 512;
constexpr std::size_t kMostAtOnce = 64;
constexpr std::size_t kMostRecent = 128;
/// Of text in a welcome: a slow reader takes it in one go.
constexpr std::size_t kMostHistoryBytes = 64 * 1024;
/// In a copy for another node; of more it hears otherwise.
constexpr std::size_t kMostUnkeptTold = 100;
/// A store that was away is asked again so often.
constexpr auto kTryStoreEvery = 500ms;

bool by_time(const ChatMessage& one, const ChatMessage& other) {
    return std::pair(one.sent_at, one.id) < std::pair(other.sent_at, other.id);
}

}  // namespace

RoomChat::RoomChat(RoomCode room, RoomPowers& powers, const RoomRules& rules, Listener& listener)
    : room_(room), powers_(powers), rules_(rules), listener_(listener) {}

void RoomChat::begin(ChatSoFar so_far, bool store_is_away) {
    for (ChatMessage& each : so_far.kept) recent_.push_back(std::move(each));
    told_until_ = last_time_ = so_far.told_until;
    last_kept_ = so_far.last_kept;
    away_ = store_is_away;
    next_try_ = powers_.clock.now() + kTryStoreEvery;
    if (powers_.spool != nullptr) take_over_spool();
    heard_spooled(so_far.unkept);
}

ChatSoFar RoomChat::so_far() const {
    ChatSoFar so_far;
    std::copy_if(newest(), recent_.end(), std::back_inserter(so_far.kept),
                 [this](const ChatMessage& each) { return !unkept_.contains(each.id); });
    std::ranges::stable_sort(so_far.kept, by_time);
    so_far.last_kept = last_kept_;
    so_far.told_until = told_until_;
    so_far.unkept = first_unkept(kMostUnkeptTold);
    return so_far;
}

Result<> RoomChat::say(ChatDraft draft) {
    if (pending_.size() >= kMostPendingLines) {
        return fail(ErrorCode::Exhausted, "too many messages wait to be stored");
    }
    last_time_ = std::max(powers_.time.now(), last_time_ + 1us);
    draft.message.sent_at = last_time_;
    pending_.push_back({std::move(draft), powers_.clock.now()});
    return {};
}

bool RoomChat::has_work() const {
    if (away_ && powers_.spool != nullptr && powers_.clock.now() < next_try_) return false;
    return !pending_.empty() || !unkept_.empty() || behind_;
}

net::awaitable<void> RoomChat::work() {
    for (bool works = true; works && has_work();) works = co_await keep_first();
}

/// What was said while the store was away goes before what is said now.
net::awaitable<bool> RoomChat::keep_first() {
    bool works = true;
    if (!unkept_.empty()) {
        works = co_await replay_some();
    } else if (!pending_.empty()) {
        works = co_await keep_some();
    }
    if (works && behind_) works = co_await catch_up();
    co_return works;
}

std::vector<ChatDraft> RoomChat::first_pending() const {
    std::vector<ChatDraft> batch;
    for (const Pending& each : pending_) {
        if (batch.size() == kMostAtOnce) break;
        batch.push_back(each.draft);
    }
    return batch;
}

/// False: that one was settled before.
bool RoomChat::settle(const ChatDraft& draft, const Result<MessageId>& outcome) {
    const auto found = std::ranges::find_if(
        pending_, [&](const Pending& each) { return each.draft.message.id == draft.message.id; });
    if (found == pending_.end()) return false;
    pending_.erase(found);
    listener_.chat_settled(draft, outcome);
    return true;
}

net::awaitable<bool> RoomChat::keep_some() {
    // They stay where they are: whatever takes too long is spooled meanwhile.
    const std::vector<ChatDraft> batch = first_pending();
    const auto kept = co_await append(batch);
    const bool away = !kept && store_is_away(kept.error());
    store_worked(!away);
    // It may be there all the same, and nowhere else if the spool refuses it.
    behind_ = behind_ || !kept;
    if (away && powers_.spool != nullptr) co_return false;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        settle(batch[i], kept.map([i](const auto& all) { return all.messages[i].id; }));
    }
    if (!kept) co_return !away;
    replayed(batch, *kept);
    co_return true;
}

void RoomChat::store_worked(bool works) {
    const bool was_away = std::exchange(away_, !works);
    next_try_ = powers_.clock.now() + kTryStoreEvery;
    // It may have done what it did not answer.
    behind_ = behind_ || (works && was_away);
    // What goes into the spool for half a second is nothing to tell people of.
    if (works || was_away || powers_.spool == nullptr) listener_.store_worked(works);
}

void RoomChat::heard(const KeptChat& kept) {
    for (const ChatMessage& each : kept.messages) note_kept(each);
    if (kept.messages.empty() || kept.messages.back().sent_at <= told_until_) return;
    take(kept);
}

/// Tells what follows what was told; if something lies between, all of it is read.
void RoomChat::take(const KeptChat& kept) {
    behind_ = behind_ || kept.newest_before != last_kept_;
    if (behind_) return;
    for (const ChatMessage& each : kept.messages) tell(each);
}

/// Stores a batch; where that fails and there is no spool, tries again, which does no harm: a
/// message is kept once.
Async<KeptChat> RoomChat::append(std::vector<ChatDraft> batch) {
    const Instant last = powers_.clock.now() + kStoreTriesWithin;
    const int most = powers_.spool == nullptr ? kStoreTries : 1;
    for (int attempt = 1;; ++attempt) {
        auto stored = co_await ask(batch);
        if (stored || attempt == most || !store_is_away(stored.error())) co_return stored;
        if (powers_.clock.now() > last) co_return stored;
        co_await powers_.clock.sleep_until(powers_.clock.now() + attempt * kStorePause);
    }
}

Async<KeptChat> RoomChat::ask(std::vector<ChatDraft> batch) {
    asked_ = powers_.clock.now();
    auto stored = co_await powers_.chat.append(room_, std::move(batch));
    asked_.reset();
    co_return stored;
}

/// Tells what became durable and was never told, in its order.
net::awaitable<bool> RoomChat::catch_up() {
    // What is heard of meanwhile may be missing in what is read.
    behind_ = false;
    // A nil id is unknown: then it is the newest of all.
    const auto page = co_await powers_.chat.after(room_, last_kept_, rules_.missed_most);
    store_worked(page || !store_is_away(page.error()));
    behind_ = behind_ || !page;
    if (!page) co_return false;
    for (const ChatMessage& each : page->messages) {
        note_kept(each);
        tell(each);
    }
    co_return true;
}

void RoomChat::tell(const ChatMessage& message) {
    // A repeated one was told when it came first, or stood in everybody's history.
    if (message.sent_at <= told_until_) return;
    told_until_ = message.sent_at;
    last_time_ = std::max(last_time_, message.sent_at);
    last_kept_ = message.id;
    if (told_early_.contains(message.id)) {
        const auto told = std::ranges::find(recent_, message.id, &ChatMessage::id);
        if (told != recent_.end()) told->sent_at = message.sent_at;
        return;
    }
    remember(message);
    listener_.chat_told(message);
}

void RoomChat::remember(const ChatMessage& message) {
    recent_.push_back(message);
    if (recent_.size() > kMostRecent) recent_.pop_front();
}

/// Where the newest begin that whoever comes is told.
std::deque<ChatMessage>::const_iterator RoomChat::newest() const {
    std::size_t bytes = 0;
    auto first = recent_.end();
    while (first != recent_.begin() && recent_.end() - first < rules_.history) {
        const std::size_t size = std::prev(first)->text.size();
        if (bytes + size > kMostHistoryBytes) break;
        bytes += size;
        --first;
    }
    return first;
}

std::vector<ChatMessage> RoomChat::history() const {
    std::vector<ChatMessage> messages(newest(), recent_.end());
    std::ranges::stable_sort(messages, by_time);
    return messages;
}

Async<std::vector<ChatMessage>> RoomChat::missed(MessageId last) const {
    const auto early = [this](const ChatMessage& each) { return told_early_.contains(each.id); };
    // They may have seen a later message, out of a spool or through another node, before an
    // earlier one.
    const bool in_order = rules_.alone && powers_.spool == nullptr;
    const auto anyway = [&] { return in_order ? recent_.end() : newest(); };
    auto known = std::ranges::find(recent_, last, &ChatMessage::id);
    if (known != recent_.end()) {
        known = std::min({std::next(known), std::ranges::find_if(recent_, early), anyway()});
        co_return std::vector<ChatMessage>(known, recent_.end());
    }
    auto page = co_await powers_.chat.after(room_, last, rules_.missed_most);
    if (!page && store_is_away(page.error())) {
        // Better some of it twice than none of it.
        co_return std::vector<ChatMessage>(recent_.begin(), recent_.end());
    }
    if (!page) co_return fail(page.error());
    std::vector<ChatMessage> messages = std::move(page->messages);
    // What is durable and not told yet will be told; what was told meanwhile belongs to it.
    std::erase_if(messages, [&](const auto& each) { return each.sent_at > told_until_; });
    const WallTime read_until = messages.empty() ? WallTime() : messages.back().sent_at;
    const auto first = anyway();
    for (auto each = recent_.begin(); each != recent_.end(); ++each) {
        const bool read = std::ranges::find(messages, each->id, &ChatMessage::id) != messages.end();
        const bool wanted = each->sent_at > read_until || early(*each) || each >= first;
        if (wanted && !read) messages.push_back(*each);
    }
    std::ranges::stable_sort(messages, by_time);
    co_return messages;
}

}  // namespace syncwatch
