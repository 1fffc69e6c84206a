#pragma once
#include "base/json_text.h"
#include "protocol/room/encode.h"

namespace syncwatch::room_protocol {

/// The values that server frames are made of, written where the next value belongs.

void put(JsonText& out, const Member& member);
/// `resume` is who the client comes back as; only the welcome's `you` has it.
void put_you(JsonText& out, const Member& member);
void put(JsonText& out, const Room& room, std::size_t present);
void put(JsonText& out, const Playback& playback, const Holds::Active* hold);
void put(JsonText& out, const ShownItem& shown);
void put(JsonText& out, const VoiceState& voice);
void put(JsonText& out, const ChatMessage& message, TimeForm form);
void put(JsonText& out, const IceServer& server);

}  // namespace syncwatch::room_protocol
