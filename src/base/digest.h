#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"

namespace syncwatch {

using Sha256Sum = std::array<std::uint8_t, 32>;

/// SHA-256 of one piece. Cost: about 0.5 ns a byte where the processor helps.
Sha256Sum sha256(ByteView bytes);

/// HMAC-SHA-256 (RFC 2104).
Sha256Sum hmac_sha256(ByteView key, ByteView message);

/// Equal or not, in time that depends on the length alone.
bool equal_in_constant_time(ByteView a, ByteView b);

/// A digest over a stream: update as bytes come, then finish once.
class Digest {
public:
    enum class Algorithm : std::uint8_t { Sha1, Sha256 };

    explicit Digest(Algorithm algorithm);
    Digest(Digest&&) noexcept;
    Digest& operator=(Digest&&) noexcept;
    ~Digest();

    void update(ByteView bytes);
    /// The digest of all that was given: 20 or 32 bytes. Leaves the object unusable.
    std::vector<std::uint8_t> finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace syncwatch
