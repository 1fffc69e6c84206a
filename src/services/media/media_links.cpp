#include "services/media/media_links.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <vector>

#include "base/digest.h"
#include "base/encoding.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;
using Hours = std::chrono::sys_time<std::chrono::hours>;

constexpr auto kStable = 12h;
constexpr auto kLifetime = 72h;
constexpr std::string_view kPurpose = "media";
constexpr std::size_t kHeadSize = 5;

using Head = std::array<std::uint8_t, kHeadSize>;

Head head_of(MediaLinks::Opens what, Hours expiry) {
    const auto hours = static_cast<std::uint32_t>(expiry.time_since_epoch().count());
    return {static_cast<std::uint8_t>(what), static_cast<std::uint8_t>(hours >> 24),
            static_cast<std::uint8_t>(hours >> 16), static_cast<std::uint8_t>(hours >> 8),
            static_cast<std::uint8_t>(hours)};
}

Hours expiry_of(ByteView head) {
    std::uint32_t hours = 0;
    for (const std::uint8_t byte : head.subspan(1, 4)) hours = (hours << 8) | byte;
    return Hours(std::chrono::hours(hours));
}

Sha256Sum signature(const KeyStore::Key& key, ByteView head, VideoId video) {
    std::array<std::uint8_t, kPurpose.size() + kHeadSize + 16> message{};
    auto at = std::ranges::copy(kPurpose, message.begin()).out;
    at = std::ranges::copy(head, at).out;
    std::ranges::copy(video.uuid.bytes, at);
    return hmac_sha256(key, message);
}

}  // namespace

MediaLinks::Signed MediaLinks::sign(VideoId video, WallTime now, Opens what) const {
    const auto hour = std::chrono::floor<std::chrono::hours>(now);
    const Hours begun = hour - hour.time_since_epoch() % kStable;
    const Hours expiry = begun + kStable + kLifetime;
    const Head head = head_of(what, expiry);
    const Sha256Sum sum = signature(key_, head, video);
    std::vector<std::uint8_t> token(head.begin(), head.end());
    token.insert(token.end(), sum.begin(), sum.end());
    return {"/media/" + encode_base64url(token) + "/" + video.text(), expiry};
}

bool MediaLinks::allows(std::string_view token, VideoId video, Opens what, WallTime now) const {
    constexpr std::size_t kSize = kHeadSize + sizeof(Sha256Sum);
    if (token.size() != (kSize * 8 + 5) / 6) return false;
    const auto bytes = decode_base64url(token);
    if (!bytes || bytes->size() != kSize) return false;
    const auto opens = static_cast<Opens>(bytes->front());
    if (opens != Opens::Film && opens != what) return false;
    const ByteView head = ByteView(*bytes).first(kHeadSize);
    const bool made_here =
        equal_in_constant_time(ByteView(*bytes).subspan(kHeadSize), signature(key_, head, video));
    return made_here && expiry_of(head) > now;
}

}  // namespace syncwatch
