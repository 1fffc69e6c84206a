#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/digest.h"
#include "base/time.h"
#include "domain/account/principal.h"

namespace syncwatch {

/// Who stands behind a token, remembered for a little while, so that a request costs no query.
/// What ends a session or changes an account must forget it here. Thread-safe.
class SessionCache {
public:
    struct Entry {
        Principal principal;
        std::string username = {};  ///< Empty: a guest.
        WallTime expires_at{};      ///< Of the session.
        Instant read_at{};          ///< When the database said so.
    };
    /// Taken before the database is asked. A put() with an old one changes nothing: what was read
    /// may have ended meanwhile.
    using Epoch = std::uint64_t;

    explicit SessionCache(std::size_t capacity) : capacity_(capacity) {}

    std::optional<Entry> find(const Sha256Sum& token_hash) const;
    /// nullopt: nobody by that id is remembered.
    std::optional<std::string> username_of(UserId user) const;
    Epoch epoch() const;
    void put(const Sha256Sum& token_hash, Entry entry, Epoch read_since);

    void forget(SessionId session);
    void forget(UserId user);

private:
    template <class Matches>
    void forget_if(Matches matches);

    const std::size_t capacity_;
    mutable std::mutex mutex_;
    Epoch epoch_ = 0;
    std::map<Sha256Sum, Entry> entries_;
};

}  // namespace syncwatch
