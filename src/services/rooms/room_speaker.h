#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/chat/chat.h"
#include "domain/media/room_film.h"
#include "domain/playback/holds.h"
#include "domain/playback/playback.h"
#include "domain/queue/queue.h"
#include "domain/room/ice_server.h"
#include "domain/room/member.h"
#include "domain/room/room.h"
#include "services/rooms/room_audience.h"
#include "services/rooms/room_line.h"

namespace syncwatch {

/// Says what happens in rooms to those who should hear it: the seam between what rooms do and how
/// it is written down and sent. Each call is one thing said, however many hear it, so that it is
/// encoded once. What is given is valid during the call. One per shard, on its thread.
class RoomSpeaker {
public:
    using Lines = std::span<RoomLine* const>;

    /// A place in the queue, with the film in it.
    struct Shown {
        const QueueItem* item;
        const RoomFilm* film;
    };
    struct Welcome {
        const Member& you;
        const Room& room;
        std::vector<const Member*> members;  ///< As they came, `you` included.
        const Playback& playback;
        const Holds::Active* hold;
        std::vector<Shown> queue;
        std::span<const ChatMessage> messages;  ///< The newest last.
        std::span<const IceServer> ice;
        WallTime now;
    };
    struct MembersNews {
        std::vector<const Member*> joined;
        std::vector<UserId> left;
        std::vector<const Member*> changed;
        /// Nothing but how far off they are: of two such news, the newer is enough.
        bool only_drift = false;
    };

    virtual ~RoomSpeaker() = default;

    /// An audience for a new room, to be spoken to through this speaker alone.
    virtual std::unique_ptr<RoomAudience> gather() = 0;

    virtual void welcome(RoomLine& to, const Welcome& welcome) = 0;
    /// `hold` nullptr: the room waits for nobody.
    virtual void playback(RoomAudience& to, const Playback& playback,
                          const Holds::Active* hold) = 0;
    virtual void members(RoomAudience& to, const MembersNews& news) = 0;
    virtual void queue(RoomAudience& to, std::span<const Shown> queue) = 0;
    virtual void room(RoomAudience& to, const Room& room, std::size_t present) = 0;
    virtual void chat(RoomAudience& to, const ChatMessage& message) = 0;
    virtual void reaction(RoomAudience& to, const Member& by, std::string_view emoji,
                          std::optional<double> position) = 0;
    virtual void voice(RoomAudience& to, UserId member, const VoiceState& state) = 0;
    virtual void signal(Lines to, UserId from, std::string_view data) = 0;
    /// `message`: of a chat message that is durable now.
    virtual void ack(RoomLine& to, std::string_view id, std::optional<MessageId> message) = 0;
    /// `id` empty: about nothing that had one.
    virtual void refusal(RoomLine& to, std::string_view id, const Error& why) = 0;
    /// A part of the service is down, or back.
    virtual void notice(RoomAudience& to, std::string_view code, bool active) = 0;
    virtual void notice(RoomLine& to, std::string_view code, bool active) = 0;
    virtual void goodbye(RoomLine& to, std::chrono::milliseconds retry) = 0;
};

}  // namespace syncwatch
