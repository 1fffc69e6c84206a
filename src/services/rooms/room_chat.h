#pragma once
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/rooms/room_copy.h"
#include "services/rooms/room_powers.h"

namespace syncwatch {

/// The chat of one live room: messages are made durable one batch after another, in the order in
/// which they came, and told in that order; the newest are at hand for whoever comes. On the
/// room's shard.
///
/// While the store is away, what is said goes into the spool, is acknowledged, and told with the
/// time at which it was said. Nodes tell one another; whichever reaches the store first brings
/// everything it knows of there in the order of those times, so that nothing moves for anybody.
/// The store takes each message once, whoever brings it.
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
        /// These are durable on this node alone: other nodes should hear of them.
        virtual void chat_spooled(const std::vector<ChatDraft>& drafts) = 0;
        /// The store works, or it does not.
        virtual void store_worked(bool works) = 0;
    };

    RoomChat(RoomCode room, RoomPowers& powers, const RoomRules& rules, Listener& listener);

    /// Goes on from there. Before anything else. `store_is_away`: then it is asked in a while.
    void begin(ChatSoFar so_far, bool store_is_away);
    /// As another node would begin with it.
    ChatSoFar so_far() const;
    /// The store may have messages that were not told: they are read.
    void read_again() { behind_ = true; }

    /// Takes a message; its time is set here. Errors: Exhausted (too many wait).
    Result<> say(ChatDraft draft);
    /// Another node kept something. What came between is read.
    void heard(const KeptChat& kept);
    /// Another node spooled something.
    void heard_spooled(const std::vector<ChatDraft>& drafts);
    /// Another node told kept messages until then.
    void heard_until(WallTime time) { behind_ = behind_ || time > told_until_; }
    /// Of kept ones.
    WallTime told_until() const { return told_until_; }

    /// There is something for the store, and it is time to try.
    bool has_work() const;
    /// Works until nothing waits, or the store is away. Run one at a time.
    net::awaitable<void> work();
    /// What was said waits for a store that is away or slow.
    bool has_to_spool() const;
    /// Spools until nothing has to be. Run one at a time, beside work().
    net::awaitable<void> spool();
    /// Messages of this node that are in its spool alone, the oldest first.
    std::vector<ChatDraft> spooled() const;
    bool has_unkept() const { return !unkept_.empty(); }

    /// The newest messages, for whoever comes.
    std::vector<ChatMessage> history() const;
    /// What was said after `last`, whom somebody who dropped saw last, and while the answer was on
    /// its way. Of what was spooled lately all, and where there are several nodes or a spool the
    /// newest in any case: the order in which people saw them may be another than the one that
    /// stays.
    Async<std::vector<ChatMessage>> missed(MessageId last) const;

private:
    /// A message that nobody was answered about yet.
    struct Pending {
        ChatDraft draft;
        Instant since{};
    };
    /// A message that is durable in some node's spool, and perhaps not in the store.
    struct Unkept {
        ChatDraft draft;
        bool ours = false;
    };

    // room_chat.cpp
    net::awaitable<bool> keep_some();
    net::awaitable<bool> keep_first();
    Async<KeptChat> append(std::vector<ChatDraft> batch);
    net::awaitable<bool> catch_up();
    Async<KeptChat> ask(std::vector<ChatDraft> batch);
    void store_worked(bool works);
    void take(const KeptChat& kept);
    void tell(const ChatMessage& message);
    void remember(const ChatMessage& message);
    std::deque<ChatMessage>::const_iterator newest() const;
    std::vector<ChatDraft> first_pending() const;
    bool settle(const ChatDraft& draft, const Result<MessageId>& outcome);

    // room_chat_spool.cpp
    void take_over_spool();
    net::awaitable<bool> replay_some();
    void replayed(const std::vector<ChatDraft>& batch, const KeptChat& kept);
    void give_up(const std::vector<ChatDraft>& batch, const Error& why);
    std::vector<ChatDraft> first_unkept(std::size_t most) const;
    void tell_early(const ChatMessage& message);
    bool was_told(MessageId id) const;
    void note_told_early(MessageId id);
    void note_kept(const ChatMessage& message);
    void add_unkept(ChatDraft draft, bool ours);
    bool forget_unkept(MessageId id);
    void forget_told(MessageId id);
    const ChatDraft* repeated_by(const ChatDraft& draft) const;

    const RoomCode room_;
    RoomPowers& powers_;
    const RoomRules& rules_;
    Listener& listener_;
    std::deque<Pending> pending_;
    std::deque<ChatMessage> recent_;  ///< The newest that were told; the last was told last.
    WallTime last_time_{};            ///< Of a message: no two share one.
    WallTime told_until_{};           ///< Of kept ones.
    MessageId last_kept_;             ///< The newest kept one that was told; nil: none.
    /// Something may be durable that was not told: a batch failed and is there all the same, or
    /// another node kept it.
    bool behind_ = false;
    bool away_ = false;             ///< The store did not answer the last time.
    std::optional<Instant> asked_;  ///< When it was asked what it has not answered yet.
    Instant next_try_{};            ///< Of a store that is away.
    bool one_by_one_ = false;       ///< The store refused several at once: which of them is it?
    std::map<MessageId, Unkept> unkept_;
    std::set<std::pair<WallTime, MessageId>> unkept_by_time_;
    std::map<std::pair<UserId, std::string>, MessageId> unkept_by_request_;
    std::set<MessageId> told_early_;  ///< Told before they were kept: not to be told again.
    std::deque<MessageId> told_early_by_age_;
};

}  // namespace syncwatch
