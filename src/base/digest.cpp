#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include "base/assert.h"

namespace syncwatch {

struct Digest::State {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                    &EVP_MD_CTX_free};
};

Digest::Digest(Algorithm algorithm) : state_(std::make_unique<State>()) {
    const EVP_MD* kind = algorithm == Algorithm::Sha1 ? EVP_sha1() : EVP_sha256();
    SW_ASSERT(EVP_DigestInit_ex(state_->context.get(), kind, nullptr) == 1);
}

Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::update(ByteView bytes) {
    SW_ASSERT(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

std::vector<std::uint8_t> Digest::finish() {
    std::vector<std::uint8_t> out(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    SW_ASSERT(EVP_DigestFinal_ex(state_->context.get(), out.data(), &size) == 1);
    out.resize(size);
    state_.reset();
    return out;
}

Sha256Sum sha256(ByteView bytes) {
    Sha256Sum out;
    unsigned size = 0;
    SW_ASSERT(EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, EVP_sha256(), nullptr) ==
              1);
    return out;
}

Sha256Sum hmac_sha256(ByteView key, ByteView message) {
    Sha256Sum out;
    unsigned size = 0;
    SW_ASSERT(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), message.data(),
                   message.size(), out.data(), &size) != nullptr);
    return out;
}

bool equal_in_constant_time(ByteView a, ByteView b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace syncwatch
