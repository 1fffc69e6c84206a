#include "services/rooms/room_notices.h"

#include "services/rooms/notice_words.h"

namespace syncwatch {
namespace {

std::optional<RoomNotice::Kind> kind_of(std::string_view word) {
    if (word == "settings") return RoomNotice::Kind::Settings;
    if (word == "deleted") return RoomNotice::Kind::Deleted;
    if (word == "banned") return RoomNotice::Kind::Banned;
    if (word == "kicked") return RoomNotice::Kind::Kicked;
    if (word == "role") return RoomNotice::Kind::Role;
    return std::nullopt;
}

}  // namespace

std::string settings_notice() {
    return "settings";
}

std::string deleted_notice() {
    return "deleted";
}

std::string banned_notice(const std::optional<UserId>& user, const std::string& address) {
    std::string notice = "banned";
    if (user) notice += " user=" + user->text();
    if (!address.empty() && is_plain(address)) notice += " address=" + address;
    return notice;
}

std::string kicked_notice(UserId user) {
    return "kicked user=" + user.text();
}

std::string role_notice(UserId user, Role role) {
    return "role user=" + user.text() + " role=" + std::string(text(role));
}

std::optional<RoomNotice> parse_room_notice(std::string_view text) {
    const auto kind = kind_of(take_word(text));
    if (!kind) return std::nullopt;
    RoomNotice notice;
    notice.kind = *kind;
    while (!text.empty()) {
        const std::string_view part = take_word(text);
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view name = part.substr(0, equals);
        const std::string_view value = part.substr(equals + 1);
        if (name == "user") {
            if (const auto id = UserId::parse(value)) notice.user = *id;
        } else if (name == "address") {
            notice.address = value;
        } else if (name == "role") {
            notice.role = parse_role(value).value_or(Role::Viewer);
        }
    }
    return notice;
}

}  // namespace syncwatch
