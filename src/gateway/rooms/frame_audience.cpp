#include "gateway/rooms/frame_audience.h"

#include "gateway/rooms/room_session.h"

namespace syncwatch::room_gateway {

void FrameAudience::add(RoomLine& line) {
    auto& session = static_cast<RoomSession&>(line);
    if (websocket::Peer* peer = session.peer()) {
        peers_.add(*peer);
    } else {
        others_.push_back(&session);
    }
}

void FrameAudience::remove(RoomLine& line) {
    auto& session = static_cast<RoomSession&>(line);
    if (websocket::Peer* peer = session.peer()) {
        peers_.remove(*peer);
    } else {
        std::erase(others_, &session);
    }
}

void FrameAudience::send(const websocket::SharedFrame& frame, websocket::Delivery delivery) {
    peers_.send(frame, delivery);
    for (RoomSession* each : others_) each->transmit(frame, delivery);
}

}  // namespace syncwatch::room_gateway
