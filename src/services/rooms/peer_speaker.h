#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "services/rooms/peer_news.h"
#include "services/rooms/room_chat.h"
#include "services/rooms/room_powers.h"
#include "services/rooms/room_queue.h"
#include "services/rooms/roster.h"

namespace syncwatch {

/// Says to the other nodes that have a room what happens to it on this one: at once what people
/// wait for, gathered what comes in swarms, and every second the essence of it all, so that losses
/// are noticed. Says nothing where no other node can have the room. On the room's shard.
class PeerSpeaker {
public:
    /// What there is to be told of.
    struct Scene {
        const RoomCode& room;
        Roster& roster;
        const Screening& screening;
        const RoomChat& chat;
        const RoomQueue& queue;
    };

    PeerSpeaker(Scene scene, RoomPowers& powers, const RoomRules& rules);

    /// Of this room on this node: what it says is known by it.
    const std::string& life() const { return life_; }

    /// "Tell me everything": of whom; "": of all.
    void ask(std::string whom);
    void film();
    /// When it was said last; a state that was merged since is no reason to say it again.
    Instant film_said() const { return film_said_; }
    /// The film, everybody here, and the essence. Soon, if that was said a moment ago.
    void everything();
    /// Somebody came, changed, or is not here any more.
    void member(UserId user);
    /// Only how far off they are changed: it can wait for the next beat.
    void drifted(UserId user);
    void summary();
    void chat(const KeptChat& kept);
    void spooled(const std::vector<ChatDraft>& drafts);
    /// Waits for reactions_now(), or goes along with what is said before it. True: it is the first
    /// that waits.
    bool reaction(PeerReaction reaction);
    void reactions_now();
    void signal(PeerSignal signal);
    /// From now on what this node has is what people see.
    void settled() { settled_ = true; }
    /// Says what waits, and the essence when it is time. `lonely`: no other node is known.
    void tick(bool anybody_here, bool lonely);

private:
    void say(PeerNews news);
    void people(Instant now);
    PeerFilm film_now() const;
    PeerSummary summary_now() const;

    const Scene scene_;
    RoomPowers& powers_;
    const RoomRules& rules_;
    const std::string life_;
    std::uint64_t said_ = 0;
    bool settled_ = false;
    bool all_unsaid_ = false;
    Instant film_said_{};
    Instant all_said_{};
    Instant people_said_{};
    Instant beat_{};
    std::set<UserId> unsaid_;   ///< People here of whom the others do not know the newest.
    std::set<UserId> drifted_;  ///< … but for how far off they are.
    std::vector<UserId> left_;
    std::vector<PeerReaction> reactions_;  ///< Unsaid.
};

}  // namespace syncwatch
