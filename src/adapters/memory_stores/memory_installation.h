#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "domain/account/account.h"
#include "domain/room/room.h"
#include "ports/chat_store.h"
#include "ports/playback_store.h"
#include "ports/queue_store.h"
#include "ports/room_store.h"

namespace syncwatch {

/// What an installation keeps, in memory alone: for simulation, where a store must be quick and the
/// same every time. It outlives the "server" that uses it. One thread; every map is ordered, so
/// that walking it is the same in every run.
struct MemoryInstallation {
    struct Visit {
        RoomMembership membership;
        WallTime seen{};
    };
    struct KeptMessage {
        ChatMessage message;
        std::string request;
    };

    std::map<UserId, Account> accounts;
    std::map<SessionId, Session> sessions;
    std::vector<Invitation> invitations;
    std::optional<Sha256Sum> setup_token;

    std::map<RoomCode, Room> rooms;
    std::map<std::pair<RoomCode, UserId>, Visit> visits;
    std::vector<Ban> bans;

    std::map<RoomCode, std::vector<KeptMessage>> chat;  ///< By time.
    std::map<RoomCode, StoredQueue> queues;
    std::map<RoomCode, SavedPlayback> playback;

    /// With everything that refers to it.
    void remove_room(const RoomCode& code);
    /// With sessions, rooms, roles and visits; bans on an address stay.
    void remove_user(UserId user);
    /// Errors: NotFound (reason "no_such_room").
    Result<> check_room(const RoomCode& code) const;
};

}  // namespace syncwatch
