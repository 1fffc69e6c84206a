// The part of RoomChat that goes on while the store is away.
#include <algorithm>
#include <utility>

#include "base/log/log.h"
#include "domain/playback/stamp.h"
#include "services/rooms/room_chat.h"
#include "services/rooms/store_tries.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// Nobody waits longer for a store before their message goes into the spool.
constexpr auto kStorePatience = 1s;
constexpr std::size_t kMostReplayed = 64;
/// Of other nodes' messages: what is over it comes from the store, once they brought it there.
constexpr std::size_t kMostUnkept = 4096;
constexpr std::size_t kMostToldEarly = 8192;

}  // namespace

/// What an earlier life of this room left; whoever comes sees it already.
void RoomChat::take_over_spool() {
    std::vector<MessageId> done;
    for (ChatDraft& each : powers_.spool->waiting(room_)) {
        const MessageId id = each.message.id;
        if (std::ranges::find(recent_, id, &ChatMessage::id) != recent_.end()) {
            done.push_back(id);
            continue;
        }
        note_told_early(id);
        remember(each.message);
        last_time_ = std::max(last_time_, each.message.sent_at);
        add_unkept(std::move(each), true);
    }
    if (!done.empty()) powers_.spool->done(room_, done);
}

bool RoomChat::has_to_spool() const {
    if (powers_.spool == nullptr || pending_.empty()) return false;
    const Instant long_ago = powers_.clock.now() - kStorePatience;
    // Who says something while the store is slow does not have to find that out anew.
    return away_ || pending_.front().since <= long_ago || (asked_ && *asked_ <= long_ago);
}

net::awaitable<void> RoomChat::spool() {
    while (has_to_spool()) {
        std::vector<ChatDraft> batch;
        for (ChatDraft& each : first_pending()) {
            const ChatDraft* said = repeated_by(each);
            if (said == nullptr) batch.push_back(std::move(each));
            if (said != nullptr) settle(each, said->message.id);
        }
        if (batch.empty()) continue;
        const auto spooled = co_await powers_.spool->append(room_, batch);
        std::vector<ChatDraft> taken;
        std::vector<MessageId> done;
        for (ChatDraft& each : batch) {
            const MessageId id = each.message.id;
            const Result<MessageId> outcome = spooled.map([id] { return id; });
            // The store may have taken it meanwhile; what is refused may be there all the same.
            const bool waited = settle(each, outcome);
            if (!spooled || !waited) done.push_back(id);
            if (!spooled || !waited) continue;
            add_unkept(each, true);
            taken.push_back(std::move(each));
        }
        for (const ChatDraft& each : taken) tell_early(each.message);
        if (!taken.empty()) listener_.chat_spooled(taken);
        if (!done.empty()) powers_.spool->done(room_, done);
    }
}

std::vector<ChatDraft> RoomChat::spooled() const {
    std::vector<ChatDraft> ours;
    for (ChatDraft& each : first_unkept(unkept_.size())) {
        if (unkept_.at(each.message.id).ours) ours.push_back(std::move(each));
    }
    return ours;
}

void RoomChat::heard_spooled(const std::vector<ChatDraft>& drafts) {
    for (const ChatDraft& each : drafts) {
        const MessageId id = each.message.id;
        if (was_told(id) || unkept_.size() >= kMostUnkept) continue;
        // An answer comes behind what it answers, whichever clock is ahead; but one that is far
        // ahead must not carry the others along.
        const bool plausible = each.message.sent_at <= powers_.time.now() + Stamp::kMostAhead;
        if (plausible) last_time_ = std::max(last_time_, each.message.sent_at);
        // Somebody said it at two nodes, as they were not answered by the first.
        if (repeated_by(each) == nullptr) {
            tell_early(each.message);
        } else {
            note_told_early(id);
        }
        add_unkept(each, false);
    }
}

/// The same words under the same request, said by the same: nullptr, or what was spooled.
const ChatDraft* RoomChat::repeated_by(const ChatDraft& draft) const {
    if (!draft.may_repeat) return nullptr;
    const auto found = unkept_by_request_.find({draft.message.by, draft.request});
    if (found == unkept_by_request_.end()) return nullptr;
    const ChatDraft& said = unkept_.at(found->second).draft;
    const bool same =
        said.message.text == draft.message.text && said.message.sent_at >= draft.repeats_since;
    return same ? &said : nullptr;
}

