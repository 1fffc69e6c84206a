#include "services/rooms/join_grant.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace syncwatch {
namespace {

// Version, time of issue (µs), lifetime (s), room, user, session, kind, admin, role; name and
// address, each behind its length. Numbers begin with their greatest byte.
constexpr std::uint8_t kVersion = 1;

class Writer {
public:
    void number(std::uint64_t value, int size) {
        for (int i = size - 1; i >= 0; --i) {
            bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
        }
    }
    void raw(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
    void text(std::string_view text) {
        const std::string_view kept = text.substr(0, 0xffff);
        number(kept.size(), 2);
        raw(as_bytes(kept));
    }
    std::vector<std::uint8_t> take() { return std::move(bytes_); }

private:
    std::vector<std::uint8_t> bytes_;
};

/// Reads what Writer wrote; after the first thing that is not there, nothing more.
class Reader {
public:
    explicit Reader(ByteView bytes) : rest_(bytes) {}

    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (const std::uint8_t byte : raw(size)) value = value << 8 | byte;
        return value;
    }
    ByteView raw(std::size_t size) {
        if (size > rest_.size()) {
            good_ = false;
            rest_ = {};
            return {};
        }
        const ByteView taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }
    std::string text() {
        const ByteView taken = raw(number(2));
        return {taken.begin(), taken.end()};
    }
    Uuid uuid() {
        Uuid id;
        std::ranges::copy(raw(id.bytes.size()), id.bytes.begin());
        return id;
    }
    /// One of the values of an enumeration, or of bool.
    template <class Choice>
    Choice choice(Choice greatest) {
        const std::uint64_t value = number(1);
        good_ = good_ && value <= static_cast<std::uint64_t>(greatest);
        return static_cast<Choice>(value);
    }
    void refuse() { good_ = false; }
    bool is_whole() const { return good_ && rest_.empty(); }

private:
    ByteView rest_;
    bool good_ = true;
};

}  // namespace

std::vector<std::uint8_t> encode_grant(const DatedGrant& dated) {
    const JoinGrant& grant = dated.grant;
    Writer out;
    out.number(kVersion, 1);
    out.number(static_cast<std::uint64_t>(to_micros(dated.issued)), 8);
    out.number(static_cast<std::uint64_t>(dated.lifetime.count()), 2);
    out.raw(as_bytes(grant.room.compact()));
    out.raw(grant.who.user.uuid.bytes);
    out.raw(grant.who.session.uuid.bytes);
    out.number(static_cast<std::uint64_t>(grant.who.kind), 1);
    out.number(grant.who.admin ? 1 : 0, 1);
    out.number(static_cast<std::uint64_t>(grant.role), 1);
    out.text(grant.who.display_name);
    out.text(grant.address);
    return out.take();
}

Result<DatedGrant> decode_grant(ByteView bytes) {
    Reader in(bytes);
    DatedGrant dated;
    if (in.number(1) != kVersion) in.refuse();
    dated.issued = from_micros(static_cast<std::int64_t>(in.number(8)));
    dated.lifetime = std::chrono::seconds(in.number(2));
    const ByteView code = in.raw(RoomCode::kLength);
    if (const auto room = RoomCode::parse(std::string(code.begin(), code.end()))) {
        dated.grant.room = *room;
    } else {
        in.refuse();
    }
    Principal& who = dated.grant.who;
    who.user = UserId{in.uuid()};
    who.session = SessionId{in.uuid()};
    who.kind = in.choice(UserKind::Guest);
    who.admin = in.choice(true);
    dated.grant.role = in.choice(Role::Owner);
    who.display_name = in.text();
    dated.grant.address = in.text();
    if (!in.is_whole()) return fail(ErrorCode::Unauthenticated, "not a grant of this version");
    return dated;
}

}  // namespace syncwatch
