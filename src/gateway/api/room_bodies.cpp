#include "gateway/api/room_bodies.h"

#include <string>

#include <boost/asio/ip/address.hpp>

#include "domain/account/names.h"

namespace syncwatch::http {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr std::int64_t kLongestBan = std::int64_t{10} * 366 * 24 * 3600;  ///< Seconds.

/// What both bodies say alike about a room. Absent fields stay absent.
RoomDirectory::Patch read_policy(FieldReader& reader) {
    RoomDirectory::Patch patch;
    patch.control =
        reader.optional_choice("control", parse_control, "host, moderators or everyone");
    patch.visibility = reader.optional_choice("visibility", parse_visibility, "unlisted or public");
    patch.hold = reader.optional_choice("hold", parse_hold, "none, host or everyone");
    if (const auto seats =
            reader.optional_integer("capacity", Room::kLeastCapacity, Room::kMostCapacity)) {
        patch.capacity = static_cast<int>(*seats);
    }
    patch.password = reader.optional_text("password", kRoomPassword);
    return patch;
}

void check_name(FieldReader& reader, const std::string& name) {
    (void)reader.keep(valid_display_name(name, "name", Room::kMaxNameCharacters));
}

std::optional<std::chrono::seconds> read_until(FieldReader& reader, WallTime now) {
    const auto until = reader.optional_text("until", kTyped);
    if (!until) return std::nullopt;
    const auto time = parse_rfc3339(*until);
    if (!time) {
        reader.refuse("until", "must be a time as in RFC 3339");
        return std::nullopt;
    }
    const auto lasting = std::chrono::ceil<std::chrono::seconds>(*time - now);
    if (lasting > 0s && lasting.count() <= kLongestBan) return lasting;
    reader.refuse("until", "must be a time to come, within ten years");
    return std::nullopt;
}

}  // namespace

Result<RoomDirectory::NewRoom> new_room_from(const json::object& body) {
    FieldReader reader(body);
    RoomDirectory::NewRoom room;
    if (reader.has("name") && !reader.is_null("name")) {
        room.name = reader.optional_text("name", kTyped).value_or(std::string());
        if (body.at("name").is_string()) check_name(reader, room.name);
    } else {
        reader.refuse("name", "is missing");
    }
    const RoomDirectory::Patch policy = read_policy(reader);
    SW_CHECK(reader.verdict());
    room.password = policy.password.value_or(std::string());
    room.control = policy.control.value_or(room.control);
    room.visibility = policy.visibility.value_or(room.visibility);
    room.hold = policy.hold.value_or(room.hold);
    room.capacity = policy.capacity.value_or(room.capacity);
    return room;
}

Result<RoomDirectory::Patch> room_patch_from(const json::object& body) {
    FieldReader reader(body);
    RoomDirectory::Patch patch = read_policy(reader);
    if (reader.is_null("password")) patch.password = std::string();
    patch.name = reader.optional_text("name", kTyped);
    if (patch.name) check_name(reader, *patch.name);
    SW_CHECK(reader.verdict());
    return patch;
}

Result<RoomDirectory::NewBan> new_ban_from(const json::object& body, WallTime now) {
    FieldReader reader(body);
    RoomDirectory::NewBan ban;
    // A member is a person: both fields name the same kind of somebody.
    for (const char* field : {"member", "user"}) {
        const auto id = reader.optional_text(field, kTyped);
        if (!id) continue;
        if (const auto parsed = UserId::parse(*id)) {
            ban.user = *parsed;
        } else {
            reader.refuse(field, "must be the id of somebody");
        }
    }
    ban.address_too = reader.optional_flag("address_too").value_or(false);
    ban.address = reader.optional_text("address", kTyped).value_or(std::string());
    if (!ban.address.empty()) {
        boost::system::error_code bad;
        (void)net::ip::make_address(ban.address, bad);
        if (bad) reader.refuse("address", "must be an IP address");
    }
    if (const auto seconds = reader.optional_integer("seconds", 1, kLongestBan)) {
        ban.lasting = std::chrono::seconds(*seconds);
    }
    if (const auto lasting = read_until(reader, now)) {
        if (ban.lasting) reader.refuse("until", "give either seconds or until");
        ban.lasting = lasting;
    }
    SW_CHECK(reader.verdict());
    return ban;
}

}  // namespace syncwatch::http
