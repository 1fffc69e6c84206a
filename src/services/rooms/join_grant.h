#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/time.h"
#include "domain/account/principal.h"
#include "domain/room/room.h"

namespace syncwatch {

/// What a successful join allows: one upgrade to the room's socket, as this somebody.
struct JoinGrant {
    RoomCode room;
    Principal who;
    Role role = Role::Viewer;
    std::string address;  ///< The client's address_scope(): what a ban on an address compares.
};

/// A grant as a ticket carries it from node to node.
struct DatedGrant {
    JoinGrant grant;
    WallTime issued{};
    std::chrono::seconds lifetime{0};  ///< Up to 18 hours.
};

/// Bytes that decode_grant() of this version understands: 60, the name and the address.
std::vector<std::uint8_t> encode_grant(const DatedGrant& dated);
/// Errors: Unauthenticated (no grant, or one of another version).
Result<DatedGrant> decode_grant(ByteView bytes);

}  // namespace syncwatch