std::vector<ChatDraft> RoomChat::first_unkept(std::size_t most) const {
    std::vector<ChatDraft> first;
    for (const auto& [time, id] : unkept_by_time_) {
        if (first.size() == most) break;
        first.push_back(unkept_.at(id).draft);
    }
    return first;
}

net::awaitable<bool> RoomChat::replay_some() {
    const std::vector<ChatDraft> batch = first_unkept(one_by_one_ ? 1 : kMostReplayed);
    const auto kept = co_await ask(batch);
    const bool away = !kept && store_is_away(kept.error());
    store_worked(!away);
    if (away) co_return false;
    if (kept) {
        one_by_one_ = false;
        replayed(batch, *kept);
    } else if (kept.error().code == ErrorCode::Cancelled) {
        co_return false;
    } else if (batch.size() > 1 && kept.error().code != ErrorCode::NotFound) {
        one_by_one_ = true;
    } else {
        give_up(batch, kept.error());
    }
    co_return true;
}

/// The store has these now, whoever brought them there.
void RoomChat::replayed(const std::vector<ChatDraft>& batch, const KeptChat& kept) {
    std::vector<MessageId> done;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const MessageId id = batch[i].message.id;
        if (forget_unkept(id)) done.push_back(id);
        // It was said before under another id, which is the one that stays.
        if (kept.messages[i].id != id) forget_told(id);
    }
    if (!done.empty()) powers_.spool->done(room_, done);
    take(kept);
    listener_.chat_kept(kept);
}

/// There is no such room any more; or the store takes everything but this one, which stays in the
/// spool until the next start, for somebody to look at.
void RoomChat::give_up(const std::vector<ChatDraft>& batch, const Error& why) {
    std::vector<MessageId> done;
    for (const ChatDraft& each : batch) {
        if (forget_unkept(each.message.id)) done.push_back(each.message.id);
    }
    if (why.code == ErrorCode::NotFound) {
        if (!done.empty()) powers_.spool->done(room_, done);
        return;
    }
    one_by_one_ = false;
    log::error("chat.not_replayed", {{"room", room_.text()},
                                     {"message", batch.front().message.id.text()},
                                     {"error", why.message}});
}

void RoomChat::add_unkept(ChatDraft draft, bool ours) {
    const ChatMessage& message = draft.message;
    const MessageId id = message.id;
    if (unkept_.contains(id)) return;
    unkept_by_time_.emplace(message.sent_at, id);
    unkept_by_request_[{message.by, draft.request}] = id;
    unkept_.emplace(id, Unkept{std::move(draft), ours});
}

/// True: it was ours, and is in the spool.
bool RoomChat::forget_unkept(MessageId id) {
    const auto found = unkept_.find(id);
    if (found == unkept_.end()) return false;
    const bool ours = found->second.ours;
    const ChatDraft& draft = found->second.draft;
    unkept_by_time_.erase({draft.message.sent_at, id});
    const auto request = unkept_by_request_.find({draft.message.by, draft.request});
    if (request != unkept_by_request_.end() && request->second == id) {
        unkept_by_request_.erase(request);
    }
    unkept_.erase(found);
    return ours;
}

void RoomChat::forget_told(MessageId id) {
    std::erase_if(recent_, [&](const ChatMessage& each) { return each.id == id; });
}

/// It is in the store, as somebody else says.
void RoomChat::note_kept(const ChatMessage& message) {
    if (forget_unkept(message.id)) powers_.spool->done(room_, {message.id});
    const auto waits = std::ranges::find_if(
        pending_, [&](const Pending& each) { return each.draft.message.id == message.id; });
    if (waits == pending_.end()) return;
    const ChatDraft draft = waits->draft;
    settle(draft, message.id);
}

void RoomChat::tell_early(const ChatMessage& message) {
    if (was_told(message.id)) return;
    note_told_early(message.id);
    remember(message);
    listener_.chat_told(message);
}

bool RoomChat::was_told(MessageId id) const {
    return told_early_.contains(id) ||
           std::ranges::find(recent_, id, &ChatMessage::id) != recent_.end();
}

void RoomChat::note_told_early(MessageId id) {
    if (!told_early_.insert(id).second) return;
    told_early_by_age_.push_back(id);
    if (told_early_by_age_.size() <= kMostToldEarly) return;
    told_early_.erase(told_early_by_age_.front());
    told_early_by_age_.pop_front();
}

}  // namespace syncwatch
