#pragma once
#include "apps/config/settings.h"
#include "gateway/http/router.h"
#include "gateway/static/site.h"

namespace syncwatch::apps {

/// The web app: the one inside the program, or a folder that the settings name.
class SitePart {
public:
    explicit SitePart(const config::Settings& settings);

    void add_routes(http::Router& router) { site_.add_to(router); }

private:
    http::Site site_;
};

}  // namespace syncwatch::apps
