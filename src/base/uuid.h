#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace syncwatch {

/// 128 bits with a canonical text form (RFC 9562).
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    /// Version 7: milliseconds of `now`, then `random`. Ids made later sort later.
    static Uuid make_v7(WallTime now, std::span<const std::uint8_t, 10> random);
    /// Accepts the 36-character form, upper or lower case. Errors: InvalidInput.
    static Result<Uuid> parse(std::string_view text);
    /// Lower case with dashes, 36 characters.
    std::string text() const;
    /// The same where no memory is to be taken for it.
    std::array<char, 36> letters() const;

    /// When it was made, to the millisecond, as it says itself. Nothing: it is not of version 7.
    std::optional<WallTime> made_at() const;

    bool is_nil() const { return *this == Uuid{}; }
    auto operator<=>(const Uuid&) const = default;
};

/// A UUID that knows what it names, so that a video is never looked up by a user's id.
template <class Tag>
struct Id {
    Uuid uuid;

    static Result<Id> parse(std::string_view text) {
        return Uuid::parse(text).map([](Uuid parsed) { return Id{parsed}; });
    }
    std::string text() const { return uuid.text(); }
    bool is_nil() const { return uuid.is_nil(); }
    auto operator<=>(const Id&) const = default;
};

using UserId = Id<struct UserTag>;        ///< An account or a guest; in a room: a member.
using SessionId = Id<struct SessionTag>;  ///< One sign-in on one device.
using VideoId = Id<struct VideoTag>;
using MessageId = Id<struct MessageTag>;  ///< A chat message.
using ItemId = Id<struct ItemTag>;        ///< A place in a room's queue.
using UploadId = Id<struct UploadTag>;
using BanId = Id<struct BanTag>;
using JobId = Id<struct JobTag>;

}  // namespace syncwatch

template <>
struct std::hash<syncwatch::Uuid> {
    std::size_t operator()(const syncwatch::Uuid& id) const noexcept {
        std::size_t mixed = 1469598103934665603ull;
        for (const auto byte : id.bytes) mixed = (mixed ^ byte) * 1099511628211ull;
        return mixed;
    }
};
template <class Tag>
struct std::hash<syncwatch::Id<Tag>> {
    std::size_t operator()(const syncwatch::Id<Tag>& id) const noexcept {
        return std::hash<syncwatch::Uuid>()(id.uuid);
    }
};
