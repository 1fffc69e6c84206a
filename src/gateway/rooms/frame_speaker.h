#pragma once
#include <string>

#include "gateway/rooms/gateway_metrics.h"
#include "gateway/websocket/peer.h"
#include "services/rooms/room_speaker.h"

namespace syncwatch::room_gateway {

/// Puts what happens in rooms into frames: each is written once and shared by all who hear it.
/// Every line it is given is a RoomSession. One per shard.
class FrameSpeaker final : public RoomSpeaker {
public:
    explicit FrameSpeaker(Metrics& metrics) : metrics_(metrics) {}

    std::unique_ptr<RoomAudience> gather() override;
    void welcome(RoomLine& to, const Welcome& welcome) override;
    void playback(RoomAudience& to, const Playback& playback, const Holds::Active* hold) override;
    void members(RoomAudience& to, const MembersNews& news) override;
    void queue(RoomAudience& to, std::span<const Shown> queue) override;
    void room(RoomAudience& to, const Room& room, std::size_t present) override;
    void chat(RoomAudience& to, const ChatMessage& message) override;
    void reaction(RoomAudience& to, const Member& by, std::string_view emoji,
                  std::optional<double> position) override;
    void voice(RoomAudience& to, UserId member, const VoiceState& state) override;
    void signal(Lines to, UserId from, std::string_view data) override;
    void ack(RoomLine& to, std::string_view id, std::optional<MessageId> message) override;
    void refusal(RoomLine& to, std::string_view id, const Error& why) override;
    void notice(RoomAudience& to, std::string_view code, bool active) override;
    void notice(RoomLine& to, std::string_view code, bool active) override;
    void goodbye(RoomLine& to, std::chrono::milliseconds retry) override;

private:
    void say(RoomAudience& to, const std::string& text,
             websocket::Delivery delivery = websocket::Delivery::ordered());
    void say(RoomLine& to, const std::string& text);

    Metrics& metrics_;
};

}  // namespace syncwatch::room_gateway
