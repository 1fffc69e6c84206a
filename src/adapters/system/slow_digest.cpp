#include "adapters/system/slow_digest.h"

#include <algorithm>
#include <array>

#include <sodium.h>

#include "base/digest.h"

namespace syncwatch {

Result<std::string> slow_digest(std::string_view purpose, ByteView of) {
    std::array<std::uint8_t, crypto_pwhash_SALTBYTES> salt{};
    const Sha256Sum named = sha256(as_bytes(purpose));
    std::copy_n(named.begin(), salt.size(), salt.begin());
    const Sha256Sum sum = sha256(of);
    std::array<std::uint8_t, 32> out{};
    if (crypto_pwhash(out.data(), out.size(), reinterpret_cast<const char*>(sum.data()), sum.size(),
                      salt.data(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                      crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return fail_unavailable("memory", "no memory for a digest", std::chrono::seconds(5));
    }
    return encode_hex(out);
}

}  // namespace syncwatch
