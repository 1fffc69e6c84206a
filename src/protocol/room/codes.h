#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace syncwatch::room_protocol {

/// Why a socket is closed: the codes of the room protocol. A client acts on the number; the reason
/// is for people who look at the wire.
enum class CloseCode : std::uint16_t {
    Restarting = 1012,
    Overloaded = 1013,
    BadFrame = 4400,
    WhoAreYou = 4401,
    Kicked = 4403,  ///< Or banned.
    NoSuchRoom = 4404,
    NoHello = 4408,
    TooSlow = 4413,
    Flooding = 4429,
};

struct CloseEntry {
    CloseCode code;
    std::string_view reason;
};
/// Every one of them.
std::span<const CloseEntry> close_codes();
std::string_view close_reason(CloseCode code);

struct ErrorEntry {
    std::string_view code;     ///< The stable word that clients switch on.
    std::string_view message;  ///< For a person.
};
/// The words of `error` frames. What is not here has the words of the HTTP API.
std::span<const ErrorEntry> error_codes();

struct ErrorWords {
    std::string code;
    std::string message;
};
/// The one place where an error becomes what a room's client reads of it.
ErrorWords words_of(const Error& error);

struct NoticeEntry {
    std::string_view code;
    std::string_view began;
    std::string_view ended;
};
/// Every `notice`.
std::span<const NoticeEntry> notices();

}  // namespace syncwatch::room_protocol
