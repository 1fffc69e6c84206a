#include "adapters/system/sodium_sealer.h"

#include <span>
#include <tuple>

#include <sodium.h>

#include "base/assert.h"

namespace syncwatch {
namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(std::tuple_size_v<KeyStore::Key> == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

tl::unexpected<Error> no_seal() {
    return fail(ErrorCode::Unauthenticated, "not sealed with this key");
}

}  // namespace

SodiumSealer::SodiumSealer(KeyStore::Key key, Random& random) : key_(key), random_(random) {
    SW_ASSERT(sodium_init() >= 0);
}

std::string SodiumSealer::seal(ByteView bytes) {
    std::vector<std::uint8_t> sealed(kNonce + bytes.size() + kTag);
    random_.fill(std::span(sealed).first(kNonce));
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + kNonce, nullptr, bytes.data(),
                                               bytes.size(), nullptr, 0, nullptr, sealed.data(),
                                               key_.data());
    return encode_base64url(sealed);
}

Result<std::vector<std::uint8_t>> SodiumSealer::open(std::string_view text) const {
    const auto sealed = decode_base64url(text);
    if (!sealed || sealed->size() < kNonce + kTag) return no_seal();
    // The last letter may hold bits that mean nothing.
    if (encode_base64url(*sealed) != text) return no_seal();
    std::vector<std::uint8_t> bytes(sealed->size() - kNonce - kTag);
    const int wrong = crypto_aead_xchacha20poly1305_ietf_decrypt(
        bytes.data(), nullptr, nullptr, sealed->data() + kNonce, sealed->size() - kNonce, nullptr,
        0, sealed->data(), key_.data());
    if (wrong != 0) return no_seal();
    return bytes;
}

}  // namespace syncwatch
