#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/room/member.h"
#include "ports/chat_store.h"
#include "ports/playback_store.h"
#include "services/rooms/screening.h"

namespace syncwatch {

/// The film of a room as one node has it.
struct PeerFilm {
    Screening::Told told;
    std::int64_t queue = 0;  ///< The version of the queue that it is out of.
    /// It is what people see; otherwise it was read from the store a moment ago.
    bool settled = false;
};

/// Somebody who is in a room through one node.
struct PeerMember {
    Member shown;  ///< Without role and host: each node knows these by itself.
    WallTime joined{};
    std::string address;   ///< As in JoinGrant::address.
    bool dropped = false;  ///< No line at present.
    /// What their player told last, if it may make the room wait or go on.
    std::optional<MemberReport> report;
};

/// Who is in a room through one node.
struct PeerPeople {
    bool all = false;  ///< Whoever is not named is not there.
    std::vector<PeerMember> here;
    std::vector<UserId> left;
};

/// What one node has, in short, so that others see whether they know it: said every second or so.
struct PeerSummary {
    Stamp stamp;
    WallTime chat_until{};
    std::int64_t queue = 0;
    std::chrono::microseconds delay{0};  ///< The worst of those it serves: as in lead_for().
    std::chrono::microseconds jump{0};
};

/// What somebody does that is for the others and kept nowhere.
struct PeerReaction {
    UserId by;
    std::string emoji;
    std::optional<double> position;
};
struct PeerSignal {
    UserId from;
    UserId to;
    std::string data;
};

/// What a node says to the others that have people in the same room, on topics::room(code): text of
/// JSON, beside the RoomNotices there. Any part may be absent; parts and fields that are not known
/// are passed by, so that nodes of two versions understand one another.
struct PeerNews {
    std::string life;          ///< Of a live room on one node: says who speaks.
    std::string node;          ///< Its name, for people.
    std::uint64_t number = 0;  ///< Counts what this life says, from 1.
    WallTime now{};            ///< Room time, as the speaker has it.
    /// "Tell me everything": of whom; "": of all.
    std::optional<std::string> ask;
    std::optional<PeerFilm> film;
    std::optional<PeerPeople> people;
    std::optional<PeerSummary> summary;
    std::optional<KeptChat> chat;
    std::vector<ChatDraft> spooled;  ///< Durable at the speaker alone; empty: nothing new.
    std::optional<PeerReaction> reaction;
    /// Those behind it, as they came: a node of the version before hears the first alone.
    std::vector<PeerReaction> more_reactions;
    std::optional<PeerSignal> signal;
};

std::string text(const PeerNews& news);
/// True for what parse_peer_news() is to be asked about.
inline bool is_peer_news(std::string_view payload) {
    return payload.starts_with('{');
}
/// True if this life says it; tells without reading all of it, as everybody hears themselves too.
bool is_said_by(std::string_view payload, std::string_view life);
/// nullopt: it is none, or damaged.
std::optional<PeerNews> parse_peer_news(std::string_view payload);

}  // namespace syncwatch
