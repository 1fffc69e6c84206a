#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/uuid.h"
#include "domain/room/member.h"
#include "domain/room/room.h"

namespace syncwatch::room_protocol {

/// What a client may say in a room (docs/room-protocol.md). Ids that are no UUIDs are nil here:
/// they name nothing. Every kind of frame may carry the client's own `id`, under which it is
/// answered; the requests must, for the others it is empty where there is none.

inline constexpr int kVersion = 1;
inline constexpr std::string_view kSubprotocol = "syncwatch.v1";
/// Of the ids that clients give to their frames, bytes.
inline constexpr std::size_t kMostFrameId = 64;

/// The first frame. `resume` after a drop: who the client was, and the last message it saw.
struct Hello {
    struct Resume {
        UserId member;
        std::optional<MessageId> last_message;
    };
    std::string id;
    std::int64_t protocol = 0;
    std::optional<Resume> resume;
};

/// Asks for the room's time. `t0` is the client's own clock, given back as it came.
struct ClockQuestion {
    std::string id;
    std::string t0;  ///< As JSON: a number.
};

struct ControlFrame {
    enum class Action : std::uint8_t { Play, Pause, Seek, Rate, Select, Next };
    std::string id;
    Action action = Action::Play;
    std::optional<double> position;
    double rate = 1;
    ItemId item;
};

struct ReportFrame {
    std::string id;
    MemberReport report;
    bool knows_drift = false;
};

struct ChatFrame {
    std::string id;
    std::string text;
    std::optional<MessageId> reply_to;
};

struct ReactFrame {
    std::string id;
    std::string emoji;
    std::optional<double> position;
};

struct QueueFrame {
    enum class Op : std::uint8_t { Add, Remove, Move, Clear, Vote };
    std::string id;
    Op op = Op::Add;
    VideoId video;
    ItemId item;
    std::optional<ItemId> before;  ///< nullopt: at the end.
};

struct RoleFrame {
    std::string id;
    UserId member;
    Role role = Role::Viewer;
};

struct KickFrame {
    std::string id;
    UserId member;
};

struct VoiceFrame {
    std::string id;
    VoiceState state;
};

/// Something between two browsers, not ours to judge.
struct SignalFrame {
    std::string id;
    UserId to;
    std::string data;  ///< As JSON.
};

using ClientFrame =
    std::variant<Hello, ClockQuestion, ControlFrame, ReportFrame, ChatFrame, ReactFrame, QueueFrame,
                 RoleFrame, KickFrame, VoiceFrame, SignalFrame>;

}  // namespace syncwatch::room_protocol
