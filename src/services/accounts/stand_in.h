#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/uuid.h"
#include "ports/sealer.h"

namespace syncwatch {

/// A guest who came while the database was away: all there is of them stands in their token,
/// sealed, so that every node knows them. They become an account when the database is back.
struct StandIn {
    /// For so long the token alone is enough: guests of the database, which forgets those without a
    /// session after an hour, cannot come back to life by it.
    static constexpr std::chrono::minutes kLifetime{60};
    /// By how much the clocks of two nodes may differ.
    static constexpr std::chrono::seconds kClocksApart{5};

    UserId user;
    SessionId session;
    std::string name;
    WallTime issued{};

    bool is_good_at(WallTime now) const {
        return issued <= now + kClocksApart && now < issued + kLifetime;
    }
};

/// Longer than any other token.
std::string seal(const StandIn& guest, Sealer& sealer);
/// nullopt: it is no such token, or not of this installation.
std::optional<StandIn> open_stand_in(std::string_view token, const Sealer& sealer);

}  // namespace syncwatch
