#include "services/rooms/ticket_notices.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "services/rooms/notice_words.h"

namespace syncwatch {
namespace {

std::optional<WallTime> parse_micros(std::string_view digits) {
    std::int64_t micros = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, micros);
    if (error != std::errc() || stop != end) return std::nullopt;
    return from_micros(micros);
}

/// True if `value` is what a part of that name must be.
bool take_part(TicketNotice& notice, std::string_view name, std::string_view value) {
    if (name == "issued") {
        const auto issued = parse_micros(value);
        if (issued) notice.issued = *issued;
        return issued.has_value();
    }
    if (name == "hash") {
        const auto hash = decode_hex(value);
        if (!hash || hash->size() != notice.hash.size()) return false;
        std::ranges::copy(*hash, notice.hash.begin());
    } else if (name == "room") {
        const auto room = RoomCode::parse(value);
        if (!room) return false;
        notice.room = *room;
    } else if (name == "user") {
        const auto user = UserId::parse(value);
        if (!user) return false;
        notice.user = *user;
    } else if (name == "address") {
        notice.address = value;
    }
    return true;
}

}  // namespace

std::string text(const TicketNotice& notice) {
    const std::string issued = " issued=" + std::to_string(to_micros(notice.issued));
    if (notice.kind == TicketNotice::Kind::Used) {
        return "used" + issued + " hash=" + encode_hex(notice.hash);
    }
    std::string said = "revoked" + issued + " room=" + notice.room.compact();
    if (notice.user) said += " user=" + notice.user->text();
    if (!notice.address.empty() && is_plain(notice.address)) said += " address=" + notice.address;
    return said;
}

std::optional<TicketNotice> parse_ticket_notice(std::string_view text) {
    TicketNotice notice;
    const std::string_view kind = take_word(text);
    if (kind == "revoked") {
        notice.kind = TicketNotice::Kind::Revoked;
    } else if (kind != "used") {
        return std::nullopt;
    }
    bool dated = false;
    while (!text.empty()) {
        const std::string_view part = take_word(text);
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view name = part.substr(0, equals);
        if (!take_part(notice, name, part.substr(equals + 1))) return std::nullopt;
        dated = dated || name == "issued";
    }
    if (!dated) return std::nullopt;
    return notice;
}

}  // namespace syncwatch
