#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "base/uuid.h"

namespace syncwatch {

/// A line of a room's chat, as it is kept and sent.
struct ChatMessage {
    MessageId id;
    UserId by;
    std::string name;  ///< What its author was called then.
    std::string text;
    std::optional<MessageId> reply_to;
    std::optional<double> position;  ///< Where in the film it was said; nullopt: nothing was on.
    WallTime sent_at{};              ///< Room time; no two of a room are the same.
    bool operator==(const ChatMessage&) const = default;
};

inline constexpr std::size_t kMostChatCharacters = 2000;

/// 1 to 2000 characters of UTF-8 that say something: not white space alone, and without control
/// characters but tabs and line ends. Kept as it was typed. Errors: InvalidInput ("text").
Result<std::string> valid_chat_text(std::string text);

/// A reaction: one emoji, or what a browser makes of several code points; at most 16 of them, no
/// white space and no control characters. Errors: InvalidInput ("emoji").
Result<std::string> valid_reaction(std::string emoji);

}  // namespace syncwatch
