#pragma once
#include <boost/json/object.hpp>

#include "services/media/video_view.h"

namespace syncwatch::http {

/// A video as the API shows it (docs/api.yaml).
boost::json::object video_json(const VideoView& view);

}  // namespace syncwatch::http
