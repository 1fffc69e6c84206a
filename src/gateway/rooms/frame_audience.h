#pragma once
#include <cstddef>
#include <vector>

#include "gateway/websocket/audience.h"
#include "services/rooms/room_audience.h"

namespace syncwatch::room_gateway {

class RoomSession;

/// The sessions in a room. Those of sockets hear together; others (a test's) one by one.
class FrameAudience final : public RoomAudience {
public:
    void add(RoomLine& line) override;
    void remove(RoomLine& line) override;

    void send(const websocket::SharedFrame& frame, websocket::Delivery delivery);
    std::size_t size() const { return peers_.size() + others_.size(); }

private:
    websocket::Audience peers_;
    std::vector<RoomSession*> others_;
};

}  // namespace syncwatch::room_gateway
