#pragma once
#include "ports/key_store.h"
#include "ports/random.h"
#include "ports/sealer.h"

namespace syncwatch {

/// XChaCha20-Poly1305 through libsodium. Nonces are random: 192 bits do not meet.
class SodiumSealer final : public Sealer {
public:
    SodiumSealer(KeyStore::Key key, Random& random);

    std::string seal(ByteView bytes) override;
    Result<std::vector<std::uint8_t>> open(std::string_view text) const override;

private:
    const KeyStore::Key key_;
    Random& random_;
};

}  // namespace syncwatch
