#pragma once
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/uuid.h"
#include "ports/key_store.h"

namespace syncwatch {

/// Signed, expiring addresses of films: "/media/TOKEN/VIDEO/…". Whoever has one may watch that film
/// (or see its poster alone) until it expires; nothing else is asked, so a cache in front can serve
/// it. An address stays the same for hours, so that players and caches find again what they have.
///
/// A token is base64url of: one byte (1 opens the film, 2 its poster alone), the expiry in hours
/// since the epoch (4 bytes, the greatest first), HMAC-SHA-256 over "media", those five bytes and
/// the video's id (16 bytes).
class MediaLinks {
public:
    enum class Opens : std::uint8_t {
        Film = 1,  ///< All of it, the poster included.
        Poster = 2,
    };
    struct Signed {
        std::string base;  ///< "/media/TOKEN/VIDEO", to which the file's name is added.
        WallTime until{};  ///< Good until then: three days at least, three and a half at most.
    };

    explicit MediaLinks(KeyStore::Key key) : key_(key) {}

    Signed sign(VideoId video, WallTime now, Opens what = Opens::Film) const;
    /// True if the token was made here for this video, opens `what` of it, and has not expired.
    bool allows(std::string_view token, VideoId video, Opens what, WallTime now) const;

private:
    const KeyStore::Key key_;
};

}  // namespace syncwatch
