#pragma once
#include "gateway/websocket/peer.h"

namespace syncwatch::room_gateway {

/// How frames wait for a slow reader. Of state only the newest waits, one for each kind; all else
/// is kept in order, and whoever lets too much of it pile up is sent away.
inline constexpr auto kPlaybackDelivery = websocket::Delivery::newest_of(1);
inline constexpr auto kDriftDelivery = websocket::Delivery::newest_of(2);
inline constexpr auto kQueueDelivery = websocket::Delivery::newest_of(3);
inline constexpr auto kRoomDelivery = websocket::Delivery::newest_of(4);
inline constexpr auto kClockDelivery = websocket::Delivery::newest_of(5);

}  // namespace syncwatch::room_gateway
