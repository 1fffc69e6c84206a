#pragma once
#include "apps/node/powers.h"
#include "apps/node/storage.h"
#include "gateway/metrics/text.h"

namespace syncwatch::apps {

/// Which components in other machines are asked now.
void write_breakers(metrics::Text& text, Powers& powers, Storage& storage);

}  // namespace syncwatch::apps
