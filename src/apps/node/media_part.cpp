#include "apps/node/media_part.h"

#include <utility>

#include "apps/plan/plan_source.h"

namespace syncwatch::apps {
namespace {

UploadService::Options upload_options(const config::Settings& settings) {
    UploadService::Options options;
    options.max_bytes = settings.uploads.max_bytes;
    options.guests_may_upload = settings.accounts.guests_may_upload;
    options.lifetime = settings.uploads.expire_after;
    options.spare_bytes = settings.uploads.keep_free;
    options.shared = settings.s3.on();
    return options;
}

VideoLibrary::Options library_options(const config::Settings& settings) {
    VideoLibrary::Options options;
    options.keep_originals = settings.media.keep_original;
    options.keep_deleted = keep_deleted_films(settings.recovery.plan);
    return options;
}

/// Long enough for a segment that is fetched late, short enough for an address that is passed on.
constexpr std::chrono::seconds kAddressLifetime = std::chrono::hours(1);

std::unique_ptr<http::SegmentRedirects> redirects_of(Storage& storage,
                                                     const config::Settings& settings,
                                                     const Clock& clock) {
    if (!settings.s3.redirect || storage.s3() == nullptr) return nullptr;
    auto address = [&storage](const std::string& key) -> std::optional<std::string> {
        if (!storage.breaker().closed()) return std::nullopt;
        auto signed_one = storage.s3()->presigned_get(key, kAddressLifetime);
        if (!signed_one) return std::nullopt;
        return *std::move(signed_one);
    };
    return std::make_unique<http::SegmentRedirects>(std::move(address), clock);
}

}  // namespace

MediaPart::MediaPart(Powers& powers, Storage& storage, const config::Settings& settings,
                     AccountsPart& accounts, KeyStore::Key link_key, net::any_io_executor home)
    : clock_(powers.clock),
      links_(link_key),
      uploads_({powers.media, storage.uploads(), storage.blobs(), shelf_, powers.bus(),
                powers.clock, powers.random},
               upload_options(settings)),
      library_({powers.media, powers.media, powers.media, storage.blobs(), uploads_, links_,
                powers.audit, powers.bus(), powers.clock, powers.random, pool_},
               library_options(settings)),
      reels_(powers.media, powers.bus(), powers.clock, home),
      deleted_(powers.media, powers.bus(), home),
      upkeep_(library_, uploads_, deleted_, powers.bus(), powers.clock, home),
      upload_api_(uploads_, accounts.authenticator()),
      video_api_(library_, accounts.authenticator()),
      redirects_(redirects_of(storage, settings, powers.clock)),
      films_(links_, reels_, deleted_, storage.blobs(), powers.clock) {
    if (redirects_) films_.send_away(*redirects_);
}

MediaPart::~MediaPart() {
    pool_.join();
}

void MediaPart::add_routes(http::Router& router) {
    upload_api_.add_routes(router);
    video_api_.add_routes(router);
    films_.add_routes(router);
}

void MediaPart::write_metrics(metrics::Text& text) const {
    text.counter("syncwatch_upload_bytes_total", "Bytes of films that were taken in.",
                 static_cast<double>(uploads_.received_bytes()));
}

}  // namespace syncwatch::apps
