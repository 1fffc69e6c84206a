#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/uuid.h"
#include "domain/account/principal.h"
#include "domain/room/room.h"

namespace syncwatch {

/// How somebody's player is doing; the words are those of the room protocol.
enum class MemberState : std::uint8_t { Joining, Playing, Paused, Buffering, Ended, Away };

std::string_view text(MemberState state);
std::optional<MemberState> parse_member_state(std::string_view word);

/// Somebody's microphone.
struct VoiceState {
    bool joined = false;
    bool muted = false;
    bool speaking = false;
    bool operator==(const VoiceState&) const = default;
};

/// Somebody in a room, as the others see them.
struct Member {
    UserId id;
    std::string name;
    UserKind kind = UserKind::Guest;
    Role role = Role::Viewer;
    bool host = false;  ///< Acts as host at present.
    MemberState state = MemberState::Joining;
    /// How far ahead of the room their picture is, ms; nullopt while nobody knows.
    std::optional<double> drift_ms;
    std::optional<VoiceState> voice;  ///< nullopt: never joined the voice.

    bool operator==(const Member&) const = default;
};

/// What a player tells of itself, about once a second.
struct MemberReport {
    MemberState state = MemberState::Paused;
    double position = 0;  ///< Seconds of film.
    WallTime at{};        ///< Room time, as the client knows it.
    double drift_ms = 0;
    double buffered = 0;  ///< Seconds of film that lie ready.
    /// From a seek into them to a running clock, when it takes long; nullopt: it does not say.
    std::optional<std::chrono::microseconds> jump;
};

}  // namespace syncwatch
