#include "adapters/turn/turn_ice_provider.h"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/encoding.h"

namespace syncwatch {
namespace {

std::string hmac_sha1(const std::string& key, const std::string& message) {
    std::array<std::uint8_t, 20> sum{};
    unsigned size = sum.size();
    HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), sum.data(), &size);
    return encode_base64(sum);
}

}  // namespace

IceServers TurnIceProvider::servers_for(UserId user, WallTime now) const {
    IceServers given;
    given.expires_at = now + options_.lifetime;
    IceServer stun;
    IceServer turn;
    for (const std::string& url : options_.servers) {
        (url.starts_with("turn") ? turn : stun).urls.push_back(url);
    }
    if (!stun.urls.empty()) given.servers.push_back(std::move(stun));
    if (!turn.urls.empty()) {
        const auto expiry = std::chrono::ceil<std::chrono::seconds>(given.expires_at);
        turn.username = fmt::format("{}:{}", expiry.time_since_epoch().count(), user.text());
        turn.credential = hmac_sha1(options_.secret(), turn.username);
        given.servers.push_back(std::move(turn));
    }
    return given;
}

}  // namespace syncwatch
