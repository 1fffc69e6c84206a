#pragma once
#include <deque>
#include <string>
#include <vector>

#include "services/rooms/room_powers.h"

namespace syncwatch {

/// The chat of one live room: messages are made durable one batch after another, in the order in
/// which they came, and told in that order; the newest are at hand for whoever comes. On the
/// room's shard.
class RoomChat {
public:
    class Listener {
    public:
        virtual ~Listener() = default;
        /// A message is durable, or will not be. Before it is told to anybody.
        virtual void chat_settled(const ChatDraft& draft, const Result<MessageId>& outcome) = 0;
        /// A message is durable and the others have not heard it yet.
        virtual void chat_told(const ChatMessage& message) = 0;
        /// These became durable here: other nodes should hear of them.
        virtual void chat_kept(const KeptChat& kept) = 0;
        /// The store works, or it does not.
        virtual void chat_store_worked(bool works) = 0;
    };

    RoomChat(RoomCode room, RoomPowers& powers, const RoomRules& rules, Listener& listener);

    /// Reads the newest messages. Before anything else.
    Async<> load();

    /// Takes a message; its time is set here. Errors: Exhausted (too many wait).
    Result<> say(ChatDraft draft);
    /// Another node kept something. What came between is read.
    void heard(const KeptChat& kept);
    /// Another node told messages until then.
    void heard_until(WallTime time) { behind_ = behind_ || time > told_until_; }
    WallTime told_until() const { return told_until_; }

    bool has_work() const { return !pending_.empty() || behind_; }
    /// Works until nothing waits, or the store is away. Run one at a time.
    net::awaitable<void> work();

    /// The newest messages, for whoever comes.
    std::vector<ChatMessage> history() const;
    /// What was said after `last`, whom somebody who dropped saw last. Also what was said while
    /// the answer was on its way.
    Async<std::vector<ChatMessage>> missed(MessageId last) const;

private:
    net::awaitable<void> keep_some();
    Async<KeptChat> append(std::vector<ChatDraft> batch);
    net::awaitable<void> catch_up();
    void take(const KeptChat& kept);
    void tell(const ChatMessage& message);

    const RoomCode room_;
    RoomPowers& powers_;
    const RoomRules& rules_;
    Listener& listener_;
    std::deque<ChatDraft> pending_;
    std::deque<ChatMessage> recent_;  ///< The newest that were told; the last is the newest.
    WallTime last_time_{};            ///< Of a message: no two share one.
    WallTime told_until_{};
    /// Something may be durable that was not told: a batch failed and is there all the same, or
    /// another node kept it.
    bool behind_ = false;
};

}  // namespace syncwatch
