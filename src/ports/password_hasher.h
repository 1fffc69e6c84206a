#pragma once
#include <string>

#include "base/async/async.h"

namespace syncwatch {

/// Slow, salted password hashes (Argon2id). Hashing takes tens of milliseconds of a core and
/// tens of MiB, so the number under way at once is bounded: over it, Exhausted.
class PasswordHasher {
public:
    virtual ~PasswordHasher() = default;
    /// A self-describing hash (PHC string).
    virtual Async<std::string> hash(std::string password) = 0;
    /// True if `password` made `hash`. An empty `hash` costs the same and is false, so that an
    /// unknown user takes as long as a wrong password.
    virtual Async<bool> verify(std::string password, std::string hash) = 0;
};

}  // namespace syncwatch
