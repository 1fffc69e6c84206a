#include "apps/node/site_part.h"

#include <memory>

#include "apps/node/s3_options.h"
#include "apps/web/files.h"

namespace syncwatch::apps {
namespace {

std::unique_ptr<http::Assets> assets_of(const config::Settings& settings) {
    if (!settings.web.dir.empty()) return std::make_unique<http::FolderAssets>(settings.web.dir);
    if (web_files().empty()) return nullptr;
    return std::make_unique<http::EmbeddedAssets>(web_files());
}

}  // namespace

SitePart::SitePart(const config::Settings& settings)
    : site_(assets_of(settings), settings.s3.redirect ? store_origin(settings.s3) : "") {}

}  // namespace syncwatch::apps
