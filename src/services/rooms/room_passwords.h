#pragma once
#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/digest.h"
#include "ports/password_hasher.h"
#include "ports/random.h"

namespace syncwatch {

/// Checks room passwords. A link with a password is sent to many people who come at once, so the
/// same guess is hashed once for all who wait for it, and a right one is remembered (as an HMAC
/// under a key that lives in this process alone). Thread-safe.
class RoomPasswords {
public:
    RoomPasswords(PasswordHasher& hasher, Random& random);

    /// Errors: Exhausted (too many hashes under way).
    Async<bool> check(std::string password_hash, std::string password);
    Async<std::string> hash(std::string password);

private:
    class Flight;
    using Key = Sha256Sum;

    Key key_of(const std::string& password_hash, const std::string& password) const;
    void land(const Key& key, const Result<bool>& right);

    PasswordHasher& hasher_;
    std::array<std::uint8_t, 32> secret_{};
    std::mutex mutex_;  // Guards the two below.
    std::set<Key> right_;
    std::map<Key, std::shared_ptr<Flight>> under_way_;
};

}  // namespace syncwatch
