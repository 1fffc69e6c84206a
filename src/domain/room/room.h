#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/uuid.h"
#include "domain/room/room_code.h"

namespace syncwatch {

/// Who may play, pause, seek and choose. The acting host always may.
enum class Control : std::uint8_t { Host, Moderators, Everyone };
/// Whether strangers find the room in the list.
enum class Visibility : std::uint8_t { Unlisted, Public };
/// For whose buffering the room waits.
enum class Hold : std::uint8_t { None, Host, Everyone };
/// What somebody is in a room, whoever is present. Ordered: a greater role may do more.
enum class Role : std::uint8_t { Viewer, Moderator, Owner };

std::string_view text(Control value);
std::string_view text(Visibility value);
std::string_view text(Hold value);
std::string_view text(Role value);
std::optional<Control> parse_control(std::string_view word);
std::optional<Visibility> parse_visibility(std::string_view word);
std::optional<Hold> parse_hold(std::string_view word);
std::optional<Role> parse_role(std::string_view word);

/// What is decided about a room; what happens in it is another matter (LiveRoom).
struct Room {
    static constexpr int kLeastCapacity = 1;
    static constexpr int kUsualCapacity = 50;
    static constexpr int kMostCapacity = 1000;
    static constexpr std::size_t kMaxNameCharacters = 80;

    RoomCode code;
    std::string name;
    UserId owner;
    Control control = Control::Everyone;
    Visibility visibility = Visibility::Unlisted;
    Hold hold = Hold::Everyone;
    int capacity = kUsualCapacity;
    std::string password_hash;  ///< Empty: no password.
    WallTime created_at{};

    bool has_password() const { return !password_hash.empty(); }
};

}  // namespace syncwatch
