#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/rooms/gateway_metrics.h"
#include "gateway/websocket/peer.h"
#include "protocol/room/client_frames.h"
#include "protocol/room/codes.h"
#include "protocol/room/decode.h"
#include "services/rooms/live_rooms.h"

namespace syncwatch::room_gateway {

/// One socket of the room protocol: reads frames, and does what they ask for in the room. What the
/// room says comes out through a FrameSpeaker. On the room's shard.
class RoomSession : public RoomLine, public websocket::PeerListener {
public:
    RoomSession(JoinGrant grant, LiveRooms& rooms, RoomShard& shard, Metrics& metrics);
    ~RoomSession() override;

    /// Its socket, which hears what is said to everybody with the others; nullptr: it has none of
    /// its own, all goes through transmit().
    virtual websocket::Peer* peer() { return nullptr; }
    /// Sends one frame, made for however many.
    virtual void transmit(const websocket::SharedFrame& frame, websocket::Delivery delivery) = 0;
    /// Says goodbye with a code; the socket goes.
    virtual void hang_up(room_protocol::CloseCode code) = 0;

    void on_text(std::string_view message) override;
    void on_violation(websocket::Violation violation) override;
    void on_goodbye(std::optional<std::uint16_t> code) override;
    void on_closed() override;
    void entered() override;
    void end(Ending why) override;

private:
    enum class State : std::uint8_t { Silent, Entering, Inside, Over };

    void refuse(const room_protocol::BadFrame& bad);
    void violate(std::string_view id, std::string_view why);
    void greet(const room_protocol::Hello& hello);
    /// `content` stands for the frame's text.
    void take(room_protocol::ClientFrame frame, std::uint64_t content);
    void answer_clock(const room_protocol::ClockQuestion& question);
    /// For frames that need no answer: one if they carry an id, or an error in any case.
    void answer(const std::string& id, const Result<>& outcome);

    void act(const room_protocol::Hello& frame);
    void act(const room_protocol::ClockQuestion& frame);
    void act(const room_protocol::ControlFrame& frame);
    void act(const room_protocol::ReportFrame& frame);
    void act(const room_protocol::ChatFrame& frame);
    void act(const room_protocol::ReactFrame& frame);
    void act(const room_protocol::QueueFrame& frame);
    void act(const room_protocol::RoleFrame& frame);
    void act(const room_protocol::KickFrame& frame);
    void act(const room_protocol::VoiceFrame& frame);
    void act(const room_protocol::SignalFrame& frame);

    LiveRooms& rooms_;
    RoomShard& shard_;
    Metrics& metrics_;
    /// What came between the hello and the welcome.
    std::vector<std::pair<room_protocol::ClientFrame, std::uint64_t>> early_;
    std::string hello_id_;
    WallTime received_{};  ///< When the frame that is being read came.
    State state_ = State::Silent;
    bool leaving_ = false;  ///< The client closed because its user left the room.
};

}  // namespace syncwatch::room_gateway
