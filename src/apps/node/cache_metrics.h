#pragma once
#include "apps/node/storage.h"
#include "gateway/metrics/text.h"

namespace syncwatch::apps {

/// How often this process found objects of the S3 store on its own disk; zeros where they lie in a
/// folder.
void write_cache(metrics::Text& text, Storage& storage);

}  // namespace syncwatch::apps
