#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ports/chat_spool.h"

namespace syncwatch::filesystem {

/// A message in a spool's file.
struct ChatRecord {
    RoomCode room;
    ChatDraft draft;
};

/// As it stands in the file: "SWc1", the length of what follows the head (32 bits, the lowest
/// first), the first 8 bytes of the SHA-256 of that, and then JSON, for people who have to look.
std::string encode(const ChatRecord& record);

/// What could be read of a file, in its order.
struct ReadRecords {
    std::vector<ChatRecord> records;
    /// Bytes that are no record but lie before one: not merely the end of an unfinished write.
    std::uint64_t damaged = 0;
};
ReadRecords decode_records(std::string_view bytes);

}  // namespace syncwatch::filesystem
