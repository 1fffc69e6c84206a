#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "base/async/async.h"

namespace syncwatch {

/// Signing keys of the installation: made at first start, the same for every node from then on.
class KeyStore {
public:
    using Key = std::array<std::uint8_t, 32>;

    virtual ~KeyStore() = default;
    /// The key of that name; `fresh` becomes it if there is none yet. Durable when it returns.
    /// Errors: Unavailable (component "database"), Corrupt.
    virtual Async<Key> key(std::string name, Key fresh) = 0;
};

}  // namespace syncwatch
