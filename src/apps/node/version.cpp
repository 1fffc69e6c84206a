#include "apps/node/version.h"

namespace syncwatch::apps {

const char* const kVersion = SW_VERSION;

}  // namespace syncwatch::apps
